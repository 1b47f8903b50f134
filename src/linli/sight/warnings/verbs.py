"""Open, plan and close warnings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.stats import Share
from linli.kernel.step import Step
from linli.kernel.text import clean
from linli.sight.warnings.core import MOVES, Bar, Level, State
from linli.sight.warnings.models import Warning as WarningRow
from linli.sight.warnings.models import WarningFlip

TEXT_LENGTH_MAX = 1000


def open_blue(s: Step, place: str, dimension: str, share: Share, bar: Bar) -> UUID | None:
    """Open a blue warning with its plan clock; None where one is open already."""
    pk = new_id(s.now)
    row = WarningRow(
        pk=pk, place_code=place, level=Level.BLUE.value, dimension=dimension, state=State.OPEN.value, value_ppm=share.value_ppm,
        low_ppm=share.low_ppm, high_ppm=share.high_ppm, n=share.n, bar_ppm=bar.bar_ppm, opened_at=s.now,
        plan_due_at=s.now + timedelta(days=bar.plan_days),
    )  # fmt: skip
    WarningRow.objects.bulk_create([row], ignore_conflicts=True)
    if not WarningRow.objects.filter(pk=pk).exists():
        return None
    s.record(
        "warning:opened", place=place, payload={"warning": str(pk), "level": Level.BLUE.value, "value_ppm": share.value_ppm, "n": share.n}
    )
    return pk


def _move(s: Step, pk: UUID, event: str, changes: dict[str, Any]) -> WarningRow:
    row = WarningRow.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    new = MOVES.get((State(row.state), event))
    if new is None:
        raise Refused(Refusal.STATE_FORBIDS)
    WarningRow.objects.filter(pk=pk).update(state=new.value, **changes)
    WarningFlip.objects.create(warning=row, old=row.state, new=new.value, event=event, actor_ref=s.actor.ref, at=s.now)
    return row


def _text(text: str, field: str) -> str:
    try:
        kept = clean(text, length_max=TEXT_LENGTH_MAX, lines=True)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=TEXT_LENGTH_MAX) from None
    if not kept:
        raise Refused(Refusal.PLAN_MISSING, field=field)
    return kept


def plan(s: Step, pk: UUID, text: str) -> str:
    """Keep the self-check plan; return the place. Raises Refused(PLAN_MISSING, INPUT_TOO_LONG, STATE_FORBIDS), NotFound."""
    row = _move(s, pk, "plan", {"plan": _text(text, "plan"), "planned_at": s.now})
    s.record("warning:planned", place=row.place_code, payload={"warning": str(pk)})
    return row.place_code


def close(s: Step, pk: UUID, findings: str) -> str:
    """Close a planned case with what was found; return the place. Raises like `plan`."""
    row = _move(s, pk, "close", {"findings": _text(findings, "findings"), "closed_at": s.now})
    s.record("warning:closed", place=row.place_code, payload={"warning": str(pk)})
    return row.place_code
