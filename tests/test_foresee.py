"""The forecast of a city as it lives: made once a day from facts, scored once its week has come, kept within bounds, told by the command."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
import pytest

from linli.doors.commands import cities
from linli.doors.commands import forecast as command
from linli.ground.steps.reads import held_at
from linli.journeys import ground
from linli.journeys.foresee import foresee_cities
from linli.kernel.actor import Actor
from linli.kernel.tests.fakes import FakeStep
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import BEIJING, FactIn, FactKind
from linli.sight.forecast import reads
from tests.raw import refused as database_refuses
from tests.raw import run

CITY, ONE, OTHER = "4401", "440104001001", "440104002003"
FIRST, DAYS = date(2026, 3, 2), 63  # a Monday


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BEIJING).astimezone(UTC)


@pytest.fixture
def asked(db: None) -> date:
    """Nine weeks of requests in two streets: about six and two a day, fewer at weekends. Returns the day after them."""
    ground.import_policy()
    rng, rows = np.random.default_rng(3), []
    for at in range(DAYS):
        day = FIRST + timedelta(days=at)
        for place, service, rate in ((ONE, "meal", 6.0), (OTHER, "escort", 2.0)):
            for n in range(int(rng.poisson(rate * (0.6 if day.weekday() > 4 else 1.0)))):
                rows.append(
                    FactIn(FactKind.NEED_ASKED, f"{place}-{at}-{n}", place, True, noon(day) + timedelta(minutes=n), service=service)
                )
    last = FIRST + timedelta(days=DAYS)
    facts.load(FakeStep(Actor.system("stock"), noon(last)), rows)
    return last


def test_a_forecast_is_made_once_a_day_and_scored_when_its_week_has_come(asked: date, capsys: pytest.CaptureFixture[str]) -> None:
    then = asked - timedelta(days=7)
    with held_at(noon(then)):
        assert foresee_cities([CITY], noon(then)) == 1
        assert foresee_cities([CITY], noon(then)) == 0
    made = reads.newest(CITY)
    assert made is not None
    assert (made.first_day, made.history_days) == (then, DAYS - 8)  # its first day, half a day perhaps, does not count
    whole, *services = reads.expected(made, CITY)
    assert whole.mean_milli == tuple(map(sum, zip(*(s.mean_milli for s in services), strict=True)))
    assert 40_000 < whole.week_milli[0] < 62_000
    assert reads.expected(made, ONE)[0].mean_milli == reads.expected(made, ONE[:9])[0].mean_milli
    assert all(r.score is None for r in reads.how_right(made))
    with database_refuses("does not change"):
        run("UPDATE forecast_said SET low = '[]'")
    with held_at(noon(asked)):
        assert foresee_cities([CITY], noon(asked)) == 1
        assert command.run(Namespace(place=ONE, json=True)) == 0
        assert command.run(Namespace(place="440104009", json=True)) == 1
        assert command.run(Namespace(place="somewhere", json=False)) == 2
    told = json.loads(capsys.readouterr().out)
    assert [s["service"] for s in told["services"]] == ["", "meal"]
    later = reads.newest(CITY)
    assert later is not None
    right = {(r.digits, r.by_service): r for r in reads.how_right(later)}
    assert set(right) == {(digits, by) for digits in (4, 6, 9, 12) for by in (False, True)}
    score = right[4, False].score
    assert score is not None
    assert 500_000 < (score.right_ppm or 0) < 1_000_000
    assert 0 < right[4, False].ceiling_ppm < 900_000
    assert (score.inside_ppm or 0) > 500_000
    with database_refuses("does not change"):
        run("UPDATE forecast_depth SET came = 1 WHERE scored_at IS NOT NULL")


def test_where_nothing_was_asked_nothing_is_said(db: None) -> None:
    assert foresee_cities([CITY], noon(FIRST)) == 0
    assert reads.newest(CITY) is None


def test_old_sayings_go_and_their_scores_stay(asked: date) -> None:
    for back in (7, 0, -33):
        with held_at(noon(asked - timedelta(days=back))):
            foresee_cities([CITY], noon(asked - timedelta(days=back)))
    newest = reads.newest(CITY)
    assert newest is not None
    assert {r.forecasts for r in reads.how_right(newest)} == {2}
    counted = [len(reads.expected(row, CITY)) for row in [newest]]
    assert counted[0] > 0
    assert reads.days_shown(date(2026, 10, 1), 2, off="-", worked="-")[0].festival == "国庆节"


def test_a_city_that_goes_through_a_file_is_told_what_it_keeps(asked: date, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts, said = tmp_path / "counts" / "4401.parquet", tmp_path / "said"
    counts.parent.mkdir()
    with held_at(noon(asked)):
        assert cities.run(Namespace(doing="counts", city=CITY, out=counts, json=True)) == 0
        assert cities.run(Namespace(doing="counts", city=CITY, out=counts, json=True)) == 2  # never over what is there
        through = Namespace(doing="forecast", source=counts.parent, target=said, spark="", json=True)
        assert cities.run(through) == 0
        through.source = tmp_path / "nothing"
        assert cities.run(through) == 2
        through.source, through.target = said, tmp_path / "again"
        assert cities.run(through) == 2  # no requests are in there
        foresee_cities([CITY], noon(asked))
    assert json.loads(capsys.readouterr().out.splitlines()[1]) == {"cities": 1, "refused": {}}
    made = reads.newest(CITY)
    assert made is not None
    rows = ds.dataset(said, format="parquet").to_table().to_pylist()
    for place in (CITY, ONE[:6], OTHER[:9], ONE):
        kept = {e.service: (list(e.mean_milli), list(e.low), list(e.week_high)) for e in reads.expected(made, place)}
        assert kept == {row["service"]: (row["mean_milli"], row["low"], row["week_high"]) for row in rows if row["place"] == place}
    assert {(row["first_day"], row["history_days"]) for row in rows} == {(made.first_day, made.history_days)}
