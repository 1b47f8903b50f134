"""Queries over needs: one need, work lists with clocks, timelines, counts for boards, sheets, the catalogue of a place."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Left

from linli.help.needs.catalogue import Domain, Service, catalogue, domains
from linli.help.needs.core import LIVE, WAITING, Known, Level, State
from linli.help.needs.models import Clock, CodeSheet, Need, NeedFlip, Objection, ServiceHere
from linli.kernel.errors import NotFound, Refusal, Refused

LIVE_STATES = [s.value for s in LIVE]
PAGE_SIZE = 20
LIKE_LOOKED_AT = 50
# Needs without a running clock stand after all others.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NeedCard:
    """One need as rooms and doors know it: no name, no words in the clear.

    `due_at` and `clock` tell the tightest running clock (None: none runs); `left_s` is negative where it ran out.
    """

    id: UUID
    number: str
    service: Service
    place: str
    community: str
    asker: UUID | None
    sheet: UUID | None
    entered_by: UUID | None
    channel: str
    urgent: bool
    group: str
    level: Level
    state: State
    first_receiver: str
    dispatched_to: str
    words_sealed: bytes | None
    wanted_from: datetime | None
    wanted_until: datetime | None
    minutes_estimated: int
    same_sex: bool
    sex_of_asker: str
    language: str
    referred_to: str
    opened_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    started_at: datetime | None
    paused: bool
    left_s: int | None
    people_needed: int
    answered_in_time: bool | None
    handled_in_time: bool | None
    finished_at: datetime | None

    @property
    def adults(self) -> int:
        """Return how many adults go together: two where the service wants it, or where whoever it is for should not be alone with one."""
        return 2 if self.service.two_adults or self.people_needed > 1 else 1


@dataclass(frozen=True, slots=True)
class FlipRow:
    """One line of a need's timeline."""

    old: str
    new: str
    event: str
    reason: str
    actor_ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A clock that ran out and waits to be fired."""

    id: int
    need: UUID
    kind: str
    level: str
    due_at: datetime
    community: str
    urgent: bool
    group: str


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection to a dispatch; `reviewer` is the place that reviews it until `due_at`, `reminders` how often that ran out."""

    need: UUID
    place: str
    reason: str
    made_at: datetime
    due_at: datetime
    settled_at: datetime | None
    upheld: bool | None
    settled_reason: str
    id: UUID
    reviewer: str
    reminders: int


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A need-code sheet; never its token."""

    id: UUID
    place: str
    household: UUID | None
    label: str
    issued_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Whole counts of needs opened in a time: of the answered ones, how many in time; of the ended ones, how many within 72 h."""

    opened: int
    answered: int
    answered_in_time: int
    care_answered: int
    care_in_time: int
    ended: int
    handled_in_time: int
    live: int


@dataclass(frozen=True, slots=True)
class ServiceHereRow:
    """A special service of a community: declared, and approved or not."""

    service: Service
    place: str
    declared_at: datetime
    approved_at: datetime | None


def with_clock(rows: QuerySet[Need]) -> QuerySet[Need]:
    """Return needs with their running clock, as `card_of` wants them."""
    running = Clock.objects.filter(need=OuterRef("pk"), stopped_at=None, fired_at=None).order_by("due_at")
    return rows.annotate(
        clock_due=Subquery(running.values("due_at")[:1]),
        clock_started=Subquery(running.values("started_at")[:1]),
        clock_paused=Subquery(running.values("paused_at")[:1]),
    )


