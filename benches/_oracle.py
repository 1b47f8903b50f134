"""The exact optimum of a batch, by OR-Tools' min-cost flow over the same arcs: need → slot of a helper → day of a helper."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from benches._frame import NS_PER_S, check
from linli.help.matching.core.arrays import Array, Batch, Edges
from linli.help.matching.core.outcome import owners


@dataclass(frozen=True, slots=True)
class Optimum:
    """What the best assignment is worth, and how long the solver took (building its graph left out)."""

    value: int
    seconds: float


def _add(flow: SimpleMinCostFlow, tails: Array, heads: Array, caps: Array | int, costs: Array | int) -> None:
    full = np.ones(len(tails), np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(tails.astype(np.int64), heads.astype(np.int64), full * caps, full * costs)


def solve(batch: Batch, edges: Edges) -> Optimum:
    """Return the optimum. Two-or-nobody is not known to it."""
    needs, days = len(batch.needs.places), batch.helpers.caps.shape[1]
    owner = owners(edges)
    cells, cell = np.unique(edges.helpers.astype(np.int64) * batch.slots + batch.needs.slot[owner], return_inverse=True)
    cell_at, day_at = needs, needs + len(cells)
    source = day_at + batch.helpers.caps.size
    flow = SimpleMinCostFlow()
    for copy in range(batch.needs.worth.shape[1]):
        rows = np.flatnonzero(batch.needs.places > copy)
        _add(flow, np.full(len(rows), source), rows, 1, -batch.needs.worth[rows, copy])
    _add(flow, owner, cell_at + cell, 1, edges.costs)
    _add(flow, cell_at + np.arange(len(cells)), day_at + cells // batch.slots * days + cells % batch.slots // batch.per_day, 1, 0)
    caps = batch.helpers.caps.ravel()
    _add(flow, day_at + np.arange(caps.size), np.full(caps.size, source + 1), caps, 0)
    total = int(batch.needs.places.sum(dtype=np.int64))
    flow.add_arc_with_capacity_and_unit_cost(source, source + 1, total, 0)
    flow.set_node_supply(source, total)
    flow.set_node_supply(source + 1, -total)
    begun = time.monotonic_ns()
    status = flow.solve()
    took = (time.monotonic_ns() - begun) / NS_PER_S
    check(status == flow.OPTIMAL, "OR-Tools finds no optimum")
    return Optimum(-flow.optimal_cost(), took)
