"""Take stock now: what happened becomes facts, facts become the health index, the index opens warnings. Twice changes nothing.

The worker of `linli serve` does this every hour by itself.
"""

from __future__ import annotations

import argparse
from datetime import timedelta

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, json_option
from linli.ground.steps.reads import now
from linli.journeys.take_stock import take_stock

DAYS, DAYS_MAX = 2, 3660


def days(text: str) -> int:
    """Read a number of days, 1 to 3660. Raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= DAYS_MAX:
        raise argparse.ArgumentTypeError(f"days are a whole number from 1 to {DAYS_MAX}")
    return int(text)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take how far to look back."""
    parser.add_argument("--days", type=days, default=DAYS, help=f"look at what happened in so many days (default {DAYS})")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Take stock and say how many facts were looked at."""
    require_tables()
    loaded = take_stock(now() - timedelta(days=options.days))
    facts = loaded.added + loaded.corrected + loaded.known + loaded.aside
    told = {"facts": facts, "days": options.days, "added": loaded.added, "corrected": loaded.corrected, "aside": loaded.aside}
    words = f"{facts} facts of the last {options.days} days counted"
    answer(options, told, f"{words}: {loaded.added} new, {loaded.corrected} corrected, {loaded.aside} put aside")
    return 0
