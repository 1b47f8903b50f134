"""Totals as expressions over tables: the same ones run in DuckDB, over Parquet, and on a cluster of Spark. Nothing here says where.

A table of facts has the columns of `FACTS`; doubled, late, reversed and future ones are settled here as `settling` does on arrays.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from linli.sight.rollup.core import ABOVE, COMMUNITY, MONTHS

# reference: what makes two rows the same fact. revision: a later one takes the place of an earlier one; with n = 0 it takes it back.
# place: twelve digits. month: of the calendar at the place, year · 12 + month - 1. Both clocks are microseconds since 1970 in UTC.
FACTS = {
    "reference": "string", "revision": "int32", "place": "int64", "month": "int32", "dimension": "int32",
    "hits": "int64", "n": "int64", "occurred_us": "int64", "recorded_us": "int64",
}  # fmt: skip
CELL = ("month", "dimension")
ORDER = ("revision", "recorded_us", "occurred_us", "place", "month", "dimension", "n", "hits")  # the last row of a reference counts


def timely(facts: ir.Table, as_of_us: int) -> ir.Table:
    """Return what was known at a moment, without what was said to have happened after it was recorded."""
    return facts.filter(facts.recorded_us <= as_of_us, facts.occurred_us <= facts.recorded_us)


def settled(facts: ir.Table, moved: ir.Table, places: ir.Table, *, as_of_us: int, first_month: int) -> ir.Table:
    """Return the facts that count: one row a reference, at the place that is there today.

    `moved` has the columns old and new (followed to the end, see `settling.followed`), `places` the column code. What lies in no
    place of `places`, or outside the twelve months from `first_month`, does not count.
    """
    known = timely(facts, as_of_us)
    last = ibis.row_number().over(group_by=known.reference, order_by=[ibis.desc(known[name]) for name in ORDER])
    once = known.mutate(row=last).filter(lambda t: t.row == 0).drop("row")
    once = once.filter(once.month >= first_month, once.month < first_month + MONTHS)
    joined = once.left_join(moved, once.place == moved.old)
    here = joined.mutate(place=ibis.coalesce(joined.new, joined.place)).drop("old", "new")
    return here.semi_join(places, here.place == places.code)


def cells(facts: ir.Table) -> ir.Table:
    """Return hits and n by community, month and dimension, of facts that are settled."""
    return _added(facts, "place", *CELL)


def up(below: ir.Table, digits_below: int, digits: int) -> ir.Table:
    """Return the totals of one level from those of the level below it."""
    return _added(below.mutate(place=(below.place // 10 ** (digits_below - digits)).cast("int64")), "place", *CELL)


def totals(of_communities: ir.Table) -> dict[int, ir.Table]:
    """Return the totals of every level above the community by its digits, each from the one below: two steps, not one of many groupings."""
    found, below, last = {}, of_communities, COMMUNITY
    for digits in ABOVE:
        below, last = up(below, last, digits), digits
        found[digits] = below
    return found


def every_level(of_communities: ir.Table) -> ir.Table:
    """Return the totals of all levels as one table, with the column digits."""
    levels = [table.mutate(digits=ibis.literal(digits, "int32")) for digits, table in totals(of_communities).items()]
    return ibis.union(levels[0], *levels[1:])


def _added(table: ir.Table, *by: str) -> ir.Table:
    return table.group_by(*by).agg(hits=table.hits.sum().cast("int64"), n=table.n.sum().cast("int64"))
