"""The page of what is expected: for those who work there, before and after anything was ever asked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.ground.steps.reads import now
from linli.help.supply import reads as supply
from linli.journeys.foresee import foresee_cities
from linli.kernel.actor import Actor
from linli.kernel.tests.fakes import FakeStep
from linli.sight.facts import reads as facts_reads
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import BEIJING, FactIn, FactKind, day_of
from linli.sight.forecast import reads as forecast
from tests.cast import HOME, Street
from tests.raw import run
from tests.walk import client_of

CHINESE = {"accept-language": "zh-hans"}


def asked(until: date, days: int, rate: float) -> None:
    rng, rows = np.random.default_rng(4), []
    for back in range(days, 0, -1):
        noon = datetime.combine(until - timedelta(days=back), time(12), BEIJING)
        rows += [
            FactIn(FactKind.NEED_ASKED, f"made-up-{back}-{n}", HOME, True, noon + timedelta(minutes=n), service="meal")
            for n in range(int(rng.poisson(rate)))
        ]
    facts.load(FakeStep(Actor.system("stock"), now()), rows)


@pytest.mark.parametrize("who", ["chen"])
def test_what_is_expected_is_shown_with_what_nobody_can_pass(street: Street, who: str) -> None:
    client, url = client_of(street, who), f"/street/places/{HOME}/forecast/"
    assert "这里还没有人提过事" in client.get(url, headers=CHINESE).content.decode()
    asked(day_of(now()), 80, 60.0)
    assert foresee_cities([HOME[:4]], now()) == 1
    with CaptureQueriesContext(connection) as queries:
        said = client.get(url, headers=CHINESE).content.decode()
    assert len(queries) <= 12
    assert "这一级谁也猜不准超过 89%" in said or "这一级谁也猜不准超过 90%" in said
    assert 'role="img"' in said
    assert "再请" in said
    assert "只在往日上试过" in said
    assert client.get("/street/places/330106001001/forecast/").status_code == 404
    assert "按本事看这七天" in said
    assert "回头看：说的和来的" not in said  # nothing has come due
    assert client_of(street, "wang").get(url).status_code in {403, 404}


def test_past_forecasts_are_shown_beside_what_came(street: Street) -> None:
    url, today = f"/street/places/{HOME}/forecast/", day_of(now())
    asked(today, 60, 20.0)
    for back in (14, 8, 0):
        assert foresee_cities([HOME[:4]], now() - timedelta(days=back)) == 1
    client = client_of(street, "chen")
    with CaptureQueriesContext(connection) as queries:
        said = client.get(url, headers=CHINESE).content.decode()
    assert len(queries) <= 12
    first, other = (today - timedelta(days=back) for back in (8, 14))
    assert f"{first.month}-{first.day:02} 起的一周" in said
    assert f"?of={other.isoformat()}#past" in said
    came = sum(
        n for (_place, _service, day), n in facts_reads.asked_by_day(HOME, *week(first)).items() if first <= day < first + timedelta(days=7)
    )
    assert f"来了 {came} 件" in said
    earlier = client.get(url, {"of": other.isoformat()}, headers=CHINESE).content.decode()
    assert f"{other.month}-{other.day:02} 起的一周" in earlier
    nonsense = client.get(url, {"of": "yesterday"}, headers=CHINESE)
    assert f"{first.month}-{first.day:02} 起的一周" in nonsense.content.decode()


def test_the_work_list_says_what_to_expect_tomorrow_and_who_could_come(street: Street) -> None:
    client = client_of(street, "chen")
    assert "明天估计" not in client.get("/desk/", headers=CHINESE).content.decode()
    asked(day_of(now()), 80, 30.0)
    foresee_cities([HOME[:4]], now())
    said = client.get("/desk/", headers=CHINESE).content.decode()
    tomorrow = day_of(now()) + timedelta(days=1)
    ahead = forecast.ahead(HOME, tomorrow)
    assert ahead is not None
    assert 15 < ahead.low < ahead.high < 50
    assert f"明天估计有 {ahead.low} 到 {ahead.high} 件事，“送餐”居多" in said
    hands = supply.free_by_skill(HOME)[""].by_weekday[tomorrow.weekday()]
    assert f"能来的帮手有 {hands} 位。" in said
    assert "先请人留着时间" in said  # far fewer hands than that takes
    assert f"/street/places/{HOME}/forecast/" in said
    assert forecast.ahead(HOME, tomorrow + timedelta(days=30)) is None


def test_the_list_of_helpers_shows_those_with_a_skill_who_are_free(street: Street) -> None:
    client, weekday = client_of(street, "chen"), now().weekday()
    both = supply.list_at(HOME, now(), skill="meal")
    assert len(both) == 2
    run("UPDATE supply_helper SET slots = %s WHERE person = %s", f"[[{(weekday + 1) % 7}, 540, 720]]", both[0].person)
    some = client.get("/desk/helpers/", {"skill": "meal", "day": str(weekday)}, headers=CHINESE).content.decode()
    assert "只看会送餐、" in some
    assert str(both[1].person) in some
    assert str(both[0].person) not in some
    run("UPDATE supply_helper SET paused = true")
    assert "这样的帮手一位也没有" in client.get("/desk/helpers/", {"skill": "meal"}, headers=CHINESE).content.decode()
    assert "只看" not in client.get("/desk/helpers/", {"skill": "magic", "day": "9"}, headers=CHINESE).content.decode()


def week(first: date) -> tuple[datetime, datetime]:
    begins = datetime.combine(first, time(), BEIJING)
    return begins, begins + timedelta(days=7)
