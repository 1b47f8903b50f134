"""The statements that count everything: Ibis expressions over a table of facts, for any engine, and their text as DuckDB is asked.

The text is kept in the package (`sql/`), so that no process that answers people builds expressions; a test holds it to what the
expressions say, and `RECORD=1` writes it anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import ibis
from ibis import _
from ibis.expr import types as ir

from linli.sight.facts import asking
from linli.sight.facts import counted as _registered  # noqa: F401
from linli.sight.facts.core import FactKind
from linli.sight.facts.indicator import Indicator
from linli.sight.facts.measures import LEVELS, MEASURES, names

SOME_LEVEL = 4
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


def facts() -> ir.Table:
    """Return the table of facts that every expression stands on: `facts`, unbound, for any engine."""
    return ibis.table(SCHEMA, name="facts")


def _at(t: ir.Table, levels: Sequence[int]) -> ir.Table:
    """Return rows with `at`, the place each is counted for: once for every level, so that all levels are counted in one pass."""
    if len(levels) > 1:
        return t.mutate(at=ibis.array([t.place.substr(0, digits) for digits in levels])).unnest("at")
    return t.mutate(at=t.place.substr(0, levels[0]))


def _built(t: ir.Table, which: str, keys: Sequence[str]) -> ir.Table:
    return t.group_by(list(keys)).aggregate(**{m.name: m.build(t) for m in MEASURES.values() if m.frame == which})


def _cells(t: ir.Table, levels: Sequence[int], keys: Sequence[str]) -> ir.Table:
    # Of values only stars are counted one by one; each of the others is summed. Registers are counted elsewhere: they are one cell here.
    register = t.kind == FactKind.STOCK.value
    alike = t.mutate(value=(t.kind == FactKind.RATED.value).ifelse(t.value, 0), tag=register.ifelse("", t.tag), worth=t.value)
    by = ["place", "month", "kind", "tag", "grp", "channel", "domain", "service", "good", "value"]
    cells = alike.group_by(by).aggregate(n=_.fact.count(), total=_.worth.sum(), top=_.worth.max())
    # First each community by itself, then the places above it: few rows are carried up, and of each only sums.
    local = _built(cells, "events", ["place", *(k for k in keys if k != "at")])
    carried = _at(local, levels)
    sums = {n: carried[n].max() if MEASURES[n].greatest else carried[n].sum() for n in names("events")}
    return carried.group_by(list(keys)).aggregate(**sums)


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


def expression(line: Indicator, t: ir.Table | None = None, levels: Sequence[int] = LEVELS) -> ir.Table:
    """Return numerator and denominator of an indicator per place `at`, as an Ibis expression over a table of facts."""
    counted = frame(facts() if t is None else t, levels)
    return counted.select("at", numerator=_sum(counted, line.top), denominator=_sum(counted, line.bottom))


def _sum(t: ir.Table, of: tuple[str, ...]) -> ir.IntegerValue:
    first, *others = of
    found: ir.IntegerValue = t[first]
    for name in others:
        found += t[name]
    return found


def sql(digits: int | None, monthly: bool = False, dialect: str = "duckdb") -> str:
    """Return the one statement that counts everything over a table `facts`: at places of so many digits, or (None) at every level."""
    getattr(ibis, dialect)  # an engine's own settings are there once it was asked for
    text = str(ibis.to_sql(frame(facts(), LEVELS if digits is None else (digits,), monthly=monthly), dialect=dialect))
    # Names that an engine needs for a moment are made by chance; the kept text must be the same each time.
    return re.sub(r"\bibis_table_unnest_(column_)?[a-z0-9]{20,}", lambda found: f"each_{found[1] or 'table_'}level", text)


def kept_texts() -> dict[str, str]:
    """Return what stands in the files of `sql/`, by name: with `DIGITS` for the digits of a level, which a page chooses."""
    found = {}
    for monthly in (False, True):
        found[asking.file_of(None, monthly)] = sql(None, monthly)
        level = re.sub(rf"(,\s*){SOME_LEVEL}(?=\s*\) AS \"at\")", rf"\g<1>{asking.DIGITS}", sql(SOME_LEVEL, monthly))
        found[asking.file_of(SOME_LEVEL, monthly)] = level
    return {name: f"{text}\n" for name, text in found.items()}
