"""Who could help, and why: snapshots from the rooms, the pure core decides, offers with reasons go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.ground.places.core import Point
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.matching.core.night import by_day, is_quiet, until_day
from linli.help.matching.core.pairs import HelperSnap, NeedSnap, Proposal, WhyNot, candidates
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.help.supply import reads as supply
from linli.help.visits import reads as visits_reads
from linli.help.visits import verbs as visits
from linli.journeys.ask import need_for, staff_of
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import match_rules, policy_at
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused

MICRODEGREES_PER_METRE = 9  # along a meridian; enough for a box that is then measured exactly
LOOKED_AT_MAX = 400
NOBODY: frozenset[UUID] = frozenset()
DAY = timedelta(days=1)
BEIJING = timedelta(hours=8)
WAITING = frozenset({"open", "offered"})


@dataclass(frozen=True, slots=True)
class HelperChoice:
    """One helper for one need, with the reasons as (code, number) pairs."""

    helper: UUID
    walk_minutes: int | None
    cost: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class HelpersForNeed:
    """Who could help, best first, and how many each rule kept away as (rule code, how many)."""

    choices: tuple[HelperChoice, ...]
    not_now: tuple[tuple[str, int], ...]
    looked_at: int


def starts_at(card: needs_reads.NeedCard, rules: Policy, moment: datetime) -> datetime:
    """Return when a visit would begin: when it is wanted, else as soon as somebody can be there, by day where it is not urgent."""
    soon = moment + timedelta(minutes=rules.minutes("start_soon_minutes"))
    start = max(card.wanted_from or soon, soon)
    if card.urgent or start == card.wanted_from:
        return start
    return by_day(start, rules.text("quiet_hours"), rules.text("day_opens"))


def offers_max(card: needs_reads.NeedCard, rules: Policy, seated: int) -> int:
    """Return how many offers of a need may run at once, while `seated` helpers have said yes and wait for another."""
    return rules.count("offers_at_once") + max(0, card.adults - 1 - seated)


def is_night(card: needs_reads.NeedCard, rules: Policy, moment: datetime) -> bool:
    """Tell whether a need waits for the day: only helpers who named this hour are asked for it now."""
    return not card.urgent and is_quiet(rules.text("quiet_hours"), moment)


def asks_from(card: needs_reads.NeedCard, rules: Policy, moment: datetime) -> datetime | None:
    """Return when helpers will be asked for a need that waits for the day; None where they are asked at any hour, or it is day."""
    return until_day(rules.text("quiet_hours"), moment) if is_night(card, rules, moment) else None


def named_hour(row: supply.HelperRow, moment: datetime) -> bool:
    """Tell whether a helper named this hour among those they are free in."""
    here = moment + BEIJING
    minute = here.hour * 60 + here.minute
    return any(day == here.weekday() and low <= minute < high for day, low, high in row.slots)


def need_snap(
    card: needs_reads.NeedCard, rules: Policy, moment: datetime, point: Point | None, asked: frozenset[UUID],
    beside: frozenset[UUID] = frozenset(),
) -> NeedSnap:  # fmt: skip
    """Return a need as matching sees it: `point` is where it is, `asked` who was asked for it before, `beside` who waits for another to go with."""
    return NeedSnap(
        card.id, card.service.code, card.service.skill, card.place, starts_at(card, rules, moment), card.minutes_estimated,
        card.opened_at, asker=card.asker, certificate=card.service.certificate, urgent=card.urgent, group=bool(card.group),
        same_sex=card.same_sex, sex_of_asker=card.sex_of_asker, language=card.language,
        lat_micro=point.lat_udeg if point else None, lon_micro=point.lon_udeg if point else None, asked=asked,
        beside=beside,
    )  # fmt: skip


def helper_snap(row: supply.HelperRow, track: visits_reads.Track, paired: Mapping[UUID, int]) -> HelperSnap:
    """Return a helper as matching sees them; `paired`: how often they met which resident."""
    return HelperSnap(
        row.person, row.place, frozenset(row.skills), row.certificates, row.lat_micro, row.lon_micro, row.radius_metres, row.sex,
        frozenset(row.languages), row.minor, row.paused, row.blocked, row.rests_from, track.busy, track.load, paired, row.slots,
    )  # fmt: skip


def _helper_snaps(rows: Iterable[supply.HelperRow], snap: NeedSnap, rules: Policy, moment: datetime) -> list[HelperSnap]:
    found = list(rows)
    since = moment - timedelta(days=rules.days("load_days"))
    tracks = visits_reads.tracks([row.person for row in found], snap.asker, snap.starts_at - DAY, snap.starts_at + DAY, since, moment)
    snaps = []
    for row in found:
        track = tracks.get(row.person, visits_reads.Track())
        snaps.append(helper_snap(row, track, {snap.asker: track.times} if snap.asker and track.times else {}))
    return snaps


def _snap(card: needs_reads.NeedCard, rules: Policy, moment: datetime) -> NeedSnap:
    beside = visits_reads.seated([card.id]).get(card.id, NOBODY) if card.adults > 1 else NOBODY
    return need_snap(card, rules, moment, places.place(card.place).point, visits_reads.asked_for(card.id, moment), beside)


def _candidates(
    card: needs_reads.NeedCard, rules: Policy, moment: datetime, snap: NeedSnap, *, by_itself: bool = False
) -> tuple[list[Proposal], dict[WhyNot, int], int]:
    near = None
    if snap.lat_micro is not None and snap.lon_micro is not None:
        near = (snap.lat_micro, snap.lon_micro, rules.metres("radius_metres") * MICRODEGREES_PER_METRE)
    within = {card.community, card.dispatched_to} - {""}
    rows = supply.with_skill([card.service.skill], within=within, now=moment, near=near, limit=LOOKED_AT_MAX)
    if by_itself and is_night(card, rules, moment):
        rows = tuple(row for row in rows if named_hour(row, moment))
    able, barred = candidates(snap, _helper_snaps(rows, snap, rules, moment), match_rules(rules))
    return able, barred, len(rows)


def who_could_help(actor: Actor, need: UUID, moment: datetime, *, limit: int = 8) -> HelpersForNeed:
    """Return who could help with a need, for its staff. Raises NotFound for anybody else."""
    card = need_for(actor, need)
    if not staff_of(actor, card):
        raise NotFound
    offers = visits_reads.offers_of_need(need, running=False)
    beside = visits_reads.seated([need]).get(need, NOBODY)
    point = places.place(card.place).point
    return helpers_for(card, policy_at(card.community, moment), moment, point=point, offers=offers, beside=beside, limit=limit)


def helpers_for(
    card: needs_reads.NeedCard,
    rules: Policy,
    moment: datetime,
    *,
    point: Point | None,
    offers: Iterable[visits_reads.OfferRow],
    beside: frozenset[UUID] = frozenset(),
    limit: int = 8,
) -> HelpersForNeed:
    """Return who could help with a need that is the caller's as staff: `point` is where it is, `offers` all that were made for it.

    `beside`: who said yes already and waits for another to go with.

    Two queries: the helpers, and their visits.
    """
    asked = frozenset(offer.helper for offer in offers if offer.keeps_away(moment))
    able, barred, looked_at = _candidates(card, rules, moment, need_snap(card, rules, moment, point, asked, beside))
    choices = tuple(HelperChoice(p.helper, p.walk_minutes, p.cost, tuple((r.why.value, r.number) for r in p.reasons)) for p in able[:limit])
    order = list(WhyNot)
    return HelpersForNeed(choices, tuple((why.value, barred[why]) for why in sorted(barred, key=order.index)), looked_at)


def _offer(s: OpenStep, card: needs_reads.NeedCard, proposal: Proposal, rules: Policy) -> UUID | None:
    lives = timedelta(minutes=rules.minutes("offer_urgent_minutes" if card.urgent else "offer_minutes"))
    offer = visits.offer(
        s,
        visits.NewOffer(
            card.id, proposal.helper, card.asker, card.service.code, card.place, starts_at(card, rules, s.now), card.minutes_estimated,
            proposal.cost, proposal.walk_minutes, tuple((r.why.value, r.number) for r in proposal.reasons), s.now + lives,
        ),
    )  # fmt: skip
    if offer is not None:
        people.tell(s, "offer.made", about=f"offer:{offer}", person=proposal.helper, facts={"service": card.service.code})
    return offer


@dataclass(frozen=True, slots=True)
class Planned:
    """The offers that one need is to get."""

    card: needs_reads.NeedCard
    proposals: tuple[Proposal, ...]
    rules: Policy


def least_of(card: needs_reads.NeedCard, seated: int, running: int) -> int:
    """Return with fewer than how many nobody is asked: nobody is left to wait for a second who can not be had."""
    return max(1, card.adults - seated - running)


def _places(card: needs_reads.NeedCard, rules: Policy, seated: int) -> tuple[int, int]:
    """Return (how many more may be asked, with fewer than how many nobody is)."""
    running = len(visits_reads.offers_of_need(card.id))
    return max(0, offers_max(card, rules, seated) - running), least_of(card, seated, running)


def propose_now(need: UUID) -> int:
    """Offer an open need to the best few helpers at once; return how many offers went out. The matcher's own step."""
    moment = now()
    card = needs_reads.need(need, moment)
    if card.state not in WAITING:
        return 0
    rules = policy_at(card.community, moment)
    snap = _snap(card, rules, moment)
    able, _, _ = _candidates(card, rules, moment, snap, by_itself=True)
    return send(Planned(card, tuple(able), rules))


