"""What a choice moves: nothing where communities are alike in all, everything where they differ in one. No database."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.units import PPM_ONE
from linli.sight.wellbeing.core import Count, Dimension, Profile, score_district
from linli.sight.wellbeing.sensitivity import Choice, kendall, vary
from linli.sight.wellbeing.tests.test_core import KINSHIP, PLACES, SHARES, WEIGHTS

D = Dimension
ALIKE = dict.fromkeys(PLACES, Profile("mega", 90, 20))
COUNTS = st.lists(st.tuples(*[st.tuples(st.integers(0, 40), st.integers(1, 40)) for _d in D]), min_size=2, max_size=12)


def communities(rows: list[tuple[tuple[int, int], ...]]) -> dict[str, dict[Dimension, Count]]:
    return {
        place: {d: Count(min(hits, n), n) for d, (hits, n) in zip(D, row, strict=True)} for place, row in zip(PLACES, rows, strict=False)
    }


def test_communities_with_the_same_counts_move_together() -> None:
    counts = {place: {d: Count(7, 10) for d in D} for place in PLACES}
    found = vary(counts, ALIKE, WEIGHTS, KINSHIP)
    assert len(found.variants) == 2 * 7 + 5
    assert {(v.tau_ppm, v.moved, v.last_changed, v.most_ppm) for v in found.variants} == {(PPM_ONE, 0, 0, 0)}
    assert {(s.rank_best, s.rank, s.rank_worst, s.low_ppm, s.high_ppm) for s in found.spreads} == {(1, 1, 1, 700_000, 700_000)}


def test_who_is_strong_in_one_dimension_hangs_on_its_weight() -> None:
    even = {d: Count(60, 100) for d in D}
    counts = {place: dict(even) for place in PLACES} | {PLACES[0]: even | {D.RESPONSE: Count(100, 100)}}
    found = vary(counts, ALIKE, WEIGHTS, KINSHIP)
    mine = next(s for s in found.spreads if s.place == PLACES[0])
    assert mine.low_ppm < mine.value_ppm < mine.high_ppm
    more, less = (
        next(v for v in found.variants if (v.choice, v.dimension) == (choice, D.RESPONSE))
        for choice in (Choice.WEIGHT_MORE, Choice.WEIGHT_LESS)
    )
    # Half heavier or lighter: the response's 8 % become 12 % or 4 %, and so much of its lead of about 34 points is won or lost.
    assert 12_000 < more.most_ppm < 18_000
    assert 12_000 < less.most_ppm < 18_000


@given(COUNTS)
def test_a_published_index_lies_within_its_spread(rows: list[tuple[tuple[int, int], ...]]) -> None:
    counts = communities(rows)
    found, published = vary(counts, ALIKE, WEIGHTS, KINSHIP), score_district(counts, ALIKE, WEIGHTS, KINSHIP)
    assert {s.place for s in found.spreads} == set(counts)
    for s in found.spreads:
        assert s.value_ppm == published[s.place].value_ppm
        assert s.low_ppm <= s.value_ppm <= s.high_ppm
        assert 1 <= s.rank_best <= s.rank <= s.rank_worst <= len(counts)
    assert all(-PPM_ONE <= v.tau_ppm <= PPM_ONE and 0 <= v.moved <= len(counts) for v in found.variants)


def test_without_any_rating_there_is_nothing_to_vary() -> None:
    assert vary({PLACES[0]: {D.RESPONSE: Count(1, 1)}}, ALIKE, WEIGHTS, KINSHIP).spreads == ()
    assert sum(SHARES.values()) == PPM_ONE


@given(st.lists(st.integers(0, 9), min_size=2, max_size=20))
def test_an_order_agrees_with_itself_and_not_with_its_mirror(values: list[int]) -> None:
    one = np.asarray(values, dtype=np.int64)
    assert kendall(one, one) == PPM_ONE
    assert kendall(one, -one) == (PPM_ONE if len(set(values)) == 1 else -PPM_ONE)


def test_kendall_by_hand() -> None:
    # 1 2 3 4 against 1 3 2 4: five of six pairs agree, one does not: (5 − 1) / 6.
    assert kendall(np.asarray([1, 2, 3, 4]), np.asarray([1, 3, 2, 4])) == round(PPM_ONE * 4 / 6)
