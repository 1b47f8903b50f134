"""Who may be asked for one need, helper by helper in columns, without anything compiled: what a new need costs, and small batches. Pure."""

from __future__ import annotations

from math import cos, radians

import numpy as np

from linli.help.matching.core.arrays import METRES_PER_MICRODEGREE, MICRO, MINUTES_A_DAY, NOWHERE, Array, Batch, Edges

BIT = np.uint64(1)


def _bit(words: Array, bit: int) -> Array:
    found: Array = (words >> np.uint64(bit)) & BIT != 0
    return found


def _in_time(batch: Batch, i: int, fit: Array) -> Array:
    """Return which of the helpers `fit` (rows) are free for all of a need."""
    helpers, begin, end = batch.helpers, int(batch.needs.begins[i]), int(batch.needs.ends[i])
    if not len(helpers.busy) and not len(helpers.windows):
        return fit
    taken = np.zeros(len(helpers.lat), np.bool_)
    hit = np.flatnonzero((helpers.busy[:, 0] < end) & (begin < helpers.busy[:, 1]))
    taken[np.searchsorted(helpers.busy_rows, hit, side="right") - 1] = True
    open_ = np.diff(helpers.window_rows) == 0
    low, high = helpers.windows[:, 0], helpers.windows[:, 1]
    held = np.flatnonzero((low <= begin) & (end <= high) & (low // MINUTES_A_DAY == begin // MINUTES_A_DAY))
    open_[np.searchsorted(helpers.window_rows, held, side="right") - 1] = True
    free: Array = fit[open_[fit] & ~taken[fit]]
    return free


def _fit(batch: Batch, i: int) -> tuple[Array, Array]:
    """Return (rows, metres) of the helpers whom no rule keeps from need `i`."""
    needs, helpers, pairs, costs, _, per_day = batch
    slot, skill, paper = int(needs.slot[i]), int(needs.skill[i]), int(needs.certificate[i])
    good = _bit(helpers.free, slot) & ~helpers.minor & (helpers.caps[:, slot // per_day] > 0)
    if skill >= 0:
        good &= _bit(helpers.skills, skill)
    if paper >= 0:
        good &= _bit(helpers.certificates, paper)
    if needs.sex[i]:
        good &= helpers.sex == needs.sex[i]
    good[pairs.barred[pairs.barred_rows[i] : pairs.barred_rows[i + 1]]] = False
    fit = np.flatnonzero(good)
    if needs.lat[i] == NOWHERE:
        fit = fit[helpers.community[fit] == needs.community[i]]
        metres = np.full(len(fit), costs.radius_metres, np.int64)
        fit = _in_time(batch, i, fit)
        return fit, metres[: len(fit)]
    north = (needs.lat[i] - helpers.lat[fit].astype(np.int64)) * METRES_PER_MICRODEGREE
    east = (needs.lon[i] - helpers.lon[fit].astype(np.int64)) * METRES_PER_MICRODEGREE * cos(radians(needs.lat[i] / MICRO))
    metres = (np.sqrt(north * north + east * east) + 0.5).astype(np.int64)
    alone = helpers.lat[fit] == NOWHERE
    metres = np.where(alone, costs.radius_metres, metres)
    near = np.where(alone, helpers.community[fit] == needs.community[i], metres <= np.minimum(helpers.reach[fit], needs.reach[i]))
    far = dict(zip(fit[near].tolist(), metres[near].tolist(), strict=True)) if len(helpers.busy) + len(helpers.windows) else None
    if far is None:
        return fit[near], metres[near]
    fit = _in_time(batch, i, fit[near])
    return fit, np.array([far[h] for h in fit.tolist()], np.int64)


def candidates(batch: Batch, i: int) -> tuple[Array, Array]:
    """Return (helpers, costs) of need `i`, helpers rising: the rules and costs of `grid.edges`."""
    needs, helpers, pairs, costs = batch[:4]
    fit, metres = _fit(batch, i)
    price = metres * costs.metre_per_hundred // 100 + helpers.load[fit]
    price += (helpers.community[fit] != needs.community[i]) * costs.other_community
    if needs.language[i] >= 0:
        price += ((helpers.languages[fit] != 0) & ~_bit(helpers.languages[fit], int(needs.language[i]))) * costs.language
    known = slice(pairs.credit_rows[i], pairs.credit_rows[i + 1])
    for h, credit in zip(pairs.credited[known].tolist(), pairs.credit[known].tolist(), strict=True):
        price[fit == h] -= credit
    return fit.astype(np.int32), price.astype(np.int32)


def edges(batch: Batch) -> Edges:
    """Return who may be asked for what, need by need; what `grid.edges` returns, without compiling anything."""
    found = [candidates(batch, i) for i in range(len(batch.needs.lat))]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(helpers) for helpers, _ in found], dtype=np.int64)])
    none = [np.zeros(0, np.int32)]
    return Edges(starts, np.concatenate([h for h, _ in found] or none), np.concatenate([c for _, c in found] or none))
