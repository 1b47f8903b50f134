"""Arithmetic on moments and spans. Nothing here asks what time it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

SPAN = re.compile(r"(?P<count>\d{1,6})(?P<unit>[smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_span(text: str) -> timedelta:
    """Read a span such as `30m`, `2h`, `1d12h`. Raises ValueError for anything else, also for an empty text."""
    total, end = 0, 0
    for match in SPAN.finditer(text):
        if match.start() != end:
            break
        total += int(match["count"]) * SECONDS[match["unit"]]
        end = match.end()
    if end != len(text) or not text:
        raise ValueError(f"not a span: {text!r} (write 30m, 2h, 1d12h)")
    return timedelta(seconds=total)


def require_utc(moment: datetime) -> datetime:
    """Return `moment` unchanged where it is UTC. Raises ValueError where it is naive or of another zone."""
    if moment.tzinfo is None or moment.utcoffset() != timedelta(0):
        raise ValueError(f"moment is not UTC: {moment!r}")
    return moment.astimezone(UTC)


def minutes_between(start: datetime, end: datetime) -> int:
    """Return whole minutes from `start` to `end`, rounded half up (a 44.5-minute visit counts 45)."""
    seconds = (end - start) // timedelta(seconds=1)
    return (seconds + 30) // 60
