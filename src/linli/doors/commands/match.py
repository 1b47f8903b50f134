"""Look for helpers now: every need that waits without an offer is offered to those who fit best.

The matcher of `linli serve` does this all the time by itself. `--replay RUN` matches once more what a kept run was made of, and says whether
it answers the same (exit code 1 where it does not).
"""

from __future__ import annotations

import argparse
from uuid import UUID

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, complain, json_option
from linli.journeys import runs
from linli.journeys.loops import sweep
from linli.kernel.errors import NotFound


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take --replay RUN and --json."""
    parser.add_argument("--replay", type=UUID, metavar="RUN", help="match once more what this run was made of")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Sweep once and say how many offers went out, or run a kept run again."""
    require_tables()
    if options.replay is not None:
        return _replay(options)
    made = sweep()
    answer(options, {"offers": made}, f"{made} offers went out")
    return 0


def _replay(options: argparse.Namespace) -> int:
    try:
        again = runs.replay(options.replay)
    except NotFound:
        complain(f"no run {options.replay} is kept here: runs are kept for as many days as policy says (match_run_days)")
        return 1
    except runs.SpoiltRun as error:
        complain(f"run {options.replay}: {error}")
        return 1
    words = "the same assignment" if not again.differs else "; ".join(again.differs)
    answer(options, again.facts(), f"{again.asked} asked, worth {again.value}, bound {again.bound} ({again.engine}): {words}")
    return 1 if again.differs else 0
