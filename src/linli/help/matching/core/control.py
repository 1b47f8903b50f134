"""The control for small batches, without anything compiled: the pairs that `greedy.assign` takes. Pure."""

from __future__ import annotations

import numpy as np

from linli.help.matching.core.arrays import Array, Batch, Edges
from linli.help.matching.core.outcome import owners


def assign(batch: Batch, edges: Edges) -> Array:
    """Return the edges that sorting all pairs by worth and cost takes, rising. Needs that want two or nobody may be left with one."""
    needs = batch.needs
    owner = owners(edges)
    order = np.argsort(edges.costs - needs.worth[owner, 0], kind="stable")
    places, slots, worth, costs = needs.places.tolist(), needs.slot.tolist(), needs.worth.tolist(), edges.costs.tolist()
    room, have, taken, chosen = batch.helpers.caps.tolist(), [0] * len(places), set(), []
    for e, i, h in zip(order.tolist(), owner[order].tolist(), edges.helpers[order].tolist(), strict=True):
        slot, day = slots[i], slots[i] // batch.per_day
        if have[i] < places[i] and (h, slot) not in taken and room[h][day] > 0 and worth[i][have[i]] > costs[e]:
            taken.add((h, slot))
            room[h][day] -= 1
            have[i] += 1
            chosen.append(e)
    return np.array(sorted(chosen), np.int64)
