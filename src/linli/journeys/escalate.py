"""What ran out acts by itself: needs climb a level, offers lapse, no-shows are replaced, holds expire. Idempotent, restart-proof.

Each thing is its own small step that claims its row first, so that two clock processes, or one killed in the middle, do it once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from linli.ground.people import verbs as people
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.help.needs.core import Level
from linli.help.visits import reads as visits_reads
from linli.help.visits import verbs as visits
from linli.journeys.accept import look_again
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import clock_plan, policy_at
from linli.journeys.visit import free, stood_in_vain
from linli.kernel.actor import Actor, Role

CLOCK = Actor.system("clock")
ROLES = {Level.COMMUNITY: Role.WORKER, Level.STREET: Role.DISPATCHER, Level.CITY: Role.CITY}
NO_SHOW_LOOK_MINUTES = 5  # rows at least this late are looked at; policy then says how late is a no-show


def run_due(limit: int = 200, *, within: Collection[str] | None = None) -> int:
    """Do everything whose time has come, in the communities `within` or in all; return how much was done."""
    return sum(part(limit, within) for part in (escalate_needs, lapse_offers, release_waits, find_no_shows))


def escalate_needs(limit: int, within: Collection[str] | None = None) -> int:
    """Fire clocks that ran out: the need goes a level up, both levels are told, the asker hears it is being looked after."""
    return sum(_escalate(clock) for clock in needs_reads.due_clocks(now(), limit=limit, within=within))


def _escalate(clock: needs_reads.ClockRow) -> bool:
    with step(CLOCK, None, "need.escalate", {}, place=clock.community) as s:
        plan = clock_plan(policy_at(clock.community, s.now), urgent=clock.urgent, group=clock.group)
        risen = needs.fire(s, clock.id, plan)
        if risen is None:
            return False
        _tell_levels(s, risen)
        if risen.asker is not None and risen.to_level is not risen.from_level:
            people.open_for_queue(s, risen.asker, risen.need, (ROLES[risen.to_level], risen.to_place))
        return True


def _tell_levels(s: OpenStep, risen: needs.Escalated) -> None:
    facts: dict[str, str | int] = {
        "number": risen.number, "clock": risen.kind.value, "from": risen.from_level.value, "to": risen.to_level.value,
    }  # fmt: skip
    about = f"need:{risen.need}"
    for level, place in {(risen.from_level, risen.from_place), (risen.to_level, risen.to_place), (Level.COMMUNITY, risen.community)}:
        people.tell(s, "need.escalated", about=about, post=(ROLES[level], place), facts=facts)
    if risen.asker is not None:
        people.tell(s, "need.escalated", about=about, person=risen.asker, facts=facts)


def lapse_offers(limit: int, within: Collection[str] | None = None) -> int:
    """Let offers lapse that nobody answered, and look for others."""
    done = 0
    for offer in visits_reads.lapsed_offers(now(), limit=limit, within=within):
        row = visits_reads.offer(offer)
        with step(CLOCK, None, "match.propose", {}, place=row.place) as s:
            needs.lock(row.need)
            if visits.lapse(s, offer) is not None:
                look_again(s, row.need)
                done += 1
    return done


def release_waits(limit: int, within: Collection[str] | None = None) -> int:
    """Let go who said yes and waited for another to go with until their time was over; they may be asked again after as long."""
    done = 0
    for row in visits_reads.waited_out(now(), limit=limit, within=within):
        with step(CLOCK, None, "visit.release", {}, place=row.place) as s:
            needs.lock(row.need)
            still = visits_reads.visit(row.id)
            if still.state == "waiting" and still.waits_until is not None and still.waits_until <= s.now:
                rest = timedelta(minutes=policy_at(row.place, s.now).minutes("pair_wait_minutes"))
                visits.release(s, row.id, "nobody", again_at=s.now + rest)
                free(s, row, "visit.released", "need.not_two")
                done += 1
    return done


def find_no_shows(limit: int, within: Collection[str] | None = None) -> int:
    """Replace helpers who did not come: the visit ends as a no-show, hours return, the need looks for somebody else."""
    done = 0
    for row in visits_reads.due_no_shows(now(), minutes=NO_SHOW_LOOK_MINUTES, limit=limit, within=within):
        with step(CLOCK, None, "visit.no_show", {}, place=row.place) as s:
            needs.lock(row.need)
            late = policy_at(row.place, s.now).minutes("no_show_minutes")
            if visits.no_show(s, row.id, minutes=late) is not None:
                needs.move(s, row.need, "release", reason="no_show")
                for other in visits_reads.outing(row):
                    if other.id != row.id:
                        _not_alone(s, other, late)
                free(s, row, "visit.no_show")
                done += 1
    return done


def _not_alone(s: OpenStep, other: visits_reads.VisitRow, late_minutes: int) -> None:
    """End the visit of whoever was to go with somebody who did not come: they did not come either, or stood at the door in vain."""
    if visits.no_show(s, other.id, minutes=late_minutes) is not None:
        free(s, other, "visit.no_show", "")
        return
    stood_in_vain(s, other)
