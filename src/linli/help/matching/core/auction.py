"""An ε-auction over laminar capacity: needs bid for helpers' slots, a helper keeps the best bids a slot and a day can hold. Pure; numba.

A helper takes one job a slot and `caps` jobs a day; a need takes each helper at most once. The price of a slot is the bid that a new one has
to beat: the bid that holds it; else the day's lowest where the day is full; else nothing. What nobody holds costs nothing, so prices and
the profits they leave are a feasible dual whatever happens: `bound` adds them up, and no assignment can be worth more.

Cells (helper, slot) lie helper by helper in `held` and `bids`, slot by slot in `prices`, where one need's look stays close together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from linli.help.matching.core.arrays import PLACES_MAX, Array

NOBODY = -1
LEAST = np.int64(-(2**60))


class Market(NamedTuple):
    """What is fought over; costs and worths come scaled."""

    starts: Array
    helpers: Array
    costs: Array
    slot: Array
    places: Array
    least: Array
    worth: Array
    owner: Array  # int32, the need of an edge
    caps: Array  # (helpers, days)
    slots: int
    per_day: int


class State(NamedTuple):
    """Who holds what. `queue` holds the needs that want more, a ring; `queued` says who is in it."""

    held: Array  # int32, (helpers · slots): the edge that holds a cell, or NOBODY
    bids: Array
    prices: Array  # (slots · helpers)
    counts: Array  # int8, (helpers · days)
    have: Array  # int8, by need
    queue: Array  # int32
    queued: Array  # bool


# A tuple handed to a compiled function counts every array of it up and down again; the two parts that each bid calls take
# what they touch as `Book` and are written into their callers.


@njit(cache=True, inline="always")
def _settle(book: Any, caps: Any, per_day: int, h: int, d: int) -> None:
    """Set the prices of a helper's day anew."""
    held, bids, prices, counts = book
    width, days = caps.shape
    first = (np.int64(h) * days + d) * per_day
    low = np.int64(0)
    if counts[h * days + d] >= caps[h, d]:
        low = -LEAST
        for cell in range(first, first + per_day):
            if held[cell] != NOBODY:
                low = min(low, np.int64(bids[cell]))
    for k in range(per_day):
        prices[(d * per_day + k) * width + h] = bids[first + k] if held[first + k] != NOBODY else low


@njit(cache=True, inline="always")
def _take(book: Any, caps: Any, per_day: int, at: Any, edge: int, offered: Any) -> Any:
    """Give the slot `at` = (helper, slot) to `edge` at the price offered; return the edge that had to go, or NOBODY."""
    (held, bids, _, counts), (h, slot) = book, at
    d = slot // per_day
    day = h * caps.shape[1] + d
    cell = np.int64(day) * per_day + slot % per_day
    out = held[cell]
    if out == NOBODY:
        if counts[day] < caps[h, d]:
            counts[day] += 1
        else:
            first, lowest = cell - slot % per_day, cell
            for c in range(first, first + per_day):
                if held[c] != NOBODY and (lowest == cell or bids[c] < bids[lowest]):
                    lowest = c
            out = held[lowest]
            held[lowest] = NOBODY
            bids[lowest] = 0
    held[cell] = edge
    bids[cell] = offered
    _settle(book, caps, per_day, h, d)
    return out


@njit(cache=True)
def bid(market: Any, state: Any, many: int, eps: int, bids_max: int) -> Any:
    """Let the `many` needs at the queue's head bid until nobody wants more or `bids_max` bids were made; return how many were.

    Whoever is outbid goes next: what is fought over then lies in the cache.
    """
    starts, helpers, costs, slots_of, places, _, worths, owner, caps, slots, per_day = market
    held, bids, prices, counts, have, queue, queued = state
    book = held, bids, prices, counts
    width, n, head, made = caps.shape[0], len(queue), 0, 0
    while many > 0 and made < bids_max:
        i = queue[head]
        head = head + 1 if head + 1 < n else 0
        many -= 1
        queued[i] = False
        slot = slots_of[i]
        row = np.int64(slot) * width
        while have[i] < places[i]:
            worth, some = worths[i, have[i]], have[i] > 0
            best, second, at = LEAST, LEAST, starts[i] - 1
            for e in range(starts[i], starts[i + 1]):
                net = -np.int64(costs[e]) - prices[row + helpers[e]]
                if net > second:
                    if some and held[np.int64(helpers[e]) * slots + slot] == e:
                        continue
                    if net > best:
                        second, best, at = best, net, e
                    else:
                        second = net
            if at < starts[i] or best + worth <= 0:
                break
            made += 1
            h = helpers[at]
            # As much as leaves it no better off than its second choice, or than going without; a last step goes the whole way.
            offered = prices[row + h] + min(best - max(second, -worth) + eps, best + worth)
            out = _take(book, caps, per_day, (h, slot), at, offered)
            have[i] += 1
            if out != NOBODY:
                loser = owner[out]
                have[loser] -= 1
                if not queued[loser]:
                    queued[loser] = True
                    head = head - 1 if head > 0 else n - 1
                    queue[head] = loser
                    many += 1
    return made


