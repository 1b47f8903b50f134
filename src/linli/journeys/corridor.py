"""The one way for a write: open a transaction, check the right, replay a known key, leave evidence and later work, commit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.ground.people import seals
from linli.ground.people.core import permits
from linli.ground.steps import reads as steps_reads
from linli.ground.steps import verbs as steps
from linli.kernel.actor import Actor
from linli.kernel.canon import digest
from linli.kernel.errors import NotAllowed, Refusal, Refused
from linli.kernel.step import Payload
from linli.trust.evidence import verbs as evidence
from linli.trust.evidence.core.entries import QueuedEntry

# Visible ASCII only: a key goes into keys of the ledger, which holds nothing else, and into what people copy by hand.
KEY = re.compile(r"[!-~]{8,120}")
SEALED = "sealed"  # the only name in what stands for a sealed text in a kept answer


@dataclass
class OpenStep:
    """The step inside its transaction. `answer` is set where the key was answered before: return it and do nothing."""

    actor: Actor
    action: str
    now: datetime
    answer: dict[str, Any] | None = None
    row: int | None = None
    bound_to: str = ""  # whose repeat of which key may open the sealed parts of a kept answer
    entries: list[tuple[str, str, Payload]] = field(default_factory=list)
    kept: bool = False

    def record(self, kind: str, *, place: str, payload: Payload) -> None:
        """Queue an evidence entry; it is written when the step commits."""
        self.entries.append((kind, place, payload))

    def later(self, topic: str, payload: Payload, *, due_at: datetime | None = None) -> None:
        """Leave work for the worker, in this transaction."""
        steps.leave(topic, payload, due_at=due_at or self.now, now=self.now)

    def done(self, answer: dict[str, Any], *, secret: Collection[str] = ()) -> dict[str, Any]:
        """Keep and return the answer that every repeat of this key will get; texts named in `secret` are kept sealed."""
        self.kept = True
        if self.row is not None:
            steps.keep_answer(self.row, answer | {name: self._sealed(name, answer[name]) for name in secret if answer[name] is not None})
        return dict(answer)

    def _sealed(self, name: str, value: str) -> dict[str, str]:
        return {SEALED: seals.seal_kept(f"{self.bound_to} {name}", value)}

    def reopen(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Return an answer as it was given, from what was kept of it."""
        return {
            name: seals.unseal_kept(f"{self.bound_to} {name}", value[SEALED])
            if isinstance(value, dict) and set(value) == {SEALED}
            else value
            for name, value in kept.items()
        }

    def flush(self) -> None:
        """Write the queued evidence; the corridor calls it once, just before the commit."""
        evidence.queue_many([QueuedEntry(kind, place, payload, self.now, self.now, _ref(payload)) for kind, place, payload in self.entries])


def _ref(payload: Payload) -> str | None:
    # A receipt gathers the entries of one visit or booking; what has no visit is gathered by need.
    for name in ("visit", "need", "booking"):
        if isinstance(payload.get(name), str):
            return f"{name}:{payload[name]}"
    return None


@contextmanager
def step(
    actor: Actor, key: str | None, action: str, inputs: Mapping[str, Any], *, place: str = "", now: datetime | None = None
) -> Iterator[OpenStep]:
    """Open a step for `action` at place code `place`.

    `key` is made by the form or the client, never by the server; None is for processes whose work is idempotent by itself.
    Raises NotAllowed(action) where the rights table says no, Conflict where the key came with other inputs. Any error inside rolls
    everything back. A body that did not see an old answer must call `done` (checked), so that repeats are answered alike.
    """
    if key is not None and not KEY.fullmatch(key):
        raise Refused(Refusal.INPUT_INVALID, field="idempotency_key")
    if not permits(actor, action, place):
        raise NotAllowed(action)
    opened = OpenStep(actor, action, now or steps_reads.now())
    with transaction.atomic():
        if key is not None:
            opened.bound_to = f"{actor.ref} {key}"
            claimed = steps.claim_key(actor.ref, key, action, inputs_hash=digest(dict(inputs)), now=opened.now)
            if isinstance(claimed, steps.Known):
                opened.answer = opened.reopen(claimed.answer)
            else:
                opened.row = claimed
        yield opened
        if opened.answer is None:
            if key is not None and not opened.kept:
                raise AssertionError(f"step {action} ended without an answer")
            opened.flush()
