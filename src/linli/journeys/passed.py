"""Why a helper was not asked lately, told to the helper alone: counts by rule and service; never whose need it was, nor where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from linli.ground.places import reads as places
from linli.ground.places.core import Point
from linli.ground.policy.reads import Policy
from linli.help.matching.core.pairs import HelperSnap, NeedSnap, Why, WhyNot, propose, why_not
from linli.help.needs import happened as needs_happened
from linli.help.needs.reads import NeedCard
from linli.help.supply.reads import HelperRow
from linli.help.visits import reads as visits
from linli.help.visits.core import VisitState
from linli.help.visits.reads import Around
from linli.journeys.plans import match_rules
from linli.journeys.propose import helper_snap, need_snap

LOOKED_BACK = timedelta(days=7)
STREET, COMMUNITY = 9, 12
VISITS_LOOKED_AT = 200
OFF = frozenset({VisitState.CANCELLED, VisitState.NO_SHOW})
ASKED, NEARER, CARRIED, KNOWN, OTHERS, NOT_ASKED = "asked", "nearer", "carried", "known", "others", "nobody"


@dataclass(frozen=True, slots=True)
class Passed:
    """A helper's last days: `within` needs in their street, reach and skills; how many of them by reason and service.

    `far` and `skill` are needs besides: farther than the helper walks but near enough for policy, and near but of other skills.
    `carried`: how often the helper went in these days.
    """

    since: datetime
    within: int
    carried: int
    reasons: Mapping[str, Mapping[str, int]]
    far: Mapping[str, int] = field(default_factory=dict)
    skill: Mapping[str, int] = field(default_factory=dict)


def _softly(need: NeedSnap, helper: HelperSnap, around: Around, rules: Policy) -> str:
    """Return why others were asked where no rule kept the helper away."""
    offers = around.offers
    if not offers:
        return NOT_ASKED
    own = propose(need, helper, match_rules(rules)).walk_minutes
    walks = [offer.walk_minutes for offer in offers if offer.walk_minutes is not None]
    if own is not None and len(walks) == len(offers) and max(walks) < own:
        return NEARER
    reasons = {code for offer in offers for code, _n in offer.reasons}
    if helper.week_visits and Why.LIGHT_LOAD.value in reasons:
        return CARRIED
    return KNOWN if Why.PAIRED.value in reasons else OTHERS


def _reason(need: NeedSnap, helper: HelperSnap, around: Around, rules: Policy) -> str:
    if any(offer.helper == helper.id for offer in around.offers):
        return ASKED
    why = why_not(need, helper, match_rules(rules))
    # Who blocked whom is told to nobody: it looks like any other time when somebody else was asked.
    return why.value if why is not None and why is not WhyNot.BLOCKED else OTHERS if why else _softly(need, helper, around, rules)


def _helper(row: HelperRow, given: Sequence[visits.VisitRow], opened_at: datetime) -> HelperSnap:
    """Return the helper as of a moment: not resting, with what they had promised, and what they had carried in the days before."""
    held = [visit for visit in given if visit.state not in OFF]
    lately = sum(opened_at - LOOKED_BACK <= visit.starts_at and visit.booked_at <= opened_at for visit in held)
    track = visits.Track(tuple((visit.starts_at, visit.ends_at) for visit in held), lately, 0)
    return replace(helper_snap(row, track, {}), paused=False)


def _count(found: dict[str, int], card: NeedCard) -> None:
    found[card.service.code] = found.get(card.service.code, 0) + 1


def _snap(card: NeedCard, rules: Policy, points: Mapping[str, Point | None]) -> NeedSnap:
    return need_snap(card, rules, card.opened_at, points.get(card.place), frozenset())


def passed_by(row: HelperRow, rules: Mapping[str, Policy], moment: datetime) -> Passed:
    """Return why a helper was or was not asked in the last days for what came up in their street; four queries.

    `rules`: policy at the helper's community. The caller has made sure that the helper is the actor.
    """
    since, own = moment - LOOKED_BACK, rules[row.place[:COMMUNITY]]
    cards = [card for card in needs_happened.opened_in({row.place[:STREET]}, since, moment, moment) if card.asker != row.person]
    points = {code: point for code, (_name, point) in places.named({card.place for card in cards}).items()}
    given = visits.of_helper(row.person, limit=VISITS_LOOKED_AT)
    around = visits.around([card.id for card in cards])
    reasons: dict[str, dict[str, int]] = {}
    far: dict[str, int] = {}
    skill: dict[str, int] = {}
    within = 0
    for card in cards:
        need, helper = _snap(card, own, points), _helper(row, given, card.opened_at)
        reason = _reason(need, helper, around.get(card.id, Around()), own)
        if reason == WhyNot.SKILL.value:
            willing = replace(helper, skills=helper.skills | {need.skill})
            if why_not(need, willing, match_rules(own)) is None:
                _count(skill, card)
        elif reason == WhyNot.FAR.value:
            if why_not(need, replace(helper, radius_metres=None), match_rules(own)) is not WhyNot.FAR:
                _count(far, card)
        else:
            within += 1
            _count(reasons.setdefault(reason, {}), card)
    carried = sum(since <= visit.starts_at < moment and visit.state not in OFF for visit in given)
    return Passed(since, within, carried, reasons, far, skill)
