"""A need is asked: by a resident, for a ward, by a worker for a caller, or from a need-code sheet without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people_reads
from linli.ground.people import seals
from linli.ground.people import verbs as people
from linli.ground.people.core import permits
from linli.ground.places import reads as places
from linli.ground.policy import reads as policies
from linli.ground.steps.reads import now
from linli.help.needs import core as needs_core
from linli.help.needs import reads as needs_reads
from linli.help.needs import verbs as needs
from linli.journeys.corridor import OpenStep, step
from linli.journeys.plans import clock_plan, place_policy
from linli.kernel.actor import Actor, Channel, Role
from linli.kernel.errors import NotAllowed, NotFound, Refusal, Refused
from linli.kernel.ids import new_id

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


def _from_sheet(draft: AskDraft) -> tuple[Actor, _Asked]:
    sheet = needs_reads.sheet_by_token(draft.sheet_token or "")
    if sheet is None:
        raise Refused(Refusal.SHEET_UNKNOWN)
    actor = Actor.of_code(sheet.id, sheet.place)
    return actor, _Asked(sheet.place, None, sheet.id, None, "", Channel.CODE, None)


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
    return _Asked(card.place, asker, None, group, card.sex, channel, entered_by)


def _from_caller(actor: Actor, draft: AskDraft) -> _Asked:
    if draft.place is None:
        raise Refused(Refusal.INPUT_MISSING, field="place")
    place = places.place(draft.place)
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


def _caller_words(draft: AskDraft) -> str:
    # A caller without a record: name, number and door go into the sealed words, nowhere else.
    parts = [draft.caller_name, draft.caller_phone, draft.door, draft.words]
    return "\n".join(part for part in parts if part)


def ask(actor: Actor, draft: AskDraft, key: str) -> dict[str, Any]:
    """Open a need with its clocks and tell the community's workers; return what was promised.

    Answer: {"need", "number", "place", "answer_minutes", "answer_by", "emergency", "duplicates", "follow"}. `follow` lets somebody
    without an account see how it goes. Raises Refused(SHEET_UNKNOWN, SERVICE_UNKNOWN, SERVICE_NOT_HERE, TOO_MANY_OPEN, TIME_PAST,
    INPUT_TOO_LONG, PLACE_UNKNOWN), NotFound for somebody else's person.
    """
    moment = now()
    actor, asked = _who(actor, draft, moment)
    inputs = {
        "service": draft.service, "place": asked.place, "asker": str(asked.asker), "words": seals.blind_index("words", _caller_words(draft)),
        "from": str(draft.wanted_from), "until": str(draft.wanted_until), "urgent": draft.urgent, "same_sex": draft.same_sex,
    }  # fmt: skip
    with step(actor, key, "need.ask", inputs, place=asked.place) as s:
        if s.answer is not None:
            return s.answer
        return s.done(_open(s, asked, draft))


def _open(s: OpenStep, asked: _Asked, draft: AskDraft) -> dict[str, Any]:
    policy = place_policy(asked.place, s.now)
    need = new_id(s.now)
    words = _caller_words(draft)
    emergency = needs_core.emergency_number(words)
    community = asked.place[:12]
    limit = policy.count("open_needs_max")
    if needs_reads.open_count_of(asker=asked.asker, sheet=asked.sheet, place=asked.place) >= limit:
        raise Refused(Refusal.TOO_MANY_OPEN)
    card = needs.open_need(
        s,
        needs_core.NeedDraft(
            id=need, service=draft.service, place=asked.place, community=community, asker=asked.asker, sheet=asked.sheet,
            entered_by=asked.entered_by, channel=asked.channel.value, urgent=draft.urgent, group=asked.group,
            words_sealed=people.seal_words(s, need, words), wanted_from=draft.wanted_from, wanted_until=draft.wanted_until,
            same_sex=draft.same_sex, sex_of_asker=asked.sex, language=draft.language,
        ),
        clock_plan(policy, urgent=draft.urgent, group=asked.group, level="community"),
    )  # fmt: skip
    facts: dict[str, str | int] = {"number": card.number, "service": card.service}
    people.tell(s, "need.opened", about=f"need:{need}", post=(Role.WORKER, community), facts=facts)
    s.later("match.propose", {"need": str(need)})
    return {
        "need": str(need), "number": card.number, "place": asked.place, "answer_by": card.answer_by.isoformat(),
        "answer_minutes": card.answer_minutes, "emergency": emergency or "", "duplicates": list(card.duplicates), "follow": card.follow,
    }  # fmt: skip
