"""Figures and facts as files for other programs: CSV, Parquet, Excel. Text never becomes a formula there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from linli.sight.facts.figure import Figure

Cell = str | int | bool | date | datetime | None
BATCH = 10_000  # rows in memory at once
BOM = "\ufeff"  # Excel on Chinese Windows reads a file without it as GBK
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "code", "name", "place", "from", "to", "unit", "value", "numerator", "denominator", "low", "high", "withheld", "fact_set", "as_of",
)  # fmt: skip


class Format(StrEnum):
    """What kind of file."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


def safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula: such text gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def figure_rows(figures: Iterable[Figure], names: dict[str, str]) -> list[tuple[Cell, ...]]:
    """Return figures in the order of COLUMNS; `names` gives each indicator's name."""
    return [
        (
            f.code, names.get(f.code, f.code), f.place, f.start, f.end, f.unit.value, f.value, f.numerator, f.denominator, f.low, f.high,
            f.withheld.value, f.fact_set, f.as_of,
        )
        for f in figures
    ]  # fmt: skip


def encoded(kind: Format, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, bom: bool = False) -> bytes:
    """Return a table as the bytes of a file; as `write`."""
    out = io.BytesIO()
    write(kind, out, columns, rows, bom=bom)
    return out.getvalue()


def write(
    kind: Format,
    out: BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    bom: bool = False,
    schema: pa.Schema | None = None,
) -> int:
    """Write a table some rows at a time and return how many there were. Whole numbers and days keep their type.

    `bom` marks a CSV as UTF-8 for Excel; `schema` says the types of a Parquet file, else they come from the first rows.
    """
    match kind:
        case Format.CSV:
            return _csv(out, columns, rows, bom)
        case Format.PARQUET:
            return _parquet(out, columns, rows, schema)
        case Format.XLSX:
            return _xlsx(out, columns, rows)


def _csv(out: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]], bom: bool) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    text.write(BOM if bom else "")
    writer, n = csv.writer(text), 0
    writer.writerow(columns)
    for row in rows:
        n += 1
        writer.writerow(["" if c is None else c.isoformat() if isinstance(c, date) else safe(c) for c in row])
    text.detach()
    return n


def _parquet(out: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]], schema: pa.Schema | None) -> int:
    source, n = iter(rows), 0
    batch = list(islice(source, BATCH))
    kinds = schema or _table(columns, batch, None).schema
    with pq.ParquetWriter(out, kinds, compression="zstd") as writer:
        while batch:
            writer.write_table(_table(columns, batch, kinds))
            n += len(batch)
            batch = list(islice(source, BATCH))
    return n


def _table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], schema: pa.Schema | None) -> pa.Table:
    values = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    return pa.table({name: list(column) for name, column in zip(columns, values, strict=True)}, schema=schema)


def _xlsx(out: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    book, n = Workbook(write_only=True), 0
    sheet = book.create_sheet("linli")
    sheet.append(list(columns))
    for row in rows:
        n += 1
        # A sheet knows no time zone: moments stand there as text with theirs.
        sheet.append([c.isoformat() if isinstance(c, datetime) else safe(c) for c in row])
    book.save(out)
    return n
