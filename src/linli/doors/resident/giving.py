"""Giving hours away: whom, how long, one look at what will happen, then it is done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.resident.acting import acted
from linli.doors.site.forms import id_of, key_of, number_of, text_of
from linli.doors.site.who import actor_of, home_of, person_of, rules_of
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import give
from linli.kernel.disclosure import DataClass, Purpose
from linli.value.timebank import reads as timebank

POOL = "pool"
STEPS = (30, 60, 90, 120, 180, 240, 360, 600, 1200)
MINUTES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody hours can be given to: what the form sends, and who that is in words."""

    value: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class GivePage:
    """What can be given to whom; `to` and `minutes` are set where the choice is made and only the yes is missing."""

    available_minutes: int
    whom: tuple[Whom, ...]
    steps: tuple[int, ...]
    to: Whom | None
    minutes: int


def _whom(request: HttpRequest, kin_allowed: bool) -> tuple[Whom, ...]:
    actor, person, moment = actor_of(request), person_of(request), now()
    community = places.near(home_of(request)[:12])
    pool = Whom(POOL, _("%(place)s的时间池") % {"place": community}, _("给没有时间的邻居用"))
    if not kin_allowed:
        return (pool,)
    wards = people.wards_of(person, moment)
    named = people.disclose(actor, wards, wanted=frozenset({DataClass.NAME}), purpose=Purpose.CARE, now=moment) if wards else {}
    own = [Whom(str(ward), named[ward].name or _("一位家人"), _("您替这位家人办事")) for ward in wards]
    others = [Whom(str(kin), _("替您办事的家人"), "") for kin in give.kin_of(person) if kin not in wards]
    return (*own, *others, pool)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show what can be given, or (`to`, `minutes`) what is about to be given."""
    home = home_of(request)
    rules, book = rules_of(request, home)[home], timebank.book(person_of(request), now())
    whom = _whom(request, rules.flag("kin_redeem_allowed"))
    chosen, asked = next((w for w in whom if w.value == request.GET.get("to")), None), request.GET.get("minutes", "")
    own = book.givable_minutes
    minutes = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 6 and 0 < int(asked) <= own else 0
    steps = tuple(sorted({step for step in (*STEPS, own) if 0 < step <= own}))
    page = GivePage(own, whom, steps, chosen if minutes else None, minutes if chosen else 0)
    return render(request, "resident/give.html", {"page": page, "tab": "book"})


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Give the hours."""
    actor, key, minutes = actor_of(request), key_of(request), number_of(request, "minutes", low=1, high=MINUTES_MAX)
    where = reverse("resident:book")
    if text_of(request, "to") == POOL:
        return acted(request, lambda: give.donate(actor, minutes, key), where, _("捐出去了，谢谢您。"))
    receiver: UUID = id_of(request, "to")
    return acted(request, lambda: give.give(actor, receiver, minutes, key), where, _("送到了，已经告诉家人。"))
