"""Ratings and what follows a bad one. Pure."""

from __future__ import annotations

from enum import StrEnum

STARS_MIN, STARS_MAX = 1, 5
GOOD_FROM = 4
BAD_UNTIL = 2
TAGS = ("on_time", "kind", "careful", "clear", "late", "rough", "unfinished", "asked_money")


class State(StrEnum):
    """Where a rectification stands."""

    OPENED = "opened"
    PLANNED = "planned"
    SHOWN = "shown"
    ACCEPTED = "accepted"
    FALSE = "false"  # the resident says it was not put right: it goes back to planning


MOVES: dict[tuple[State, str], State] = {
    (State.OPENED, "plan"): State.PLANNED,
    (State.PLANNED, "plan"): State.PLANNED,
    (State.PLANNED, "show"): State.SHOWN,
    (State.SHOWN, "accept"): State.ACCEPTED,
    (State.SHOWN, "reject"): State.FALSE,
    (State.FALSE, "plan"): State.PLANNED,
}
EVENTS = tuple(sorted({event for _, event in MOVES}))
OPEN = (State.OPENED, State.PLANNED, State.SHOWN, State.FALSE)


def is_good(stars: int) -> bool:
    """Tell whether a rating counts as satisfied."""
    return stars >= GOOD_FROM


def needs_rectification(stars: int) -> bool:
    """Tell whether a rating opens a rectification."""
    return stars <= BAD_UNTIL
