"""A resident's own things: what they allow, how pages look, which notices they have read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.journeys.corridor import step
from linli.kernel.actor import Actor
from linli.kernel.disclosure import DataClass
from linli.kernel.errors import Refusal, Refused

AUDIENCES = ("neighbours", "helpers", "public")  # people of the same community; its volunteers; whoever reads a white paper
PURPOSES = ("neighbourliness", "help", "paper")


def _self(actor: Actor) -> UUID:
    if actor.person is None:
        raise Refused(Refusal.SIGN_IN_FIRST)
    return actor.person


def grant(actor: Actor, data_class: str, audience: str, purpose: str, until: datetime | None, key: str) -> dict[str, Any]:
    """Grant an audience one data class for a purpose until a moment (None: until withdrawn); return {"consent"}.

    Raises Refused(INPUT_INVALID) naming the field that is not offered.
    """
    for field, value, known in (
        ("data_class", data_class, tuple(DataClass)),
        ("audience", audience, AUDIENCES),
        ("purpose", purpose, PURPOSES),
    ):
        if value not in known:
            raise Refused(Refusal.INPUT_INVALID, field=field)
    inputs = {"class": data_class, "audience": audience, "purpose": purpose, "until": until.isoformat() if until else None}
    with step(actor, key, "consent.grant", inputs, place=actor.home or "") as s:
        if s.answer is not None:
            return s.answer
        if until is not None and until <= s.now:
            raise Refused(Refusal.TIME_PAST, field="until")
        consent = people.grant_consent(
            s, _self(actor), data_class=DataClass(data_class), audience=audience, purpose=purpose, until=until, place=actor.home or ""
        )
        return s.done({"consent": str(consent)})


def withdraw_consent(actor: Actor, consent: UUID, key: str) -> dict[str, Any]:
    """Withdraw a grant; it holds from the next request on. Raises NotFound where it is not one's own."""
    with step(actor, key, "consent.withdraw", {"consent": str(consent)}, place=actor.home or "") as s:
        if s.answer is not None:
            return s.answer
        people.withdraw_consent(s, _self(actor), consent, place=actor.home or "")
        return s.done({"consent": str(consent)})


def settings(actor: Actor, *, language: str | None = None, elder_view: bool | None = None) -> None:
    """Keep how pages look for a person; doing it twice changes nothing, so it needs no key."""
    with step(actor, None, "person.settings", {}) as s:
        people.change_settings(s, _self(actor), language=language, elder_view=elder_view)


def read_notices(actor: Actor, ids: Collection[UUID]) -> None:
    """Mark notices read; those that are not the actor's are left alone."""
    mine = {row.id for row in people_reads.notices(actor, limit=200)}
    with step(actor, None, "notice.read", {}) as s:
        people.read_notices(s, [pk for pk in ids if pk in mine])
