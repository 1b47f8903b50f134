"""The kinds of facts that figures come from, and what each counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FactKind(StrEnum):
    """One row per thing that happened. `good` says whether it counts as a hit; a kind's share is hits over rows."""

    NEED_ANSWERED = "need_answered"  # good: within its clock
    CARE_ANSWERED = "care_answered"  # the same for urgent needs and special groups
    NEED_ENDED = "need_ended"  # good: met by a confirmed visit
    NEED_HANDLED = "need_handled"  # good: within 72 h
    VISIT_DONE = "visit_done"  # value: minutes; good: to checklist
    RATED = "rated"  # value: stars; good: four or five
    TOOK_PART = "took_part"  # subject: who asked or helped


@dataclass(frozen=True, slots=True)
class FactIn:
    """One fact. `about` is an opaque reference, unique within its kind, so that loading twice counts once."""

    kind: FactKind
    about: str
    place: str  # community code
    good: bool
    occurred_at: datetime
    value: int = 0
    service: str = ""
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits over rows, the sum of values, and how many different subjects."""

    hits: int
    n: int
    value_sum: int = 0
    subjects: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Add two tallies of different places; subjects of two communities are different people."""
        return Tally(self.hits + other.hits, self.n + other.n, self.value_sum + other.value_sum, self.subjects + other.subjects)


NOTHING = Tally(0, 0)
