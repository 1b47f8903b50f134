"""One run: who may be asked for what, who is asked, what that is worth and how far from the best it can be. Pure.

Needs the compiled parts, so a process that only looks at one need never loads this.
"""

from __future__ import annotations

import numpy as np

from linli.help.matching.core import auction, grid
from linli.help.matching.core.arrays import Array, Batch, Edges, check
from linli.help.matching.core.outcome import PPB, Fine, Outcome, owners, value_of

BIDS_A_PLACE = 2  # more than these, and helpers are so scarce that coarser steps come first
COARSE = (16, 4)  # of the finest step
DEEP = 3  # steps that bids are lowered by before a finer step raises them
REPAIRS = 6
NARROW = 2**30


def _scale(batch: Batch, fine: Fine) -> tuple[int, int]:
    """Return (scale, finest step): steps are whole, and small against what a place is worth."""
    worth = batch.needs.worth[batch.needs.places > 0, 0]
    middle = int(np.median(worth)) if len(worth) else 1
    step = max(1, middle) * fine.step_ppb  # of 10⁹
    scale = max(1, -(-4 * PPB // max(1, step)))  # a step is at least four units, so that it can be met within a quarter
    return scale, max(1, step * scale // PPB)


def _market(batch: Batch, edges: Edges, scale: int) -> tuple[auction.Market, auction.State]:
    many, (width, days) = len(batch.needs.places), batch.helpers.caps.shape
    most = int(np.abs(batch.needs.worth).max(initial=0)) + 2 * int(np.abs(edges.costs).max(initial=0))
    kind = np.int32 if most * scale * 4 < NARROW else np.int64
    owner = owners(edges)
    costs = edges.costs * kind(scale)
    market = auction.Market(
        edges.starts, edges.helpers, costs, batch.needs.slot, batch.needs.places.copy(), batch.needs.least, batch.needs.worth * scale, owner,
        batch.helpers.caps, batch.slots, batch.per_day,
    )  # fmt: skip
    cells = width * batch.slots
    state = auction.State(
        np.full(cells, auction.NOBODY, np.int32), np.zeros(cells, kind), np.zeros(cells, kind), np.zeros(width * days, np.int8),
        np.zeros(many, np.int8), np.zeros(many, np.int32), np.zeros(many, np.bool_),
    )  # fmt: skip
    return market, state


def _run(market: auction.Market, state: auction.State, step: int, first: int) -> int:
    """Bid until all is settled to within `step`; return how many bids were made."""
    endless = 2**62
    budget = BIDS_A_PLACE * max(64, int(market.places.sum(dtype=np.int64)))
    made = int(auction.bid(market, state, auction.line_up(market, state, first), step, budget))
    if made < budget:
        return made
    for size in (*(step * coarse for coarse in COARSE), 0):
        if size:
            made += int(auction.bid(market, state, auction.line_up(market, state, first), size, endless))
            auction.lower(market, state, DEEP * size)
        else:
            made += int(auction.bid(market, state, auction.line_up(market, state, first), step, endless))
    return made


def _repair(market: auction.Market, state: auction.State, step: int, first: int) -> int:
    """Let what few needs would choose otherwise by now choose again; where they are many, prices would fall as a whole, and stay."""
    made = 0
    for _ in range(REPAIRS):
        held = int(state.have.sum(dtype=np.int64))
        gone = int(auction.let_go(market, state, step, held // 50 + 8))
        if not gone:
            break
        made += int(auction.bid(market, state, auction.line_up(market, state, first), step, 2**62))
    return made


def assign(batch: Batch, edges: Edges, fine: Fine, *, before: tuple[Array, Array] | None = None) -> Outcome:
    """Return the assignment of a batch over its edges.

    `before`: what an earlier run ended with, as edges of this one and their bids in points; the run begins with them. A need that wants two or
    nobody (`least`) and cannot have two is left out. Deterministic.
    """
    scale, step = _scale(batch, fine)
    market, state = _market(batch, edges, scale)
    first = fine.seed % max(1, len(batch.needs.places))
    if before is not None:
        auction.hold(market, state, before[0], before[1] * scale)
    made = _run(market, state, step, first)
    if before is not None:
        made += _repair(market, state, step, first)
    most = int(auction.bound(market, state, batch.needs.places))
    while int(auction.short(market, state)):
        made += int(auction.bid(market, state, auction.line_up(market, state, first), step, 2**62))
    cells = np.flatnonzero(state.held != auction.NOBODY)
    held = state.held[cells].astype(np.int64)
    order = np.argsort(held)
    chosen = held[order]
    return Outcome(edges, chosen, value_of(batch, edges, chosen), most // scale, state.bids[cells[order]].astype(np.int64), scale, made)


def run(batch: Batch, fine: Fine) -> Outcome:
    """Return who is asked for what: candidates, then the assignment. Raises BadBatch naming what is wrong with the batch."""
    check(batch)
    return assign(batch, grid.edges(batch), fine)
