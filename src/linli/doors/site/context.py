"""What every page knows: who looks, how it is shown, whom to call, how long the list of notices is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from linli.doors.site.who import actor_of, rules_of, view_of
from linli.ground.policy.reads import Policy


@dataclass(frozen=True, slots=True)
class Phones:
    """Whom to call where the reader lives: the community, and the numbers for what cannot wait."""

    community: str
    police: str
    fire: str
    ambulance: str


def phones_of(rules: Policy) -> Phones:
    """Return whom to call where a policy is in force."""
    names = ("community_phone", "emergency_police", "emergency_fire", "emergency_ambulance")
    return Phones(*(rules.text(name) for name in names))


def _phones(request: HttpRequest) -> Callable[[], Phones]:
    def phones() -> Phones:
        # What is refused before anybody is known has no home.
        home = (actor_of(request).home if hasattr(request, "user") else None) or ""
        return phones_of(rules_of(request, home)[home])

    return cache(phones)  # asked for by a template only; a page without the footer costs no query


def page(request: HttpRequest) -> dict[str, object]:
    """Return `view` (elder, look, language), `demo`, the path to come back to, whom to call and the form that was refused, if one was."""
    here = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
    return {
        "view": view_of(request), "demo": settings.LINLI_DEMO, "here": here, "phones": _phones(request),
        "problem": getattr(request, "linli_problem", None),
    }  # fmt: skip
