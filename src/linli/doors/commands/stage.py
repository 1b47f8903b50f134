"""The made-up district that the demo shows. Only where LINLI_DEMO is set: made-up people never stand beside real ones.

linli stage build    settle 20,000 made-up people on the real streets of 越秀区 and let them live their last thirty days
linli stage nation   make twelve months of made-up figures for every community of the nation
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict

from django.core.exceptions import ImproperlyConfigured

from linli.doors.commands.output import answer, bar, json_option, note
from linli.doors.commands.serve import bring_up_ground, bring_up_tables
from linli.doors.site.config import config
from linli.stage import district, nation
from linli.stage.life import Told

WORDS = {
    "people": "settling the district", "life": "living its last thirty days", "scenes": "setting the scene", "stock": "taking stock",
    "evidence": "keeping the record",
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what to do."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    words = "make the district where it is not there yet"
    json_option(actions.add_parser("build", help=words, description=f"{words.capitalize()}."))
    words = "make the nation's figures where they are not there yet"
    again = actions.add_parser("nation", help=words, description=f"{words.capitalize()}.")
    again.add_argument("--again", action="store_true", help="make them anew")
    json_option(again)


def run(options: argparse.Namespace) -> int:
    """Build the district, places and policy first; one that was cut short is gone on with."""
    if not config().demo:
        raise ImproperlyConfigured("the made-up district is for the demo only: set LINLI_DEMO=true, in a data folder of its own")
    if options.action == "nation":
        return _nation(options)
    bring_up_tables()
    if district.is_built():
        answer(options, {"built": False}, "the district stands already")
        return 0
    bring_up_ground()
    told = build()
    answer(options, {"built": told is not None, **asdict(told or Told())}, "the district stands")
    return 0


def _nation(options: argparse.Namespace) -> int:
    if nation.is_made() and not options.again:
        answer(options, {"made": False}, "the nation's figures stand already")
        return 0
    bring_up_ground()
    about = nation.build(bar("nation"))
    answer(
        options, {"made": True, "communities": about.communities, "seed": about.seed, "added_up_us": about.added_up_us},
        f"made-up figures of {about.communities} communities; adding up took {about.added_up_us // 1000} ms",
    )  # fmt: skip
    return 0


def build() -> Told | None:
    """Make the district and return how its past went, or None where it stands already."""
    if district.is_built():
        district.wake()
        return None
    note("making the district: 20,000 made-up people on the real streets of 越秀区 (two or three minutes, once)")
    bars: dict[str, Callable[[int, int], None]] = {}

    def progress(part: str, done: int, total: int) -> None:
        bars.setdefault(part, bar(WORDS[part]))(done, total)

    told = district.build(progress)
    note(f"{told.begun} needs were asked, {told.met} met")
    return told
