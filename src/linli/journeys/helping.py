"""Becoming a helper, changing what one offers, pausing, certificates, blocked pairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import seals
from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.supply import reads as supply_reads
from linli.help.supply.verbs import helpers as supply
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import hour_rules, policy_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.value.timebank import verbs as timebank


@dataclass(frozen=True, slots=True)
class HelperForm:
    """What a volunteer offers: skills, how far they walk, languages, weekly times as (weekday 0-6, from minute, until minute)."""

    skills: tuple[str, ...]
    radius_metres: int
    languages: tuple[str, ...] = ()
    availability: tuple[tuple[int, int, int], ...] = ()


def _self(actor: Actor) -> UUID:
    if actor.person is None:
        raise Refused(Refusal.SIGN_IN_FIRST)
    return actor.person


def _inputs(form: HelperForm) -> dict[str, Any]:
    return {
        "skills": list(form.skills), "radius": form.radius_metres, "languages": list(form.languages),
        "availability": [list(slot) for slot in form.availability],
    }  # fmt: skip


def _register(s: OpenStep, person: UUID, form: HelperForm) -> None:
    card = people_reads.card(person, s.now)
    point = places.place(card.place).point
    supply.register(
        s,
        supply.NewHelper(
            person, card.place, form.skills, form.radius_metres, form.languages, form.availability, card.sex, card.minor,
            point.lat_udeg if point else None, point.lon_udeg if point else None,
        ),
    )  # fmt: skip
    people.grant_post(s, person, Role.VOLUNTEER, card.place[:12])
    timebank.open_book(s, person, card.place, hour_rules(policy_at(card.place, s.now)))


def join(actor: Actor, form: HelperForm, key: str) -> dict[str, Any]:
    """Become a helper; a time book is opened. Raises Refused(INPUT_INVALID) naming the field."""
    person = _self(actor)
    with step(actor, key, "helper.join", _inputs(form), place=actor.home or "") as s:
        if s.answer is not None:
            return s.answer
        _register(s, person, form)
        return s.done({"helper": str(person)})


def change(actor: Actor, form: HelperForm, key: str) -> dict[str, Any]:
    """Change what one offers. Raises NotFound for somebody who is no helper."""
    person = _self(actor)
    if not supply_reads.is_helper(person):
        raise NotFound
    # The action of joining: a form sent twice finds a helper the second time and must be answered as the first.
    with step(actor, key, "helper.join", _inputs(form), place=actor.home or "") as s:
        if s.answer is not None:
            return s.answer
        _register(s, person, form)
        return s.done({"helper": str(person)})


def pause(actor: Actor, paused: bool, key: str) -> dict[str, Any]:
    """Stop being asked for a while, or take helping up again."""
    with step(actor, key, "helper.settings", {"paused": paused}, place=actor.home or "") as s:
        if s.answer is not None:
            return s.answer
        supply.set_paused(s, _self(actor), paused)
        return s.done({"paused": paused})


def block(actor: Actor, other: UUID, key: str) -> dict[str, Any]:
    """Let no visit be arranged with somebody any more; the other is not told."""
    with step(actor, key, "pair.block", {"other": str(other)}, place=actor.home or "") as s:
        if s.answer is not None:
            return s.answer
        supply.block(s, _self(actor), other)
        return s.done({"other": str(other)})


def unblock(actor: Actor, other: UUID, key: str) -> dict[str, Any]:
    """Take back one's own block. Raises NotFound."""
    with step(actor, key, "pair.block", {"other": str(other), "end": True}, place=actor.home or "") as s:
        if s.answer is not None:
            return s.answer
        supply.unblock(s, _self(actor), other)
        return s.done({"other": str(other)})


def certify(actor: Actor, helper: UUID, kind: str, number: str, valid_until: date, key: str) -> dict[str, Any]:
    """Record a certificate one has seen, as the worker of the helper's community. Raises NotFound, Refused(PARTY_TO_IT, TIME_PAST …)."""
    row = supply_reads.helper(helper, now())
    checker = _self(actor)
    if checker == helper:
        raise Refused(Refusal.PARTY_TO_IT)
    inputs = {
        "helper": str(helper), "kind": kind, "until": valid_until.isoformat(), "number": seals.blind_index("certificate", number),
    }  # fmt: skip
    with step(actor, key, "helper.certify", inputs, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        supply.certify(s, helper, kind=kind, number=number, valid_until=valid_until, checked_by=checker)
        return s.done({"helper": str(helper)})


def pause_for(actor: Actor, helper: UUID, paused: bool, key: str) -> dict[str, Any]:
    """Pause a helper of one's community, or let them be asked again, as its worker."""
    row = supply_reads.helper(helper, now())
    with step(actor, key, "helper.certify", {"helper": str(helper), "paused": paused}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        supply.set_paused(s, helper, paused)
        return s.done({"helper": str(helper), "paused": paused})
