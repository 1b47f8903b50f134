"""Which place a board shows: the actor's own, or one below it. Anything else does not exist for them."""

from __future__ import annotations

from django.http import HttpRequest

from linli.doors.site.who import actor_of
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound

UPPER = frozenset({Role.DISPATCHER, Role.CITY})
STREET, DISTRICT, CITY, COMMUNITY, PROVINCE = 9, 6, 4, 12, 2


def own_place(actor: Actor, roles: frozenset[Role]) -> str:
    """Return the widest place where the actor holds one of `roles`. Raises NotFound where there is none."""
    found = sorted((p.place for p in actor.posts if p.role in roles), key=lambda place: (len(place), place))
    if not found:
        raise NotFound
    return found[0]


def checked(actor: Actor, place: str, roles: frozenset[Role] = UPPER) -> str:
    """Return `place` where one of the actor's posts covers it. Raises NotFound else."""
    if not place.isascii() or not place.isdigit() or not actor.holds_any(roles, place):
        raise NotFound
    return place


def street_of(request: HttpRequest) -> str:
    """Return the street (or wider place) a street page shows: `?place=` where covered, else the actor's own."""
    actor, asked = actor_of(request), request.GET.get("place", "")
    return checked(actor, asked) if asked else own_place(actor, UPPER)