@njit(cache=True)
def lower(market: Any, state: Any, by: int) -> None:
    """Take `by` off every bid, so that a finer step can raise them again; nobody loses what they hold."""
    book = state.held, state.bids, state.prices, state.counts
    for h in range(market.caps.shape[0]):
        for d in range(market.caps.shape[1]):
            if state.counts[h * market.caps.shape[1] + d] > 0:
                first = np.int64(h) * market.slots + d * market.per_day
                for cell in range(first, first + market.per_day):
                    state.bids[cell] = max(0, state.bids[cell] - by)
                _settle(book, market.caps, market.per_day, h, d)


@njit(cache=True)
def line_up(market: Any, state: Any, first: int) -> int:
    """Queue every need that wants more, from `first` on and around; return how many."""
    n, many = len(market.places), 0
    for k in range(n):
        i = (first + k) % n
        state.queued[i] = state.have[i] < market.places[i]
        if state.queued[i]:
            state.queue[many] = i
            many += 1
    return many


@njit(cache=True)
def _let_go(market: Any, state: Any, e: int, h: int, slot: int) -> None:
    cell = np.int64(h) * market.slots + slot
    state.held[cell] = NOBODY
    state.bids[cell] = 0
    state.have[market.owner[e]] -= 1
    state.counts[h * market.caps.shape[1] + slot // market.per_day] -= 1
    book = state.held, state.bids, state.prices, state.counts
    _settle(book, market.caps, market.per_day, h, slot // market.per_day)


@njit(cache=True)
def let_go(market: Any, state: Any, eps: int, most: int) -> int:
    """Let needs go of what they would not choose again by more than `eps`, at most `most`; return how many went."""
    gone, width = 0, market.caps.shape[0]
    for i in range(len(market.places)):
        if state.have[i] == 0:
            continue
        slot, best = market.slot[i], LEAST
        row = np.int64(slot) * width
        for e in range(market.starts[i], market.starts[i + 1]):
            net = -np.int64(market.costs[e]) - state.prices[row + market.helpers[e]]
            if net > best and state.held[np.int64(market.helpers[e]) * market.slots + slot] != e:
                best = net
        for e in range(market.starts[i], market.starts[i + 1]):
            h = market.helpers[e]
            if state.held[np.int64(h) * market.slots + slot] == e and best - eps > -np.int64(market.costs[e]) - state.prices[row + h]:
                if gone >= most:
                    return gone
                _let_go(market, state, e, h, slot)
                gone += 1
    return gone


@njit(cache=True)
def short(market: Any, state: Any) -> int:
    """Let go needs that have somebody but fewer than they can do with, and take them out of the batch; return how many."""
    gone = 0
    for i in range(len(market.places)):
        if 0 < state.have[i] < market.least[i]:
            for e in range(market.starts[i], market.starts[i + 1]):
                h = market.helpers[e]
                if state.held[np.int64(h) * market.slots + market.slot[i]] == e:
                    _let_go(market, state, e, h, market.slot[i])
            market.places[i] = 0
            gone += 1
    return gone


@njit(cache=True)
def hold(market: Any, state: Any, edges: Any, bids: Any) -> None:
    """Begin where an earlier run ended: every edge that still fits holds its cell at its bid."""
    book = state.held, state.bids, state.prices, state.counts
    for k in range(len(edges)):
        e = edges[k]
        i, h = market.owner[e], market.helpers[e]
        slot = market.slot[i]
        d = slot // market.per_day
        cell = np.int64(h) * market.slots + slot
        free = state.held[cell] == NOBODY and state.counts[h * market.caps.shape[1] + d] < market.caps[h, d]
        if free and state.have[i] < market.places[i]:
            _take(book, market.caps, market.per_day, (h, slot), e, bids[k])
            state.have[i] += 1


@njit(cache=True)
def bound(market: Any, state: Any, places: Any) -> int:
    """Return a worth that no assignment exceeds: what all bids come to, and the best that prices leave to every need."""
    starts, helpers, costs, slot, _, _, worth = market[:7]
    prices = state.prices
    total, width = np.int64(0), market.caps.shape[0]
    for cell in range(len(state.held)):
        total += np.int64(state.bids[cell])
    top = np.empty(PLACES_MAX, np.int64)
    for i in range(len(places)):
        wanted, row = places[i], np.int64(slot[i]) * width
        top[:] = LEAST
        for e in range(starts[i], starts[i + 1]):
            net = -np.int64(costs[e]) - prices[row + helpers[e]]
            k = wanted - 1
            if k < 0 or net <= top[k]:
                continue
            while k > 0 and top[k - 1] < net:
                top[k] = top[k - 1]
                k -= 1
            top[k] = net
        for k in range(wanted):
            total += max(0, worth[i, k] + top[k])
    return total  # type: ignore[return-value]
