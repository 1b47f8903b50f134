"""Run Linli with made-up people on real streets. Needs no rights and keeps its data in a folder of its own; Ctrl-C stops it.

Whatever is shown is synthetic and marked so. `linli clock advance 3h` moves the demo's time; LINLI_DATA chooses another folder.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from linli.doors.commands.output import bar, note, say
from linli.doors.commands.serve import PARTS, address, serve
from linli.doors.site.config import config
from linli.stage import district

WORDS = {"people": "settling the district", "life": "living its last thirty days", "evidence": "keeping the record"}


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Take none."""


def run(_options: argparse.Namespace) -> int:
    """Serve the demo until told to stop."""
    return serve(_build, _greet, parts=(*PARTS, "life"))


def _build() -> None:
    """Make the district where it is not there yet."""
    if district.is_built():
        return
    note("making the district: 20,000 made-up people on the real streets of 越秀区 (two or three minutes, once)")
    bars: dict[str, Callable[[int, int], None]] = {}

    def progress(part: str, done: int, total: int) -> None:
        bars.setdefault(part, bar(WORDS[part]))(done, total)

    told = district.build(progress)
    note(f"{told.asked} needs were asked, {told.met} met")


def _greet() -> None:
    say(f"The demo runs at {address(config())}\nEverybody in it is made up. `linli clock advance 3h` moves its time; Ctrl-C stops it.")
