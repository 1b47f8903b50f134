"""Queries over offers and visits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Left

from linli.help.visits.core import DONE, GONE, LIVE, Code, OfferState, VisitState, code_at
from linli.help.visits.models import Offer, Ticked, Visit, VisitFlip
from linli.kernel.errors import NotFound

DONE_STATES = [s.value for s in DONE]
LIVE_STATES = [s.value for s in LIVE]
GONE_STATES = [s.value for s in GONE]


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer; `reasons` are (code, number) pairs that doors turn into words."""

    id: UUID
    need: UUID
    helper: UUID
    resident: UUID | None
    service: str
    place: str
    starts_at: datetime
    minutes: int
    state: OfferState
    walk_minutes: int | None
    reasons: tuple[tuple[str, int], ...]
    made_at: datetime
    expires_at: datetime
    again_at: datetime | None = None

    def keeps_away(self, now: datetime) -> bool:
        """Tell whether its helper is not to be asked for the same need now, as `asked_for` counts it."""
        return self.state is not OfferState.WITHDRAWN and (self.again_at is None or self.again_at > now)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit as its parties and the workers of its place see it; never its seed.

    `together` is common to the two who go to one need together (None: one goes alone); `waits_until`: this one waits for the other till then.
    """

    id: UUID
    need: UUID
    resident: UUID | None
    helper: UUID
    service: str
    place: str
    starts_at: datetime
    ends_at: datetime
    minutes_estimated: int
    state: VisitState
    check_in_way: str
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    helper_minutes: int | None
    resident_minutes: int | None
    resident_way: str
    minutes_final: int | None
    wrong_tries: int
    booked_at: datetime
    done_at: datetime | None
    offer: UUID
    together: UUID | None = None
    seat: int = 1
    waits_until: datetime | None = None

    @property
    def gone(self) -> bool:
        """Tell whether it came to nothing."""
        return self.state in GONE


@dataclass(frozen=True, slots=True)
class VisitFlipRow:
    """One line of a visit's history."""

    old: str
    new: str
    event: str
    reason: str
    actor_ref: str
    at: datetime


def _offer(r: Offer) -> OfferRow:
    return OfferRow(
        r.pk, r.need, r.helper, r.resident, r.service, r.place_code, r.starts_at, r.minutes_estimated, OfferState(r.state), r.walk_minutes,
        tuple((code, number) for code, number in r.reasons), r.made_at, r.expires_at, r.again_at,
    )  # fmt: skip


def _visit(r: Visit) -> VisitRow:
    return VisitRow(
        r.pk, r.need, r.resident, r.helper, r.service, r.place_code, r.starts_at, r.ends_at, r.minutes_estimated, VisitState(r.state),
        r.check_in_way, r.checked_in_at, r.checked_out_at, r.helper_minutes, r.resident_minutes, r.resident_way, r.minutes_final,
        r.wrong_tries, r.booked_at, r.done_at, r.offer_id, r.together, r.seat, r.waits_until,
    )  # fmt: skip


def offer(pk: UUID) -> OfferRow:
    """Return one offer. Raises NotFound."""
    row = Offer.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _offer(row)


def offers_for(helper: UUID, now: datetime) -> tuple[OfferRow, ...]:
    """Return a helper's running offers, the soonest visit first."""
    rows = Offer.objects.filter(helper=helper, state=OfferState.MADE.value, expires_at__gt=now).order_by("starts_at", "pk")
    return tuple(_offer(row) for row in rows)


def offers_of_need(need: UUID, *, running: bool = True) -> tuple[OfferRow, ...]:
    """Return a need's offers, best first: the running ones, or all."""
    rows = Offer.objects.filter(need=need).order_by("cost", "made_at")
    return tuple(_offer(row) for row in (rows.filter(state=OfferState.MADE.value) if running else rows))


def running_offers(needs: Collection[UUID]) -> dict[UUID, int]:
    """Return how many running offers each need has, those with none left out; one query."""
    if not needs:
        return {}
    rows = Offer.objects.filter(need__in=needs, state=OfferState.MADE.value).values_list("need")
    return dict(rows.annotate(n=Count("pk")))


