"""Programs that act for a person: a token is issued, shown once, listed, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linli.ground.people import seals
from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.journeys import signing
from linli.journeys.corridor import step
from linli.kernel.actor import Actor, Channel
from linli.kernel.errors import NotFound

LIVES = timedelta(days=365)
SIGNED_IN_LIVES = timedelta(hours=12)
PREFIX = "linli_"  # lets scanners for leaked secrets know one when they see it


def _secret(actor: Actor, key: str) -> str:
    # Made from the key, so that a repeated call is answered alike and nothing that opens a door stands in the table of answers.
    return PREFIX + seals.blind_index("program token", f"{actor.ref}\n{key}")


def issue(actor: Actor, person: UUID, label: str, key: str, *, lives: timedelta = LIVES) -> dict[str, Any]:
    """Let a program act as `person`: oneself, or anybody for the operator; return {"id", "token", "until"}.

    Raises NotFound for somebody else and for somebody without an account, Refused(INPUT_MISSING, INPUT_TOO_LONG) for the label.
    """
    if actor.person != person and not actor.ref.startswith("system:"):
        raise NotFound
    secret = _secret(actor, key)
    inputs = {"person": str(person), "label": label, "lives_s": int(lives.total_seconds())}
    with step(actor, key, "token.issue", inputs) as s:
        answer = s.answer
        if answer is None:
            until = s.now + lives
            made = people.issue_token(s, person, label=label, secret=secret, until=until)
            answer = s.done({"id": str(made), "until": until.isoformat()})
    return answer | {"token": secret}


def sign_in(phone: str, password: str, label: str, key: str) -> dict[str, Any]:
    """Issue a short-lived token to a program that knows phone and password. Raises as signing.by_password and `issue`."""
    person = signing.by_password(phone, password)
    return issue(Actor.of_person(person, channel=Channel.API), person, label, key, lives=SIGNED_IN_LIVES)


def revoke(actor: Actor, person: UUID, token: UUID, key: str) -> dict[str, Any]:
    """End a token of `person`: one's own, or anybody's for the operator; return {"id"}. Raises NotFound."""
    if actor.person != person and not actor.ref.startswith("system:"):
        raise NotFound
    with step(actor, key, "token.revoke", {"person": str(person), "token": str(token)}) as s:
        if s.answer is not None:
            return s.answer
        people.revoke_token(s, person, token)
        return s.done({"id": str(token)})


def left_seconds(until: datetime) -> int:
    """Return how long a token still opens something."""
    return max(0, int((until - now()).total_seconds()))
