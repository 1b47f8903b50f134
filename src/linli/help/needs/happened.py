"""What happened to needs in a time, for figures: needs as they stand, the turns they took, and what is live."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.db.models.functions import Left

from linli.help.needs.core import NEXT_LEVEL, Level, State
from linli.help.needs.models import LIVE_STATES, Clock, CodeSheet, Need, NeedFlip, Objection, ServiceHere
from linli.help.needs.reads import NeedCard, card_of, with_clock

BATCH = 2000


@dataclass(frozen=True, slots=True)
class NeedNow:
    """A need that had a turn in the time. `round` counts how often it was opened again; `began_at` is when this round began."""

    id: UUID
    community: str
    service: str
    asker: UUID | None
    urgent: bool
    group: str
    channel: str
    state: State
    asked_at: datetime
    round: int
    began_at: datetime
    answered_at: datetime | None
    answered_in_time: bool | None
    ended_at: datetime | None
    handled_in_time: bool | None


def changed(start: datetime, end: datetime) -> Iterator[NeedNow]:
    """Yield the needs that had any turn in [start, end); one query, read in batches."""
    touched = NeedFlip.objects.filter(need=OuterRef("pk"), at__gte=start, at__lt=end)
    again = Q(flips__event="reopen")
    rows = Need.objects.filter(Exists(touched)).annotate(round=Count("flips", filter=again), again_at=Max("flips__at", filter=again))
    for r in rows.order_by("pk").iterator(BATCH):
        yield NeedNow(
            r.pk, r.community_code, r.service, r.asker, r.urgent, r.group, r.channel, State(r.state), r.recorded_at, r.round,
            r.again_at or r.recorded_at, r.answered_at, r.answered_in_time, r.ended_at, r.handled_in_time,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a need: `event` as in the table of states; `level` is where an escalation brought it."""

    number: int
    need: UUID
    event: str
    at: datetime
    community: str
    service: str
    group: str
    channel: str
    level: str


def turns(start: datetime, end: datetime, events: tuple[str, ...]) -> Iterator[Turn]:
    """Yield the turns of the named events in [start, end), in order of time; one query, read in batches."""
    fields = ("pk", "need_id", "event", "at", "need__community_code", "need__service", "need__group", "need__channel", "reason")
    rows = NeedFlip.objects.filter(at__gte=start, at__lt=end, event__in=events).order_by("at", "pk").values_list(*fields)
    for pk, need, event, at, community, service, group, channel, reason in rows.iterator(BATCH):
        # An escalation keeps which clock ran out at which level: it came to the next one.
        level = NEXT_LEVEL[Level(reason.partition(":")[2])].value if event == "escalate" else ""
        yield Turn(pk, need, event, at, community, service, group, channel, level)


@dataclass(frozen=True, slots=True)
class ObjectionNow:
    """An objection that was made or settled in the time; `in_time` where no review was overdue."""

    id: UUID
    need: UUID
    community: str
    service: str
    made_at: datetime
    settled_at: datetime | None
    upheld: bool
    in_time: bool


def objections(start: datetime, end: datetime) -> tuple[ObjectionNow, ...]:
    """Return the objections made or settled in [start, end); one query."""
    made, settled = Q(made_at__gte=start, made_at__lt=end), Q(settled_at__gte=start, settled_at__lt=end)
    rows = Objection.objects.filter(made | settled).order_by("made_at", "pk")
    columns = ("pk", "need_id", "place_code", "need__service", "made_at", "settled_at", "upheld", "reminders", "due_at")
    return tuple(
        ObjectionNow(pk, need, place[:12], service, made, settled, bool(upheld), reminders == 0 and settled is not None and settled <= due)
        for pk, need, place, service, made, settled, upheld, reminders, due in rows.values_list(*columns)
    )


def live(now: datetime) -> dict[str, tuple[int, int]]:
    """Return (live needs, those past a clock) of each community that has any; one query."""
    over = Clock.objects.filter(need=OuterRef("pk"), stopped_at=None, paused_at=None, due_at__lte=now)
    rows = Need.objects.filter(state__in=LIVE_STATES).annotate(over=Exists(over)).values("community_code").order_by()
    counted = rows.annotate(live=Count("pk"), late=Count("pk", filter=Q(over=True)))
    return {row["community_code"]: (row["live"], row["late"]) for row in counted}


def sheets() -> dict[str, int]:
    """Return how many need-code sheets are in use in each community that has any; one query."""
    rows = CodeSheet.objects.filter(revoked_at=None).annotate(community=Left("place_code", 12)).values("community").order_by()
    return dict(rows.annotate(n=Count("pk")).values_list("community", "n"))


def specials() -> dict[str, int]:
    """Return how many special services are open in each community that has any; one query."""
    rows = ServiceHere.objects.filter(ended_at=None, approved_at__isnull=False).values(community=F("place_code")).order_by()
    return dict(rows.annotate(n=Count("pk")).values_list("community", "n"))


def opened_in(places: Collection[str], start: datetime, end: datetime, now: datetime) -> tuple[NeedCard, ...]:
    """Return needs opened in [start, end) below any of `places`, the oldest first; one query."""
    below = reduce(or_, (Q(community_code__startswith=place) for place in sorted(places)), Q(pk=None))
    rows = with_clock(Need.objects.filter(below, recorded_at__gte=start, recorded_at__lt=end))
    return tuple(card_of(row, now) for row in rows.order_by("recorded_at", "pk"))
