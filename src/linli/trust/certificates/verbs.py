"""Writes of the certificates room: issue, revoke."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import connection
from django.db.models import Max

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.trust.certificates import keys
from linli.trust.certificates.core.document import LIST_FULL, STATUS_BITS, Served, Service, credential, signed, text_of
from linli.trust.certificates.models import REASONS, Certificate

DAY = timedelta(days=1)
ISSUE_LOCK = 0x6C696E63657274  # one certificate is issued after the other: places are drawn and days counted without a race


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


def _free_place() -> tuple[int, int]:
    """Return (list, index) of a place in the lists of statuses that nobody has: drawn, so that it says nothing about anybody."""
    number = Certificate.objects.aggregate(last=Max("status_list"))["last"] or 1
    if Certificate.objects.filter(status_list=number).count() >= LIST_FULL:
        number += 1
    while True:  # at least every second place is free
        index = secrets.randbelow(STATUS_BITS)
        if not Certificate.objects.filter(status_list=number, status_index=index).exists():
            return number, index


def issue(s: Step, new: New, seal: Callable[[str], bytes], *, day_max: int) -> UUID:
    """Issue and sign a certificate; `seal` seals its text under the person's key. Returns its id.

    Raises Refused(NOTHING_TO_CERTIFY) where nothing was done in these days, TOO_MANY_TODAY after `day_max` of them within a day.
    """
    if not new.served:
        raise Refused(Refusal.NOTHING_TO_CERTIFY, field="since")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ISSUE_LOCK])
    if Certificate.objects.filter(person=new.person, issued_at__gt=s.now - DAY).count() >= day_max:
        raise Refused(Refusal.TOO_MANY_TODAY, count=day_max)
    service = Service(new_id(s.now), new.name, new.since, new.until, new.place, new.organiser, new.served, *_free_place())
    did = keys.did()
    text = text_of(signed(credential(service, did=did, site=keys.site(), at=s.now), keys.seed(), did=did, at=s.now))
    digest = sha256(text.encode()).hexdigest()
    row = Certificate(
        id=service.id, person=new.person, place_code=new.place, since=new.since, until=new.until, minutes=service.minutes, visits=service.visits,
        status_list=service.status_list, status_index=service.status_index, digest=digest, document=seal(text), issued_at=s.now, issued_by=s.actor.ref,
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
