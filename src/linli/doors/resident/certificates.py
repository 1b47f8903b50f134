"""One's own certificates of volunteer service: free, of any days, as a sheet and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.resident.acting import acted, shown_refusal
from linli.doors.site.certificate import sheet_of
from linli.doors.site.forms import choice_of, date_of, key_of
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.who import actor_of, person_of
from linli.ground.steps.reads import now
from linli.journeys import certificates as journey
from linli.kernel.errors import Refused
from linli.trust.certificates import reads as certificates

THIS_YEAR, LAST_YEAR, DAYS = "year", "last", "days"


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    """What was issued, newest first, and the days that a new one begins with: `first` … `today`."""

    rows: tuple[certificates.Row, ...]
    first: date
    today: date


def _today() -> date:
    return now().astimezone(SHANGHAI).date()


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show one's certificates, and what a new one can be of."""
    today = _today()
    page = CertificatesPage(certificates.of_person(person_of(request)), today.replace(month=1, day=1), today)
    return render(request, "resident/certificates.html", {"page": page, "tab": "book"})


def _days(request: HttpRequest) -> tuple[date, date]:
    span, today = choice_of(request, "span", (THIS_YEAR, LAST_YEAR, DAYS)), _today()
    if span == THIS_YEAR:
        return today.replace(month=1, day=1), today
    if span == LAST_YEAR:
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return date_of(request, "since"), date_of(request, "until")


@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Issue one."""
    actor, person, key = actor_of(request), person_of(request), key_of(request)
    try:
        made = journey.issue(actor, person, *_days(request), key)
    except Refused as refused:
        return shown_refusal(request, refused, reverse("resident:certificates"))
    return redirect("resident:certificate", certificate=made["certificate"])


@require_GET
def one(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Show one as it is printed."""
    sheet = sheet_of(*journey.mine(actor_of(request), certificate))
    return render(request, "resident/certificate.html", {"sheet": sheet, "tab": "book"})


@require_GET
def as_file(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Give one as the signed file (a W3C Verifiable Credential)."""
    row, text = journey.mine(actor_of(request), certificate)
    response = HttpResponse(text, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="linli-certificate-{str(row.id)[-12:]}.json"'
    return response


@require_POST
def revoke(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Revoke one's own."""
    actor, key, where = actor_of(request), key_of(request), reverse("resident:certificate", args=[certificate])
    return acted(request, lambda: journey.revoke(actor, certificate, "asked", key), where, _("作废了。谁来核对都看得到。"))
