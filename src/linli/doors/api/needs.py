"""Needs: ask, see, take back, answer, offer; and the sheet's door without an account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.doors.api.auth import actor_of, bearer, own
from linli.doors.api.paging import SIZE, id_cursor, page
from linli.doors.api.problems import PROBLEMS
from linli.doors.api.shapes import (
    CandidateOut,
    CodeOut,
    Confirmed,
    FollowOut,
    Key,
    MinutesIn,
    NeedAsked,
    NeedDone,
    NeedFull,
    NeedIn,
    NeedList,
    OfferMade,
    OfferTo,
    Reason,
    ServiceOut,
    SheetNeedIn,
)
from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.needs.reads import NeedCard
from linli.help.visits import reads as visits
from linli.journeys import answer, ask, confirm, propose, visit
from linli.kernel.actor import STAFF, Actor, Channel, Role
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotFound

router = Router(auth=bearer, tags=["needs"])
FACE = frozenset({DataClass.NAME, DataClass.PHONE, DataClass.DOOR})
STRANGER = Actor("anonymous", None, Channel.CODE)
RISEN = ("street", "city")
EVERY = ("community", *RISEN)


def shown(card: NeedCard) -> dict[str, Any]:
    """Return a need without anything personal."""
    return {
        "id": card.id, "number": card.number, "service": card.service.code, "place": card.place, "community": card.community,
        "level": card.level.value, "state": card.state.value, "channel": card.channel, "urgent": card.urgent, "adults": card.adults,
        "minutes_estimated": card.minutes_estimated, "opened_at": card.opened_at, "answered_at": card.answered_at, "ended_at": card.ended_at,
        "due_at": card.due_at, "left_seconds": card.left_s,
    }  # fmt: skip


def face(person: people.Shown) -> dict[str, str | None]:
    """Return somebody as far as disclosure opened them."""
    return {"name": person.name, "phone": person.phone, "door": person.door}


@router.get("/services", response={200: list[ServiceOut], **PROBLEMS}, operation_id="listServices")
def list_services(request: HttpRequest) -> Any:
    """List what can be asked for where the person lives."""
    home = people.card(own(request), now()).place
    return [
        {"code": s.code, "name": s.name, "domain": s.domain, "minutes": s.minutes, "checklist": list(s.checklist), "special": s.special}
        for s in needs.services_at(home[:12])
    ]


@router.post("/needs", response={200: NeedAsked, **PROBLEMS}, operation_id="askNeed")
def ask_need(request: HttpRequest, key: Key, body: NeedIn) -> Any:
    """Ask for help: for oneself, for a ward, or as a community worker for a caller."""
    return ask.ask(actor_of(request), ask.AskDraft(**body.dict()), key)


@router.get("/me/needs", response={200: NeedList, **PROBLEMS}, operation_id="myNeeds")
def my_needs(request: HttpRequest, before: str = "") -> Any:
    """List what one asked and what was asked for one's wards, newest first."""
    person, moment = own(request), now()
    rows = needs.asked_by([person, *people.wards_of(person, moment)], moment, before=id_cursor(before), limit=SIZE + 1)
    return page(rows, shown, lambda card: card.id)


@router.get("/places/{place}/needs", response={200: NeedList, **PROBLEMS}, operation_id="workList")
def work_list(request: HttpRequest, place: str, after: str = "") -> Any:
    """List live needs of a place as its staff, what runs out first first. A street sees what came up to it."""
    actor = actor_of(request)
    if not actor.holds_any(STAFF, place):
        raise NotFound
    whole = actor.holds(Role.WORKER, place) or actor.holds(Role.CITY, place)
    rows = needs.work_list(place, now(), levels=EVERY if whole else RISEN, after=after, limit=SIZE + 1)
    return page(rows, shown, needs.cursor_of)


@router.get("/needs/{uuid:need}", response={200: NeedFull, **PROBLEMS}, operation_id="getNeed")
def get_need(request: HttpRequest, need: UUID) -> Any:
    """Return one need to whoever may know of it, with what is open to them."""
    actor, moment = actor_of(request), now()
    card = ask.need_for(actor, need)
    seen = people.disclose(actor, [card.asker], wanted=FACE, purpose=Purpose.QUEUE, now=moment) if card.asker else {}
    words = people.words(actor, [ask.sealed_words(card)], now=moment)[card.id]
    row = visits.visit_of_need(card.id)
    asker = face(seen[card.asker]) if card.asker in seen else None
    both = [one.id for one in visits.outing(row)] if row else []
    return shown(card) | {"words": words, "asker": asker, "visit": row.id if row else None, "visits": both}


