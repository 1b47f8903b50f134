"""One's own things: how pages look, who may see what, who looked, family, ways to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.resident.acting import acted
from linli.doors.resident.home import staff_url
from linli.doors.resident.says import AUDIENCES, CLASSES, OFFERED, PURPOSES, ROLES
from linli.doors.site.forms import id_of, json_of, key_of, text_of
from linli.doors.site.templatetags.linli import SHANGHAI, listed
from linli.doors.site.terms import GROUPS, say
from linli.doors.site.who import actor_of, home_of, person_of, wards_of
from linli.ground.people import reads as people
from linli.ground.people.family import FamilyRow, family_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.supply import reads as supply
from linli.journeys import ground, mine, signing
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import Refusal, Refused

STATE = "passkey_register"
LOOKS_SHOWN = 200
ALL = frozenset(DataClass)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a resident can open or close: what, to whom, why; `consent` is the live grant's receipt number."""

    data_class: str
    audience: str
    purpose: str
    what: str
    whom: str
    consent: UUID | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LookShown:
    """Looks of one kind at one's data on one day, in words; `at` is the last of them."""

    who: str
    what: str
    why: str
    at: datetime
    times: int


def _choices(person: UUID, moment: datetime) -> tuple[Choice, ...]:
    live = {
        (row.data_class, row.audience, row.purpose): row
        for row in people.consents_of(person)
        if row.withdrawn_at is None and (row.until is None or row.until > moment)
    }
    found = []
    for offered in OFFERED:
        row = live.get(offered)
        found.append(
            Choice(*offered, say(CLASSES, offered[0]), say(AUDIENCES, offered[1]), row.id if row else None, row.granted_at if row else None)
        )
    return tuple(found)


def _named(shown: Mapping[UUID, people.Shown]) -> tuple[tuple[str, str], ...]:
    return tuple((str(pk), row.name or _("一位邻居")) for pk, row in shown.items())


@dataclass(frozen=True, slots=True)
class MePage:
    """One's own page: what is kept of one, who acts for whom, who may see what, ways to sign in."""

    person: UUID
    shown: people.Shown
    place: str
    groups: tuple[str, ...]
    choices: tuple[Choice, ...]
    wards: tuple[tuple[str, str], ...]
    family: tuple[FamilyRow, ...]
    passkeys: int
    blocked: tuple[tuple[str, str], ...]
    staff_url: str
    secure: bool


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Show one's own page."""
    actor, moment, person = actor_of(request), now(), person_of(request)
    blocked, face = supply.blocked_by(person), frozenset({DataClass.NAME})
    asked = (
        people.Asked((person,), ALL, Purpose.SELF), people.Asked(wards_of(request), face, Purpose.CARE), people.Asked(blocked, face, Purpose.SELF),
    )  # fmt: skip
    (own, wards, others), _words = people.disclose_all(actor, asked, now=moment)
    shown = own[person]
    page = MePage(
        shown=shown, place=places.near(home_of(request)), groups=tuple(say(GROUPS, g.value) for g in shown.groups or ()), choices=_choices(person, moment),
        wards=_named(wards), person=person, family=family_of(person, moment),
        passkeys=len(people.passkeys_of(person)), blocked=_named(others),
        staff_url=staff_url(actor), secure=request.is_secure() or settings.LINLI_RP_ID == "localhost",
    )  # fmt: skip
    return render(request, "resident/me.html", {"page": page, "tab": "me"})


@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """Show who looked at one's data, what and why; looks alike on one day stand in one line."""
    alike: dict[tuple[str, tuple[str, ...], str, date], list[datetime]] = {}
    for r in people.looks_at(person_of(request), limit=LOOKS_SHOWN):
        alike.setdefault((r.viewer_role, r.classes, r.purpose, r.at.astimezone(SHANGHAI).date()), []).append(r.at)
    rows = tuple(
        LookShown(say(ROLES, role), listed(say(CLASSES, c) for c in classes), say(PURPOSES, purpose), max(times), len(times))
        for (role, classes, purpose, _day), times in alike.items()
    )
    return render(request, "resident/looks.html", {"rows": rows, "tab": "me"})


@require_POST
def end_family(request: HttpRequest) -> HttpResponse:
    """End that somebody acts for another: for oneself, or for whom one acted."""
    actor, ward, guardian = actor_of(request), id_of(request, "ward"), id_of(request, "guardian")
    return acted(
        request,
        lambda: ground.end_family(actor, ward, guardian, key_of(request)),
        reverse("resident:me"),
        _("登记已结束，两位都会收到消息。"),
    )


@require_POST
def grant(request: HttpRequest) -> HttpResponse:
    """Open one thing to somebody."""
    actor = actor_of(request)

    def do() -> object:
        wanted = (text_of(request, "data_class"), text_of(request, "audience"), text_of(request, "purpose"))
        if wanted not in OFFERED:
            raise Refused(Refusal.INPUT_INVALID, field="data_class")
        return mine.grant(actor, *wanted, None, key_of(request))

    return acted(request, do, reverse("resident:me"), _("记下了。随时可以收回。"))


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take a grant back."""
    actor = actor_of(request)
    return acted(
        request,
        lambda: mine.withdraw_consent(actor, id_of(request, "consent"), key_of(request)),
        reverse("resident:me"),
        _("收回了，马上起作用。"),
    )


@require_POST
def passkey_begin(request: HttpRequest) -> HttpResponse:
    """Give the browser what it needs to make a passkey."""
    begun = signing.passkey_begin_register(person_of(request))
    request.session[STATE] = begun["state"]
    return JsonResponse(begun["options"])


@require_POST
def passkey_finish(request: HttpRequest) -> HttpResponse:
    """Keep the passkey the browser made; a challenge is good once."""
    state = request.session.pop(STATE, "")
    sent = json_of(request)
    if not isinstance(sent.get("key"), str):
        raise Refused(Refusal.INPUT_MISSING, field="key")
    return JsonResponse(signing.passkey_finish_register(actor_of(request), state, sent, sent["key"]))
