"""The registry: every indicator by code, in the order pages list them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from linli.sight.facts.core import FactKind
from linli.sight.facts.counted import GROUPS as SPECIAL
from linli.sight.facts.figure import UPON
from linli.sight.facts.indicator import Indicator
from linli.sight.facts.listed_help import ANSWERING, ASKING, HANDLING
from linli.sight.facts.listed_helping import HELPERS, HOURS, VISITS, VOICE
from linli.sight.facts.listed_people import GROUPS, PEOPLE, TRUST, WARNINGS
from linli.sight.facts.measures import MEASURES, names
from linli.sight.facts.small import Rules

ALL = (*ASKING, *ANSWERING, *HANDLING, *VISITS, *HELPERS, *HOURS, *VOICE, *GROUPS, *PEOPLE, *TRUST, *WARNINGS)
STOCKS = frozenset(names("stock"))
LISTED = tuple(replace(line, registers=bool(STOCKS & {*line.top, *line.bottom})) for line in ALL)
REGISTRY: Mapping[str, Indicator] = MappingProxyType({line.code: line for line in LISTED})


def kinds_of(line: Indicator) -> tuple[str, ...]:
    """Return the kinds of facts an indicator is counted from, numerator first."""
    kinds = [kind for name in (*line.top, *line.bottom) for kind in MEASURES[name].kinds]
    return tuple(dict.fromkeys(kinds))


def near(line: Indicator, limit: int = 6) -> tuple[Indicator, ...]:
    """Return the lines that are counted from the same measures or the same kinds of facts, the nearest first."""
    mine, kinds = {*line.top, *line.bottom}, set(kinds_of(line)) - {FactKind.STOCK.value}

    def apart(other: Indicator) -> tuple[int, int, bool]:
        theirs = {*other.top, *other.bottom}
        return -len(mine & theirs), -len(kinds & set(kinds_of(other))), other.topic is not line.topic

    others = [other for other in LISTED if other.code != line.code and (apart(other)[:2] != (0, 0) or other.topic is line.topic)]
    return tuple(sorted(others, key=apart)[:limit])


RULES = Rules(
    personal=frozenset(name for line in LISTED if line.personal for name in line.top),
    upon=tuple((name, line.bottom[0]) for line in LISTED if line.shape in UPON and not line.missing for name in line.top),
    sums=(
        ("asked_groups", tuple(f"asked_group_{group}" for group in SPECIAL)),
        ("groups_all", tuple(f"group_{group}" for group in SPECIAL)),
        ("paired_all", tuple(f"paired_{group}" for group in SPECIAL)),
    ),
)
