"""Bearer tokens for programs: signed, short-lived, dead as soon as the account is closed or its password changes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.http import HttpRequest
from ninja.security import HttpBearer

from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.kernel.actor import Actor, Channel

SALT = "linli.api.token"
LIVES = timedelta(hours=12)


def issue(person: UUID) -> str:
    """Return a token for `person`, good for LIVES."""
    return signing.dumps({"p": str(person), "v": people.sign_in_version(person)}, salt=SALT, compress=True)


class Bearer(HttpBearer):
    """`Authorization: Bearer …`, as issued by POST /api/v1/tokens."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor behind a token, or None where it is forged, too old, or no longer good."""
        try:
            said = signing.loads(token, salt=SALT, max_age=LIVES)
            person = UUID(said["p"])
        except (signing.BadSignature, KeyError, TypeError, ValueError):
            return None
        version = people.sign_in_version(person)
        if not version or said.get("v") != version:
            return None
        return people.actor_of(person, now(), channel=Channel.API)
