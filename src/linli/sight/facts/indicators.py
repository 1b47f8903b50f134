"""The registry: every indicator by code, in the order pages list them, and its formula as an Ibis expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ibis.expr import types as ir

from linli.sight.facts.counted import GROUPS as SPECIAL
from linli.sight.facts.figure import UPON
from linli.sight.facts.indicator import Indicator
from linli.sight.facts.listed_help import ANSWERING, ASKING, HANDLING
from linli.sight.facts.listed_helping import HELPERS, HOURS, VISITS, VOICE
from linli.sight.facts.listed_people import GROUPS, PEOPLE, TRUST, WARNINGS
from linli.sight.facts.measures import LEVELS, MEASURES, facts, frame, names
from linli.sight.facts.small import Rules

ALL = (*ASKING, *ANSWERING, *HANDLING, *VISITS, *HELPERS, *HOURS, *VOICE, *GROUPS, *PEOPLE, *TRUST, *WARNINGS)
STOCKS = frozenset(names("stock"))
LISTED = tuple(replace(line, registers=bool(STOCKS & {*line.top, *line.bottom})) for line in ALL)
REGISTRY: Mapping[str, Indicator] = MappingProxyType({line.code: line for line in LISTED})


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


def kinds_of(line: Indicator) -> tuple[str, ...]:
    """Return the kinds of facts an indicator is counted from, numerator first."""
    kinds = [kind for name in (*line.top, *line.bottom) for kind in MEASURES[name].kinds]
    return tuple(dict.fromkeys(kinds))


RULES = Rules(
    personal=frozenset(name for line in LISTED if line.personal for name in line.top),
    upon=tuple((name, line.bottom[0]) for line in LISTED if line.shape in UPON and not line.missing for name in line.top),
    sums=(
        ("asked_groups", tuple(f"asked_group_{group}" for group in SPECIAL)),
        ("groups_all", tuple(f"group_{group}" for group in SPECIAL)),
        ("paired_all", tuple(f"paired_{group}" for group in SPECIAL)),
    ),
)
