"""The street board: what came up, objections, declared services."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city.pages import DeclaredLine, ObjectionLine, StreetPage
from linli.doors.city.scope import checked, street_of
from linli.doors.site.desk import frame_of, policy_at, with_query
from linli.doors.site.forms import go_back, key_of, shown_again, text_of
from linli.doors.site.who import actor_of
from linli.doors.worker.invite import lacks_at, lacks_of
from linli.doors.worker.lists import ROWS, figures_of, offset_of, row_of
from linli.doors.worker.pages import Pager
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.needs.reads import ObjectionRow
from linli.journeys import answer

RISEN = ("street", "city")


def _objections(rows: tuple[ObjectionRow, ...], names: dict[str, str], moment: datetime) -> tuple[ObjectionLine, ...]:
    cards = needs.needs([row.need for row in rows], moment) if rows else {}
    return tuple(
        ObjectionLine(
            reverse("worker:need", args=[row.need]), cards[row.need].number, names.get(row.place, row.place), row.reason, row.made_at,
            int((row.due_at - moment).total_seconds()),
        )
        for row in rows
        if row.need in cards
    )  # fmt: skip


def street_page(request: HttpRequest, place: str, moment: datetime) -> StreetPage:
    """Gather the board of a street or a wider place; a constant number of queries."""
    actor, start = actor_of(request), offset_of(request)
    cards = needs.work_list(place, moment, levels=RISEN, offset=start, limit=ROWS + 1)
    objections = needs.open_objections(place)
    declared = [row for row in needs.specials_below(place) if row.approved_at is None]
    lacks = lacks_at(place, moment)
    codes = {
        place,
        *(row.community for row in lacks[1]),
        *(c.place for c in cards),
        *(c.community for c in cards),
        *(o.place for o in objections),
        *(d.place for d in declared),
    }
    names = places.names([*codes, *(p.place for p in actor.posts)])
    policy = policy_at(place, moment)
    days = policy.days("stock_days")
    late = sum(1 for card in cards if card.left_s is not None and card.left_s < 0)
    frame = frame_of(request, "street:home", names, counts={"street:home": min(len(cards), ROWS)})
    kept = {"place": request.GET.get("place", "")}
    return StreetPage(
        frame=frame,
        place=place,
        place_name=names.get(place, place),
        rows=tuple(row_of(card, _with_community(names, card.place, card.community)) for card in cards[:ROWS]),
        pager=Pager(
            with_query(request.path, **kept) if start else "",
            with_query(request.path, **kept, **{"from": str(start + ROWS)}) if len(cards) > ROWS else "",
        ),
        objections=_objections(objections, names, moment),
        declared=tuple(
            DeclaredLine(_(d.service.name), d.service.code, names.get(d.place, d.place), d.place, d.declared_at) for d in declared
        ),
        figures=figures_of(needs.counts(place, moment - timedelta(days=days), moment), policy),
        figures_days=days,
        late_count=late,
        selected=None,
        back=with_query(reverse("street:home"), **kept),
        lacks=lacks_of(lacks, names),
    )


def _with_community(names: dict[str, str], place: str, community: str) -> dict[str, str]:
    # Above a community, "3 栋" alone says nothing: the community's name stands before it.
    if place == community:
        return names
    return {place: f"{names.get(community, community)} {names.get(place, '')}"}


def _show(request: HttpRequest) -> HttpResponse:
    page = street_page(request, street_of(request), now())
    return render(request, "city/street.html", {"page": page, "frame": page.frame})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what came up to the actor's street."""
    return _show(request)


@require_POST
@shown_again(_show)
def approve(request: HttpRequest) -> HttpResponse:
    """Approve a special service a community declared. Raises NotFound for a community of somebody else."""
    actor = actor_of(request)
    place = checked(actor, text_of(request, "place"))
    answer.approve_service(actor, text_of(request, "service"), place, key_of(request))
    messages.success(request, _("已同意，居民现在就能选。"))
    return go_back(request, reverse("street:home"))


@require_GET
def communities(request: HttpRequest) -> HttpResponse:
    """Lead to the list of the actor's own place."""
    return redirect("street:place", place=street_of(request))
