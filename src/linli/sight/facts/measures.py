"""What can be counted in facts, each as an Ibis expression: whole numbers that DuckDB, Spark and plain Python agree on.

Four frames are counted: `events` (counts and sums, from cells: facts alike in everything but their moment), `spread` (middle values and
different people, which cells can not give), `stock` (the last look at a register in the time), `load` (what each helper did). All are
grouped by `at`, the place a row is counted for, and joined into one statement.
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


def _keep(name: str, which: str, kinds: Sequence[FactKind], where: dict[str, Any], made: Callable[..., Any]) -> str:
    codes, conditions = tuple(kind.value for kind in kinds), tuple(where.items())
    MEASURES[name] = Measure(name, which, lambda t: made(t, holds(t, codes, conditions)), codes, conditions)
    return name


def count(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: how many facts."""
    return _keep(name, "events", kinds, where, lambda t, held: t.n.sum(where=held))


def total(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: the sum of their values."""
    return _keep(name, "events", kinds, where, lambda t, held: t.total.sum(where=held))


def most(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: the greatest value, 0 where there is none."""
    return _keep(name, "events", kinds, where, lambda t, held: t.top.max(where=held))


def people(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: how many different people."""
    return _keep(name, "spread", kinds, where, lambda t, held: t.subject.nunique(where=held))


def quantile(name: str, tenths: int, *kinds: FactKind, **where: Any) -> str:
    """Register: the value below which so many tenths lie, between two values in proportion, rounded half up.

    Proportions come in tenths, so a hair above a half rounds a half up on every engine, whatever its floats make of it.
    """
    return _keep(name, "spread", kinds, where, lambda t, held: (t.value.quantile(tenths / 10, where=held) + 0.500001).floor())


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


def _at(t: ir.Table, levels: Sequence[int]) -> ir.Table:
    """Return rows with `at`, the place each is counted for: once for every level, so that all levels are counted in one pass."""
    if len(levels) > 1:
        return t.mutate(at=ibis.array([t.place.substr(0, digits) for digits in levels])).unnest("at")
    return t.mutate(at=t.place.substr(0, levels[0]) if levels[0] else ibis.literal(""))


def _built(t: ir.Table, which: str, keys: Sequence[str]) -> ir.Table:
    return t.group_by(list(keys)).aggregate(**{m.name: m.build(t) for m in MEASURES.values() if m.frame == which})


def _cells(t: ir.Table, levels: Sequence[int], keys: Sequence[str]) -> ir.Table:
    # Of values only stars are counted one by one; each of the others is summed.
    alike = t.mutate(value=(t.kind == FactKind.RATED.value).ifelse(t.value, 0), worth=t.value)
    by = ["place", "month", "kind", "tag", "grp", "channel", "domain", "service", "good", "value"]
    cells = alike.group_by(by).aggregate(n=_.fact.count(), total=_.worth.sum(), top=_.worth.max())
    return _built(_at(cells, levels), "events", keys)


def _spread(t: ir.Table, levels: Sequence[int], keys: Sequence[str]) -> ir.Table:
    kinds = sorted({kind for m in MEASURES.values() if m.frame == "spread" for kind in m.kinds})
    rows = t.filter(t.kind.isin(kinds)).select("place", "month", "kind", "tag", "grp", "channel", "value", "subject")
    return _built(_at(rows, levels), "spread", keys)


def _stock(t: ir.Table, levels: Sequence[int], keys: Sequence[str]) -> ir.Table:
    rows = t.filter(t.kind == FactKind.STOCK.value)
    when = ["month"] if "month" in keys else []
    newest = ibis.window(group_by=["place", "tag", *when], order_by=[ibis.desc("day"), ibis.desc("fact")])
    last = rows.mutate(nth=ibis.row_number().over(newest)).filter(_.nth == 0)
    return _built(_at(last, levels), "stock", keys)


def _load(t: ir.Table, levels: Sequence[int], keys: Sequence[str]) -> ir.Table:
    done = t.filter(t.kind == FactKind.VISIT_DONE.value, t.subject.notnull())
    local = done.group_by(["place", "month", "subject"]).aggregate(worth=_.value.sum(), times=_.fact.count())
    each = _at(local, levels).group_by([*keys, "subject"]).aggregate(minutes=_.worth.sum(), visits=_.times.sum())
    # Ties are told apart by the number, so that each engine ranks alike; sums over tied helpers do not depend on their order.
    down = ibis.window(group_by=list(keys), order_by=[ibis.desc("minutes"), ibis.asc("subject")])
    up = ibis.window(group_by=list(keys), order_by=[ibis.asc("minutes"), ibis.asc("subject")])
    ranked = each.mutate(
        rank=ibis.row_number().over(down), least=ibis.row_number().over(up) + 1, helpers=_.count().over(ibis.window(group_by=list(keys)))
    )
    return _built(ranked, "load", keys)


def frame(t: ir.Table, levels: Sequence[int] = LEVELS, *, monthly: bool = False) -> ir.Table:
    """Return one row per place `at` of each of `levels` (digits of its code; 0: everything), and `month` if asked, with every measure.

    `t` has the columns of SCHEMA, bound to any engine or not. All measures are whole numbers (int64), 0 where nothing was counted.
    """
    keys = ["at", "month"] if monthly else ["at"]
    found = _cells(t, levels, keys)
    kept = {n: found[n] for n in names("events")}
    for which, made in (("spread", _spread), ("stock", _stock), ("load", _load)):
        other = made(t, levels, keys)
        joined = found.left_join(other, keys)
        found = joined.select(*[found[k] for k in keys], *[found[n] for n in kept], *[other[n] for n in names(which)])
        kept |= {n: found[n] for n in names(which)}
    whole = {n: found[n].fill_null(0).cast("int64") for n in kept}
    return found.select(*keys, **whole).order_by(keys)


def names(which: str) -> tuple[str, ...]:
    """Return the names of the measures of a frame, in their order."""
    return tuple(m.name for m in MEASURES.values() if m.frame == which)


@cache
def sql(digits: int | None, monthly: bool = False, dialect: str = "duckdb") -> str:
    """Return the one statement that counts everything over a table `facts`: at places of so many digits, or (None) at every level."""
    getattr(ibis, dialect)  # an engine's own settings are there once it was asked for
    return str(ibis.to_sql(frame(facts(), LEVELS if digits is None else (digits,), monthly=monthly), dialect=dialect))
