"""Run Linli with made-up people on real streets. Needs no rights and keeps its data in a folder of its own; Ctrl-C stops it.

Whatever is shown is synthetic and marked so. `linli clock advance 3h` moves the demo's time; LINLI_DATA chooses another folder.
"""

from __future__ import annotations

import argparse

from linli.doors.commands import watch
from linli.doors.commands.output import say
from linli.doors.commands.serve import PARTS, address, serve
from linli.doors.commands.stage import build
from linli.doors.site.config import config


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the one option."""
    parser.add_argument("--watch", action="store_true", help="start the processes again whenever a file of Linli changes, for makers")


def run(options: argparse.Namespace) -> int:
    """Serve the demo until told to stop."""
    if options.watch:
        watch.start(config().data)
    return serve(build, _greet, parts=(*PARTS, "life"), once=("nation",))


def _greet() -> None:
    say(f"The demo runs at {address(config())}\nEverybody in it is made up. `linli clock advance 3h` moves its time; Ctrl-C stops it.")
