"""Policy: every number that differs by place or date is data with a source. Which value holds where and when, and whether it may. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from linli.ground.policy.keys import KEYS, Key, Kind
from linli.kernel.units import PPM_ONE

BEIJING = timedelta(hours=8)  # one zone for all of China; a rule starts when the day begins there
COMMUNITY_DIGITS = 12
SOURCE_LENGTH_MAX = 300
WEIGHTS = tuple(name for name in KEYS if name.startswith("weight_"))
SATISFACTION_MIN_PPM = 500_000  # report §5.4.2, F286: residents' satisfaction weighs at least half


class Region(StrEnum):
    """The three kinds of region with a policy set of their own (report §4.1)."""

    MEGA = "mega"  # 超大城市群
    SMALL = "small"  # 中小城市
    RURAL = "rural"  # 农村


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one key at a place ('' is the nation) from a Beijing day on, until `ends_on` (exclusive) or for ever.

    `region` is set for a value of a kind of region: it stands between the nation's value and every nearer place's.
    `weak` marks a source read only in the news.
    """

    key: str
    place: str
    starts_on: date
    value: int | str
    source: str
    ends_on: date | None = None
    region: str = ""
    weak: bool = False

    def holds(self, on: date) -> bool:
        """Tell whether the value is in force on the day `on`."""
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


def day_of(moment: datetime) -> date:
    """Return the Beijing day of a UTC moment: the day policies start and end on."""
    return (moment + BEIJING).date()


def check(value: Value, *, row: str) -> None:
    """Raise ValueError naming `row` where a value does not fit its key, or lacks what every value must have."""
    key = KEYS.get(value.key)
    if key is None:
        raise ValueError(f"{row}: unknown policy key {value.key!r}")
    problem = _place_problem(value) or _date_problem(value) or _value_problem(key, value.value)
    if problem:
        raise ValueError(f"{row}: {value.key} {problem}")


def _place_problem(value: Value) -> str | None:
    if value.place and not (value.place.isascii() and value.place.isdigit() and len(value.place) <= 17):
        return f"needs a place code of digits, got {value.place!r}"
    if value.region and value.place:
        return "is for a kind of region or for a place, not for both"
    if value.region and value.region not in set(Region):
        return f"names an unknown kind of region: {value.region!r}"
    return None


def _date_problem(value: Value) -> str | None:
    if not value.source.strip():
        return "has no source"
    if len(value.source) > SOURCE_LENGTH_MAX:
        return f"has a source longer than {SOURCE_LENGTH_MAX} characters"
    if value.ends_on is not None and value.ends_on <= value.starts_on:
        return "ends before it starts"
    return None


def _value_problem(key: Key, value: int | str) -> str | None:
    if key.kind is Kind.TEXT:
        if not isinstance(value, str) or re.fullmatch(key.pattern, value) is None:
            return f"is a text like {key.pattern}, got {value!r}"
        return None
    if isinstance(value, str | bool) or not key.low <= value <= key.high:
        return f"is a whole number of {key.kind.value} from {key.low} to {key.high}, got {value!r}"
    return None


def resolve(values: Iterable[Value], place: str, on: date) -> Mapping[str, Value]:
    """Return the value in force per key at `place` on the day `on`.

    The nearest wins: the longest prefix of the place code; then the set of the place's kind of region; then the nation. Of two values
    at the same place the one that started last wins.
    """
    in_force = [value for value in values if value.holds(on) and place.startswith(value.place)]
    region = region_of(in_force, place)
    best: dict[str, Value] = {}
    for value in in_force:
        if value.region and value.region != region:
            continue
        known = best.get(value.key)
        if known is None or _nearness(value) > _nearness(known):
            best[value.key] = value
    return best


def _nearness(value: Value) -> tuple[int, bool, date]:
    return len(value.place), bool(value.region), value.starts_on


def is_village(place: str) -> bool:
    """Tell by its code whether a community is a village.

    The last three digits of a 12-digit statistical code count residents' committees from 001 and villagers' committees from 200; units
    like a committee from 400 and like a village from 500 (NBS 统计用区划代码; the shipped tree agrees in 99.8 % of names).
    """
    if len(place) < COMMUNITY_DIGITS:
        return False
    last = place[9:12]
    return "200" <= last < "400" or last >= "500"


def region_of(in_force: Iterable[Value], place: str) -> str:
    """Return the kind of region of `place`: the nearest `region_kind`, where a village's own code counts as a row of that village."""
    best: Value | None = None
    for value in in_force:
        if value.key != "region_kind" or value.region or not place.startswith(value.place):
            continue
        if best is None or _nearness(value) > _nearness(best):
            best = value
    if is_village(place) and (best is None or len(best.place) < COMMUNITY_DIGITS):
        return Region.RURAL.value
    return str(best.value) if best is not None else ""


def gaps(resolved: Mapping[str, Value]) -> list[str]:
    """Return what is wrong with a resolved set as a whole: keys without a value, weights that do not add up, clocks out of order."""
    found = [f"{name} has no value" for name in KEYS if name not in resolved]
    if found:
        return found
    number = {name: value.value for name, value in resolved.items() if isinstance(value.value, int)}
    total = sum(number[name] for name in WEIGHTS)
    if total != PPM_ONE:
        found.append(f"weights of the health index add up to {total}, not {PPM_ONE}")
    if number["weight_satisfaction_ppm"] < SATISFACTION_MIN_PPM:
        found.append("weight_satisfaction_ppm is under one half")
    for low, high in (("peers_small_residents", "peers_large_residents"), ("peers_young_ppm", "peers_old_ppm")):
        if number[low] >= number[high]:
            found.append(f"{low} is not under {high}")
    for level in ("answer", "street_answer", "city_answer"):
        plain, group, urgent = (number[f"{level}{kind}_minutes"] for kind in ("", "_group", "_urgent"))
        if not urgent <= group <= plain:
            found.append(f"{level}: urgent ≤ special group ≤ plain does not hold ({urgent}, {group}, {plain})")
    if number["handle_minutes"] < number["answer_minutes"]:
        found.append("handle_minutes is shorter than answer_minutes")
    return found
