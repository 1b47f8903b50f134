"""The policy in force at a place, in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from linli.ground.policy.core import KEYS, Kind, Value, resolve
from linli.ground.policy.models import PolicyValue


@dataclass(frozen=True, slots=True)
class Policy:
    """Every value in force at one place on one day. Asking for a key that has none raises KeyError: there is no silent default."""

    place: str
    on: date
    values: Mapping[str, Value]

    def _number(self, name: str, *kinds: Kind) -> int:
        if KEYS[name].kind not in kinds:
            raise KeyError(f"{name} does not count {', '.join(kinds)}")
        value = self.values[name].value
        if isinstance(value, str):
            raise KeyError(f"{name} is a text")
        return value

    def minutes(self, name: str) -> int:
        """Return a span in minutes."""
        return self._number(name, Kind.MINUTES)

    def days(self, name: str) -> int:
        """Return a span in days."""
        return self._number(name, Kind.DAYS)

    def count(self, name: str) -> int:
        """Return a number of things."""
        return self._number(name, Kind.COUNT)

    def metres(self, name: str) -> int:
        """Return a length in metres."""
        return self._number(name, Kind.METRES)

    def ppm(self, name: str) -> int:
        """Return a share in parts per million."""
        return self._number(name, Kind.PPM)

    def flag(self, name: str) -> bool:
        """Return whether a rule is on."""
        return self._number(name, Kind.FLAG) == 1

    def text(self, name: str) -> str:
        """Return a text such as a phone number."""
        return str(self.values[name].value)

    def explain(self, name: str) -> Value:
        """Return the value with the place it comes from and its source."""
        return self.values[name]


def policy(place: str, on: date) -> Policy:
    """Return the policy in force at `place` on `on`; one query."""
    prefixes = [place[:length] for length in range(len(place) + 1)]
    rows = PolicyValue.objects.filter(place_code__in=prefixes, starts_on__lte=on)
    found = (Value(r.key, r.place_code, r.starts_on, r.value, r.source, r.ends_on, r.weak) for r in rows)
    return Policy(place, on, resolve(found, place, on))


def loaded() -> bool:
    """Tell whether any policy is there."""
    return PolicyValue.objects.exists()
