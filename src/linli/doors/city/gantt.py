"""The programme as a chart of time: three phases, what is due when in each area, today. Drawn on the server, in whole units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from linli.doors.city.programme_pages import Band, Gantt, Mark, Row, Tick
from linli.doors.city.programme_words import AREAS, PHASES, STATES
from linli.doors.site.terms import say
from linli.sight.programme import reads as programme
from linli.sight.programme.reads import Standing

LEFT, WIDTH, TOP, ROW, MARK = 150, 1000, 64, 34, 46
BEYOND_DAYS = 80  # the axis goes on a little behind today and behind the last due day


def _x(day: date, first: date, last: date) -> int:
    return LEFT + (day - first).days * (WIDTH - LEFT - 10) // (last - first).days


def chart(standings: Sequence[Standing], today: date) -> Gantt:
    """Return the chart of promises with a due day; those without one stand in the table only."""
    spans = programme.phases()
    first, end = spans[1][0], max(spans[max(spans)][1], today)
    last = end + timedelta(days=BEYOND_DAYS)
    due = [s for s in standings if s.figure.due is not None]
    rows = tuple(
        _row(TOP + place * ROW + ROW // 2, area, [s for s in due if s.figure.area == area], first, last)
        for place, area in enumerate(a for a in AREAS if any(s.figure.area == a for s in due))
    )
    bottom = TOP + len(rows) * ROW
    bands = tuple(
        Band(
            _x(start, first, last), _x(stop, first, last) - _x(start, first, last), say_phase(number),
            f"{start:%Y-%m} – {stop:%Y-%m}", number % 2 == 0,
        )
        for number, (start, stop) in spans.items()
    )  # fmt: skip
    late = sum(s.state == "late" for s in standings)
    words = _("%(n)s 项有期限的承诺，按领域和到期日排开；今天是 %(today)s，%(late)s 项到期没做到。细目见下面的表。") % {
        "n": len(due), "today": today.isoformat(), "late": late,
    }  # fmt: skip
    return Gantt(
        WIDTH, bottom + 26, bottom, LEFT, bands, rows, _ticks(first, last), _x(today, first, last), _("今天 %(d)s") % {"d": today.isoformat()},
        words,
    )  # fmt: skip


def say_phase(number: int) -> str:
    """Return what a phase is called."""
    return _("第%(n)s阶段 %(name)s") % {"n": number, "name": _(PHASES[number])}


def _row(y: int, area: str, standings: Sequence[Standing], first: date, last: date) -> Row:
    marks = []
    days = sorted({s.figure.due for s in standings if s.figure.due is not None and s.figure.due >= first})
    for day in days:
        here = [s.state for s in standings if s.figure.due == day]
        found = [(state, here.count(state)) for state in STATES if state in here]
        for place, (state, count) in enumerate(found):
            x = _x(day, first, last) - place * MARK
            said = _("%(day)s 到期：%(n)s 项%(state)s") % {"day": day.isoformat(), "n": count, "state": say(STATES, state)}
            marks.append(Mark(x, y, state, count, said))
    return Row(y, say(AREAS, area), _x(first, first, last), _x(days[-1], first, last) if days else LEFT, tuple(marks))


def _ticks(first: date, last: date) -> tuple[Tick, ...]:
    ticks, day = [], first
    while day < last:
        ticks.append(Tick(_x(day, first, last), f"{day.year}-{day.month:02}"))
        day = date(day.year + (day.month == 7), 1 if day.month == 7 else 7, 1)
    return tuple(ticks)
