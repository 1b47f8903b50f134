"""The engine for a city: ten thousand small batches hold every rule, the bound is a bound, and OR-Tools finds nothing better than it says."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, hypot, radians

import numpy as np
import pytest
from numpy.random import Generator
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from linli.help.matching.core import engine, exact, greedy, grid, one
from linli.help.matching.core.arrays import NOWHERE, Array, BadBatch, Batch, Costs, Edges, Helpers, Needs, Pairs, check
from linli.help.matching.core.outcome import Fine, broken, owners, value_of

COSTS = Costs(radius_metres=1200, metre_per_hundred=10, language=60, other_community=20)
SEED = 20_261_125
MANY = 10_000


def lists(r: Generator, rows: int, most: int) -> tuple[Array, Array]:
    """Return (rows, picks of what is in a row) of a CSR table."""
    counts = r.integers(0, most + 1, rows)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return starts, r.integers(0, 6, int(starts[-1])).astype(np.int32)


def points(r: Generator, many: int, known: float) -> list[Array]:
    here = r.random(many) < known
    return [np.where(here, middle + r.integers(-2500, 2500, many), NOWHERE).astype(np.int32) for middle in (23_130_000, 113_260_000)]


def spans(r: Generator, rows: int, most: int, longest: int) -> tuple[Array, Array]:
    starts, picked = lists(r, rows, most)
    begin = (picked * 240 + r.integers(0, 240, len(picked))).astype(np.int32)
    return starts, np.stack([begin, begin + r.integers(30, longest, len(picked), dtype=np.int32)], axis=1)


def batch(r: Generator, needs: int, helpers: int, *, days: int = 2, per_day: int = 3, least: int = 2, shut: bool = False) -> Batch:
    """Return a small batch with everything in it: no points, papers, blocked pairs, pairs that know each other, windows, two or nobody."""
    slots = days * per_day
    known = r.choice([0.0, 0.8, 1.0], p=[0.1, 0.5, 0.4])
    slot = r.integers(0, slots, needs).astype(np.int32)
    begins = (slot // per_day * 1440 + slot % per_day * 480 + r.integers(0, 200, needs)).astype(np.int32)
    places = r.integers(0, 4, needs).astype(np.int8)
    worth = np.sort(r.integers(-50, 700, (needs, 3)), axis=1)[:, ::-1].astype(np.int64)
    at = points(r, needs, known)
    own = Needs(
        at[0], at[1], r.integers(-1, 3, needs).astype(np.int16), np.where(r.random(needs) < 0.3, r.integers(0, 2, needs), -1).astype(np.int16),
        r.integers(-1, 2, needs).astype(np.int16), np.where(r.random(needs) < 0.3, r.integers(1, 3, needs), 0).astype(np.int8), r.integers(0, 2, needs).astype(np.int32),
        r.choice([300, 800, 1200], needs).astype(np.int32), slot, begins, begins + r.integers(10, 200, needs, dtype=np.int32), places,
        r.integers(1, least + 1, needs).astype(np.int8), np.ascontiguousarray(worth),
    )  # fmt: skip
    window_rows, windows = spans(r, helpers, 2, 1200) if r.random() < 0.3 else (np.zeros(helpers + 1, np.int64), np.zeros((0, 2), np.int32))
    busy_rows, busy = spans(r, helpers, 2, 300) if r.random() < 0.3 else (np.zeros(helpers + 1, np.int64), np.zeros((0, 2), np.int32))
    lat, lon = points(r, helpers, known)
    skills, papers, tongues = (r.integers(0, 2**bits, helpers).astype(np.uint64) for bits in (3, 2, 2))
    crew = Helpers(
        lat, lon, skills, papers, tongues,
        r.integers(0, 3, helpers).astype(np.int8), r.random(helpers) < 0.1, r.integers(0, 2, helpers).astype(np.int32),
        r.choice([200, 500, 1200], helpers).astype(np.int32), (r.integers(0, 2**slots, helpers) * (not shut)).astype(np.uint64),
        r.integers(0, 3, (helpers, days)).astype(np.int8), (r.integers(0, 5, helpers) * 15).astype(np.int32), window_rows, windows, busy_rows, busy,
    )  # fmt: skip
    barred_rows, barred = lists(r, needs, 2)
    credit_rows, credited = lists(r, needs, 2)
    some = max(1, helpers)
    pairs = Pairs(barred_rows, barred % some if helpers else barred[:0], credit_rows, credited % some, (credited * 12).astype(np.int32))
    if not helpers:
        nothing = np.zeros(needs + 1, np.int64)
        pairs = Pairs(nothing, barred[:0], nothing, barred[:0], barred[:0])
    return Batch(own, crew, pairs, COSTS, slots, per_day)


def batches(many: int) -> Iterator[Batch]:
    """Empty and one-sided ones are among them, and some in which nobody is ever free."""
    for k in range(many):
        r = np.random.default_rng([SEED, k])
        yield batch(r, int(r.integers(0, 8)), int(r.integers(0, 16)), shut=k % 50 == 0)


def allowed(b: Batch, i: int, h: int) -> int | None:
    """Return what a pair costs, or None where a rule forbids it: the rules once more, in words of their own."""
    n, p = b.needs, b.helpers
    metres = b.costs.radius_metres
    if NOWHERE in (n.lat[i], p.lat[h]):
        if n.community[i] != p.community[h]:
            return None
    else:
        lean = cos(radians(n.lat[i] / 1_000_000))
        metres = int(hypot((int(n.lat[i]) - int(p.lat[h])) * 0.11132, (int(n.lon[i]) - int(p.lon[h])) * 0.11132 * lean) + 0.5)
        if metres > min(n.reach[i], p.reach[h]):
            return None
    windows = p.windows[p.window_rows[h] : p.window_rows[h + 1]].tolist()
    busy = p.busy[p.busy_rows[h] : p.busy_rows[h + 1]].tolist()
    begin, end = int(n.begins[i]), int(n.ends[i])
    holds = (
        n.skill[i] < 0 or int(p.skills[h]) >> int(n.skill[i]) & 1,
        n.certificate[i] < 0 or int(p.certificates[h]) >> int(n.certificate[i]) & 1,
        n.sex[i] == 0 or n.sex[i] == p.sex[h],
        not p.minor[h],
        int(p.free[h]) >> int(n.slot[i]) & 1,
        p.caps[h, n.slot[i] // b.per_day] > 0,
        h not in b.pairs.barred[b.pairs.barred_rows[i] : b.pairs.barred_rows[i + 1]],
        not any(low < end and begin < high for low, high in busy),
        not windows or any(low <= begin and end <= high and low // 1440 == begin // 1440 for low, high in windows),
    )
    if not all(holds):
        return None
    tongues = int(p.languages[h])
    credit = slice(b.pairs.credit_rows[i], b.pairs.credit_rows[i + 1])
    return int(
        metres * b.costs.metre_per_hundred // 100
        + p.load[h]
        + (n.language[i] >= 0 and tongues != 0 and not tongues >> int(n.language[i]) & 1) * b.costs.language
        + (n.community[i] != p.community[h]) * b.costs.other_community
        - int(b.pairs.credit[credit][b.pairs.credited[credit] == h].sum())
    )


def best(b: Batch, edges: Edges) -> int:
    """Return what the best assignment is worth, by OR-Tools: need → slot of a helper → day of a helper. It knows no two-or-nobody."""
    n, slots, days = len(b.needs.places), b.slots, b.slots // b.per_day
    owner, width = owners(edges), len(b.helpers.lat)
    cell = n + edges.helpers.astype(np.int64) * slots + b.needs.slot[owner]
    day, source = n + width * slots, n + width * (slots + days)
    flow = SimpleMinCostFlow()
    for copy in range(b.needs.worth.shape[1]):
        rows = np.flatnonzero(b.needs.places > copy)
        flow.add_arcs_with_capacity_and_unit_cost(np.full(len(rows), source), rows, np.ones(len(rows), int), -b.needs.worth[rows, copy])
    flow.add_arcs_with_capacity_and_unit_cost(owner.astype(np.int64), cell, np.ones(len(owner), int), edges.costs.astype(np.int64))
    all_cells = np.arange(width * slots)
    flow.add_arcs_with_capacity_and_unit_cost(
        n + all_cells, day + all_cells // b.per_day, np.ones(width * slots, int), np.zeros(width * slots, int)
    )
    caps = b.helpers.caps.ravel().astype(np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        day + np.arange(width * days), np.full(width * days, source + 1), caps, np.zeros(width * days, int)
    )
    total = int(b.needs.places.sum())
    flow.add_arc_with_capacity_and_unit_cost(source, source + 1, total, 0)
    flow.set_node_supply(source, total)
    flow.set_node_supply(source + 1, -total)
    assert flow.solve() == flow.OPTIMAL
    return -int(flow.optimal_cost())


def same(one_: Edges, other: Edges) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one_, other, strict=True))


def test_ten_thousand_batches_hold_every_rule() -> None:
    fine = Fine(step_ppb=1_000_000)
    served = left = 0
    for k, b in enumerate(batches(MANY)):
        found = engine.run(b, fine)
        assert broken(b, found.edges, found.chosen) == "", k
        assert found.value == value_of(b, found.edges, found.chosen) <= found.bound, k
        owner = owners(found.edges)
        if k % 10 == 0:  # every pair there is, the slow way
            pairs = {(i, h): allowed(b, i, h) for i in range(len(b.needs.lat)) for h in range(len(b.helpers.lat))}
            told = dict(zip(zip(owner.tolist(), found.edges.helpers.tolist(), strict=True), found.edges.costs.tolist(), strict=True))
            assert told == {pair: cost for pair, cost in pairs.items() if cost is not None}, k
        if k % 20 == 0:
            assert same(found.edges, one.edges(b)), k
        served += len(found.chosen)
        left += int(b.needs.places.sum()) - len(found.chosen)
    assert served > MANY // 2
    assert left > MANY


def test_ortools_finds_nothing_beyond_the_bound_and_little_beyond_the_worth() -> None:
    worth = most = 0
    for k in range(1_500):
        r = np.random.default_rng([SEED, 1, k])
        b = batch(r, int(r.integers(1, 10)), int(r.integers(1, 9)), least=1)
        found = engine.run(b, Fine(step_ppb=2_000_000))
        optimum = best(b, found.edges)
        assert found.value <= optimum <= found.bound, k
        assert greedy_value(b, found.edges) <= optimum
        worth, most = worth + found.value, most + optimum
    assert worth >= most * 0.9999


def greedy_value(b: Batch, edges: Edges) -> int:
    chosen = greedy.assign(b, edges)
    assert broken(b, edges, chosen) == ""
    return value_of(b, edges, chosen)


@pytest.mark.parametrize(("needs", "helpers"), [(300, 900), (600, 200)])
def test_a_street_in_plenty_and_in_need(needs: int, helpers: int) -> None:
    b = batch(np.random.default_rng(SEED), needs, helpers, least=1)
    edges = grid.edges(b)
    optimum = best(b, edges)
    for before in (None, engine.assign(b, edges, Fine())):
        found = engine.assign(b, edges, Fine(), before=None if before is None else (before.chosen, before.bids // before.scale))
        assert broken(b, edges, found.chosen) == ""
        assert optimum * 0.999 <= found.value <= optimum <= found.bound
    again = engine.assign(b, edges, Fine())
    assert np.array_equal(again.chosen, engine.assign(b, edges, Fine()).chosen)
    assert greedy_value(b, edges) < found.value


def test_the_small_exact_way_is_exact() -> None:
    for k in range(300):
        r = np.random.default_rng([SEED, 2, k])
        b = batch(r, int(r.integers(0, 10)), int(r.integers(0, 9)), days=1, per_day=1, least=1)
        b = b._replace(helpers=b.helpers._replace(caps=np.minimum(b.helpers.caps, 1)))
        assert exact.fits(b)
        edges = one.edges(b)
        found = exact.assign(b, edges)
        assert broken(b, edges, found.chosen) == ""
        assert found.value == found.bound == best(b, edges), k


def test_two_or_nobody() -> None:
    for k in range(300):
        b = batch(np.random.default_rng([SEED, 3, k]), 6, 5, days=1, per_day=1)
        b = b._replace(helpers=b.helpers._replace(caps=np.minimum(b.helpers.caps, 1)))
        edges = one.edges(b)
        for found in (engine.assign(b, edges, Fine()), exact.assign(b, edges)):
            assert broken(b, edges, found.chosen) == ""
            assert found.value <= found.bound


def test_another_seed_falls_as_well() -> None:
    b = batch(np.random.default_rng(SEED), 200, 300, least=1)
    one_, other = (engine.run(b, Fine(seed=seed)) for seed in (0, 77))
    assert abs(one_.value - other.value) <= one_.bound // 1000
    assert np.array_equal(other.chosen, engine.run(b, Fine(seed=77)).chosen)


BATCH = batch(np.random.default_rng(7), 5, 6)


def needs_with(**columns: object) -> Batch:
    return BATCH._replace(needs=BATCH.needs._replace(**columns))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (needs_with(lat=np.array([1.0, np.nan, 1, 1, 1])), "needs.lat: row 1 is no number"),
        (needs_with(lon=np.array([1.0, 2, 3, np.inf, 1])), "needs.lon: row 3"),
        (needs_with(lat=np.array([1.0, 2, 3, 4, 1])), "whole microdegrees"),
        (needs_with(lat=np.full(5, NOWHERE), lon=np.full(5, 5, np.int32)), "row 0 has half a point"),
        (needs_with(lat=np.full(5, 91_000_000, np.int32), lon=np.full(5, 5, np.int32)), "not a point on Earth"),
        (needs_with(lat=np.full(5, 60_000_000, np.int32), lon=np.full(5, 5, np.int32)), "km apart"),
        (needs_with(slot=np.full(5, 6, np.int32)), "slot out of range"),
        (needs_with(slot=np.full(4, 1, np.int32)), "4 rows"),
        (needs_with(worth=np.tile(np.array([1, 2, 3]), (5, 1))), "worth rises"),
        (needs_with(places=np.full(5, 4, np.int8)), "places"),
        (needs_with(skill=np.full(5, 64, np.int16)), "skill"),
        (BATCH._replace(slots=5), "5 slots"),
        (BATCH._replace(helpers=BATCH.helpers._replace(caps=BATCH.helpers.caps - 3)), "caps"),
    ],
)
def test_a_bad_batch_is_refused_by_name(bad: Batch, says: str) -> None:
    with pytest.raises(BadBatch, match=says):
        engine.run(bad, Fine())
    check(BATCH)
