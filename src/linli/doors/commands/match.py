"""Look for helpers now: every need that waits without an offer is offered to those who fit best.

The matcher of `linli serve` does this all the time by itself.
"""

from __future__ import annotations

import argparse

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, json_option
from linli.journeys.loops import sweep


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take --json."""
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Sweep once and say how many offers went out."""
    require_tables()
    made = sweep()
    answer(options, {"offers": made}, f"{made} offers went out")
    return 0
