"""Borrowing a thing, booking a room, a bed for a short stay: choose what, then when, then which; follow it, take it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from linli.doors.resident.asking import For, choices_for
from linli.doors.site.forms import id_of, key_of, shown_again
from linli.doors.site.lending import (
    ChoiceShown,
    ThingShown,
    WishForm,
    booking_when,
    choices_shown,
    not_now_shown,
    read_wish,
    week_shown,
    wish_form,
)
from linli.doors.site.lending_words import EVENTS, ICONS, REASONS, STATES, THINGS, TONES
from linli.doors.site.terms import say
from linli.doors.site.who import actor_of, home_of, person_of, rules_of, wards_of
from linli.doors.site.words import sentence
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.lending import BookingRow
from linli.journeys import borrow
from linli.kernel.actor import Actor
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class KindTile:
    """A kind of thing: how many there are of it near, in how many places."""

    code: str
    words: str
    icon: str
    units: int
    places: int


@dataclass(frozen=True, slots=True)
class BookingShown:
    """A booking in words; `whose` where it is a ward's."""

    id: UUID
    number: str
    words: str
    icon: str
    whose: str
    when: str
    state: str
    tone: str
    running: bool


@dataclass(frozen=True, slots=True)
class ThingsPage:
    """What may be borrowed near, and what one has or waits for."""

    place: str
    kinds: tuple[KindTile, ...]
    running: tuple[BookingShown, ...]
    ended: tuple[BookingShown, ...]
    shared_with: int


@dataclass(frozen=True, slots=True)
class KindPage:
    """One kind of thing: its week near, the question of when, and once that is answered what is free."""

    kind: str
    words: str
    icon: str
    form: WishForm
    choices: tuple[For, ...]
    whom: str
    week: tuple[ThingShown, ...]
    found: tuple[ChoiceShown, ...]
    not_now: tuple[tuple[ThingShown, str], ...]
    wrong: str
    wrong_field: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened."""

    at: datetime
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class BookingPage:
    """One booking: where it stands, what it says now, every step that is the borrower's."""

    shown: BookingShown
    row: BookingRow
    line: str
    lender: str
    walk_minutes: int | None
    lines: tuple[Line, ...]
    can_agree: bool
    can_cancel: bool


def booking_shown(row: BookingRow, names: Mapping[UUID, str] | None = None) -> BookingShown:
    """Return a booking in words; `names` are those of wards."""
    state = row.state.value
    return BookingShown(
        row.id, row.number, row.thing_name or say(THINGS, row.kind), ICONS[row.kind], (names or {}).get(row.borrower, ""), booking_when(row),
        say(STATES, state), TONES.get(state, ""), row.ended_at is None,
    )  # fmt: skip


def _own(request: HttpRequest) -> tuple[UUID, ...]:
    return person_of(request), *wards_of(request)


def ward_names(request: HttpRequest, rows: tuple[BookingRow, ...], moment: datetime) -> dict[UUID, str]:
    """Return the names of the wards that bookings are for; one look, none where they are one's own."""
    wards = {row.borrower for row in rows} & set(wards_of(request))
    if not wards:
        return {}
    shown = people.disclose(actor_of(request), wards, wanted=frozenset({DataClass.NAME}), purpose=Purpose.CARE, now=moment)
    return {pk: row.name or _("家人") for pk, row in shown.items()}


@require_GET
def things(request: HttpRequest) -> HttpResponse:
    """Show what may be borrowed near, and one's own bookings."""
    moment, community = now(), home_of(request)[:12]
    rows = lending.bookings_of(_own(request))
    circle = lending.circle(community, moment)
    known = [row for row in lending.things_in(circle) if row.community == community or row.terms.shared]
    names = ward_names(request, rows, moment)
    shown = tuple(booking_shown(row, names) for row in rows)
    kinds = tuple(
        KindTile(code, _(words), ICONS[code], sum(len(r.units) for r in known if r.kind == code), sum(r.kind == code for r in known))
        for code, words in THINGS.items()
        if any(r.kind == code for r in known)
    )
    page = ThingsPage(
        places.near(community), kinds, tuple(b for b in shown if b.running), tuple(b for b in shown if not b.running)[:5], len(circle) - 1
    )
    return render(request, "resident/things.html", {"page": page, "tab": "home"})


def _kind_page(request: HttpRequest, kind: str, data: QueryDict, moment: datetime) -> KindPage:
    person, home = person_of(request), home_of(request)
    if kind not in THINGS:
        raise NotFound
    choices = choices_for(request, moment)
    asked = data.get("for", "")
    whom = asked if asked in {c.id for c in choices} else str(person)
    own = whom == str(person)
    who = borrow.borrower_of(actor_of(request), UUID(whom), moment) if not own or "day" in data else None
    place = who.card.place if who else home
    rules = rules_of(request, place)[place]
    form = wish_form(kind, data, rules, moment)
    found: tuple[ChoiceShown, ...] = ()
    not_now: tuple[tuple[ThingShown, str], ...] = ()
    week: tuple[ThingShown, ...] = ()
    wrong = field = ""
    try:
        if form.wished and who is not None:
            free = borrow.what_is_free(who, read_wish(kind, data), rules, moment)
            found, not_now = choices_shown(free), not_now_shown(free)
        else:
            circle = lending.circle(place[:12], moment)
            week = week_shown([r for r in lending.things_in(circle, [kind]) if r.community == place[:12] or r.terms.shared], moment)
    except Refused as refused:
        wrong, field = sentence(refused), refused.field or ""
    return KindPage(kind, say(THINGS, kind), ICONS[kind], form, choices, whom, week, found, not_now, wrong, field)


