"""What can be counted in facts, each as an Ibis expression: whole numbers that DuckDB, Spark and plain Python agree on.

Three frames are counted: `events` (what happened), `stock` (the last look at a register in the time), `load` (what each helper did).
All are grouped by `at`, the place a row is counted for, and joined into one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from linli.sight.facts.core import FactKind, Stock

# One row of a fact set. Nothing in it leads to a person: `subject` is a number of this set, `fact` the row in our own table.
SCHEMA = ibis.schema(
    {
        "fact": "int64",
        "kind": "string",
        "place": "string",  # the community as it stands today
        "told": "string",  # the community as it was recorded
        "service": "string",
        "domain": "string",
        "grp": "string",
        "channel": "string",
        "tag": "string",
        "good": "boolean",
        "value": "int64",
        "subject": "int64",
        "day": "date",
        "month": "string",
        "occurred_at": "timestamp",
        "recorded_at": "timestamp",
    }
)
LEVELS = (2, 4, 6, 9, 12)
PHONELESS = ("code", "phone")
Build = Callable[[ir.Table], ir.IntegerScalar]


@dataclass(frozen=True, slots=True)
class Measure:
    """One whole number counted in a frame; `kinds` are the kinds of facts behind it, `where` what else must hold of them."""

    name: str
    frame: str
    build: Build
    kinds: tuple[str, ...] = ()
    where: tuple[tuple[str, Any], ...] = ()


MEASURES: dict[str, Measure] = {}


def holds(t: ir.Table, kinds: Sequence[str], where: Sequence[tuple[str, Any]]) -> ir.BooleanValue:
    """Return the condition that a fact is of one of `kinds` and fits `where`."""
    found = t.kind == kinds[0] if len(kinds) == 1 else t.kind.isin(list(kinds))
    for column, value in where:
        if isinstance(value, tuple):
            found &= t[column].isin(list(value))
        elif value is True:
            found &= t[column]
        elif value is False:
            found &= ~t[column]
        else:
            found &= t[column] == value
    return found


def _event(name: str, kinds: Sequence[FactKind], where: dict[str, Any], made: Callable[[ir.Table, ir.BooleanValue], Any]) -> str:
    codes, conditions = tuple(kind.value for kind in kinds), tuple(where.items())
    MEASURES[name] = Measure(name, "events", lambda t: made(t, holds(t, codes, conditions)), codes, conditions)
    return name


def count(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: how many facts."""
    return _event(name, kinds, where, lambda t, held: t.fact.count(where=held))


