"""The statistics of trials: Student's distribution, intervals that cover, pairs that are alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.stats import Interval
from linli.sight.trials.core import (
    MOVES,
    Lived,
    Outcome,
    State,
    Verdict,
    compare,
    interval,
    measured,
    median,
    share_ppm,
    t_quantile,
    t_within,
    together_ppm,
    top_tenth_ppm,
)

NAMES = [o.value for o in Outcome]
VALUES = st.integers(0, 1_000_000)


# Student's t, two-sided, from printed tables (four digits).
@pytest.mark.parametrize(
    ("level", "degrees", "t"),
    [
        (950_000, 1, 12.706), (950_000, 2, 4.303), (950_000, 4, 2.776), (950_000, 7, 2.365), (950_000, 30, 2.042),
        (990_000, 3, 5.841), (990_000, 9, 3.250), (999_000, 5, 6.869), (995_000, 4, 5.598),
    ],
)  # fmt: skip
def test_the_quantiles_are_those_of_the_tables(level: int, degrees: int, t: float) -> None:
    assert t_quantile(level, degrees) == pytest.approx(t, abs=0.0006)
    assert t_within(t, degrees) == pytest.approx(level / 1e6, abs=0.0001)


def test_what_is_no_distribution_is_refused() -> None:
    with pytest.raises(ValueError, match="degrees"):
        t_within(1.0, 0)
    with pytest.raises(ValueError, match="level"):
        t_quantile(1_000_000, 5)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(7)
    for n in (3, 5, 12):
        covered = sum(
            not found.excludes(400)
            for draw in rng.normal(400, 900, (3000, n))
            if (found := interval([round(float(x)) for x in draw])) is not None
        )
        assert 2820 <= covered <= 2910, (n, covered)  # 95 % of 3,000 is 2,850; four standard errors are 48, rounding outward adds a little


def test_where_nothing_differs_luck_is_called_a_difference_seldom() -> None:
    rng, wrong = np.random.default_rng(11), 0
    for _ in range(400):
        people = rng.normal(500_000, 80_000, 6)  # what a seed brings both arms alike
        arms = [
            {seed: {name: round(float(x + rng.normal(0, 20_000))) for name in NAMES} for seed, x in enumerate(people)} for _ in range(2)
        ]
        wrong += any(row.verdict in {Verdict.MORE, Verdict.LESS} for row in compare(*arms))
    assert wrong <= 36  # one in twenty of 400 is 20; four standard errors above are 37


def test_pairing_sees_what_two_heaps_would_not() -> None:
    # Seeds differ by much more than the arms do: the two intervals overlap, the difference is plain.
    a = {seed: {"met": 500_000 + seed * 60_000} for seed in range(6)}
    b = {seed: {"met": 500_000 + seed * 60_000 - 20_000 - seed % 3 * 1000} for seed in range(6)}
    met = next(row for row in compare(a, b) if row.outcome is Outcome.MET)
    assert met.a is not None
    assert met.b is not None
    assert met.a.low < met.b.high
    assert met.verdict is Verdict.LESS
    assert met.difference == Interval(-21_000, met.difference.low, met.difference.high, 6) if met.difference else False


@given(st.dictionaries(st.integers(1, 40), st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), min_size=3, max_size=12))
def test_arms_that_are_alike_differ_by_exactly_nothing(runs: dict[int, dict[str, int]]) -> None:
    for row in compare(runs, runs):
        assert row.verdict is Verdict.SAME
        assert row.difference == Interval(0, 0, 0, len(runs))
        assert row.a == row.b


@given(
    st.dictionaries(st.integers(1, 40), st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), min_size=3, max_size=12),
    st.dictionaries(st.integers(1, 40), st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), min_size=3, max_size=12),
)
def test_changing_sides_turns_the_difference_round(a: dict[int, dict[str, int]], b: dict[int, dict[str, int]]) -> None:
    turned = {Verdict.MORE: Verdict.LESS, Verdict.LESS: Verdict.MORE}
    for here, there in zip(compare(a, b), compare(b, a), strict=True):
        assert there.verdict is turned.get(here.verdict, here.verdict)
        if here.difference is not None and there.difference is not None:
            assert (here.difference.low, here.difference.high) == (-there.difference.high, -there.difference.low)


@given(st.lists(VALUES, min_size=2, max_size=20), VALUES)
def test_an_interval_holds_its_mean_and_moves_with_the_values(values: list[int], by: int) -> None:
    found = interval(values)
    assert found is not None
    assert found.low <= found.mean <= found.high
    moved = interval([value + by for value in values])
    assert moved is not None
    assert abs(moved.low - found.low - by) <= 1
    assert abs(moved.high - found.high - by) <= 1
    wider = interval(values, level_ppm=990_000)
    assert wider is not None
    assert wider.low <= found.low
    assert found.high <= wider.high


def test_few_or_missing_values_conclude_nothing() -> None:
    assert interval([]) is None
    assert interval([4]) is None
    runs: dict[int, dict[str, int | None]] = {1: {"met": 1}, 2: {"met": 5}, 3: {"met": None}, 4: {"met": 900_000}}
    assert next(row for row in compare({k: runs[k] for k in (1, 2, 3)}, {k: runs[k] for k in (1, 2, 3)})).verdict is Verdict.MISSING
    met = next(row for row in compare(runs, runs) if row.outcome is Outcome.MET)
    assert met.difference == Interval(0, 0, 0, 3)  # the seed that does not know it is in neither arm
    assert met.a is not None
    assert met.a.n == 3
    assert compare({}, {})[0].verdict is Verdict.MISSING


def test_all_intervals_hold_together() -> None:
    assert together_ppm(1) == 950_000
    assert together_ppm(10) == 995_000


def test_the_outcomes_of_a_run_are_counted_by_hand() -> None:
    lived = Lived(
        needs=8, answer_minutes=[5, 90, 10, 20, 30, 40], answered_in_time=5, handled=6, met=4, ratings=3, satisfied=2, risen=4, visits=10,
        no_shows=1, helper_minutes=[0, 100, 20, 30, 0], seeded_minutes=1200,
    )  # fmt: skip
    assert measured(lived) == {
        "answered_in_time": 833_333, "first_answer": 20, "handled": 750_000, "met": 500_000, "satisfied": 666_667, "risen": 500_000,
        "no_shows": 100_000, "helper_minutes": 50, "top_tenth": 666_667, "seeded": 1200,
    }  # fmt: skip


def test_a_run_in_which_nothing_happened_knows_nothing() -> None:
    found = measured(Lived(0, [], 0, 0, 0, 0, 0, 0, 0, 0, [0, 0], 0))
    assert {name for name, value in found.items() if value is not None} == {"seeded"}
    assert share_ppm(0, 0) is None
    assert median([]) is None
    assert top_tenth_ppm([]) is None


def test_a_trial_that_ended_stays_as_it_ended() -> None:
    events = {event for _, event in MOVES}
    for state in (State.DONE, State.FAILED, State.CANCELLED):
        assert not any((state, event) in MOVES for event in events)
