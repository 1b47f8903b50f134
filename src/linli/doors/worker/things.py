"""What a community lends: the day's list of bookings, each thing with its week, out of use and back in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import Frame, community_of, frame_of
from linli.doors.site.forms import choice_of, flag_of, id_of, key_of, moment_of, number_of, shown_again, text_of
from linli.doors.site.lending import ThingShown, booking_when, span_words, thing_shown
from linli.doors.site.lending_words import STATES, THINGS, TONES
from linli.doors.site.templatetags.linli import SHANGHAI, day_of
from linli.doors.site.terms import CERTIFICATES, WEEKDAYS, say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.lending import BlackoutRow, BookingRow, TakenRow, ThingRow
from linli.journeys import things as lends
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused

WEEK = 7
UNITS_MAX, MINUTE_STEP = 50, 30
OPENS = tuple(range(6 * 60, 24 * 60 + 1, MINUTE_STEP))


@dataclass(frozen=True, slots=True)
class BookingLine:
    """One booking in a list. No name: who it is opens on its page, and that look is logged."""

    url: str
    number: str
    when: str
    words: str
    place: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class BookingGroup:
    """Bookings that ask the same of the desk."""

    heading: str
    rows: tuple[BookingLine, ...]


@dataclass(frozen=True, slots=True)
class ThingLine:
    """A thing in the list, and how many of it are with somebody."""

    shown: ThingShown
    url: str
    out: int


@dataclass(frozen=True, slots=True)
class ThingsPage:
    """The desk of what a community lends."""

    frame: Frame
    community_name: str
    groups: tuple[BookingGroup, ...]
    rows: tuple[ThingLine, ...]
    alliance: str
    allies: tuple[str, ...]
    kinds: tuple[Option, ...]
    buildings: tuple[Option, ...]
    weekdays: tuple[Option, ...]
    opens: tuple[Option, ...]
    closes: tuple[Option, ...]
    certificates: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a unit: what takes it, as (words, address or '')."""

    lines: tuple[tuple[str, str], ...]
    tone: str


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """A unit and its seven days."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ThingPage:
    """One thing: its terms, its week unit by unit, when it is out of use, who has booked it."""

    frame: Frame
    shown: ThingShown
    retired: bool
    back: str
    days: tuple[tuple[str, datetime], ...]
    weeks: tuple[UnitWeek, ...]
    blackouts: tuple[BlackoutRow, ...]
    bookings: tuple[BookingLine, ...]
    units: tuple[int, ...]
    public_url: str
    act_urls: Mapping[str, str]


def booking_line(row: BookingRow, names: Mapping[str, str], *, here: str) -> BookingLine:
    """Return a booking in words; its place is the other side where that is not `here`."""
    other = next((code for code in (row.community, row.lender) if code and code != here), "")
    words = row.thing_name or say(THINGS, row.kind)
    number = f" {row.unit_number}" if row.unit_number and row.unit_number > 1 else ""
    state = row.state.value
    return BookingLine(
        reverse("worker:booking", args=[row.id]), row.number, booking_when(row), words + number, names.get(other, "") if other else "",
        say(STATES, state), TONES.get(state, ""),
    )  # fmt: skip


def _groups(rows: Iterable[BookingRow], names: Mapping[str, str], here: str) -> tuple[BookingGroup, ...]:
    found = list(rows)
    headed: tuple[tuple[str, Callable[[BookingRow], bool]], ...] = (
        (_("逾期没还，先催"), lambda b: b.state.value == "overdue"),
        (_("等您点头"), lambda b: b.state.value == "offered" and not b.approved and b.agreed and b.lender == here),
        (_("还没有着落的"), lambda b: b.state.value == "asked"),
        (_("要来取的"), lambda b: b.state.value == "booked"),
        (_("在外面的"), lambda b: b.state.value == "handed_out"),
        (_("留着，等借的人回话"), lambda b: b.state.value == "offered" and not b.agreed),
    )
    groups = ((heading, tuple(booking_line(b, names, here=here) for b in found if takes(b))) for heading, takes in headed)
    return tuple(BookingGroup(heading, lines) for heading, lines in groups if lines)


def _minute_words(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _show(request: HttpRequest) -> HttpResponse:
    actor, moment, community = actor_of(request), now(), community_of(request)
    todo, rows = lending.to_do(community), lending.things_in([community])
    allied = lending.alliances(community, moment)
    members = allied[0].members if allied else ()
    names = places.names(
        {community, *members, *(b.community for b in todo), *(b.lender for b in todo if b.lender), *(p.place for p in actor.posts)}
    )
    out, frame = lending.out_now(rows), frame_of(request, "worker:things", names)
    typed = request.POST
    page = ThingsPage(
        frame=frame, community_name=names.get(community, community), groups=_groups(todo, names, community),
        rows=tuple(ThingLine(thing_shown(r, names), reverse("worker:thing", args=[r.id]), out.get(r.id, 0)) for r in rows),
        alliance=allied[0].name if allied else "", allies=tuple(names.get(m, m) for m in members if m != community),
        kinds=tuple(Option(code, _(words), code == typed.get("kind")) for code, words in THINGS.items()),
        buildings=tuple(Option(b.code, b.name, b.code == typed.get("place")) for b in places.buildings(community)),
        weekdays=tuple(Option(str(n), _(words), str(n) in typed.getlist("weekday")) for n, words in enumerate(WEEKDAYS)),
        opens=tuple(Option(str(m), _minute_words(m), str(m) == typed.get("opens", "540")) for m in OPENS[:-1]),
        closes=tuple(Option(str(m), _minute_words(m), str(m) == typed.get("closes", "1020")) for m in OPENS[1:]),
        certificates=tuple(Option(code, _(words), code == typed.get("certificate")) for code, words in CERTIFICATES.items()),
    )  # fmt: skip
    return render(request, "worker/things.html", {"page": page, "frame": frame})


@require_GET
def things(request: HttpRequest) -> HttpResponse:
    """Show what a community lends and what its desk has to do; a constant number of queries."""
    return _show(request)


def _hours(request: HttpRequest) -> tuple[tuple[int, int, int], ...]:
    days = request.POST.getlist("weekday")
    if not days:
        return ()
    if not set(days) <= {str(n) for n in range(WEEK)}:
        raise Refused(Refusal.INPUT_INVALID, field="hours")
    opens, closes = number_of(request, "opens", low=0, high=1440), number_of(request, "closes", low=0, high=1440)
    return tuple((int(day), opens, closes) for day in sorted(set(days)))


@require_POST
@shown_again(_show)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter something the community lends; a refused field keeps everything already typed."""
    community = community_of(request)
    place = text_of(request, "place", needed=False) or community
    if not place.startswith(community):
        raise NotFound
    certificate = text_of(request, "certificate", needed=False)
    new = lends.ThingForm(
        choice_of(request, "kind", tuple(THINGS)), text_of(request, "name"), place, number_of(request, "units", low=1, high=UNITS_MAX),
        _hours(request), None, flag_of(request, "only_group"), certificate, flag_of(request, "ask_first"), flag_of(request, "shared"),
        text_of(request, "note", needed=False),
    )  # fmt: skip
    made = lends.enter_thing(actor_of(request), new, key_of(request))
    messages.success(request, _("登记好了，现在就能借。"))
    return redirect("worker:thing", thing=made["thing"])


