"""The core of the forecast on made-up demand whose true rates are known: how near the best it comes, ranges that cover, levels that agree."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from linli.sight.forecast.core import chances, holes, profile
from linli.sight.forecast.core.days import Days, Kind, Known, days_from, days_in, edited
from linli.sight.forecast.core.foresee import Foreseen, Level, foresee
from linli.sight.forecast.core.tree import (
    MILLI,
    MISSING,
    Absurd,
    Floats,
    Ints,
    Tree,
    histories,
    in_milli,
    reconciled,
    spread_by_trust,
    tree_of,
)

UNTIL, HORIZON = 420, 14
FIRST = date(2025, 1, 6)  # a Monday
FEAST = {date(2025, 10, day): "feast" for day in range(1, 8)} | {date(2026, 3, day): "feast" for day in range(4, 7)}
FREE = Known(FEAST, frozenset(FEAST), frozenset({date(2025, 10, 11), date(2026, 2, 28)}), 2026)
DAYS = days_from(FIRST, UNTIL + HORIZON, FREE)
WEEK_SHAPE = np.array([1.25, 1.1, 1.05, 1.05, 1.05, 0.8, 0.7])


def made(per_series: float, seed: int = 5) -> tuple[Tree, Floats]:
    """Return a tree of 4 services in 2 districts of 4 streets with 5 communities, and true rates (160, days) with every effect in them."""
    rng = np.random.default_rng(seed)
    places = [f"4401{d:02d}{s:03d}{c:03d}" for d in (3, 4) for s in range(1, 5) for c in range(1, 6)]
    services = [name for name in ("bath", "call", "meal", "walk") for _ in places]
    tree = tree_of(services, places * 4, (9, 6))
    at = np.arange(UNTIL + HORIZON)
    shape = WEEK_SHAPE[DAYS.weekday] * (1 + 0.15 * np.sin(2 * np.pi * at / 364)) * np.exp(0.0004 * at)
    shape = np.where(DAYS.kind == Kind.OFF, shape / WEEK_SHAPE[DAYS.weekday] * 0.5, shape)
    shape = np.where(DAYS.kind == Kind.WORKED, shape / WEEK_SHAPE[DAYS.weekday] * 1.1, shape)
    return tree, per_series * rng.gamma(2, 0.5, (160, 1)) * shape


@cache
def seen(per_series: float) -> tuple[Tree, Floats, Ints, Foreseen]:
    tree, rates = made(per_series)
    counts = np.random.default_rng(6).poisson(rates)
    return tree, rates, counts, foresee(counts[:, :UNTIL], tree, DAYS)


def sums(values: Floats | NDArray[np.floating], tree: Tree) -> list[Floats]:
    found: list[Floats] = [values.astype(np.float64)]
    for starts in tree.starts:
        found.append(np.add.reduceat(found[-1], starts, axis=0))
    return found


def off_by(rate: Floats, said: Floats) -> float:
    """Return E|X - said| of Poisson counts, exactly: what is made up needs no luck of the draw."""
    whole = np.floor(said)
    return float((rate - said + 2 * (said * stats.poisson.cdf(whole, rate) - rate * stats.poisson.cdf(whole - 1, rate))).sum())


@pytest.mark.parametrize("per_series", [0.15, 4.0])
def test_nobody_could_be_much_nearer_where_three_a_day_come(per_series: float) -> None:
    tree, rates, _, found = seen(per_series)
    looked = 0
    for level, rate in zip(found.levels, sums(rates[:, UNTIL:], tree), strict=True):
        if rate.mean() >= 3:
            best = 1 - chances.miss(rate).sum() / rate.sum()
            assert (1 - off_by(rate, level.mean_milli / MILLI) / rate.sum()) / best >= 0.97, rate.shape
            looked += 1
    assert looked == (5 if per_series > 1 else 3)


@pytest.mark.parametrize("per_series", [0.15, 4.0])
def test_ranges_cover_what_they_say(per_series: float) -> None:
    # Several histories: of the whole there is but one forecast each time, which lies a little to one side for all its days.
    tree, rates = made(per_series)
    days, weeks = np.zeros((2, 6, len(tree.starts) + 1))
    for at in range(6):
        rng = np.random.default_rng(20 + at)
        found = foresee(rng.poisson(rates[:, :UNTIL]), tree, DAYS)
        draws = [sums(rng.poisson(rates[:, UNTIL:]) * 1.0, tree) for _ in range(20)]
        for depth, level in enumerate(found.levels):
            came = np.stack([draw[depth] for draw in draws])
            days[at, depth] = ((came >= level.low) & (came <= level.high)).mean()
            whole = came.reshape(*came.shape[:2], 2, 7).sum(axis=3)
            weeks[at, depth] = ((whole >= level.week_low) & (whole <= level.week_high)).mean()
    assert (days.mean(axis=0) >= [0.78, 0.78, 0.78, 0.76, 0.7]).all(), days.mean(axis=0)
    assert (weeks.mean(axis=0) >= [0.78, 0.78, 0.78, 0.74, 0.65]).all(), weeks.mean(axis=0)
    assert (found.levels[-1].high - found.levels[-1].low).mean() < 6 * np.sqrt(rates[:, UNTIL:].sum(axis=0)).mean()


def test_ranges_cover_days_that_are_wilder_than_chance() -> None:
    tree, rates = made(3.0)
    rng = np.random.default_rng(4)
    wild = rng.poisson(rates * rng.gamma(4, 1 / 4, (1, UNTIL + HORIZON)))  # one mood of the day for all
    found = foresee(wild[:, :UNTIL], tree, DAYS)
    draws = [sums(1.0 * rng.poisson(rates[:, UNTIL:] * rng.gamma(4, 1 / 4, (1, HORIZON))), tree) for _ in range(100)]
    for at, level in enumerate(found.levels):
        came = np.stack([draw[at] for draw in draws])
        assert 0.74 <= ((came >= level.low) & (came <= level.high)).mean() <= 0.97, at


def test_ranges_are_stretched_to_hold_what_they_should_on_past_days() -> None:
    rng = np.random.default_rng(5)
    wild = 40 * np.exp(0.5 * rng.standard_t(3, (1, 400)))  # calm days and now and then a very wild one: no law of counts
    history = rng.poisson(np.minimum(wild, 800))
    inside = []
    for at in range(260, 386, 7):
        level = foresee(history[:, :at], Tree(1, (np.zeros(1, np.int64),), 1), days_from(FIRST, at + 7), horizon=7).levels[1]
        inside.append(((level.low <= history[:, at : at + 7]) & (history[:, at : at + 7] <= level.high)).mean())
    assert 0.72 <= np.mean(inside) <= 0.88  # what the law of counts alone makes of it holds nine days in ten


def test_levels_agree_to_the_last_thousandth() -> None:
    for per_series in (0.15, 4.0):
        tree, _, _, found = seen(per_series)
        for lower, upper, starts in zip(found.levels, found.levels[1:], tree.starts, strict=False):
            assert np.array_equal(np.add.reduceat(lower.mean_milli, starts, axis=0), upper.mean_milli)
        for margin in found.margins:  # all services together, in places, are all there is
            assert np.array_equal(margin.mean_milli.sum(axis=0), found.levels[-1].mean_milli[0])
        assert all(
            np.issubdtype(part.dtype, np.integer) for level in found.levels for part in (level.mean_milli, level.low, level.week_high)
        )


@given(
    st.lists(st.lists(st.floats(0, 50), min_size=3, max_size=3), min_size=6, max_size=6),
    st.lists(st.floats(0.5, 9), min_size=9, max_size=9),
)
@settings(max_examples=40, deadline=None)
def test_whatever_levels_say_they_are_made_to_agree(base: list[list[float]], trust: list[float]) -> None:
    tree = Tree(6, (np.array([0, 2, 3]), np.array([0])), 1)
    own = np.array(base)
    said = [own, np.add.reduceat(own, tree.starts[0], axis=0)[::-1], own.sum(axis=0)[None] * 1.3]
    found = reconciled(said, [np.array(trust[:6]), np.array(trust[5:8]), np.array(trust[8:])], tree)
    assert all((level >= 0).all() for level in found)
    for lower, upper, starts in zip(found, found[1:], tree.starts, strict=False):
        assert np.allclose(np.add.reduceat(lower, starts, axis=0), upper)
    whole = in_milli(found[0], tree)
    assert np.abs(whole[-1] - found[-1] * MILLI).max() <= 1
    assert np.abs(whole[0] - found[0] * MILLI).max() <= 1.01


def one(history: list[int] | Ints, *, horizon: int = 14, days: Days | None = None) -> Level:
    counts = np.array([history], np.int64)
    return foresee(
        counts, Tree(1, (np.zeros(1, np.int64),), 1), days or days_from(FIRST, counts.shape[1] + horizon), horizon=horizon
    ).levels[0]


def test_little_or_nothing_to_go_by_gives_wide_ranges_or_none_expected() -> None:
    nothing, missing = one([0] * 90), one([MISSING] * 90)
    assert nothing.mean_milli.max() == missing.mean_milli.max() == 0
    assert nothing.ceiling_ppm == 0
    assert missing.tested_ppm is None
    day, week = one([7]), one([7, 6, 8, 7, 7, 9, 5])
    assert (day.mean_milli == 7_000).all()
    assert (week.low[0] < 7).all()
    assert (week.high[0] > 7).all()
    assert one([3] * 40, horizon=3).mean_milli.shape == (1, 3)


def test_a_day_without_data_is_not_a_day_without_requests() -> None:
    history = np.random.default_rng(3).poisson(12, 200)
    holed, zeroed = history.copy(), history.copy()
    holed[-10:-1], zeroed[-30::3] = MISSING, 0
    assert abs(one(holed).mean_milli.mean() - 12_000) < 1_200
    assert one(zeroed).mean_milli.mean() < 10_500


def test_zeros_that_chance_would_not_bring_are_holes() -> None:
    rng = np.random.default_rng(2)
    busy, bursts, days = rng.poisson(15, 300), rng.poisson(np.where(np.arange(300) % 40 < 4, 60, 0.05)), days_from(FIRST, 314)
    busy[250:266] = 0
    lost = holes.lost(np.stack([busy, bursts]), days)
    assert np.flatnonzero(lost[0]).tolist() == list(range(250, 266))
    assert not lost[1].any()
    found = foresee(busy[None], Tree(1, (np.zeros(1, np.int64),), 1), days)
    assert [day for _, day in found.lost] == list(range(250, 266))
    assert abs(found.levels[0].mean_milli.mean() - 15_000) < 2_000


def seasonal() -> tuple[Ints, Tree, Days]:
    """Return a calm service of twenty a day, and one of the winter: thirty a day in bursts until day 200, then nothing for four months."""
    rng = np.random.default_rng(7)
    winter = rng.poisson(np.where(rng.random(320) < 0.25, 120, 2)) * (np.arange(320) < 200)
    counts = np.stack([rng.poisson(20, 320), winter])
    return counts, Tree(2, (np.arange(2), np.zeros(1, np.int64)), 1), days_from(FIRST, 334)


def test_a_service_out_of_season_hides_nothing_and_drags_nobody() -> None:
    counts, tree, days = seasonal()
    found = foresee(counts, tree, days)
    assert not [day for _, day in found.lost if day > 228]  # silent for longer than a source is ever lost
    for level in (found.levels[1], found.levels[2]):
        assert abs(level.mean_milli[0].mean() - 20_000) < 2_000
        assert ((level.low[0] <= 20) & (level.high[0] >= 20)).all()
        assert level.low[0].min() > 8
    bursting = foresee(counts[:, :200], tree, days)
    assert abs(bursting.levels[1].mean_milli[0].mean() - 20_000) < 2_000  # whatever the other does


def test_a_difference_is_laid_on_the_part_that_is_least_sure() -> None:
    base, loose, starts = np.array([[10.0], [10.0], [0.0]]), np.array([1.0, 9.0, 5.0]), np.zeros(1, np.int64)
    assert np.allclose(spread_by_trust(np.array([[30.0]]), base, loose, starts)[:, 0], [11, 19, 0])
    assert np.allclose(spread_by_trust(np.array([[15.0]]), base, loose, starts)[:, 0], [9.5, 5.5, 0])
    assert np.allclose(spread_by_trust(np.array([[4.0]]), base, loose, starts)[:, 0], [4, 0, 0])
    assert np.allclose(spread_by_trust(np.array([[0.0]]), base, loose, starts)[:, 0], 0)
    assert np.allclose(spread_by_trust(np.array([[3.0]]), base * 0, loose, starts)[:, 0], 1)


def test_medians_remember_no_burst_and_fresh_profiles_the_last_weeks() -> None:
    days = days_from(FIRST, 140)
    history = np.full((1, 140), 20.0)
    history[0, 130:134] = 200
    flat, never = np.ones((1, 7)), np.zeros(1, np.int64)
    assert profile.medians(history, flat, days, never).tolist() == [[20, 20, 20]]
    history[0, 130:] = np.nan
    assert profile.medians(history, flat, days, never).tolist() == [[20, 20, 20]]
    assert np.isnan(profile.medians(history, flat, days, never + 135)).all()
    turned = np.where(days.weekday == 0, 40.0, 20.0) * (np.arange(140) >= 84) + 20.0 * (np.arange(140) < 84)
    shape = profile.freshened(turned[None], None, days, flat)
    assert shape[0, 0] > 1.5
    assert shape.mean() == pytest.approx(1)


def test_a_level_that_broke_is_seen_and_forgotten() -> None:
    rng = np.random.default_rng(9)
    history = np.concatenate([rng.poisson(20, 300), rng.poisson(45, 30)])
    found = foresee(history[None], Tree(1, (np.zeros(1, np.int64),), 1), days_from(FIRST, 344))
    assert all(298 <= day <= 302 for day in found.broke)
    assert abs(found.levels[0].mean_milli.mean() - 45_000) < 4_000
    calm = foresee(rng.poisson(20, (1, 330)), Tree(1, (np.zeros(1, np.int64),), 1), days_from(FIRST, 344))
    assert not any(calm.broke)


def test_days_off_and_worked_weekends_are_lived_as_they_were_before() -> None:
    _, rates, _, found = seen(4.0)
    total, true = found.levels[-1].mean_milli[0] / MILLI, rates[:, UNTIL:].sum(axis=0)
    feast = np.flatnonzero(DAYS.kind[UNTIL:] == Kind.OFF)
    assert len(feast) == 3
    assert np.abs(total[feast] / true[feast] - 1).max() < 0.08
    plain = days_from(FIRST, UNTIL + HORIZON, Known(FEAST, frozenset(), frozenset(), 2026))
    tree, _, counts, _ = seen(4.0)
    blind = foresee(counts[:, :UNTIL], tree, plain).levels[-1].mean_milli[0] / MILLI
    assert np.abs(blind[feast] / true[feast] - 1).min() > 0.3


def test_weather_moves_what_it_moved_before() -> None:
    rng = np.random.default_rng(12)
    hot = np.where(rng.random(314) < 0.2, 1.0, 0.0)
    history = rng.poisson(30 * np.exp(0.5 * hot))
    days, tree = days_from(FIRST, 314), Tree(1, (np.zeros(1, np.int64),), 1)
    weather = np.concatenate([hot[:300], [0.0, 1.0] * 7])
    total = foresee(history[None, :300], tree, days, weather=weather).levels[-1].mean_milli[0]
    assert 1.35 < total[1::2].mean() / total[::2].mean() < 1.95


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("counts", {"counts": np.full((1, 30), -2)}), ("counts", {"counts": np.full((1, 30), 3e9).astype(np.int64)}),
        ("counts", {"counts": np.full((1, 30), 1.5)}), ("counts", {"counts": np.ones((2, 30), np.int64)}),
        ("days", {"days": days_from(FIRST, 30)}), ("days", {"counts": np.ones((1, 0), np.int64)}), ("horizon", {"horizon": 0}),
        ("horizon", {"horizon": 100}), ("level", {"level_ppm": 1_000_000}), ("weather", {"weather": np.full(44, np.nan)}),
        ("weather", {"weather": np.full(44, 99.0)}), ("weather", {"weather": np.zeros(30)}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(field: str, change: dict[str, object]) -> None:
    given: dict[str, object] = {"counts": np.ones((1, 30), np.int64), "days": days_from(FIRST, 44)} | change
    with pytest.raises(Absurd) as refused:
        foresee(given.pop("counts"), Tree(1, (np.zeros(1, np.int64),), 1), given.pop("days"), **given)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_trees_and_days_that_cannot_be_are_refused_by_name() -> None:
    for services, places in ((["a", "a"], ["1", "1"]), (["b", "a"], ["1", "1"])):
        with pytest.raises(Absurd, match="series"):
            tree_of(services, places, (9,))
    with pytest.raises(Absurd, match="tree"):
        Tree(3, (np.array([0, 4]),), 1)
    for text in ("2026-2-1", "soon", "2026-02-30"):
        with pytest.raises(Absurd, match="days"):
            days_in(text)
    with pytest.raises(Absurd, match="days"):
        days_from(FIRST, 0)
    assert days_in("-") == ()
    assert edited(FREE, off=days_in("2025-10-11"), worked=()).worked == {date(2026, 2, 28)}


def test_the_same_counts_give_the_same_forecast() -> None:
    tree, _, counts, found = seen(0.15)
    again = foresee(counts[:, :UNTIL].copy(), tree, DAYS)
    for one_level, other in zip(found.levels, again.levels, strict=True):
        assert np.array_equal(one_level.mean_milli, other.mean_milli)
        assert np.array_equal(one_level.high, other.high)
    narrow = foresee(counts[:, :UNTIL].astype(np.int16), tree, DAYS)
    assert np.array_equal(narrow.levels[0].mean_milli, found.levels[0].mean_milli)


def test_a_day_missing_in_one_part_is_missing_in_the_sum_unless_the_part_came_later() -> None:
    tree = Tree(2, (np.zeros(1, np.int64),), 1)
    counts = np.array([[1, 2, MISSING, 4], [MISSING, 5, 6, 7]])
    assert histories(counts, tree)[1].tolist() == [[1, 7, MISSING, 11]]


def test_a_range_by_group_is_the_range_of_each_row() -> None:
    rng = np.random.default_rng(8)
    rate, alpha, group = rng.gamma(0.5, 6, (5_000, 3)), rng.gamma(1, 0.2, (4, 3)), rng.integers(0, 4, 5_000)
    rate[:50] *= 100
    for by_group, by_row in zip(chances.range_of(rate, alpha, 0.8, group), chances.range_of(rate, alpha[group], 0.8), strict=True):
        assert np.array_equal(by_group, by_row)
    assert all(
        chances.GRID[at - 1] <= value < chances.GRID[at] for value, at in ((v, chances._above(np.array([v]))[0]) for v in chances.GRID[:-1])
    )


def test_the_ceiling_is_the_one_of_chance() -> None:
    for rate, known in ((0.12, 0.0), (3.0, 0.552), (20.0, 0.822), (90.0, 0.916)):
        assert chances.ceiling(np.array([rate])) == pytest.approx(known, abs=0.002)
    draws = np.random.default_rng(1).poisson(20, 200_000)
    assert 1 - np.abs(draws - 20).mean() / 20 == pytest.approx(0.822, abs=0.003)


@pytest.mark.parametrize(("rate", "alpha"), [(0.1, 0.0), (2.5, 0.0), (2.5, 0.6), (40.0, 0.1), (300.0, 0.0), (300.0, 0.2)])
def test_a_range_holds_its_share_of_counts(rate: float, alpha: float) -> None:
    low, high = chances.range_of(np.array([rate]), np.array([alpha]), 0.8)
    law = stats.nbinom(1 / alpha, 1 / (1 + alpha * rate)) if alpha else stats.poisson(rate)
    inside = law.cdf(high[0]) - law.cdf(low[0] - 1)
    assert 0.79 <= inside <= (1.0 if rate < 5 else 0.89)
