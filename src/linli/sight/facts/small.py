"""Which counts of a place are too small to be shown to everybody, and which others must be kept with them. Pure.

Three ways lead to a hidden count: it is small itself; it is one of exactly two ways to a sum whose other parts are shown (a street and
its communities, a whole and its parts, a quarter and its months); so whatever is hidden alone takes a second one along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Counts = Mapping[str, Mapping[str, int]]  # place -> measure -> count
Cell = tuple[str, str]  # place, measure
STREET, COMMUNITY = 9, 12
ROUNDS = 8  # each round hides at least one more cell or ends; far more than any real table needs


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
    by_street: dict[str, list[str]] = {}
    for place in counts:
        if len(place) == COMMUNITY:
            by_street.setdefault(place[:STREET], []).append(place)
    for _ in range(ROUNDS):
        before = len(found)
        _with_their_sums(found, counts, rules)
        _with_a_neighbour(found, counts, by_street)
        if len(found) == before:
            break
    return frozenset(found)


def _with_their_sums(found: set[Cell], counts: Counts, rules: Rules) -> None:
    for place in counts:
        for whole, parts in rules.sums:
            if (place, whole) not in found and sum((place, part) in found for part in parts) == 1:
                found.add((place, whole))


def _with_a_neighbour(found: set[Cell], counts: Counts, by_street: Mapping[str, Sequence[str]]) -> None:
    alone: dict[Cell, list[str]] = {}
    for place, name in found:
        if len(place) == COMMUNITY:
            alone.setdefault((place[:STREET], name), []).append(place)
    for (street, name), kept in alone.items():
        if len(kept) == 1 and (street, name) not in found:
            others = sorted((counts[p][name], p) for p in by_street[street] if p != kept[0] and counts[p][name] > 0)
            found.add((others[0][1], name) if others else (street, name))
    # A street that is hidden alone could be had from the district: a second one of its measure goes along.
    _streets(found, counts, by_street)


def _streets(found: set[Cell], counts: Counts, by_street: Mapping[str, Sequence[str]]) -> None:
    hidden_streets: dict[str, list[str]] = {}
    for place, name in found:
        if len(place) == STREET:
            hidden_streets.setdefault(name, []).append(place)
    for name, kept in hidden_streets.items():
        if len(kept) == 1:
            others = sorted((counts[s][name], s) for s in by_street if s != kept[0] and s in counts and counts[s][name] > 0)
            if others:
                found.add((others[0][1], name))


def over_months(monthly: Sequence[frozenset[Cell]]) -> frozenset[Cell]:
    """Return the cells of a longer time that would give a hidden month away: those hidden in exactly one of its months."""
    seen: dict[Cell, int] = {}
    for cells in monthly:
        for cell in cells:
            seen[cell] = seen.get(cell, 0) + 1
    return frozenset(cell for cell, times in seen.items() if times == 1)
