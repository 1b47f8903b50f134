"""Which memory to believe: candidates held against what came at past days, mixed by how far off they were; and how far off that leaves. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.sight.forecast.core import chances
from linli.sight.forecast.core.days import WEEK
from linli.sight.forecast.core.profile import TINY
from linli.sight.forecast.core.tree import Floats, Ints

LOOKS, STEP, LEAST = 16, WEEK, 28  # past days that are looked from, a week apart, each with so many days behind it
FRESH = 6.0  # looks after which what was off counts half
LASTING_LEAST, LASTING_SIGMA = 4, 2.0  # looks and standard errors from which being off in one direction is believed
SHARP = 16.0  # a candidate twice as far off counts 2^-16
POOLED = 0.1  # weights lean so much on what held for all services
SPANS = ((0, 2), (2, 7), (7, 10_000))  # days ahead that are weighed together
ALPHA_LEAST = 2e-4  # nobody knows a level better than to about a hundredth and a half
ALPHA_SHARED, ALPHA_TOP = 1.0, 25.0  # no more is taken from others; wilder than that, a range says nothing
CALM = 2.0  # looks that "as all others" and "as the law of counts has it" count for in how far a range is stretched
STRETCH = (0.6, 2.0)  # no range is stretched by less or more
RATE_LEAST, STEP_LEAST = 3.0, 0.5  # below so many requests a day the law of counts stands alone
ALPHA_FIRST = 0.06  # beyond chance where no past day can be looked from
LEARNED = 0.05  # variance per request of a level learned from about twenty days
SHARED = 400.0  # requests that what holds for the whole level counts for in a node's own spread


@dataclass(frozen=True, slots=True)
class Look:
    """Candidates with all factors (nodes, candidates, days ahead) and what came (nodes, days ahead; NaN: missing), of one past day."""

    said: Floats
    came: Floats


@dataclass(frozen=True, slots=True)
class Weighed:
    """Weights by service (services, candidates, days ahead); by group (a node or a service) α of each day ahead and of whole weeks, the
    variance per request beyond chance, and how far its ranges are stretched (groups, 2)."""

    weights: Floats
    alpha: Floats
    alpha_week: Floats
    loose: Floats
    stretch: Floats  # of each group's ranges, as past days had them hold what they should; by days, and by weeks
    off_by: float | None  # WAPE of the mix on the looks, each with weights that did not see it; None where there was no look


def looks_from(until: int, horizon: int) -> tuple[int, ...]:
    """Return the days that are looked from, the newest first."""
    return tuple(at for i in range(LOOKS) if (at := until - horizon - STEP * i) >= LEAST)


def spans(horizon: int) -> list[slice]:
    """Return the runs of days ahead that share weights and spread."""
    return [slice(first, min(last, horizon)) for first, last in SPANS if first < horizon]


def errors(look: Look, service: Ints) -> Floats:
    """Return how far off each candidate was, summed by service: (services, candidates, spans). Nodes stand service by service."""
    off = np.abs(np.nan_to_num(look.said - look.came[:, None]))
    by_span = np.stack([off[:, :, span].sum(axis=2) for span in spans(off.shape[2])], axis=2)
    found: Floats = np.add.reduceat(by_span, np.flatnonzero(np.diff(service, prepend=-1)), axis=0)
    return found


def weights_of(off: Floats, horizon: int) -> Floats:
    """Return weights (services, candidates, days ahead) from how far off candidates were."""
    own = off / np.maximum(off.min(axis=1, keepdims=True), TINY)
    whole = off.sum(axis=0, keepdims=True)
    shared = whole / np.maximum(whole.min(axis=1, keepdims=True), TINY)
    nothing = off.max(axis=1, keepdims=True) <= 0
    own = np.where(nothing, np.maximum(shared, 1.0), np.maximum(own, 1.0))
    log = -SHARP * ((1 - POOLED) * np.log(own) + POOLED * np.log(np.maximum(shared, 1.0)))
    mixed = np.exp(log - log.max(axis=1, keepdims=True))
    mixed /= mixed.sum(axis=1, keepdims=True)
    found = np.empty((*off.shape[:2], horizon))
    for at, span in enumerate(spans(horizon)):
        found[:, :, span] = mixed[:, :, at, None]
    return found


def weighed(looks: list[Look], service: Ints, group: Ints, horizon: int, *, candidates: int, level: float | None = None) -> Weighed:
    """Return weights, spread and how far off, from looks at nodes of which `service` and `group` are told; both are numbered without gaps.

    `candidates`: how many there are, which no look tells where there is none. `level`: the share of days that ranges should hold, where
    they are to be held against past days (each node its own group), None where the law of counts is enough.
    """
    services, groups = int(service.max()) + 1, int(group.max()) + 1
    if not looks:
        return unweighed(services, groups, horizon, candidates)
    each = [errors(look, service) for look in looks]
    each = [part * 0.5 ** (at / FRESH) for at, part in enumerate(each)]  # the newest first
    whole = np.sum(each, axis=0)
    mixes = []
    for look, own in zip(looks, each, strict=True):
        # Each look is judged with weights that did not see it.
        weights = weights_of(whole - own if len(looks) > 1 else whole, horizon)[service]
        mixes.append((look.said * weights).sum(axis=1))
    came = np.stack([look.came for look in looks])
    mixed = np.where(np.isnan(came), np.nan, np.stack(mixes))
    shift = lasting(mixed, came, service)
    mixed = mixed * shift[service]
    alpha = np.empty((groups, horizon))
    for span in spans(horizon):
        alpha[:, span] = _alpha(mixed[:, :, span], came[:, :, span], group)[:, None]
    # Days of a week are off together: a week's α is taken to be no less than its days'.
    weeks = [
        np.maximum(_alpha(_week(mixed, at), _week(came, at), group), alpha[:, WEEK * at : WEEK * (at + 1)].mean(axis=1))
        for at in range(horizon // WEEK)
    ]
    alpha_week = np.array(weeks).reshape(-1, groups).T
    stretch = np.ones((groups, 2)) if level is None else _stretched(mixed, came, alpha, alpha_week, level)
    squares, expected = np.nansum((mixed - came) ** 2, axis=(0, 2)), np.nansum(mixed, axis=(0, 2))
    loose = _by(squares, group) / np.maximum(_by(expected, group), TINY) - 1 + LEARNED
    asked = float(np.nansum(came))
    off_by = float(np.nansum(np.abs(mixed - came))) / asked if asked > 0 else None
    return Weighed(weights_of(whole, horizon) * shift[:, None], alpha, alpha_week, np.maximum(loose, LEARNED), stretch, off_by)


def lasting(mixed: Floats, came: Floats, service: Ints) -> Floats:
    """Return the factor (services, days ahead) that takes out by what look after look was off in the same direction; 1 where looks disagree.

    Under a slope that lasts, every memory lags. How much is believed grows with how plain it is: not at all within two standard errors.
    """
    looks, _, horizon = mixed.shape
    found = np.ones((int(service.max()) + 1, horizon))
    if looks < LASTING_LEAST:
        return found
    weight = 0.5 ** (np.arange(looks) / FRESH)
    weight /= weight.sum()
    many = 1 / (weight * weight).sum()
    for span in spans(horizon):
        sums = [np.stack([_by(np.nan_to_num(look[:, span]).sum(axis=1), service) for look in part]) for part in (mixed, came)]
        log = np.log((sums[1] + 1) / (sums[0] + 1))
        mean = weight @ log
        error = ((weight @ (log - mean) ** 2) / many * (1 + (span.stop - span.start) / WEEK)) + TINY  # looks a week apart share days
        believed = np.clip(1 - LASTING_SIGMA**2 * error / np.maximum(mean * mean, TINY), 0, 1)
        found[:, span] = np.exp(mean * believed)[:, None]
    return found


def _stretched(mixed: Floats, came: Floats, alpha: Floats, alpha_week: Floats, level: float) -> Floats:
    """Return by how much ranges have to be stretched, (nodes, 2), so that on past days (and in past weeks) they hold what they should.

    Each node leans on its whole level, and on not being stretched, by as many looks as `CALM`.
    """
    looks, nodes, horizon = mixed.shape
    fresh = 0.5 ** (np.arange(looks) / FRESH)
    found = np.ones((nodes, 2))
    weeks = horizon // WEEK * WEEK
    by_week = [part[:, :, :weeks].reshape(looks, nodes, -1, WEEK).sum(axis=3) for part in (mixed, came)]
    for at, (said, there, beyond) in enumerate(((mixed, came, alpha), (*by_week, alpha_week))):
        if not said.size:
            continue
        rate = np.nan_to_num(said)
        low, high = chances.range_of(rate, np.broadcast_to(beyond, rate.shape), level)
        above, below = np.maximum(high - rate, STEP_LEAST), np.maximum(rate - low, STEP_LEAST)
        score = np.where(there > rate, (there - rate) / above, (rate - there) / below)
        weight = np.where(np.isnan(there) | (rate < RATE_LEAST), 0.0, fresh[:, None, None])
        whole = _quantile(score.ravel(), weight.ravel(), level)
        for node in np.flatnonzero(weight.any(axis=(0, 2))):
            own = _quantile(score[:, node].ravel(), weight[:, node].ravel(), level)
            seen = float(fresh[weight[:, node].any(axis=1)].sum())
            found[node, at] = (seen * own + CALM * (whole + 1) / 2) / (seen + CALM)
    return np.clip(found, *STRETCH)


def _quantile(values: Floats, weights: Floats, level: float) -> float:
    order = np.argsort(np.where(weights > 0, values, np.inf))
    run = np.cumsum(weights[order])
    if not len(run) or run[-1] <= 0:
        return 1.0
    return float(values[order][min(int(np.searchsorted(run, level * run[-1])), len(run) - 1)])


def unweighed(services: int, groups: int, horizon: int, candidates: int) -> Weighed:
    """Return what holds where no past day can be looked from: every candidate alike, and wide ranges."""
    even = np.full((services, candidates, horizon), 1 / candidates)
    alpha = [np.full((groups, many), ALPHA_FIRST) for many in (horizon, horizon // WEEK)]
    return Weighed(even, alpha[0], alpha[1], np.ones(groups), np.ones((groups, 2)), None)


def _week(values: Floats, at: int) -> Floats:
    found: Floats = values[:, :, WEEK * at : WEEK * (at + 1)].sum(axis=2, keepdims=True)
    return found


def _by(values: Floats, by: Ints) -> Floats:
    found: Floats = np.bincount(by, values, int(by.max()) + 1).astype(np.float64)
    return found


def _alpha(mixed: Floats, came: Floats, by: Ints) -> Floats:
    # Moments of Var = λ + α λ², each day weighed by what it says of α; a node with few requests leans on the whole level.
    rate = np.maximum(mixed, TINY)
    weight = np.where(np.isnan(mixed), 0.0, rate / (1 + 0.05 * rate))
    beyond = np.nan_to_num(((mixed - came) ** 2 - mixed) / (rate * rate)) * weight
    top, bottom, asked = (_by(np.nansum(part, axis=(0, 2)), by) for part in (beyond, weight, np.nan_to_num(came)))
    # One service in bursts, of which next to nothing was expected, says nothing of the others.
    level = min(max(0.0, float(top.sum()) / max(float(bottom.sum()), TINY)), ALPHA_SHARED)
    own = np.clip(top / np.maximum(bottom, TINY), 0.0, ALPHA_TOP)
    part = asked / (asked + SHARED)
    found: Floats = np.maximum(part * own + (1 - part) * level, ALPHA_LEAST)
    return found
