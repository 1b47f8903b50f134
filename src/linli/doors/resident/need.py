"""One need of one's own or of somebody one acts for: where it stands, and every step that is the asker's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.doors.resident.acting import acted
from linli.doors.resident.says import RECORDS, STARS, TAGS
from linli.doors.resident.shown import NeedShown, around_own, shown_needs, standing
from linli.doors.site import qr
from linli.doors.site.forms import choice_of, id_of, key_of, number_of, shown_again, text_of
from linli.doors.site.terms import EVENTS, VISITS, reason_words, say
from linli.doors.site.who import actor_of, rules_of, view_of, wards_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.needs.reads import NeedCard
from linli.help.needs.whole import Whole, whole
from linli.help.visits import reads as visits
from linli.help.visits.reads import Around, VisitRow
from linli.journeys import ask, confirm, helping, rate, visit
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.trust.evidence import reads as evidence
from linli.trust.voice import reads as voice

MINUTES_MAX = 1440
WITHDRAWABLE = ("open", "offered", "matched")
DONE = ("confirmed", "settled", "corrected")
TELLS = frozenset(EVENTS)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened."""

    at: datetime
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class NeedPage:
    """Everything the asker can see and do about one need."""

    shown: NeedShown
    words: str | None
    code: str
    lines: tuple[Line, ...]
    visit_state: str
    can_withdraw: bool
    can_confirm: bool
    can_cancel: bool
    can_dispute: bool
    can_rate: bool
    can_reopen: bool
    stars: int | None
    rectification: voice.RectificationRow | None
    records: tuple[tuple[UUID, int], ...]
    said_minutes: tuple[tuple[str, int], ...]
    stars_known: tuple[tuple[int, str], ...]
    tags_known: tuple[tuple[str, str], ...]
    reopen_days: int


def own_need(request: HttpRequest, pk: UUID) -> NeedCard:
    """Return a need that is the actor's own or a ward's. Raises NotFound: a staff post opens nothing here, the desk is for that."""
    return _own(request, needs.need(pk, now()))


def _own(request: HttpRequest, card: NeedCard) -> NeedCard:
    person = actor_of(request).person
    if person is None or card.asker is None or card.asker not in (person, *wards_of(request)):
        raise NotFound
    return card


def _page(request: HttpRequest, about: Whole, moment: datetime) -> NeedPage:
    card = about.card
    rules = rules_of(request, card.place)[card.place]
    seen = shown_needs(request, [card], moment, words=[ask.sealed_words(card)])
    shown = seen.needs[0]
    row, state = shown.visit, card.state.value
    done = row is not None and row.state.value in DONE
    rating = voice.rating_of(row.id) if row else None
    names = {one.id: one.name for one in shown.helpers} if len(shown.both) > 1 else {}
    numbers = [(one.id, evidence.number_of(f"visit:{one.id}")) for one in shown.both if one.state.value in DONE]
    reopens = card.ended_at is not None and moment <= card.ended_at + timedelta(days=rules.days("reopen_days"))
    return NeedPage(
        shown=shown, words=seen.words[card.id], code=seen.codes.get(card.id, ""),
        lines=tuple(Line(f.at, say(EVENTS, f.event), reason_words(f.event, f.reason)) for f in about.history if f.event in TELLS),
        visit_state=say(VISITS, row.state.value) if row else "", can_withdraw=state in WITHDRAWABLE, can_confirm=shown.to_confirm,
        can_cancel=any(one.state.value == "booked" for one in shown.both),
        can_dispute=state not in {"open", "offered", "matched"} and any(one.state.value in {"checked_in", "checked_out"} for one in shown.both),
        can_rate=row is not None and rating is None and (done or row.state.value == "checked_out") and row.resident == card.asker,
        can_reopen=reopens, stars=rating.stars if rating else None,
        rectification=voice.rectification_of(row.id, moment) if row and rating else None,
        records=tuple((pk, number) for pk, number in numbers if number is not None),
        said_minutes=tuple((names.get(one.helper, _("帮手")), one.helper_minutes) for one in shown.both if one.helper_minutes),
        stars_known=tuple((n, _(STARS[str(n)])) for n in range(5, 0, -1)), tags_known=tuple((t, _(TAGS[t])) for t in voice.known_tags()),
        reopen_days=rules.days("reopen_days"),
    )  # fmt: skip


