"""Figures and facts as files for other programs: CSV, Parquet, Excel. Text never becomes a formula there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from linli.sight.facts.figure import Figure

Cell = str | int | bool | date | datetime | None
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


def encoded(kind: Format, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, bom: bool = False) -> bytes:
    """Return a table as the bytes of a file. Whole numbers and days keep their type; `bom` marks a CSV as UTF-8 for Excel."""
    match kind:
        case Format.CSV:
            return _csv(columns, rows, bom)
        case Format.PARQUET:
            return _parquet(columns, rows)
        case Format.XLSX:
            return _xlsx(columns, rows)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]], bom: bool) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([["" if c is None else c.isoformat() if isinstance(c, date) else safe(c) for c in row] for row in rows])
    return ((BOM if bom else "") + out.getvalue()).encode()


def _parquet(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.BytesIO()
    values = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    pq.write_table(pa.table({name: list(column) for name, column in zip(columns, values, strict=True)}), out, compression="zstd")
    return out.getvalue()


def _xlsx(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("linli")
    sheet.append(list(columns))
    for row in rows:
        # A sheet knows no time zone: moments stand there as text with theirs.
        sheet.append([c.isoformat() if isinstance(c, datetime) else safe(c) for c in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
