"""Who could help with a need, and why: hard rules and soft costs in whole numbers, pair by pair. Pure.

Costs come from policy (`Rules`). Distances are metres as the crow flies over small spans (equirectangular), walking time from the
policy's pace. Everything is deterministic: ties break by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import cos, hypot, radians
from uuid import UUID

MICRO = 1_000_000
METRES_PER_DEGREE = 111_320
PAIRING_MAX = 10  # visits of one pair that count: old friends are not preferred without end


class WhyNot(StrEnum):
    """Why a helper is not proposed. The order is the order in which rules are tried."""

    SELF = "self"
    PAUSED = "paused"
    SKILL = "skill"
    CERTIFICATE = "certificate"
    MINOR = "minor"
    SAME_SEX = "same_sex"
    BLOCKED = "blocked"
    REFUSED = "refused"
    ASKED = "asked"
    FAR = "far"
    BUSY = "busy"
    DAY_FULL = "day_full"
    NOT_FREE = "not_free"


class Why(StrEnum):
    """Why a helper is proposed; doors turn each into words."""

    WALK = "walk"  # minutes
    SAME_BUILDING = "same_building"
    SAME_COMMUNITY = "same_community"
    PAIRED = "paired"  # visits
    CERTIFICATE = "certificate"
    LIGHT_LOAD = "light_load"  # visits
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class NeedSnap:
    """A need as matching sees it."""

    id: UUID
    service: str
    skill: str
    place: str
    starts_at: datetime
    minutes: int
    opened_at: datetime
    asker: UUID | None = None
    certificate: str = ""
    urgent: bool = False
    group: bool = False
    same_sex: bool = False
    sex_of_asker: str = ""
    language: str = ""
    lat_micro: int | None = None
    lon_micro: int | None = None
    asked: frozenset[UUID] = frozenset()  # helpers who have or had an offer for it
    people: int = 1
    beside: frozenset[UUID] = frozenset()  # helpers who said yes already: whoever comes goes with them


@dataclass(frozen=True, slots=True)
class HelperSnap:
    """A helper as matching sees them. `free` holds (weekday, from minute, until minute) in Beijing time; empty: any time."""

    id: UUID
    place: str
    skills: frozenset[str]
    certificates: Mapping[str, date] = field(default_factory=dict)
    lat_micro: int | None = None
    lon_micro: int | None = None
    radius_metres: int | None = None
    sex: str = ""
    languages: frozenset[str] = frozenset()
    minor: bool = False
    paused: bool = False
    blocked: frozenset[UUID] = frozenset()
    refused_services: frozenset[str] = frozenset()
    busy: tuple[tuple[datetime, datetime], ...] = ()
    week_visits: int = 0
    paired: Mapping[UUID, int] = field(default_factory=dict)
    free: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Policy's numbers for matching."""

    radius_metres: int
    walk_metres_a_minute: int
    visits_per_day_max: int
    cost_metre_per_hundred: int
    cost_load: int
    cost_pairing: int
    cost_language: int
    cost_other_community: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with its number (minutes on foot, earlier visits …)."""

    why: Why
    number: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One helper for one need: the smaller the cost the better."""

    need: UUID
    helper: UUID
    cost: int
    walk_minutes: int | None
    reasons: tuple[Reason, ...]


def check_point(lat_micro: int | None, lon_micro: int | None) -> None:
    """Raise ValueError for half a point or one that is not on Earth."""
    if (lat_micro is None) != (lon_micro is None):
        raise ValueError("a point needs both latitude and longitude")
    if lat_micro is not None and lon_micro is not None and not (abs(lat_micro) <= 90 * MICRO and abs(lon_micro) <= 180 * MICRO):
        raise ValueError(f"not a point on Earth: {lat_micro}, {lon_micro} microdegrees")


def metres(one: NeedSnap, other: HelperSnap) -> int | None:
    """Return the distance between a need and a helper in metres, or None where a point is missing."""
    if one.lat_micro is None or one.lon_micro is None or other.lat_micro is None or other.lon_micro is None:
        return None
    north = (one.lat_micro - other.lat_micro) / MICRO * METRES_PER_DEGREE
    east = (one.lon_micro - other.lon_micro) / MICRO * METRES_PER_DEGREE * cos(radians(one.lat_micro / MICRO))
    return round(hypot(north, east))


BEIJING = timedelta(hours=8)


