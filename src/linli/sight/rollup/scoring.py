"""The health index of many places at once: the formulas of a single place (`sight/wellbeing`, `kernel/stats`), on arrays. Pure numpy.

Every step is taken in the same order as for one place, so that both give the same whole number; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linli.kernel.stats import Z95
from linli.kernel.units import PPM_ONE

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NONE = -1  # no value: nothing, or too little, is known
SATISFACTION = 3  # where it stands among the dimensions: without any rating there is no index
N_TOP = 1_500_000_000  # 4·n² must fit in 63 bits


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the eight dimensions in ppm, in their order; strength of the peers' prior; least known weight for an index."""

    by_dimension: tuple[int, ...]
    prior: int
    known_min_ppm: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares with intervals in ppm and n; `value` is -1 where n is 0."""

    value: Ints
    low: Ints
    high: Ints
    n: Ints


@dataclass(frozen=True, slots=True)
class Scores:
    """The indexes of many places (-1: too little known), how much of the weight is known, and their dimensions (last axis)."""

    value: Ints
    low: Ints
    high: Ints
    known: Ints
    dimensions: Shares


def wilson(hits: Ints, n: Ints) -> Shares:
    """Return hits/n with Wilson score intervals. Raises ValueError unless 0 ≤ hits ≤ n ≤ 1.5 billion."""
    if (hits < 0).any() or (hits > n).any() or (n > N_TOP).any():
        raise ValueError("shares need 0 <= hits <= n")
    known = n > 0
    m = np.where(known, n, 1)
    p, z2 = hits / m, Z95 * Z95
    centre = (p + z2 / (2 * m)) / (1 + z2 / m)
    half = Z95 * np.sqrt(p * (1 - p) / m + z2 / (4 * m * m)) / (1 + z2 / m)
    return _shares(p, centre - half, centre + half, n)


def shrunk(hits: Ints, n: Ints, peers_ppm: Ints, prior: int) -> Shares:
    """Return shares pulled toward the peers' as if `prior` further observations had been made; -1 where n is 0, as on a page."""
    a, b = hits + prior * peers_ppm / 1e6, n - hits + prior * (1 - peers_ppm / 1e6)
    mean = a / (a + b)
    half = Z95 * np.sqrt(mean * (1 - mean) / (a + b + 1))
    return _shares(mean, mean - half, mean + half, n)


def _shares(value: Floats, low: Floats, high: Floats, n: Ints) -> Shares:
    rounded = [np.rint(1e6 * x).astype(np.int64) for x in (value, low, high)]
    return Shares(np.where(n > 0, rounded[0], NONE), np.maximum(0, rounded[1]), np.minimum(PPM_ONE, rounded[2]), n)


def score(counts: Ints, weights: Weights, peers: Ints | None = None) -> Scores:
    """Return the indexes of places from their counts, shape (…, 8, 2): hits and n; `peers` has the same shape or one that spreads to it.

    Raises ValueError where the weights do not add up to one million or satisfaction weighs less than half, or counts are no counts.
    """
    if sum(weights.by_dimension) != PPM_ONE:
        raise ValueError("weights must add up to 1000000 ppm")
    if weights.by_dimension[SATISFACTION] < PPM_ONE // 2:
        raise ValueError("satisfaction must weigh at least one half")
    hits, n = counts[..., 0].astype(np.int64), counts[..., 1].astype(np.int64)
    shares = wilson(hits, n)
    if peers is not None:
        pool = wilson(*(np.broadcast_to(peers[..., i].astype(np.int64), n.shape) for i in range(2)))
        pulled = shrunk(hits, n, np.maximum(0, pool.value), weights.prior)
        like = pool.value != NONE
        each_value, each_low, each_high = (np.where(like, getattr(pulled, x), getattr(shares, x)) for x in ("value", "low", "high"))
        shares = Shares(each_value, each_low, each_high, n)
    each = np.array(weights.by_dimension, np.int64) * (n > 0)
    known = each.sum(axis=-1)
    enough = (known >= weights.known_min_ppm) & (n[..., SATISFACTION] > 0)
    whole = np.where(known > 0, known, 1)
    value = (each * np.maximum(0, shares.value)).sum(axis=-1) / whole
    squares = np.zeros(value.shape)
    for d in range(n.shape[-1]):  # one after the other, as for one place
        squares = squares + (each[..., d] / whole * (shares.high[..., d] - shares.low[..., d]) / 2) ** 2
    half = np.sqrt(squares)
    middle = np.rint(value)
    return Scores(
        np.where(enough, middle, NONE).astype(np.int64),
        np.where(enough, np.maximum(0, np.rint(middle - half)), 0).astype(np.int64),
        np.where(enough, np.minimum(PPM_ONE, np.rint(middle + half)), PPM_ONE).astype(np.int64),
        known, shares,
    )  # fmt: skip


def withheld(n: Ints, least: int) -> NDArray[np.bool_]:
    """Return which of some siblings are not shown: those with 0 < n < `least`, and where that is one alone, the next smallest too.

    Their parent's total stands beside them: one alone would come out by taking the others away.
    """
    hidden = (n > 0) & (n < least)
    if hidden.sum() == 1:
        others = np.where(hidden | (n == 0), np.iinfo(np.int64).max, n)
        if (others < np.iinfo(np.int64).max).any():
            hidden = hidden.copy()
            hidden[int(np.argmin(others))] = True
    return hidden


def ranks(value: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return the best and the worst rank that each interval allows (1 is first); 0 where there is no value.

    Somebody stands before another only where the intervals do not touch.
    """
    known = value != NONE
    lows, highs = np.sort(low[known]), np.sort(high[known])
    best = 1 + len(lows) - np.searchsorted(lows, high, side="right")
    worst = len(highs) - np.searchsorted(highs, low, side="left")
    return np.where(known, best, 0), np.where(known, worst, 0)
