"""The policy in force at a place, in one query."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from linli.ground.policy.core import Value, region_of, resolve
from linli.ground.policy.keys import KEYS, Key, Kind
from linli.ground.policy.models import PolicyValue

COLUMNS = ("key", "place_code", "starts_on", "value", "source", "ends_on", "region", "weak")  # in the order of core.Value


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the policy page: the key with its words and bounds, and the value with its place and source."""

    key: Key
    value: Value


@dataclass(frozen=True, slots=True)
class Policy:
    """Every value in force at one place on one day. Asking for a key that has none raises KeyError: there is no silent default."""

    place: str
    on: date
    values: Mapping[str, Value]

    def _number(self, name: str, kind: Kind) -> int:
        if KEYS[name].kind is not kind:
            raise KeyError(f"{name} counts {KEYS[name].kind.value}, not {kind.value}")
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

    def years(self, name: str) -> int:
        """Return an age in years."""
        return self._number(name, Kind.YEARS)

    def count(self, name: str) -> int:
        """Return a number of things."""
        return self._number(name, Kind.COUNT)

    def metres(self, name: str) -> int:
        """Return a length in metres."""
        return self._number(name, Kind.METRES)

    def ppm(self, name: str) -> int:
        """Return a share in parts per million."""
        return self._number(name, Kind.PPM)

    def fen(self, name: str) -> int:
        """Return money in fen."""
        return self._number(name, Kind.FEN)

    def flag(self, name: str) -> bool:
        """Return whether a rule is on."""
        return self._number(name, Kind.FLAG) == 1

    def text(self, name: str) -> str:
        """Return a text such as a phone number."""
        if KEYS[name].kind is not Kind.TEXT:
            raise KeyError(f"{name} counts {KEYS[name].kind.value}, it is no text")
        return str(self.values[name].value)

    @property
    def region(self) -> str:
        """Return the kind of region: mega, small or rural."""
        return region_of(self.values.values(), self.place)

    def explain(self, name: str) -> Value:
        """Return the value with the place (or kind of region) it comes from, its start and its source."""
        return self.values[name]

    def rows(self) -> tuple[Row, ...]:
        """Return every value in force in the order of the register, for the policy page."""
        return tuple(Row(key, self.values[name]) for name, key in KEYS.items() if name in self.values)


def policy(place: str, on: date) -> Policy:
    """Return the policy in force at `place` on the Beijing day `on`; one query."""
    return policies([place], on)[place]


def policies(places: Collection[str], on: date) -> dict[str, Policy]:
    """Return the policy in force at each of `places` on the Beijing day `on`; one query for all of them."""
    prefixes = {place[:length] for place in places for length in range(len(place) + 1)} | {""}
    # Every step asks for policy: plain tuples cost a third of what objects of a model do.
    values = [Value(*row) for row in PolicyValue.objects.filter(place_code__in=prefixes, starts_on__lte=on).values_list(*COLUMNS)]
    return {place: Policy(place, on, resolve(values, place, on)) for place in places}


def history(key: str, place: str) -> tuple[Value, ...]:
    """Return every value `key` ever had at exactly `place` or will have there, oldest start first. Raises KeyError for an unknown key."""
    rows = PolicyValue.objects.filter(key=KEYS[key].name, place_code=place).order_by("starts_on", "region", "id")
    return tuple(Value(*row) for row in rows.values_list(*COLUMNS))


def loaded() -> bool:
    """Tell whether any policy is there."""
    return PolicyValue.objects.exists()