def _free(helper: HelperSnap, need: NeedSnap) -> bool:
    if not helper.free:
        return True
    here = need.starts_at + BEIJING
    begin = here.hour * 60 + here.minute
    return any(day == here.weekday() and low <= begin and begin + need.minutes <= high for day, low, high in helper.free)


def _person_rule(need: NeedSnap, helper: HelperSnap) -> WhyNot | None:
    until = helper.certificates.get(need.certificate) if need.certificate else None
    rules = (
        (WhyNot.SELF, helper.id == need.asker),
        (WhyNot.PAUSED, helper.paused),
        (WhyNot.SKILL, bool(need.skill) and need.skill not in helper.skills),
        (WhyNot.CERTIFICATE, bool(need.certificate) and (until is None or until < need.starts_at.date())),
        (WhyNot.MINOR, helper.minor),
        (WhyNot.SAME_SEX, need.same_sex and bool(need.sex_of_asker) and helper.sex != need.sex_of_asker),
        (WhyNot.BLOCKED, (need.asker is not None and need.asker in helper.blocked) or not helper.blocked.isdisjoint(need.beside)),
        (WhyNot.REFUSED, need.service in helper.refused_services),
        (WhyNot.ASKED, helper.id in need.asked or helper.id in need.beside),
    )
    return next((why for why, holds in rules if holds), None)


def why_not(need: NeedSnap, helper: HelperSnap, rules: Rules) -> WhyNot | None:
    """Return the first hard rule that keeps `helper` from `need`, or None."""
    barred = _person_rule(need, helper)
    if barred is not None:
        return barred
    far = metres(need, helper)
    reach = min(rules.radius_metres, helper.radius_metres or rules.radius_metres)
    if far > reach if far is not None else helper.place[:12] != need.place[:12]:
        return WhyNot.FAR  # where a point is missing, the own community is near and every other far
    ends_at = need.starts_at + timedelta(minutes=need.minutes)
    if any(begin < ends_at and need.starts_at < end for begin, end in helper.busy):
        return WhyNot.BUSY
    same_day = sum((begin + BEIJING).date() == (need.starts_at + BEIJING).date() for begin, _ in helper.busy)
    if same_day >= rules.visits_per_day_max:
        return WhyNot.DAY_FULL
    return None if _free(helper, need) else WhyNot.NOT_FREE


def propose(need: NeedSnap, helper: HelperSnap, rules: Rules) -> Proposal:
    """Return the proposal of a helper whom no hard rule bars, with cost and reasons."""
    far = metres(need, helper)
    pairs = helper.paired.get(need.asker, 0) if need.asker else 0
    other_community = helper.place[:12] != need.place[:12]
    foreign = bool(need.language) and bool(helper.languages) and need.language not in helper.languages
    cost = (
        (far if far is not None else rules.radius_metres) * rules.cost_metre_per_hundred // 100
        + helper.week_visits * rules.cost_load
        - min(pairs, PAIRING_MAX) * rules.cost_pairing
        + foreign * rules.cost_language
        + other_community * rules.cost_other_community
    )
    walk = None if far is None else max(1, -(-far // rules.walk_metres_a_minute))
    reasons = [Reason(Why.WALK, walk)] if walk is not None else []
    if helper.place == need.place:
        reasons.append(Reason(Why.SAME_BUILDING))
    elif not other_community:
        reasons.append(Reason(Why.SAME_COMMUNITY))
    if pairs:
        reasons.append(Reason(Why.PAIRED, pairs))
    if need.certificate:
        reasons.append(Reason(Why.CERTIFICATE))
    if need.language and need.language in helper.languages:
        reasons.append(Reason(Why.LANGUAGE))
    if helper.week_visits == 0:
        reasons.append(Reason(Why.LIGHT_LOAD, 0))
    return Proposal(need.id, helper.id, cost, walk, tuple(reasons))


def candidates(need: NeedSnap, helpers: Sequence[HelperSnap], rules: Rules) -> tuple[list[Proposal], dict[WhyNot, int]]:
    """Return proposals for one need, the best first, and how many helpers each rule kept away."""
    check_point(need.lat_micro, need.lon_micro)
    able: list[Proposal] = []
    barred: dict[WhyNot, int] = {}
    for helper in helpers:
        check_point(helper.lat_micro, helper.lon_micro)
        reason = why_not(need, helper, rules)
        if reason is None:
            able.append(propose(need, helper, rules))
        else:
            barred[reason] = barred.get(reason, 0) + 1
    return sorted(able, key=lambda p: (p.cost, p.helper)), barred
