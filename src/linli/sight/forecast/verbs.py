"""Keep forecasts as they were made, and how right they were; let old ones go. What was said is never edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from linli.kernel.canon import digest
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.sight.forecast.core.city import CityLevel
from linli.sight.forecast.core.foresee import VERSION
from linli.sight.forecast.core.scored import Score
from linli.sight.forecast.models import Depth, Made, Said

KEEP_SAID = timedelta(days=30)  # what was said by place and service; a month of it can still be looked at day by day
KEEP_SCORES = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class NewForecast:
    """A forecast to keep."""

    city: str
    first_day: date
    horizon: int
    history_days: int
    known_year: int
    depths: tuple[CityLevel, ...]


def keep(s: Step, new: NewForecast) -> UUID:
    """Keep a forecast and its digest in the record; return its id. Where nothing is expected, nothing is written."""
    made = Made.objects.create(
        pk=new_id(s.now), city=new.city, first_day=new.first_day, horizon=new.horizon, version=VERSION, history_days=new.history_days,
        known_year=new.known_year, made_at=s.now,
    )  # fmt: skip
    Depth.objects.bulk_create(
        Depth(made=made, digits=d.digits, by_service=d.by_service, ceiling_ppm=d.level.ceiling_ppm, tested_ppm=d.level.tested_ppm)
        for d in new.depths
    )
    rows = [row for depth in new.depths for row in _rows(made, depth)]
    Said.objects.bulk_create(rows, batch_size=1000)
    told = digest([[row.place_code, row.service, row.mean_milli, row.low, row.high] for row in rows])
    s.record(
        "forecast:made", place=new.city,
        payload={"forecast": str(made.pk), "first_day": new.first_day.isoformat(), "version": VERSION, "rows": len(rows), "digest": told},
    )  # fmt: skip
    return made.pk


def _rows(made: Made, depth: CityLevel) -> Iterable[Said]:
    level = depth.level
    for at, (place, service) in enumerate(zip(depth.places, depth.services, strict=True)):
        if level.mean_milli[at].any():
            lists = {
                name: getattr(level, name)[at].tolist() for name in ("mean_milli", "low", "high", "week_milli", "week_low", "week_high")
            }
            yield Said(made=made, place_code=place, service=service, **lists)


def score(s: Step, made: UUID, found: Mapping[tuple[int, bool], Score]) -> None:
    """Keep how right each level of a forecast was; a level that was scored stays as it is."""
    for (digits, by_service), how in found.items():
        Depth.objects.filter(made=made, digits=digits, by_service=by_service, scored_at=None).update(
            came=how.came, off_milli=how.off_milli, naive_off=how.naive_off, inside=how.inside, days=how.days, scored_at=s.now
        )


def let_go(s: Step, city: str) -> None:
    """Forget what old forecasts said by place and service (their scores stay longer), and in the end the scores."""
    Said.objects.filter(made__city=city, made__made_at__lt=s.now - KEEP_SAID).delete()
    Made.objects.filter(city=city, made_at__lt=s.now - KEEP_SCORES).delete()
