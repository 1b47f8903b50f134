"""What can be counted in facts: the register of measures, whole numbers that DuckDB, Spark and plain Python agree on.

A measure is counted in one of four frames: `events` (counts and sums, from cells: facts alike in everything but their moment), `spread`
(middle values and different people, which cells can not give), `stock` (the last look at a register in the time), `load` (what each
helper did). Each carries how an Ibis table of its frame is asked for it; the statements are made in `statements`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linli.sight.facts.core import FactKind, Stock

if TYPE_CHECKING:
    from ibis.expr import types as ir

LEVELS = (2, 4, 6, 9, 12)
PHONELESS = ("code", "phone")
Build = Callable[["ir.Table"], "ir.IntegerScalar"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One whole number counted in a frame; `kinds` are the kinds of facts behind it, `where` what else must hold of them."""

    name: str
    frame: str
    build: Build
    kinds: tuple[str, ...] = ()
    where: tuple[tuple[str, Any], ...] = ()
    greatest: bool = False  # the greatest of places stands for them all, not their sum
    tenths: int = 0  # of a value below which so many tenths lie


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


def _keep(name: str, which: str, kinds: Sequence[FactKind], where: dict[str, Any], made: Callable[..., Any], **more: Any) -> str:
    codes, conditions = tuple(kind.value for kind in kinds), tuple(where.items())
    MEASURES[name] = Measure(name, which, lambda t: made(t, holds(t, codes, conditions)), codes, conditions, **more)
    return name


def count(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: how many facts."""
    return _keep(name, "events", kinds, where, lambda t, held: t.n.sum(where=held))


def total(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: the sum of their values."""
    return _keep(name, "events", kinds, where, lambda t, held: t.total.sum(where=held))


def most(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: the greatest value, 0 where there is none."""
    return _keep(name, "events", kinds, where, lambda t, held: t.top.max(where=held), greatest=True)


def people(name: str, *kinds: FactKind, **where: Any) -> str:
    """Register: how many different people."""
    return _keep(name, "spread", kinds, where, lambda t, held: t.subject.nunique(where=held))


def quantile(name: str, tenths: int, *kinds: FactKind, **where: Any) -> str:
    """Register: the value below which so many tenths lie, between two values in proportion, rounded half up.

    Proportions come in tenths, so a hair above a half rounds a half up on every engine, whatever its floats make of it.
    """
    return _keep(
        name, "spread", kinds, where, lambda t, held: (t.value.quantile(tenths / 10, where=held) + 0.500001).floor(), tenths=tenths
    )


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


def names(which: str) -> tuple[str, ...]:
    """Return the names of the measures of a frame, in their order."""
    return tuple(m.name for m in MEASURES.values() if m.frame == which)
