"""One need with all that its page tells, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from linli.help.needs.models import LIVE_STATES, Likeness, Need, NeedFlip, Objection
from linli.help.needs.reads import FlipRow, NeedCard, ObjectionRow, card_of, with_clock
from linli.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Whole:
    """A need with its history (oldest first), its newest objection, and the other live needs that looked like it (oldest first)."""

    card: NeedCard
    history: tuple[FlipRow, ...]
    objection: ObjectionRow | None
    alike: tuple[NeedCard, ...]


def whole(pk: UUID, now: datetime) -> Whole:
    """Return one need with all around it; one query. Raises NotFound. Whether the actor may know of it is the caller's question."""
    flips = NeedFlip.objects.filter(need_id=OuterRef("pk")).order_by("at", "pk")
    fields = JSONObject(old="old", new="new", event="event", reason="reason", actor_ref="actor_ref", at="at")
    objections = Objection.objects.filter(need_id=OuterRef("pk")).order_by("-made_at")
    ids = Likeness.objects.filter(need_id=pk).values("other_id").union(Likeness.objects.filter(other_id=pk).values("need_id"), all=True)
    rows = with_clock(Need.objects.filter(Q(pk=pk) | Q(pk__in=ids, state__in=LIVE_STATES))).annotate(
        story=ArraySubquery(flips.values(flip=fields)), objected=ArraySubquery(objections.values(row=_objected())[:1])
    )
    found: dict[UUID, Any] = {row.pk: row for row in rows.order_by("recorded_at", "pk")}
    if pk not in found:
        raise NotFound
    own = found.pop(pk)
    history = tuple(FlipRow(**(flip | {"at": datetime.fromisoformat(flip["at"])})) for flip in own.story)
    objection = _objection(pk, own.objected[0]) if own.objected else None
    return Whole(card_of(own, now), history, objection, tuple(card_of(row, now) for row in found.values()))


def _objected() -> JSONObject:
    return JSONObject(
        id="id", place="place_code", reason="reason", made_at="made_at", due_at="due_at", settled_at="settled_at", upheld="upheld",
        settled_reason="settled_reason", reviewer="reviewer", reminders="reminders",
    )  # fmt: skip


def _objection(need: UUID, row: dict[str, Any]) -> ObjectionRow:
    made, due, settled = (datetime.fromisoformat(row[name]) if row[name] else None for name in ("made_at", "due_at", "settled_at"))
    if made is None or due is None:
        raise TypeError("an objection without its times")
    return ObjectionRow(
        need, row["place"], row["reason"], made, due, settled, row["upheld"], row["settled_reason"], UUID(row["id"]), row["reviewer"],
        row["reminders"],
    )  # fmt: skip
