"""The statements as DuckDB is asked them: kept text, and the facts behind measures. Builds no expressions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from linli.sight.facts.core import FactKind
from linli.sight.facts.measures import MEASURES, Measure

KEPT = Path(__file__).parent / "sql"
DIGITS = "/*digits*/"


def file_of(digits: int | None, monthly: bool) -> str:
    """Return the name of the file that holds a statement: every level in one, any single level in another."""
    return f"{'every' if digits is None else 'level'}{'_monthly' if monthly else ''}.sql"


@cache
def _kept(name: str) -> str:
    return (KEPT / name).read_text(encoding="utf-8").rstrip("\n")


def statement(digits: int | None, monthly: bool, only: tuple[str, ...] = ()) -> str:
    """Return the statement that counts everything over a table `facts`: at places of so many digits, or (None) at every level.

    `only`: just these measures are wanted; the engine leaves out what nobody asks for.
    """
    text = _kept(file_of(digits, monthly)).replace(DIGITS, str(digits))
    columns = ", ".join(f'"{name}"' for name in ("at", *(("month",) if monthly else ()), *only))
    return f"SELECT {columns} FROM ({text})" if only else text  # noqa: S608 — of the registry's own words only


def behind(measures: tuple[str, ...], *, registers: bool, after: int, limit: int) -> str:
    """Return the statement for the numbers of the facts that any of `measures` counts: ascending, above `after`, at most `limit`.

    `registers`: some of them are lines of registers; of those only the last look counts.
    """
    held = " OR ".join(f"({_condition(MEASURES[name])})" for name in measures)
    # Of the registry's own words and whole numbers only.
    last = f"kind <> '{FactKind.STOCK.value}' OR day = (SELECT max(day) FROM facts WHERE kind = '{FactKind.STOCK.value}')"  # noqa: S608
    more = f" AND ({last})" if registers else ""
    return f"SELECT fact FROM facts WHERE fact > {int(after)} AND ({held}){more} ORDER BY fact LIMIT {int(limit)}"  # noqa: S608


def _condition(measure: Measure) -> str:
    parts = [f"kind IN {_said(measure.kinds)}"]
    for column, value in measure.where:
        parts.append(f"{column} IN {_said(value if isinstance(value, tuple) else (value,))}")
    return " AND ".join(parts)


def _said(values: tuple[Any, ...]) -> str:
    return f"({', '.join(str(v).lower() if isinstance(v, bool) else repr(v) for v in values)})"
