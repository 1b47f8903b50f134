"""What waits is matched as one batch, city by city: snapshots from the rooms, the engine decides, each answer keeps its reasons."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linli.ground.places import reads as places
from linli.ground.places.core import LENGTHS, Level
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.matching.core import choose
from linli.help.matching.core.arrays import PLACES_MAX
from linli.help.matching.core.columns import Columns, Wanted, Worths, columns
from linli.help.matching.core.outcome import PPB, Fine, Outcome, owners
from linli.help.matching.core.pairs import HelperSnap, Proposal, Rules, propose
from linli.help.needs import reads as needs_reads
from linli.help.supply import reads as supply
from linli.help.visits import reads as visits
from linli.journeys.plans import match_rules, match_worths, policies_at
from linli.journeys.propose import (
    MICRODEGREES_PER_METRE,
    NOBODY,
    WAITING,
    Planned,
    helper_snap,
    is_night,
    least_of,
    named_hour,
    need_snap,
    offers_max,
)

HELPERS_MAX = 100_000  # that one batch looks at
PPM = 1_000_000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Run:
    """One batch of one city, matched."""

    city: str
    rules: Rules
    worths: Worths
    fine: Fine
    columns: Columns
    outcome: Outcome
    milliseconds: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Together:
    """Who is to be asked for what, and the runs that say so."""

    planned: tuple[Planned, ...] = ()
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kind:
    """Needs of one city under the same numbers are one batch."""

    city: str
    rules: Rules
    worths: Worths
    fine: Fine
    load_days: int
    night: bool  # what waits for the day is offered only to those who named this hour


def _kind(card: needs_reads.NeedCard, rules: Policy, moment: datetime) -> _Kind:
    fine = Fine(rules.count("match_step_ppm") * PPB // PPM)
    city, night = card.community[: LENGTHS[Level.CITY]], is_night(card, rules, moment)
    return _Kind(city, match_rules(rules), match_worths(rules), fine, rules.days("load_days"), night)


def _wanted(cards: Collection[needs_reads.NeedCard], rules: Mapping[str, Policy], moment: datetime) -> list[Wanted]:
    """Return the needs of a batch that still want somebody asked; three queries, four where two adults go."""
    ids = [card.id for card in cards]
    asked, running = visits.asked_for_each(ids, moment), visits.running_offers(ids)
    seated = visits.seated([card.id for card in cards if card.adults > 1])
    spots = places.named({card.place for card in cards})
    found = []
    for card in cards:
        policy = rules[card.community]
        beside, runs = seated.get(card.id, NOBODY), running.get(card.id, 0)
        room, least = min(PLACES_MAX, offers_max(card, policy, len(beside))) - runs, least_of(card, len(beside), runs)
        if room >= least:
            point = spots[card.place][1] if card.place in spots else None
            found.append(Wanted(need_snap(card, policy, moment, point, asked.get(card.id, NOBODY), beside), room, least))
    return found


def _crew(wanted: Collection[Wanted], cards: Mapping[UUID, needs_reads.NeedCard], kind: _Kind, moment: datetime) -> list[HelperSnap]:
    """Return everybody who might be asked for anything in a batch; three queries."""
    needs = [w.need for w in wanted]
    reach = kind.rules.radius_metres * MICRODEGREES_PER_METRE
    boxes = {(n.lat_micro, n.lon_micro, reach) for n in needs if n.lat_micro is not None and n.lon_micro is not None}
    within = {place for n in needs for place in (cards[n.id].community, cards[n.id].dispatched_to) if place}
    rows = supply.around({n.skill for n in needs}, within=within, boxes=boxes, now=moment, limit=HELPERS_MAX)
    if kind.night:
        rows = tuple(row for row in rows if named_hour(row, moment))
    ids = [row.person for row in rows]
    first, last = min(n.starts_at for n in needs), max(n.starts_at for n in needs)
    tracks = visits.tracks(ids, None, first - DAY, last + DAY, moment - timedelta(days=kind.load_days), moment)
    met = visits.met(ids, {n.asker for n in needs if n.asker is not None})
    return [helper_snap(row, tracks.get(row.person, visits.Track()), met.get(row.person, {})) for row in rows]


def chosen_of(made: Columns, outcome: Outcome) -> list[tuple[UUID, UUID]]:
    """Return who is asked for what as (need, helper)."""
    owner = owners(outcome.edges)[outcome.chosen].tolist()
    who = outcome.edges.helpers[outcome.chosen].tolist()
    return [(made.needs[i], made.helpers[h]) for i, h in zip(owner, who, strict=True)]


def _match(kind: _Kind, wanted: list[Wanted], crew: list[HelperSnap], moment: datetime) -> tuple[Run, list[Proposal]]:
    begun = time.monotonic_ns()
    made = columns(wanted, crew, kind.rules, kind.worths, moment)
    outcome = choose.run(made.batch, kind.fine)
    took = (time.monotonic_ns() - begun) // 1_000_000
    needs, helpers = {w.need.id: w.need for w in wanted}, {h.id: h for h in crew}
    asked = [propose(needs[n], helpers[h], kind.rules) for n, h in chosen_of(made, outcome)]
    run = Run(kind.city, kind.rules, kind.worths, kind.fine, made, outcome, took, moment)
    return run, sorted(asked, key=lambda p: (p.need, p.cost, p.helper))


def _batches(
    cards: Iterable[needs_reads.NeedCard], rules: Mapping[str, Policy], moment: datetime
) -> list[tuple[_Kind, list[needs_reads.NeedCard]]]:
    found: dict[_Kind, list[needs_reads.NeedCard]] = {}
    for card in cards:
        found.setdefault(_kind(card, rules[card.community], moment), []).append(card)
    return sorted(found.items(), key=lambda item: (item[0].city, item[0].night, min(card.id for card in item[1])))


def plan_together(ids: Collection[UUID]) -> Together:
    """Return whom a batch of waiting needs is best offered to: a city at a time, and nobody is asked for two things at once.

    Needs that nobody can help with, and those that stopped waiting, get no offers. Nothing is written.
    """
    moment = now()
    cards = {pk: card for pk, card in needs_reads.needs(ids, moment).items() if card.state in WAITING}
    rules = policies_at({card.community for card in cards.values()}, moment)
    runs: list[Run] = []
    found: dict[UUID, list[Proposal]] = {}
    busy: set[UUID] = set()
    for kind, own in _batches((cards[pk] for pk in sorted(cards)), rules, moment):
        wanted = _wanted(own, rules, moment)
        if not wanted:
            continue
        crew = [h for h in _crew(wanted, cards, kind, moment) if h.id not in busy]
        run, proposals = _match(kind, wanted, crew, moment)
        runs.append(run)
        for proposal in proposals:
            found.setdefault(proposal.need, []).append(proposal)
            busy.add(proposal.helper)
    planned = (Planned(cards[pk], tuple(some), rules[cards[pk].community]) for pk, some in found.items())
    return Together(tuple(planned), tuple(runs))
