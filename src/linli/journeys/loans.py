"""Requests and things find each other by the engine that matches needs and helpers: units stand in for helpers, the alliance bounds who.

For one request at once (`choices`), or all that wait as one batch for those that share (`place_waiting`), each round with its worth and bound.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linli.ground.places import reads as places
from linli.ground.places.core import Point
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.matching.core import choose
from linli.help.matching.core.columns import Wanted, columns
from linli.help.matching.core.outcome import PPB, Fine
from linli.help.matching.core.pairs import HelperSnap, NeedSnap, Proposal, WhyNot, candidates, metres
from linli.help.supply import lending, terms
from linli.help.supply.core.bookings import State
from linli.help.supply.core.things import KINDS, Borrower, Manner, Span, minutes_of, why_not
from linli.help.supply.lending import BookingRow, ThingRow
from linli.help.supply.verbs import bookings as supply
from linli.help.supply.verbs.bookings import NewRound, Offering
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import loan_limits, loan_rules, match_worths, policies_at
from linli.journeys.things import tell_borrower, tell_workers
from linli.journeys.together import PPM, chosen_of
from linli.kernel.actor import Actor, Channel
from linli.kernel.errors import LinliError
from linli.kernel.ids import new_id

MATCHER = Actor.system("matcher")
ROUNDS_MAX = 20  # of one batch: a unit gets one request a round
FULL = "taken"  # the code of what is booked or out of use for all of its units


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as matching sees it."""

    id: UUID
    kind: str
    place: str
    span: Span
    asked_at: datetime
    group: str = ""
    urgent: bool = False
    certificates: frozenset[str] = frozenset()
    declined: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """A thing that is free for all of a span, with the unit that would be held; `metres` on foot as the crow flies, None where unknown."""

    thing: ThingRow
    unit: UUID
    metres: int | None
    walk_minutes: int | None
    free: int  # units free for all of the span


@dataclass(frozen=True, slots=True)
class Choices:
    """What is to be had, best first; what is not, as (thing, code of the first rule); what the communities that share are called."""

    found: tuple[Choice, ...]
    not_now: tuple[tuple[ThingRow, str], ...]
    names: dict[str, str]


def asking_of(row: BookingRow, certificates: Mapping[UUID, frozenset[str]]) -> Asking:
    """Return a booking that waits as matching sees it."""
    held = certificates.get(row.borrower, frozenset())
    return Asking(row.id, row.kind, row.place, (row.begins_at, row.ends_at), row.asked_at, row.group, row.urgent, held, row.declined)


def _barred(asking: Asking, things: Sequence[ThingRow], rules: Policy) -> dict[UUID, str]:
    """Return the things that the terms keep from a request, each with the code of the first rule."""
    limit = loan_limits(rules).minutes_max(KINDS[asking.kind])
    found = {}
    for row in things:
        who = Borrower(row.community == asking.place[:12], bool(asking.group), asking.certificates, row.id in asking.declined)
        why = why_not(row.terms, who, asking.span, limit)
        if why is not None:
            found[row.id] = why.value
    return found


def _need(asking: Asking, point: Point | None, barred: frozenset[UUID]) -> NeedSnap:
    return NeedSnap(
        asking.id, asking.kind, asking.kind, asking.place, asking.span[0], minutes_of(asking.span), asking.asked_at, urgent=asking.urgent,
        group=bool(asking.group), lat_micro=point.lat_udeg if point else None, lon_micro=point.lon_udeg if point else None, asked=barred,
    )  # fmt: skip


