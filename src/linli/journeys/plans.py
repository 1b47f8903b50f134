"""Policy turned into what the rooms ask for: clock plans, matching rules, hour rules, weights."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from linli.ground.policy.core import day_of
from linli.ground.policy.reads import Policy, policies, policy
from linli.help.matching.core.columns import Worths
from linli.help.matching.core.pairs import Rules
from linli.help.needs.core import ClockPlan, plan_from
from linli.help.supply.core.bookings import Limits
from linli.sight.warnings.core import CallRule, Level, Rule
from linli.sight.wellbeing.core import Dimension, Kinship, StarBars, Weights
from linli.value.timebank.core import HourRules

LOANS_A_DAY = 1440  # no cap: a room is used as often a day as it is free


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


def match_worths(rules: Policy) -> Worths:
    """Return what serving somebody is worth by policy's ranks."""
    return Worths(
        place=rules.count("worth_place"),
        urgent=rules.count("worth_urgent"),
        group=rules.count("worth_group"),
        hour=rules.count("worth_hour"),
        hours_max=rules.count("worth_hours_max"),
        more=rules.count("worth_more"),
    )


def loan_limits(rules: Policy) -> Limits:
    """Return policy's numbers for bookings of things and rooms."""
    return Limits(
        days_max=rules.days("loan_days_max"),
        room_minutes_max=rules.minutes("room_minutes_max"),
        ahead_days_max=rules.days("loan_ahead_days_max"),
        open_max=rules.count("loans_open_max"),
        answer_minutes=rules.minutes("loan_answer_minutes"),
        offer_minutes=rules.minutes("loan_offer_minutes"),
        early_minutes=rules.minutes("loan_early_minutes"),
    )


def loan_rules(rules: Policy) -> Rules:
    """Return policy's numbers for matching requests with things: near ones first, the own community's first, use spread over all."""
    return Rules(
        radius_metres=rules.metres("loan_radius_metres"),
        walk_metres_a_minute=rules.metres("walk_metres_a_minute"),
        visits_per_day_max=LOANS_A_DAY,
        cost_metre_per_hundred=rules.count("cost_metre_per_hundred"),
        cost_load=rules.count("cost_load"),
        cost_pairing=0,
        cost_language=0,
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


def warning_rule(rules: Policy) -> Rule:
    """Return the bar and what it takes to call a community under it."""
    return Rule(rules.ppm("blue_ppm"), rules.ppm("warning_error_ppm"), rules.count("yellow_quarters"), rules.count("card_years"))


def plan_days(rules: Policy, level: Level) -> int:
    """Return within how many days the plan of a case of `level` is due."""
    return rules.days({Level.BLUE: "plan_days"}.get(level, f"plan_{level.value}_days"))


def call_rule(rules: Policy) -> CallRule:
    """Return how many people a call-back hears, and from how many on it was a false rectification."""
    return CallRule(rules.count("call_back_people"), rules.count("call_back_false"))


def star_bars(rules: Policy) -> StarBars:
    """Return what two to five stars ask."""
    two, three, four, five = (rules.ppm(f"star_{stars}_ppm") for stars in (2, 3, 4, 5))
    return StarBars((two, three, four, five), rules.count("observations_min"))


def subsidy_fen(rules: Policy, stars: int) -> int | None:
    """Return the subsidy of a year that goes with `stars`, in fen; None without stars."""
    return rules.fen(f"star_{stars}_subsidy_fen") if stars else None
