"""A certificate of volunteer service as it is shown and printed, for its person and for the worker who issued it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from linli.doors.site import qr
from linli.trust.certificates import reads as certificates


@dataclass(frozen=True, slots=True)
class Line:
    """One service on a certificate."""

    name: str
    visits: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a certificate, and the code that anybody can check it by."""

    id: UUID
    name: str
    since: date
    until: date
    minutes: int
    visits: int
    organiser: str
    lines: tuple[Line, ...]
    issued_at: datetime
    revoked_at: datetime | None
    qr: SafeString
    text: str


def sheet_of(row: certificates.Row, text: str) -> Sheet:
    """Return a certificate's sheet out of its signed text."""
    said, packed = json.loads(text)["credentialSubject"], certificates.pack(text)
    lines = tuple(Line(_(one["name"]), one["visits"], one["minutes"]) for one in said["services"])
    address = f"{settings.LINLI_PUBLIC_URL.rstrip('/')}{reverse('public:certificate')}"
    return Sheet(
        row.id, said["volunteer"], row.since, row.until, row.minutes, row.visits, said["organiser"], lines, row.issued_at, row.revoked_at,
        qr.drawn(f"{address}#{packed}"), packed,
    )  # fmt: skip
