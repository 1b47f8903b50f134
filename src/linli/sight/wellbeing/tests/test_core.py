"""The health index by hand, and what it promises about few observations and missing ones. No database."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.stats import Z95
from linli.sight.wellbeing import core
from linli.sight.wellbeing.core import (
    NO_PEERS,
    Count,
    Dimension,
    Kinship,
    Likeness,
    Peers,
    Profile,
    Score,
    Weights,
    peers_of,
    score_district,
)

D = Dimension
SHARES = {
    D.FACILITIES: 60_000, D.COVERAGE: 80_000, D.RESPONSE: 80_000, D.SATISFACTION: 500_000, D.PARTICIPATION: 60_000, D.VITALITY: 80_000,
    D.SHARING: 60_000, D.SAFETY: 80_000,
}  # fmt: skip
WEIGHTS = Weights(SHARES, prior=20, known_min_ppm=600_000)
COUNTS = st.dictionaries(
    st.sampled_from(list(D)),
    st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda x: Count(min(x), max(x))),
)


def score(own: dict[Dimension, Count], peers: dict[Dimension, Count], weights: Weights) -> Score:
    return core.score(own, Peers(Likeness.ALIKE, 9, peers) if peers else NO_PEERS, weights)


def part(found: Score, dimension: Dimension) -> int:
    share = next(d.share for d in found.dimensions if d.dimension is dimension)
    assert share is not None
    return share.value_ppm


def test_a_figure_worked_out_by_hand() -> None:
    own = {D.SATISFACTION: Count(6, 10), D.RESPONSE: Count(9, 9), D.COVERAGE: Count(1, 4)}
    peers = {D.SATISFACTION: Count(160, 200), D.RESPONSE: Count(50, 100), D.COVERAGE: Count(3, 4)}
    found = score(own, peers, WEIGHTS)
    # Twenty more observations as the peers have them: (6 + 20 · 0.8) / (10 + 20), and so on.
    assert part(found, D.SATISFACTION) == round(1e6 * 22 / 30) == 733_333
    assert part(found, D.RESPONSE) == round(1e6 * 19 / 29)
    assert part(found, D.COVERAGE) == round(1e6 * 16 / 24)
    known = 500_000 + 80_000 + 80_000
    assert found.known_ppm == known
    value = (500_000 * 733_333 + 80_000 * 655_172 + 80_000 * 666_667) / known
    assert found.value_ppm == round(value)
    halves = {}
    for dimension, (a, b) in {D.SATISFACTION: (22, 8), D.RESPONSE: (19, 10), D.COVERAGE: (16, 8)}.items():
        mean = a / (a + b)
        halves[dimension] = Z95 * sqrt(mean * (1 - mean) / (a + b + 1)) * 1e6
    half = sqrt(sum((SHARES[d] / known * h) ** 2 for d, h in halves.items()))
    assert found.low_ppm == pytest.approx(value - half, abs=3)
    assert found.high_ppm == pytest.approx(value + half, abs=3)


def test_three_bad_ratings_are_no_verdict_three_hundred_are() -> None:
    peers = {D.SATISFACTION: Count(900, 1000)}
    few, many = (part(score({D.SATISFACTION: Count(0, n)}, peers, WEIGHTS), D.SATISFACTION) for n in (3, 300))
    assert few == round(1e6 * 18 / 23)
    assert many == round(1e6 * 18 / 320)


def test_missing_is_never_good() -> None:
    nothing = score({}, {D.SATISFACTION: Count(9, 9)}, WEIGHTS)
    assert (nothing.value_ppm, nothing.low_ppm, nothing.high_ppm, nothing.known_ppm) == (None, 0, 1_000_000, 0)
    assert all(d.share is None and d.n == 0 for d in nothing.dimensions)
    unrated = score({d: Count(5, 5) for d in D if d is not D.SATISFACTION}, {}, Weights(SHARES, 20, 100_000))
    assert (unrated.value_ppm, unrated.known_ppm) == (None, 500_000)  # no index without the residents, however little policy asks
    some = score({D.SATISFACTION: Count(5, 5), D.RESPONSE: Count(0, 0)}, {}, WEIGHTS)
    assert (some.value_ppm, some.known_ppm) == (None, 500_000)  # half of the weight is too little
    enough = score({D.SATISFACTION: Count(5, 10), D.RESPONSE: Count(0, 5), D.COVERAGE: Count(0, 5)}, {}, WEIGHTS)
    assert enough.value_ppm == round((500_000 * 500_000) / 660_000)  # what is missing takes part in no mean


def test_without_peers_a_share_is_its_own() -> None:
    assert part(score({D.SAFETY: Count(1, 4)}, {}, WEIGHTS), D.SAFETY) == 250_000
    assert part(score({D.SAFETY: Count(1, 4)}, {D.SAFETY: Count(0, 0)}, WEIGHTS), D.SAFETY) == 250_000


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="1000000"):
        score({}, {}, Weights(dict.fromkeys(D, 1), 20, 0))
    light = SHARES | {D.SATISFACTION: 499_999, D.SAFETY: 80_001}
    with pytest.raises(ValueError, match="one half"):
        score({}, {}, Weights(light, 20, 0))


@given(COUNTS, COUNTS)
def test_an_index_lies_inside_its_interval_and_between_its_parts(own: dict[Dimension, Count], peers: dict[Dimension, Count]) -> None:
    found = score(own, peers, WEIGHTS)
    shares = [d.share for d in found.dimensions if d.share is not None]
    assert {d.dimension for d in found.dimensions if d.share is not None} == {d for d, c in own.items() if c.n}
    assert 0 <= found.low_ppm <= found.high_ppm <= 1_000_000
    if found.value_ppm is None:
        assert found.known_ppm < WEIGHTS.known_min_ppm
        return
    assert found.low_ppm <= found.value_ppm <= found.high_ppm
    assert min(s.value_ppm for s in shares) - 1 <= found.value_ppm <= max(s.value_ppm for s in shares) + 1


@given(st.integers(1, 100), st.integers(0, 100), st.integers(0, 50), st.integers(0, 50))
def test_a_share_lies_between_ones_own_and_the_peers(n: int, hits: int, peer_hits: int, more: int) -> None:
    own, peers = Count(min(hits, n), n), Count(peer_hits, peer_hits + more + 1)
    found = part(score({D.SAFETY: own}, {D.SAFETY: peers}, WEIGHTS), D.SAFETY)
    ends = sorted((round(1e6 * own.hits / own.n), round(1e6 * peers.hits / peers.n)))
    assert ends[0] - 1 <= found <= ends[1] + 1


@given(st.integers(1, 60))
def test_more_observations_make_it_surer(n: int) -> None:
    def width(times: int) -> int:
        share = next(d.share for d in score({D.SAFETY: Count(n * times, 2 * n * times)}, {}, WEIGHTS).dimensions if d.dimension is D.SAFETY)
        assert share is not None
        return share.high_ppm - share.low_ppm

    assert width(4) < width(1)


KINSHIP = Kinship(sizes=(70, 110), elder_shares_ppm=(180_000, 300_000), peers_min=3)
PLACES = [f"4401040010{n:02d}" for n in range(1, 13)]


def district(profiles: list[Profile]) -> tuple[dict[str, dict[Dimension, Count]], dict[str, Profile]]:
    places = PLACES[: len(profiles)]
    return {p: {D.SATISFACTION: Count(n + 1, 20)} for n, p in enumerate(places)}, dict(zip(places, profiles, strict=True))


def test_peers_are_alike_and_never_oneself() -> None:
    small, large, village = Profile("mega", 50, 5), Profile("mega", 200, 30), Profile("rural", 50, 20)
    counts, profiles = district([small] * 4 + [large] * 5 + [village])
    peers = peers_of(counts, profiles, KINSHIP)
    first, fifth, last = (peers[PLACES[n]] for n in (0, 4, 9))
    assert (first.likeness, first.places, first.counts[D.SATISFACTION]) == (Likeness.ALIKE, 3, Count(2 + 3 + 4, 60))
    assert (fifth.likeness, fifth.places, fifth.counts[D.SATISFACTION]) == (Likeness.ALIKE, 4, Count(6 + 7 + 8 + 9, 80))
    # The only village has nobody alike: it is compared with the district, and the page says so.
    assert (last.likeness, last.places, last.counts[D.SATISFACTION]) == (Likeness.DISTRICT, 9, Count(sum(range(1, 10)), 180))


def test_likeness_is_loosened_one_step_at_a_time() -> None:
    young, old, large = Profile("mega", 50, 2), Profile("mega", 50, 25), Profile("mega", 200, 20)
    counts, profiles = district([young, young, young, old, old, large])
    peers = peers_of(counts, profiles, KINSHIP)
    assert [peers[p].likeness for p in PLACES[:6]] == [Likeness.SIZE] * 5 + [Likeness.REGION]
    assert [peers[p].places for p in PLACES[:6]] == [4] * 5 + [5]


def test_a_lone_community_is_its_own_measure() -> None:
    counts, profiles = district([Profile("mega", 90, 20)])
    assert peers_of(counts, profiles, KINSHIP) == {PLACES[0]: NO_PEERS}
    found = score_district(counts, profiles, WEIGHTS, KINSHIP)
    assert set(found) == {PLACES[0], PLACES[0][:9], PLACES[0][:6]}


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 40)), min_size=1, max_size=12))
def test_peers_add_up_to_some_others_whatever_their_profiles(rows: list[tuple[int, int, int]]) -> None:
    counts, profiles = district([Profile("mega" if n % 3 else "rural", size, min(size, old)) for n, (size, old, _hits) in enumerate(rows)])
    for place, peers in peers_of(counts, profiles, KINSHIP).items():
        others = [c for p, c in counts.items() if p != place]
        assert peers.places <= len(others)
        assert (peers.places >= KINSHIP.peers_min) or peers.places == len(others)
        assert sum(c.n for c in peers.counts.values()) == 20 * peers.places
        if peers.likeness is Likeness.DISTRICT:
            assert peers.counts == core.added(others)
