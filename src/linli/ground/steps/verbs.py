"""Keep an answer under its key; leave work and take it up again; move the test clock."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from linli.ground.steps.core import ShownTime, retry_after
from linli.ground.steps.models import Outbox, Replay
from linli.ground.steps.reads import shown_time
from linli.kernel.errors import Conflict
from linli.kernel.step import Payload


@dataclass(frozen=True, slots=True)
class Known:
    """A key that was answered before."""

    answer: dict[str, Any]


def claim_key(actor_ref: str, key: str, action: str, *, inputs_hash: str, now: datetime) -> Known | int:
    """Take `key` for this transaction; return its row id, or what was answered when it was used before.

    A racing twin waits here until the first commits. Raises Conflict where the key came with another action or other inputs.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO steps_replay (actor_ref, key, action, inputs_hash, answer, recorded_at) VALUES (%s, %s, %s, %s, NULL, %s)"
            " ON CONFLICT (actor_ref, key) DO NOTHING RETURNING id",
            [actor_ref, key, action, inputs_hash, now],
        )
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    seen = Replay.objects.get(actor_ref=actor_ref, key=key)
    if seen.action != action or seen.inputs_hash != inputs_hash:
        raise Conflict(key)
    # The row was kept by a step that committed, and a step keeps its answer before it does.
    return Known(seen.answer or {})


def keep_answer(row: int, answer: Mapping[str, Any]) -> None:
    """Keep what the step answered, in the step's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE steps_replay SET answer = %s::jsonb WHERE id = %s", [json.dumps(dict(answer)), row])


def leave(topic: str, payload: Payload, *, due_at: datetime, now: datetime) -> None:
    """Leave one outbox row in the open transaction."""
    Outbox.objects.create(topic=topic, payload=dict(payload), due_at=due_at, recorded_at=now)


def take_up(now: datetime, handle: Callable[[str, dict[str, Any]], None], *, known: frozenset[str], limit: int = 50) -> int:
    """Do up to `limit` due pieces of work, each in its own transaction; return how many were done.

    `handle(topic, payload)` runs in the transaction that marks the row done, so both happen or neither. An error leaves the row for a
    later try with growing waits; after the last try it is marked failed and stays visible. Workers do not block each other (SKIP LOCKED).
    """
    done = 0
    for _ in range(limit):
        if not _take_one(now, handle, known):
            break
        done += 1
    return done


def _take_one(now: datetime, handle: Callable[[str, dict[str, Any]], None], known: frozenset[str]) -> bool:
    with transaction.atomic():
        row = (
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(done_at=None, failed_at=None, due_at__lte=now, topic__in=known)
            .order_by("due_at", "pk")
            .first()
        )
        if row is None:
            return False
        try:
            with transaction.atomic():
                handle(row.topic, row.payload)
        except Exception as error:  # noqa: BLE001 — kept on the row, retried, then shown to the operator: never dropped
            _postpone(row, error, now)
        else:
            Outbox.objects.filter(pk=row.pk).update(done_at=now, tries=row.tries + 1)
    return True


def _postpone(row: Outbox, error: Exception, now: datetime) -> None:
    tries = row.tries + 1
    wait = retry_after(tries)
    # Only the kind of error: its text could carry what a person wrote.
    Outbox.objects.filter(pk=row.pk).update(
        tries=tries,
        last_error=type(error).__name__,
        due_at=now + wait if wait else row.due_at,
        failed_at=None if wait else now,
    )


def move_clock(*, by: timedelta = timedelta(0), speed: int | None = None, to: datetime | None = None) -> ShownTime:
    """Move the test clock of all processes, change its speed, or set it; return it.

    Raises ImproperlyConfigured unless LINLI_CLOCK=test, ValueError for an absurd speed.
    """
    path: Path | None = settings.LINLI_CLOCK_FILE
    if path is None:
        raise ImproperlyConfigured("the clock can be moved only with LINLI_CLOCK=test")
    real = datetime.now(UTC)
    clock = shown_time() or ShownTime(real, real)
    if to is not None:
        clock = ShownTime(real, to, clock.speed)
    clock = clock.moved(real, by)
    if speed is not None:
        clock = clock.speeded(real, speed)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        json.dump(clock.as_plain(), file)
    Path(temporary).replace(path)
    return clock


def hasten() -> None:
    """Let this connection's commits reach the disk a moment later: a made-up past that a power cut takes is made again.

    Raises ImproperlyConfigured unless LINLI_CLOCK=test: a real record is on the disk before anybody is told.
    """
    if settings.LINLI_CLOCK_FILE is None:
        raise ImproperlyConfigured("commits are hastened only with LINLI_CLOCK=test")
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
