"""Who is behind a request, and how their pages look."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language

from linli.ground.people import reads as people
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.journeys.plans import policies_at
from linli.kernel.actor import STAFF, Actor, Channel, Role
from linli.kernel.errors import Refusal, Refused

LOOKS = ("auto", "light", "dark")


def signed_in_person(request: HttpRequest) -> UUID | None:
    """Return the id of the signed-in person, or None."""
    return request.user.pk if request.user.is_authenticated else None


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of this request, with posts read anew: a post taken away is gone at the next request."""
    known: Actor | None = getattr(request, "linli_actor", None)
    if known is None:
        channel = Channel.API if request.path.startswith("/api/") else Channel.WEB
        signed_in = request.user.is_authenticated
        known = people.actor_behind(request.user, channel=channel) if signed_in else Actor("anonymous", None, channel)
        request.linli_actor = known  # type: ignore[attr-defined]
    return known


def wards_of(request: HttpRequest) -> tuple[UUID, ...]:
    """Return those whom the signed-in person acts for; read together with the account."""
    return people.wards_behind(request.user) if request.user.is_authenticated else ()


def rules_of(request: HttpRequest, *places: str) -> dict[str, Policy]:
    """Return the policy in force at `places` now, read once for a whole page: that of the reader's home comes along, for the footer."""
    known: dict[str, Policy] = getattr(request, "linli_rules", {})
    if not known.keys() >= set(places):
        # What is refused before anybody is known has no home.
        home = (actor_of(request).home if hasattr(request, "user") else None) or ""
        known = known | policies_at({*places, home}, now())
        request.linli_rules = known  # type: ignore[attr-defined]
    return known


def person_of(request: HttpRequest) -> UUID:
    """Return the signed-in person. Raises Refused(SIGN_IN_FIRST)."""
    person = actor_of(request).person
    if person is None:
        raise Refused(Refusal.SIGN_IN_FIRST)
    return person


def home_of(request: HttpRequest) -> str:
    """Return the place code of the signed-in person's home. Raises Refused(SIGN_IN_FIRST)."""
    person_of(request)
    return actor_of(request).home or ""


@dataclass(frozen=True, slots=True)
class View:
    """How a page is shown to this visitor."""

    elder: bool
    look: str
    language: str
    html_class: str


def view_of(request: HttpRequest) -> View:
    """Return elder view, light or dark, and language from the visitor's own choice (a cookie; no account needed)."""
    elder = request.COOKIES.get("linli_elder") == "1"
    look = request.COOKIES.get("linli_look", "auto")
    look = look if look in LOOKS else "auto"
    classes = [name for name, on in (("elder", elder), (look, look != "auto")) if on]
    return View(elder, look, get_language() or "zh-hans", " ".join(classes))


def staff_place(actor: Actor, role: Role | None = None) -> str | None:
    """Return the place code of the actor's first staff post (of `role`, where given)."""
    return next((p.place for p in actor.posts if (p.role is role if role else p.role in STAFF)), None)