def _snaps(things: Sequence[ThingRow], window: Span, moment: datetime) -> dict[UUID, HelperSnap]:
    """Return each unit of things as a helper of the engine, by its id; two queries."""
    units = [unit for row in things for unit in row.units]
    busy: dict[UUID, list[Span]] = {}
    for row in lending.taken(units, window, moment):
        busy.setdefault(row.unit, []).append((row.begins_at, row.ends_at))
    uses = lending.recent_uses(units, moment)
    return {
        unit: HelperSnap(
            unit, row.place, frozenset({row.kind}), lat_micro=row.lat_micro, lon_micro=row.lon_micro, busy=tuple(busy.get(unit, ())),
            week_visits=uses.get(unit, 0), free=row.hours if row.terms.manner is Manner.HOUR else (),
        )
        for row in things
        for unit in row.units
    }  # fmt: skip


def choices(asking: Asking, rules: Policy, moment: datetime, *, also: Collection[str] = ()) -> Choices:
    """Return what is to be had for one request, best first, one line a thing; four queries. `also`: places whose names are wanted too."""
    things = lending.things_shared(asking.place[:12], [asking.kind], moment)
    spots = places.named({asking.place, *(row.community for row in things), *also})
    return choices_among(asking, things, spots, rules, moment)


def choices_among(
    asking: Asking, things: Sequence[ThingRow], spots: Mapping[str, tuple[str, Point | None]], rules: Policy, moment: datetime
) -> Choices:
    """Return the same where the things have been read; `spots` as `places.named` gives them."""
    barred = _barred(asking, things, rules)
    able = [row for row in things if row.id not in barred]
    snaps = _snaps(able, asking.span, moment)
    point = spots.get(asking.place, ("", None))[1]
    proposals, _kept_away = candidates(_need(asking, point, frozenset()), list(snaps.values()), loan_rules(rules))
    of_unit = {unit: row for row in able for unit in row.units}
    best: dict[UUID, tuple[Proposal, int]] = {}
    for proposal in proposals:
        known = best.get(of_unit[proposal.helper].id)
        best[of_unit[proposal.helper].id] = (known[0], known[1] + 1) if known else (proposal, 1)
    by_id, need = {row.id: row for row in able}, _need(asking, point, frozenset())
    found = tuple(
        Choice(by_id[pk], proposal.helper, metres(need, snaps[proposal.helper]), proposal.walk_minutes, free)
        for pk, (proposal, free) in sorted(best.items(), key=lambda item: (item[1][0].cost, item[0]))
    )
    left = [(row, barred.get(row.id) or _why_full(need, row, snaps, rules)) for row in things if row.id not in best]
    return Choices(found, tuple(left), {code: name for code, (name, _point) in spots.items()})


def _why_full(need: NeedSnap, row: ThingRow, snaps: Mapping[UUID, HelperSnap], rules: Policy) -> str:
    _able, kept_away = candidates(need, [snaps[unit] for unit in row.units], loan_rules(rules))
    return WhyNot.FAR.value if set(kept_away) == {WhyNot.FAR} else FULL


def offering_of(choice_unit: UUID, metres_: int | None, thing: ThingRow, *, agreed: bool, s: OpenStep, rules: Policy) -> Offering:
    """Return the offer of a unit: the lender has said yes already where the thing asks for no yes of its own."""
    until = s.now + timedelta(minutes=loan_limits(rules).offer_minutes)
    return Offering(choice_unit, metres_, agreed, not thing.ask_first, until)


def tell_state(s: OpenStep, booking: UUID) -> None:
    """After a unit was found or somebody said yes: tell whoever has to know or say yes next."""
    row = lending.booking(booking)
    if row.state is State.BOOKED:
        tell_borrower(s, row, "booking.booked")
        tell_workers(s, row, "booking.booked", [row.lender, *([row.community] if row.channel == Channel.PHONE.value else [])])
        return
    if not row.agreed:
        tell_borrower(s, row, "booking.offered")
        # Somebody without a phone is asked by their worker.
        tell_workers(s, row, "booking.offered", [row.community] if row.channel == Channel.PHONE.value else [])
    elif not row.approved:
        tell_workers(s, row, "booking.to_approve", [row.lender])


@dataclass(frozen=True, slots=True)
class _Batch:
    """What waits in communities that share, under one policy."""

    circle: frozenset[str]
    asked: tuple[Asking, ...]
    rules: Policy