def _show(request: HttpRequest, *, need: UUID, **_more: object) -> HttpResponse:
    moment = now()
    about = whole(need, moment)
    _own(request, about.card)
    return render(request, "resident/need.html", {"page": _page(request, about, moment), "tab": "home"})


@require_GET
def need(request: HttpRequest, need: UUID) -> HttpResponse:
    """Show one need."""
    return _show(request, need=need)


@require_GET
def at_this_moment(request: HttpRequest, need: UUID) -> HttpResponse:
    """Show where a need stands, for a page that renews itself: nothing where nothing changed, only the minutes where only they ran down.

    Names are asked for only where something changed, so that a page left open writes no looks.
    """
    moment, still = now(), view_of(request).elder
    card = own_need(request, need)
    at = standing(card, visits.around([card.id]).get(card.id, Around()), rules_of(request, card.place)[card.place], moment, still=still)
    if at.stamp == request.GET.get("seen", ""):
        if still or not at.pill:
            return HttpResponse(status=204)
        answer = render(request, "resident/need_pill.html", {"n": {"card": card, "pill": at.pill}})
        answer.headers["HX-Retarget"] = f"#pill-{card.id}"
        return answer
    page = shown_needs(request, [card], moment)
    shown = page.needs[0]
    if request.GET.get("at") == "home":
        return render(request, "resident/need_card.html", {"n": shown})
    begun = request.GET.get("from", "")
    context = {"n": shown, "code": page.codes.get(card.id, ""), "from_state": begun, "moved": begun != card.state.value}
    return render(request, "resident/need_now.html", context)


@require_GET
def code(request: HttpRequest, need: UUID) -> HttpResponse:
    """Show the number of the moment, as a piece that renews itself; once it was used it is gone, and the piece around it tells the rest."""
    card = own_need(request, need)
    found = around_own(request, [card], now()).get(card.id, Around()).code
    return render(request, "resident/code.html", {"code": found, "need": card.id}) if found else HttpResponse()


def _visit_of(card: NeedCard) -> VisitRow:
    row = visits.visit_of_need(card.id)
    if row is None:
        raise Refused(Refusal.STATE_FORBIDS)
    return visits.outing(row)[0]


def _booked_of(card: NeedCard) -> VisitRow:
    """Return the visit that can still be called off: of two, the one whose helper has not come yet."""
    row = _visit_of(card)
    return next((one for one in visits.outing(row) if one.state.value == "booked"), row)


def _rated(actor: Actor, card: NeedCard, request: HttpRequest, key: str) -> object:
    tags = request.POST.getlist("tag")
    if not set(tags) <= set(voice.known_tags()):
        raise Refused(Refusal.INPUT_INVALID, field="tags")
    return rate.rate(actor, _visit_of(card).id, number_of(request, "stars", low=1, high=5), tags, key)


def _judged(actor: Actor, card: NeedCard, request: HttpRequest, key: str) -> object:
    row = voice.rectification_of(_visit_of(card).id, now())
    if row is None:
        raise NotFound
    return rate.accept_rectification(actor, row.id, choice_of(request, "true", ("1", "0")) == "1", key)


def _blocked(actor: Actor, card: NeedCard, request: HttpRequest, key: str) -> object:
    other = id_of(request, "helper")
    if other not in {row.helper for row in visits.outing(_visit_of(card))}:
        raise NotFound
    return helping.block(actor, other, key)


