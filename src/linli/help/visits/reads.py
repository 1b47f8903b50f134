"""Queries over offers and visits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Left

from linli.help.visits.core import DONE, LIVE, Code, OfferState, VisitState, code_at
from linli.help.visits.models import Offer, Ticked, Visit, VisitFlip
from linli.kernel.errors import NotFound

DONE_STATES = [s.value for s in DONE]
LIVE_STATES = [s.value for s in LIVE]


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


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit as its parties and the workers of its place see it; never its seed."""

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
        tuple((code, number) for code, number in r.reasons), r.made_at, r.expires_at,
    )  # fmt: skip


def _visit(r: Visit) -> VisitRow:
    return VisitRow(
        r.pk, r.need, r.resident, r.helper, r.service, r.place_code, r.starts_at, r.ends_at, r.minutes_estimated, VisitState(r.state),
        r.check_in_way, r.checked_in_at, r.checked_out_at, r.helper_minutes, r.resident_minutes, r.resident_way, r.minutes_final,
        r.wrong_tries, r.booked_at, r.done_at,
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


def asked_for(need: UUID) -> frozenset[UUID]:
    """Return the helpers who have, had or declined an offer for a need."""
    return frozenset(Offer.objects.filter(need=need).exclude(state=OfferState.WITHDRAWN.value).values_list("helper", flat=True))


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


def visit_of_need(need: UUID) -> VisitRow | None:
    """Return the newest visit of a need, or None."""
    row = Visit.objects.filter(need=need).order_by("-booked_at").first()
    return _visit(row) if row else None


def visits_of_needs(needs: Collection[UUID]) -> dict[UUID, VisitRow]:
    """Return the newest visit of each need that has one; one query."""
    rows = Visit.objects.filter(need__in=needs).order_by("need", "-booked_at").distinct("need")
    return {row.need: _visit(row) for row in rows}


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


def of_helper(helper: UUID, *, limit: int = 20) -> tuple[VisitRow, ...]:
    """Return a helper's visits: those ahead first (soonest first), then the newest."""
    live = list(Visit.objects.filter(helper=helper, state__in=[*LIVE_STATES, "checked_out", "disputed"]).order_by("starts_at")[:limit])
    past = list(Visit.objects.filter(helper=helper).exclude(pk__in=[v.pk for v in live]).order_by("-starts_at")[:limit])
    return tuple(_visit(row) for row in [*live, *past][:limit])


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


def busy(helpers: Collection[UUID], start: datetime, end: datetime) -> dict[UUID, tuple[tuple[datetime, datetime], ...]]:
    """Return the taken spans of helpers that touch [start, end); one query."""
    spans: dict[UUID, list[tuple[datetime, datetime]]] = {}
    rows = Visit.objects.filter(helper__in=helpers, state__in=LIVE_STATES, starts_at__lt=end, ends_at__gt=start)
    for helper, begin, finish in rows.values_list("helper", "starts_at", "ends_at"):
        spans.setdefault(helper, []).append((begin, finish))
    return {helper: tuple(found) for helper, found in spans.items()}


def load(helpers: Collection[UUID], since: datetime) -> dict[UUID, int]:
    """Return how many visits each helper has had or booked since a moment; one query."""
    rows = Visit.objects.filter(helper__in=helpers, starts_at__gte=since).exclude(state__in=["cancelled", "no_show"])
    return dict(rows.values_list("helper").annotate(n=Count("pk")))


def pairs(resident: UUID, helpers: Collection[UUID]) -> dict[UUID, int]:
    """Return how often each helper has visited a resident; one query."""
    rows = Visit.objects.filter(resident=resident, helper__in=helpers, state__in=DONE_STATES)
    return dict(rows.values_list("helper").annotate(n=Count("pk")))


def pair_counts(pairs_wanted: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], int]:
    """Return finished visits per (resident, helper) pair; one query."""
    where = Q(pk=None)
    for resident, helper in pairs_wanted:
        where |= Q(resident=resident, helper=helper)
    rows = Visit.objects.filter(where, state__in=DONE_STATES).values("resident", "helper").annotate(n=Count("pk"))
    return {(row["resident"], row["helper"]): row["n"] for row in rows if row["resident"] is not None}


def no_shows_of(helper: UUID) -> int:
    """Return how often a helper did not come."""
    return Visit.objects.filter(helper=helper, state=VisitState.NO_SHOW.value).count()


def history(pk: UUID) -> tuple[VisitFlipRow, ...]:
    """Return what happened to a visit, oldest first."""
    rows = VisitFlip.objects.filter(visit_id=pk).order_by("at", "pk")
    return tuple(VisitFlipRow(r.old, r.new, r.event, r.reason, r.actor_ref, r.at) for r in rows)


def done_between(start: datetime, end: datetime) -> tuple[VisitRow, ...]:
    """Return visits finished in [start, end), for figures."""
    rows = Visit.objects.filter(done_at__gte=start, done_at__lt=end, state__in=DONE_STATES).order_by(F("done_at"))
    return tuple(_visit(row) for row in rows)


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
