"""What was written into the record on whole days and how long it waited for a signature, for figures."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from linli.trust.evidence.core.tiles import WIDTH
from linli.trust.evidence.models import Checkpoint, Entry, Tile


@dataclass(frozen=True, slots=True)
class Written:
    """One entry: where, when, and when it stood signed (None: not yet)."""

    community: str
    at: datetime
    signed_at: datetime | None


def first_signed() -> datetime | None:
    """Return when the log was first signed, or None. What was written before did not wait for a service that was not there yet."""
    moment: datetime | None = Checkpoint.objects.aggregate(at=Min("at"))["at"]
    return moment


def written(start: datetime, end: datetime) -> list[Written]:
    """Return the entries of communities queued in [start, end); three queries. Places above a community have no row."""
    entries = list(
        Entry.objects.filter(recorded_at__gte=start, recorded_at__lt=end).order_by("pk").values_list("pk", "place_code", "recorded_at")
    )
    if not entries:
        return []
    leaf: dict[int, int] = {}
    tiles = Tile.objects.filter(level=0, last_entry__gte=entries[0][0], first_entry__lte=entries[-1][0])
    for index, ids in tiles.values_list("index", "entries").iterator():
        leaf.update({entry: index * WIDTH + place for place, entry in enumerate(ids or [])})
    signed = list(Checkpoint.objects.order_by("size").values_list("size", "at"))
    sizes = [size for size, _ in signed]

    def signed_at(entry: int) -> datetime | None:
        at = bisect_right(sizes, leaf[entry]) if entry in leaf else len(signed)
        return signed[at][1] if at < len(signed) else None

    return [Written(place[:12], at, signed_at(entry)) for entry, place, at in entries if len(place) >= 12]
