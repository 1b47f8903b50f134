"""Which counts of a place are too small to be shown to everybody, and which others must be kept with them. Pure.

A count is hidden where it is small itself, and others with it, so that taking one shown count from another never gives it back:

1. Where a part is hidden its whole is hidden, and where a whole is hidden one of its parts is.
2. Of the communities of a street that is shown, none is hidden alone; of a street that is hidden, one at least is.
3. Of the streets of a district none is hidden alone. Districts are shown.

Then every hidden count could be a little more and another a little less, and all that is shown would be the same. What is published over
longer and shorter times hides in the longer one whatever is hidden in any month of it (`in_any_month`): it tells no more than its months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Counts = Mapping[str, Mapping[str, int]]  # place -> measure -> count
Cell = tuple[str, str]  # place, measure
DISTRICT, STREET, COMMUNITY = 6, 9, 12


@dataclass(frozen=True, slots=True)
class Rules:
    """What is sensitive: counts of people by themselves (`personal`), what stands on too few (`upon`: measure, its base), sums."""

    personal: frozenset[str]
    upon: tuple[tuple[str, str], ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]


def small_cells(counts: Counts, rules: Rules, least: int) -> set[Cell]:
    """Return the cells that are too small by themselves, at communities."""
    found: set[Cell] = set()
    for place, row in counts.items():
        if len(place) == COMMUNITY:
            found |= {(place, name) for name in rules.personal if 0 < row[name] < least}
            found |= {(place, name) for name, base in rules.upon if 0 < row[base] < least}
    return found


def hidden(counts: Counts, rules: Rules, least: int, *, also: Iterable[Cell] = ()) -> frozenset[Cell]:
    """Return every cell that is not shown to everybody, for the communities of whole streets and those streets.

    `counts` holds all communities and streets of a district; `also` are cells hidden for another reason (see `over_months`).
    """
    found = small_cells(counts, rules, least) | set(also)
    below: dict[str, list[str]] = {place: [] for place in counts if len(place) == STREET}
    for place in sorted(counts):
        if len(place) == COMMUNITY:
            below.setdefault(place[:STREET], []).append(place)
    before = -1
    while len(found) != before:  # ends: each round hides more or nothing
        before = len(found)
        _with_wholes(found, counts, rules)
        _with_communities(found, counts, below)
        _with_streets(found, counts, below)
    return frozenset(found)


def _with_wholes(found: set[Cell], counts: Counts, rules: Rules) -> None:
    for place in counts:
        for whole, parts in rules.sums:
            if any((place, part) in found for part in parts):
                found.add((place, whole))
            elif (place, whole) in found:
                found.add((place, max(parts, key=lambda part: counts[place][part])))


def _least_of(places: Iterable[str], name: str, counts: Counts) -> str | None:
    """Return the place with the fewest, one with none only where all have none."""
    return min((p for p in places if p in counts), key=lambda p: (counts[p][name] == 0, counts[p][name], p), default=None)


def _with_communities(found: set[Cell], counts: Counts, below: Mapping[str, Sequence[str]]) -> None:
    names = {name for _place, name in found}
    for street, places in below.items():
        for name in names:
            kept = [place for place in places if (place, name) in found]
            if len(kept) > 1 or (kept and (street, name) in found) or not (kept or (street, name) in found):
                continue
            other = _least_of((p for p in places if p not in kept), name, counts)
            found.add((other, name) if other else (street, name))


def _with_streets(found: set[Cell], counts: Counts, below: Mapping[str, Sequence[str]]) -> None:
    for name in {name for _place, name in found}:
        kept = [street for street in below if (street, name) in found]
        other = _least_of((s for s in below if s not in kept), name, counts) if len(kept) == 1 else None
        if other:
            found.add((other, name))


def by_district(counts: Counts) -> dict[str, dict[str, Mapping[str, int]]]:
    """Return the streets and communities of each district: what is hidden is found in one district, whoever asks for how much around it."""
    found: dict[str, dict[str, Mapping[str, int]]] = {}
    for place, row in counts.items():
        if len(place) >= STREET:
            found.setdefault(place[:DISTRICT], {})[place] = row
    return found


def in_any_month(monthly: Sequence[frozenset[Cell]]) -> frozenset[Cell]:
    """Return the cells hidden in any month: a longer time that hides them too tells no more than its months told together do."""
    return frozenset().union(*monthly)


def over_months(monthly: Sequence[frozenset[Cell]]) -> frozenset[Cell]:
    """Return the cells of a longer time that would give a hidden month away: those hidden in exactly one of its months."""
    seen: dict[Cell, int] = {}
    for cells in monthly:
        for cell in cells:
            seen[cell] = seen.get(cell, 0) + 1
    return frozenset(cell for cell, times in seen.items() if times == 1)
