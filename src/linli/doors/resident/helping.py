"""Helping others: what one is asked, the visits ahead, and each visit from the door to the confirmed minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.doors.resident.acting import acted, shown_refusal
from linli.doors.resident.says import DECLINES, PARTS
from linli.doors.resident.shown import VisitShown, title_of, visit_lines
from linli.doors.site.forms import choice_of, flag_of, key_of, number_of, shown_again, text_of
from linli.doors.site.templatetags.linli import listed
from linli.doors.site.terms import CERTIFICATES, LANGUAGES, SKILLS, VISIT_TONES, VISITS, WEEKDAYS, WHY, counted, say
from linli.doors.site.who import actor_of, home_of, person_of, rules_of
from linli.doors.site.words import sentence
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.needs.catalogue import Service
from linli.help.supply import reads as supply
from linli.help.visits import reads as visits
from linli.help.visits.reads import OfferRow, VisitRow
from linli.journeys import accept, ask, confirm, helping, visit
from linli.kernel.actor import Actor
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_token
from linli.value.timebank import reads as timebank

MINUTES_MAX = 1440
AHEAD = ("waiting", "booked", "checked_in", "checked_out", "disputed")
DONE = ("confirmed", "settled", "corrected")
RADII_METRES = (500, 1000, 2000, 5000)
SEEN = frozenset({DataClass.NAME, DataClass.PHONE, DataClass.DOOR, DataClass.WORDS})
ALONG = frozenset({DataClass.NAME, DataClass.PHONE})


@dataclass(frozen=True, slots=True)
class OfferShown:
    """What a helper is asked, without a name: what, when, where about, how long, and why just this helper."""

    row: OfferRow
    title: str
    icon: str
    place: str
    why: tuple[str, ...]
    words: str
    together: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What a helper told us about themselves, in words: what they can do, how far they go, when, what they speak, what is certified."""

    paused: bool
    skills: tuple[str, ...]
    radius_metres: int
    free: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]
    certificates: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class HelpPage:
    """What a helper sees first; `registered` is None for somebody who does not help yet."""

    registered: Registered | None
    offers: tuple[OfferShown, ...]
    ahead: tuple[VisitShown, ...]
    past: tuple[VisitShown, ...]
    helped: int
    recent_minutes: int
    earned_minutes: int
    community_waits: int
    declines: tuple[tuple[str, str], ...]


def _offer(row: OfferRow, names: Mapping[str, str], card: needs.NeedCard | None) -> OfferShown:
    title, icon = title_of(row.service)
    urgent = _("急，请尽快回一声。") if card is not None and card.urgent else ""
    two = _("这件事两位一起去；两位都答应了，才算约好。") if card is not None and card.adults > 1 else ""
    return OfferShown(row, title, icon, names.get(row.place, ""), tuple(counted(WHY, code, n) for code, n in row.reasons), urgent, two)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _free(slots: Iterable[tuple[int, int, int]]) -> tuple[tuple[str, str], ...]:
    """Return when a helper is free as (days, hours), days that are alike together; parts of a day by name where they fit."""
    by_day: dict[int, list[str]] = {}
    for day, start, end in sorted(slots):
        parts = [_(words) for _code, words, begin, until in PARTS if start <= begin and until <= end]
        by_day.setdefault(day, []).extend(parts or [f"{_clock(start)}–{_clock(end)}"])
    alike: dict[tuple[str, ...], list[int]] = {}
    for day, hours in by_day.items():
        alike.setdefault(tuple(hours), []).append(day)
    week = len(WEEKDAYS)
    return tuple(
        (_("每天") if len(days) == week else listed(_(WEEKDAYS[day]) for day in days), listed(hours)) for hours, days in alike.items()
    )


