"""The table of places that goes with an edition, written as it is read: a nation's rows need no more memory than a street's. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from linli.sight.papers.core import PLACE_FIGURES
from linli.sight.papers.paper import Number, PlaceLine

BATCH = 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"  # Excel on Chinese Windows reads a file without it as GBK
PARTS = ("value", "numerator", "denominator", "low", "high", "withheld")
COLUMNS = (
    "place",
    "name",
    "index_day",
    "index_ppm",
    "index_low_ppm",
    "index_high_ppm",
    *(f"{code}_{part}" for code in PLACE_FIGURES for part in PARTS),
)
SCHEMA = pa.schema(
    [
        (name, pa.string() if name in {"place", "name"} or name.endswith("_withheld") else pa.date32() if name == "index_day" else pa.int64())
        for name in COLUMNS
    ]
)  # fmt: skip
Cell = object


def row_of(line: PlaceLine) -> tuple[Cell, ...]:
    """Return a place in the order of COLUMNS. What is withheld is empty and says so."""
    numbers = {n.code: n for n in line.numbers}
    index = line.index
    cells: list[Cell] = [line.place, line.name]
    cells += [index.day, index.value_ppm, index.low_ppm, index.high_ppm] if index and index.value_ppm is not None else [None] * 4
    for code in PLACE_FIGURES:
        n = numbers.get(code, Number(code, "", withheld="no_data"))
        cells += [n.value, n.numerator, n.denominator, n.low, n.high, n.withheld]
    return tuple(cells)


def _batches(lines: Iterable[PlaceLine]) -> Iterator[tuple[PlaceLine, ...]]:
    rest = iter(lines)
    while batch := tuple(islice(rest, BATCH)):
        yield batch


def csv_pieces(lines: Iterable[PlaceLine]) -> Iterator[bytes]:
    """Yield the table as CSV, a few thousand rows at a time, UTF-8 with its mark. Text never becomes a formula."""
    yield (BOM + _text([COLUMNS])).encode()
    for batch in _batches(lines):
        yield _text([[_plain(cell) for cell in row_of(line)] for line in batch]).encode()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(FORMULA) else text


def _text(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def write_parquet(lines: Iterable[PlaceLine], out: BinaryIO) -> int:
    """Write the table as Parquet, a batch of rows at a time; return how many rows."""
    rows = 0
    with pq.ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        for batch in _batches(lines):
            columns = list(zip(*(row_of(line) for line in batch), strict=True))
            writer.write_batch(pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA))
            rows += len(batch)
    return rows
