"""What a history says of itself: a weekday profile and levels with different memories, many series at once. Pure numpy.

Everything is a product of counts with one matrix of decays, so a city costs what reading its counts costs. Days off and weekends that are
worked lie outside the profile; they have factors of their own (`effects`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from linli.sight.forecast.core.days import WEEK, Days, Kind
from linli.sight.forecast.core.tree import Counts, Floats, Ints, Mask

HALVES = (1.5, 3.0, 7.0, 20.0, 60.0)  # days after which a day counts half, of each level
LEVELS = len(HALVES)
AGES = [half / log(2) for half in HALVES]  # of what a level remembers, on average
TREND, SEASON, CANDIDATES = LEVELS, LEVELS + 1, LEVELS + 2  # where these stand among the candidates
TREND_FROM, MIDDLE = 2, 3  # of the levels: the one a trend carries on, and the one that it is measured against and season is laid on
PROFILE_HALF = 365.0
PROFILE_PRIOR = 100.0  # requests that the profile of the level above counts for
LEVEL_PRIOR = 0.5  # requests that the usual level counts for
CAP_DAYS, CAP_SIGMA, CAP_MORE = 56, 2.0, 2.0  # a day counts at most the mean of so many days before it + so many deviations + so many
TREND_DAMP, TREND_TOP = 0.95, 0.4  # a trend dies down by a twentieth a day and never makes more than e^0.4
MEDIAN_HALVES = (7.0, 14.0, 28.0)  # of medians, which a burst does not move; for what is counted in dozens
MEDIAN_REACH = 6  # halves after which a day says nothing of a median
FRESH_HALF = 28.0  # of a second profile, for weeks that have changed their shape
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Memory:
    """Weights of the days of a history (days, 7 + levels): by weekday for the profile, then by level; and these by weekday (levels, 7)."""

    weights: Floats
    by_weekday: Floats


@dataclass(frozen=True, slots=True)
class Said:
    """What histories say: weekday profile with mean 1 (nodes, 7), and levels a day (nodes, levels)."""

    profile: Floats
    levels: Floats


def memory(days: Days, until: int, since: int = 0, moved: Floats | None = None) -> Memory:
    """Return the weights of the first `until` days, the last of which is yesterday.

    `since`: the first day that levels may remember, where a history broke. `moved`: by how much weather moved each day; it is taken out.
    """
    age = np.arange(until - 1, -1, -1.0)
    ordinary = days.kind[:until] == Kind.ORDINARY
    weekday = days.weekday[:until, None] == np.arange(WEEK)
    levels = 0.5 ** (age[:, None] / np.array(HALVES)) * ordinary[:, None]
    levels[:since] = 0
    weights = np.concatenate([(0.5 ** (age / PROFILE_HALF) * ordinary)[:, None] * weekday, levels], axis=1)
    if moved is not None:
        weights /= moved[:until, None]
    return Memory(weights, levels.T @ weekday)


def capped(counts: Counts) -> Floats:
    """Return counts as numbers, a missing day as NaN, with single bursts cut: they say little of the days to come."""
    found = np.where(counts >= 0, counts, np.nan).astype(np.float64)
    if counts.shape[1] <= CAP_DAYS:
        return found
    plain = np.nan_to_num(found)
    sums, squares = (np.cumsum(power, axis=1) for power in (plain, plain * plain))
    many = np.cumsum(counts >= 0, axis=1)
    n, s, q = (
        run[:, CAP_DAYS - 1 : -1] - np.concatenate([np.zeros((len(run), 1)), run[:, : -CAP_DAYS - 1]], axis=1)
        for run in (many, sums, squares)
    )  # fmt: skip
    mean = s / np.maximum(n, 1)
    deviation = np.sqrt(np.maximum(q / np.maximum(n, 1) - mean * mean, mean))
    top = np.where(n >= CAP_DAYS // 2, mean + CAP_SIGMA * deviation + CAP_MORE, np.inf)
    found[:, CAP_DAYS:] = np.minimum(found[:, CAP_DAYS:], top)
    return found


def said(plain: NDArray[np.floating], there: Mask | None, weights: Memory, above: Floats, usual: Floats | None = None) -> Said:
    """Return what histories (nodes, days) say. `there`: which days are known (None: all), the others stand in `plain` as 0.

    `above` (nodes, 7) are the profiles that few requests lean on; `usual` (nodes) the levels, where there is such.
    """
    until = len(weights.weights)
    seen = (plain[:, :until] @ weights.weights.astype(plain.dtype, copy=False)).astype(np.float64, copy=False)
    by_day, requests = seen[:, :WEEK], seen[:, WEEK:]
    weekday = weights.weights[:, :WEEK]
    days = np.broadcast_to(weekday.sum(axis=0), by_day.shape) if there is None else there[:, :until] @ weekday
    mean = by_day.sum(axis=1) / np.maximum(days.sum(axis=1), TINY)
    profile = (by_day + PROFILE_PRIOR * above / WEEK) / (mean[:, None] * days + PROFILE_PRIOR / WEEK)
    profile /= np.maximum(profile.mean(axis=1, keepdims=True), TINY)
    if there is None:
        expected = profile @ weights.by_weekday.T
    else:
        spread = (weights.weights[:, WEEK:, None] * (weekday > 0)[:, None, :]).reshape(until, -1)
        expected = ((there[:, :until] @ spread).reshape(len(plain), -1, WEEK) * profile[:, None, :]).sum(axis=2)
    if usual is not None:  # a gamma prior: a little of what is usual, so that a quiet month is not taken for silence
        few = usual[:, None] > TINY
        requests = requests + LEVEL_PRIOR * few
        expected = expected + LEVEL_PRIOR / np.maximum(usual[:, None], TINY) * few
    levels = np.divide(requests, expected, out=np.full_like(expected, np.nan), where=expected > TINY)
    return Said(profile, _filled(levels))


def _filled(levels: Floats) -> Floats:
    # A level whose memory holds only missing days takes the next longer one; where nothing at all is known, nothing is expected.
    for at in range(len(HALVES) - 2, -1, -1):
        levels[:, at] = np.where(np.isnan(levels[:, at]), levels[:, at + 1], levels[:, at])
    return np.nan_to_num(levels)


def trend(found: Said, horizon: int) -> Floats:
    """Return the level carried on from its own age with the damped slope between a shorter and a longer memory, (nodes, days ahead)."""
    fresh, old = found.levels[:, TREND_FROM], found.levels[:, MIDDLE]
    slope = np.log(np.clip((fresh + TINY) / (old + TINY), 0.5, 2.0)) / (AGES[MIDDLE] - AGES[TREND_FROM])
    ahead = AGES[TREND_FROM] + np.cumsum(TREND_DAMP ** np.arange(1, horizon + 1))
    carried: Floats = fresh[:, None] * np.exp(np.clip(slope[:, None] * ahead, -TREND_TOP, TREND_TOP))
    return carried


def candidates(found: Said, horizon: int, season: Floats) -> Floats:
    """Return the levels that may come, (nodes, candidates, days ahead): each memory carried on, a damped trend, and the season of the years before.

    `season` (nodes, days ahead) is by how much the season changes until then.
    """
    flat = np.repeat(found.levels[:, :, None], horizon, axis=2)
    own = [trend(found, horizon)[:, None], (found.levels[:, MIDDLE, None] * season)[:, None]]
    return np.concatenate([flat, *own], axis=1)


def medians(known: Floats, profile: Floats, days: Days, since: Ints) -> Floats:
    """Return levels that half of the days of each memory lie below, (nodes, MEDIAN_HALVES); NaN where no day is known.

    `known` (nodes, days; NaN: missing), `since` (nodes) the first day that may be remembered. A burst of a week moves no median; half of
    what means say of a count by chance is lost, so this is for few nodes with many requests.
    """
    until = known.shape[1]
    first = max(0, until - int(MEDIAN_REACH * MEDIAN_HALVES[-1]))
    age = np.arange(until - first - 1, -1, -1.0)
    level = known[:, first:] / np.maximum(profile[:, days.weekday[first:until]], TINY)
    there = ~np.isnan(level) & (days.kind[first:until] == Kind.ORDINARY) & (np.arange(first, until) >= since[:, None])
    order = np.argsort(np.where(there, level, np.inf), axis=1)
    level = np.take_along_axis(level, order, axis=1)
    found = np.empty((len(known), len(MEDIAN_HALVES)))
    for at, half in enumerate(MEDIAN_HALVES):
        weight = np.take_along_axis(np.where(there, 0.5 ** (age / half), 0.0), order, axis=1).cumsum(axis=1)
        middle = (weight >= weight[:, -1:] / 2).argmax(axis=1)
        found[:, at] = np.where(weight[:, -1] > TINY, np.take_along_axis(level, middle[:, None], axis=1)[:, 0], np.nan)
    return found


def freshened(plain: Floats, there: Mask | None, days: Days, profile: Floats) -> Floats:
    """Return the profiles (nodes, 7) of the last weeks, leaning on those of the last year."""
    until = plain.shape[1]
    weight = 0.5 ** (np.arange(until - 1, -1, -1.0) / FRESH_HALF) * (days.kind[:until] == Kind.ORDINARY)
    weekday = weight[:, None] * (days.weekday[:until, None] == np.arange(WEEK))
    seen = plain @ weekday
    known = np.broadcast_to(weekday.sum(axis=0), seen.shape) if there is None else there @ weekday
    mean = seen.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), TINY)
    found: Floats = (seen + PROFILE_PRIOR * profile / WEEK) / (mean * known + PROFILE_PRIOR / WEEK)
    found /= np.maximum(found.mean(axis=1, keepdims=True), TINY)
    return found
