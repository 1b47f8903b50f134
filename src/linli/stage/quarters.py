"""What the district's communities bring along from before they came here, and the warnings that follow: played through the journeys.

Quarters of two years are carried in as a yearly survey would have them; the quarters judge themselves. One community is called blue just
now (the visitor's part), one has stood under the bar for two quarters (yellow), one has put things right and waits for its call-back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.help.visits import reads as visits
from linli.journeys import judge, stars, warn
from linli.journeys.judge import Carried
from linli.kernel.actor import Actor, Channel, Role
from linli.kernel.quarter import closed_before
from linli.sight.warnings import reads as warnings
from linli.sight.wellbeing import reads as wellbeing

SURVEY = "季度满意度问卷，由街道汇总带入（演示数据）"
QUARTERS, RATINGS = 8, (8, 60)
STEADY = (0.74, 0.96)  # where the communities' true satisfaction lies
DOWN, FALLEN = 0.42, 0.44
HELPED_DAYS = 20


@dataclass(frozen=True, slots=True)
class Parts:
    """Who plays which part: called blue just now, two quarters under the bar, put right and waiting for its call-back, appealing."""

    blue: str
    yellow: str
    rectified: str
    appeals: str


def parts(home: str, codes: Sequence[str]) -> Parts:
    """Return the communities of the parts: the personas' own, and its neighbours in the same street, as far as there are any."""
    street = [code for code in codes if code[:9] == home[:9] and code != home] or [home]
    start = now() - timedelta(days=HELPED_DAYS)
    rectified = max(street, key=lambda code: len(visits.helped_between(code, start, now())))  # somebody must be there to call
    rest = [code for code in street if code != rectified] or street
    return Parts(home, rest[0], rectified, rest[-1])


def carry_in(district: str, codes: Sequence[str], cast: Parts, city: Actor, *, late: bool, seed: int) -> None:
    """Carry in the survey of two years as the city: that of everybody, or (`late`) the last quarter of the home community, which came late."""
    rng, closed = np.random.default_rng(seed), closed_before(now(), QUARTERS)
    rows = []
    for code in codes:
        share, sizes = rng.uniform(*STEADY), rng.integers(*RATINGS, QUARTERS)
        for back, (quarter, n) in enumerate(zip(reversed(closed), reversed(sizes), strict=True)):
            low = {cast.yellow: (FALLEN, 2), cast.rectified: (FALLEN, 1), cast.blue: (DOWN, 1)}.get(code)
            under = low is not None and back < low[1]
            count = 40 if low is not None and back < 2 else int(n)
            good = round(low[0] * count) if under and low is not None else int(rng.binomial(count, 0.82 if low else share))
            if late == (code == cast.blue and back == 0):
                rows.append(Carried(code, quarter, good, count))
    judge.carry_in(city, district, rows, SURVEY, f"stage-quarters-{district}-{'late' if late else 'all'}")


def worker_of(code: str) -> Actor:
    """Return the worker of a community."""
    return people.actor_of(people.holders(Role.WORKER, code, now())[0], now(), channel=Channel.STAGE)


def put_right(code: str) -> None:
    """Hand in the proof of a community's rectification, as its worker."""
    helped = visits.helped_between(code, now() - timedelta(days=HELPED_DAYS), now())
    for card in warnings.open_in(code, now()):
        if card.state == "planned" and helped:
            told = "换了两位帮手，送餐改成两班；低分的九户都上门道了歉，记在走访本上"
            warn.show(worker_of(code), card.id, told, "", f"stage-proof-{card.id}")


def grade(district: str, cast: Parts, city: Actor) -> None:
    """Grade the last four quarters, and let one community appeal."""
    stars.grade(city, district, f"stage-stars-{district}")
    row = wellbeing.star_of(cast.appeals)
    if row is not None and row.appeal is None:
        told = "第二季度有十来份评价是隔壁社区的居民填的，走访本上有名册可以核对"
        stars.appeal(worker_of(cast.appeals), row.id, told, f"stage-appeal-{row.id}")
