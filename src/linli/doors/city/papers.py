"""White papers of the city: what is drafted and published, writing one, publishing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city.paper_list import Listed, listed
from linli.doors.city.scope import own_place
from linli.doors.city.screen import CITY_ROLES
from linli.doors.site.desk import Frame, frame_of
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import publish as journey
from linli.kernel.errors import Refusal, Refused
from linli.sight.facts import reads as facts
from linli.sight.papers import reads

MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Offered:
    """A place that a paper can be written of."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PapersPage:
    """What is there, and the form that writes the next one; `start` and `end` are its first and last day."""

    frame: Frame
    place_name: str
    rows: tuple[Listed, ...]
    offered: tuple[Offered, ...]
    start: str
    end: str


@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """Show drafts and published papers of the actor's city and the form for a new one."""
    actor = actor_of(request)
    city = own_place(actor, CITY_ROLES)
    found = places.below(city, places.DISTRICT)
    names = places.names([city, *(p.place for p in actor.posts)])
    start, last = _offered_days(city, now().astimezone(SHANGHAI).date())
    page = PapersPage(
        frame_of(request, "city:home", names), names.get(city, city), listed(reads.editions_below(city)),
        (*(Offered(row.code, row.name) for row in found.rows), Offered(city, names.get(city, city))),
        start.isoformat(), last.isoformat(),
    )  # fmt: skip
    return render(request, "city/papers.html", {"page": page, "frame": page.frame})


def _offered_days(city: str, today: date) -> tuple[date, date]:
    """Return the first and last day that the form offers: the last whole month, or the last thirty days where nothing is that old."""
    last = today.replace(day=1) - timedelta(days=1)
    first, oldest = last.replace(day=1), facts.earliest(city)
    if oldest is not None and oldest.astimezone(SHANGHAI).date() <= first:
        return first, last
    return today - timedelta(days=MONTH_DAYS - 1), today


def _day(request: HttpRequest, field: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(field, ""))
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field=field) from None


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Write a draft and show it. Its last day counts."""
    start, last = _day(request, "start"), _day(request, "end")
    place, why = request.POST.get("place", ""), request.POST.get("why", "")
    made = journey.draft(actor_of(request), place, start, last + timedelta(days=1), why, request.POST.get("key", ""))
    return redirect("public:paper", made["digest"][: reads.SHORT])


@require_POST
def publish(request: HttpRequest, paper: str) -> HttpResponse:
    """Publish a draft and show it as everybody sees it."""
    made = journey.publish(actor_of(request), paper, request.POST.get("key", ""))
    return redirect("public:paper", made["digest"][: reads.SHORT])
