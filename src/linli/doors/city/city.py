"""The city board: all districts, the record and the pool."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.doors.city.pages import RecordPage
from linli.doors.city.places import places_page
from linli.doors.city.scope import checked, own_place
from linli.doors.city.screen import CITY_ROLES, screen_page
from linli.doors.site.desk import frame_of
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.kernel.errors import NotFound
from linli.trust.evidence import reads as evidence
from linli.trust.evidence.reads import CheckpointView
from linli.value.ledger import reads as ledger


def _place(request: HttpRequest) -> str:
    actor, asked = actor_of(request), request.GET.get("place", "")
    return checked(actor, asked, CITY_ROLES) if asked else own_place(actor, CITY_ROLES)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the districts of the actor's city."""
    page = places_page(request, _place(request), "city:home", now())
    return render(request, "city/places.html", {"page": page, "frame": page.frame})


@require_GET
def screen(request: HttpRequest) -> HttpResponse:
    """Show the actor's city, or `?place=` below it, for looking from five metres: few things, large."""
    return render(request, "city/screen.html", {"page": screen_page(request, _place(request), now())})


def _checkpoint() -> CheckpointView | None:
    try:
        return evidence.checkpoint()
    except NotFound:
        return None


@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Show the evidence log and what the time bank owes, for the actor's city."""
    actor, place = actor_of(request), _place(request)
    names = places.names([place, *(p.place for p in actor.posts)])
    state, signed = evidence.state(), _checkpoint()
    rows = {row.kind: row for row in ledger.trial_balance(place) if row.unit.value == "minute"}
    pool, books = rows.get("pool"), rows.get("book")
    page = RecordPage(
        frame=frame_of(request, "city:record", names),
        place=place,
        place_name=names.get(place, place),
        size=state.published,
        waiting=state.size - state.published + state.waiting,
        published_at=state.published_at,
        origin=signed.origin if signed else "",
        root=signed.root.hex() if signed else "",
        note=signed.note if signed else "",
        issued_minutes=pool.debits_posted if pool else 0,
        returned_minutes=pool.credits_posted if pool else 0,
        books=books.accounts if books else 0,
        in_books_minutes=books.credits_posted - books.debits_posted if books else 0,
        promised_minutes=(pool.debits_pending if pool else 0) + (books.debits_pending if books else 0),
    )
    return render(request, "city/record.html", {"page": page, "frame": page.frame})
