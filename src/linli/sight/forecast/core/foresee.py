"""What is to be expected, at every level and day, so that the levels agree: the whole of it. Pure numpy; whole numbers in, whole numbers out.

Services and what lies above them are few and get everything: holes, breaks, factors of days, weather, season. Below, a profile and levels lean
on these. Each level says on its own what it expects; then they are made to agree (`tree.reconciled`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from linli.kernel.units import PPM_ONE
from linli.sight.forecast.core import chances, effects, holes, profile, weigh
from linli.sight.forecast.core.days import WEEK, Days, Kind
from linli.sight.forecast.core.tree import MILLI, Absurd, Counts, Floats, Ints, Mask, Tree, checked, histories, in_milli, ppm, reconciled

HORIZON = 14
LEVEL_PPM = 800_000  # of a range: four days in five lie inside
SAMPLE = 1_000  # series that say which memory to believe below the services
SAMPLE_LEAST = 20  # of each service
RICH = 0.5  # requests a day from which a series' bursts are cut
BLOCK, THREADS = 4_096, 2
HORIZON_TOP = 60
REPORT_PPM = 850_000  # the report's promise of accuracy
WEATHER_BOUND = 10.0
VERSION = "profile-2"


@dataclass(frozen=True, slots=True)
class Level:
    """One level: thousandths of a request expected (nodes, days), the ends of ranges in requests, whole weeks' sums likewise."""

    mean_milli: Ints
    low: Ints
    high: Ints
    week_milli: Ints
    week_low: Ints
    week_high: Ints
    ceiling_ppm: int  # 1 - WAPE that nobody can pass here, where requests come by chance
    tested_ppm: int | None  # 1 - WAPE on the past, with weights that did not see it; None where the past is too short

    @property
    def can_hold(self) -> bool:
        """Tell whether the report's accuracy can be reached here at all."""
        return self.ceiling_ppm >= REPORT_PPM


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Every level, finest first; places with all services together at each level below the services, finest first; lost days as (service, day);
    the day since which each node from the services upwards counts anew (0: did not break)."""

    levels: tuple[Level, ...]
    margins: tuple[Level, ...]
    lost: tuple[tuple[int, int], ...]
    broke: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """What services and the levels above say at one day `at`; lists begin at the services."""

    at: int
    profiles: list[Floats]
    factors: list[Floats]  # of the days ahead, by node
    candidates: list[Floats]
    kinds: Floats  # of services: factors of days off and such
    ahead: Floats  # of services: factors of the weather ahead
    season: Floats  # of services
    memories: list[profile.Memory]
    remember: Ints  # the memory of each service
    level: Floats  # of each service, a day


@dataclass(frozen=True, slots=True)
class _Own:
    """What one level says on its own: requests by node and day, variance per request by node, weights and spreads, and the group of each node."""

    base: Floats
    loose: Floats
    weighed: weigh.Weighed
    group: Ints


def foresee(
    counts: Counts, tree: Tree, days: Days, *, horizon: int = HORIZON, weather: Floats | None = None, level_ppm: int = LEVEL_PPM
) -> Foreseen:
    """Return what is to be expected on the `horizon` days after the last one of `counts` (series, days; MISSING where nothing is known).

    `days` covers the counted days and those ahead; `weather` likewise, a number a day that is about 0 on an ordinary one. Raises Absurd
    naming "counts", "days", "weather", "horizon" or "level".
    """
    _check(counts, tree, days, horizon, weather, level_ppm)
    until = counts.shape[1]
    held, lost = _without_holes(counts, tree, days)
    above = [np.where(level >= 0, level, np.nan).astype(np.float64) for level in held[tree.service_level :]]
    known = [profile.capped(level) for level in held[tree.service_level :]]
    now = _moment(known, tree, days, until, horizon, weather)
    then = [_moment([k[:, :at] for k in known], tree, days, at, horizon, weather) for at in weigh.looks_from(until, horizon)]
    own = [_below(held[level], level, tree, days, now, then) for level in range(tree.service_level)]
    for at, level in enumerate(above):
        group = np.arange(len(level))
        looks = [weigh.Look(t.candidates[at] * t.factors[at][:, None], level[:, t.at : t.at + horizon]) for t in then]
        weighed = weigh.weighed(looks, group, group, horizon, candidates=now.candidates[at].shape[1], level=level_ppm / PPM_ONE)
        own.append(_Own((now.candidates[at] * weighed.weights).sum(axis=1) * now.factors[at], weighed.loose, weighed, group))
    whole = in_milli(reconciled([o.base for o in own], [o.loose for o in own], tree)[0], tree)
    levels = [_level(mean, o.weighed, o.group, level_ppm) for mean, o in zip(whole, own, strict=True)]
    margins = [_margin(whole[i], own[i], lying, level_ppm) for i, lying in enumerate(tree.places)]
    broke = np.concatenate([holes.breaks(k, p, days) for k, p in zip(known, now.profiles, strict=True)])
    return Foreseen(tuple(levels), tuple(margins), tuple(lost), tuple(int(day) for day in broke))


def _check(counts: Counts, tree: Tree, days: Days, horizon: int, weather: Floats | None, level_ppm: int) -> None:
    checked(counts, tree)
    if not 1 <= horizon <= HORIZON_TOP:
        raise Absurd("horizon", f"{horizon} days ahead")
    if not 0 < level_ppm < PPM_ONE:
        raise Absurd("level", f"{level_ppm} ppm")
    wanted = counts.shape[1] + horizon
    if not counts.shape[1] or len(days) < wanted:
        raise Absurd("days", f"{len(days)} days, wanted {wanted} of which at least one is counted")
    if weather is not None and (weather.shape != (wanted,) or not np.isfinite(weather).all() or np.abs(weather).max() > WEATHER_BOUND):
        raise Absurd("weather", "not one finite number a day within its bounds")


def _without_holes(counts: Counts, tree: Tree, days: Days) -> tuple[list[Counts], list[tuple[int, int]]]:
    held = histories(counts, tree)
    without, lost = holes.with_holes(counts, held[tree.service_level], tree, days)
    return (histories(without, tree) if lost else held), lost


def _moment(known: list[Floats], tree: Tree, days: Days, at: int, horizon: int, weather: Floats | None) -> _Moment:
    """Return what the services and the levels above say on day `at`, from the total down: each leans on the profile of the one above."""
    plain_memory = profile.memory(days, at)
    profiles: list[Floats] = [np.ones((1, WEEK))]
    found: list[tuple[Floats, Floats]] = []
    usual = np.zeros(1)
    for up in range(len(known) - 1, -1, -1):
        level = known[up]
        parent = tree.parent(tree.service_level + up) if up < len(known) - 1 else np.zeros(len(level), np.int64)
        there = None if not np.isnan(level).any() else ~np.isnan(level)
        first = profile.said(np.nan_to_num(level), there, plain_memory, profiles[0][parent])
        moves = effects.learned(level, first.profile, days, weather)
        moved = effects.weather_factor(moves, weather, 0, at)
        still = np.nan_to_num(level) / moved
        since = holes.breaks(level / moved, first.profile, days)
        last = _since(profile.said(still, there, plain_memory, profiles[0][parent]), still, there, since, days, profiles[0][parent])
        ahead = effects.weather_factor(moves, weather, at, at + horizon)
        factors = effects.day_factors(last.profile, moves.kinds, days, at, at + horizon) * ahead
        season = effects.season(level / moved, last.profile, days, horizon)
        profiles.insert(0, last.profile)
        usual = last.levels[:, profile.MIDDLE]
        mine = profile.candidates(last, horizon, season)
        found.insert(0, (factors, _more_candidates(mine, level / moved, there, last, days, since=since, horizon=horizon)))
    # Services that neither broke nor feel the weather share one memory.
    kinds_of = [(int(day), -1 if weather is None else at_) for at_, day in enumerate(since)]
    named = {kind: number for number, kind in enumerate(dict.fromkeys(kinds_of))}
    memories = [profile.memory(days, at, day, None if row < 0 else moved[row]) for day, row in named]
    remember = np.array([named[kind] for kind in kinds_of])
    return _Moment(at, profiles[:-1], [f for f, _ in found], [c for _, c in found], moves.kinds, ahead, season, memories, remember, usual)


def _more_candidates(
    mine: Floats, still: Floats, there: Mask | None, last: profile.Said, days: Days, *, since: Ints, horizon: int
) -> Floats:
    """Return the candidates (nodes, candidates, days ahead) with medians beside means, and all of them once more as the last weeks were shaped."""
    middle = profile.medians(still, last.profile, days, since)
    middle = np.where(np.isnan(middle), last.levels[:, profile.MIDDLE, None], middle)
    both = np.concatenate([mine, np.repeat(middle[:, :, None], horizon, axis=2)], axis=1)
    fresh = profile.freshened(np.nan_to_num(still), there, days, last.profile) / np.maximum(last.profile, profile.TINY)
    at = still.shape[1]
    shaped = np.where(days.kind[at : at + horizon] == Kind.ORDINARY, fresh[:, days.weekday[at : at + horizon]], 1.0)
    return np.concatenate([both, both * shaped[:, None]], axis=1)


def _since(found: profile.Said, still: Floats, there: Mask | None, since: Ints, days: Days, above: Floats) -> profile.Said:
    # Where a history broke, levels remember nothing from before.
    levels = found.levels.copy()
    for node in np.flatnonzero(since):
        fresh = profile.memory(days, still.shape[1], int(since[node]))
        one = slice(node, node + 1)
        levels[one] = profile.said(still[one], None if there is None else there[one], fresh, above[one]).levels
    return profile.Said(found.profile, levels)


def _below(counts: Counts, level: int, tree: Tree, days: Days, now: _Moment, then: list[_Moment]) -> _Own:
    """Return what a level below the services says on its own; which memory to believe is learned on a sample of it."""
    service, many, horizon = tree.service(level), len(now.remember), now.ahead.shape[1]
    ends = np.searchsorted(service, np.arange(many + 1))
    picked = np.concatenate([_picked(int(a), int(b), max(SAMPLE_LEAST, SAMPLE // many)) for a, b in pairwise(ends)])
    sample, of = counts[picked], service[picked]
    usual = 1 / np.maximum(np.bincount(service, minlength=many), 1)  # the share of one node, were all alike
    looks = []
    for moment in then:
        found, factors = _said_below(sample, of, usual[of] * moment.level[of], days, moment)
        said = profile.candidates(found, horizon, moment.season[of]) * factors[:, None]
        came = np.where(sample >= 0, sample, np.nan)[:, moment.at : moment.at + horizon].astype(np.float64)
        looks.append(weigh.Look(said, came))
    weighed = weigh.weighed(looks, of, of, horizon, candidates=profile.CANDIDATES)
    base = np.empty((len(counts), horizon))

    def work(first: int) -> None:
        here = slice(first, first + BLOCK)
        found, factors = _said_below(counts[here], service[here], (usual * now.level)[service[here]], days, now)
        base[here] = _mixed(found, service[here], weighed.weights, now.season) * factors

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(0, len(counts), BLOCK)))
    return _Own(base, weighed.loose[service], weighed, service)


def _mixed(found: profile.Said, service: Ints, weights: Floats, season: Floats) -> Floats:
    # What `candidates` times weights comes to, a service at a time: two products instead of one number for every candidate.
    horizon = weights.shape[2]
    mixed = profile.trend(found, horizon)
    first = np.flatnonzero(np.diff(service, prepend=-1))
    for begin, end in pairwise([*first.tolist(), len(service)]):
        own = weights[service[begin]]
        linear = own[: profile.LEVELS].copy()
        linear[profile.MIDDLE] += own[profile.SEASON] * season[service[begin]]
        mixed[begin:end] = mixed[begin:end] * own[profile.TREND] + found.levels[begin:end] @ linear
    return mixed


def _picked(first: int, last: int, many: int) -> Ints:
    return np.unique(np.linspace(first, last - 1, min(many, last - first)).astype(np.int64))


def _said_below(counts: Counts, service: Ints, usual: Floats, days: Days, moment: _Moment) -> tuple[profile.Said, Floats]:
    """Return what series say at a moment, and the factors of the days ahead (nodes, days ahead)."""
    counts = counts[:, : moment.at]
    there = None if counts.min() >= 0 else counts >= 0
    plain = (counts if there is None else np.maximum(counts, 0)).astype(np.float32)
    rich = np.flatnonzero(plain.mean(axis=1) >= RICH)
    if len(rich):  # where next to nothing comes there are no bursts to cut
        plain[rich] = np.nan_to_num(profile.capped(counts[rich]))
    above, horizon = moment.profiles[0][service], moment.ahead.shape[1]
    remember = moment.remember[service]
    found = profile.Said(np.empty((len(counts), WEEK)), np.empty((len(counts), profile.LEVELS)))
    for number in np.unique(remember):
        here = slice(None) if len(moment.memories) == 1 else np.flatnonzero(remember == number)
        part = profile.said(plain[here], None if there is None else there[here], moment.memories[number], above[here], usual[here])
        found.profile[here], found.levels[here] = part.profile, part.levels
    factors = effects.day_factors(found.profile, moment.kinds[service], days, moment.at, moment.at + horizon) * moment.ahead[service]
    return found, factors


def _level(mean_milli: Ints, weighed: weigh.Weighed, group: Ints, level_ppm: int) -> Level:
    rate = mean_milli / MILLI
    weeks = rate.shape[1] // WEEK
    week_milli = mean_milli[:, : weeks * WEEK].reshape(len(mean_milli), weeks, WEEK).sum(axis=2)
    low, high = chances.range_of(rate, weighed.alpha, level_ppm / PPM_ONE, group)
    week_low, week_high = chances.range_of(week_milli / MILLI, weighed.alpha_week, level_ppm / PPM_ONE, group)
    if (weighed.stretch != 1).any():
        low, high = _stretched(rate, low, high, weighed.stretch[group, :1])
        week_low, week_high = _stretched(week_milli / MILLI, week_low, week_high, weighed.stretch[group, 1:])
    tested = None if weighed.off_by is None else ppm(max(0.0, 1 - weighed.off_by))
    return Level(mean_milli, low, high, week_milli, week_low, week_high, ppm(chances.ceiling(rate[:, :WEEK])), tested)


def _stretched(rate: Floats, low: Ints, high: Ints, by: Floats) -> tuple[Ints, Ints]:
    wide = (rate >= weigh.RATE_LEAST) & (by != 1)
    ends = [np.rint(rate + (end - rate) * by).astype(np.int64) for end in (low, high)]
    return np.where(wide, np.maximum(ends[0], 0), low), np.where(wide, ends[1], high)


def _margin(mean_milli: Ints, own: _Own, lying: Ints, level_ppm: int) -> Level:
    """Return a level's places with all their services together; what services do beyond chance is taken to be apart from each other."""
    rate = mean_milli / MILLI
    nodes = len(lying)
    sums = sparse.csr_array((np.ones(nodes), (lying, np.arange(nodes))), shape=(int(lying.max()) + 1, nodes))

    def together(alpha: Floats, rates: Floats) -> Floats:
        whole = np.maximum(sums @ rates, profile.TINY)
        found: Floats = (sums @ (alpha * rates * rates)) / (whole * whole)
        return found

    weeks = rate.shape[1] // WEEK
    by_week = rate[:, : weeks * WEEK].reshape(nodes, weeks, WEEK).sum(axis=2)
    whole = np.rint(sums @ mean_milli).astype(np.int64)  # below 2^53, where such sums are exact
    spread = [together(own.weighed.alpha[own.group], rate), together(own.weighed.alpha_week[own.group], by_week)]
    even = np.ones(len(whole))
    apart = weigh.Weighed(own.weighed.weights, spread[0], spread[1], even, np.ones((len(whole), 2)), None)
    return _level(whole, apart, np.arange(len(whole)), level_ppm)
