"""What the page of matching shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.doors.city.month_pages import MonthShown
from linli.doors.site.desk import Frame


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in plain words: when, how many needs, how many of them somebody was asked for, whom, how near the best, how long."""

    at: datetime
    needs: int
    served: int
    asked: int
    helpers: int
    gap: str
    milliseconds: int
    number: str  # what `linli match --replay` takes


@dataclass(frozen=True, slots=True)
class MatchingPage:
    """The last runs of a city, what more helpers would change, and its last month with and without the engine."""

    frame: Frame
    place_name: str
    runs: tuple[RunLine, ...]
    more: tuple[str, ...]
    more_at: datetime | None
    days: int  # that runs are kept
    month: MonthShown | None
