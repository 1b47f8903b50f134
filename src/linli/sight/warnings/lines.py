"""Reading quarters from a table that somebody kept elsewhere: one line each, place, quarter, good ratings, ratings. Pure.

A table has a first line that names its columns, in Chinese or English, in any order; without one, its columns are those four in that
order. Every line that can not be read is told with its number and the column at fault; nothing is guessed.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.quarter import Quarter

COLUMNS = ("place", "quarter", "good", "ratings")
# How the columns are headed in each language of the pages: a table handed out in one comes back as it is.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "zh-hans": ("地点代码", "季度", "满意", "份数"), "zh-hant": ("地點代碼", "季度", "滿意", "份數"), "en": ("place code", "quarter", "good", "ratings"),
}  # fmt: skip
NAMES: Mapping[str, str] = {name: column for heads in (COLUMNS, *HEADINGS.values()) for column, name in zip(COLUMNS, heads, strict=True)}
QUARTER = re.compile(r"(\d{4})\s*年?\s*-?\s*(?:[Qq]|第)?\s*([1-4])(?:\s*季度?)?")
ROWS_MAX, YEAR_MIN = 5000, 2000
CELL_LENGTH_MAX = 60  # a longer cell is shown cut
RATINGS_MAX = 1_000_000
SEPARATORS = "\t;,"  # a comma is what a file has; a tab what a spreadsheet leaves in the clipboard


class Wrong(StrEnum):
    """What is wrong with a cell."""

    COLUMNS = "columns"  # the first line lacks a column, or a line has too few cells
    PLACE_FORM = "place_form"  # not twelve digits
    PLACE_UNKNOWN = "place_unknown"  # no community here
    QUARTER_FORM = "quarter_form"
    QUARTER_OPEN = "quarter_open"  # has not ended yet
    NUMBER_FORM = "number_form"  # not a whole number
    NONE_RATED = "none_rated"  # no ratings at all
    MORE_GOOD = "more_good"  # more good ones than ratings
    TWICE = "twice"  # the same place and quarter stands in an earlier line
    OTHER_BEFORE = "other_before"  # carried in before with other figures
    TOO_MANY = "too_many"  # more lines than are read at once


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line: its number as a spreadsheet counts, the column (one of COLUMNS, '' for the whole line), what stood there."""

    line: int
    column: str
    wrong: Wrong
    typed: str


@dataclass(frozen=True, slots=True)
class Line:
    """One quarter of a community as a line has it."""

    number: int
    place: str
    quarter: Quarter
    hits: int
    n: int


@dataclass(frozen=True, slots=True)
class Read:
    """What a table holds: lines that can be read, faults, and how many lines were left empty (neither number filled in)."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    empty: int


def read(text: str) -> Read:
    """Return what a table says; where a line has a fault it is not among the lines."""
    plain = unicodedata.normalize("NFKC", text.removeprefix("\ufeff")).replace("\r\n", "\n").replace("\r", "\n")
    first = plain.split("\n", 1)[0]
    told = csv.reader(io.StringIO(plain), delimiter=next((mark for mark in SEPARATORS if mark in first), ","))
    try:
        cut = [(told.line_num, [cell.strip().lstrip("'") for cell in row]) for row in told]
    except csv.Error:
        return Read((), (Fault(told.line_num, "", Wrong.COLUMNS, ""),), 0)
    rows = [(number, row) for number, row in cut if any(row)]
    if not rows:
        return Read((), (), 0)
    where, named = _columns(rows[0][1])
    missing = [column for column in COLUMNS if column not in where]
    if missing:
        return Read((), tuple(Fault(rows[0][0], column, Wrong.COLUMNS, "") for column in missing), 0)
    rows = rows[1:] if named else rows
    if len(rows) > ROWS_MAX:
        return Read((), (Fault(rows[ROWS_MAX][0], "", Wrong.TOO_MANY, ""),), 0)
    return _all(rows, where)


def _columns(first: Sequence[str]) -> tuple[dict[str, int], bool]:
    known = {NAMES[cell.lower()]: at for at, cell in enumerate(first) if cell.lower() in NAMES}
    if known:
        return known, True
    return dict(zip(COLUMNS, range(min(len(first), len(COLUMNS))), strict=False)), False


def _all(rows: Sequence[tuple[int, Sequence[str]]], where: Mapping[str, int]) -> Read:
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: set[tuple[str, Quarter]] = set()
    empty = 0
    for number, row in rows:
        cells = {column: row[at] if at < len(row) else "" for column, at in where.items()}
        if not cells["good"] and not cells["ratings"]:
            empty += 1
            continue
        found = _line(number, cells)
        if isinstance(found, Line) and (found.place, found.quarter) in seen:
            faults.append(Fault(number, "quarter", Wrong.TWICE, cells["quarter"]))
        elif isinstance(found, Line):
            seen.add((found.place, found.quarter))
            lines.append(found)
        else:
            faults += found
    return Read(tuple(lines), tuple(faults), empty)


def _line(number: int, cells: Mapping[str, str]) -> Line | list[Fault]:
    faults: list[Fault] = []

    def wrong(column: str, what: Wrong) -> None:
        faults.append(Fault(number, column, what, cells[column][:CELL_LENGTH_MAX]))

    place, matched = cells["place"], QUARTER.fullmatch(cells["quarter"])
    if len(place) != 12 or not (place.isascii() and place.isdigit()):
        wrong("place", Wrong.PLACE_FORM)
    if matched is None or int(matched[1]) < YEAR_MIN:
        wrong("quarter", Wrong.QUARTER_FORM)
    numbers = {column: _whole(cells[column]) for column in ("good", "ratings")}
    for column, value in numbers.items():
        if value is None:
            wrong(column, Wrong.NUMBER_FORM)
    good, ratings = numbers["good"], numbers["ratings"]
    if ratings == 0:
        wrong("ratings", Wrong.NONE_RATED)
    elif good is not None and ratings is not None and good > ratings:
        wrong("good", Wrong.MORE_GOOD)
    if faults or matched is None or good is None or ratings is None:
        return faults
    return Line(number, place, Quarter(int(matched[1]), int(matched[2])), good, ratings)


def _whole(cell: str) -> int | None:
    plain = cell.replace(",", "")
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 9 or int(plain) > RATINGS_MAX:
        return None
    return int(plain)
