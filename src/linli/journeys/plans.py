"""Policy turned into what the rooms ask for: clock plans, matching rules, hour rules, weights."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from linli.ground.policy.core import day_of
from linli.ground.policy.reads import Policy, policies, policy
from linli.help.matching.core import Rules
from linli.help.needs.core import ClockPlan, plan_from
from linli.sight.warnings.core import Bar
from linli.sight.wellbeing.core import Dimension, Kinship, Weights
from linli.value.timebank.core import HourRules


def policy_at(place: str, now: datetime) -> Policy:
    """Return the policy in force at a place at a moment."""
    return policy(place, day_of(now))


def policies_at(places: Collection[str], now: datetime) -> dict[str, Policy]:
    """Return the policy in force at each of `places` at a moment; one query."""
    return policies(places, day_of(now))


def clock_plan(rules: Policy, *, urgent: bool, group: str) -> ClockPlan:
    """Return the clocks of a need: urgent needs and lone older people first (30 min), then special groups (1 h), then everybody (2 h)."""
    return plan_from(rules.minutes, urgent=urgent, group=group)


def match_rules(rules: Policy) -> Rules:
    """Return policy's numbers for matching."""
    return Rules(
        radius_metres=rules.metres("radius_metres"),
        walk_metres_a_minute=rules.metres("walk_metres_a_minute"),
        visits_per_day_max=rules.count("visits_per_day_max"),
        cost_metre_per_hundred=rules.count("cost_metre_per_hundred"),
        cost_load=rules.count("cost_load"),
        cost_pairing=rules.count("cost_pairing"),
        cost_language=rules.count("cost_language"),
        cost_other_community=rules.count("cost_other_community"),
    )


def hour_rules(rules: Policy) -> HourRules:
    """Return policy's numbers for hours."""
    return HourRules(
        cap_minutes=rules.minutes("hours_cap_minutes"),
        overdraft_minutes=rules.minutes("hours_overdraft_minutes"),
        claims_share_ppm=rules.ppm("claims_share_ppm"),
        hold_days=rules.days("hold_days"),
    )


def weights(rules: Policy) -> Weights:
    """Return the weights of the health index."""
    return Weights(
        {dimension: rules.ppm(f"weight_{dimension.value}_ppm") for dimension in Dimension},
        prior=rules.count("shrink_weight"),
        known_min_ppm=rules.ppm("known_min_ppm"),
    )


def kinship(rules: Policy) -> Kinship:
    """Return which communities are alike enough to be compared."""
    return Kinship(
        sizes=(rules.count("peers_small_residents"), rules.count("peers_large_residents")),
        elder_shares_ppm=(rules.ppm("peers_young_ppm"), rules.ppm("peers_old_ppm")),
        peers_min=rules.count("peers_min"),
    )


def blue_bar(rules: Policy) -> Bar:
    """Return when satisfaction opens a blue warning."""
    return Bar(rules.ppm("blue_ppm"), rules.count("observations_min"), rules.days("plan_days"))
