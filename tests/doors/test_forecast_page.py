"""The page of what is expected: for those who work there, before and after anything was ever asked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.ground.steps.reads import now
from linli.journeys.foresee import foresee_cities
from linli.kernel.actor import Actor
from linli.kernel.tests.fakes import FakeStep
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import BEIJING, FactIn, FactKind, day_of
from tests.cast import HOME, Street
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
    assert client_of(street, "wang").get(url).status_code in {403, 404}
