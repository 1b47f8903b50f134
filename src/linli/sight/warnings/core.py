"""Blue warnings (report §5.5): satisfaction under the bar opens a self-check with a clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.stats import Share


class Level(StrEnum):
    """Blue, yellow, red; this version opens blue."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    PLANNED = "planned"
    CLOSED = "closed"


# (state, event) -> state. What is not here is refused; a closed case opens anew only as a new case.
MOVES: dict[tuple[State, str], State] = {
    (State.OPEN, "plan"): State.PLANNED,
    (State.PLANNED, "plan"): State.PLANNED,  # a better plan before the end
    (State.PLANNED, "close"): State.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """When satisfaction opens a blue warning, as policy has it."""

    bar_ppm: int
    observations_min: int
    plan_days: int


def calls_blue(share: Share | None, bar: Bar) -> bool:
    """Tell whether a satisfaction share opens a blue warning: enough ratings, and the shrunk share under the bar."""
    return share is not None and share.n >= bar.observations_min and share.value_ppm < bar.bar_ppm
