"""The control: take pairs in order of what they are worth, each that still fits. Pure; compiled by numba."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from linli.help.matching.core.arrays import Array, Batch, Edges
from linli.help.matching.core.outcome import owners


@njit(cache=True)
def _pick(order: Any, of_edges: Any, of_needs: Any, room: Any, per_day: int) -> Any:
    (owner, helpers, costs), (slot, places, worth) = of_edges, of_needs
    slots = room.shape[1] * per_day
    taken = np.zeros(len(room) * slots, np.bool_)
    have = np.zeros(len(places), np.int8)
    chosen = np.zeros(len(order), np.bool_)
    for e in order:
        i, h = owner[e], helpers[e]
        cell = np.int64(h) * slots + slot[i]
        fits = have[i] < places[i] and not taken[cell] and room[h, slot[i] // per_day] > 0
        if fits and worth[i, have[i]] - costs[e] > 0:
            taken[cell] = True
            room[h, slot[i] // per_day] -= 1
            have[i] += 1
            chosen[e] = True
    return chosen


def assign(batch: Batch, edges: Edges) -> Array:
    """Return the edges that sorting all pairs by worth and cost takes, rising. Needs that want two or nobody may be left with one."""
    needs = batch.needs
    owner = owners(edges)
    order = np.argsort(edges.costs - needs.worth[owner, 0], kind="stable")
    of_edges, of_needs = (owner, edges.helpers, edges.costs), (needs.slot, needs.places, needs.worth)
    return np.flatnonzero(_pick(order, of_edges, of_needs, batch.helpers.caps.copy(), batch.per_day))
