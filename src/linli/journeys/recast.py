"""When the way of counting changes, the past is counted again: days scored by an earlier method get a row by today's, beside the old one.

The counts of a day were kept with its index, so the day is scored from what was known then. Who is alike is told by today's register:
sizes and ages move slowly, and no register of the past is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from linli.ground.people import happened as people_happened
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.journeys.plans import kinship, policies_at, policy_at, weights
from linli.kernel.actor import Actor
from linli.sight.wellbeing import reads, verbs
from linli.sight.wellbeing.core import NO_PEERS, Profile, Score, added, score, score_district

STOCK = Actor.system("stock")
DISTRICT_DIGITS = 6
ELDER_YEARS = 60  # report §1.1: the older population is counted from sixty


def profiles_of(district: str, communities: Iterable[str], at: datetime) -> dict[str, Profile]:
    """Return what makes the communities of a district alike, from the register and the policy of a moment; two queries."""
    codes, nobody = sorted(communities), (0, 0)
    ages, rules = people_happened.ages_by_community(district, at.year - ELDER_YEARS), policies_at(codes, at)
    return {code: Profile(rules[code].text("region_kind"), *ages.get(code, nobody)) for code in codes}


def recast(city: str) -> int:
    """Score the days of a city that only an earlier method scored; return how many days. The old rows stay; twice changes nothing."""
    behind = reads.behind(city)
    if not behind:
        return 0
    moment = now()
    districts = sorted({code[:DISTRICT_DIGITS] for rows in behind.values() for code in rows})
    profiles = {d: profiles_of(d, {c for rows in behind.values() for c in rows if c.startswith(d)}, moment) for d in districts}
    with step(STOCK, None, "sight.recast", {}, place=city) as s:
        for day, rows in behind.items():
            counts = {code: reads.counts_in(row) for code, row in rows.items()}
            rules = policy_at(city, next(iter(rows.values())).recorded_at)
            scores: dict[str, Score] = {city: score(added(counts.values()), NO_PEERS, weights(rules))}
            for district in {code[:DISTRICT_DIGITS] for code in counts}:
                own = {code: c for code, c in counts.items() if code.startswith(district)}
                scores |= score_district(own, profiles[district], weights(rules), kinship(rules))
            verbs.keep(s, scores, day=day, method=reads.METHOD, starts_at=next(iter(rows.values())).starts_at)
        verbs.note_recast(s, city, method=reads.METHOD, days=len(behind))
    return len(behind)
