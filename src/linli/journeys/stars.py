"""Stars 服务星级: a year of quarters is graded, the community may appeal, the city decides, then the grades are final."""

from __future__ import annotations

from typing import Any

from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.journeys.judge import quarters_of
from linli.journeys.plans import policies_at, policy_at, star_bars
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotAllowed, Refusal, Refused
from linli.kernel.quarter import closed_before
from linli.sight.warnings.core import CITY_DIGITS
from linli.sight.wellbeing import reads as wellbeing_reads
from linli.sight.wellbeing import verbs as wellbeing
from linli.sight.wellbeing.core import starred

CLOCK = Actor.system("clock")
YEAR_QUARTERS = 4


def grade(actor: Actor, place: str, key: str) -> dict[str, Any]:
    """Grade the last four closed quarters of everything below `place`, as the city; return {"run"}. The same year is graded once.

    Raises NotAllowed, Refused(NOT_JUDGED_YET) where no ratings are known.
    """
    with step(actor, key, "stars.grade", {"place": place}, place=place) as s:
        if s.answer is not None:
            return s.answer
        year = quarters_of(place, s.now, YEAR_QUARTERS)
        found = year.seen
        if not any(one.n for seen in found.values() for one in seen):
            raise Refused(Refusal.NOT_JUDGED_YET)
        rules = policies_at(found, s.now)
        stars = {
            code: starred(sum(one.hits for one in seen), sum(one.n for one in seen), star_bars(rules[code])) for code, seen in found.items()
        }
        last = closed_before(s.now, 1)[0]
        brought: dict[str, int] = {}
        for (code, _quarter), n in year.brought.items():
            brought[code] = brought.get(code, 0) + n
        days = policy_at(place, s.now).days("star_appeal_days")
        run = wellbeing.grade(s, place, last, stars, appeal_days=days, brought=brought)
        for code, one in stars.items():
            people.tell(s, "stars.graded", about=f"stars:{code}", post=(Role.WORKER, code), facts={"stars": one.stars})
        return s.done({"run": str(run)})


def appeal(actor: Actor, grade_id: int, grounds: str, key: str) -> dict[str, Any]:
    """Appeal against the stars of one's own community, as its worker.

    Raises NotFound, NotAllowed, Refused(APPEAL_OVER, ALREADY_APPEALED, REASON_REQUIRED, INPUT_TOO_LONG).
    """
    row = wellbeing_reads.star(grade_id)
    if not actor.holds(Role.WORKER, row.place):
        raise NotAllowed("stars.appeal")
    with step(actor, key, "stars.appeal", {"grade": grade_id, "grounds": grounds}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        wellbeing.appeal(s, grade_id, grounds)
        people.tell(s, "stars.appealed", about=f"stars:{row.place}", post=(Role.CITY, row.place[:CITY_DIGITS]), facts={})
        return s.done({"grade": grade_id})


def decide(actor: Actor, grade_id: int, upheld: bool, stars: int, reason: str, key: str) -> dict[str, Any]:
    """Decide on an appeal, as the city; where it is upheld, `stars` hold from now on.

    Raises NotFound, NotAllowed, Refused(PARTY_TO_IT, STATE_FORBIDS, INPUT_INVALID, REASON_REQUIRED, INPUT_TOO_LONG).
    """
    row = wellbeing_reads.star(grade_id)
    inputs = {"grade": grade_id, "upheld": upheld, "stars": stars, "reason": reason}
    with step(actor, key, "stars.decide", inputs, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        wellbeing.decide(s, grade_id, upheld=upheld, stars=stars, reason=reason)
        people.tell(s, "stars.decided", about=f"stars:{row.place}", post=(Role.WORKER, row.place), facts={"stars": stars})
        return s.done({"grade": grade_id})


def finish_due() -> int:
    """Make final what nobody can appeal against any more; return how many gradings. Idempotent."""
    done = 0
    for run in wellbeing_reads.due_runs(now()):
        with step(CLOCK, None, "stars.final", {}, place=run.place) as s:
            done += wellbeing.finish(s, run.id)
    return done
