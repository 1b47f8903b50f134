"""Rate a visit; plan, show and accept what follows a bad rating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.kernel.text import clean
from linli.trust.voice.core import MOVES, STARS_MAX, STARS_MIN, TAGS, State, needs_rectification
from linli.trust.voice.models import Rating, Rectification, RectificationFlip

TEXT_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True)
class NewRating:
    """A rating as given."""

    visit: UUID
    need: UUID
    resident: UUID
    place: str
    service: str
    stars: int
    tags: tuple[str, ...]


def rate(s: Step, new: NewRating, *, rectify_days: int) -> UUID | None:
    """Keep a rating; return the rectification a bad one opens, or None.

    Raises Refused(INPUT_INVALID, ALREADY_RATED). Who may rate is the journey's question.
    """
    if not STARS_MIN <= new.stars <= STARS_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="stars")
    if any(tag not in TAGS for tag in new.tags):
        raise Refused(Refusal.INPUT_INVALID, field="tags")
    row = Rating(
        visit=new.visit, need=new.need, resident=new.resident, place_code=new.place, service=new.service, stars=new.stars,
        tags=list(new.tags), at=s.now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_RATED) from None
    s.record("rating:given", place=new.place[:12], payload={"visit": str(new.visit), "need": str(new.need), "stars": new.stars})
    if not needs_rectification(new.stars):
        return None
    pk = new_id(s.now)
    Rectification.objects.create(
        id=pk, visit=new.visit, resident=new.resident, place_code=new.place, service=new.service, state=State.OPENED.value,
        opened_at=s.now, due_at=s.now + timedelta(days=rectify_days),
    )  # fmt: skip
    return pk


def _text(text: str, field: str) -> str:
    try:
        kept = clean(text, length_max=TEXT_LENGTH_MAX, lines=True)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=TEXT_LENGTH_MAX) from None
    if not kept:
        raise Refused(Refusal.PLAN_MISSING, field=field)
    return kept


def _move(s: Step, pk: UUID, event: str, changes: dict[str, Any]) -> None:
    row = Rectification.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    new = MOVES.get((State(row.state), event))
    if new is None:
        raise Refused(Refusal.STATE_FORBIDS)
    Rectification.objects.filter(pk=pk).update(state=new.value, **changes)
    RectificationFlip.objects.create(rectification=row, old=row.state, new=new.value, event=event, actor_ref=s.actor.ref, at=s.now)


def plan(s: Step, pk: UUID, text: str) -> None:
    """Keep how it will be put right. Raises Refused(PLAN_MISSING, INPUT_TOO_LONG, STATE_FORBIDS), NotFound."""
    _move(s, pk, "plan", {"plan": _text(text, "plan")})


def show(s: Step, pk: UUID, text: str) -> None:
    """Keep the proof that it was put right. Raises like `plan`."""
    _move(s, pk, "show", {"proof": _text(text, "proof")})


def accept(s: Step, pk: UUID, *, true: bool) -> None:
    """Keep the resident's word: it was put right, or it was not and goes back to planning. Raises Refused(STATE_FORBIDS), NotFound."""
    _move(s, pk, "accept" if true else "reject", {"ended_at": s.now if true else None})
