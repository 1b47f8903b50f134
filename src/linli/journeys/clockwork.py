"""The clock of a demo or test, shown and moved by whoever runs it. Real time cannot be moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.ground.steps import reads as steps_reads
from linli.ground.steps import verbs as steps


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clock shows, UTC, and how many times as fast as real time it runs."""

    now: datetime
    speed: int


def show() -> Seen:
    """Return what time it is."""
    clock = steps_reads.shown_time()
    return Seen(steps_reads.now(), clock.speed if clock else 1)


def move(*, by: timedelta = timedelta(0), speed: int | None = None, to: datetime | None = None) -> None:
    """Move the clock of all processes on, change its speed, or set it.

    Raises ImproperlyConfigured unless LINLI_CLOCK=test, ValueError for an absurd speed.
    """
    steps.move_clock(by=by, speed=speed, to=to)
