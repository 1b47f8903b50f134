"""Why one helper was not asked for what waits: the first hard rule that keeps them from each need, by the matcher's own rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linli.ground.places.core import Point
from linli.ground.policy.reads import Policy
from linli.help.matching.core.pairs import why_not
from linli.help.needs.reads import NeedCard
from linli.help.supply.reads import HelperRow
from linli.help.visits import reads as visits
from linli.journeys.plans import match_rules
from linli.journeys.propose import WAITING, helper_snap, need_snap

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Barred:
    """A need that waits, and the code of the first rule that keeps the helper from it; '' where none does: others fitted better."""

    need: UUID
    code: str


def barred(
    row: HelperRow, cards: Sequence[NeedCard], rules: Mapping[str, Policy], spots: Mapping[str, tuple[str, Point | None]], moment: datetime
) -> tuple[Barred, ...]:
    """Return for each of `cards` that waits for a helper why this one was not asked; two queries.

    `rules`: policy by community; `spots`: places as `places.named` gives them. The caller has made sure that needs and helper are the actor's
    to look at.
    """
    waiting = [card for card in cards if card.state in WAITING]
    if not waiting:
        return ()
    asked = visits.asked_for_each([card.id for card in waiting], moment)
    points = {code: point for code, (_name, point) in spots.items()}
    snaps = [need_snap(card, rules[card.community], moment, points.get(card.place), asked.get(card.id, frozenset())) for card in waiting]
    load_days = max(policy.days("load_days") for policy in rules.values())
    first, last = min(snap.starts_at for snap in snaps), max(snap.starts_at for snap in snaps)
    track = visits.tracks([row.person], None, first - DAY, last + DAY, moment - timedelta(days=load_days), moment).get(
        row.person, visits.Track()
    )
    helper = helper_snap(row, track, {})
    found = []
    for card, snap in zip(waiting, snaps, strict=True):
        why = why_not(snap, helper, match_rules(rules[card.community]))
        found.append(Barred(card.id, why.value if why else ""))
    return tuple(found)
