"""A step without a corridor, for tests of one room."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.kernel.actor import Actor
from linli.kernel.step import Payload


@dataclass
class FakeStep:
    """Satisfies the Step protocol and keeps what was recorded."""

    actor: Actor
    now: datetime
    recorded: list[tuple[str, str, Payload]] = field(default_factory=list)
    later_rows: list[tuple[str, Payload, datetime | None]] = field(default_factory=list)

    def record(self, kind: str, *, place: str, payload: Payload) -> None:
        """Keep the evidence entry."""
        self.recorded.append((kind, place, payload))

    def later(self, topic: str, payload: Payload, *, due_at: datetime | None = None) -> None:
        """Keep the outbox row."""
        self.later_rows.append((topic, payload, due_at))

    def kinds(self) -> list[str]:
        """Return the kinds recorded so far, in order."""
        return [kind for kind, _, _ in self.recorded]

    def last(self) -> Any:
        """Return the payload recorded last."""
        return self.recorded[-1][2]
