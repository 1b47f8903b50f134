"""Certificates as their person, everybody who checks one, and other programs see them."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from linli.kernel.errors import NotFound
from linli.trust.certificates import keys
from linli.trust.certificates.core.document import (
    NotGenuine,
    check,
    context_document,
    did_document,
    public_of,
    read,
    signed,
    status_credential,
    text_of,
)  # fmt: skip
from linli.trust.certificates.models import Certificate

QR = "linlic1."
TEXT_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A certificate without its words; `document` is sealed."""

    id: UUID
    person: UUID
    place: str
    since: date
    until: date
    minutes: int
    visits: int
    digest: str
    document: bytes
    issued_at: datetime
    revoked_at: datetime | None
    revoked_why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says. `flaw` is "" where the certificate is genuine (core.NotGenuine's word else); then `said` is what it says.

    `revoked_why` is "" while it stands; `known`: our own record has it, letter by letter.
    """

    flaw: str
    said: dict[str, Any]
    known: bool
    revoked_at: datetime | None
    revoked_why: str


def _row(r: Certificate) -> Row:
    return Row(
        r.id, r.person, r.place_code, r.since, r.until, r.minutes, r.visits, r.digest, bytes(r.document), r.issued_at, r.revoked_at, r.revoked_why
    )  # fmt: skip


def of_person(person: UUID, *, limit: int = 30) -> tuple[Row, ...]:
    """Return somebody's certificates, the newest first."""
    return tuple(_row(r) for r in Certificate.objects.filter(person=person).order_by("-issued_at")[:limit])


def certificate(pk: UUID) -> Row:
    """Return one. Raises NotFound."""
    found = Certificate.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("certificate")
    return _row(found)


def did() -> dict[str, Any]:
    """Return the document that says which key signs our certificates."""
    return did_document(keys.did(), public_of(keys.seed()))


def context() -> dict[str, Any]:
    """Return what our own words in a certificate mean."""
    return context_document(keys.site())


def status(number: int, at: datetime) -> dict[str, Any]:
    """Return the signed list `number` of what was revoked. Raises NotFound for a list that has not begun; the first always has."""
    rows = Certificate.objects.filter(status_list=number)
    if number != 1 and not rows.exists():
        raise NotFound("status")
    revoked = list(rows.exclude(revoked_at=None).order_by("status_index").values_list("status_index", flat=True))
    name = keys.did()
    return signed(status_credential(revoked, number, did=name, site=keys.site(), at=at), keys.seed(), did=name, at=at)


def verdict(text: str) -> Verdict:
    """Check a certificate that somebody shows: a file, or the text of its QR code."""
    try:
        document = read(unpack(text) if text.startswith(QR) else text)
        check(document, public_of(keys.seed()), did=keys.did())
    except NotGenuine as error:
        return Verdict(error.flaw, {}, False, None, "")
    found = Certificate.objects.filter(digest=sha256(text_of(document).encode()).hexdigest()).first()
    said = document.get("credentialSubject")
    return Verdict(
        "", said if isinstance(said, dict) else {}, found is not None, found.revoked_at if found else None, found.revoked_why if found else ""
    )  # fmt: skip


def pack(text: str) -> str:
    """Return a certificate's file as the text of a QR code."""
    return QR + urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(text: str) -> str:
    """Return the file behind the text of a QR code. Raises NotGenuine(form)."""
    body = text.removeprefix(QR).strip()
    try:
        inflate = zlib.decompressobj()
        found = inflate.decompress(urlsafe_b64decode(body + "=" * (-len(body) % 4)), TEXT_MAX)
        if not inflate.eof or inflate.unused_data:
            raise NotGenuine("form")
        return found.decode()
    except (ValueError, zlib.error):
        raise NotGenuine("form") from None
