"""A need is asked: by a resident, for a ward, by a worker for a caller, or from a need-code sheet without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import seals
from linli.ground.people import verbs as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import core as needs_core
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.help.visits import reads as visits_reads
from linli.help.visits import verbs as visits
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import clock_plan, policy_at
from linli.kernel.actor import Actor, Channel, Role
from linli.kernel.errors import NotAllowed, NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.value.timebank import verbs as timebank

CALLER_DIGITS = (5, 15)
GROUP_ORDER = ("alone", "disabled", "child", "low_income")


@dataclass(frozen=True, slots=True)
class AskDraft:
    """What was asked. `place` is needed only where neither asker nor sheet says it (a caller)."""

    service: str
    words: str = ""
    place: str | None = None
    for_person: UUID | None = None
    wanted_from: datetime | None = None
    wanted_until: datetime | None = None
    urgent: bool = False
    same_sex: bool = False
    language: str = ""
    sheet_token: str | None = None
    caller_phone: str = ""
    caller_name: str = ""
    door: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks, where, and through which door."""

    place: str
    asker: UUID | None
    sheet: UUID | None
    group: str | None
    sex: str
    channel: Channel
    entered_by: UUID | None
    minor: bool = False
    limit: str = "open_needs_max"  # the policy key of how many needs may be open at once


def _from_sheet(draft: AskDraft) -> tuple[Actor, _Asked]:
    sheet = needs_reads.sheet_by_token(draft.sheet_token or "")
    if sheet is None:
        raise Refused(Refusal.SHEET_UNKNOWN)
    actor = Actor.of_code(sheet.id, sheet.place)
    limit = "open_needs_max" if sheet.household else "open_needs_building_max"
    return actor, _Asked(sheet.place, None, sheet.id, None, "", Channel.CODE, None, limit=limit)


def _from_person(actor: Actor, draft: AskDraft, moment: datetime) -> _Asked:
    asker = draft.for_person or actor.person
    if actor.person is None or asker is None:
        raise Refused(Refusal.SIGN_IN_FIRST)
    card = people_reads.card(asker, moment)
    if people_reads.acts_for(actor.person, asker, moment):
        entered_by = None if asker == actor.person else actor.person
        channel = actor.channel
    elif actor.holds(Role.WORKER, card.place):
        entered_by, channel = actor.person, Channel.PHONE
    else:
        raise NotFound
    group = next((g for g in GROUP_ORDER if g in card.groups), None)
    return _Asked(card.place, asker, None, group, card.sex, channel, entered_by, card.minor or group == "child")


def _adults(asked: _Asked, service: str) -> int:
    """Return how many adults go together: two to a child, and to care for somebody with whom nobody else lives."""
    found = needs_reads.service(service)
    alone = found is not None and found.two_adults_alone and asked.group == "alone"
    return 2 if asked.minor or alone or (found is not None and found.two_adults) else 1


def _from_caller(actor: Actor, draft: AskDraft) -> _Asked:
    if draft.place is None:
        raise Refused(Refusal.INPUT_MISSING, field="place")
    place = places.checked(draft.place)
    if place.level < 5:
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    if not actor.holds(Role.WORKER, place.code):
        raise NotAllowed("need.ask")
    return _Asked(place.code, None, None, None, "", Channel.PHONE, actor.person)


def _who(actor: Actor, draft: AskDraft, moment: datetime) -> tuple[Actor, _Asked]:
    if draft.sheet_token is not None:
        return _from_sheet(draft)
    if draft.for_person is None and draft.place is not None and actor.posts and not permits_self(actor, draft):
        return actor, _from_caller(actor, draft)
    return actor, _from_person(actor, draft, moment)


def permits_self(actor: Actor, draft: AskDraft) -> bool:
    """Tell whether a draft with a place is for the actor's own home."""
    return actor.home is not None and draft.place == actor.home and not (draft.caller_name or draft.caller_phone)


def _check_caller(draft: AskDraft) -> None:
    # Any number that can be dialled: a landline, a village's short form. Letters or three digits would leave nobody to ring back.
    digits = sum(char.isdecimal() for char in draft.caller_phone)
    if draft.caller_phone and (not CALLER_DIGITS[0] <= digits <= CALLER_DIGITS[1] or any(char.isalpha() for char in draft.caller_phone)):
        raise Refused(Refusal.PHONE_INVALID, field="phone")


def _caller_words(draft: AskDraft) -> str:
    # A caller without a record: name, number and door go into the sealed words, nowhere else.
    parts = [draft.caller_name, draft.caller_phone, draft.door, draft.words]
    return "\n".join(part for part in parts if part)


def ask(actor: Actor, draft: AskDraft, key: str) -> dict[str, Any]:
    """Open a need with its clocks and tell the community's workers; return what was promised.

    Answer: {"need", "number", "place", "answer_minutes", "answer_by", "emergency", "duplicates", "follow"}. `follow` lets somebody
    without an account see how it goes. Raises Refused(SHEET_UNKNOWN, SERVICE_UNKNOWN, SERVICE_NOT_HERE, TOO_MANY_OPEN, TIME_PAST,
    INPUT_TOO_LONG, PLACE_UNKNOWN, PHONE_INVALID), NotFound for somebody else's person.
    """
    moment = now()
    _check_caller(draft)
    actor, asked = _who(actor, draft, moment)
    inputs = {
        "service": draft.service, "place": asked.place, "asker": str(asked.asker), "words": seals.blind_index("words", _caller_words(draft)),
        "from": str(draft.wanted_from), "until": str(draft.wanted_until), "urgent": draft.urgent, "same_sex": draft.same_sex,
    }  # fmt: skip
    with step(actor, key, "need.ask", inputs, place=asked.place) as s:
        if s.answer is not None:
            return s.answer
        return s.done(_open(s, asked, draft), secret=["follow"])


