"""Writes of the certificates room: issue, revoke."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.trust.certificates import keys
from linli.trust.certificates.core.document import STATUS_BITS, Served, Service, credential, signed, text_of
from linli.trust.certificates.models import REASONS, Certificate

TRIES = 64  # to draw a free place in the list of statuses


@dataclass(frozen=True, slots=True)
class New:
    """What a certificate is to say: whose, of which days, where, and what they did."""

    person: UUID
    name: str
    since: date
    until: date
    place: str
    organiser: str
    served: tuple[Served, ...]


def _free_index() -> int:
    for _ in range(TRIES):
        index = secrets.randbelow(STATUS_BITS)
        if not Certificate.objects.filter(status_index=index).exists():
            return index
    raise Refused(Refusal.INPUT_INVALID, field="status")


def issue(s: Step, new: New, seal: Callable[[str], bytes]) -> UUID:
    """Issue and sign a certificate; `seal` seals its text under the person's key. Returns its id.

    Raises Refused(NOTHING_TO_CERTIFY) where nothing was done in these days.
    """
    service = Service(new_id(s.now), new.name, new.since, new.until, new.place, new.organiser, new.served, _free_index())
    if not service.minutes:
        raise Refused(Refusal.NOTHING_TO_CERTIFY, field="since")
    did = keys.did()
    text = text_of(signed(credential(service, did=did, site=keys.site(), at=s.now), keys.seed(), did=did, at=s.now))
    digest = sha256(text.encode()).hexdigest()
    row = Certificate(
        id=service.id, person=new.person, place_code=new.place, since=new.since, until=new.until, minutes=service.minutes, visits=service.visits,
        status_index=service.status_index, digest=digest, document=seal(text), issued_at=s.now, issued_by=s.actor.ref,
    )  # fmt: skip
    row.save(force_insert=True)
    s.record("certificate:issued", place=new.place[:12], payload={"certificate": str(service.id), "digest": digest})
    return service.id


def revoke(s: Step, certificate: UUID, why: str) -> None:
    """Revoke a certificate: it stays, and its status says so to everybody who asks. Raises NotFound, Refused(STATE_FORBIDS, INPUT_INVALID)."""
    if why not in REASONS:
        raise Refused(Refusal.INPUT_INVALID, field="why")
    row = Certificate.objects.filter(pk=certificate).values_list("place_code", "digest").first()
    if row is None:
        raise NotFound("certificate")
    if not Certificate.objects.filter(pk=certificate, revoked_at=None).update(revoked_at=s.now, revoked_why=why, revoked_by=s.actor.ref):
        raise Refused(Refusal.STATE_FORBIDS)
    s.record("certificate:revoked", place=row[0][:12], payload={"certificate": str(certificate), "digest": row[1], "why": why})