def total(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: the sum of their values."""
    return _event(name, kinds, where, lambda t, held: t.value.sum(where=held).fill_null(0))


def people(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: how many different people."""
    return _event(name, kinds, where, lambda t, held: t.subject.nunique(where=held))


def most(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: the greatest value, 0 where there is none."""
    return _event(name, kinds, where, lambda t, held: t.value.max(where=held).fill_null(0))


def quantile(name: str, tenths: int, *kinds: FactKind, **where: Any) -> str:
    """Register: the value below which so many tenths lie, between two values in proportion, rounded half up.

    Proportions come in tenths, so a hair above a half rounds a half up on every engine, whatever its floats make of it.
    """
    return _event(
        name, kinds, where,
        lambda t, held: (t.value.quantile(tenths / 10, where=held) + 0.500001).floor().cast("int64").fill_null(0),
    )  # fmt: skip


def stock(name: str, *which: Stock) -> str:
    """Register: how many stand on a register at the last look within the time, over all communities."""
    tags = [s.value for s in which]
    MEASURES[name] = Measure(
        name, "stock", lambda t: t.value.sum(where=t.tag.isin(tags)).fill_null(0), (FactKind.STOCK.value,), (("tag", tuple(tags)),)
    )
    return name


def rows(name: str) -> str:
    """Register: how many lines of registers were looked at, so that no look is told from a register with nobody on it."""
    MEASURES[name] = Measure(name, "stock", lambda t: t.fact.count(), (FactKind.STOCK.value,))
    return name


def load(name: str, build: Build) -> str:
    """Register: something about the minutes and visits of each helper (columns minutes, visits, rank, least, helpers)."""
    MEASURES[name] = Measure(name, "load", build, (FactKind.VISIT_DONE.value,))
    return name


def facts() -> ir.Table:
    """Return the table of facts that every expression stands on: `facts`, unbound, for any engine."""
    return ibis.table(SCHEMA, name="facts")


def at_place(t: ir.Table, digits: int) -> ir.Table:
    """Return facts with `at`: the place of so many digits that each is counted for."""
    return t.mutate(at=t.place.substr(0, digits) if digits else ibis.literal(""))


def at_levels(t: ir.Table, levels: Sequence[int] = LEVELS) -> ir.Table:
    """Return each fact once for every level it is counted at: province, city, district, street, community in one pass."""
    return t.mutate(at=ibis.array([t.place.substr(0, digits) for digits in levels])).unnest("at")


def _events(t: ir.Table, keys: Sequence[str]) -> ir.Table:
    return t.group_by(list(keys)).aggregate(**{m.name: m.build(t) for m in MEASURES.values() if m.frame == "events"})


def _stock(t: ir.Table, keys: Sequence[str]) -> ir.Table:
    rows = t.filter(t.kind == FactKind.STOCK.value)
    newest = ibis.window(group_by=[*keys, "place", "tag"], order_by=[ibis.desc("day"), ibis.desc("fact")])
    last = rows.mutate(nth=ibis.row_number().over(newest)).filter(_.nth == 0)
    return last.group_by(list(keys)).aggregate(**{m.name: m.build(last) for m in MEASURES.values() if m.frame == "stock"})


def _load(t: ir.Table, keys: Sequence[str]) -> ir.Table:
    done = t.filter(t.kind == FactKind.VISIT_DONE.value, t.subject.notnull())
    each = done.group_by([*keys, "subject"]).aggregate(minutes=_.value.sum(), visits=_.fact.count())
    # Ties are told apart by the number, so that each engine ranks alike; sums over tied helpers do not depend on their order.
    down = ibis.window(group_by=list(keys), order_by=[ibis.desc("minutes"), ibis.asc("subject")])
    up = ibis.window(group_by=list(keys), order_by=[ibis.asc("minutes"), ibis.asc("subject")])
    ranked = each.mutate(
        rank=ibis.row_number().over(down), least=ibis.row_number().over(up) + 1, helpers=_.count().over(ibis.window(group_by=list(keys)))
    )
    return ranked.group_by(list(keys)).aggregate(**{m.name: m.build(ranked) for m in MEASURES.values() if m.frame == "load"})


def frame(t: ir.Table, keys: Sequence[str] = ("at",)) -> ir.Table:
    """Return one row per `keys` with every measure as a whole number; `t` must have `at` (see `at_place`, `at_levels`)."""
    events, stocks, loads = _events(t, keys), _stock(t, keys), _load(t, keys)
    joined = events.left_join(stocks, list(keys)).select(
        *[events[k] for k in keys], *[events[n] for n in names("events")], *[stocks[n] for n in names("stock")]
    )
    both = joined.left_join(loads, list(keys))
    return both.select(
        *[joined[k] for k in keys],
        *[joined[n].cast("int64").name(n) for n in names("events")],
        *[joined[n].fill_null(0).cast("int64").name(n) for n in names("stock")],
        *[loads[n].fill_null(0).cast("int64").name(n) for n in names("load")],
    ).order_by(list(keys))


def names(which: str) -> tuple[str, ...]:
    """Return the names of the measures of a frame, in their order."""
    return tuple(m.name for m in MEASURES.values() if m.frame == which)


@cache
def sql(digits: int | None, monthly: bool = False, dialect: str = "duckdb") -> str:
    """Return the one statement that counts everything over a table `facts`: at places of so many digits, or (None) at every level."""
    getattr(ibis, dialect)  # an engine's own settings are there once it was asked for
    t = facts()
    counted = at_levels(t) if digits is None else at_place(t, digits)
    return str(ibis.to_sql(frame(counted, ("at", "month") if monthly else ("at",)), dialect=dialect))
