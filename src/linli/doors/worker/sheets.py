"""Need-code sheets: print, count, take out of use. A sheet's token is told once, in the PDF itself, and kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import community_of, frame_of, policy_at
from linli.doors.site.forms import key_of, shown_again, text_of
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option, SheetLine, SheetsPage
from linli.doors.worker.sheet import SHEETS_MAX, PrintSheet, sheets_pdf
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.journeys import sheets as journey
from linli.kernel.actor import STAFF, Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused

NAMED_MAX = 150  # buildings that one form may name; the site takes 200 fields of a form


def sheet_number(pk: UUID) -> str:
    """Return the short number printed on a sheet, by which a caller can name it."""
    return pk.hex[-6:].upper()


def _buildings(community: str) -> tuple[Option, ...]:
    return tuple(Option(b.code, b.name) for b in places.buildings(community))


def _show(request: HttpRequest, **_sheet: object) -> HttpResponse:
    actor, moment, community = actor_of(request), now(), community_of(request)
    rows = needs.sheets_at(community)
    buildings = _buildings(community)
    names = places.names([community, *(r.place for r in rows), *(p.place for p in actor.posts)])
    frame = frame_of(request, "worker:sheets", names)
    live = {r.place for r in rows if r.revoked_at is None and r.household is None}
    page = SheetsPage(
        frame=frame,
        community_name=names.get(community, community),
        rows=tuple(
            SheetLine(
                sheet_number(r.id), names.get(r.place, r.place), r.household is not None, r.issued_at, r.revoked_at,
                reverse("worker:sheet-revoke", args=[r.id]),
            )
            for r in rows
        ),
        buildings=buildings,
        without=tuple(b.value for b in buildings if b.value not in live)[:NAMED_MAX],
        phone=policy_at(community, moment).text("community_phone"),
    )  # fmt: skip
    return render(request, "worker/sheets.html", {"page": page, "frame": frame})


@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    """Show the sheets of a community and the buildings that have none."""
    return _show(request)


def _pdf(community: str, printed: Sequence[PrintSheet]) -> HttpResponse:
    phone = policy_at(community, now()).text("community_phone")
    body = sheets_pdf(printed, community=places.names([community]).get(community, community), phone=phone)
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="linli-need-code.pdf"'
    return answer


def _address(token: str) -> str:
    return f"{settings.LINLI_PUBLIC_URL}{reverse('public:sheet', args=[token])}"


def _wanted_buildings(request: HttpRequest, community: str) -> list[str]:
    # The form names the buildings itself: which of them lack a sheet has changed when the same form comes a second time.
    known, chosen = {b.value for b in _buildings(community)}, request.POST.getlist("place")
    if not chosen or not set(chosen) <= known:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    return chosen[:SHEETS_MAX]


@require_POST
@shown_again(_show)
def issue(request: HttpRequest) -> HttpResponse:
    """Issue sheets for one building, or for every building without one, and answer with the PDF to print."""
    actor, community, key = actor_of(request), community_of(request), key_of(request)
    chosen = _wanted_buildings(request, community)
    names = places.names(chosen)
    printed = []
    for code in chosen:
        # One key per sheet, made from the form's own: a repeated form prints the same codes again.
        made = journey.issue(actor, code, names.get(code, code), f"{key}-{code}")
        printed.append(PrintSheet(names.get(code, code), _address(made["token"]), sheet_number(UUID(made["sheet"]))))
    return _pdf(community, printed)


def _household(actor: Actor, phone: str) -> tuple[UUID, str]:
    person = people.person_by_phone(phone)
    card = people.card(person, now()) if person else None
    if card is None or card.household is None or not actor.holds(Role.WORKER, card.place):
        raise Refused(Refusal.INPUT_INVALID, field="phone")
    return card.household, card.place


@require_POST
@shown_again(_show)
def issue_household(request: HttpRequest) -> HttpResponse:
    """Issue a sheet for the household of a resident found by phone, and answer with the PDF."""
    actor = actor_of(request)
    household, place = _household(actor, text_of(request, "phone"))
    words = _("%(place)s · 一户一码") % {"place": places.names([place]).get(place, place)}
    made = journey.issue(actor, place, words, key_of(request), household=household)
    return _pdf(place[:12], [PrintSheet(words, _address(made["token"]), sheet_number(UUID(made["sheet"])))])


@require_POST
@shown_again(_show)
def revoke(request: HttpRequest, sheet: UUID) -> HttpResponse:
    """Take a sheet out of use. Raises NotFound for a sheet of another place."""
    actor = actor_of(request)
    row = needs.sheet(sheet)
    if not actor.holds_any(STAFF, row.place):
        raise NotFound
    journey.revoke(actor, row.id, key_of(request))
    messages.success(request, _("%(number)s 已停用，扫它会看到社区电话。") % {"number": sheet_number(row.id)})
    return redirect("worker:sheets")