def _asked(now: datetime) -> QuerySet[Offer]:
    """Return the offers whose helpers are not asked for the same need: a withdrawn one counts for nothing, some only for a time."""
    return Offer.objects.exclude(state=OfferState.WITHDRAWN.value).filter(Q(again_at=None) | Q(again_at__gt=now))


def asked_for(need: UUID, now: datetime) -> frozenset[UUID]:
    """Return the helpers who have, had or declined an offer for a need and are not to be asked again yet."""
    return frozenset(_asked(now).filter(need=need).values_list("helper", flat=True))


def lapsed_offers(now: datetime, *, limit: int = 100, within: Collection[str] | None = None) -> tuple[UUID, ...]:
    """Return running offers whose time is over; of the communities `within`, or of all."""
    rows = Offer.objects.filter(state=OfferState.MADE.value, expires_at__lte=now).order_by("expires_at")
    if within is not None:
        rows = rows.annotate(community=Left("place_code", 12)).filter(community__in=within)
    return tuple(rows.values_list("pk", flat=True)[:limit])


def visit(pk: UUID) -> VisitRow:
    """Return one visit. Raises NotFound. Who may know of it is the caller's question (see `party_to`)."""
    row = Visit.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _visit(row)


def visits(ids: Collection[UUID]) -> dict[UUID, VisitRow]:
    """Return visits by id in one query; unknown ids are left out."""
    return {row.pk: _visit(row) for row in Visit.objects.filter(pk__in=ids)} if ids else {}


def _first(row: Visit) -> tuple[bool, datetime, int]:
    """Return by what the visit that stands for a need is found, the largest of them: one that came to nothing only where there is no other."""
    return row.state not in GONE_STATES, row.booked_at, -row.seat


def visit_of_need(need: UUID) -> VisitRow | None:
    """Return the newest visit of a need that has not come to nothing, else the newest, or None. Of two who go together, either may be."""
    row = max(Visit.objects.filter(need=need), key=_first, default=None)
    return _visit(row) if row else None


def outing(row: VisitRow) -> tuple[VisitRow, ...]:
    """Return a visit and that of whoever goes along, by their seats; those that came to nothing are left out, except `row` itself."""
    if row.together is None:
        return (row,)
    others = Visit.objects.filter(together=row.together).exclude(pk=row.id).exclude(state__in=GONE_STATES)
    return tuple(sorted((row, *(_visit(other) for other in others)), key=lambda one: one.seat))


