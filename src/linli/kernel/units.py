"""Whole numbers with their unit in the name. No float ever holds time or money."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

Minutes = NewType("Minutes", int)
Points = NewType("Points", int)
Fen = NewType("Fen", int)
Ppm = NewType("Ppm", int)  # parts per million: shares and weights


class Unit(StrEnum):
    """What an account counts. Units never mix in one posting."""

    MINUTE = "minute"
    POINT = "point"
    FEN = "fen"


PPM_ONE = 1_000_000


def hours_and_minutes(minutes: int) -> tuple[int, int]:
    """Split `minutes` (may be negative) into whole hours and the rest, both with the sign of the whole."""
    sign = -1 if minutes < 0 else 1
    hours, rest = divmod(abs(minutes), 60)
    return sign * hours, sign * rest
