"""The best assignment of a small batch in which nobody is asked for two things, without anything compiled (Jonker–Volgenant). Pure."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from linli.help.matching.core.arrays import Array, Batch, Edges
from linli.help.matching.core.outcome import Outcome, owners, value_of

CELLS_MAX = 4_000_000


def fits(batch: Batch) -> bool:
    """Tell whether a batch is one for this: one slot, one job a helper, and a table that is looked through in well under a second."""
    one = batch.slots == 1 and int(batch.helpers.caps.max(initial=0)) <= 1
    return one and int(batch.needs.places.sum(dtype=np.int64)) * len(batch.helpers.lat) <= CELLS_MAX


def _best(batch: Batch, edges: Edges, places: Array) -> Array:
    """Return the edges of the best assignment of `places`, rising."""
    needs = np.repeat(np.arange(len(places)), places)
    copies = np.arange(len(needs)) - np.repeat(np.cumsum(places) - places, places)
    crew, column = np.unique(edges.helpers, return_inverse=True)
    table = np.zeros((len(needs), len(crew)))
    edge = np.full(table.shape, -1, np.int64)
    for row, (need, copy) in enumerate(zip(needs.tolist(), copies.tolist(), strict=True)):
        own = slice(edges.starts[need], edges.starts[need + 1])
        worth = int(batch.needs.worth[need, copy])
        gain = worth - edges.costs[own].astype(np.int64)
        gainful = gain > 0
        table[row, column[own][gainful]] = -gain[gainful]
        edge[row, column[own][gainful]] = np.arange(own.start, own.stop)[gainful]
    rows, columns = linear_sum_assignment(table)
    found = edge[rows, columns]
    return np.sort(found[found >= 0])


def assign(batch: Batch, edges: Edges) -> Outcome:
    """Return the best assignment; its bound is its worth. Needs that want two or nobody and cannot have two are left out, one after another."""
    places = batch.needs.places.astype(np.int64)
    chosen = _best(batch, edges, places)
    bound = value_of(batch, edges, chosen)
    owner = owners(edges)
    while True:
        have = np.bincount(owner[chosen], minlength=len(places))
        short = (have > 0) & (have < batch.needs.least)
        if not short.any():
            break
        places = np.where(short, 0, places)
        chosen = _best(batch, edges, places)
    return Outcome(edges, chosen, value_of(batch, edges, chosen), bound, np.zeros(len(chosen), np.int64))