def _open(s: OpenStep, asked: _Asked, draft: AskDraft) -> dict[str, Any]:
    rules = policy_at(asked.place, s.now)
    need, words, community = new_id(s.now), _caller_words(draft), asked.place[:12]
    emergency = needs_core.emergency_number(words) or ""
    urgent = draft.urgent or bool(emergency)  # somebody rings back about an emergency within the shortest clock
    opened = needs.open_need(
        s,
        needs_core.NeedDraft(
            id=need, service=draft.service, place=asked.place, community=community, channel=asked.channel.value, asker=asked.asker,
            sheet=asked.sheet, entered_by=asked.entered_by, urgent=urgent, group=asked.group,
            words_sealed=people.seal_words(s, need, words), wanted_from=draft.wanted_from, wanted_until=draft.wanted_until,
            same_sex=draft.same_sex, sex_of_asker=asked.sex, language=draft.language, emergency=emergency,
            people_needed=_adults(asked, draft.service),
        ),
        clock_plan(rules, urgent=urgent, group=asked.group or ""),
        wanted_days_max=rules.days("wanted_days_max"),
        open_max=rules.count(asked.limit),
    )  # fmt: skip
    people.tell(
        s, "need.opened", about=f"need:{need}", post=(Role.WORKER, community), facts={"number": opened.number, "service": opened.service}
    )
    s.later("match.propose", {"need": str(need)})
    return {
        "need": str(need), "number": opened.number, "place": asked.place, "answer_by": opened.answer_by.isoformat(),
        "answer_minutes": opened.answer_minutes, "emergency": emergency,
        "duplicates": list(opened.duplicates), "follow": opened.follow,
    }  # fmt: skip


def withdraw(actor: Actor, need: UUID, reason: str, key: str) -> dict[str, Any]:
    """Take a need back before somebody is under way: by the asker, their guardian, or the worker of the place.

    Raises NotFound for anybody else, Refused(STATE_FORBIDS, REASON_REQUIRED for staff).
    """
    card = need_for(actor, need)
    own = actor.person is not None and card.asker is not None and people_reads.acts_for(actor.person, card.asker, now())
    return _withdraw(actor, card, reason if own else needs.reason_of(reason), key)


def withdraw_by_follow(token: str, key: str) -> dict[str, Any]:
    """Take back a need asked without an account, by its follow link. Raises NotFound."""
    card = needs_reads.by_follow(token, now())
    if card is None or card.sheet is None:
        raise NotFound
    return _withdraw(Actor.of_code(card.sheet, card.place), card, "", key)


def _withdraw(actor: Actor, card: needs_reads.NeedCard, reason: str, key: str) -> dict[str, Any]:
    with step(actor, key, "need.withdraw", {"need": str(card.id), "reason": reason}, place=card.place) as s:
        if s.answer is not None:
            return s.answer
        needs.move(s, card.id, "withdraw", reason=reason)
        end_helping(s, card.id)
        return s.done({"need": str(card.id)})


def end_helping(s: OpenStep, need: UUID) -> None:
    """End what runs for a need that ended: offers are withdrawn, a booked visit is cancelled, its hours return, opened access closes."""
    visits.withdraw_offers(s, need)
    booked = visits_reads.visit_of_need(need)
    for row in visits_reads.outing(booked) if booked is not None else ():
        end_visit(s, row, "need ended")
    people.close_access(s, f"need:{need}")


def end_visit(s: OpenStep, row: visits_reads.VisitRow, reason: str) -> None:
    """End a visit that will not be, where it has not begun: its hours return, opened access closes, the helper is told."""
    if row.state == "booked":
        visits.cancel(s, row.id, reason)
    elif row.state == "waiting" or (row.state == "checked_in" and row.together is not None):
        visits.release(s, row.id, "ended")
    else:
        return
    timebank.void_for_visit(s, row.id)
    people.close_access(s, f"visit:{row.id}")
    people.tell(s, "visit.cancelled", about=f"visit:{row.id}", person=row.helper, facts={"service": row.service})


def need_for(actor: Actor, need: UUID) -> needs_reads.NeedCard:
    """Return a need the actor may know of: their own, a ward's, or one of their post's. Raises NotFound: to others it does not exist."""
    moment = now()
    card = needs_reads.need(need, moment)
    if not may_know(actor, card, moment):
        raise NotFound
    return card


def may_know(actor: Actor, card: needs_reads.NeedCard, moment: datetime) -> bool:
    """Tell whether a need is the actor's as staff, their own or a ward's; a query only where neither post nor person says so."""
    if staff_of(actor, card):
        return True
    return actor.person is not None and card.asker is not None and people_reads.acts_for(actor.person, card.asker, moment)


def sealed_words(card: needs_reads.NeedCard) -> people_reads.Sealed:
    """Return the words of a need as disclosure opens them."""
    return people_reads.Sealed(card.id, card.asker, card.community, card.words_sealed)


def staff_of(actor: Actor, card: needs_reads.NeedCard) -> bool:
    """Tell whether a need is the actor's as staff: their community's, dispatched to them, or come up to their level."""
    if actor.holds(Role.WORKER, card.community) or (card.dispatched_to and actor.holds(Role.WORKER, card.dispatched_to)):
        return True
    if actor.holds(Role.CITY, card.community):
        return True
    return actor.holds(Role.DISPATCHER, card.community) and card.level != "community"
