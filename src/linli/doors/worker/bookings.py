"""One booking on the desk of either side, and borrowing for somebody without a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.doors.site.desk import Frame, frame_of
from linli.doors.site.forms import choice_of, id_of, key_of, moment_of, shown_again, text_of
from linli.doors.site.lending import (
    ChoiceShown,
    ThingShown,
    WishForm,
    booking_when,
    choices_shown,
    not_now_shown,
    read_wish,
    wish_form,
)
from linli.doors.site.lending_words import CONDITIONS, EVENTS, REASONS, STATES, THINGS, TONES
from linli.doors.site.terms import say
from linli.doors.site.who import actor_of, rules_of
from linli.doors.site.words import sentence
from linli.doors.worker.pages import Act, Event, Option, Who
from linli.doors.worker.register import member_for
from linli.doors.worker.visits import local
from linli.doors.worker.who import names_of, who_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.lending import BookingRow
from linli.journeys import borrow, lend, loans
from linli.journeys.loans import Choice
from linli.kernel.actor import Actor, Role
from linli.kernel.disclosure import Purpose
from linli.kernel.errors import NotFound, Refusal, Refused


@dataclass(frozen=True, slots=True)
class BookingPage:
    """One booking: who, what, when, where it stands, what the viewer may do now."""

    frame: Frame
    number: str
    words: str
    unit: int | None
    when: str
    state: str
    tone: str
    who: Who
    home: str
    lender: str
    where: str
    thing_url: str
    asked_at: datetime
    answer_by: datetime | None
    handed_out_at: datetime | None
    returned_at: datetime | None
    acts: tuple[Act, ...]
    events: tuple[Event, ...]
    printed_at: datetime


def desk_booking(actor: Actor, pk: UUID) -> BookingRow:
    """Return a booking of one of the actor's desks. Raises NotFound: one's own is followed on the resident's pages."""
    row = lending.booking(pk)
    if not borrow.desk_of(actor, row):
        raise NotFound
    return row


def _act(row: BookingRow, code: str, label: str, **more: object) -> Act:
    return Act(code, label, reverse("worker:booking-act", args=[row.id, code]), **more)  # type: ignore[arg-type]


def _reason(row: BookingRow, code: str, label: str, text: str = "") -> Act:
    return _act(row, code, label, field="reason", field_label=_("原因"), button=_("就这样办"), help=text)


def _offers(row: BookingRow, found: tuple[Choice, ...]) -> Iterator[Act]:
    options = tuple(Option(str(c.thing.id), f"{c.thing.name} · {_walk(c.walk_minutes)}") for c in found)
    if options:
        yield _act(
            row, "hold", _("留一件给他"), main=True, field="note", field_label=_("备注（可以不填）"), needed=False, options=options,
            second_field="thing", second_label=_("哪一件"), button=_("留着，问本人"),
        )  # fmt: skip


def _walk(walk_minutes: int | None) -> str:
    return _("走路 %(n)s 分钟") % {"n": walk_minutes} if walk_minutes else _("多远不清楚")


def _acts(row: BookingRow, actor: Actor, moment: datetime, found: tuple[Choice, ...]) -> Iterator[Act]:
    state, lends = row.state.value, bool(row.lender) and actor.holds_any(frozenset({Role.WORKER, Role.DISPATCHER, Role.CITY}), row.lender)
    speaks = actor.holds(Role.WORKER, row.community)
    if state == "asked":
        yield from _offers(row, found)
    if state == "offered" and not row.approved and lends:
        yield _act(row, "approve", _("同意借"), main=row.agreed)
    if state == "offered" and not row.agreed and speaks:
        yield _act(row, "agree", _("本人说要（电话里）"), main=True)
        yield _act(row, "decline", _("本人想换一件"))
    if state == "booked" and lends:
        yield _act(
            row, "hand-out", _("取走了"), main=True, field="at", field_label=_("几点取走的"), field_type="datetime-local",
            field_value=local(moment), button=_("记下"), help=_("纸上登记的，照纸上的时间补记。"),
        )  # fmt: skip
    if state in {"handed_out", "overdue"} and lends:
        yield _act(
            row, "take-back", _("还回来了"), main=True, field="at", field_label=_("几点还的"), field_type="datetime-local",
            field_value=local(moment), options=tuple(Option(code, _(words)) for code, words in CONDITIONS.items()), second_field="condition",
            second_label=_("东西怎么样"), button=_("记下"), help=_("坏了、丢了的先停用，后面订了的人另给找一件。"),
        )  # fmt: skip
    if state == "asked" or (state == "offered" and lends):
        yield _reason(row, "refuse", _("这次不借"), _("还没有留出的就此了结；留出的会另找一件。"))
    if state in {"asked", "offered", "booked"}:
        yield _reason(row, "cancel", _("取消"))