@router.get("/needs/{uuid:need}/code", response={200: CodeOut, **PROBLEMS}, operation_id="getCode")
def get_code(request: HttpRequest, need: UUID) -> Any:
    """Return the check-in number for the resident's side while a visit is booked."""
    card = ask.need_for(actor_of(request), need)
    row = visits.visit_of_need(card.id)
    if row is None:
        raise NotFound
    found = visit.code_shown(actor_of(request), row.id, now())
    return {"code": found.code, "left_seconds": found.left_s}


@router.post("/needs/{uuid:need}/withdraw", response={200: NeedDone, **PROBLEMS}, operation_id="withdrawNeed")
def withdraw_need(request: HttpRequest, need: UUID, key: Key, body: Reason) -> Any:
    """Take back a need that is not under way; staff say why."""
    return ask.withdraw(actor_of(request), need, body.reason, key)


@router.post("/needs/{uuid:need}/reopen", response={200: NeedDone, **PROBLEMS}, operation_id="reopenNeed")
def reopen_need(request: HttpRequest, need: UUID, key: Key, body: Reason) -> Any:
    """Open an ended need again, with a reason."""
    return confirm.reopen(actor_of(request), need, body.reason, key)


@router.post("/needs/{uuid:need}/answer", response={200: NeedDone, **PROBLEMS}, operation_id="answerNeed")
def answer_need(request: HttpRequest, need: UUID, key: Key) -> Any:
    """Say, as staff, that somebody has taken it up."""
    return answer.answer(actor_of(request), need, key)


@router.get("/needs/{uuid:need}/candidates", response={200: list[CandidateOut], **PROBLEMS}, operation_id="whoCouldHelp")
def who_could_help(request: HttpRequest, need: UUID) -> Any:
    """List who could help, best first, as staff."""
    found = propose.who_could_help(actor_of(request), need, now())
    return [
        {"helper": c.helper, "walk_minutes": c.walk_minutes, "reasons": [{"code": code, "number": number} for code, number in c.reasons]}
        for c in found.choices
    ]


@router.post("/needs/{uuid:need}/offers", response={200: OfferMade, **PROBLEMS}, operation_id="offerNeed")
def offer_need(request: HttpRequest, need: UUID, key: Key, body: OfferTo) -> Any:
    """Offer a need to one helper, as staff."""
    return propose.offer_to(actor_of(request), need, body.helper, key)


@router.post("/sheets/{token}/needs", response={200: NeedAsked, **PROBLEMS}, auth=None, operation_id="askBySheet", tags=["sheets"])
def ask_by_sheet(request: HttpRequest, token: str, key: Key, body: SheetNeedIn) -> Any:
    """Ask for help from a need-code sheet, without an account."""
    return ask.ask(STRANGER, ask.AskDraft(**body.dict(), sheet_token=token), key)


@router.get("/follow/{token}", response={200: FollowOut, **PROBLEMS}, auth=None, operation_id="followNeed", tags=["sheets"])
def follow_need(request: HttpRequest, token: str) -> Any:
    """Say how a need asked without an account goes, to whoever has its link."""
    moment = now()
    card = needs.by_follow(token, moment)
    if card is None:
        raise NotFound
    row, code = visits.visit_of_need(card.id), visit.code_by_follow(token, moment)
    return {
        "number": card.number, "state": card.state.value, "opened_at": card.opened_at, "answered_at": card.answered_at, "due_at": card.due_at,
        "visit_state": row.state.value if row else None, "starts_at": row.starts_at if row else None, "code": code.code if code else None,
    }  # fmt: skip


@router.post("/follow/{token}/withdraw", response={200: NeedDone, **PROBLEMS}, auth=None, operation_id="withdrawByFollow", tags=["sheets"])
def withdraw_by_follow(request: HttpRequest, token: str, key: Key) -> Any:
    """Take such a need back."""
    return ask.withdraw_by_follow(token, key)


@router.post("/follow/{token}/confirm", response={200: Confirmed, **PROBLEMS}, auth=None, operation_id="confirmByFollow", tags=["sheets"])
def confirm_by_follow(request: HttpRequest, token: str, key: Key, body: MinutesIn) -> Any:
    """Say how long it took, as whoever asked without an account."""
    return confirm.by_follow(token, body.minutes, key)