Step = Callable[[Actor, NeedCard, HttpRequest, str], object]
STEPS: Mapping[str, tuple[Step, object]] = {
    "withdraw": (
        lambda a, c, r, k: ask.withdraw(a, c.id, text_of(r, "reason", needed=False), k),
        gettext_lazy("撤回了。以后有事再点一次就好。"),
    ),
    "reopen": (lambda a, c, r, k: confirm.reopen(a, c.id, text_of(r, "reason"), k), gettext_lazy("又打开了，社区会接着办。")),
    "cancel": (lambda a, c, r, k: visit.cancel(a, _booked_of(c).id, text_of(r, "reason"), k), gettext_lazy("这次不来了，再给您找人。")),
    "confirm": (
        lambda a, c, r, k: confirm.confirm(a, _visit_of(c).id, number_of(r, "minutes", low=1, high=MINUTES_MAX), k),
        gettext_lazy("记下了，谢谢您。"),
    ),
    "dispute": (lambda a, c, r, k: confirm.dispute(a, _visit_of(c).id, text_of(r, "reason"), k), gettext_lazy("社区会打电话问清楚。")),
    "rate": (_rated, gettext_lazy("谢谢您，社区看得见。")),
    "rectified": (_judged, gettext_lazy("记下了，谢谢您。")),
    "block": (_blocked, gettext_lazy("以后不再安排这位上门。对方不会知道。")),
}


@require_http_methods(["GET", "POST"])
@shown_again(_show)
def act(request: HttpRequest, need: UUID, step: str) -> HttpResponse:
    """Take one of the asker's steps, then return to the need; a refused form is shown again with everything typed.

    A browser that opens its last page anew comes by GET to the address of a refused form: it is led to the need.
    """
    actor = actor_of(request)
    if request.method == "GET":
        return redirect("resident:need", need=need)
    card = own_need(request, need)
    if step not in STEPS:
        raise NotFound
    do, said = STEPS[step]
    do(actor, card, request, key_of(request))
    messages.success(request, str(said))
    return redirect("resident:need", need=need)


def _party_to(actor: Actor, pk: UUID) -> VisitRow:
    """Return a visit the actor is a party to, or acts for one. Raises NotFound."""
    row = visits.visit(pk)
    if actor.person is not None and (actor.person == row.helper or visit.speaks_for(actor, row)):
        return row
    raise NotFound


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """The receipt of a visit: what it was, the agreed minutes, the QR code and its text, the entries as (what, when, number)."""

    visit: UUID
    service: str
    place: str
    starts_at: datetime
    minutes: int | None
    qr: SafeString
    text: str
    size: int
    entries: tuple[tuple[str, datetime, int], ...]


@require_GET
def receipt(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the receipt of a visit: a QR code and a file that anybody can check, without us."""
    row = _party_to(actor_of(request), visit_id)
    try:
        found = evidence.receipt(f"visit:{row.id}", now=now())
    except Refused as refused:
        return render(request, "resident/receipt_wait.html", {"row": row, "facts": refused.facts, "tab": "book"}, status=409)
    text = evidence.encode_qr(found)
    service = needs.service(row.service)
    page = ReceiptPage(
        visit=row.id, service=_(service.short) if service else "", place=places.near(row.place[:12]), starts_at=row.starts_at,
        minutes=row.minutes_final, qr=qr.drawn(f"{settings.LINLI_PUBLIC_URL.rstrip('/')}{reverse('public:check')}#{text}"), text=text, size=found.size,
        entries=tuple((say(RECORDS, entry.kind), entry.occurred_at, entry.index) for entry in found.entries),
    )  # fmt: skip
    return render(request, "resident/receipt.html", {"page": page, "tab": "book"})


@require_GET
def receipt_file(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Give the receipt of a visit as a file."""
    row = _party_to(actor_of(request), visit_id)
    found = evidence.receipt(f"visit:{row.id}", now=now())
    response = HttpResponse(found.file(), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="linli-receipt-{str(row.id)[-12:]}.json"'
    return response


@require_POST
def unblock(request: HttpRequest) -> HttpResponse:
    """Let visits be arranged with somebody again."""
    actor = actor_of(request)
    other = id_of(request, "other")
    return acted(request, lambda: helping.unblock(actor, other, key_of(request)), reverse("resident:me"), _("记下了。"))