def _registered(helper: supply.HelperRow) -> Registered:
    return Registered(
        helper.paused, tuple(say(SKILLS, skill) for skill in helper.skills), helper.radius_metres, _free(helper.slots),
        tuple(_(LANGUAGES[code]) for code in helper.languages if code in LANGUAGES), tuple((say(CERTIFICATES, kind), until) for kind, until in helper.certificates.items()),
    )  # fmt: skip


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what one is asked and what one has promised; to somebody who does not help yet, how to begin."""
    moment, person = now(), person_of(request)
    helper = supply.find(person, moment)
    offers = visits.offers_for(person, moment) if helper else ()
    given = visits.of_helper(person) if helper else ()
    names = places.names([*(o.place for o in offers), *(v.place for v in given)])
    lines = visit_lines(given, names)
    cards = needs.needs([o.need for o in offers], moment) if offers else {}
    book = timebank.book(person, moment)
    page = HelpPage(
        registered=_registered(helper) if helper else None, offers=tuple(_offer(o, names, cards.get(o.need)) for o in offers),
        ahead=tuple(sorted((v for v in lines if v.row.state.value in AHEAD), key=lambda v: v.row.starts_at)),
        past=tuple(v for v in lines if v.row.state.value not in AHEAD), helped=sum(v.row.state.value in DONE for v in lines),
        recent_minutes=book.recent_minutes, earned_minutes=book.earned_minutes,
        community_waits=needs.open_count(home_of(request)[:12]),
        declines=tuple((code, _(words)) for code, words in DECLINES.items()),
    )  # fmt: skip
    return render(request, "resident/help.html", {"page": page, "tab": "help"})


@require_POST
def take(request: HttpRequest, offer: UUID) -> HttpResponse:
    """Accept an offer; what one promised is shown next."""
    try:
        answer = accept.accept(actor_of(request), offer, key_of(request))
    except Refused as refused:
        return shown_refusal(request, refused, reverse("resident:help"))
    return redirect("resident:visit", visit_id=answer["visit"])


@require_POST
def leave(request: HttpRequest, offer: UUID) -> HttpResponse:
    """Decline an offer with a reason one taps; somebody else is asked."""
    actor = actor_of(request)

    def do() -> object:
        return accept.decline(actor, offer, _(DECLINES[choice_of(request, "reason", tuple(DECLINES))]), key_of(request))

    return acted(request, do, reverse("resident:help"), _("好的，我们问别人。谢谢您回一声。"))


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Rest for a while, or begin again."""
    actor, paused = actor_of(request), flag_of(request, "paused")
    said = _("好好歇着，想帮忙了再点一下。") if paused else _("欢迎回来。")
    return acted(request, lambda: helping.pause(actor, paused, key_of(request)), reverse("resident:help"), said)


def _slots(request: HttpRequest) -> tuple[tuple[int, int, int], ...]:
    chosen = set(request.POST.getlist("slot"))
    if not chosen <= {f"{day}-{part[0]}" for day in range(7) for part in PARTS}:
        raise Refused(Refusal.INPUT_INVALID, field="slot")
    return tuple((day, start, end) for day in range(7) for code, _words, start, end in PARTS if f"{day}-{code}" in chosen)


def _languages(request: HttpRequest) -> tuple[str, ...]:
    chosen = tuple(request.POST.getlist("language"))
    if not set(chosen) <= set(LANGUAGES):
        raise Refused(Refusal.INPUT_INVALID, field="language")
    return chosen


