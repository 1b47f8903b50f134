"""Taking stock: events of the rooms become facts, facts become the health index, closed quarters are judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain

from linli.ground.people import happened as people_happened
from linli.ground.policy.core import day_of
from linli.ground.steps.reads import now
from linli.journeys import judge
from linli.journeys.corridor import OpenStep, step
from linli.journeys.foresee import foresee_cities
from linli.journeys.freeze import freeze
from linli.journeys.gather import gather, of_the_day
from linli.journeys.plans import kinship, policy_at, weights
from linli.journeys.programme import count_programme
from linli.journeys.recast import ELDER_YEARS, profiles_of, recast
from linli.kernel.actor import Actor
from linli.sight.facts import reads as facts_reads
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import NOTHING, FactKind, Loaded, Tally
from linli.sight.warnings import reads as warnings_reads
from linli.sight.wellbeing import verbs as wellbeing
from linli.sight.wellbeing.core import NO_PEERS, Count, Dimension, added, score, score_district
from linli.sight.wellbeing.reads import METHOD

STOCK = Actor.system("stock")
PROVINCE_DIGITS, CITY_DIGITS, DISTRICT_DIGITS, STREET_DIGITS, COMMUNITY_DIGITS = 2, 4, 6, 9, 12
FACILITY_KINDS = 12  # report §3.3: the kinds of facility of the 15-minute life circle


def take_stock(since: datetime | None = None, *, freezing: bool = True, looking_back: bool = False) -> Loaded:
    """Load new facts, score every district that has any, their cities and provinces, freeze the cities' facts; return what became of the facts.

    Taking stock twice changes nothing. Several looks in a row may leave the `freezing` to the last of them. A look taken for a moment of
    the past (`looking_back`, with the clock held there) does not know yet what happened after it; otherwise that can not be, and is put aside.
    """
    moment = now()
    start = min(since or moment - timedelta(days=2), facts_reads.oldest_of_few() or moment)
    with step(STOCK, None, "sight.take_stock", {}) as s:
        found = chain(gather(start, moment + timedelta(seconds=1)), of_the_day(start, moment))
        loaded = facts.load(s, (fact for fact in found if fact.occurred_at <= moment) if looking_back else found)
    districts = sorted(facts_reads.districts() | warnings_reads.carried_districts())
    counted: dict[str, list[dict[Dimension, Count]]] = {}
    for district in districts:
        with step(STOCK, None, "sight.take_stock", {}, place=district) as s:
            counted.setdefault(district[:CITY_DIGITS], []).append(_score_district(s, district))
    for city, parts in counted.items():
        recast(city)
        with step(STOCK, None, "sight.take_stock", {}, place=city) as s:
            _score_city(s, city, parts)
    for province in sorted({city[:PROVINCE_DIGITS] for city in counted}):
        parts = [part for city, found in counted.items() if city.startswith(province) for part in found]
        with step(STOCK, None, "sight.take_stock", {}, place=province) as s:
            _score_city(s, province, parts)
    if freezing:
        freeze(counted)
    count_programme(districts)
    foresee_cities(counted, moment)
    return loaded


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
        Dimension.SHARING: share(FactKind.BOOKING_ENDED),
        Dimension.SAFETY: share(FactKind.CARE_ANSWERED),
    }
    if facilities is not None:
        counts[Dimension.FACILITIES] = Count(min(facilities, FACILITY_KINDS), FACILITY_KINDS)
    return counts


def _score_city(s: OpenStep, city: str, districts: Iterable[Mapping[Dimension, Count]]) -> None:
    # A city or a province, by the same method as a street or district: the counts of everything below, added up. A district without any record adds nothing.
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
    judge.judge(s, district, rules)
    return added(counts.values())


def _community_counts(district: str, start: datetime, end: datetime) -> dict[str, dict[Dimension, Count]]:
    tallies = facts_reads.tallies(district, start, end)
    residents = people_happened.ages_by_community(district, end.year - ELDER_YEARS)
    groups = people_happened.groups_by_community(district, end)
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
