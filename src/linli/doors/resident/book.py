"""The time book: what stands in it, every line, and the receipt behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.resident.says import LINES
from linli.doors.site.terms import say
from linli.doors.site.who import actor_of, home_of, person_of, rules_of
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import Refusal, Refused
from linli.value.timebank import reads as timebank

PAGE_SIZE = 30
SEQ_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of the book with what it was for."""

    row: timebank.BookLine
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class BookPage:
    """One's time book: what stands in it, the newest lines (`older` leads on), the rules in force, and whose it is when printed."""

    book: timebank.Book
    lines: tuple[LineShown, ...]
    older: int | None
    empty: bool
    cap_minutes: int
    seed_minutes: int
    name: str
    place: str
    printed_at: datetime


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > SEQ_DIGITS_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="before")
    return int(text)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show one's time book, newest lines first."""
    actor, person, moment = actor_of(request), person_of(request), now()
    rows = timebank.lines(person, before=_before(request), limit=PAGE_SIZE)
    lines, known = [], visits.visits({row.visit for row in rows if row.visit})
    for row in rows:
        service = needs.service(known[row.visit].service) if row.visit in known else None
        lines.append(LineShown(row, say(LINES, row.kind.value), _(service.short) if service else ""))
    home = home_of(request)
    rules, book = rules_of(request, home)[home], timebank.book(person, moment)
    shown = people.disclose(actor, [person], wanted=frozenset({DataClass.NAME}), purpose=Purpose.SELF, now=moment)[person]
    page = BookPage(
        book=book, lines=tuple(lines), older=rows[-1].seq if len(rows) == PAGE_SIZE else None, empty=not rows and not book.available_minutes,
        cap_minutes=rules.minutes("hours_cap_minutes"), seed_minutes=rules.minutes("seed_minutes"), name=shown.name or "",
        place=places.near(home[:12]), printed_at=moment,
    )  # fmt: skip
    return render(request, "resident/book.html", {"page": page, "tab": "book"})
