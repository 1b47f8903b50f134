"""Show or move the time of a demo or test, for all of its processes at once. Refused where real time runs (LINLI_CLOCK).

linli clock show           what time it is there
linli clock advance 30m    half an hour later (also 45s, 3h, 2d, 1d12h)
linli clock speed 60       a minute a second; 1 is real speed, 0 stands still
"""

from __future__ import annotations

import argparse
import re
from datetime import timedelta

from linli.doors.commands.output import answer, json_option
from linli.doors.site.config import config
from linli.journeys import clockwork

SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
DAYS_MAX = 3660  # ten years at once; a year is simulated in months


def span(text: str) -> timedelta:
    """Read a span such as 30m or 1d12h. Raises argparse.ArgumentTypeError."""
    found = SPAN.fullmatch(text)
    if not text or found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no span of time: write 45s, 30m, 3h, 2d or 1d12h")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if max(days, hours // 24, minutes // 1440, seconds // 86_400) > DAYS_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is more than {DAYS_MAX} days")
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def speed(text: str) -> int:
    """Read a speed, 0 to 10000. Raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or int(text) > 10_000:
        raise argparse.ArgumentTypeError("a speed is a whole number from 0 to 10000")
    return int(text)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what to do."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="say what time it is there")
    advance = actions.add_parser("advance", help="move it on")
    advance.add_argument("span", type=span, help="45s, 30m, 3h, 2d, 1d12h")
    pace = actions.add_parser("speed", help="let it run faster or slower")
    pace.add_argument("times", type=speed, help="0 to 10000; 1 is real speed")
    for action in (show, advance, pace):
        json_option(action)


def run(options: argparse.Namespace) -> int:
    """Show the clock, after moving it where told to. ImproperlyConfigured where real time runs."""
    if options.action == "advance":
        clockwork.move(by=options.span)
    elif options.action == "speed":
        clockwork.move(speed=options.times)
    seen = clockwork.show()
    kind = config().clock
    pace = "standing still" if seen.speed == 0 else f"{seen.speed} × real speed"
    words = f"{seen.now:%Y-%m-%d %H:%M:%S} UTC, " + (pace if kind == "test" else "real time")
    answer(options, {"now": seen.now.isoformat(), "speed": seen.speed, "clock": kind}, words)
    return 0
