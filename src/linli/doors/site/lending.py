"""What may be borrowed, as pages of every door show it: things with their week, the form of a wish, what is free for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from linli.doors.site.lending_words import ICONS, THINGS, WHY_NOT
from linli.doors.site.templatetags.linli import SHANGHAI, day_of, minutes, phrases
from linli.doors.site.terms import CERTIFICATES, WEEKDAYS, say
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.help.supply import lending
from linli.help.supply.lending import BookingRow, DayFree, ThingRow
from linli.journeys.borrow import Wish
from linli.journeys.loans import Choices
from linli.kernel.errors import Refusal, Refused

WEEK = 7
DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60)
MINUTES = (60, 90, 120, 180, 240, 360, 480)
TIMES = tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in range(7 * 60, 21 * 60 + 1, 30))
USUAL_TIME = "10:00"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of the form of a wish."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day of a thing in words; `free` where anything of it is, `closed` where nobody is there."""

    day: datetime
    weekday: str
    words: str
    free: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class ThingShown:
    """A thing as anybody may see it: no person is in it."""

    id: UUID
    kind: str
    icon: str
    name: str
    place: str
    hours: str
    notes: tuple[str, ...]
    where: str
    units: int
    days: tuple[DayShown, ...]


@dataclass(frozen=True, slots=True)
class ChoiceShown:
    """A thing that is free for a wish: how far, and how many of it are free."""

    thing: ThingShown
    walk_minutes: int | None
    free: int


@dataclass(frozen=True, slots=True)
class WishForm:
    """The form of a wish as it was filled in."""

    by_day: bool
    day: str
    at: str
    day_least: str
    day_most: str
    times: tuple[Option, ...]
    lengths: tuple[Option, ...]
    wished: bool
    said: str  # what was filled in, in words


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def hours_words(hours: Iterable[tuple[int, int, int]]) -> str:
    """Return opening hours as one says them: 周一到周五 9:00–17:00；周六 9:00–12:00."""
    by_day: dict[int, list[str]] = {}
    for weekday, low, high in sorted(hours):
        by_day.setdefault(weekday, []).append(f"{_clock(low)}–{_clock(high)}")
    if not by_day:
        return _("随时")
    runs: list[tuple[int, int, str]] = []
    for weekday, slots in sorted(by_day.items()):
        said = _("、").join(slots)
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == said:
            runs[-1] = runs[-1][0], weekday, said
        else:
            runs.append((weekday, weekday, said))
    days = [
        (_(WEEKDAYS[first]) if first == last else _("%(first)s到%(last)s") % {"first": _(WEEKDAYS[first]), "last": _(WEEKDAYS[last])}, said)
        for first, last, said in runs
    ]
    return phrases(f"{day} {said}" for day, said in days)


def span_words(begin: datetime, end: datetime) -> str:
    """Return a span within a day: 9:00–11:00."""
    low, high = begin.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    return f"{low.hour}:{low:%M}–{'24:00' if high.date() > low.date() else f'{high.hour}:{high:%M}'}"


def _day(row: DayFree, by_day: bool) -> DayShown:
    here = row.begins_at.astimezone(SHANGHAI)
    if not row.is_open:
        words = _("不开")
    elif by_day:
        words = _("空 %(n)s") % {"n": row.units} if row.units else _("满")
    else:
        words = _("、").join(span_words(*span) for span in row.spans) or _("满")
    return DayShown(row.begins_at, _(WEEKDAYS[here.weekday()]), words, bool(row.units if by_day else row.spans), not row.is_open)


def notes_of(row: ThingRow) -> tuple[str, ...]:
    """Return the terms of a thing in words, where it has any."""
    terms = row.terms
    told = (
        (terms.only_group, _("留给独居老人、残疾人等重点照护的人")),
        (bool(terms.certificate), _("要有证书：%(name)s") % {"name": say(CERTIFICATES, terms.certificate) if terms.certificate else ""}),
        (terms.minutes_max is not None, _("最多 %(span)s") % {"span": length_words(terms.minutes_max or 0)}),
        (row.ask_first, _("要出借的社区先点头")),
        (not terms.shared, _("只借给本社区")),
    )
    return tuple(words for holds, words in told if holds)


