"""The time book: what stands in it, every line, and the receipt behind each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.resident.says import LINES
from linli.doors.site.terms import say
from linli.doors.site.who import person_of
from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys.plans import policy_at
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


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > SEQ_DIGITS_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="before")
    return int(text)


@require_GET
def book(request: HttpRequest) -> HttpResponse:
    """Show one's time book, newest lines first."""
    person, moment = person_of(request), now()
    rows = timebank.lines(person, before=_before(request), limit=PAGE_SIZE)
    lines, known = [], visits.visits({row.visit for row in rows if row.visit})
    for row in rows:
        service = needs.service(known[row.visit].service) if row.visit in known else None
        lines.append(LineShown(row, say(LINES, row.kind.value), _(service.short) if service else ""))
    rules = policy_at(people.card(person, moment).place, moment)
    context = {
        "book": timebank.book(person, moment), "lines": lines, "older": rows[-1].seq if len(rows) == PAGE_SIZE else None,
        "cap_minutes": rules.minutes("hours_cap_minutes"), "seed_minutes": rules.minutes("seed_minutes"), "tab": "book",
    }  # fmt: skip
    return render(request, "resident/book.html", context)