def card_of(row: Need, now: datetime) -> NeedCard:
    """Return a row of `with_clock` as a card."""
    due, paused = row.clock_due, row.clock_paused  # type: ignore[attr-defined]
    left = None if due is None else int((due - (paused or now)).total_seconds())
    return NeedCard(
        row.pk, row.number, catalogue()[row.service], row.place_code, row.community_code, row.asker, row.sheet_id, row.entered_by,
        row.channel, row.urgent, row.group, Level(row.level), State(row.state), row.first_receiver, row.dispatched_to,
        bytes(row.words_sealed) if row.words_sealed else None, row.wanted_from, row.wanted_until, row.minutes_estimated, row.same_sex,
        row.sex_of_asker, row.language, row.referred_to, row.recorded_at, row.answered_at, row.ended_at, due,
        row.clock_started, paused is not None, left,  # type: ignore[attr-defined]
        row.people_needed, row.answered_in_time, row.handled_in_time, row.finished_at,
    )  # fmt: skip


def need(pk: UUID, now: datetime) -> NeedCard:
    """Return one need. Raises NotFound. Whether the actor may know of it is the journey's or door's question."""
    row = with_clock(Need.objects.filter(pk=pk)).first()
    if row is None:
        raise NotFound
    return card_of(row, now)


def needs(ids: Collection[UUID], now: datetime) -> dict[UUID, NeedCard]:
    """Return needs by id in one query."""
    return {row.pk: card_of(row, now) for row in with_clock(Need.objects.filter(pk__in=ids))}


def by_number(number: str, within: str, now: datetime) -> NeedCard:
    """Return a need below `within` by the number people read out. Raises NotFound."""
    row = with_clock(Need.objects.filter(number=number.strip().upper(), community_code__startswith=within)).first()
    if row is None:
        raise NotFound
    return card_of(row, now)


def by_follow(token: str, now: datetime) -> NeedCard | None:
    """Return the need behind a follow link, or None."""
    row = with_clock(Need.objects.filter(follow_hash=hashlib.sha256(token.encode()).hexdigest())).first()
    return card_of(row, now) if row else None


def work_list(
    place: str, now: datetime, *, levels: Iterable[str] = tuple(Level), states: Iterable[str] = LIVE, service: str = "",
    after: str = "", offset: int = 0, limit: int = PAGE_SIZE,
) -> tuple[NeedCard, ...]:  # fmt: skip
    """Return live needs of a place and below, or dispatched there: what runs out first comes first, then the oldest. One query.

    `levels` and `states` are codes of Level and State; a door may pass plain text. Where open needs are asked for, emergencies that were
    referred and nobody rang back about stand among them. `after` is the cursor of the last card of the page before (`cursor_of`); it
    holds where others come in between. Raises Refused(INPUT_INVALID) for a broken cursor.
    """
    wanted = [str(x) for x in states]
    here = Q(community_code__startswith=place) | Q(dispatched_to__startswith=place) if place else Q()
    standing = Q(state__in=wanted)
    if State.OPEN.value in wanted:
        standing |= Q(state=State.REFERRED.value, answered_at=None)
    rows = with_clock(Need.objects.filter(here, standing, level__in=[str(x) for x in levels]))
    if service:
        rows = rows.filter(service=service)
    rows = rows.annotate(runs_out=Coalesce("clock_due", Value(NEVER), output_field=DateTimeField()))
    if after:
        rows = rows.filter(_behind(after))
    ordered = rows.order_by("runs_out", "recorded_at", "pk")
    return tuple(card_of(row, now) for row in ordered[offset : offset + limit])


def cursor_of(card: NeedCard) -> str:
    """Return the cursor that leads to what stands after a card in the work list."""
    return f"{(card.due_at or NEVER).isoformat()}~{card.opened_at.isoformat()}~{card.id}"


def _behind(cursor: str) -> Q:
    try:
        due, opened, pk = cursor.split("~")
        at, since, last = datetime.fromisoformat(due), datetime.fromisoformat(opened), UUID(pk)
        if at.tzinfo is None or since.tzinfo is None:
            raise ValueError("a moment without a zone")
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field="after") from None
    same = Q(runs_out=at)
    return Q(runs_out__gt=at) | same & Q(recorded_at__gt=since) | same & Q(recorded_at=since, pk__gt=last)


