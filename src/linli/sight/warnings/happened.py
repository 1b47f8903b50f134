"""What happened to warnings in a time, for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Min, Q
from django.db.models.functions import Coalesce

from linli.sight.warnings.core import Event, State
from linli.sight.warnings.models import Warning as WarningRow


@dataclass(frozen=True, slots=True)
class WarningNow:
    """A warning that opened, was planned or ended in the time. `planned_at`: when the first plan came in; a better one makes it no later.

    `closed`: somebody closed it; else, where it ended, it went on one level up.
    """

    id: UUID
    place: str
    level: str
    closed: bool
    opened_at: datetime
    plan_due_at: datetime
    planned_at: datetime | None
    closed_at: datetime | None


def changed(start: datetime, end: datetime) -> tuple[WarningNow, ...]:
    """Return the warnings that opened, were planned or ended in [start, end); one query."""
    opened, planned = Q(opened_at__gte=start, opened_at__lt=end), Q(planned_at__gte=start, planned_at__lt=end)
    rows = WarningRow.objects.filter(opened | planned | Q(closed_at__gte=start, closed_at__lt=end)).order_by("opened_at", "pk")
    first = Coalesce(Min("warningflip__at", filter=Q(warningflip__event=Event.PLAN.value)), F("planned_at"))
    columns = rows.annotate(first_plan=first).values_list(
        "pk", "place_code", "level", "state", "opened_at", "plan_due_at", "first_plan", "closed_at"
    )
    return tuple(WarningNow(pk, place, level, state == State.CLOSED.value, *moments) for pk, place, level, state, *moments in columns)
