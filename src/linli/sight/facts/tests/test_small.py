"""Whoever has every edition — months, the quarter, district, street, community — and takes one from the other finds no withheld count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from linli.sight.facts.small import Cell, Rules, by_district, hidden, in_any_month, over_months, small_cells

RULED = Rules(personal=frozenset({"alone", "poor"}), upon=(("done", "asked"),), sums=(("groups", ("alone", "poor")),))
NAMES = ("alone", "poor", "groups", "asked", "done")
DISTRICTS = ("440104", "440105")
STREETS = tuple(f"{d}00{n}" for d in DISTRICTS for n in (1, 2))
COMMUNITIES = tuple(f"{s}00{n}" for s in STREETS for n in (1, 2, 3))
LEAST, PRIME = 5, 2_147_483_647
MONTHS = ("01", "02", "03")
Month = Mapping[str, Mapping[str, int]]  # community -> measure -> count
Unknown = tuple[str, str, str]  # community, measure, month


def added(places: Month) -> dict[str, dict[str, int]]:
    """Return the counts of communities, streets and districts; what has none of anything has no row."""
    living = {place: row for place, row in places.items() if any(row.values())}
    found = {place: dict(row) for place, row in living.items()}
    for place, row in living.items():
        for wider in (place[:9], place[:6]):
            into = found.setdefault(wider, dict.fromkeys(NAMES, 0))
            for name in NAMES:
                into[name] += row[name]
    return found


def withheld(counts: Mapping[str, Mapping[str, int]], also: frozenset[Cell] = frozenset()) -> frozenset[Cell]:
    """Return what a table withholds, district by district, as the figures do."""
    parts = by_district(counts).values()
    return frozenset[Cell]().union(*(hidden(p, RULED, LEAST, also={c for c in also if c[0] in p}) for p in parts))


def quarter(months: Sequence[Month]) -> Month:
    """Return the counts of all months together."""
    return {place: {name: sum(m[place][name] for m in months) for name in NAMES} for place in COMMUNITIES}


class Reader:
    """Somebody who writes down every sum that editions tell, and solves them. Counts modulo a prime: only what is certain is found."""

    def __init__(self) -> None:
        self.rows: dict[Unknown, dict[Unknown, int]] = {}

    def hears(self, told: Iterable[tuple[Unknown, int]]) -> None:
        """Take in one equation: which unknowns make a told sum, with their factors."""
        row: dict[Unknown, int] = {}
        for unknown, factor in told:
            row[unknown] = (row.get(unknown, 0) + factor) % PRIME
        for lead in sorted(self.rows):
            if row.get(lead):
                self._take(row, self.rows[lead], row[lead])
        row = {u: f for u, f in row.items() if f}
        if not row:
            return
        lead = min(row)
        scale = pow(row[lead], -1, PRIME)
        row = {u: f * scale % PRIME for u, f in row.items()}
        for other in self.rows.values():
            if other.get(lead):
                self._take(other, row, other[lead])
        self.rows[lead] = row

    @staticmethod
    def _take(row: dict[Unknown, int], away: Mapping[Unknown, int], times: int) -> None:
        for unknown, factor in away.items():
            row[unknown] = (row.get(unknown, 0) - times * factor) % PRIME

    def knows(self) -> set[Unknown]:
        """Return what is determined."""
        return {lead for lead, row in self.rows.items() if sum(1 for f in row.values() if f) == 1}


def heard(months: Sequence[Month], *, nested: bool) -> tuple[Reader, set[Unknown]]:
    """Return a reader of the months' and the quarter's editions, and the counts that are small."""
    reader = Reader()
    of_months = [withheld(added(m)) for m in months]
    whole = added(quarter(months))
    tables: list[tuple[Mapping[str, Mapping[str, int]], frozenset[Cell], tuple[str, ...]]] = [
        (added(m), of_months[at], (MONTHS[at],)) for at, m in enumerate(months)
    ]
    tables.append((whole, withheld(whole, in_any_month(of_months) if nested else over_months(of_months)), MONTHS))
    for counts, kept, over in tables:
        for place, name in product(counts, NAMES):
            if (place, name) not in kept:  # districts are never withheld
                reader.hears(((c, name, m), 1) for c in COMMUNITIES if c.startswith(place) for m in over)
    for at, m in enumerate(months):  # who has no row has nothing
        for community, name in product(COMMUNITIES, NAMES):
            if not any(m[community].values()):
                reader.hears([((community, name, MONTHS[at]), 1)])
    for community, month in product(COMMUNITIES, MONTHS):  # what everybody knows: a whole is its parts
        for total, parts in RULED.sums:
            reader.hears([((community, total, month), 1), *(((community, part, month), PRIME - 1) for part in parts)])
    small = {
        (p, name, MONTHS[at])
        for at, m in enumerate(months)
        for p, name in small_cells(added(m), RULED, LEAST)
        if sum(any(row.values()) for c, row in m.items() if c[:6] == p[:6]) > 1  # a district is shown, though it were one community
    }
    return reader, small


COUNTS = st.sampled_from((0, 0, 1, 3, 4, 6, 9))


@st.composite
def a_month(draw: st.DrawFn) -> Month:
    """Return made-up counts of every community."""
    found = {}
    for place in COMMUNITIES:
        alone, poor, asked = draw(COUNTS), draw(COUNTS), draw(COUNTS)
        found[place] = {"alone": alone, "poor": poor, "groups": alone + poor, "asked": asked, "done": min(asked, draw(COUNTS))}
    return found


def even(**changes: int) -> Month:
    """Return a month in which every community has many of everything, but for one."""
    found = {place: {"alone": 9, "poor": 9, "groups": 18, "asked": 9, "done": 9} for place in COMMUNITIES}
    found[COMMUNITIES[0]] |= changes
    return found


@settings(max_examples=60, deadline=None)
@given(st.tuples(a_month(), a_month(), a_month()))
@example((even(alone=1, groups=10), even(), even()))
@example((even(alone=1, groups=10), even(poor=2, groups=11), even()))
def test_no_withheld_count_comes_out_by_subtraction(months: tuple[Month, ...]) -> None:
    reader, small = heard(months, nested=True)
    assert small & reader.knows() == set()


def test_the_reader_is_no_fool() -> None:
    # Without anything withheld beside the small ones, it finds them: the test above can fail.
    month = even(alone=1, groups=10)
    counts, reader = added(month), Reader()
    kept = small_cells(counts, RULED, LEAST)
    for place, name in product(counts, NAMES):
        if (place, name) not in kept:
            reader.hears(((c, name, "01"), 1) for c in COMMUNITIES if c.startswith(place))
    assert (COMMUNITIES[0], "alone", "01") in reader.knows()
