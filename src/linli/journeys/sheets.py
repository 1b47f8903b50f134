"""Need-code sheets: issue one for a building or a household, take it out of use."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.ground.places import reads as places
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.journeys.corridor import step
from linli.kernel.actor import Actor
from linli.kernel.errors import Refusal, Refused


def issue(actor: Actor, place: str, label: str, key: str, household: UUID | None = None) -> dict[str, Any]:
    """Issue a sheet for a community, building or household; return {"sheet", "token"}: the token goes into the QR and is kept as a hash.

    Raises NotAllowed outside one's place, Refused(PLACE_UNKNOWN).
    """
    if places.checked(place).level < 5:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    inputs = {"place": place, "label": label, "household": str(household) if household else None}
    with step(actor, key, "sheet.issue", inputs, place=place) as s:
        if s.answer is not None:
            return s.answer
        sheet, token = needs.issue_sheet(s, place, label, household=household)
        return s.done({"sheet": str(sheet), "token": token}, secret=["token"])


def revoke(actor: Actor, sheet: UUID, key: str) -> dict[str, Any]:
    """Take a sheet out of use. Raises NotFound, NotAllowed outside one's place."""
    row = needs_reads.sheet(sheet)
    with step(actor, key, "sheet.revoke", {"sheet": str(sheet)}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        needs.revoke_sheet(s, sheet)
        return s.done({"sheet": str(sheet)})