def live_count(place: str, *, levels: Iterable[str] = tuple(Level)) -> int:
    """Return how many needs live below a place at these levels."""
    return Need.objects.filter(community_code__startswith=place, state__in=LIVE_STATES, level__in=[str(x) for x in levels]).count()


def open_count(place: str) -> int:
    """Return how many needs below a place wait for a helper."""
    return Need.objects.filter(community_code__startswith=place, state__in=[s.value for s in WAITING]).count()


def waiting_for_helper(limit: int = 200) -> tuple[UUID, ...]:
    """Return needs without a helper, the most pressing first."""
    rows = Need.objects.filter(state=State.OPEN.value).order_by("-urgent", "recorded_at").values_list("pk", flat=True)
    return tuple(rows[:limit])


def unmet(now: datetime, *, limit: int = 500) -> tuple[NeedCard, ...]:
    """Return needs for which nobody has said yes yet, the oldest first; one query."""
    rows = with_clock(Need.objects.filter(state__in=[State.OPEN.value, State.OFFERED.value])).order_by("recorded_at", "pk")
    return tuple(card_of(row, now) for row in rows[:limit])


def waiting_confirm(before: datetime, *, limit: int = 200) -> tuple[UUID, ...]:
    """Return needs checked out before a moment that nobody confirmed or disputed yet, the longest waiting first."""
    rows = Need.objects.filter(state=State.FINISHED.value, finished_at__lt=before).order_by("finished_at", "pk")
    return tuple(rows.values_list("pk", flat=True)[:limit])


def of_sheet(sheet: UUID, now: datetime, *, limit: int = PAGE_SIZE) -> tuple[NeedCard, ...]:
    """Return the needs asked from a sheet, newest first; one query."""
    rows = with_clock(Need.objects.filter(sheet_id=sheet)).order_by("-recorded_at")[:limit]
    return tuple(card_of(row, now) for row in rows)


def of_person(person: UUID, now: datetime, *, limit: int = PAGE_SIZE) -> tuple[NeedCard, ...]:
    """Return a person's needs, newest first."""
    rows = with_clock(Need.objects.filter(asker=person)).order_by("-recorded_at")[:limit]
    return tuple(card_of(row, now) for row in rows)


def asked_by(people: Collection[UUID], now: datetime, *, before: UUID | None = None, limit: int = PAGE_SIZE) -> tuple[NeedCard, ...]:
    """Return a page of what some people asked, newest first; `before` is the last need of the page before (ids are in order of time)."""
    rows = Need.objects.filter(asker__in=people)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(card_of(row, now) for row in with_clock(rows).order_by("-pk")[:limit])


def open_count_of(*, asker: UUID | None, sheet: UUID | None) -> int:
    """Return how many live needs one asker, or one sheet, has."""
    live = Need.objects.filter(state__in=LIVE_STATES)
    if asker is not None:
        return live.filter(asker=asker).count()
    return live.filter(sheet_id=sheet, asker=None).count() if sheet is not None else 0


def likely_same(community: str, service: str) -> tuple[Known, ...]:
    """Return live needs of a community for the same service, newest first (at most fifty): those a new one is held against."""
    rows = Need.objects.filter(community_code=community, service=service, state__in=LIVE_STATES).order_by("-recorded_at")
    fields = ("pk", "number", "service", "place_code", "asker", "recorded_at", "sheet__household")
    return tuple(Known(*row) for row in rows.values_list(*fields)[:LIKE_LOOKED_AT])


def timeline(pk: UUID) -> tuple[FlipRow, ...]:
    """Return what happened to a need, oldest first."""
    rows = NeedFlip.objects.filter(need_id=pk).order_by("at", "pk")
    return tuple(FlipRow(r.old, r.new, r.event, r.reason, r.actor_ref, r.at) for r in rows)


