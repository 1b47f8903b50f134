"""What may be borrowed in a community, for anybody: what there is and when it is free. Nobody's name, and not who has it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.doors.site.lending import ThingShown, week_shown
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.kernel.errors import NotFound

COMMUNITY_DIGITS = 12


@dataclass(frozen=True, slots=True)
class LendsPage:
    """What a community lends, with its week, and what those that share with it lend."""

    place_name: str
    own: tuple[ThingShown, ...]
    others: tuple[ThingShown, ...]
    alliance: str


@require_GET
def things(request: HttpRequest, place: str) -> HttpResponse:
    """Show what a community lends; a constant number of queries."""
    if len(place) != COMMUNITY_DIGITS or not (place.isascii() and place.isdigit()):
        raise NotFound
    moment = now()
    name = places.names([place]).get(place)
    if name is None:
        raise NotFound
    allied = lending.alliances(place, moment)
    members = allied[0].members if allied else (place,)
    rows = [row for row in lending.things_in(members) if row.community == place or row.terms.shared]
    shown = {row.id: one for row, one in zip(rows, week_shown(rows, moment), strict=True)}
    page = LendsPage(
        name, tuple(shown[r.id] for r in rows if r.community == place), tuple(shown[r.id] for r in rows if r.community != place),
        allied[0].name if allied else "",
    )  # fmt: skip
    return render(request, "public/things.html", {"page": page})
