"""What one rule of matching would change: a city's last month once more with one number different. Nothing is switched on here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from linli.ground.policy.core import Value, check
from linli.ground.policy.reads import Policy
from linli.help.matching import reads as matching
from linli.help.matching.core.month import unpack
from linli.help.matching.core.play import Way
from linli.help.matching.core.snapshot import unseal
from linli.help.matching.reads import MonthRow
from linli.journeys.fairness import STRAINS, figures_of, strained_of, terms_of
from linli.journeys.plans import policy_at
from linli.kernel.errors import Refusal, Refused

# Rules whose effect a played month can show. How long a need may wait at all, and what a first helper is worth, are no choices of matching.
TRIED = (
    "worth_group", "worth_urgent", "worth_hour", "worth_hours_max", "cost_load", "cost_pairing", "cost_language", "cost_other_community",
    "cost_metre_per_hundred", "radius_metres", "offers_at_once", "visits_per_day_max", "offer_minutes", "start_soon_minutes",
)  # fmt: skip
DIGITS_MAX = 9


@dataclass(frozen=True, slots=True)
class Effect:
    """One key's value as played and as tried, and what the month came to with each (as `fairness.figures_of` tells it)."""

    key: str
    was: int
    tried: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def value_of(row: MonthRow, key: str, typed: str) -> int:
    """Return a value as typed. Raises Refused(INPUT_INVALID) with `field` "key" for no rule of matching, "value" for one out of its bounds."""
    if key not in TRIED:
        raise Refused(Refusal.INPUT_INVALID, field="key")
    number = typed.strip()
    if not (number.isascii() and number.isdigit()) or len(number) > DIGITS_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="value")
    try:
        check(Value(key, row.city, row.day, int(number), "tried on a month"), row=key)
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field="value") from None
    return int(number)


def rules_of(row: MonthRow, **changed: int) -> Policy:
    """Return the policy that a month was played under, with some numbers changed."""
    now = policy_at(row.city, row.at)
    held = {key: replace(now.values[key], value=value) for key, value in (dict(row.policy) | changed).items()}
    return replace(now, values=dict(now.values) | held)


def effect_of(row: MonthRow, key: str, value: int, *, strained: bool) -> Effect:
    """Return what a month comes to where one rule is different: the same needs, helpers and answers. Raises NotFound where it is gone.

    `strained`: as where its needs come in one day and helpers are few (`fairness.strained_of`), since many rules are felt only there.
    """
    month = unpack(unseal(matching.month_inputs(row.city, row.day), row.inputs_digest))
    played: Mapping[str, Any] = row.figures
    if strained:
        month, played = strained_of(month, *STRAINS[-1]), row.figures["strained"][-1]
    after = figures_of(month, terms_of(rules_of(row, **{key: value})), Way.ENGINE)
    return Effect(key, row.policy[key], value, played[Way.ENGINE.value], after)
