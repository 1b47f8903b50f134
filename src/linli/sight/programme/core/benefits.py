"""What a place gains, by stated formulas: hours given, time spared, what the same help would have cost. Pure; whole numbers only.

It is a value to the city, worked out for a place and a span, never for a person: hours are not money and no book is touched.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """A low, a middle and a high reckoning of one quantity."""

    low: int
    mid: int
    high: int

    def __post_init__(self) -> None:
        """Raise ValueError where the three do not stand in order."""
        if not self.low <= self.mid <= self.high:
            raise ValueError(f"a range needs low <= mid <= high, got {self.low}, {self.mid}, {self.high}")


@dataclass(frozen=True, slots=True)
class Rules:
    """What policy says: pay of an hour of the same work in fen, minutes spared in arranging one visit."""

    hour_fen: Range
    spared_minutes: Range


@dataclass(frozen=True, slots=True)
class Benefits:
    """Minutes given (as confirmed by both sides), minutes spared, and in fen what the help and both together would have cost."""

    visits: int
    given_minutes: int
    spared_minutes: Range
    cost_fen: Range
    value_fen: Range


def priced(minutes: int, hour_fen: int) -> int:
    """Return what `minutes` cost at `hour_fen` an hour, in whole fen, halves up. Raises ValueError below zero."""
    if minutes < 0 or hour_fen < 0:
        raise ValueError("minutes and pay are not negative")
    return (minutes * hour_fen + 30) // 60


def benefits(visits: int, given_minutes: int, rules: Rules) -> Benefits:
    """Return the benefits of so many confirmed visits and minutes.

    spared = visits × minutes spared per visit; cost = given × pay of an hour; value = (given + spared) × pay of an hour.
    """
    spared = Range(*(visits * each for each in (rules.spared_minutes.low, rules.spared_minutes.mid, rules.spared_minutes.high)))
    pay = rules.hour_fen
    cost = Range(*(priced(given_minutes, fen) for fen in (pay.low, pay.mid, pay.high)))
    pairs = ((spared.low, pay.low), (spared.mid, pay.mid), (spared.high, pay.high))
    return Benefits(visits, given_minutes, spared, cost, Range(*(priced(given_minutes + more, fen) for more, fen in pairs)))
