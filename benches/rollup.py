"""How fast the nation is added up: every dimension and month at every level, beside reading the same memory once and beside DuckDB.

delta_ms is a day of events, in order of place, brought into cells and totals. events_vs_scan is counting events out of Parquet in two
steps, community by month and then the levels above, beside reading the same columns. Cells and events are drawn; no server is needed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benches._frame import NS_PER_MS, NS_PER_S, BenchFailed, Lines, Options, Size, check, exponent, note, options
from linli.ground.places import builtin
from linli.sight.rollup import core, frames

SIZES = {Size.SMALL: (4_000, 8_000, 16_000), Size.CITY: (62_000, 155_000, 620_573), Size.FULL: (62_000, 155_000, 620_573)}
EVENTS = {
    Size.SMALL: (60_000, 120_000, 240_000), Size.CITY: (6_000_000, 12_000_000, 24_000_000), Size.FULL: (24_000_000, 48_000_000, 96_000_000),
}  # fmt: skip
NATION, EVENTS_A_YEAR, EVENTS_A_DAY, CELL_TOP, TIMES = 620_573, 670_000_000, 1_835_000, 8_000, 7
EVENT_TRIES = 3


def _best(work: Callable[[], object], times: int = TIMES) -> int:
    took = []
    for _ in range(times):
        begun = time.monotonic_ns()
        work()
        took.append(time.monotonic_ns() - begun)
    return min(took)


def _duckdb(tree: core.Tree, cells: core.Cells, sums: core.Sums, folder: Path) -> int:
    """Add the same cells up in DuckDB, out of Parquet, streets first and then each level from the one below; return nanoseconds once it agrees."""
    many, per = len(tree.codes), core.MONTHS * len(core.DIMENSIONS)
    file, at_once = str(folder / "cells.parquet"), 40_000
    schema = pa.schema({"place": pa.int64(), "month": pa.int32(), "dimension": pa.int32(), "hits": pa.int32(), "n": pa.int32()})
    month, dimension = np.divmod(np.arange(per, dtype=np.int32), len(core.DIMENSIONS))
    with pq.ParquetWriter(file, schema) as writer:
        for first in range(0, many, at_once):
            rows = tree.rows[first : first + at_once]
            flat = cells[rows].reshape(-1, 2).astype(np.int32)
            own = [np.repeat(tree.codes[first : first + at_once], per), np.tile(month, len(rows)), np.tile(dimension, len(rows))]
            writer.write_table(pa.table([*own, flat[:, 0], flat[:, 1]], schema=schema))
    database = ibis.duckdb.connect()
    found, last = database.read_parquet(file), core.COMMUNITY
    begun = time.monotonic_ns()
    for digits in core.ABOVE:
        found, last = database.create_table(f"level{digits}", frames.up(found, last, digits)), digits
    took = time.monotonic_ns() - begun
    for digits in core.ABOVE:
        rows = database.table(f"level{digits}").order_by("place", *frames.CELL)
        own = np.stack([database.to_pyarrow(rows[name]).to_numpy() for name in ("hits", "n")], axis=-1)
        check(np.array_equal(own, sums[digits].reshape(-1, 2)), f"DuckDB's totals at {digits} digits are others")
    return took


def _events(rng: np.random.Generator, codes: core.Ints, many: int, folder: Path) -> tuple[int, int]:
    """Write settled facts as Parquet, a file of one month after the other, as they come in; return nanoseconds of reading, of counting.

    Reading touches every column that counting wants. Counting gives hits and n of every dimension, community and month, and from these
    every level above; it is held against the draws.
    """
    drawn = np.zeros((core.MONTHS, len(core.DIMENSIONS), 2), np.int64)
    for month in range(core.MONTHS):
        each = many // core.MONTHS
        place, dimension = np.sort(rng.integers(0, len(codes), each)), rng.integers(0, len(core.DIMENSIONS), each)
        hits = rng.integers(0, 2, each)
        for i, part in enumerate((hits, np.ones_like(hits))):
            np.add.at(drawn[month, :, i], dimension, part)
        columns = {
            "place": codes[place], "month": np.full(each, month, np.int32), "dimension": dimension.astype(np.int32),
            "hits": hits.astype(np.int8), "n": np.ones(each, np.int8),
        }  # fmt: skip
        pq.write_table(pa.table(columns), folder / f"facts-{month:02}.parquet")
    tries = [ibis.duckdb.connect() for _ in range(EVENT_TRIES)]
    tables = [database.read_parquet(str(folder / "facts-*.parquet"), table_name="facts") for database in tries]
    scan = tables[0].aggregate([tables[0][name].max().name(name) for name in tables[0].columns])
    untouched = iter(zip(tries, tables, strict=True))

    def count() -> None:
        database, facts = next(untouched)
        found, last = database.create_table("community", frames.cells(facts)), core.COMMUNITY
        for digits in core.ABOVE:
            found, last = database.create_table(f"level{digits}", frames.up(found, last, digits)), digits

    read, counted = _best(lambda: tries[0].to_pyarrow(scan), EVENT_TRIES), _best(count, EVENT_TRIES)
    database = tries[-1]
    nation = database.table("level0")
    rows = database.to_pyarrow(nation.order_by(*frames.CELL))
    own = np.stack([rows["hits"].to_numpy(), rows["n"].to_numpy()], axis=-1).reshape(drawn.shape)
    check(np.array_equal(own, drawn), "the events of the nation are not those that were drawn")
    return read, counted


def _count_events(wanted: Options, lines: Lines, rng: np.random.Generator, codes: core.Ints, folder: Path) -> None:
    sizes, seconds = EVENTS[wanted.size], []
    for many in sizes:
        read, counted = _events(rng, codes, many, folder)
        seconds.append(counted / NS_PER_S)
        written = sum(file.stat().st_size for file in folder.glob("facts-*.parquet"))
        lines.figure("events_seconds", counted / NS_PER_S, "s", n=many)
    lines.figure("events_bytes_each", written / many, "B", n=many)
    k = exponent(sizes, seconds)
    lines.figure("events_vs_scan", counted / read, "×", n=many, against="reading the same columns", ratio=counted / read)
    lines.figure("events_exponent", k, "", n=many)
    if wanted.size != Size.SMALL:  # too few to carry anything on from
        note(f"{EVENTS_A_YEAR:,} events a year are not run: carried on with n^{k:.2f} from {many:,}")
        lines.figure("events_year_seconds_carried_on", seconds[-1] * (EVENTS_A_YEAR / many) ** k, "s", n=EVENTS_A_YEAR)


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
    with tempfile.TemporaryDirectory(prefix="linli-bench-", dir="/var/tmp") as folder:
        duck = _duckdb(tree, cells, sums, Path(folder))
    events = max(1, EVENTS_A_DAY * many // NATION)
    where, one = np.sort(rng.integers(0, many, events)), np.ones(events, np.int64)
    day = core.Changes(where, one * core.MONTHS - 1, rng.integers(0, len(core.DIMENSIONS), events), rng.integers(0, 2, events), one)
    cube = core.Cube(cells, sums, most)
    delta = _best(lambda: core.apply(cube, tree, day), 3)
    again = core.totals(cells, tree, cell_max=cube.cell_max)
    check(all(np.array_equal(again[digits], cube.totals[digits]) for digits in core.ABOVE), "a day's changes are not adding up anew")
    lines.figure("cube_vs_memory_read", added / read, "×", n=many, against="reading the cells once", ratio=added / read)
    lines.figure("cube_vs_duckdb", duck / added, "×", n=many, against="DuckDB out of Parquet, level from level", ratio=duck / added)
    lines.figure("delta_ms", delta / NS_PER_MS, "ms", n=events)
    lines.figure("exponent", exponent(SIZES[wanted.size], seconds), "", n=many)
    with tempfile.TemporaryDirectory(prefix="linli-bench-", dir="/var/tmp") as folder:
        _count_events(wanted, lines, rng, every, Path(folder))


if __name__ == "__main__":
    try:
        run(options("rollup", __doc__ or ""))
    except BenchFailed as failed:
        sys.exit(f"rollup: {failed}")
