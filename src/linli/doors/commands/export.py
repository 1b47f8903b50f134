"""Write the indicators of a place, a city's frozen facts, or the book of hours into a file.

linli export indicators --place 440104 --from 2026-10-01 --to 2026-11-01 --format xlsx --out figures.xlsx
linli export book --place 440104 --from 2026-10-01 --to 2026-11-01 --format beancount --out book.beancount
Small counts of communities and streets are withheld, as on the pages. Facts name nobody: people are numbers of their fact set. The book
names accounts by opaque ids; as beancount or hledger it can be checked by `bean-check` and `hledger check`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, complain, json_option
from linli.sight.facts import reads, sets, sheets
from linli.sight.facts.sheets import Format
from linli.value.ledger import listed
from linli.value.ledger.listed import PLAIN, Wanted


def day(text: str) -> date:
    """Read a day such as 2026-10-01. Raises argparse.ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day reads 2026-10-01") from None


def place(text: str) -> str:
    """Read a place code. Raises argparse.ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and len(text) in (2, 4, 6, 9, 12)):
        raise argparse.ArgumentTypeError("a place code has 2, 4, 6, 9 or 12 digits")
    return text


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what, where, when and into which file."""
    parser.add_argument(
        "what", choices=("indicators", "facts", "book"), help="figures, the facts they are counted from, or every transfer of hours"
    )
    parser.add_argument("--place", type=place, required=True, help="place code, 2 to 12 digits")
    parser.add_argument("--from", dest="start", type=day, required=True, help="first day")
    parser.add_argument("--to", dest="end", type=day, required=True, help="the day after the last")
    parser.add_argument(
        "--format",
        choices=[*(f.value for f in Format), *PLAIN],
        default="csv",
        help="csv, parquet or xlsx; a book also as beancount or hledger",
    )
    parser.add_argument("--bom", action="store_true", help="mark a CSV as UTF-8, for Excel")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Write the file and say how many rows it has; return 2 where the days stand the wrong way round or the format is not for this."""
    require_tables()
    if options.start >= options.end:
        complain("--from must stand before --to")
        return 2
    if options.format in PLAIN and options.what != "book":
        complain(f"--format {options.format} is for a book only")
        return 2
    try:
        with _whole(options.out) as out:
            n = _plain(options, out) if options.format in PLAIN else _table(options, out)
    except OSError as error:
        complain(f"{options.out} can not be written: {error.strerror}")
        return 1
    answer(options, {"rows": n, "file": str(options.out)}, f"{n} rows in {options.out}")
    return 0


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside `path` that takes its name only when it is whole."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _table(options: argparse.Namespace, out: BinaryIO) -> int:
    schema = None
    columns: Sequence[str]
    rows: Iterable[Sequence[sheets.Cell]]
    match options.what:
        case "indicators":
            names = {line.code: line.zh for line in reads.indicators()}
            columns, rows = sheets.COLUMNS, sheets.figure_rows(reads.figures(options.place, options.start, options.end).values(), names)
        case "book":
            columns, rows = listed.COLUMNS, listed.table(Wanted(options.place, options.start, options.end))
        case _:
            columns, rows = reads.frozen_facts(options.place, options.start, options.end)
            schema = sets.COLUMNS
            columns = columns or schema.names
    return sheets.write(Format(options.format), out, columns, rows, bom=options.bom, schema=schema)


def _plain(options: argparse.Namespace, out: BinaryIO) -> int:
    title = f"Linli {options.place} {options.start} to {options.end}" + (", made-up people" if settings.LINLI_DEMO else "")
    n = 0
    for line in listed.book(options.format, options.place, options.start, options.end, title):
        out.write(f"{line}\n".encode())
        n += 1
    return n