def _show(request: HttpRequest, *, kind: str) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    page = _kind_page(request, kind, data, now())
    return render(request, "resident/thing_kind.html", {"page": page, "tab": "home"}, status=422 if page.wrong else 200)


@require_GET
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask when, then show what is free."""
    return _show(request, kind=kind)


@require_http_methods(["GET", "POST"])
@shown_again(_show)
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """Book the thing chosen, or wait for any. A browser that opens its last page anew comes by GET: it is led to the question."""
    if request.method == "GET":
        return redirect("resident:thing-kind", kind=kind)
    if kind not in THINGS:
        raise NotFound
    thing = id_of(request, "thing") if request.POST.get("thing") else None
    whom = id_of(request, "for") if request.POST.get("for") else None
    answer = borrow.ask(actor_of(request), read_wish(kind, request.POST, thing=thing, for_person=whom), key_of(request))
    said = {"booked": _("订好了。"), "offered": _("给您留着了，等出借的社区点头。"), "asked": _("记下了，一有空的就告诉您。")}
    messages.success(request, said[str(answer["state"])])
    return redirect("resident:booking", booking=answer["booking"])


def own_booking(request: HttpRequest, pk: UUID) -> BookingRow:
    """Return a booking of one's own or of a ward. Raises NotFound: a staff post opens nothing here, the desk is for that."""
    row = lending.booking(pk)
    if row.borrower not in _own(request):
        raise NotFound
    return row


def line_of(row: BookingRow) -> str:
    """Return what a booking says now, as one would tell the borrower."""
    said = {
        "asked": _("眼下没有空的。一有就先给您留着，再来问您；没有着落，社区会给您个说法。"),
        "offered": _("已经给您留着，等出借的社区点头。") if row.agreed else _("给您留着，要就点一下；不要，我们接着找。"),
        "booked": _("到时候去取就行，报单号。"),
        "handed_out": _("在您这里。用完按时还，下一位在等。"),
        "overdue": _("过了归还时间。请尽快还，还想用就打电话给社区。"),
        "returned": _("已经还了，谢谢您。"),
        "cancelled": _("取消了。"),
        "refused": _("这次没有借成。换个时间再试，或打电话给社区。"),
    }
    return said[row.state.value]


def lines_of(pk: UUID) -> tuple[Line, ...]:
    """Return what happened to a booking, in words; one query."""
    return tuple(Line(f.occurred_at, say(EVENTS, f.event), say(REASONS, f.reason) if f.reason else "") for f in lending.history(pk))


def walk_of(row: BookingRow, walk_metres_a_minute: int) -> int | None:
    """Return the minutes on foot to what a booking holds, where both points are known."""
    return None if row.walk_metres is None else max(1, -(-row.walk_metres // walk_metres_a_minute))


def _show_booking(request: HttpRequest, *, booking: UUID, **_more: object) -> HttpResponse:
    moment, row = now(), own_booking(request, booking)
    state = row.state.value
    page = BookingPage(
        booking_shown(row, ward_names(request, (row,), moment)), row, line_of(row), places.near(row.thing_place[:12]) if row.thing_place else "",
        walk_of(row, rules_of(request, row.place)[row.place].metres("walk_metres_a_minute")), lines_of(row.id),
        state == "offered" and not row.agreed, state in {"asked", "offered", "booked"},
    )  # fmt: skip
    return render(request, "resident/booking.html", {"page": page, "tab": "home"})


@require_GET
def booking(request: HttpRequest, booking: UUID) -> HttpResponse:
    """Show one booking."""
    return _show_booking(request, booking=booking)


Step = Callable[[Actor, UUID, str], object]
STEPS: Mapping[str, tuple[Step, object]] = {
    "agree": (borrow.agree, gettext_lazy("好，就这件。")),
    "decline": (borrow.decline, gettext_lazy("好，再给您找别的。")),
    "cancel": (lambda actor, pk, key: borrow.cancel(actor, pk, "", key), gettext_lazy("取消了，别人可以用了。谢谢您说一声。")),
}


@require_http_methods(["GET", "POST"])
@shown_again(_show_booking)
def act(request: HttpRequest, booking: UUID, step: str) -> HttpResponse:
    """Take one of the borrower's steps, then return to the booking."""
    if request.method == "GET":
        return redirect("resident:booking", booking=booking)
    row = own_booking(request, booking)
    if step not in STEPS:
        raise NotFound
    do, said = STEPS[step]
    do(actor_of(request), row.id, key_of(request))
    messages.success(request, str(said))
    return redirect("resident:booking", booking=booking)