def _cell(rows: Iterable[TakenRow], day: datetime, numbers: Mapping[UUID, str]) -> Cell:
    end = day + timedelta(days=1)
    found = [row for row in rows if row.begins_at < end and day < row.ends_at]
    lines = []
    for row in found:
        whole = row.begins_at <= day and end <= row.ends_at
        span = "" if whole else " " + span_words(max(row.begins_at, day), min(row.ends_at, end))
        if row.booking is not None:
            lines.append((numbers.get(row.booking, _("订了")) + span, reverse("worker:booking", args=[row.booking])))
        else:
            lines.append((_("停用%(span)s") % {"span": span}, ""))
    return Cell(tuple(lines), "" if not found else "off" if all(row.booking is None for row in found) else "busy")


def _weeks(row: ThingRow, first: datetime, moment: datetime, numbers: Mapping[UUID, str]) -> tuple[UnitWeek, ...]:
    taken = lending.taken(row.units, (first, first + timedelta(days=WEEK)), moment)
    days = [first + timedelta(days=n) for n in range(WEEK)]
    return tuple(
        UnitWeek(number, tuple(_cell([t for t in taken if t.unit == unit], day, numbers) for day in days))
        for number, unit in enumerate(row.units, 1)
    )


def _show_thing(request: HttpRequest, *, thing: UUID, **_more: object) -> HttpResponse:
    actor, moment = actor_of(request), now()
    row = lends.thing_for(actor, thing)
    first = day_of(moment)[0].astimezone(UTC)
    booked = lending.of_thing(thing, first)
    names = places.names({row.community, *(b.community for b in booked), *(p.place for p in actor.posts)})
    frame = frame_of(request, "worker:things", names)
    days = tuple((_(WEEKDAYS[(first + timedelta(days=n)).astimezone(SHANGHAI).weekday()]), first + timedelta(days=n)) for n in range(WEEK))
    page = ThingPage(
        frame, thing_shown(row, names), row.terms.retired, f"{reverse('worker:things')}?place={row.community}", days,
        _weeks(row, first, moment, {b.id: b.number for b in booked}), lending.blackouts_of(thing, moment),
        tuple(booking_line(b, names, here=row.community) for b in booked if b.ended_at is None), tuple(range(1, len(row.units) + 1)),
        reverse("public:things", args=[row.community]),
        {step: reverse("worker:thing-act", args=[thing, step]) for step in ("blackout", "restore", "retire")},
    )  # fmt: skip
    return render(request, "worker/thing.html", {"page": page, "frame": frame})


@require_GET
def thing(request: HttpRequest, thing: UUID) -> HttpResponse:
    """Show one thing with its week; a constant number of queries."""
    return _show_thing(request, thing=thing)


def _blackout(request: HttpRequest, actor: Actor, thing: UUID) -> str:
    unit = number_of(request, "unit", low=1, high=UNITS_MAX) if request.POST.get("unit") else None
    span = moment_of(request, "begins_at"), moment_of(request, "ends_at")
    made = lends.black_out(actor, thing, span, text_of(request, "reason"), key_of(request), unit=unit)
    moved = int(made["released"])
    return _("停用了，%(n)s 个订了的人在另找，都已告诉他们。") % {"n": moved} if moved else _("停用了。")


def _restore(request: HttpRequest, actor: Actor, _thing: UUID) -> str:
    lends.restore(actor, id_of(request, "blackout"), key_of(request))
    return _("恢复了，又能借了。")


def _retire(request: HttpRequest, actor: Actor, thing: UUID) -> str:
    lends.retire_thing(actor, thing, key_of(request))
    return _("不再出借了。")


STEPS: Mapping[str, Callable[[HttpRequest, Actor, UUID], str]] = {"blackout": _blackout, "restore": _restore, "retire": _retire}


@require_POST
@shown_again(_show_thing)
def act(request: HttpRequest, thing: UUID, step: str) -> HttpResponse:
    """Take one step about a thing, then return to it."""
    if step not in STEPS:
        raise NotFound
    lends.thing_for(actor_of(request), thing)
    messages.success(request, STEPS[step](request, actor_of(request), thing))
    return redirect("worker:thing", thing=thing)
