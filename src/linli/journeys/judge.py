"""Closed quarters are judged: what the facts and what was carried in say, which case it calls for, who is told.

Taking stock comes here every hour; a verdict is given once for what is known of a closed quarter, and anew only where late facts change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import plan_days, warning_rule
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import Refusal, Refused
from linli.kernel.quarter import Quarter, closed_before
from linli.sight.facts import reads as facts_reads
from linli.sight.warnings import reads as warnings_reads
from linli.sight.warnings import verbs as warnings
from linli.sight.warnings.core import CITY_DIGITS, LAST_QUARTER, PROVINCE_DIGITS, STREET_DIGITS, Call, Level, Seen, walk
from linli.sight.warnings.verbs import Carried

__all__ = ["Carried", "carry_in", "judge", "quarters_of", "tell_levels"]
LOOK_BACK_QUARTERS = 12  # three years: two for the card, one more for a deficit that piles up
COMMUNITY_DIGITS = 12
BELOW: dict[Level, tuple[Level, ...]] = {Level.YELLOW: (Level.BLUE,)}
ABOVE: dict[Level, tuple[Level, ...]] = {Level.BLUE: (Level.YELLOW, Level.RED), Level.YELLOW: (Level.RED,)}


@dataclass(frozen=True, slots=True)
class Quarters:
    """What the closed quarters of a district hold, by community, oldest first, and what was last found of each.

    `brought`: how many of a quarter's ratings were carried in from elsewhere.
    """

    seen: dict[str, list[Seen]]
    known: dict[tuple[str, Quarter], warnings_reads.QuarterRow]
    brought: dict[tuple[str, Quarter], int]


def quarters_of(place: str, moment: datetime, count: int = LOOK_BACK_QUARTERS) -> Quarters:
    """Return the last `count` closed quarters of every community below `place` that has any rating in them; three queries."""
    closed = closed_before(moment, count)
    rated = facts_reads.ratings_by_quarter(place, closed[0].begins(), closed[-1].ends())
    counted: dict[tuple[str, Quarter], tuple[int, int]] = {(code, Quarter.of(day)): (t.hits, t.n) for (code, day), t in rated.items()}
    brought: dict[tuple[str, Quarter], int] = {}
    for row in warnings_reads.carried(place, closed[0]):
        brought[row.place, row.quarter] = row.n
        hits, n = counted.get((row.place, row.quarter), (0, 0))
        counted[row.place, row.quarter] = (hits + row.hits, n + row.n)
    known = {(row.place, row.quarter): row for row in warnings_reads.judged(place, closed[0]) if row.newest}
    codes = {code for code, quarter in counted if quarter <= closed[-1]} | {code for code, _ in known}
    return Quarters({code: [Seen(q, *counted.get((code, q), (0, 0))) for q in closed] for code in sorted(codes)}, known, brought)


def judge(s: OpenStep, district: str, rules: Policy) -> None:
    """Judge what is new of the closed quarters below `district`, open what the newest one calls for, and tell those concerned."""
    found, newest = quarters_of(district, s.now), closed_before(s.now, 1)[0]
    for place, seen in found.seen.items():
        fresh = _fresh(found, place, seen)
        if fresh:
            _judge_place(s, place, seen, fresh, newest, rules)


def _fresh(found: Quarters, place: str, seen: Sequence[Seen]) -> frozenset[Quarter]:
    """Return the quarters whose figures are not those of their last verdict; an empty quarter that was never judged says nothing new."""
    last = seen[-1].quarter
    year_ends = last.number == LAST_QUARTER  # two years are judged then, whether anybody rated in the last quarter or not
    return frozenset(
        one.quarter
        for one in seen
        if (one.n > 0 or (place, one.quarter) in found.known or (year_ends and one.quarter == last))
        and _figures(found, place, one.quarter) != (one.hits, one.n)
    )


def _figures(found: Quarters, place: str, quarter: Quarter) -> tuple[int, int] | None:
    row = found.known.get((place, quarter))
    return (row.hits, row.n) if row else None


def _judge_place(s: OpenStep, place: str, seen: Sequence[Seen], fresh: frozenset[Quarter], newest: Quarter, rules: Policy) -> None:
    rule = warning_rule(rules)
    verdicts = walk(seen, rule)
    first = min(fresh)
    # What changed carries on into every later quarter; those without ratings have no verdict to keep.
    warnings.keep_verdicts(s, place, [v for v in verdicts if v.seen.quarter >= first and (v.judged or v.seen.quarter in fresh)], rule)
    if verdicts[-1].seen.quarter == newest:
        for call in verdicts[-1].calls:
            _open(s, place, call, newest, rules)


def _open(s: OpenStep, place: str, call: Call, quarter: Quarter, rules: Policy) -> None:
    if place in warnings_reads.live_ids(place, ABOVE.get(call.level, ())):
        return  # somebody higher up looks after it already
    opened = warnings.open_case(
        s, place, call, quarter, bar_ppm=rules.ppm("blue_ppm"), plan_days=plan_days(rules, call.level)
    )  # fmt: skip
    if opened is None:
        return
    for below in BELOW.get(call.level, ()):
        warnings.supersede(s, place, below)
    tell_levels(s, "warning.opened", f"warning:{opened}", place, call.level, {"n": call.n})


def tell_levels(s: OpenStep, kind: str, about: str, place: str, level: Level, facts: dict[str, str | int]) -> None:
    """Tell the community, and everybody above it up to the level that supervises a case of `level`."""
    posts = [(Role.WORKER, place), (Role.DISPATCHER, place[:STREET_DIGITS])]
    if level is not Level.BLUE:
        posts.append((Role.CITY, place[:CITY_DIGITS]))
    if level in {Level.RED, Level.CARD}:
        posts.append((Role.CITY, place[:PROVINCE_DIGITS]))
    for post in posts:
        people.tell(s, kind, about=about, post=post, facts=facts)


def carry_in(actor: Actor, place: str, rows: Sequence[Carried], source: str, key: str) -> dict[str, Any]:
    """Bring along quarters from before, as the city: figures of a survey or an earlier system, with their source; return {"quarters"}.

    They are judged at the next stock-taking. Raises NotAllowed, Refused(PLACE_UNKNOWN, INPUT_INVALID, REASON_REQUIRED, INPUT_TOO_LONG,
    ALREADY_CARRIED).
    """
    codes = sorted({row.place for row in rows})
    known = set(places.codes_below(place, places.COMMUNITY)) if len(place) < COMMUNITY_DIGITS else {place}
    if not rows or any(code not in known for code in codes):
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    inputs = {"place": place, "source": source, "rows": [[row.place, row.quarter.code(), row.hits, row.n] for row in rows]}
    with step(actor, key, "quarter.carry_in", inputs, place=place) as s:
        if s.answer is not None:
            return s.answer
        return s.done({"quarters": warnings.carry_in(s, place, rows, source)})
