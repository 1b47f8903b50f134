"""Counts and chance: how right anybody can be, and between what a count will lie. Pure.

Both are looked up in tables for small rates, since a city asks for millions of them; large rates are worked out as they are.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from scipy import special, stats

from linli.sight.forecast.core.tree import Floats, Ints

TABLE_TOP, TABLE_LOW, TABLE_ROWS = 60.0, 1e-4, 600
ALPHA_LOW, ALPHA_STEP, ALPHA_TOP = 1e-4, 1.15, 25.0
SHAPE_TOP = 1e7  # above this the gamma curve is the normal one, and quicker so
GRID: Floats = np.concatenate([[0.0], np.geomspace(TABLE_LOW, TABLE_TOP, TABLE_ROWS)])
BLOCK, THREADS = 4_096, 2  # rows that stay in a processor's own memory
GRID_FIRST = float(np.log(TABLE_LOW))
GRID_ROWS_PER_LOG = (TABLE_ROWS - 1) / (float(np.log(TABLE_TOP)) - GRID_FIRST)


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


def range_of(rate: Floats, alpha: Floats, level: float, group: Ints | None = None) -> tuple[Ints, Ints]:
    """Return the smallest and largest count between which a count lies with a chance of at least `level`: variance λ + α λ².

    `rate` and `alpha` have the same shape; or α is told by group (groups, days), and `group` says which each row of `rate` is of. Negative binomial for small rates, gamma for large ones; α is taken a little too large rather
    than too small, and between two rates of the table the lower end is that of the lower one, the upper end that of the higher.
    """
    tail = (1 - level) / 2
    step = np.ceil(np.log(np.maximum(alpha, ALPHA_LOW) / ALPHA_LOW) / np.log(ALPHA_STEP)).astype(np.int64)
    step[alpha <= 0] = -1
    used, row = np.unique(step, return_inverse=True)
    row = row.reshape(alpha.shape)
    tables = np.array([_table(int(one), tail) for one in used], np.int64).reshape(-1, 2, TABLE_ROWS + 1)
    low, high = np.empty(rate.shape, np.int64), np.empty(rate.shape, np.int64)

    def work(first: int) -> None:
        here = slice(first, first + BLOCK)
        mine, of = rate[here], here if group is None else group[here]
        at = _above(mine)
        low[here], high[here] = tables[row[of], 0, at - 1], tables[row[of], 1, at]
        large = mine >= TABLE_TOP
        if large.any():
            low[here][large], high[here][large] = _by_gamma(mine[large], alpha[of][large], tail)

    if len(rate) <= BLOCK:
        work(0)
    else:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(work, range(0, len(rate), BLOCK)))
    return low, high


def _above(rate: Floats) -> Ints:
    # The first row of the grid beyond each rate: worked out, since the grid is even in logarithms, and put right where rounding missed.
    found = (np.log(np.maximum(rate, TABLE_LOW)) - GRID_FIRST) * GRID_ROWS_PER_LOG
    at = np.clip(found.astype(np.int64) + 2, 1, TABLE_ROWS)
    at[rate < TABLE_LOW] = 1
    at -= (rate < GRID[at - 1]) & (at > 1)
    at += (rate >= GRID[at]) & (at < TABLE_ROWS)
    return at


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
