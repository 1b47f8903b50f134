"""Bring the record up to date now: what waits gets its place in the tree, and the tree is signed as a checkpoint.

The worker of `linli serve` does this all the time by itself. Where nothing is new, nothing is signed.
"""

from __future__ import annotations

import argparse

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, complain, json_option
from linli.journeys.keep_record import keep_record
from linli.trust.evidence import reads as evidence
from linli.trust.evidence.tables import LogBroken


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take --json."""
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Integrate, sign and say what stands signed; return 1 where the log contradicts itself."""
    require_tables()
    try:
        fresh = keep_record()
    except LogBroken as broken:
        complain(f"{broken}; nothing was signed. `linli verify evidence` says where")
        return 1
    state = evidence.state()
    facts = {"integrated": fresh, "size": state.published, "signed_at": state.published_at.isoformat() if state.published_at else None}
    words = f"{fresh} entries got their place; {state.published} stand signed" if state.published else "nothing to sign yet"
    answer(options, facts, words)
    return 0
