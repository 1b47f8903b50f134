"""Write the indicators of a place, or a city's frozen facts, into a file.

linli export indicators --place 440104 --from 2026-10-01 --to 2026-11-01 --format xlsx --out figures.xlsx
Small counts of communities and streets are withheld, as on the pages. Facts name nobody: people are numbers of their fact set.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, complain, json_option
from linli.sight.facts import reads, sets, sheets
from linli.sight.facts.sheets import Format


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
    parser.add_argument("what", choices=("indicators", "facts"), help="figures, or the facts they are counted from")
    parser.add_argument("--place", type=place, required=True, help="place code, 2 to 12 digits")
    parser.add_argument("--from", dest="start", type=day, required=True, help="first day")
    parser.add_argument("--to", dest="end", type=day, required=True, help="the day after the last")
    parser.add_argument("--format", choices=[f.value for f in Format], default="csv", help="csv, parquet or xlsx")
    parser.add_argument("--bom", action="store_true", help="mark a CSV as UTF-8, for Excel")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Write the file and say how many rows it has; return 2 where the days stand the wrong way round."""
    require_tables()
    if options.start >= options.end:
        complain("--from must stand before --to")
        return 2
    schema = None
    columns: Sequence[str] = sheets.COLUMNS
    rows: Iterable[Sequence[sheets.Cell]]
    if options.what == "indicators":
        names = {line.code: line.zh for line in reads.indicators()}
        rows = sheets.figure_rows(reads.figures(options.place, options.start, options.end).values(), names)
    else:
        schema = sets.COLUMNS
        columns, rows = reads.frozen_facts(options.place, options.start, options.end)
        columns = columns or schema.names
    with options.out.open("wb") as out:
        n = sheets.write(Format(options.format), out, columns, rows, bom=options.bom, schema=schema)
    answer(options, {"rows": n, "file": str(options.out)}, f"{n} rows in {options.out}")
    return 0
