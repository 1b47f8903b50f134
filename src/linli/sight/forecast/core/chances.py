"""Counts and chance: how right anybody can be, and between what a count will lie. Pure.

Both are looked up in tables for small rates, since a city asks for millions of them; large rates are worked out as they are.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special, stats

from linli.sight.forecast.core.tree import Floats, Ints

TABLE_TOP, TABLE_LOW, TABLE_ROWS = 60.0, 1e-4, 600
ALPHA_LOW, ALPHA_STEP, ALPHA_TOP = 1e-4, 1.15, 25.0
SHAPE_TOP = 1e7  # above this the gamma curve is the normal one, and quicker so
GRID: Floats = np.concatenate([[0.0], np.geomspace(TABLE_LOW, TABLE_TOP, TABLE_ROWS)])


def _miss(rate: Floats) -> Floats:
    rate = np.maximum(rate, 1e-12)
    middle = stats.poisson.median(rate)
    # E|X - m| = λ - m + 2 (m P(X ≤ m) - λ P(X ≤ m - 1))
    below, under = special.pdtr(middle, rate), np.where(middle > 0, special.pdtr(np.maximum(middle - 1, 0), rate), 0.0)
    found: Floats = rate - middle + 2 * (middle * below - rate * under)
    return found


@lru_cache(maxsize=1)
def _misses() -> Floats:
    return _miss(GRID)


def miss(rate: Floats) -> Floats:
    """Return by how much the best forecast of a Poisson count of known rate is off, on average: E|X - its median|."""
    # √(2 λ / π) is within a thousandth of it from a rate of 60 on.
    found: Floats = np.where(rate < TABLE_TOP, np.interp(rate, GRID, _misses()), np.sqrt(np.maximum(rate, 0) * 2 / np.pi))
    return found


def ceiling(rate: Floats) -> float:
    """Return 1 - WAPE of somebody who knows every rate: what no forecast can pass where requests come by chance. 0 where nothing comes."""
    whole = float(rate.sum())
    return max(0.0, 1 - float(miss(rate).sum()) / whole) if whole > 0 else 0.0


def range_of(rate: Floats, alpha: Floats, level: float) -> tuple[Ints, Ints]:
    """Return the smallest and largest count between which a count lies with a chance of at least `level`: variance λ + α λ².

    `rate` and `alpha` have the same shape. Negative binomial for small rates, gamma for large ones; α is taken a little too large rather
    than too small, and between two rates of the table the lower end is that of the lower one, the upper end that of the higher.
    """
    flat, beyond = rate.ravel(), np.broadcast_to(alpha, rate.shape).ravel()
    low, high = np.empty(flat.shape, np.int64), np.empty(flat.shape, np.int64)
    tail = (1 - level) / 2
    large = flat >= TABLE_TOP
    if large.any():
        low[large], high[large] = _by_gamma(flat[large], beyond[large], tail)
    small = np.flatnonzero(~large)
    steps = np.ceil(np.log(np.maximum(beyond[small], ALPHA_LOW) / ALPHA_LOW) / np.log(ALPHA_STEP)).astype(np.int64)
    steps[beyond[small] <= 0] = -1
    used = np.flatnonzero(np.bincount(steps + 1, minlength=1)) - 1
    tables = np.array([_table(int(step), tail) for step in used], np.int64).reshape(-1, 2, TABLE_ROWS + 1)
    row = np.searchsorted(used, steps)
    at = np.clip(np.searchsorted(GRID, flat[small], side="right"), 1, TABLE_ROWS)
    low[small], high[small] = tables[row, 0, at - 1], tables[row, 1, at]
    return low.reshape(rate.shape), high.reshape(rate.shape)


@lru_cache(maxsize=256)
def _table(step: int, tail: float) -> tuple[Ints, Ints]:
    rate = np.maximum(GRID, 1e-12)
    if step < 0:
        ends = [stats.poisson.ppf(q, rate) for q in (tail, 1 - tail)]
    else:
        alpha = min(ALPHA_LOW * ALPHA_STEP**step, ALPHA_TOP)
        ends = [stats.nbinom.ppf(q, 1 / alpha, 1 / (1 + alpha * rate)) for q in (tail, 1 - tail)]
    low, high = (np.maximum(end, 0).astype(np.int64) for end in ends)
    return low, high


def _by_gamma(rate: Floats, alpha: Floats, tail: float) -> tuple[Ints, Ints]:
    spread = 1 + np.maximum(alpha, 0) * rate  # variance per request
    shape = rate / spread
    ends = [
        np.where(shape < SHAPE_TOP, special.gammaincinv(np.minimum(shape, SHAPE_TOP), q) * spread, rate + special.ndtri(q) * np.sqrt(rate * spread))
        for q in (tail, 1 - tail)
    ]  # fmt: skip
    return np.maximum(np.floor(ends[0]), 0).astype(np.int64), np.ceil(ends[1]).astype(np.int64)
