"""The national tree of places.

linli places import    bring in the built-in 665,276 divisions; those that are there already stay
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

from linli.doors.commands.output import answer, bar, json_option
from linli.doors.commands.serve import bring_up_tables
from linli.journeys.ground import import_places


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what to do."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    json_option(actions.add_parser("import", help="bring in the built-in tree", description="Bring in the built-in tree of places."))


def run(options: argparse.Namespace) -> int:
    """Load the built-in tree and say what changed."""
    bring_up_tables()
    begun = time.monotonic()
    loaded = import_places(bar("places"))
    seconds = round(time.monotonic() - begun, 1)
    changed = f"{loaded.added} new, {loaded.renamed} renamed, {loaded.closed} closed, {loaded.reopened} reopened"
    answer(options, asdict(loaded) | {"seconds": seconds}, f"{loaded.total} places: {changed} ({seconds} s)")
    return 0