def _batches(rows: Sequence[BookingRow], moment: datetime) -> list[_Batch]:
    held = lending.certificates_of({row.borrower for row in rows}, moment)
    circles = terms.circles({row.community for row in rows}, moment)
    rules = policies_at({min(circle) for circle in circles.values()}, moment)
    found: dict[frozenset[str], list[Asking]] = {}
    for row in rows:
        if row.begins_at > moment:
            found.setdefault(circles[row.community], []).append(asking_of(row, held))
    return [_Batch(circle, tuple(found[circle]), rules[min(circle)]) for circle in sorted(found, key=min)]


def place_waiting(only: Collection[UUID] = ()) -> int:
    """Offer what is free to all requests that wait (or to those of `only`), those that share as one batch; return how many offers went out."""
    moment = now()
    rows = [row for row in lending.waiting() if not only or row.id in only]
    made = 0
    for batch in _batches(rows, moment) if rows else []:
        asked = list(batch.asked)
        for _round in range(ROUNDS_MAX):
            done = _round_of(_Batch(batch.circle, tuple(asked), batch.rules), moment)
            made += len(done)
            asked = [one for one in asked if one.id not in done]
            if not done or not asked:
                break
    return made


def _round_of(batch: _Batch, moment: datetime) -> frozenset[UUID]:
    """Match one round: a unit gets one request at most; return the requests that were offered one."""
    things = lending.things_in(batch.circle, {one.kind for one in batch.asked})
    if not things:
        return frozenset()
    begun = time.monotonic_ns()
    window = min(one.span[0] for one in batch.asked), max(one.span[1] for one in batch.asked)
    snaps = _snaps(things, window, moment)
    points = places.named({one.place for one in batch.asked})
    wanted = []
    for one in batch.asked:
        barred = _barred(one, things, batch.rules)
        units = frozenset(unit for row in things if row.id in barred for unit in row.units)
        wanted.append(Wanted(_need(one, points.get(one.place, ("", None))[1], units), 1))
    made = columns(wanted, list(snaps.values()), loan_rules(batch.rules), match_worths(batch.rules), moment)
    outcome = choose.run(made.batch, Fine(batch.rules.count("match_step_ppm") * PPB // PPM))
    took = (time.monotonic_ns() - begun) // 1_000_000
    of_unit, needs = {unit: row for row in things for unit in row.units}, {w.need.id: w.need for w in wanted}
    done = frozenset(
        booking for booking, unit in chosen_of(made, outcome)
        if _offer(booking, unit, metres(needs[booking], snaps[unit]), of_unit[unit], batch.rules)
    )  # fmt: skip
    if done:
        _keep(batch, len(snaps), len(done), (outcome.value, outcome.bound), took)
    return done


def _offer(booking: UUID, unit: UUID, far: int | None, thing: ThingRow, rules: Policy) -> bool:
    try:
        with step(MATCHER, None, "booking.match", {}, place=thing.community) as s:
            supply.offer_unit(s, booking, offering_of(unit, far, thing, agreed=False, s=s, rules=rules), loan_limits(rules))
            tell_state(s, booking)
    except LinliError:
        return False  # somebody was quicker: it waits for the next round
    return True


def _keep(batch: _Batch, units: int, offered: int, worth: tuple[int, int], took: int) -> None:
    first = min(batch.circle)
    with step(MATCHER, None, "booking.match", {}, place=first) as s:
        found = lending.alliances(first, s.now)
        supply.keep_round(s, NewRound(first, found[0].id if found else None, len(batch.asked), units, offered, *worth, took))


def asking_now(kind: str, place: str, span: Span, moment: datetime, *, group: str, certificates: frozenset[str]) -> Asking:
    """Return a request that is being thought of, before anything is asked."""
    return Asking(new_id(moment), kind, place, span, moment, group, certificates=certificates)
