"""Writes about helpers: registered, paused, certified, blocked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.help.supply.core.helpers import CERTIFICATES, RADIUS_METRES_MAX, RADIUS_METRES_MIN, Slot, bad_skill, bad_slot, good_point
from linli.help.supply.models import BlockedPair, Certificate, Helper
from linli.help.supply.models import Refused as RefusedRow
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.step import Step


@dataclass(frozen=True, slots=True)
class NewHelper:
    """A volunteer to be registered."""

    person: UUID
    place: str
    skills: tuple[str, ...]
    radius_metres: int
    languages: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    sex: str = ""
    minor: bool = False
    lat_micro: int | None = None
    lon_micro: int | None = None


def check(new: NewHelper) -> None:
    """Raise Refused(INPUT_INVALID) naming the field that can not be."""
    if not new.skills or bad_skill(new.skills):
        raise Refused(Refusal.INPUT_INVALID, field="skills")
    if bad_slot(new.slots):
        raise Refused(Refusal.INPUT_INVALID, field="slots")
    if not RADIUS_METRES_MIN <= new.radius_metres <= RADIUS_METRES_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="radius_metres")
    if not good_point(new.lat_micro, new.lon_micro):
        raise Refused(Refusal.INPUT_INVALID, field="point")


def register_many(s: Step, helpers: Sequence[NewHelper]) -> None:
    """Register volunteers in bulk, by the same rules; raises for the first bad one and registers none."""
    for new in helpers:
        check(new)
    Helper.objects.bulk_create(
        [
            Helper(
                person=n.person, place_code=n.place, skills=list(n.skills), languages=list(n.languages), slots=[list(x) for x in n.slots],
                radius_metres=n.radius_metres, sex=n.sex, minor=n.minor, lat_micro=n.lat_micro, lon_micro=n.lon_micro, joined_at=s.now,
            )
            for n in helpers
        ],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["person"],
        # Somebody who moved is looked for where they live now.
        update_fields=["place_code", "skills", "languages", "slots", "radius_metres", "sex", "minor", "lat_micro", "lon_micro"],
    )  # fmt: skip


def register(s: Step, new: NewHelper) -> None:
    """Register one volunteer, or change what they offered before."""
    register_many(s, [new])


def set_paused(s: Step, person: UUID, paused: bool) -> None:
    """Pause or take up helping again. Raises NotFound."""
    if not Helper.objects.filter(pk=person).update(paused=paused):
        raise NotFound


def certify(s: Step, person: UUID, *, kind: str, number: str, valid_until: date, checked_by: UUID) -> None:
    """Record a certificate a worker has seen. Raises Refused(INPUT_INVALID, INPUT_MISSING, TIME_PAST), NotFound."""
    if kind not in CERTIFICATES:
        raise Refused(Refusal.INPUT_INVALID, field="kind")
    if not number.strip():
        raise Refused(Refusal.INPUT_MISSING, field="number")
    if valid_until <= s.now.date():
        raise Refused(Refusal.TIME_PAST, field="valid_until")
    if not Helper.objects.filter(pk=person).exists():
        raise NotFound
    hashed = hashlib.sha256(f"{kind}\n{number.strip()}".encode()).hexdigest()
    Certificate.objects.update_or_create(
        helper_id=person, kind=kind, number_hash=hashed,
        defaults={"valid_until": valid_until, "checked_by": checked_by, "recorded_at": s.now},
    )  # fmt: skip


def block(s: Step, person: UUID, other: UUID) -> None:
    """Let no visit be arranged between two people any more. Raises Refused(INPUT_INVALID) for oneself."""
    if person == other:
        raise Refused(Refusal.INPUT_INVALID, field="other")
    BlockedPair.objects.get_or_create(person=person, other=other, ended_at=None, defaults={"at": s.now})


def unblock(s: Step, person: UUID, other: UUID) -> None:
    """Take back one's own block. Raises NotFound."""
    if not BlockedPair.objects.filter(person=person, other=other, ended_at=None).update(ended_at=s.now):
        raise NotFound


def remember_refusal(s: Step, helper: UUID, service: str, reason: str) -> None:
    """Remember that a helper declined a service."""
    RefusedRow.objects.create(helper=helper, service=service, reason=reason[:120], at=s.now)
