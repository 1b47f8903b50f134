"""What a run comes to, and how fine it is to look. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.help.matching.core.arrays import Array, Batch, Edges

VERSION = "1"  # of the engine: a run made by another may be replayed to another answer
PPB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Fine:
    """How fine a run looks: the auction's last step in parts of 10⁹ of what a middling place is worth; and whom ties fall to."""

    step_ppb: int = 100_000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The edges chosen, rising; their worth and a bound on any, in policy's points; the last bid of each chosen edge in `scale`-ths."""

    edges: Edges
    chosen: Array  # int64
    value: int
    bound: int
    bids: Array  # int64, as many as are chosen
    scale: int = 1
    made: int = 0

    @property
    def gap_ppb(self) -> int:
        """Return how far below the bound the worth is, in parts of 10⁹ of the bound, rounded up."""
        return -((self.value - self.bound) * PPB // self.bound) if self.bound else 0


def owners(edges: Edges) -> Array:
    """Return the need of each edge."""
    return np.repeat(np.arange(len(edges.starts) - 1, dtype=np.int32), np.diff(edges.starts))


def value_of(batch: Batch, edges: Edges, chosen: Array) -> int:
    """Return what an assignment is worth in policy's points: each need's first place, its second …, less what the pairs cost."""
    owner = np.searchsorted(edges.starts, chosen, side="right") - 1
    have = np.bincount(owner, minlength=len(batch.needs.places))
    filled = np.arange(batch.needs.worth.shape[1])[None, :] < have[:, None]
    return int((batch.needs.worth * filled).sum()) - int(edges.costs[chosen].sum(dtype=np.int64))


def broken(batch: Batch, edges: Edges, chosen: Array) -> str:
    """Return what an assignment breaks in words: a slot, a day's cap, a helper twice, too many or too few places; '' where it holds."""
    needs, helpers = batch.needs, batch.helpers
    owner = np.searchsorted(edges.starts, chosen, side="right") - 1
    who = edges.helpers[chosen].astype(np.int64)
    slot = needs.slot[owner]
    have = np.bincount(owner, minlength=len(needs.places))
    cells = who * batch.slots + slot
    days = np.bincount(who * helpers.caps.shape[1] + slot // batch.per_day, minlength=helpers.caps.size)
    pairs = owner.astype(np.int64) * max(1, len(helpers.lat)) + who
    tried = (
        ("a slot is taken twice", len(np.unique(cells)) != len(cells)),
        ("a day holds more than it may", bool((days > helpers.caps.ravel()).any())),
        ("a need has one helper twice", len(np.unique(pairs)) != len(pairs)),
        ("a need has more helpers than places", bool((have > needs.places).any())),
        ("a need that wants two or nobody has one", bool(((have > 0) & (have < needs.least)).any())),
    )
    return next((words for words, bad in tried if bad), "")