def due_clocks(now: datetime, *, limit: int = 100, within: Collection[str] | None = None) -> tuple[ClockRow, ...]:
    """Return clocks that ran out and were not fired, the longest overdue first; of the communities `within`, or of all."""
    found = Clock.objects.filter(stopped_at=None, fired_at=None, paused_at=None, due_at__lte=now)
    if within is not None:
        found = found.filter(need__community_code__in=within)
    rows = found.select_related("need").order_by("due_at")[:limit]
    return tuple(ClockRow(r.pk, r.need_id, r.kind, r.level, r.due_at, r.need.community_code, r.need.urgent, r.need.group) for r in rows)


@dataclass(frozen=True, slots=True)
class ClockCard:
    """One clock of a need with its whole story: what was promised, how long it stood still, how it ended."""

    id: int
    kind: str
    level: str
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None
    pause_reason: str
    paused_total_s: int
    stopped_at: datetime | None
    fired_at: datetime | None


def clocks_of(ids: Collection[UUID]) -> dict[UUID, tuple[ClockCard, ...]]:
    """Return every clock of each need, oldest first; one query."""
    found: dict[UUID, tuple[ClockCard, ...]] = dict.fromkeys(ids, ())
    for r in Clock.objects.filter(need_id__in=ids).order_by("started_at", "pk"):
        found[r.need_id] += (
            ClockCard(
                r.pk, r.kind, r.level, r.started_at, r.due_at, r.paused_at, r.pause_reason, r.paused_total_s, r.stopped_at, r.fired_at
            ),
        )
    return found


def next_due() -> datetime | None:
    """Return when the next clock runs out, or None."""
    running = Clock.objects.filter(stopped_at=None, fired_at=None, paused_at=None)
    moment: datetime | None = running.aggregate(at=Min("due_at"))["at"]
    return moment


def objection(pk: UUID) -> ObjectionRow | None:
    """Return the newest objection about a need, or None."""
    row = Objection.objects.filter(need_id=pk).order_by("-made_at").first()
    return _objection(row) if row else None


def open_objections(place: str) -> tuple[ObjectionRow, ...]:
    """Return open objections below a place, the most urgent first."""
    rows = Objection.objects.filter(place_code__startswith=place, settled_at=None).order_by("due_at")[:100]
    return tuple(_objection(row) for row in rows)


def due_objections(now: datetime, *, limit: int = 100) -> tuple[ObjectionRow, ...]:
    """Return open objections whose review is overdue, the longest overdue first."""
    rows = Objection.objects.filter(settled_at=None, due_at__lte=now).order_by("due_at")[:limit]
    return tuple(_objection(row) for row in rows)


def _objection(r: Objection) -> ObjectionRow:
    return ObjectionRow(
        r.need_id, r.place_code, r.reason, r.made_at, r.due_at, r.settled_at, r.upheld, r.settled_reason,
        r.pk, r.reviewer, r.reminders,
    )  # fmt: skip


# Prefixed, so that no total hides the field it counts.
COUNTS = {
    "n_opened": Count("pk"),
    "n_answered": Count("pk", filter=Q(answered_in_time__isnull=False)),
    "n_answered_in_time": Count("pk", filter=Q(answered_in_time=True)),
    "n_care_answered": Count("pk", filter=Q(answered_in_time__isnull=False) & (Q(urgent=True) | ~Q(group=""))),
    "n_care_in_time": Count("pk", filter=Q(answered_in_time=True) & (Q(urgent=True) | ~Q(group=""))),
    "n_ended": Count("pk", filter=Q(handled_in_time__isnull=False)),
    "n_handled_in_time": Count("pk", filter=Q(handled_in_time=True)),
    "n_live": Count("pk", filter=Q(state__in=LIVE_STATES)),
}


def counts(place: str, start: datetime, end: datetime) -> Counts:
    """Return whole counts of needs opened below a place in [start, end); one query."""
    rows = Need.objects.filter(community_code__startswith=place, recorded_at__gte=start, recorded_at__lt=end)
    totals = rows.aggregate(**COUNTS)
    return Counts(*(totals[name] for name in COUNTS))


