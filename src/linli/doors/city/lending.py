"""Who shares with whom in a street: alliances, what they lend, who lent to whom, and how the last batches of requests went. Nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city.matching import gap_words
from linli.doors.city.scope import street_of
from linli.doors.site.desk import Frame, frame_of, with_query
from linli.doors.site.forms import choice_of, id_of, key_of, shown_again, text_of
from linli.doors.site.lending import ThingShown, thing_shown
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option
from linli.doors.worker.things import BookingLine, booking_line
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.lending import RoundRow
from linli.journeys import things as lends
from linli.kernel.errors import NotFound, Refusal, Refused

LENT_DAYS = 30
PPB = 1_000_000_000
ROWS_MAX = 200


@dataclass(frozen=True, slots=True)
class MemberShown:
    """A community in an alliance: how much it lends, whether the viewer may let it leave."""

    code: str
    name: str
    things: int


@dataclass(frozen=True, slots=True)
class AllianceShown:
    """An alliance, its members, and the communities that could still join."""

    id: UUID
    name: str
    agreement: str
    formed_at: datetime
    members: tuple[MemberShown, ...]
    may_join: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class StreetThing:
    """A thing of the street, how many of it are with somebody, and where its week is."""

    shown: ThingShown
    out: int
    url: str


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One batch of waiting requests in words."""

    at: datetime
    waiting: int
    offered: int
    units: int
    gap: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class StreetThingsPage:
    """What a street's communities lend and to whom."""

    frame: Frame
    place: str
    place_name: str
    alliances: tuple[AllianceShown, ...]
    free: tuple[Option, ...]
    things: tuple[StreetThing, ...]
    waiting: tuple[BookingLine, ...]
    lent: tuple[tuple[str, str, int], ...]
    lent_days: int
    rounds: tuple[RoundLine, ...]
    back: str


def _gap(row: RoundRow) -> str:
    return gap_words(-((row.value - row.bound) * PPB // row.bound) if row.bound else 0)


def _alliances(
    rows: tuple[lending.AllianceRow, ...], names: Mapping[str, str], things: Mapping[str, int], free: list[str]
) -> tuple[AllianceShown, ...]:
    return tuple(
        AllianceShown(
            a.id, a.name, a.agreement, a.formed_at, tuple(MemberShown(m, names.get(m, m), things.get(m, 0)) for m in a.members),
            tuple(Option(code, names.get(code, code)) for code in free),
        )
        for a in rows
    )  # fmt: skip


def _show(request: HttpRequest) -> HttpResponse:
    actor, moment, place = actor_of(request), now(), street_of(request)
    rows = lending.alliances(place, moment)
    communities = places.codes_below(place, places.COMMUNITY)
    everybody = {*communities, *(m for a in rows for m in a.members)}
    things = lending.things_in([place, *everybody.difference(communities)])[:ROWS_MAX]
    waiting = lending.waiting_in([place])
    lent = lending.lent(everybody, moment - timedelta(days=LENT_DAYS))
    names = places.names({place, *everybody, *(one.borrower for one in lent), *(p.place for p in actor.posts)})
    counted: dict[str, int] = {}
    for row in things:
        counted[row.community] = counted.get(row.community, 0) + len(row.units)
    members = {m for a in rows for m in a.members}
    free = [code for code in communities if code not in members]
    out, frame = lending.out_now(things), frame_of(request, "street:things", names, counts={"street:things": len(waiting)})
    page = StreetThingsPage(
        frame, place, names.get(place, place), _alliances(rows, names, counted, free), tuple(Option(code, names.get(code, code)) for code in free),
        tuple(StreetThing(thing_shown(t, names), out.get(t.id, 0), reverse("worker:thing", args=[t.id]) if t.place.startswith(place) else "") for t in things),
        tuple(booking_line(b, names, here="") for b in waiting),
        tuple((names.get(one.lender, one.lender), names.get(one.borrower, one.borrower), one.n) for one in lent), LENT_DAYS,
        tuple(RoundLine(r.at, r.waiting, r.offered, r.units, _gap(r), r.milliseconds) for r in lending.rounds(everybody)),
        with_query(reverse("street:things"), place=request.GET.get("place", "")),
    )  # fmt: skip
    return render(request, "city/lending.html", {"page": page, "frame": frame})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what the street's communities share; a constant number of queries."""
    return _show(request)


@require_POST
@shown_again(_show)
def form(request: HttpRequest) -> HttpResponse:
    """Enter an alliance of communities on their agreement."""
    communities = request.POST.getlist("community")
    if len(communities) < 2:
        raise Refused(Refusal.INPUT_MISSING, field="communities")
    lends.form_alliance(
        actor_of(request), street_of(request), text_of(request, "name"), text_of(request, "agreement"), communities, key_of(request)
    )
    messages.success(request, _("联盟登记好了，几个社区的东西从现在起可以互相借。"))
    return redirect("street:things")


@require_POST
@shown_again(_show)
def change(request: HttpRequest) -> HttpResponse:
    """Let a community join an alliance or leave it."""
    joins = choice_of(request, "step", ("join", "leave")) == "join"
    community = text_of(request, "community")
    if not (community.isascii() and community.isdigit()):
        raise NotFound
    lends.change_alliance(actor_of(request), id_of(request, "alliance"), community, joins, key_of(request))
    messages.success(request, _("加进来了。") if joins else _("退出了。已经订好的照样算数。"))
    return redirect("street:things")
