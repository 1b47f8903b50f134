"""Letting somebody who is on the register sign in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.kernel.actor import Actor


def open_account(actor: Actor, person: UUID, password: str | None, key: str) -> dict[str, Any]:
    """Let `person` sign in: with `password`, or (None) by one-time code only; return {"person"}.

    Raises NotFound for an unknown person, NotAllowed outside the actor's place, Refused(PASSWORD_WEAK).
    """
    card = people_reads.card(person, now())
    # The password is no input of the key: neither it nor anything made from it may stand in a table of answers.
    with step(actor, key, "person.enter", {"account": str(person)}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        people.open_account(s, person, password)
        return s.done({"person": str(person)})