def seated(needs: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return for each need who said yes and waits for another to go with, needs without left out; one query."""
    found: dict[UUID, frozenset[UUID]] = {}
    if needs:
        rows = Visit.objects.filter(need__in=needs, state=VisitState.WAITING.value).values_list("need", "helper")
        for need, helper in rows:
            found[need] = found.get(need, frozenset()) | {helper}
    return found


def waited_out(now: datetime, *, limit: int = 100, within: Collection[str] | None = None) -> tuple[VisitRow, ...]:
    """Return visits that waited for another helper until their time was over; of the communities `within`, or of all."""
    rows = Visit.objects.filter(state=VisitState.WAITING.value, waits_until__lte=now).order_by("waits_until")
    if within is not None:
        rows = rows.annotate(community=Left("place_code", 12)).filter(community__in=within)
    return tuple(_visit(row) for row in rows[:limit])


def visits_of_need(need: UUID) -> tuple[VisitRow, ...]:
    """Return every visit of a need, newest first."""
    return tuple(_visit(row) for row in Visit.objects.filter(need=need).order_by("-booked_at"))


def code_for(pk: UUID, now: datetime, *, window_minutes: int) -> Code:
    """Return the code shown at the resident's side now. Only the resident's own page may call this. Raises NotFound."""
    seed = Visit.objects.filter(pk=pk, state=VisitState.BOOKED.value).values_list("seed", flat=True).first()
    if seed is None:
        raise NotFound
    return code_at(bytes(seed), now, window_minutes=window_minutes)


def ticked(pk: UUID) -> frozenset[int]:
    """Return the numbers of the checklist items done."""
    return frozenset(Ticked.objects.filter(visit_id=pk).values_list("item", flat=True))


def of_helper(helper: UUID, *, limit: int = 20, ahead: bool = False) -> tuple[VisitRow, ...]:
    """Return a helper's visits: those ahead first (soonest first), then the newest; `ahead` leaves out what is over. One query."""
    unended = [*LIVE_STATES, "checked_out", "disputed"]
    mine = Visit.objects.filter(helper=helper)
    live = mine.filter(state__in=unended).order_by("starts_at")[:limit]
    if ahead:
        return tuple(_visit(row) for row in live)
    past = mine.exclude(state__in=unended).order_by("-starts_at")[:limit]
    found = [_visit(row) for row in live.union(past, all=True)]
    first = sorted((v for v in found if v.state.value in unended), key=lambda v: v.starts_at)
    then = sorted((v for v in found if v.state.value not in unended), key=lambda v: v.starts_at, reverse=True)
    return tuple([*first, *then][:limit])


def of_resident(resident: UUID, *, limit: int = 20) -> tuple[VisitRow, ...]:
    """Return a resident's visits, newest first."""
    return tuple(_visit(row) for row in Visit.objects.filter(resident=resident).order_by("-starts_at")[:limit])


def of_people(people: Collection[UUID], *, before: UUID | None = None, limit: int = 20) -> tuple[VisitRow, ...]:
    """Return a page of visits that some people give or receive, newest booked first; `before` is the last visit of the page before."""
    rows = Visit.objects.filter(Q(helper__in=people) | Q(resident__in=people))
    if before is not None:  # ids are in order of time
        rows = rows.filter(pk__lt=before)
    return tuple(_visit(row) for row in rows.order_by("-pk")[:limit])


def at_place(place: str, start: datetime, end: datetime, *, limit: int = 100) -> tuple[VisitRow, ...]:
    """Return visits of a place that begin in [start, end), soonest first; one query."""
    rows = Visit.objects.filter(place_code__startswith=place, starts_at__gte=start, starts_at__lt=end).order_by("starts_at")[:limit]
    return tuple(_visit(row) for row in rows)


@dataclass(frozen=True, slots=True)
class Served:
    """What one helper did of one service: how often, and the agreed minutes in all."""

    service: str
    visits: int
    minutes: int


def served(helper: UUID, start: datetime, end: datetime) -> tuple[Served, ...]:
    """Return what a helper did, by service, in visits begun from `start` up to, and without, `end`; the longest first. One query."""
    rows = Visit.objects.filter(helper=helper, state__in=DONE_STATES, minutes_final__gt=0, starts_at__gte=start, starts_at__lt=end)
    found = rows.order_by().values("service").annotate(n=Count("pk"), minutes=Sum("minutes_final")).order_by("-minutes", "service")
    return tuple(Served(row["service"], row["n"], row["minutes"]) for row in found)


def disputed_at(place: str) -> tuple[VisitRow, ...]:
    """Return disputed visits of a place, the oldest first."""
    rows = Visit.objects.filter(place_code__startswith=place, state=VisitState.DISPUTED.value).order_by("starts_at")[:100]
    return tuple(_visit(row) for row in rows)


def unconfirmed_at(place: str, before: datetime) -> tuple[VisitRow, ...]:
    """Return visits checked out before a moment whose resident has not confirmed: the call-back list, the oldest first."""
    rows = Visit.objects.filter(
        place_code__startswith=place, state=VisitState.CHECKED_OUT.value, resident_minutes=None, checked_out_at__lt=before
    )
    return tuple(_visit(row) for row in rows.order_by("checked_out_at")[:100])


def unfinished(*, limit: int = 500) -> tuple[VisitRow, ...]:
    """Return visits that somebody still has a part in: booked, under way, or waiting for the minutes; the oldest first."""
    rows = Visit.objects.filter(state__in=[*LIVE_STATES, VisitState.CHECKED_OUT.value]).order_by("starts_at", "pk")
    return tuple(_visit(row) for row in rows[:limit])


def due_no_shows(now: datetime, *, minutes: int, limit: int = 100, within: Collection[str] | None = None) -> tuple[VisitRow, ...]:
    """Return booked visits whose helper is at least `minutes` late; of the communities `within`, or of all."""
    rows = Visit.objects.filter(state=VisitState.BOOKED.value, starts_at__lte=now - timedelta(minutes=minutes)).order_by("starts_at")
    if within is not None:
        rows = rows.annotate(community=Left("place_code", 12)).filter(community__in=within)
    return tuple(_visit(row) for row in rows[:limit])


@dataclass(frozen=True, slots=True)
class Track:
    """What matching asks of one helper: taken spans, how many visits lately, how often with the resident."""

    busy: tuple[tuple[datetime, datetime], ...] = ()
    load: int = 0
    times: int = 0


PARTS = 4  # of the time looked back over: what was in the latest counts whole, in the one before three quarters of it …


def _weight(begin: datetime, since: datetime, now: datetime | None) -> int:
    if begin < since:
        return 0
    return PARTS if now is None else PARTS - min(PARTS - 1, max(0, (now - begin) * PARTS // (now - since)))


def tracks(
    helpers: Collection[UUID], resident: UUID | None, start: datetime, end: datetime, since: datetime, now: datetime | None = None
) -> dict[UUID, Track]:
    """Return the track of each helper who has one: spans touching [start, end), visits held since a moment, visits with a resident; one query.

    With `now`, visits of the last quarter of [since, now) count whole, older ones a quarter less for each; the sum is rounded down.
    """
    if not helpers:
        return {}
    known = Q(resident=resident, state__in=DONE_STATES) if resident is not None else Q(pk=None)
    taken = Q(state__in=LIVE_STATES, starts_at__lt=end, ends_at__gt=start)
    lately = Q(starts_at__gte=since) & ~Q(state__in=GONE_STATES)
    rows = Visit.objects.filter(known | taken | lately, helper__in=helpers)
    found: dict[UUID, Track] = {}
    loads: dict[UUID, int] = {}
    for helper, visited, begin, finish, state in rows.values_list("helper", "resident", "starts_at", "ends_at", "state"):
        was = found.get(helper, Track())
        spans = ((begin, finish),) if state in LIVE_STATES and begin < end and finish > start else ()
        loads[helper] = loads.get(helper, 0) + (_weight(begin, since, now) if state not in GONE_STATES else 0)
        met = resident is not None and visited == resident and state in DONE_STATES
        found[helper] = Track((*was.busy, *spans), loads[helper] // PARTS, was.times + met)
    return found


def met(helpers: Collection[UUID], residents: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Return for each helper how often they finished a visit with each of `residents`; one query."""
    if not helpers or not residents:
        return {}
    rows = Visit.objects.filter(helper__in=helpers, resident__in=residents, state__in=DONE_STATES).values_list("helper", "resident")
    found: dict[UUID, dict[UUID, int]] = {}
    for helper, resident, times in rows.annotate(n=Count("pk")).order_by():
        found.setdefault(helper, {})[resident] = times
    return found


def asked_for_each(needs: Collection[UUID], now: datetime) -> dict[UUID, frozenset[UUID]]:
    """Return for each need the helpers of `asked_for`, needs with none left out; one query."""
    found: dict[UUID, set[UUID]] = {}
    if needs:
        for need, helper in _asked(now).filter(need__in=needs).values_list("need", "helper"):
            found.setdefault(need, set()).add(helper)
    return {need: frozenset(helpers) for need, helpers in found.items()}


@dataclass(frozen=True, slots=True)
class Around:
    """What the room knows around one need: every offer (best first), the visit that stands for it, how often its two people met before.

    `beside`: the visit of whoever goes along, and how often they met the resident before.
    """

    offers: tuple[OfferRow, ...] = ()
    visit: VisitRow | None = None
    times: int = 0
    code: str = ""
    beside: VisitRow | None = None
    beside_times: int = 0

    @property
    def visits(self) -> tuple[VisitRow, ...]:
        """Return the visit and the one beside it, by their seats."""
        return tuple(row for row in (self.visit, self.beside) if row is not None)

    @property
    def running(self) -> tuple[OfferRow, ...]:
        """Return the offers that wait for an answer."""
        return tuple(offer for offer in self.offers if offer.state is OfferState.MADE)


def around(needs: Collection[UUID], *, now: datetime | None = None, windows: Mapping[UUID, int] | None = None) -> dict[UUID, Around]:
    """Return what is around each of `needs`; one query. Every visit comes from an offer.

    `windows` (minutes of a code, by need) asks for the check-in code of booked visits too, as of `now`. Only the resident's own page may.
    """
    if not needs:
        return {}
    before = Visit.objects.filter(
        resident=OuterRef("visit__resident"), helper=OuterRef("visit__helper"), state__in=DONE_STATES
    ).order_by()  # fmt: skip
    times = Coalesce(Subquery(before.values("resident").annotate(n=Count("pk")).values("n")), 0)
    rows = Offer.objects.filter(need__in=needs).select_related("visit").annotate(times=times).order_by("cost", "made_at", "pk")
    offers: dict[UUID, list[OfferRow]] = {}
    made: dict[UUID, list[tuple[Visit, int]]] = {}
    for row in rows:
        offers.setdefault(row.need, []).append(_offer(row))
        if getattr(row, "visit", None) is not None:
            made.setdefault(row.need, []).append((row.visit, row.times))
    found = {}
    for need, some in offers.items():
        both = _both(made.get(need, []))
        booked = next((row for row, _ in both if row.state == VisitState.BOOKED.value), None)
        code = ""
        if booked is not None and now is not None and windows and need in windows:
            code = code_at(bytes(booked.seed), now, window_minutes=windows[need]).code
        (one, met), (other, other_met) = (*((_visit(row), times) for row, times in both), (None, 0), (None, 0))[:2]
        found[need] = Around(tuple(some), one, met, code, other, other_met)
    return found


def _both(made: Sequence[tuple[Visit, int]]) -> list[tuple[Visit, int]]:
    """Return the visit that stands for a need and the one beside it, by their seats, each with what came along."""
    newest = max(made, key=lambda one: _first(one[0]), default=None)
    if newest is None:
        return []
    row = newest[0]
    beside = [
        one for one in made
        if row.together is not None and one[0].together == row.together and one[0].pk != row.pk and one[0].state not in GONE_STATES
    ]  # fmt: skip
    return sorted((newest, *beside), key=lambda one: one[0].seat)


def no_shows_of(helper: UUID) -> int:
    """Return how often a helper did not come."""
    return Visit.objects.filter(helper=helper, state=VisitState.NO_SHOW.value).count()


def history(pk: UUID) -> tuple[VisitFlipRow, ...]:
    """Return what happened to a visit, oldest first."""
    rows = VisitFlip.objects.filter(visit_id=pk).order_by("at", "pk")
    return tuple(VisitFlipRow(r.old, r.new, r.event, r.reason, r.actor_ref, r.at) for r in rows)


def helped_between(place: str, start: datetime, end: datetime) -> frozenset[UUID]:
    """Return the residents whom a visit at `place` or below was done for in [start, end); one query."""
    rows = Visit.objects.filter(place_code__startswith=place, done_at__gte=start, done_at__lt=end, resident__isnull=False)
    return frozenset(pk for pk in rows.values_list("resident", flat=True) if pk is not None)


@dataclass(frozen=True, slots=True)
class Given:
    """What was given in a time: visits that ended well, the minutes they came to, how many different helpers."""

    visits: int
    minutes: int
    helpers: int


def given_in(place: str, start: datetime, end: datetime) -> Given:
    """Return what was given below a place in [start, end); one query."""
    rows = Visit.objects.filter(place_code__startswith=place, done_at__gte=start, done_at__lt=end, state__in=DONE_STATES)
    sums = rows.aggregate(visits=Count("pk"), minutes=Sum("minutes_final"), helpers=Count("helper", distinct=True))
    return Given(sums["visits"], sums["minutes"] or 0, sums["helpers"])


@dataclass(frozen=True, slots=True)
class OnHand:
    """Visits a desk has on hand: those of the day, those to be called back about, those where the two sides differ."""

    today: int
    call_back: int
    disputed: int


def on_hand(place: str, start: datetime, end: datetime, now: datetime) -> OnHand:
    """Return what a place has on hand, its day being [start, end); one query."""
    waits = Q(state=VisitState.CHECKED_OUT.value, resident_minutes=None, checked_out_at__lt=now)
    sums = Visit.objects.filter(place_code__startswith=place).aggregate(
        today=Count("pk", filter=Q(starts_at__gte=start, starts_at__lt=end)), call_back=Count("pk", filter=waits),
        disputed=Count("pk", filter=Q(state=VisitState.DISPUTED.value)),
    )  # fmt: skip
    return OnHand(sums["today"], sums["call_back"], sums["disputed"])
