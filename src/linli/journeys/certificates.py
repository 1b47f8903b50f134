"""A certificate of volunteer service: free, for whoever helped, of any days; revoked openly where it was wrong. (志愿服务条例 art. 19)"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys.corridor import step
from linli.journeys.plans import policy_at
from linli.kernel.actor import STAFF, Actor
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.trust.certificates import reads as certificates
from linli.trust.certificates import verbs
from linli.trust.certificates.core.document import Served

BEIJING = ZoneInfo("Asia/Shanghai")
FIELD = "certificate"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def served(person: UUID, since: date, until: date) -> tuple[Served, ...]:
    """Return what somebody did for others from `since` to `until`, both included, by service; the longest first."""
    rows = visits.served(person, _midnight(since), _midnight(until + timedelta(days=1)))
    found = []
    for row in rows:
        service = needs.service(row.service)
        found.append(Served(row.service, service.name if service else row.service, row.visits, row.minutes))
    return tuple(found)


def mine(actor: Actor, certificate: UUID) -> tuple[certificates.Row, str]:
    """Return a certificate and its text, for its person, who acts for them, or the worker of their community. Raises NotFound for others."""
    row = certificates.certificate(certificate)
    text = people_reads.own_text(actor, row.person, FIELD, row.document, now())
    if text is None:
        raise NotFound("certificate")
    return row, text


def issue(actor: Actor, person: UUID, since: date, until: date, key: str) -> dict[str, Any]:
    """Issue a certificate of what somebody did in these days; return {"certificate"}. For oneself, or as the worker of their community.

    Raises NotFound for others, Refused(NOTHING_TO_CERTIFY, PERIOD_INVALID, TOO_MANY_TODAY).
    """
    home = people_reads.card(person, now()).place
    if actor.person != person and not actor.holds_any(STAFF, home):
        raise NotFound("person")
    inputs = {"person": str(person), "since": since.isoformat(), "until": until.isoformat()}
    with step(actor, key, "certificate.issue", inputs, place=home) as s:
        if s.answer is not None:
            return s.answer
        if not since <= until <= s.now.astimezone(BEIJING).date():
            raise Refused(Refusal.PERIOD_INVALID, field="until")
        purpose = Purpose.SELF if actor.person == person else Purpose.REGISTER
        shown = people_reads.disclose(actor, [person], wanted=frozenset({DataClass.NAME}), purpose=purpose, now=s.now)[person]
        if shown.name is None:
            raise NotFound("person")
        new = verbs.New(
            person, shown.name, since, until, home[:12], places.labels([home[:12]]).get(home[:12], home[:12]), served(person, since, until)
        )
        made = verbs.issue(
            s, new, lambda text: people.seal_text(person, FIELD, text), day_max=policy_at(home[:12], s.now).count("certificates_day_max")
        )
        if actor.person != person:
            people.tell(s, "certificate.issued", about=f"certificate:{made}", person=person, facts={})
        return s.done({"certificate": str(made)})


def revoke(actor: Actor, certificate: UUID, why: str, key: str) -> dict[str, Any]:
    """Revoke a certificate: its person because they ask, the worker of their community because it was wrong. Raises as `mine`, STATE_FORBIDS."""
    row, _text = mine(actor, certificate)
    with step(actor, key, "certificate.revoke", {"certificate": str(certificate), "why": why}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        own = actor.person == row.person
        verbs.revoke(s, certificate, "asked" if own else why)
        if not own:
            people.tell(s, "certificate.revoked", about=f"certificate:{certificate}", person=row.person, facts={})
        return s.done({"certificate": str(certificate)})
