"""Levels above the series and numbers that add up: the tree, sums of counts with holes, and forecasts made to agree. Pure numpy.

Series stand service by service and, within a service, in order of place, so that everything below a node is one contiguous run. Level 0 are
the series themselves; each further level is the one below cut into runs; the last one is everything together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linli.kernel.units import PPM_ONE

Ints = NDArray[np.int64]
Counts = NDArray[np.integer]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MISSING = -1  # a day that the source does not have: nothing is known of it, which is not the same as nobody asked
MILLI = 1_000
SILENT = 1e-12  # requests that are none
HALVINGS, LOOSE_LEAST = 40, 1e-3
COUNT_TOP = 2_000_000_000
ALIKE = 0.3  # how much of what parts are off they are off together


class Absurd(ValueError):
    """What was given cannot be counts of days; `field` names what is wrong."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Tree:
    """How series add up. `starts[i]` holds the first node of level i below each node of level i + 1; `service_level` is where nodes are services.

    `places[i]` says for each node of a level below the services which place it lies in (numbered in order of code); empty where none was told.
    """

    series: int
    starts: tuple[Ints, ...]
    service_level: int
    places: tuple[Ints, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no tree: Absurd("tree")."""
        below = self.series
        if below < 1 or not 0 <= self.service_level <= len(self.starts):
            raise Absurd("tree", "no series, or no level of services")
        for starts in self.starts:
            if not len(starts) or starts[0] != 0 or (np.diff(starts) <= 0).any() or starts[-1] >= below:
                raise Absurd("tree", "runs do not follow one another")
            below = len(starts)

    @property
    def levels(self) -> int:
        """Return how many levels there are, the series included."""
        return len(self.starts) + 1

    def size(self, level: int) -> int:
        """Return how many nodes a level has."""
        return self.series if level == 0 else len(self.starts[level - 1])

    def parent(self, level: int) -> Ints:
        """Return the node of the next level above each node of `level`."""
        starts = self.starts[level]
        return np.repeat(np.arange(len(starts)), np.diff(np.append(starts, self.size(level))))

    def service(self, level: int) -> Ints:
        """Return the service of each node of a level; above the services, nodes stand for themselves."""
        if level >= self.service_level:
            return np.arange(self.size(level))
        found = self.parent(level)
        for above in range(level + 1, self.service_level):
            found = self.parent(above)[found]
        return found


def tree_of(services: Sequence[str], places: Sequence[str], digits: Sequence[int]) -> Tree:
    """Return the tree of series that stand service by service in order of place; `digits` are the levels between series and service.

    Raises Absurd("series") where they are not in that order or one is there twice.
    """
    keys = list(zip(services, places, strict=True))
    if any(a >= b for a, b in pairwise(keys)):
        raise Absurd("series", "not in order of service and place, or twice there")
    starts, lying, below = [], [], [(s, p) for s, p in keys]
    for many in (*digits, 0):
        names = sorted({place for _, place in below})
        lying.append(np.searchsorted(names, [place for _, place in below]).astype(np.int64))
        cut = [(service, place[:many]) for service, place in below]
        first = [at for at, key in enumerate(cut) if at == 0 or key != cut[at - 1]]
        starts.append(np.array(first, np.int64))
        below = [cut[at] for at in first]
    return Tree(len(keys), (*starts, np.zeros(1, np.int64)), len(digits) + 1, tuple(lying))


def checked(counts: Counts, tree: Tree) -> Counts:
    """Return the counts. Raises Absurd("counts") for what are not whole numbers of requests by series and day, or too many of them."""
    if counts.ndim != 2 or len(counts) != tree.series or not np.issubdtype(counts.dtype, np.integer):
        raise Absurd("counts", f"{counts.dtype} of shape {counts.shape}, not whole numbers of {tree.series} series")
    if counts.size and (counts.min() < MISSING or counts.max() > COUNT_TOP):
        raise Absurd("counts", "fewer than none, or more than anybody can ask")
    return counts


def summed(counts: Counts, starts: Ints) -> Ints:
    """Return the counts of the level above. A day is missing there where any part misses it: half a sum is no sum.

    Parts that are missing from their first day on (a place that came later) do not count as holes.
    """
    if not counts.size or counts.min() >= 0:
        return _added(counts, starts)
    known = counts >= 0
    late = np.maximum.accumulate(known, axis=1)
    holes = np.logical_or.reduceat(late & ~known, starts, axis=0)
    nothing = ~np.logical_or.reduceat(late, starts, axis=0)
    return np.where(holes | nothing, MISSING, _added(np.maximum(counts, 0), starts))


def _added(counts: Counts, starts: Ints) -> Ints:
    # Run after run: several times as quick as one call for all of them, which goes through memory number by number.
    found = np.empty((len(starts), counts.shape[1]), np.int64)
    for at, (first, end) in enumerate(pairwise([*starts.tolist(), len(counts)])):
        np.add.reduce(counts[first:end], axis=0, dtype=np.int64, out=found[at])
    return found


def histories(counts: Counts, tree: Tree) -> list[Counts]:
    """Return the counts of every level."""
    found: list[Counts] = [counts]
    for starts in tree.starts:
        found.append(summed(found[-1], starts))
    return found


def spread_down(above: Floats, base: Floats, starts: Ints) -> Floats:
    """Return forecasts of a level that add up to those above, each run in proportion to its own forecasts; alike where these are all nothing."""
    many = np.diff(np.append(starts, len(base)))
    sums = np.add.reduceat(base, starts, axis=0)
    share = np.divide(above, sums, out=np.zeros_like(above), where=sums > SILENT)
    even = np.where(sums > SILENT, 0.0, above / many[:, None])
    found: Floats = base * np.repeat(share, many, axis=0) + np.repeat(even, many, axis=0)
    return found


def spread_by_trust(above: Floats, base: Floats, loose: Floats, starts: Ints) -> Floats:
    """Return forecasts that add up to those above, like `spread_down`, where parts differ in how far off they are (`loose`, by node).

    What is missing is laid on each part by its variance, and what is too much taken from it likewise, but never more than it has: a service
    in bursts that drags the whole along does not drag the calm ones.
    """
    found = base.copy()
    for node, (first, end) in enumerate(pairwise([*starts.tolist(), len(base)])):
        part, ease = base[first:end], np.maximum(loose[first:end], LOOSE_LEAST)[:, None]
        more = above[node] - part.sum(axis=0)
        low, high = np.zeros_like(more), np.full_like(more, 1 / float(ease.min()))
        for _ in range(HALVINGS):  # of how hard to pull, so that as much is taken as is too much
            middle = (low + high) / 2
            enough = (part * np.minimum(1, middle * ease)).sum(axis=0) >= -more
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        fewer = part * (1 - np.minimum(1, high * ease))
        pull = np.maximum(more, 0) / np.maximum((part * ease).sum(axis=0), SILENT)
        found[first:end] = np.where(more > 0, part * (1 + pull * ease), fewer)
    return spread_down(above, found, starts)  # takes out what halving left, and shares evenly where nothing was said


def reconciled(base: Sequence[Floats], trust: Sequence[Floats], tree: Tree) -> list[Floats]:
    """Return forecasts of every level that agree (up to rounding): what a node and its parts say is weighed, upwards, then shared out downwards.

    `base[level]` (nodes, days) are forecasts made on their own, `trust[level]` (nodes) by how much they are off beyond chance: variance per
    request expected. Services take their share of a difference by that variance. Parts are off together to some degree (`ALIKE`): many parts that each lag a little do not outvote their sum. Sharing out
    never goes below nothing.
    """
    joint, off = [base[0]], [trust[0] * base[0].mean(axis=1)]
    for level, starts in enumerate(tree.starts):
        below = np.add.reduceat(joint[level], starts, axis=0)
        apart = np.add.reduceat(off[level], starts)
        together = np.add.reduceat(np.sqrt(off[level]), starts) ** 2
        parts = (1 - ALIKE) * apart + ALIKE * together
        own = trust[level + 1] * base[level + 1].mean(axis=1)
        whole = parts + own
        part = np.divide(parts, whole, out=np.ones_like(parts), where=whole > 0)
        joint.append(part[:, None] * base[level + 1] + (1 - part[:, None]) * below)
        off.append(part * own)
    found = [joint[-1]]
    for level in range(len(tree.starts) - 1, -1, -1):
        if level < tree.service_level:  # parts of one service are off alike
            found.append(spread_down(found[-1], joint[level], tree.starts[level]))
        else:
            loose = off[level] / np.maximum(joint[level].mean(axis=1), SILENT)
            found.append(spread_by_trust(found[-1], joint[level], loose, tree.starts[level]))
    return found[::-1]


def in_milli(series: Floats, tree: Tree) -> list[Ints]:
    """Return whole thousandths of a request at every level that add up exactly; no sum is off by more than one thousandth.

    The running sum is rounded, not each number: a thousand series of a tenth of a thousandth keep their sum.
    """
    running = np.rint(np.cumsum(series, axis=0) * MILLI).astype(np.int64)
    running[1:] -= running[:-1].copy()
    found: list[Ints] = [running]
    for starts in tree.starts:
        found.append(np.add.reduceat(found[-1], starts, axis=0))
    return found


def ppm(share: float) -> int:
    """Return a share as parts per million."""
    return round(share * PPM_ONE)