def _show(request: HttpRequest, *, booking: UUID, **_more: object) -> HttpResponse:
    actor, moment = actor_of(request), now()
    row = desk_booking(actor, booking)
    wanted = {row.community, row.place, *([row.lender] if row.lender else []), *(p.place for p in actor.posts)}
    free = None
    if row.state.value == "asked":
        held = lending.certificates_of([row.borrower], moment)
        free = loans.choices(loans.asking_of(row, held), rules_of(request, row.place)[row.place], moment, also=wanted)
    names = free.names if free else places.names(wanted)
    frame = frame_of(request, "worker:things" if any(p.role is Role.WORKER for p in actor.posts) else "street:things", names)
    state = row.state.value
    page = BookingPage(
        frame, row.number, row.thing_name or say(THINGS, row.kind), row.unit_number, booking_when(row), say(STATES, state), TONES.get(state, ""),
        who_of(actor, row.borrower, moment), names.get(row.community, row.community), names.get(row.lender, "") if row.lender else "",
        row.thing_note, reverse("worker:thing", args=[row.thing]) if row.thing and actor.holds_any(frozenset(Role), row.lender) else "",
        row.asked_at, row.answer_by if state == "asked" else None, row.handed_out_at, row.returned_at, tuple(_acts(row, actor, moment, free.found if free else ())),
        tuple(Event(f.occurred_at, say(EVENTS, f.event), say(REASONS, f.reason) if f.reason else "") for f in lending.history(row.id)), moment,
    )  # fmt: skip
    return render(request, "worker/booking.html", {"page": page, "frame": frame})


@require_GET
def booking(request: HttpRequest, booking: UUID) -> HttpResponse:
    """Show one booking; who it is for is looked at, and the look is logged."""
    return _show(request, booking=booking)


Step = Callable[[Actor, HttpRequest, UUID, str], object]
STEPS: Mapping[str, Step] = {
    "hold": lambda a, r, b, k: borrow.offer_to(a, b, id_of(r, "thing"), k),
    "approve": lambda a, _r, b, k: lend.approve(a, b, k),
    "agree": lambda a, _r, b, k: borrow.agree(a, b, k),
    "decline": lambda a, _r, b, k: borrow.decline(a, b, k),
    "hand-out": lambda a, r, b, k: lend.hand_out(a, b, moment_of(r, "at"), k),
    "take-back": lambda a, r, b, k: lend.take_back(a, b, choice_of(r, "condition", tuple(CONDITIONS)), moment_of(r, "at"), k),
    "refuse": lambda a, r, b, k: lend.refuse(a, b, text_of(r, "reason"), k),
    "cancel": lambda a, r, b, k: borrow.cancel(a, b, text_of(r, "reason"), k),
}


@require_POST
@shown_again(_show)
def act(request: HttpRequest, booking: UUID, step: str) -> HttpResponse:
    """Take one step about a booking, then return to it."""
    actor = actor_of(request)
    desk_booking(actor, booking)
    if step not in STEPS:
        raise NotFound
    STEPS[step](actor, request, booking, key_of(request))
    messages.success(request, _("记下了。"))
    return redirect("worker:booking", booking=booking)


@dataclass(frozen=True, slots=True)
class BorrowPage:
    """Borrowing for a resident of one's community: what, when, which."""

    frame: Frame
    name: str
    back: str
    kinds: tuple[Option, ...]
    kind: str
    words: str
    whom: str
    form: WishForm | None
    found: tuple[ChoiceShown, ...]
    not_now: tuple[tuple[ThingShown, str], ...]
    wrong: str


def _show_borrow(request: HttpRequest, *, person: UUID) -> HttpResponse:
    actor, moment = actor_of(request), now()
    who = borrow.borrower_of(actor, person, moment)
    place = who.card.place
    if not actor.holds(Role.WORKER, place):
        raise NotFound
    data = request.POST if request.method == "POST" else request.GET
    kind = data.get("kind", "")
    rules = rules_of(request, place)[place]
    form = wish_form(kind, data, rules, moment) if kind in THINGS else None
    free, wrong = None, ""
    if form is not None and form.wished:
        try:
            free = borrow.what_is_free(who, read_wish(kind, data), rules, moment, also={place[:12], *(p.place for p in actor.posts)})
        except Refused as refused:
            wrong = sentence(refused)
    names = free.names if free else places.names({place[:12], *(p.place for p in actor.posts)})
    frame = frame_of(request, "worker:things", names)
    page = BorrowPage(
        frame, names_of(actor, [person], moment, purpose=Purpose.REGISTER)[person], reverse("worker:member", args=[person]),
        tuple(Option(code, _(words), code == kind) for code, words in THINGS.items()), kind if kind in THINGS else "",
        say(THINGS, kind) if kind in THINGS else "", str(person), form, choices_shown(free) if free else (),
        not_now_shown(free) if free else (), wrong,
    )  # fmt: skip
    return render(
        request,
        "worker/borrow.html",
        {"page": page, "frame": frame, "ask_url": reverse("worker:borrow-ask", args=[person])},
        status=422 if wrong else 200,
    )


@require_GET
def borrow_for(request: HttpRequest, person: UUID) -> HttpResponse:
    """Ask what and when for a resident, then show what is free."""
    return _show_borrow(request, person=person)


@require_http_methods(["GET", "POST"])
@shown_again(_show_borrow)
def borrow_ask(request: HttpRequest, person: UUID) -> HttpResponse:
    """Book the thing chosen for a resident, or let them wait for any."""
    if request.method == "GET":
        return redirect("worker:borrow", person=person)
    actor = actor_of(request)
    member_for(actor, person, now())
    kind = choice_of(request, "kind", tuple(THINGS))
    if request.POST.get("for", str(person)) != str(person):
        raise Refused(Refusal.INPUT_INVALID, field="for")
    thing = id_of(request, "thing") if request.POST.get("thing") else None
    made = borrow.ask(actor, read_wish(kind, request.POST, thing=thing, for_person=person), key_of(request))
    messages.success(request, _("记下了。"))
    return redirect("worker:booking", booking=made["booking"])
