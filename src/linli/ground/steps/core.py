"""Pure rules of the corridor: how long a failed piece of work waits before the next try, and how shown time runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TRIES_MAX = 8


def retry_after(tries: int) -> timedelta | None:
    """Return the wait after the `tries`-th failure (2, 4, 8 … seconds), or None where it is given up and shown to the operator."""
    if tries < 1:
        raise ValueError("tries counts from 1")
    return None if tries >= TRIES_MAX else timedelta(seconds=2**tries)


@dataclass(frozen=True, slots=True)
class ShownTime:
    """A test clock: at real moment `real_at` it showed `shown_at`, and it runs `speed` times as fast."""

    real_at: datetime
    shown_at: datetime
    speed: int = 1

    def at(self, real: datetime) -> datetime:
        """Return what the clock shows at the real moment `real`."""
        return self.shown_at + (real - self.real_at) * self.speed

    def moved(self, real: datetime, by: timedelta) -> ShownTime:
        """Return this clock moved by `by` at the real moment `real`."""
        return ShownTime(real, self.at(real) + by, self.speed)

    def speeded(self, real: datetime, speed: int) -> ShownTime:
        """Return this clock running `speed` times from the real moment `real` on. Raises ValueError outside 0 … 10,000."""
        if not 0 <= speed <= 10_000:
            raise ValueError("speed is a whole number from 0 to 10000")
        return ShownTime(real, self.at(real), speed)

    def as_plain(self) -> dict[str, str | int]:
        """Return the form kept in the clock file."""
        return {"real_at": self.real_at.isoformat(), "shown_at": self.shown_at.isoformat(), "speed": self.speed}

    @classmethod
    def from_plain(cls, plain: dict[str, str | int]) -> ShownTime:
        """Read the form kept in the clock file."""
        real, shown = (datetime.fromisoformat(str(plain[name])).astimezone(UTC) for name in ("real_at", "shown_at"))
        return cls(real, shown, int(plain["speed"]))
