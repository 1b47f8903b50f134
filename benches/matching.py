"""How fast and how well a city is matched: beside OR-Tools' optimum and the greedy control on the same pairs, in plenty and in need.

or_tools_speedup, value_loss and greedy_time_ratio are of one instance, needs to helpers as one to three. Scarcity is two to one; scarcity_gap is
what the run certifies by itself. million_* is one process of its own, pairs and assignment together. No server is needed.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from benches import _oracle
from benches._city import city
from benches._frame import NS_PER_MS, NS_PER_S, SEED, BenchFailed, Lines, Size, check, exponent, note, options, percentile
from linli.help.matching.core import engine, greedy, grid, one
from linli.help.matching.core.arrays import Batch
from linli.help.matching.core.arrays import check as check_batch
from linli.help.matching.core.outcome import PPB, Fine, Outcome, broken, value_of

# Needs at each size, smallest first; helpers are three times as many. OR-Tools is asked at the one named.
NEEDS = {Size.SMALL: (500, 1_000, 2_000), Size.CITY: (25_000, 50_000, 100_000), Size.FULL: (25_000, 50_000, 100_000)}
ORACLE = {Size.SMALL: 2_000, Size.CITY: 25_000, Size.FULL: 100_000}
SCARCE = {Size.SMALL: 2_000, Size.CITY: 200_000, Size.FULL: 200_000}  # needs; half as many helpers
MILLION = {Size.SMALL: 5_000, Size.CITY: 1_000_000, Size.FULL: 1_000_000}
PLENTY, NEED = Fine(400_000), Fine(1_900_000)
LOSS_MAX, GIB = 1e-4, 2**30
ASKED, COMMUNITY_METRES = 2_000, 1_200
T = TypeVar("T")


def timed(work: Callable[[], T], times: int = 1) -> tuple[T, float]:
    """Return what `work` returns, and the seconds of the quickest try."""
    took = []
    for _ in range(times):
        begun = time.monotonic_ns()
        found = work()
        took.append((time.monotonic_ns() - begun) / NS_PER_S)
    return found, min(took)


def right(batch: Batch, found: Outcome) -> None:
    """Check that an outcome holds every rule, that every pair is one the rules allow, and that its worth is not above its bound."""
    check(broken(batch, found.edges, found.chosen) == "", broken(batch, found.edges, found.chosen))
    check(found.value == value_of(batch, found.edges, found.chosen) <= found.bound, "a worth above its bound")
    for i in np.random.default_rng(SEED).integers(0, len(batch.needs.lat), 50).tolist():
        who, costs = one.candidates(batch, i)
        own = slice(found.edges.starts[i], found.edges.starts[i + 1])
        check(np.array_equal(found.edges.helpers[own], who) and np.array_equal(found.edges.costs[own], costs), f"need {i} has other pairs")


def _plenty(lines: Lines, size: Size, tries: int) -> None:
    sizes, seconds = NEEDS[size], []
    for n in sizes:
        batch = city(n, 3 * n, lines.seed)
        check_batch(batch)
        edges, pairing = timed(lambda: grid.edges(batch), tries)  # noqa: B023
        found, took = timed(lambda: engine.assign(batch, edges, PLENTY), tries)  # noqa: B023
        right(batch, found)
        seconds.append(pairing + took)
        lines.figure("pairs_seconds", pairing, "s", n=n)
        lines.figure("seconds", took, "s", n=n)
        if n == ORACLE[size]:
            _beside_ortools(lines, batch, found, took)
    chosen, sorting = timed(lambda: greedy.assign(batch, edges), tries)
    check(broken(batch, edges, chosen) == "", "the control breaks a rule")
    loss = 1 - value_of(batch, edges, chosen) / found.value
    lines.figure("edges", len(edges.helpers), "", n=n)
    lines.figure("gap", found.gap_ppb / PPB, "", n=n, against="the run's own bound")
    lines.figure("greedy_loss", loss, "", n=n, against="the auction")
    lines.figure("greedy_time_ratio", took / sorting, "×", n=n, against="sorting the same pairs", ratio=took / sorting)
    lines.figure("exponent", exponent(sizes, seconds), "", n=n)


def _beside_ortools(lines: Lines, batch: Batch, found: Outcome, took: float) -> None:
    note(f"OR-Tools on {len(found.edges.helpers):,} arcs")
    best = _oracle.solve(batch, found.edges)
    n = len(batch.needs.lat)
    check(found.value <= best.value <= found.bound, "OR-Tools' optimum is not between the worth and the bound")
    loss = max(1 / best.value, 1 - found.value / best.value)  # an optimum met is told as less than one point
    check(loss <= LOSS_MAX, f"{loss:.2g} of the optimum is lost")
    lines.figure("or_tools_seconds", best.seconds, "s", n=n)
    lines.figure("value_loss", loss, "", n=n, against="OR-Tools min-cost flow", ratio=loss)
    lines.figure("or_tools_speedup", best.seconds / took, "×", n=n, against="OR-Tools min-cost flow", ratio=best.seconds / took)


def _scarcity(lines: Lines, size: Size, tries: int) -> None:
    n = SCARCE[size]
    batch = city(n, n // 2, lines.seed)
    edges = grid.edges(batch)
    found, took = timed(lambda: engine.assign(batch, edges, NEED), tries)
    right(batch, found)
    chosen = greedy.assign(batch, edges)
    lines.figure("scarcity_seconds", took, "s", n=n)
    lines.figure("scarcity_gap", found.gap_ppb / PPB, "", n=n, against="the run's own bound")
    lines.figure("scarcity_served", len(found.chosen) / int(batch.needs.places.sum(dtype=np.int64)), "", n=n, against="places asked for")
    lines.figure("scarcity_greedy_loss", 1 - value_of(batch, edges, chosen) / found.value, "", n=n, against="the auction")


def _community(batch: Batch) -> Batch:
    """Return the helpers whom a box around the first need holds, as the register would give them, and all needs in it."""
    lat, lon = int(np.median(batch.helpers.lat)), int(np.median(batch.helpers.lon))
    reach = COMMUNITY_METRES * 9
    inside = [(np.abs(t.lat - lat) < reach) & (np.abs(t.lon - lon) < reach) for t in (batch.needs, batch.helpers)]
    helpers, needs = batch.helpers, batch.needs
    rows = int(inside[1].sum())
    nothing = np.zeros(rows + 1, np.int64)
    columns = [
        c if name in {"windows", "busy"} else nothing if name.endswith("_rows") else c[inside[1]] for name, c in helpers._asdict().items()
    ]
    own = type(needs)(*(column[inside[0]] for column in needs))
    empty = np.zeros(len(own.lat) + 1, np.int64)
    return batch._replace(needs=own, helpers=type(helpers)(*columns), pairs=batch.pairs._replace(barred_rows=empty, credit_rows=empty))


def _one_need(lines: Lines, size: Size) -> None:
    n = max(NEEDS[size])
    own = _community(city(n, 3 * n, lines.seed))
    many, samples = len(own.needs.lat), []
    for k in range(ASKED):
        begun = time.monotonic_ns()
        who, costs = one.candidates(own, k % many)
        best = who[np.argsort(costs, kind="stable")[:8]]
        samples.append(time.monotonic_ns() - begun)
        check(len(best) <= len(who), "more are asked than may be")
    lines.figure("one_need_p99_ms", percentile(samples, 99) / NS_PER_MS, "ms", n=len(own.helpers.lat), against="at most 1 ms")


def million(needs: int, seed: int) -> None:
    """Match `needs` and three times as many helpers in this process, and print seconds and bytes: a process of its own tells its own peak."""
    engine.run(city(100, 300, seed), PLENTY)  # what is compiled is loaded before the clock runs
    batch = city(needs, 3 * needs, seed)
    found, took = timed(lambda: engine.run(batch, PLENTY))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    right(batch, found)
    print(took, peak, found.gap_ppb / PPB)


def _million(lines: Lines, size: Size) -> None:
    n = MILLION[size]
    code = f"from benches.matching import million; million({n}, {lines.seed})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    check(ran.returncode == 0, ran.stderr[-500:])
    took, peak, gap = (float(word) for word in ran.stdout.split())
    lines.figure("million_seconds", took, "s", n=n)
    lines.figure("million_gib", peak / GIB, "GiB", n=n)
    lines.figure("million_gap", gap, "", n=n, against="the run's own bound")


def run(size: Size, seed: int) -> None:
    """Match each size; the largest also greedily, one with OR-Tools beside it, then scarcity, a million, and one need at once."""
    lines = Lines("matching", seed)
    tries = 1 if size is Size.SMALL else 3
    _, first = timed(lambda: engine.run(city(200, 600, seed), PLENTY))
    lines.figure("first_seconds", first, "s", n=200)  # loading what is compiled, or compiling where it never was
    engine.run(city(200, 100, seed), NEED)
    greedy.assign(batch := city(200, 600, seed), grid.edges(batch))
    _plenty(lines, size, tries)
    _scarcity(lines, size, tries)
    _one_need(lines, size)
    _million(lines, size)


if __name__ == "__main__":
    try:
        wanted = options("matching", __doc__ or "")
        run(wanted.size, wanted.seed)
    except BenchFailed as failed:
        sys.exit(f"matching: {failed}")
