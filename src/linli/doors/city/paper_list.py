"""White papers as they are listed, for the city and for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateformat import format as date_words
from django.utils.translation import pgettext

from linli.doors.site.templatetags.linli import SHANGHAI
from linli.ground.places import reads as places
from linli.sight.papers import reads
from linli.sight.papers.reads import EditionRow


def day_words(day: date) -> str:
    """Show a day with its year: 2026年10月26日."""
    # The message is a date format of Django.
    return date_words(day, pgettext("date", "Y年n月j日"))


def last_day(end: date) -> date:
    """Return the last day of a half-open period."""
    return end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """An edition in the list."""

    name: str
    place: str
    start: str
    end: str
    published_on: str
    corrected_by: str
    corrects: bool
    draft: bool


def listed(rows: tuple[EditionRow, ...]) -> tuple[Listed, ...]:
    """Return editions as listed, with the names their places have now; one query."""
    names = places.names([row.place for row in rows])
    return tuple(
        Listed(
            row.short, names.get(row.place, row.place), day_words(row.start), day_words(last_day(row.end)),
            day_words(row.published_at.astimezone(SHANGHAI).date()) if row.published_at else "",
            row.corrected_by[: reads.SHORT], bool(row.corrects), row.published_at is None,
        )
        for row in rows
    )  # fmt: skip