def _chosen(request: HttpRequest, helper: supply.HelperRow | None) -> dict[str, object]:
    """Return what the form shows ticked: what was just sent, else what is kept."""
    if request.method == "POST":
        return {name: set(request.POST.getlist(name)) for name in ("skill", "language", "slot")} | {
            "radius": request.POST.get("radius", "")
        }
    if helper is None:
        return {
            "skill": set(request.GET.getlist("skill")),
            "language": set(),
            "slot": {f"{day}-{part[0]}" for day in range(7) for part in PARTS},
            "radius": "1000",
        }
    slots = {f"{day}-{code}" for day, start, end in helper.slots for code, _words, begin, until in PARTS if start <= begin and until <= end}
    return {"skill": set(helper.skills), "language": set(helper.languages), "slot": slots, "radius": str(helper.radius_metres)}


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Become a helper, or change what one offers."""
    person, moment = person_of(request), now()
    helper = supply.find(person, moment)
    radii = tuple(sorted({*RADII_METRES, helper.radius_metres} if helper else RADII_METRES))
    context: dict[str, object] = {
        "helper": helper, "chosen": _chosen(request, helper), "skills": [(c, say(SKILLS, c)) for c in supply.known_skills()],
        "languages": [(c, _(words)) for c, words in LANGUAGES.items()], "radii": [(str(r), r) for r in radii],
        "days": [(day, _(words)) for day, words in enumerate(WEEKDAYS)], "parts": [(code, _(words)) for code, words, _start, _end in PARTS],
        "key": request.POST.get("key") or new_token(), "tab": "help",
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "resident/join.html", context)
    try:
        form = helping.HelperForm(
            tuple(request.POST.getlist("skill")), int(choice_of(request, "radius", tuple(str(r) for r in radii))),
            _languages(request), _slots(request),
        )  # fmt: skip
        (helping.change if helper else helping.join)(actor_of(request), form, key_of(request))
    except Refused as refused:
        return render(request, "resident/join.html", context | {"wrong": sentence(refused), "field": refused.field}, status=422)
    return redirect("resident:help")


@dataclass(frozen=True, slots=True)
class Beside:
    """The neighbour who goes along."""

    name: str
    face: str
    phone: str | None
    here: bool


@dataclass(frozen=True, slots=True)
class DoorPage:
    """One visit as its helper sees it: whom, where, what was written, the list, what comes next."""

    row: VisitRow
    service: Service | None
    title: str
    place: str
    name: str
    face: str
    phone: str | None
    door: str | None
    words: str | None
    ticks: tuple[tuple[int, str, bool], ...]
    all_ticked: bool
    state: str
    tone: str
    waits_for_me: bool
    waits_for_them: bool
    done: bool
    credited_minutes: int | None
    suggested_minutes: int
    now_there: bool
    early_minutes: int
    late_minutes: int
    open_at: datetime
    beside: Beside | None
    begun: bool


def _beside(row: VisitRow, shown: people.Shown) -> Beside:
    name = shown.name or _("一位邻居")
    return Beside(name, name[:1] if shown.name else _("邻"), shown.phone, row.state.value == "checked_in")


def _door(request: HttpRequest, row: VisitRow, moment: datetime) -> DoorPage:
    card = needs.need(row.need, moment)
    other = next((one for one in visits.outing(row) if one.id != row.id and not row.gone), None)
    asked = people.Asked((row.resident,) if row.resident else (), SEEN, Purpose.VISIT)
    along = people.Asked((other.helper,) if other is not None else (), ALONG, Purpose.VISIT)
    (found, beside), opened = people.disclose_all(actor_of(request), [asked, along], words=[ask.sealed_words(card)], now=moment)
    shown, words = found.get(row.resident) if row.resident else None, opened[card.id]
    done, state = visits.ticked(row.id), row.state.value
    items = card.service.checklist
    rules = rules_of(request, row.place)[row.place]
    early = rules.minutes("check_in_early_minutes")
    spent = int((row.checked_out_at - row.checked_in_at).total_seconds()) // 60 if row.checked_out_at and row.checked_in_at else 0
    return DoorPage(
        row=row, service=card.service, title=_(card.service.name), place=places.near(row.place),
        name=(shown.name if shown else None) or _("一位邻居"), face=(shown.name if shown and shown.name else "邻")[:1], phone=shown.phone if shown else None, door=shown.door if shown else None,
        words=words, ticks=tuple((n, _(text), n in done) for n, text in enumerate(items)), all_ticked=len(done) >= len(items),
        state=say(VISITS, state), tone=VISIT_TONES.get(state, ""), waits_for_me=state == "checked_out" and row.helper_minutes is None,
        waits_for_them=state == "checked_out" and row.helper_minutes is not None, done=state in DONE, credited_minutes=timebank.credited(row.id),
        suggested_minutes=max(1, spent) if spent else row.minutes_estimated, now_there=state == "checked_in",
        beside=_beside(other, beside[other.helper]) if other is not None else None, begun=card.state.value == "under_way",
        early_minutes=early, late_minutes=rules.minutes("no_show_minutes"), open_at=row.starts_at - timedelta(minutes=early),
    )  # fmt: skip


def _show(request: HttpRequest, *, visit_id: UUID, **_more: object) -> HttpResponse:
    return _shown(request, visits.visit(visit_id))


def _shown(request: HttpRequest, row: VisitRow) -> HttpResponse:
    return render(request, "resident/visit.html", {"page": _door(request, row, now()), "tab": "help"})


@require_GET
def one(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show a visit to its helper; the resident's side of it is the page of the need."""
    actor = actor_of(request)
    row = visits.visit(visit_id)
    if actor.person == row.helper:
        return _shown(request, row)
    if visit.speaks_for(actor, row):
        return redirect("resident:need", need=row.need)
    raise NotFound


Step = Callable[[Actor, UUID, HttpRequest, str], object]
STEPS: Mapping[str, tuple[Step, object]] = {
    "check-in": (lambda a, v, r, k: visit.check_in(a, v, text_of(r, "code").replace(" ", ""), k), gettext_lazy("签到了，谢谢您来。")),
    "tick": (lambda a, v, r, k: visit.tick(a, v, number_of(r, "item", low=0, high=99), flag_of(r, "done"), k), ""),
    "check-out": (lambda a, v, _r, k: visit.check_out(a, v, k), gettext_lazy("签退了。请报一下用了多少分钟。")),
    "confirm": (
        lambda a, v, r, k: confirm.confirm(a, v, number_of(r, "minutes", low=1, high=MINUTES_MAX), k),
        gettext_lazy("记下了。"),
    ),
    "dispute": (lambda a, v, r, k: confirm.dispute(a, v, text_of(r, "reason"), k), gettext_lazy("社区会两边都问清楚。")),
    "cancel": (lambda a, v, r, k: visit.cancel(a, v, text_of(r, "reason"), k), gettext_lazy("取消了，我们另外找人。")),
}


@require_http_methods(["GET", "POST"])
@shown_again(_show)
def act(request: HttpRequest, visit_id: UUID, step: str) -> HttpResponse:
    """Take one of the helper's steps, then return to the visit; a refused form is shown again with everything typed.

    A browser that opens its last page anew comes by GET to the address of a refused form: it is led to the visit.
    """
    actor = actor_of(request)
    if request.method == "GET":
        return redirect("resident:visit", visit_id=visit_id)
    if step not in STEPS or visits.visit(visit_id).helper != actor.person:
        raise NotFound
    do, said = STEPS[step]
    do(actor, visit_id, request, key_of(request))
    if said:
        messages.success(request, str(said))
    return redirect("resident:visit", visit_id=visit_id)
