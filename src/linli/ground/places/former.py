"""What became of codes from one edition of the tree to the next, and what a place was before. Pure.

Editions are years apart in what they say and give no table of changes; `tools/build_changes.py` reads them off and says by which rule. Where
that decides nothing, nothing is said here either: a code leads to the nearest place above that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linli.ground.places.core import LENGTHS, Level, common_place

COMMUNITY = LENGTHS[Level.COMMUNITY]


class How(StrEnum):
    """By what a change is known; the rules stand in `tools/build_changes.py`."""

    STREET = "street"  # the name, once in its city and a street of the same name
    DISTRICT = "district"  # the name, once in its district
    CITY = "city"  # the name, once in its city, with most of its communities
    PROVINCE = "province"  # the name, in a street and district of the same names
    BELOW = "below"  # where its communities went: to one place
    SPLIT = "split"  # where its communities went: to several
    RENAMED = "renamed"  # the code stayed
    UNCLEAR = "unclear"  # the code stayed; whether it still means the same place is not known
    ABOVE = "above"  # gone; only the place above is known


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one code: its codes in the later edition (none where it stayed) and the name it had ('' where `how` is ABOVE)."""

    how: How
    new: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What changed between two editions, named by the days (ISO) they are of. `come`: codes that only the later one has."""

    earlier: str
    later: str
    come: frozenset[str]
    rows: Mapping[str, Row]
    origins: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Was:
    """A place as an earlier edition had it."""

    code: str
    name: str
    how: How


@dataclass(frozen=True, slots=True)
class Turn:
    """What a place was in the edition of the day `earlier`, where that of the day `later` says otherwise.

    `stayed`: its code was there before and went on. `lost`: how many codes below are gone of which only this place above is known.
    Neither `was` nor `stayed`: the code is new, and the editions do not say what it was.
    """

    earlier: str
    later: str
    was: tuple[Was, ...]
    stayed: bool
    lost: int


def parsed(text: str) -> tuple[tuple[Pair, ...], frozenset[str]]:
    """Return the pairs of editions of one province, oldest first, and the codes that once led elsewhere and mean something again.

    Raises ValueError for another text.
    """
    pairs: list[Pair] = []
    again: frozenset[str] = frozenset()
    for part in text.removeprefix("=").split("\n="):
        head, come, *lines = part.split("\n")
        if lines and lines[-1].startswith("!"):
            again = frozenset(lines.pop()[1:].split())
        earlier, later = head.split(" ")
        rows: dict[str, Row] = {}
        origins: dict[str, list[str]] = {}
        for line in lines:
            old, how, new, name = line.split("\t")
            rows[old] = Row(How(how), tuple(new.split(",")) if new else (), name)
            for code in rows[old].new:
                origins.setdefault(code, []).append(old)
        if not come.startswith("+"):
            raise ValueError("no codes of the later edition")
        pairs.append(Pair(earlier, later, frozenset(come[1:].split()), rows, {code: tuple(olds) for code, olds in origins.items()}))
    return tuple(pairs), again


def now_of(code: str, pairs: Sequence[Pair], again: frozenset[str]) -> str:
    """Return what a code of any edition leads to in the newest: a code of its level, or of the nearest place above that is known.

    A code that stands for something in the newest edition is itself, whatever it was in between.
    """
    if code in again:
        return code
    at = code
    for pair in pairs:
        row = pair.rows.get(at)
        if row is not None and row.new:
            at = row.new[0] if len(row.new) == 1 else common_place(row.new)
    return at


def as_community(code: str) -> str:
    """Return a code as facts are counted by it: of a place above a community, the part of it that lies in no known community."""
    return code.ljust(COMMUNITY, "0")


def is_rest(code: str) -> bool:
    """Tell whether a community's code stands for what lies in no known community of its street (see `as_community`)."""
    return len(code) == COMMUNITY and code.endswith("000")


def moved(pairs: Sequence[Pair], again: frozenset[str]) -> dict[str, str]:
    """Return for each community's code that is gone what it counts as today, as `as_community`."""
    gone = {code for pair in pairs for code, row in pair.rows.items() if row.new and len(code) == COMMUNITY} - again
    return {code: as_community(now_of(code, pairs, again)) for code in sorted(gone)}


def before(code: str, name: str, pairs: Sequence[Pair]) -> tuple[Turn, ...]:
    """Return what a place of the newest edition was in earlier ones, latest first; its `name` is that of the newest."""
    known, found = {code: name}, []
    for pair in reversed(pairs):
        was: dict[str, Was] = {}
        own: dict[str, str] = {}
        lost = 0
        for at, called in known.items():
            for old in pair.origins.get(at, ()):
                if pair.rows[old].how is How.ABOVE:
                    lost += 1
                else:
                    was[old] = Was(old, pair.rows[old].name, pair.rows[old].how)
            row = pair.rows.get(at)
            if at in pair.come or (row is not None and row.new):
                continue  # the code was not there, or stood for what went elsewhere
            own[at] = row.name if row is not None else called
            if row is not None:
                was[at] = Was(at, row.name, row.how)
        if was or lost or not own:
            found.append(Turn(pair.earlier, pair.later, _ordered(was.values()), bool(own), lost))
        known = own | {old: w.name for old, w in was.items()}
        if not known:
            break
    return tuple(found)


def _ordered(was: Iterable[Was]) -> tuple[Was, ...]:
    return tuple(sorted(was, key=lambda w: w.code))
