"""Bearer tokens for programs: kept as hashes, listed and revoked by their person, dead as soon as the account is closed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja.security import HttpBearer

from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.kernel.actor import Actor, Channel
from linli.kernel.errors import Refusal, Refused


class Bearer(HttpBearer):
    """`Authorization: Bearer …`; a session's cookie opens nothing here, so that no other site can ride on one."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor behind a token, or None where it opens nothing (any more)."""
        person = people.token_owner(token, now())
        return people.actor_of(person, now(), channel=Channel.API) if person is not None else None


def actor_of(request: HttpRequest) -> Actor:
    """Return who the program of this request acts for."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


def own(request: HttpRequest) -> UUID:
    """Return the person of this request. Raises Refused(SIGN_IN_FIRST)."""
    person = actor_of(request).person
    if person is None:
        raise Refused(Refusal.SIGN_IN_FIRST)
    return person


bearer = Bearer()
