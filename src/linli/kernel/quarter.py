"""Calendar quarters as Beijing counts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

BEIJING = timedelta(hours=8)  # one zone for all of China


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One calendar quarter; `number` counts from 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter a Beijing day lies in."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def at(cls, moment: datetime) -> Quarter:
        """Return the quarter a UTC moment lies in."""
        return cls.of((moment.astimezone(UTC) + BEIJING).date())

    def plus(self, count: int) -> Quarter:
        """Return the quarter `count` quarters later (earlier where negative)."""
        index = self.year * 4 + self.number - 1 + count
        return Quarter(index // 4, index % 4 + 1)

    def first_day(self) -> date:
        """Return its first Beijing day: how a quarter is kept in tables."""
        return date(self.year, self.number * 3 - 2, 1)

    def begins(self) -> datetime:
        """Return its first moment, UTC."""
        day = self.first_day()
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - BEIJING

    def ends(self) -> datetime:
        """Return the first moment after it, UTC."""
        return self.plus(1).begins()

    def code(self) -> str:
        """Return its name as written everywhere: 2026Q3."""
        return f"{self.year}Q{self.number}"


def closed_before(moment: datetime, count: int) -> tuple[Quarter, ...]:
    """Return the last `count` quarters that had ended at `moment`, oldest first."""
    running = Quarter.at(moment)
    return tuple(running.plus(-back) for back in range(count, 0, -1))
