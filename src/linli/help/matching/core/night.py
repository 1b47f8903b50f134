"""Hours in which nobody is asked, and when a day opens: policy's texts read, Beijing time. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

BEIJING = timedelta(hours=8)
NEVER = "-"
MINUTES_A_DAY = 24 * 60


def minute_of(text: str) -> int:
    """Return the minute of the day that 'HH:MM' names."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _minute_here(moment: datetime) -> int:
    here = moment + BEIJING
    return here.hour * 60 + here.minute


def is_quiet(quiet: str, moment: datetime) -> bool:
    """Tell whether `moment` lies in the quiet hours 'HH:MM-HH:MM', which may go over midnight; '-' is never."""
    if quiet == NEVER:
        return False
    begin, end = (minute_of(part) for part in quiet.split("-"))
    minute = _minute_here(moment)
    return begin <= minute < end if begin <= end else minute >= begin or minute < end


def next_at(at: str, moment: datetime) -> datetime:
    """Return the first moment from `moment` on at which it is 'HH:MM'."""
    ahead = (minute_of(at) - _minute_here(moment)) % MINUTES_A_DAY
    whole = moment.replace(second=0, microsecond=0)
    found = whole + timedelta(minutes=ahead)
    return found if found >= moment else found + timedelta(days=1)


def by_day(start: datetime, quiet: str, opens: str) -> datetime:
    """Return when a visit begins that nobody wished for the night: `start`, or once the day opens where that lies before it and after dark."""
    if quiet == NEVER:
        return start
    dark = quiet.split("-", maxsplit=1)[0]
    return next_at(opens, start) if is_quiet(f"{dark}-{opens}", start) else start


def not_over_night(until: datetime, span: timedelta, quiet: str) -> datetime:
    """Return until when somebody waits for a helper who is not asked at night: `until`, or `span` after the quiet hours that it lies in or ends."""
    just_before = until - timedelta(minutes=1)
    return until_day(quiet, just_before) + span if is_quiet(quiet, just_before) else until


def until_day(quiet: str, moment: datetime) -> datetime:
    """Return when the quiet hours end that `moment` lies in."""
    return next_at(quiet.split("-")[1], moment)