def counts_by(place: str, start: datetime, end: datetime, *, digits: int) -> dict[str, Counts]:
    """Return the same counts for each place code of `digits` digits below a place; one query."""
    rows = Need.objects.filter(community_code__startswith=place, recorded_at__gte=start, recorded_at__lt=end)
    grouped = rows.annotate(part=Left("community_code", digits)).values("part").annotate(**COUNTS).order_by("part")
    return {part: Counts(*numbers) for part, *numbers in grouped.values_list("part", *COUNTS)}


@dataclass(frozen=True, slots=True)
class LiveCount:
    """Needs that live now: all, those above the community, those with a running clock past its end."""

    live: int
    risen: int
    late: int


def live_by(place: str, now: datetime, *, digits: int) -> dict[str, LiveCount]:
    """Return what lives now for each place code of `digits` digits below a place; one query."""
    over = Clock.objects.filter(need=OuterRef("pk"), stopped_at=None, fired_at=None, paused_at=None, due_at__lte=now)
    rows = Need.objects.filter(community_code__startswith=place, state__in=LIVE_STATES).annotate(
        part=Left("community_code", digits), over=Exists(over)
    )
    grouped = rows.values("part").annotate(
        live=Count("pk"), risen=Count("pk", filter=~Q(level=Level.COMMUNITY.value)), late=Count("pk", filter=Q(over=True))
    )
    return {row["part"]: LiveCount(row["live"], row["risen"], row["late"]) for row in grouped.order_by("part")}


def open_here(service: str, community: str) -> bool:
    """Tell whether a special service is open in a community."""
    return ServiceHere.objects.filter(service=service, place_code=community, ended_at=None, approved_at__isnull=False).exists()


def services_with(specials: Collection[str]) -> tuple[Service, ...]:
    """Return the services anybody can ask for, and those of `specials`, in the order they are shown; no query."""
    return tuple(service for code, service in catalogue().items() if not service.special or code in specials)


def services_at(community: str) -> tuple[Service, ...]:
    """Return the services a resident of a community can ask for, in the order they are shown; one query."""
    specials = set(
        ServiceHere.objects.filter(place_code=community, ended_at=None, approved_at__isnull=False).values_list("service", flat=True)
    )
    return services_with(specials)


def specials_below(place: str) -> tuple[ServiceHereRow, ...]:
    """Return declared specials of a place and below, those waiting for approval first."""
    rows = ServiceHere.objects.filter(place_code__startswith=place, ended_at=None).order_by(
        F("approved_at").asc(nulls_first=True), "declared_at"
    )
    return tuple(ServiceHereRow(catalogue()[r.service], r.place_code, r.declared_at, r.approved_at) for r in rows)


def service(code: str) -> Service | None:
    """Return a service of the catalogue, or None."""
    return catalogue().get(code)


def all_services() -> tuple[Service, ...]:
    """Return the whole catalogue."""
    return tuple(catalogue().values())


def all_domains() -> tuple[Domain, ...]:
    """Return the eight domains."""
    return tuple(domains().values())


def _sheet(row: CodeSheet) -> SheetRow:
    return SheetRow(row.pk, row.place_code, row.household, row.label, row.issued_at, row.revoked_at)


def sheet_by_token(token: str) -> SheetRow | None:
    """Return the sheet of a token in use, or None: unknown and revoked look the same."""
    row = CodeSheet.objects.filter(token_hash=hashlib.sha256(token.encode()).hexdigest(), revoked_at=None).first()
    return _sheet(row) if row else None


def sheets_at(place: str, *, limit: int = 200) -> tuple[SheetRow, ...]:
    """Return sheets of a place and below, in use first, newest first."""
    rows = CodeSheet.objects.filter(place_code__startswith=place).order_by(F("revoked_at").asc(nulls_first=True), "-issued_at")[:limit]
    return tuple(_sheet(row) for row in rows)


def sheet(pk: UUID) -> SheetRow:
    """Return one sheet. Raises NotFound."""
    row = CodeSheet.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _sheet(row)
