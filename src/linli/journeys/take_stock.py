"""Taking stock: events of the rooms become facts, facts become the health index, the index opens warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.policy.core import day_of
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs_reads
from linli.help.visits import reads as visits_reads
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import blue_bar, kinship, policy_at, weights
from linli.journeys.recast import ELDER_YEARS, profiles_of, recast
from linli.kernel.actor import Actor, Role
from linli.sight.facts import reads as facts_reads
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import NOTHING, FactIn, FactKind, Tally
from linli.sight.warnings import verbs as warnings
from linli.sight.warnings.core import calls_blue
from linli.sight.wellbeing import verbs as wellbeing
from linli.sight.wellbeing.core import NO_PEERS, Count, Dimension, added, score, score_district
from linli.sight.wellbeing.reads import METHOD
from linli.trust.voice import reads as voice_reads

STOCK = Actor.system("stock")
CITY_DIGITS, DISTRICT_DIGITS, STREET_DIGITS, COMMUNITY_DIGITS = 4, 6, 9, 12
FACILITY_KINDS = 12  # report §3.3: the kinds of facility of the 15-minute life circle


def gather(start: datetime, end: datetime) -> list[FactIn]:
    """Return the facts of what changed in [start, end): each with its own reference, so that gathering twice counts once."""
    found: list[FactIn] = []
    for need in needs_reads.changed_between(start, end):
        found += _need_facts(need)
    for visit in visits_reads.done_between(start, end):
        community, at = visit.place[:12], visit.done_at or visit.ends_at
        found.append(FactIn(FactKind.VISIT_DONE, f"visit:{visit.id}", community, True, at, visit.minutes_final or 0, visit.service))
        found += [
            FactIn(FactKind.TOOK_PART, f"visit:{visit.id}:{person}", community, True, at, subject=person)
            for person in (visit.helper, visit.resident)
            if person is not None
        ]
    for rating in voice_reads.given_between(start, end):
        found.append(
            FactIn(FactKind.RATED, f"visit:{rating.visit}", rating.place[:12], rating.stars >= 4, rating.at, rating.stars, rating.service)
        )
    return found


def _need_facts(need: needs_reads.Changed) -> list[FactIn]:
    about, found = f"need:{need.id}", []
    if need.asker is not None:
        found.append(FactIn(FactKind.TOOK_PART, about, need.community, True, need.opened_at, subject=need.asker))
    if need.answered_at is not None and need.answered_in_time is not None:
        kinds = [FactKind.NEED_ANSWERED, *([FactKind.CARE_ANSWERED] if need.care else [])]
        found += [FactIn(kind, about, need.community, need.answered_in_time, need.answered_at, service=need.service) for kind in kinds]
    if need.ended_at is not None and need.handled_in_time is not None and need.state != "withdrawn":
        found.append(FactIn(FactKind.NEED_ENDED, about, need.community, need.state == "closed", need.ended_at, service=need.service))
        found.append(FactIn(FactKind.NEED_HANDLED, about, need.community, need.handled_in_time, need.ended_at, service=need.service))
    return found


def take_stock(since: datetime | None = None) -> int:
    """Load new facts, then score every district that has any, and their cities; return how many facts were gathered.

    Taking stock twice changes nothing.
    """
    moment = now()
    start = since or moment - timedelta(days=2)
    found = gather(start, moment + timedelta(seconds=1))
    with step(STOCK, None, "sight.take_stock", {}) as s:
        facts.load(s, found)
    districts = sorted({fact.place[:DISTRICT_DIGITS] for fact in found} | facts_reads.districts())
    counted: dict[str, list[dict[Dimension, Count]]] = {}
    for district in districts:
        with step(STOCK, None, "sight.take_stock", {}, place=district) as s:
            counted.setdefault(district[:CITY_DIGITS], []).append(_score_district(s, district))
    for city, parts in counted.items():
        recast(city)
        with step(STOCK, None, "sight.take_stock", {}, place=city) as s:
            _score_city(s, city, parts)
    return len(found)


def counts_of(
    tallies: Mapping[FactKind, Tally], *, residents: int, in_groups: int, with_helper: int, facilities: int | None
) -> dict[Dimension, Count]:
    """Return the eight dimensions' counts of one place. What nobody records stays missing."""

    def share(kind: FactKind) -> Count:
        tally = tallies.get(kind, NOTHING)
        return Count(tally.hits, tally.n)

    took_part = tallies.get(FactKind.TOOK_PART, NOTHING).subjects
    counts = {
        Dimension.COVERAGE: Count(with_helper, in_groups),
        Dimension.RESPONSE: share(FactKind.NEED_ANSWERED),
        Dimension.SATISFACTION: share(FactKind.RATED),
        Dimension.PARTICIPATION: Count(min(took_part, residents), residents),
        Dimension.VITALITY: share(FactKind.NEED_ENDED),
        Dimension.SAFETY: share(FactKind.CARE_ANSWERED),
    }
    if facilities is not None:
        counts[Dimension.FACILITIES] = Count(min(facilities, FACILITY_KINDS), FACILITY_KINDS)
    return counts


def _score_city(s: OpenStep, city: str, districts: Iterable[Mapping[Dimension, Count]]) -> None:
    # By the same method as a street or district: the counts of everything below, added up. A district without any record adds nothing.
    rules = policy_at(city, s.now)
    found = score(added(districts), NO_PEERS, weights(rules))
    wellbeing.keep(s, {city: found}, day=day_of(s.now), method=METHOD, starts_at=s.now - timedelta(days=rules.days("stock_days")))


def _score_district(s: OpenStep, district: str) -> dict[Dimension, Count]:
    """Score a district, its streets and communities; return the district's own counts."""
    rules = policy_at(district, s.now)
    start = s.now - timedelta(days=rules.days("stock_days"))
    counts = _community_counts(district, start, s.now)
    scores = score_district(counts, profiles_of(district, counts, s.now), weights(rules), kinship(rules))
    wellbeing.keep(s, scores, day=day_of(s.now), method=METHOD, starts_at=start)
    bar = blue_bar(rules)
    for place in sorted(counts):
        satisfaction = next(d for d in scores[place].dimensions if d.dimension is Dimension.SATISFACTION)
        if satisfaction.share is not None and calls_blue(satisfaction.share, bar):
            opened = warnings.open_blue(s, place, Dimension.SATISFACTION.value, satisfaction.share, bar)
            if opened is not None:
                for post in ((Role.WORKER, place), (Role.DISPATCHER, place[:STREET_DIGITS])):
                    people.tell(s, "warning.opened", about=f"warning:{opened}", post=post, facts={"n": satisfaction.n})
    return added(counts.values())


def _community_counts(district: str, start: datetime, end: datetime) -> dict[str, dict[Dimension, Count]]:
    tallies = facts_reads.tallies(district, start, end)
    residents = people_reads.ages_by_community(district, end.year - ELDER_YEARS)
    groups = people_reads.groups_by_community(district, end)
    by_place: dict[str, dict[FactKind, Tally]] = {}
    for (place, kind), tally in tallies.items():
        by_place.setdefault(place, {})[kind] = tally
    return {
        place: counts_of(
            by_place.get(place, {}), residents=residents.get(place, (0, 0))[0], in_groups=groups.get(place, (0, 0))[0],
            with_helper=groups.get(place, (0, 0))[1], facilities=None,
        )
        for place in sorted(set(residents) | set(by_place))
    }  # fmt: skip