def length_words(length_minutes: int) -> str:
    """Return a length as one says it: whole days as days, else hours and minutes."""
    return _("%(n)s 天") % {"n": length_minutes // 1440} if length_minutes % 1440 == 0 else minutes(length_minutes)


def thing_shown(row: ThingRow, names: Mapping[str, str], days: Iterable[DayFree] = ()) -> ThingShown:
    """Return a thing in words; `names` gives names of place codes."""
    by_day = lending.known_kinds()[row.kind].value == "day"
    return ThingShown(
        row.id, say(THINGS, row.kind), ICONS[row.kind], row.name, names.get(row.community, row.community), hours_words(row.hours),
        notes_of(row), row.note, len(row.units), tuple(_day(day, by_day) for day in days),
    )  # fmt: skip


def week_shown(rows: Iterable[ThingRow], moment: datetime) -> tuple[ThingShown, ...]:
    """Return things with their next seven days; two queries."""
    found = tuple(rows)
    free = lending.free_days(found, day_of(moment)[0].astimezone(UTC), WEEK, moment)
    names = places.names({row.community for row in found})
    return tuple(thing_shown(row, names, free[row.id]) for row in found)


def choices_shown(choices: Choices) -> tuple[ChoiceShown, ...]:
    """Return what is free for a wish, best first."""
    return tuple(ChoiceShown(thing_shown(c.thing, choices.names), c.walk_minutes, c.free) for c in choices.found)


def not_now_shown(choices: Choices) -> tuple[tuple[ThingShown, str], ...]:
    """Return what is not to be had for a wish, each with the reason."""
    return tuple((thing_shown(row, choices.names), say(WHY_NOT, why)) for row, why in choices.not_now)


def _lengths(rules: Policy, *, by_day: bool) -> tuple[int, ...]:
    if by_day:
        most = rules.days("loan_days_max")
        return tuple(sorted({n for n in DAYS if n <= most} | {most}))
    return tuple(n for n in MINUTES if n <= rules.minutes("room_minutes_max"))


def wish_form(kind: str, data: QueryDict, rules: Policy, moment: datetime) -> WishForm:
    """Return the form of a wish with what was filled in, or what is usual: tomorrow, ten in the morning."""
    by_day = lending.known_kinds()[kind].value == "day"
    today = moment.astimezone(SHANGHAI).date()
    length, at = data.get("length", "7" if by_day else "120"), data.get("at", USUAL_TIME)
    lengths = tuple(Option(str(n), length_words(n * 1440 if by_day else n), str(n) == length) for n in _lengths(rules, by_day=by_day))
    day = data.get("day", (today + timedelta(days=1)).isoformat())
    return WishForm(
        by_day, day, at, today.isoformat(), (today + timedelta(days=rules.days("loan_ahead_days_max"))).isoformat(),
        tuple(Option(t, t.removeprefix("0"), t == at) for t in TIMES), lengths, "day" in data,
        _said(day, at, next((o.label for o in lengths if o.chosen), "")),
    )  # fmt: skip


def _said(day: str, at: str, length: str) -> str:
    try:
        here = date.fromisoformat(day)
    except ValueError:
        return ""
    return _("%(day)s %(at)s 起，%(length)s") % {"day": _day_words(here), "at": at.removeprefix("0"), "length": length}


def read_wish(kind: str, data: QueryDict, *, thing: UUID | None = None, for_person: UUID | None = None) -> Wish:
    """Return the wish that a form was filled in with. Raises Refused(INPUT_MISSING, INPUT_INVALID) naming the field."""
    day, at, length = (str(data.get(field, "")).strip() for field in ("day", "at", "length"))
    missing = next((field for field, value in (("day", day), ("at", at), ("length", length)) if not value), None)
    if missing:
        raise Refused(Refusal.INPUT_MISSING, field=missing)
    twice = next((field for field in ("day", "at", "length") if len(data.getlist(field)) > 1), None)
    if twice:
        raise Refused(Refusal.INPUT_INVALID, field=twice)
    if at not in TIMES:
        raise Refused(Refusal.INPUT_INVALID, field="at")
    try:
        begin = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(Refusal.INPUT_INVALID, field="day") from None
    if not (length.isascii() and length.isdigit()) or not 0 < int(length[:6]) <= 100_000:
        raise Refused(Refusal.INPUT_INVALID, field="length")
    by_day = lending.known_kinds()[kind].value == "day"
    try:
        return Wish(
            kind, begin, begin + (timedelta(days=int(length[:6])) if by_day else timedelta(minutes=int(length[:6]))), thing, for_person
        )
    except OverflowError:
        raise Refused(Refusal.TIME_TOO_FAR, field="day") from None


def booking_when(row: BookingRow) -> str:
    """Return when a booking is, in words: by the hour within a day, else from day to day."""
    low, high = row.begins_at.astimezone(SHANGHAI), row.ends_at.astimezone(SHANGHAI)
    if row.manner.value == "hour":
        return f"{_day_words(low)} {span_words(row.begins_at, row.ends_at)}"
    return _("%(begin)s 取，%(end)s 还") % {"begin": f"{_day_words(low)} {low:%H:%M}", "end": f"{_day_words(high)} {high:%H:%M}"}


def _day_words(here: date) -> str:
    return _("%(month)s月%(day)s日") % {"month": here.month, "day": here.day}
