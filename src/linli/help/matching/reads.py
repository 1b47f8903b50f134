"""Runs of the matcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linli.help.matching.models import MatchMonth, MatchRun
from linli.kernel.errors import NotFound

PPB = 1_000_000_000
CITY_DIGITS = 4
SHOWN = (
    "pk", "city_code", "at", "engine", "policy", "policy_digest", "needs", "helpers", "edges", "served", "asked", "value", "bound", "milliseconds",
    "seed", "inputs_digest", "more",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MoreRow:
    """With `helpers` more of a skill ('': any) in a community, `served` more needs would have somebody; `waiting` have nobody there."""

    community: str
    skill: str
    helpers: int
    served: int
    waiting: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, without what it was made of."""

    id: UUID
    city: str
    at: datetime
    engine: str
    policy: Mapping[str, int]
    policy_digest: str
    needs: int
    helpers: int
    edges: int
    served: int
    asked: int
    value: int
    bound: int
    milliseconds: int
    seed: int
    inputs_digest: str
    more: tuple[MoreRow, ...]

    @property
    def gap_ppb(self) -> int:
        """Return how far below the bound the worth is, in parts of 10⁹, rounded up."""
        return -((self.value - self.bound) * PPB // self.bound) if self.bound else 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run was made of, sealed, and what it answered."""

    row: RunRow
    inputs: bytes
    answer: tuple[tuple[int, int], ...]


def _row(values: dict[str, Any]) -> RunRow:
    rest = {name: values[name] for name in SHOWN if name not in {"pk", "city_code", "more"}}
    return RunRow(id=values["pk"], city=values["city_code"], more=tuple(MoreRow(**one) for one in values["more"]), **rest)


def last_runs(city: str, *, limit: int = 5) -> tuple[RunRow, ...]:
    """Return the newest runs of a city, newest first; one query."""
    rows = MatchRun.objects.filter(city_code=city).order_by("-at", "-pk").values(*SHOWN)
    return tuple(_row(values) for values in rows[:limit])


def more_in(place: str, since: datetime) -> tuple[datetime, tuple[MoreRow, ...]] | None:
    """Return when a place's city was matched last since a moment, and what more helpers would change at the place; None without a run. One query."""
    rows = MatchRun.objects.filter(city_code=place[:CITY_DIGITS], at__gte=since).order_by("-at", "-pk").values_list("at", "more")
    found = rows.first()
    if found is None:
        return None
    return found[0], tuple(MoreRow(**one) for one in found[1] if one["community"].startswith(place))


def kept(run: UUID) -> Kept:
    """Return a run with what it was made of. Raises NotFound."""
    values = MatchRun.objects.filter(pk=run).values(*SHOWN, "inputs", "answer").first()
    if values is None:
        raise NotFound
    return Kept(_row(values), bytes(values["inputs"]), tuple((i, h) for i, h in values["answer"]))


MONTH_SHOWN = (
    "city_code", "day", "at", "first_day", "days", "engine", "policy", "needs", "helpers", "sampled_ppm", "answers", "figures", "milliseconds",
    "inputs_digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A city's month as played on a day, without what it was made of. `figures`: by way, as `journeys.fairness` keeps them."""

    city: str
    day: date
    at: datetime
    first_day: date
    days: int
    engine: str
    policy: Mapping[str, int]
    needs: int
    helpers: int
    sampled_ppm: int
    answers: Mapping[str, Any]
    figures: Mapping[str, Any]
    milliseconds: int
    inputs_digest: str


def month_on(city: str, day: date) -> bool:
    """Tell whether a city's month was played on a day."""
    return MatchMonth.objects.filter(city_code=city, day=day).exists()


def last_month(city: str) -> MonthRow | None:
    """Return a city's month as it was played last, or None; one query."""
    values = MatchMonth.objects.filter(city_code=city).order_by("-day").values_list(*MONTH_SHOWN).first()
    return MonthRow(*values) if values else None


def month_inputs(city: str, day: date) -> bytes:
    """Return the sealed inputs of a city's month played on a day. Raises NotFound."""
    found = MatchMonth.objects.filter(city_code=city, day=day).values_list("inputs", flat=True).first()
    if found is None:
        raise NotFound
    return bytes(found)
