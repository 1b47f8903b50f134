"""Policy: every number that differs by place or date is data with a source. Typed keys, resolution, validation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from linli.kernel.units import PPM_ONE


class Kind(StrEnum):
    """What a value counts. The unit also stands at the end of the key's name."""

    MINUTES = "minutes"
    DAYS = "days"
    COUNT = "count"
    PPM = "ppm"
    METRES = "metres"
    FLAG = "flag"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Key:
    """A known key with its kind and bounds (whole numbers, inclusive)."""

    name: str
    kind: Kind
    low: int = 0
    high: int = 10_000_000
    describe: str = ""


def _keys(kind: Kind, low: int, high: int, **names: str) -> dict[str, Key]:
    return {name: Key(name, kind, low, high, describe) for name, describe in names.items()}


KEYS: dict[str, Key] = {
    **_keys(
        Kind.MINUTES, 1, 60 * 24 * 30,
        answer_minutes="a need is answered within", answer_group_minutes="a special group's need is answered within",
        answer_urgent_minutes="an urgent need or a lone older person's is answered within",
        street_answer_minutes="the street answers what came up within", city_answer_minutes="the city answers, and is reminded, every",
        handle_minutes="a need is handled within", no_show_minutes="a helper who has not checked in is a no-show after",
        offer_minutes="an offer waits for an answer", offer_urgent_minutes="an urgent offer waits for an answer",
        check_in_early_minutes="check-in opens before the start", check_in_code_minutes="a check-in code is shown for",
        objection_minutes="an objection to a dispatch is reviewed within", claims_gap_minutes="two claims are averaged up to this gap",
        sign_in_window_minutes="failed sign-ins are counted over", one_time_code_minutes="a one-time code is good for",
        publish_minutes="a record can be checked at the latest after", start_soon_minutes="a visit begins after accepting at the earliest",
    ),
    **_keys(
        Kind.MINUTES, 0, 60 * 24 * 400,
        hours_cap_minutes="a time book holds at most (the excess goes to the pool)", hours_overdraft_minutes="a time book may go below zero by",
        seed_minutes="seed hours for a person of a special group", hours_round_minutes="hours are counted in steps of",
    ),
    **_keys(
        Kind.DAYS, 1, 4000,
        plan_days="a blue warning's plan is due after", reopen_days="a closed need can be reopened for",
        hold_days="hours held for a visit expire after", rectify_days="a rectification is due after", wanted_days_max="a need may lie ahead by",
        stock_days="figures of the health index look back",
    ),
    **_keys(
        Kind.COUNT, 1, 100_000,
        open_needs_max="open needs of one person, household or sheet", sign_in_tries_max="failed sign-ins allowed in the window",
        check_in_tries_max="wrong check-in codes allowed", offers_at_once="helpers asked at once", visits_per_day_max="visits of one helper a day",
        shrink_weight="strength of the peers' prior in observations", observations_min="least observations for a warning",
        pair_visits_month_max="credited visits of one pair a month",
    ),
    **_keys(
        Kind.PPM, 0, PPM_ONE,
        claims_share_ppm="claims may differ from the estimate by", blue_ppm="satisfaction under this opens a blue warning",
        known_min_ppm="least weight with data for an index",
        weight_facilities_ppm="weight", weight_coverage_ppm="weight", weight_response_ppm="weight", weight_satisfaction_ppm="weight",
        weight_participation_ppm="weight", weight_vitality_ppm="weight", weight_sharing_ppm="weight", weight_safety_ppm="weight",
    ),
    **_keys(
        Kind.METRES, 50, 100_000, radius_metres="helpers are looked for within", walk_metres_a_minute="metres on foot in a minute",
    ),
    **_keys(
        Kind.COUNT, 0, 100_000,
        cost_metre_per_hundred="matching: cost of a hundred metres", cost_load="matching: cost of each visit in the last week",
        cost_pairing="matching: credit for each earlier visit of the pair", cost_language="matching: cost of no common language",
        cost_other_community="matching: cost of crossing to another community",
    ),
    **_keys(Kind.FLAG, 0, 1, dispatch_objection_allowed="a community may object to a dispatch"),
    **_keys(Kind.TEXT, 0, 0, emergency_fire="fire", emergency_ambulance="ambulance", emergency_police="police", community_phone="shown on sheets"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one key at a place from a date on (until `ends_on`, exclusive, or for ever)."""

    key: str
    place: str
    starts_on: date
    value: int | str
    source: str
    ends_on: date | None = None
    weak: bool = False


def check(value: Value, *, row: str) -> None:
    """Raise ValueError naming `row` where a value does not fit its key."""
    key = KEYS.get(value.key)
    if key is None:
        raise ValueError(f"{row}: unknown policy key {value.key!r}")
    if value.place and not value.place.isdigit():
        raise ValueError(f"{row}: place must be digits, got {value.place!r}")
    if not value.source.strip():
        raise ValueError(f"{row}: {value.key} has no source")
    if value.ends_on is not None and value.ends_on <= value.starts_on:
        raise ValueError(f"{row}: {value.key} ends before it starts")
    if key.kind is Kind.TEXT:
        if not isinstance(value.value, str):
            raise ValueError(f"{row}: {value.key} is a text")
    elif isinstance(value.value, str) or isinstance(value.value, bool) or not key.low <= value.value <= key.high:
        raise ValueError(f"{row}: {value.key} is a whole number of {key.kind.value} from {key.low} to {key.high}, got {value.value!r}")


def resolve(values: Iterable[Value], place: str, on: date) -> Mapping[str, Value]:
    """Return the value in force per key: the nearest place wins (longest prefix of `place`), then the latest start."""
    best: dict[str, Value] = {}
    for value in values:
        in_force = value.starts_on <= on and (value.ends_on is None or on < value.ends_on)
        if not in_force or not place.startswith(value.place):
            continue
        known = best.get(value.key)
        if known is None or (len(value.place), value.starts_on) > (len(known.place), known.starts_on):
            best[value.key] = value
    return best
