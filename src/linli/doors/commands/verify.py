"""Recompute what must add up, from the rows themselves, and name every row that does not. Changes nothing.

linli verify ledger      every account, hold and transfer replayed and held against the record: nothing was edited, added or lost
linli verify evidence    the whole tree rebuilt from its entries: leaves, tiles and every signed checkpoint

Exit code 0 where all is whole, 1 with one line for each row that is not.
"""

from __future__ import annotations

import argparse

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, bar, json_option, tally
from linli.journeys import books
from linli.trust.evidence import reads as evidence

Found = list[dict[str, str]]  # table, row and what was found there


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what to verify."""
    books = parser.add_subparsers(dest="book", metavar="BOOK", required=True)
    for name, words in (("ledger", "the book of hours"), ("evidence", "the log of evidence")):
        json_option(books.add_parser(name, help=words, description=f"Verify {words}."))


def run(options: argparse.Namespace) -> int:
    """Verify one book; return 1 where anything does not add up."""
    require_tables()
    found = {"ledger": _ledger, "evidence": _evidence}[options.book]()
    words = "\n".join(f"{row['table']} {row['row']}: {row['told']}" for row in found) or f"{options.book}: everything adds up"
    answer(options, {"book": options.book, "ok": not found, "findings": found}, words)
    return 1 if found else 0


def _ledger() -> Found:
    return [{"table": f.table, "row": f.row, "told": f"{f.told} ({f.rule})"} for f in books.verify(tally("ledger"))]


def _evidence() -> Found:
    return [{"table": f.table, "row": f.row, "told": f.text} for f in evidence.verify(bar("evidence"))]
