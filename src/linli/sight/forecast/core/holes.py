"""Days that the source lost though it says zero, and days on which a history broke. Pure numpy."""

from __future__ import annotations

import numpy as np

from linli.sight.forecast.core.days import WEEK, Days, Kind
from linli.sight.forecast.core.profile import TINY
from linli.sight.forecast.core.tree import MISSING, Counts, Floats, Ints, Mask, Tree

CHANCE = 1e-9  # zeros less likely than this in a row are no zeros
LONGEST = 28  # days: what is silent for longer has ended or is out of season
BEFORE = 56  # days that say what was to be expected
BREAK_WITHIN, BREAK_SIDE, BREAK_BEFORE = 120, 14, 42
BREAK_SIGMA, BREAK_RATIO = 6.0, 0.25  # a level broke where it moved by so many deviations and by more than e^0.25
DRIFT = 3.0  # neighbouring days are alike: variances of means are so many times what independent days would have


def lost(counts: Counts, days: Days) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return which zero days (services, days) are holes: a run of zeros that chance would bring less than once in a thousand million.

    What was to be expected is said by the eight weeks before the run, bursts and all: a service that often rests may rest, and one that is
    silent for more than four weeks while others are asked for is over for now. Else a service of the winter would hide what the whole
    city asks in summer.
    """
    until = counts.shape[1]
    found = np.zeros(counts.shape, bool)
    ordinary = days.kind[:until] == Kind.ORDINARY
    nobody: Mask = np.max(counts, axis=0, initial=0) <= 0
    for row in np.flatnonzero((counts == 0).any(axis=1)):
        zero = counts[row] == 0
        starts = np.flatnonzero(zero & ~np.concatenate([[False], zero[:-1]]))
        ends = np.flatnonzero(zero & ~np.concatenate([zero[1:], [False]])) + 1
        for start, end in zip(starts, ends, strict=True):
            there = counts[row, max(0, start - BEFORE) : start]
            there = there[(there >= 0) & ~found[row, max(0, start - BEFORE) : start]]
            if len(there) >= 2 * WEEK and _unlikely(there, int(ordinary[start:end].sum())):
                found[row, start:end] = nobody[start:end] if end - start > LONGEST else True
    return found


def _unlikely(there: Counts, zeros: int) -> bool:
    mean = float(there.mean())
    alpha = max(0.0, (float(there.var()) - mean) / max(mean * mean, TINY))
    none = -mean if alpha < TINY else -np.log1p(alpha * mean) / alpha  # log of the chance of a zero day
    rests = int((there == 0).sum())
    if rests:  # what rested before may rest again as often
        none = max(none, float(np.log((rests + 1) / (len(there) + 2))))
    return bool(zeros * none < np.log(CHANCE))


def with_holes(counts: Counts, services: Counts, tree: Tree, days: Days) -> tuple[Counts, list[tuple[int, int]]]:
    """Return the counts with lost days as missing, and these as (service, day)."""
    gone = lost(services, days)
    if not gone.any():
        return counts, []
    return np.where(gone[tree.service(0)], MISSING, counts), [(int(s), int(d)) for s, d in np.argwhere(gone)]


def breaks(known: Floats, profile: Floats, days: Days) -> Ints:
    """Return the day from which each history counts anew, 0 where it did not break within the last months."""
    until = known.shape[1]
    found = np.zeros(len(known), np.int64)
    width = min(BREAK_WITHIN, until)
    if width < BREAK_BEFORE + BREAK_SIDE:
        return found
    here = slice(until - width, until)
    usable = ~np.isnan(known[:, here]) & (days.kind[here] == Kind.ORDINARY)
    level = np.where(usable, np.nan_to_num(known[:, here]) / np.maximum(profile[:, days.weekday[here]], 0.05), 0.0)
    sums, squares, many = (
        np.concatenate([np.zeros((len(known), 1)), np.cumsum(v, axis=1)], axis=1) for v in (level, level**2, usable * 1.0)
    )
    at = np.arange(BREAK_BEFORE, width - BREAK_SIDE + 1)
    (n1, m1, v1), (n2, m2, v2) = (
        _side(many, sums, squares, first, until) for first, until in ((at - BREAK_BEFORE, at), (at, np.full(len(at), width)))
    )
    moved = np.abs(m2 - m1) / np.sqrt(DRIFT * (v1 / np.maximum(n1, 1) + v2 / np.maximum(n2, 1)) + TINY)
    ratio = np.abs(np.log((m2 + TINY) / (m1 + TINY)))
    may = (ratio > BREAK_RATIO) & (n1 >= BREAK_SIDE) & (n2 >= BREAK_SIDE // 2) & (m1 + m2 > 1)
    moved = np.where(may, moved, 0.0)
    best = moved.argmax(axis=1)
    return np.where(moved.max(axis=1) > BREAK_SIGMA, until - width + at[best], 0)


def _side(many: Floats, sums: Floats, squares: Floats, first: Ints, until: Ints) -> tuple[Floats, Floats, Floats]:
    n, s, q = (run[:, until] - run[:, first] for run in (many, sums, squares))
    mean = s / np.maximum(n, 1)
    return n, mean, np.maximum(q / np.maximum(n, 1) - mean * mean, mean)
