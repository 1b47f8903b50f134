"""Counting facts of files with DuckDB: one statement for every measure, remembered, since files never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

import duckdb
import ibis

from linli.sight.facts import counted  # noqa: F401 — registers the measures
from linli.sight.facts.core import FactKind
from linli.sight.facts.measures import MEASURES, facts, holds, sql

KEPT = 128  # counted tables kept in memory; one of a district and month is some hundred kilobytes
DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be counted: files, the subtree, the days [start, end), at which level (None: at all), by month or as a whole."""

    files: tuple[str, ...]
    place: str
    start: date
    end: date
    digits: int | None
    monthly: bool = False


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _relation(asked: Asked) -> duckdb.DuckDBPyRelation:
    # A cursor is a connection of its own to the same memory: threads do not meet.
    found = _database().cursor().read_parquet(list(asked.files))
    if not set(asked.place) <= DIGITS:
        raise ValueError("a place is digits")
    held = f"day >= DATE '{asked.start.isoformat()}' AND day < DATE '{asked.end.isoformat()}'"
    return found.filter(f"{held} AND starts_with(place, '{asked.place}')" if asked.place else held)


def _asked(asked: Asked, statement: str) -> duckdb.DuckDBPyRelation:
    result = _relation(asked).query("facts", statement)
    if result is None:
        raise AssertionError("a SELECT gives rows")
    return result


@lru_cache(maxsize=KEPT)
def count(asked: Asked) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """Return every measure per (place, month); the month is '' where not asked for. No files count nothing."""
    if not asked.files or asked.start >= asked.end:
        return {}
    result = _asked(asked, sql(asked.digits, asked.monthly))
    names = list(result.columns)
    keys = 2 if asked.monthly else 1
    return {(row[0], row[1] if asked.monthly else ""): dict(zip(names[keys:], row[keys:], strict=True)) for row in result.fetchall()}


@lru_cache(maxsize=KEPT)
def _events_sql(measures: tuple[str, ...]) -> str:
    t = facts()
    conditions = [holds(t, MEASURES[name].kinds, MEASURES[name].where) for name in measures]
    return str(ibis.to_sql(t.filter(ibis.or_(*conditions)).select("fact", "kind", "day"), dialect="duckdb"))


def facts_behind(asked: Asked, measures: tuple[str, ...], *, after: int, limit: int) -> tuple[int, ...]:
    """Return the numbers of the facts that any of `measures` counts, ascending, those above `after`, at most `limit`."""
    if not asked.files or not measures:
        return ()
    found = _asked(asked, _events_sql(measures))
    if any(FactKind.STOCK.value in MEASURES[name].kinds for name in measures):
        # Of registers only the last look counts.
        looks = found.filter(f"kind = '{FactKind.STOCK.value}'").order("day DESC").limit(1).fetchall()
        if looks:
            found = found.filter(f"kind <> '{FactKind.STOCK.value}' OR day = DATE '{looks[0][2].isoformat()}'")
    rows = found.filter(f"fact > {int(after)}").project("fact").distinct().order("fact").limit(limit).fetchall()
    return tuple(row[0] for row in rows)


def rows(asked: Asked) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return the columns and rows of the frozen facts themselves, in the order of their numbers."""
    if not asked.files:
        return (), []
    found = _relation(asked).order("fact")
    return tuple(found.columns), found.fetchall()


def empty() -> dict[str, int]:
    """Return a row in which nothing was counted."""
    return dict.fromkeys(MEASURES, 0)
