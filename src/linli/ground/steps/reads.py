"""What time it is, and what waits in the outbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Value

from linli.ground.steps.core import ShownTime
from linli.ground.steps.models import Outbox, Replay

LAST_LOOKED_AT = 50
_held: ContextVar[datetime | None] = ContextVar("held", default=None)
_file: dict[Path, tuple[int, ShownTime]] = {}


def _shown(path: Path) -> ShownTime | None:
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    known = _file.get(path)
    if known is None or known[0] != stamp:
        known = (stamp, ShownTime.from_plain(json.loads(path.read_text())))
        _file[path] = known
    return known[1]


def shown_time() -> ShownTime | None:
    """Return the test clock, or None where real time runs."""
    path: Path | None = settings.LINLI_CLOCK_FILE
    return _shown(path) if path else None


def now() -> datetime:
    """Return the moment this process lives in, UTC: real time, or the test clock's where LINLI_CLOCK=test."""
    held = _held.get()
    if held is not None:
        return held
    real = datetime.now(UTC)
    clock = shown_time()
    return clock.at(real) if clock else real


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock of this thread at `moment`; the synthetic district lives its past through it.

    Raises ImproperlyConfigured unless LINLI_CLOCK=test: nobody backdates a real record.
    """
    if settings.LINLI_CLOCK_FILE is None:
        raise ImproperlyConfigured("time can be held only with LINLI_CLOCK=test")
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)


def last_step() -> datetime | None:
    """Return the moment of the latest among the last steps that had a key, or None: about when anybody last did anything here."""
    moments = Replay.objects.order_by("-pk").values_list("recorded_at", flat=True)[:LAST_LOOKED_AT]
    return max(moments, default=None)


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How much work waits, and how much was given up."""

    waiting: int
    failed: int


def outbox_state() -> OutboxState:
    """Return the counts an operator looks at."""
    waiting = Outbox.objects.filter(done_at=None, failed_at=None).annotate(kind=Value("waiting")).values("kind").order_by()
    failed = Outbox.objects.filter(failed_at__isnull=False).annotate(kind=Value("failed")).values("kind").order_by()
    # Two counts, each by an index of its own: work that was done piles up and is not read.
    rows = [kind.annotate(n=Count("pk")).values_list("kind", "n") for kind in (waiting, failed)]
    found = dict(rows[0].union(rows[1], all=True))
    return OutboxState(found.get("waiting", 0), found.get("failed", 0))
