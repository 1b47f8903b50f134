"""The last month of a city once more: who would have waited how long with the engine, with the control, and who really did. Kept once a day."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from time import monotonic_ns
from typing import Any
from uuid import UUID

import numpy as np
import structlog

from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.policy.core import day_of
from linli.ground.policy.reads import Policy
from linli.help.matching import reads as matching
from linli.help.matching import verbs
from linli.help.matching.core.arrays import MINUTES_A_DAY, PLACES_MAX, Array, BadBatch
from linli.help.matching.core.month import DECILES, Answers, Arrival, Hand, Month, in_a_day, keep_some, month_of, pack
from linli.help.matching.core.outcome import PPB, VERSION, Fine
from linli.help.matching.core.play import NEVER, Ables, Played, Terms, Way, able_of, play
from linli.help.matching.core.snapshot import seal
from linli.help.matching.core.spread import carried, load_of, waited, waits_of, walked
from linli.help.needs import happened as needs_happened
from linli.help.needs import reads as needs
from linli.help.needs.core import State
from linli.help.supply import reads as supply
from linli.help.visits import happened as visits
from linli.help.visits.core import OfferState, VisitState
from linli.help.visits.reads import Track
from linli.journeys.corridor import step
from linli.journeys.plans import match_rules, match_worths, policy_at
from linli.journeys.propose import helper_snap, need_snap
from linli.journeys.recast import ELDER_YEARS
from linli.kernel.actor import Actor
from linli.kernel.clock import minutes_between
from linli.sight.facts import reads as facts
from linli.sight.facts.core import BEIJING

log = structlog.get_logger("linli.fairness")
MATCHER = Actor.system("matcher")
CITY, STREET = 4, 9
MONTH_DAYS = 28  # whole weeks, so that every weekday counts alike
NEEDS_MAX, HELPERS_MAX = 3_000, 40_000  # of one played month: more is sampled by whole streets
NEEDS_MIN, ANSWERS_MIN = 20, 20  # fewer say nothing
BATCH_MINUTES = 5
LOAD, LOAD_PARTS = timedelta(days=7), 4
STRAINS = ((20, True),)  # one in so many helpers; all of the month's needs in one day
SEED = 20_251
PPM = 1_000_000
GONE = frozenset({State.WITHDRAWN, State.REFERRED})  # they no longer wanted a neighbour's help
OFF = frozenset({VisitState.CANCELLED, VisitState.NO_SHOW})
ANSWERED = (OfferState.ACCEPTED, OfferState.DECLINED)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A month as the rooms recorded it; `real`: minutes until somebody really said yes (-1 never), `hands`: visits each helper had for them."""

    month: Month
    real: Array
    walks: Array
    hands: Array
    first: date
    sampled_ppm: int


# The keys that decide how a month is played. Each stands in its record under its own name.
RULES = (
    "radius_metres", "walk_metres_a_minute", "visits_per_day_max", "offers_at_once", "offer_minutes", "offer_urgent_minutes", "start_soon_minutes",
    "handle_minutes", "cost_metre_per_hundred", "cost_load", "cost_pairing", "cost_language", "cost_other_community", "worth_place", "worth_urgent",
    "worth_group", "worth_hour", "worth_hours_max", "worth_more", "match_step_ppm", "load_days",
)  # fmt: skip


