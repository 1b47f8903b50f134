"""What happened to warnings in a time, for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from linli.sight.warnings.models import Warning as WarningRow


@dataclass(frozen=True, slots=True)
class WarningNow:
    """A warning that opened, was planned or closed in the time."""

    id: UUID
    place: str
    level: str
    opened_at: datetime
    plan_due_at: datetime
    planned_at: datetime | None
    closed_at: datetime | None


def changed(start: datetime, end: datetime) -> tuple[WarningNow, ...]:
    """Return the warnings that opened, were planned or closed in [start, end); one query."""
    opened, planned = Q(opened_at__gte=start, opened_at__lt=end), Q(planned_at__gte=start, planned_at__lt=end)
    rows = WarningRow.objects.filter(opened | planned | Q(closed_at__gte=start, closed_at__lt=end)).order_by("opened_at", "pk")
    columns = rows.values_list("pk", "place_code", "level", "opened_at", "plan_due_at", "planned_at", "closed_at")
    return tuple(WarningNow(*row) for row in columns)
