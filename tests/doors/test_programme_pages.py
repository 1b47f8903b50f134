"""The programme's pages: who sees which place, filters, naming who answers, deciding a risk; refusals in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse

from linli.ground.policy.core import day_of
from linli.ground.steps.reads import now
from linli.journeys import programme as journey
from linli.journeys.corridor import step
from linli.journeys.take_stock import STOCK, take_stock
from linli.kernel.errors import NotAllowed, NotFound, Refused
from linli.sight.facts import reads as facts
from linli.sight.programme import reads as programme
from linli.sight.programme import verbs
from linli.sight.programme.core.progress import Measure, month_after, month_of
from tests.cast import HOME
from tests.lived import Lived
from tests.walk import client_of

CITY, STREET = HOME[:4], HOME[:9]


def body(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_stock_taking_counts_the_month_for_city_district_and_street(lived: Lived) -> None:
    assert {CITY, HOME[:6], STREET} <= set(programme.places_counted([CITY]))
    rows = {row.figure.code: row for row in programme.standings(CITY, now().date())}
    handled = rows["F180"].measure
    assert handled is not None
    assert 0 < handled.hits <= handled.n
    assert rows["F204"].state == "none"
    median = rows["F017"].measure
    figure = facts.figures(CITY, month_of(now().date()), month_after(month_of(now().date())))["answer_median"]
    assert median is not None
    assert (median.unit, median.value, median.n) == ("minutes", figure.value, figure.denominator)
    before = programme.months_of(CITY, ["met_share", "visits_done"])
    take_stock()
    assert programme.months_of(CITY, ["met_share", "visits_done"]) == before


def test_every_kind_of_staff_reads_it_and_nobody_else_does(lived: Lived) -> None:
    for name, place in (("chen", STREET), ("he", STREET), ("lin", CITY)):
        client = client_of(lived.street, name)
        for page in ("", "duties/", "conflicts/", "targets/F180/", "benefits/", "risks/", "risks/form/"):
            assert f'value="{place}" selected' in body(client.get(f"/programme/{page}")), (name, page)
        assert client.get(f"/programme/?place={CITY}").status_code == 200  # upward, too: sums without a name
    for name in ("li", "wang"):
        assert client_of(lived.street, name).get("/programme/").status_code == 404
    assert client_of(lived.street).get("/programme/").status_code == 302


@pytest.mark.parametrize("place", ["1101", "310101", "44010", "x", "440104001001", "4401%00", "٤٤٠١"])
def test_a_place_that_is_nobodys_is_not_found(lived: Lived, place: str) -> None:
    assert client_of(lived.street, "he").get(f"/programme/?place={place}").status_code == 404
    assert client_of(lived.street, "he").get("/programme/targets/F999/").status_code == 404
    assert client_of(lived.street, "he").get("/programme/risks/flood/").status_code == 404


def test_filters_narrow_the_list_and_can_find_nothing(lived: Lived) -> None:
    lin = client_of(lived.street, "lin")
    everything = body(lin.get("/programme/?kind="))
    assert everything.count("/programme/targets/") >= 147
    budgets = body(lin.get("/programme/?kind=budget&owner=reform"))
    assert "第一阶段财政资金" in budgets
    assert "时限内响应率" not in budgets
    assert "一项也没有" in body(lin.get("/programme/?kind=budget&state=met"))
    assert lin.get("/programme/?phase=x&state=y&owner=z").status_code == 200


def test_both_values_of_a_conflict_stand_and_claims_are_worked_out(lived: Lived) -> None:
    lin = client_of(lived.street, "lin")
    conflicts = body(lin.get("/programme/conflicts/"))
    assert conflicts.count('class="card clash') == 30
    assert "100 万个小组" in conflicts
    assert "50 万个小组" in conflicts
    benefits = body(lin.get("/programme/benefits/"))
    assert "F257 ÷ F256" in benefits
    assert "1500 元/小时" in benefits
    assert "不是谁的工钱" in benefits
    assert "都是零" in body(lin.get("/programme/benefits/?start=2001-01-01&end=2001-02-01"))


def test_the_city_names_who_answers_and_the_street_sees_it(lived: Lived) -> None:
    lin, fields = client_of(lived.street, "lin"), {"place": CITY, "said": "behind", "occurred_on": "2026-01-02", "words": "等数据"}
    url = "/programme/targets/F204/assign/"
    refused = lin.post(url, fields | {"key": "key-without-owner", "owner": ""})
    assert refused.status_code == 422
    assert "等数据" in refused.content.decode()
    late = lin.post(url, fields | {"key": "key-of-tomorrow", "owner": "市财政局", "occurred_on": "2099-01-01"})
    assert late.status_code == 422
    for _ in range(2):  # a double tap is one row
        assert lin.post(url, fields | {"key": "key-of-a-note", "owner": "市财政局"}).status_code == 302
    shown = body(client_of(lived.street, "he").get("/programme/targets/F204/"))
    assert shown.count("<strong>市财政局</strong>") == 1
    assert "落后了" in shown
    assert "assign/" not in shown
    assert client_of(lived.street, "he").post(url, fields | {"place": STREET, "key": "key-of-the-street", "owner": "街道"}).status_code in {
        403,
        404,
    }
    with pytest.raises(NotAllowed):
        journey.assign(
            lived.street.actor("he"), STREET, "F204", owner="街道", said="none", words="", occurred_on=now().date(), key=lived.street.key()
        )
    anybody = body(client_of(lived.street, linli_language="zh-hans").get("/goals/?kind=every"))
    assert anybody.count('<li id="F') == 147
    assert 'href="/indicators/handled_in_time/"' in anybody
    assert "民政" in anybody  # whom the report names, not whom the city named
    assert "市财政局" not in anybody
    assert "等数据" not in anybody
    assert client_of(lived.street).get(f"/goals/?place={STREET}").status_code == 404  # too small to be shown to everybody
    with pytest.raises(NotFound):  # a baseline is owed by nobody
        journey.assign(
            lived.street.actor("lin"), CITY, "F001", owner="市", said="none", words="", occurred_on=now().date(), key=lived.street.key()
        )


def test_a_risk_is_decided_by_the_city_with_a_reason(lived: Lived) -> None:
    lin = client_of(lived.street, "lin")
    url = "/programme/risks/money/decide/"
    assert lin.post(url, {"place": CITY, "key": "key-no-reason", "event": "accept", "reason": ""}).status_code == 422
    assert lin.post(url, {"place": CITY, "key": "key-no-event", "event": "raise", "reason": "x"}).status_code == 422
    assert lin.post(url, {"place": CITY, "key": "key-a-reason", "event": "accept", "reason": "今年先这样"}).status_code == 302
    shown = body(lin.get("/programme/risks/money/"))
    assert "今年先这样" in shown
    assert "已知情，接受" in shown
    with pytest.raises(NotAllowed):
        journey.decide(lived.street.actor("he"), STREET, "money", "close", "不行", lived.street.key())
    with pytest.raises(Refused, match="input_invalid"):
        journey.decide(lived.street.actor("lin"), CITY, "money", "explode", "不行", lived.street.key())


def test_two_whole_months_beyond_the_bar_raise_a_risk_and_tell_the_city(lived: Lived) -> None:
    # Nobody on the street takes part once the story is over: two whole months later nothing was done, which has no record and raises
    # nothing; the months are then made bad, as a stock-taking would have counted them.
    last = month_of(day_of(now()))
    for first in (last, month_after(last)):
        start = datetime(first.year, first.month, 1, tzinfo=UTC)
        with step(STOCK, None, "programme.count", {}, place=CITY) as s:
            found = {(CITY, "participation"): Measure("ppm", 10_000, 100, 1, 5_000, 20_000)}
            verbs.keep(s, first, found, starts_at=start, ends_at=start + timedelta(days=28), whole=True)
    assert journey.watch(CITY) == ("drive",)
    assert journey.watch(CITY) == ()
    lin = client_of(lived.street, "lin")
    assert "报告里的一项风险触发了" in body(lin.get("/desk/notices/"))
    assert f"/programme/risks/drive/?place={CITY}" in body(lin.get("/desk/notices/"))
    shown = body(lin.get("/programme/risks/drive/"))
    assert "已触发，等人决定" in shown
    assert "1.0%" in shown


@pytest.mark.parametrize(("asked", "named"), [("start=never", "从哪天"), ("start=2026-01-01&end=2026-13-40", "到哪天")])
def test_a_day_that_cannot_be_read_is_named(lived: Lived, asked: str, named: str) -> None:
    answer = client_of(lived.street, "lin").get(f"/programme/benefits/?{asked}")
    assert answer.status_code == 422
    assert named in answer.content.decode()