def send(planned: Planned) -> int:
    """Send the offers planned for one need; return how many went out: none where it stopped waiting in the meantime."""
    if not planned.proposals:
        return 0
    made, need = 0, planned.card.id
    with step(Actor.system("matcher"), None, "match.propose", {}, place=planned.card.community) as s:
        needs.lock(need)  # two matchers at once count the running offers one after the other: never more than policy allows
        if needs_reads.need(need, s.now).state not in WAITING:
            return 0
        seated = len(visits_reads.seated([need]).get(need, NOBODY)) if planned.card.adults > 1 else 0
        places_left, least = _places(planned.card, planned.rules, seated)
        proposals = planned.proposals[:places_left]
        if len(proposals) < least:
            return 0
        for proposal in proposals:
            made += _offer(s, planned.card, proposal, planned.rules) is not None
        if made:
            needs.move(s, need, "propose")
    return made


def offer_to(actor: Actor, need: UUID, helper: UUID, key: str) -> dict[str, Any]:
    """Offer a need to one helper a worker picked; the need counts as answered.

    Raises Refused naming the hard rule the pair breaks (a worker picks among those who may help, rules are not waived).
    """
    card = need_for(actor, need)
    if not staff_of(actor, card):
        raise NotFound
    place = card.dispatched_to if card.dispatched_to and not any(p.covers(card.community) for p in actor.posts) else card.community
    with step(actor, key, "match.dispatch", {"need": str(need), "helper": str(helper)}, place=place) as s:
        if s.answer is not None:
            return s.answer
        rules = policy_at(card.community, s.now)
        snap = _snap(card, rules, s.now)
        able, barred = candidates(snap, _helper_snaps([supply.helper(helper, s.now)], snap, rules, s.now), match_rules(rules))
        if not able:
            raise Refused(REFUSALS.get(next(iter(barred)), Refusal.STATE_FORBIDS))
        offer = _offer(s, card, able[0], rules)
        if offer is None:
            raise Refused(Refusal.STATE_FORBIDS)
        needs.answer(s, need)
        needs.move(s, need, "propose")
        return s.done({"offer": str(offer)})


REFUSALS = {
    WhyNot.SELF: Refusal.OWN_NEED,
    WhyNot.CERTIFICATE: Refusal.CERTIFICATE_MISSING,
    WhyNot.MINOR: Refusal.MINOR_ALONE,
    WhyNot.BLOCKED: Refusal.BLOCKED_PAIR,
    WhyNot.BUSY: Refusal.SLOT_TAKEN,
}