def terms_of(rules: Policy) -> Terms:
    """Return policy's numbers for playing a month."""
    return Terms(
        match_rules(rules), match_worths(rules), Fine(rules.count("match_step_ppm") * PPB // PPM),
        min(PLACES_MAX, rules.count("offers_at_once")), rules.minutes("offer_minutes"), rules.minutes("offer_urgent_minutes"),
        rules.minutes("start_soon_minutes"), rules.minutes("handle_minutes"), BATCH_MINUTES, *_load(rules), *_night(rules),
    )  # fmt: skip


def _text(rules: Policy, key: str) -> str:
    """Return a policy value as text; '' where the policy has no such rule: then there is none to play by."""
    found = rules.values.get(key)
    return "" if found is None else str(found.value)


def _load(rules: Policy) -> tuple[int, int]:
    """Return (minutes that a visit counts as load, in how many parts it fades): a week whole, or as many days as policy says, four parts."""
    days = _text(rules, "load_days")
    return (int(days) * MINUTES_A_DAY, LOAD_PARTS) if days else (LOAD // timedelta(minutes=1), 1)


def _night(rules: Policy) -> tuple[tuple[int, int] | None, int]:
    """Return the quiet hours ('HH:MM-HH:MM') in minutes of the day, None where there are none; and the minute at which the day opens."""

    def minute(text: str) -> int:
        hours, minutes = text.split(":")
        return int(hours) * 60 + int(minutes)

    low, _, high = _text(rules, "quiet_hours").partition("-")
    return ((minute(low), minute(high)), minute(_text(rules, "day_opens"))) if low and high else (None, 0)


def _answers(ends: Sequence[visits.OfferEnd]) -> Answers | None:
    """Return how helpers answered: what was taken back, since somebody else was quicker, says nothing about them."""
    said = [end for end in ends if end.state is not OfferState.WITHDRAWN]
    took = sorted(minutes_between(end.made_at, end.ended_at) for end in said if end.state in ANSWERED)
    if len(took) < ANSWERS_MIN:
        return None
    yes, no = (sum(end.state is state for end in said) * PPM // len(said) for state in ANSWERED)
    return Answers(yes, no, tuple(int(m) for m in np.quantile(took, np.linspace(0, 1, DECILES), method="lower").tolist()))


def _streets(city: str, start: datetime, end: datetime) -> tuple[frozenset[str], int]:
    """Return the streets a month is played for and their share of the city's needs, ppm: whole streets as the seed orders them, up to a bound."""
    counts = {street: n.opened for street, n in needs.counts_by(city, start, end, digits=STREET).items() if n.opened}
    order = sorted(counts, key=lambda street: hashlib.sha256(f"{SEED} {street}".encode()).digest())
    chosen: set[str] = set()
    many = 0
    for street in order:
        if not chosen or many + counts[street] <= NEEDS_MAX:
            chosen.add(street)
            many += counts[street]
    total = sum(counts.values())
    return frozenset(chosen), many * PPM // total if total else 0


def _elders(ids: Collection[UUID], moment: datetime) -> frozenset[UUID]:
    year = moment.year - ELDER_YEARS
    return frozenset(pk for pk, card in people.cards(ids, moment).items() if card.birth_year is not None and card.birth_year <= year)


def _hands(streets: Collection[str], moment: datetime) -> list[Hand]:
    rows = supply.around({""}, within=streets, boxes=(), now=moment, limit=HELPERS_MAX)
    older = _elders([row.person for row in rows], moment)
    found = []
    for row in rows:
        found.append(Hand(helper_snap(row, Track(), {}), row.joined_at, row.person in older))
    return found


def _arrivals(cards: Sequence[needs.NeedCard], rules: Policy, moment: datetime) -> list[Arrival]:
    points = {code: point for code, (_name, point) in places.named({card.place for card in cards}).items()}
    older = _elders({card.asker for card in cards if card.asker is not None}, moment)
    found = []
    for card in cards:
        snap = need_snap(card, rules, card.opened_at, points.get(card.place), frozenset())
        found.append(Arrival(replace(snap, starts_at=max(card.wanted_from or card.opened_at, card.opened_at)), card.asker in older))
    return found


@dataclass(frozen=True, slots=True)
class _Took:
    """Who really said yes to a need first, and when."""

    helper: UUID
    at: datetime


def _taken(asked: Collection[UUID], start: datetime, moment: datetime) -> tuple[dict[UUID, _Took], dict[UUID, int]]:
    """Return who took each of the needs first, and how many visits each helper had for them that were not called off."""
    first: dict[UUID, _Took] = {}
    visited: dict[UUID, int] = {}
    for row in visits.changed(start, moment):
        if row.need not in asked:
            continue
        if row.need not in first or row.booked_at < first[row.need].at:
            first[row.need] = _Took(row.helper, row.booked_at)
        if row.state not in OFF:
            visited[row.helper] = visited.get(row.helper, 0) + 1
    return first, visited


def draw(city: str, moment: datetime) -> Drawn | None:
    """Return the last whole month of a city whose needs have all had their time; None where too little happened to say anything."""
    rules = policy_at(city, moment)
    patience = timedelta(minutes=rules.minutes("handle_minutes"))
    until = day_of(moment - patience)
    end = datetime.combine(until, time(), BEIJING)
    start = end - timedelta(days=MONTH_DAYS)
    streets, sampled = _streets(city, start, end)
    answers = _answers([e for e in visits.offers(start, moment) if e.community.startswith(city)]) if streets else None
    cards = [c for c in needs_happened.opened_in(streets, start, end, moment) if c.state not in GONE] if answers else []
    if answers is None or len(cards) < NEEDS_MIN:
        return None
    arrivals, hands = _arrivals(cards, rules, moment), _hands(streets, moment)
    first, visited = _taken({card.id for card in cards}, start, moment)
    month = month_of(arrivals, hands, start, MONTH_DAYS, answers, patience=patience, seed=SEED)
    rows = sorted(cards, key=lambda card: card.id)
    crew = sorted(hands, key=lambda hand: hand.snap.id)
    number = {hand.snap.id: row for row, hand in enumerate(crew)}
    took = [first.get(card.id) for card in rows]
    real = np.array([_real(card, one, patience) for card, one in zip(rows, took, strict=True)], np.int64)
    who = np.array(
        [number.get(one.helper, NEVER) if one and wait != NEVER else NEVER for one, wait in zip(took, real.tolist(), strict=True)], np.int32
    )
    as_played = Played(np.where(who == NEVER, NEVER, 0).astype(np.int32), who, who, 0, 0, 0)
    walks = walked(month, as_played, rules.metres("walk_metres_a_minute"))
    return Drawn(month, real, walks, np.array([visited.get(hand.snap.id, 0) for hand in crew], np.int64), start.date(), sampled)


def _real(card: needs.NeedCard, took: _Took | None, patience: timedelta) -> int:
    waited_for = took.at - card.opened_at if took else None
    late = waited_for is None or waited_for > max(patience, (card.wanted_from or card.opened_at) - card.opened_at)
    return NEVER if took is None or late else minutes_between(card.opened_at, took.at)


def _parts(month: Month, waits: Array, walks: Array) -> dict[str, Any]:
    """Return how waiting is spread in all, by street and by group, as kept."""
    came = month.came
    groups = {"group": came.group, "elder": came.elder, "other": ~(came.group | came.elder), "urgent": came.urgent}
    return {
        "all": asdict(waits_of(waits, walks)),
        "streets": {
            code: asdict(waits_of(waits[came.street == n], walks[came.street == n])) for n, code in enumerate(month.streets)
        },
        "groups": {name: asdict(waits_of(waits[mask], walks[mask])) for name, mask in groups.items()},
    }  # fmt: skip


def _loads(month: Month, visits_: Array) -> dict[str, Any]:
    crew = month.crew
    return {
        "all": asdict(load_of(visits_)),
        "streets": {code: asdict(load_of(visits_[crew.street == n])) for n, code in enumerate(month.streets)},
        "groups": {"elder": asdict(load_of(visits_[crew.elder])), "other": asdict(load_of(visits_[~crew.elder]))},
    }  # fmt: skip


def figures_of(month: Month, terms: Terms, way: Way, able: Ables | None = None) -> dict[str, Any]:
    """Return what a month comes to under `terms`, as it is kept: whole numbers only."""
    played = play(month, terms, way, able)
    told = _parts(month, waited(month, played), walked(month, played, terms.rules.walk_metres_a_minute))
    return told | {
        "load": _loads(month, carried(month, played)),
        "asked": played.asked,
        "batches": played.batches,
        "largest": played.largest,
    }


def strained_of(month: Month, one_in: int, crowded: bool) -> Month:
    """Return the same month with every `one_in`-th helper only and, where `crowded`, with all its needs in one day."""
    return keep_some(in_a_day(month) if crowded else month, one_in)


def _strained(month: Month, terms: Terms) -> list[dict[str, Any]]:
    """Return what a month comes to where helpers are few and its needs come in one day, by way: there the way of assigning is felt."""
    found = []
    for one_in, crowded in STRAINS:
        few = strained_of(month, one_in, crowded)
        able = able_of(few, terms.rules)
        both = {way.value: figures_of(few, terms, way, able) for way in Way}
        found.append({"one_in": one_in, "in_a_day": crowded, "helpers": len(few.crew.since)} | both)
    return found


def made_of(city: str, drawn: Drawn, rules: Policy) -> verbs.NewMonth:
    """Return what a drawn month comes to by the engine, by the control and as it was, to be kept."""
    begun = monotonic_ns()
    month, terms = drawn.month, terms_of(rules)
    able = able_of(month, terms.rules)
    figures: dict[str, Any] = {way.value: figures_of(month, terms, way, able) for way in Way}
    figures["real"] = _parts(month, drawn.real, drawn.walks) | {"load": _loads(month, drawn.hands)}
    figures["strained"] = _strained(month, terms)
    took = (monotonic_ns() - begun) // 1_000_000
    inputs_digest, sealed = seal(pack(month))
    return verbs.NewMonth(
        city, drawn.first, month.days, VERSION, {key: int(rules.values[key].value) for key in RULES if key in rules.values}, len(month.came.opened), len(month.crew.since),
        drawn.sampled_ppm, asdict(month.answers) | {"minutes": list(month.answers.minutes)}, figures, took, inputs_digest, sealed,
    )  # fmt: skip


def keep(new: verbs.NewMonth, rules: Policy) -> UUID | None:
    """Keep a month that was played, and let go of those that policy says are old; None where the city has one of today."""
    with step(MATCHER, None, "match.keep", {}, place=new.city) as s:
        kept = verbs.keep_month(s, new, day_of(s.now))
        verbs.forget_months(s, day_of(s.now - timedelta(days=rules.days("match_run_days"))))
    return kept


def play_city(city: str, moment: datetime) -> UUID | None:
    """Play a city's last month by the engine and by the control, and keep what came of it; None where it was kept today, or there is too little."""
    if matching.month_on(city, day_of(moment)):
        return None
    drawn = draw(city, moment)
    if drawn is None:
        return None
    rules = policy_at(city, moment)
    return keep(made_of(city, drawn, rules), rules)


def play_cities(moment: datetime) -> int:
    """Play the last month of every city that has none of today; return how many were. One that cannot be played is told in the log, and left."""
    made = 0
    for city in sorted({district[:CITY] for district in facts.districts()}):
        try:
            made += play_city(city, moment) is not None
        except BadBatch as error:
            log.warning("match.month_skipped", city=city, why=str(error))
    return made
