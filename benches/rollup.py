"""How fast the nation is added up: every dimension and month at every level, beside reading the same memory once and beside DuckDB.

delta_ms is a day of events, in order of place, brought into cells and totals. The cells are drawn; no database is needed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import ibis
import numpy as np
import pyarrow as pa

from benches._frame import NS_PER_MS, NS_PER_S, BenchFailed, Lines, Options, Size, check, exponent, options
from linli.ground.places import builtin
from linli.sight.rollup import core

SIZES = {Size.SMALL: (4_000, 8_000, 16_000), Size.CITY: (62_000, 155_000, 620_573), Size.FULL: (62_000, 155_000, 620_573)}
NATION, EVENTS_A_DAY, CELL_TOP, TIMES = 620_573, 1_835_000, 8_000, 7  # 670 million events a year


def _best(work: Callable[[], object], times: int = TIMES) -> int:
    took = []
    for _ in range(times):
        begun = time.monotonic_ns()
        work()
        took.append(time.monotonic_ns() - begun)
    return min(took)


def _duckdb(tree: core.Tree, cells: core.Cells, sums: core.Sums) -> int:
    """Add the same cells up in DuckDB, streets first and then each level from the one below; return nanoseconds once it agrees."""
    many, per = len(tree.codes), core.MONTHS * len(core.DIMENSIONS)
    flat = cells[tree.rows].reshape(-1, 2)
    columns = {"place": np.repeat(tree.codes, per), "cell": np.tile(np.arange(per, dtype=np.int32), many)}
    table = pa.table(columns | {"hits": flat[:, 0].astype(np.int32), "n": flat[:, 1].astype(np.int32)})
    database = ibis.duckdb.connect()
    database.con.register("cells", table)
    found = database.table("cells")
    begun, last = time.monotonic_ns(), core.COMMUNITY
    for digits in core.ABOVE:
        up = found.mutate(place=found.place // 10 ** (last - digits))
        grouped = up.group_by("place", "cell").agg(hits=up.hits.sum().cast("int64"), n=up.n.sum().cast("int64"))
        found, last = database.create_table(f"level{digits}", grouped), digits
    took = time.monotonic_ns() - begun
    for digits in core.ABOVE:
        rows = database.table(f"level{digits}").order_by("place", "cell").to_pyarrow()
        own = np.stack([rows["hits"].to_numpy(), rows["n"].to_numpy()], axis=-1)
        check(np.array_equal(own, sums[digits].reshape(-1, 2)), f"DuckDB's totals at {digits} digits are others")
    return took


def run(wanted: Options) -> None:
    """Add up each size; the largest also beside DuckDB, and with a day's changes."""
    lines, rng, seconds = Lines("rollup", wanted.seed), np.random.default_rng(wanted.seed), []
    every = np.array([int(code) for block in builtin.blocks() for code in block.codes if len(code) == core.COMMUNITY], np.int64)
    for many in SIZES[wanted.size]:
        tree = core.tree_of(every[:many])
        cells = np.sort(rng.integers(0, CELL_TOP, (many, core.MONTHS, len(core.DIMENSIONS), 2), dtype=np.uint16), axis=-1)
        most = int(cells.max())
        read, added = _best(cells.max), _best(lambda: core.totals(cells, tree, cell_max=most))  # noqa: B023
        seconds.append(added / NS_PER_S)
        lines.figure("seconds", added / NS_PER_S, "s", n=many)
    sums = core.totals(cells, tree, cell_max=most)
    check(np.array_equal(sums[core.NATION][0], cells.sum(axis=0, dtype=np.int64)), "the nation is not the sum of its communities")
    duck = _duckdb(tree, cells, sums)
    events = max(1, EVENTS_A_DAY * many // NATION)
    where, zero = np.sort(rng.integers(0, many, events)), np.zeros(events, np.int64)
    day = core.Changes(where, zero + core.MONTHS - 1, rng.integers(0, len(core.DIMENSIONS), events), zero, zero + 1)
    cube = core.Cube(cells, sums, most)
    delta = _best(lambda: core.apply(cube, tree, day), 3)
    again = core.totals(cells, tree, cell_max=cube.cell_max)
    check(all(np.array_equal(again[digits], cube.totals[digits]) for digits in core.ABOVE), "a day's changes are not adding up anew")
    lines.figure("cube_vs_memory_read", added / read, "×", n=many, against="reading the cells once", ratio=added / read)
    lines.figure("cube_vs_duckdb", duck / added, "×", n=many, against="DuckDB, level from level", ratio=duck / added)
    lines.figure("delta_ms", delta / NS_PER_MS, "ms", n=events)
    lines.figure("exponent", exponent(SIZES[wanted.size], seconds), "", n=many)


if __name__ == "__main__":
    try:
        run(options("rollup", __doc__ or ""))
    except BenchFailed as failed:
        sys.exit(f"rollup: {failed}")
