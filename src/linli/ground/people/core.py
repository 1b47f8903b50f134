"""Who may do and see what: data classes, the rights of each action, the rule of disclosure. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linli.kernel.actor import STAFF, Actor, Role
from linli.kernel.disclosure import DataClass


class Who(StrEnum):
    """The least an actor must be for an action; the journey checks the finer relation (party to it, own household)."""

    ANYONE = "anyone"
    PERSON = "person"
    STAFF_HERE = "staff_here"  # worker, dispatcher or city with the place below
    UPPER_HERE = "upper_here"  # dispatcher or city
    CITY_HERE = "city_here"
    OPERATOR = "operator"
    SYSTEM = "system"


# One row per action of the corridor. A test compares it with the steps that journeys open.
RIGHTS: dict[str, Who] = {
    "witness.name": Who.SYSTEM,
    "witness.drop": Who.SYSTEM,
    "witness.watch": Who.SYSTEM,
    "certificate.issue": Who.PERSON,
    "certificate.revoke": Who.PERSON,
    "person.register": Who.ANYONE,
    "person.settings": Who.PERSON,
    "person.enter": Who.STAFF_HERE,
    "token.issue": Who.PERSON,
    "token.revoke": Who.PERSON,
    "post.grant": Who.UPPER_HERE,
    "post.end": Who.UPPER_HERE,
    "group.enter": Who.STAFF_HERE,
    "family.enter": Who.STAFF_HERE,
    "family.end": Who.PERSON,
    "consent.grant": Who.PERSON,
    "consent.withdraw": Who.PERSON,
    "sheet.issue": Who.STAFF_HERE,
    "sheet.revoke": Who.STAFF_HERE,
    "service.declare": Who.STAFF_HERE,
    "service.approve": Who.UPPER_HERE,
    "need.ask": Who.ANYONE,
    "need.answer": Who.STAFF_HERE,
    "need.withdraw": Who.ANYONE,
    "need.pause": Who.STAFF_HERE,
    "need.resume": Who.STAFF_HERE,
    "need.dispatch": Who.UPPER_HERE,
    "need.object": Who.STAFF_HERE,
    "need.settle_objection": Who.UPPER_HERE,
    "need.refer": Who.STAFF_HERE,
    "need.reopen": Who.PERSON,
    "need.escalate": Who.SYSTEM,
    "helper.join": Who.PERSON,
    "helper.settings": Who.PERSON,
    "helper.certify": Who.STAFF_HERE,
    "pair.block": Who.PERSON,
    "match.propose": Who.SYSTEM,
    "match.keep": Who.SYSTEM,
    "match.dispatch": Who.STAFF_HERE,
    "offer.accept": Who.PERSON,
    "offer.decline": Who.PERSON,
    "thing.enter": Who.STAFF_HERE,
    "thing.retire": Who.STAFF_HERE,
    "thing.black_out": Who.STAFF_HERE,
    "alliance.form": Who.UPPER_HERE,
    "alliance.change": Who.UPPER_HERE,
    "booking.ask": Who.PERSON,
    "booking.agree": Who.PERSON,
    "booking.decline": Who.PERSON,
    "booking.cancel": Who.PERSON,
    "booking.offer": Who.STAFF_HERE,
    "booking.approve": Who.STAFF_HERE,
    "booking.refuse": Who.STAFF_HERE,
    "booking.hand_out": Who.STAFF_HERE,
    "booking.take_back": Who.STAFF_HERE,
    "booking.match": Who.SYSTEM,
    "booking.due": Who.SYSTEM,
    "visit.check_in": Who.PERSON,
    "visit.check_in_paper": Who.STAFF_HERE,
    "visit.tick": Who.PERSON,
    "visit.check_out": Who.PERSON,
    "visit.confirm": Who.PERSON,
    "visit.confirm_by_follow": Who.ANYONE,
    "visit.dispute": Who.PERSON,
    "visit.settle": Who.STAFF_HERE,
    "visit.correct": Who.STAFF_HERE,
    "visit.cancel": Who.PERSON,
    "visit.no_show": Who.SYSTEM,
    "visit.release": Who.SYSTEM,
    "visit.rate": Who.PERSON,
    "notice.read": Who.PERSON,
    "rectify.plan": Who.STAFF_HERE,
    "rectify.show": Who.STAFF_HERE,
    "rectify.accept": Who.PERSON,
    "warning.plan": Who.STAFF_HERE,
    "warning.show": Who.STAFF_HERE,
    "warning.draw": Who.SYSTEM,
    "warning.call": Who.UPPER_HERE,
    "warning.close": Who.UPPER_HERE,
    "warning.rise": Who.SYSTEM,
    "warning.report": Who.UPPER_HERE,
    "quarter.carry_in": Who.CITY_HERE,
    "stars.grade": Who.CITY_HERE,
    "stars.appeal": Who.STAFF_HERE,
    "stars.decide": Who.CITY_HERE,
    "stars.final": Who.SYSTEM,
    "hours.seed": Who.STAFF_HERE,
    "hours.give": Who.PERSON,
    "hours.donate": Who.PERSON,
    "hours.expire": Who.SYSTEM,
    "sight.recast": Who.SYSTEM,
    "sight.take_stock": Who.SYSTEM,
    "programme.load": Who.SYSTEM,
    "programme.count": Who.SYSTEM,
    "programme.assign": Who.CITY_HERE,
    "risk.decide": Who.CITY_HERE,
    "sight.freeze": Who.SYSTEM,
    "sight.foresee": Who.SYSTEM,
    "paper.draft": Who.CITY_HERE,
    "paper.publish": Who.CITY_HERE,
    "sight.roll_up": Who.SYSTEM,
    "evidence.integrate": Who.SYSTEM,
    "ground.load": Who.SYSTEM,
    "place.enter": Who.STAFF_HERE,
    "stage.build": Who.SYSTEM,
    "trial.ask": Who.CITY_HERE,
    "trial.cancel": Who.CITY_HERE,
    "trial.run": Who.SYSTEM,
}

# What a worker has seen before somebody is entered as family: nobody becomes kin by saying so.
FAMILY_GROUNDS = ("household_book", "certificate", "court", "both_present")

UPPER = frozenset({Role.DISPATCHER, Role.CITY})


def permits(actor: Actor, action: str, place: str) -> bool:
    """Tell whether `actor` may open a step for `action` at place code `place`. Raises KeyError for an unlisted action."""
    who = RIGHTS[action]
    if actor.ref.startswith("system:"):
        return True  # the system acts by its own journeys only; no door can make such an actor
    match who:
        case Who.ANYONE:
            return True
        case Who.PERSON:
            return actor.person is not None
        case Who.STAFF_HERE:
            return actor.holds_any(STAFF, place)
        case Who.UPPER_HERE:
            return actor.holds_any(UPPER, place)
        case Who.CITY_HERE:
            return actor.holds(Role.CITY, place)
        case Who.OPERATOR:
            return actor.holds(Role.OPERATOR, place)
    return False  # what is left is the system's alone


@dataclass(frozen=True, slots=True)
class Ties:
    """What links a viewer to one subject at this moment, already filtered by time."""

    guardian: bool = False
    opened: frozenset[DataClass] = frozenset()  # classes opened by a step: a visit, an escalation
    granted: frozenset[DataClass] = frozenset()  # classes the subject granted by consent


WORKER_SEES = frozenset({DataClass.NAME, DataClass.PHONE, DataClass.DOOR, DataClass.AGE, DataClass.GROUPS, DataClass.WORDS})
GRID_SEES = frozenset({DataClass.NAME, DataClass.DOOR})


def may_see(viewer: Actor, subject: UUID, home: str, ties: Ties) -> frozenset[DataClass]:
    """Return the data classes of `subject`, living at `home`, that `viewer` may see.

    Oneself and one's guardian see all. The community's own worker sees what a call needs (GB/T 45574: by duty and place).
    A street or city sees only what an escalation opened; a helper only what a visit opened; a neighbour only what was granted.
    """
    if viewer.person == subject or ties.guardian:
        return frozenset(DataClass)
    seen = ties.opened | ties.granted
    if viewer.holds(Role.WORKER, home):
        seen |= WORKER_SEES
    if viewer.holds(Role.GRID_WORKER, home):
        seen |= GRID_SEES
    return seen


def age_band(birth_year: int | None, now: datetime) -> str | None:
    """Return a ten-year band such as '70-79', or None where the year is not known: a band is enough to help."""
    if birth_year is None:
        return None
    age = max(0, now.year - birth_year)
    low = age // 10 * 10
    return f"{low}-{low + 9}"


def is_minor(birth_year: int | None, now: datetime) -> bool:
    """Tell whether somebody may be under 18 this year: where only the year is known the careful answer counts."""
    return birth_year is not None and now.year - birth_year <= 18


def surname_of(name: str) -> str:
    """Return the part of a name shown in a round face: the first character."""
    return name[:1]


def token_hash(secret: str) -> str:
    """Return what is kept of a program's token: it is long and random, so a plain hash tells nothing."""
    return hashlib.sha256(b"linli token v1\n" + secret.encode("utf-8", "surrogatepass")).hexdigest()
