"""What every page knows: who looks, how it is shown, whom to call, how long the list of notices is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from linli.doors.site.who import actor_of, view_of
from linli.ground.steps.reads import now
from linli.journeys.plans import policy_at


@dataclass(frozen=True, slots=True)
class Phones:
    """Whom to call where the reader lives: the community, and the numbers for what cannot wait."""

    community: str
    police: str
    fire: str
    ambulance: str


def phones_at(place: str) -> Phones:
    """Return whom to call at a place, by the policy in force there."""
    rules = policy_at(place, now())
    names = ("community_phone", "emergency_police", "emergency_fire", "emergency_ambulance")
    return Phones(*(rules.text(name) for name in names))


def _phones(request: HttpRequest) -> Callable[[], Phones]:
    # Asked for by a template only; a page without the footer costs no query. What is refused before anybody is known has no home.
    return cache(lambda: phones_at((actor_of(request).home if hasattr(request, "user") else None) or ""))


def page(request: HttpRequest) -> dict[str, object]:
    """Return `view` (elder, look, language), `demo`, the path to come back to, whom to call and the form that was refused, if one was."""
    here = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
    return {
        "view": view_of(request), "demo": settings.LINLI_DEMO, "here": here, "phones": _phones(request),
        "problem": getattr(request, "linli_problem", None),
    }  # fmt: skip
