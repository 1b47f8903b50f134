"""What a room sees of the corridor: who acts, when, and where to leave evidence and later work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from linli.kernel.actor import Actor

Plain = str | int | bool | None
Payload = Mapping[str, "Plain | Sequence[Plain] | Mapping[str, Plain] | Sequence[Mapping[str, Plain]]"]


class Step(Protocol):
    """The open transaction of one journey step. Verbs take it first; only the corridor makes it.

    `now` is the moment we learned (recorded_at); what happened earlier is passed as `occurred_at` by itself.
    """

    @property
    def actor(self) -> Actor:
        """Who acts."""
        ...

    @property
    def now(self) -> datetime:
        """When we learned of it, UTC."""
        ...

    def record(self, kind: str, *, place: str, payload: Payload) -> None:
        """Queue an evidence entry in this transaction; `kind` reads source:subject:action, `payload` holds no personal data."""
        ...

    def later(self, topic: str, payload: Payload, *, due_at: datetime | None = None) -> None:
        """Leave an outbox row in this transaction, due now or at `due_at`."""
        ...
