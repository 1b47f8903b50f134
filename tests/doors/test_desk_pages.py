"""The desk and the boards: what each state shows and offers to worker, street and city, and what somebody else's worker gets."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from linli.doors.worker.sheet import PrintSheet, sheets_pdf
from linli.ground.people import happened as people_happened
from linli.ground.places import reads as places
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import figures
from linli.help.needs import reads as needs
from linli.help.needs.whole import whole
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, confirm, escalate
from linli.journeys.keep_record import keep_record
from linli.journeys.take_stock import take_stock
from linli.kernel.disclosure import Group
from linli.sight.wellbeing import reads as wellbeing
from tests.cast import HOME, OTHER, Street
from tests.lived import Lived, asked, booked, both_say, checked_out, offered
from tests.walk import client_of

STREET, CITY = HOME[:9], HOME[:4]


def text(response: HttpResponse) -> str:
    """Return what a page says, its tags and blanks taken out."""
    body = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def pane(client: Client, need: UUID) -> HttpResponse:
    return client.get(f"/desk/needs/{need}/", headers={"HX-Request": "true"})


def main_step(response: HttpResponse) -> str:
    """Return the words of the one main control of a pane; empty where there is nothing to do but wait."""
    found = re.findall(
        r'<(?:button|a|summary) class="button main"[^>]*data-key="d"[^>]*>(.*?)</', response.content.decode(), flags=re.DOTALL
    )
    assert len(found) <= 1, "a pane has one next step"
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", found[0])) if found else ""


def act(client: Client, need: UUID, step: str, **fields: str) -> HttpResponse:
    return client.post(f"/desk/needs/{need}/{step}/", {"key": str(uuid4()), **fields})


# What the pane says to do, state by state -----------------------------------------------------------------------------


def test_an_open_need_is_offered_to_who_fits_best(street: Street) -> None:
    chen, need = client_of(street, "chen"), asked(street, words="药快没了")
    shown = pane(chen, need)
    assert main_step(shown) in {"派给小王", "派给吴姐"}
    said = text(shown)
    assert "李奶奶" in said
    assert "药快没了" in said
    assert "最合适：" in said
    assert "您看这一次已经记下" in said
    assert {"暂停时钟", "转出去", "撤回", "已回话，接着办"} <= set(re.findall(r"[\w，]+", said))
    chen.post(f"/desk/needs/{need}/offer/", {"key": str(uuid4()), "helper": str(street.people["wang"])})
    assert needs.need(need, now()).state.value == "offered"


def test_a_need_that_waits_for_an_answer_of_helpers_asks_for_a_call(street: Street) -> None:
    chen, need = client_of(street, "chen"), asked(street)
    offered(street, need)
    shown = pane(chen, need)
    assert main_step(shown) == ""  # offering counts as answering: there is nothing to do but wait
    assert "已问了 1 位帮手，等回音" in text(shown)
    assert "问了小王，等回音" in text(shown)


def test_nobody_fits_so_the_worker_calls_first(street: Street) -> None:
    chen, need = client_of(street, "chen"), asked(street, "haircut")
    shown = pane(chen, need)
    assert main_step(shown) == "已回话，接着办"
    assert "眼下没有合适的帮手" in text(shown)
    assert "位没登记这样本事" in text(shown) or "眼下没有合适的人" in text(shown)


def test_a_booked_visit_is_waited_for_then_asked_about(street: Street) -> None:
    chen, need = client_of(street, "chen"), asked(street, "talk")
    made = booked(street, need)
    assert main_step(pane(chen, need)) == "看这次上门"
    steps.move_clock(to=visits.visit(made).starts_at + timedelta(minutes=2), speed=0)
    assert main_step(pane(chen, need)) == "登记签到"


def test_what_was_done_is_called_back_about_and_settled(street: Street) -> None:
    chen, other = client_of(street, "chen"), asked(street, "shopping")
    done = checked_out(street, other)
    assert main_step(pane(chen, other)) == "电话回访"
    both_say(street, done, 40, 120)
    assert main_step(pane(chen, other)) == "去调定"
    assert "受助的人报的和预计差得多" in text(chen.get(f"/desk/visits/{done}/"))
    confirm.settle(street.actor("chen"), done, 60, "两边都问过", street.key())
    shown = pane(chen, other)
    assert main_step(shown) == ""
    assert "重新打开" in text(shown)


def test_an_emergency_that_was_referred_can_be_rung_back_about(street: Street) -> None:
    need = asked(street, "other", words="他晕倒了，没有呼吸")
    assert needs.need(need, now()).state.value == "referred"
    chen = client_of(street, "chen")
    assert main_step(pane(chen, need)) == "问过平安了"
    act(chen, need, "answer")
    assert needs.need(need, now()).answered_at is not None
    assert main_step(pane(chen, need)) == ""


def test_a_paused_clock_says_so_and_goes_on(street: Street) -> None:
    chen, need = client_of(street, "chen"), asked(street)
    act(chen, need, "pause", reason="等本人找病历")
    shown = text(pane(chen, need))
    assert "时钟停着" in shown
    assert "等本人找病历" in shown
    assert "时钟接着走" in shown
    act(chen, need, "resume")
    assert not needs.need(need, now()).paused


# What rises -----------------------------------------------------------------------------------------------------------


def risen(street: Street) -> UUID:
    need = asked(street, "haircut", words="头发长了")
    due = needs.need(need, now()).due_at
    assert due is not None
    steps.move_clock(to=due, speed=0)
    escalate.run_due()
    return need


def test_what_rose_is_dispatched_objected_to_and_reviewed(street: Street) -> None:
    need, he, chen = risen(street), client_of(street, "he"), client_of(street, "chen")
    assert "已升到街道" in text(he.get("/street/"))
    shown = pane(he, need)
    assert main_step(shown) == "派给社区"
    assert "升到了这一级" in text(shown)
    act(he, need, "dispatch", to_place=HOME, reason="那边有人")
    assert "提出异议" in text(pane(chen, need))
    act(chen, need, "object", reason="不是我们这里的人")
    assert "异议已交上去" in text(pane(chen, need))
    assert main_step(pane(chen, need)) == ""
    board = text(he.get("/street/"))
    assert "等您复核" in board
    assert "不是我们这里的人" in board
    assert main_step(pane(he, need)) == "复核异议"
    act(he, need, "settle", upheld="yes", reason="说得对")
    objection = needs.objection(need)
    assert objection is not None
    assert objection.upheld is True


def test_the_street_finds_a_need_only_once_it_rose(street: Street) -> None:
    need, he = asked(street, "haircut", words="只跟社区说的话"), client_of(street, "he")
    assert pane(he, need).status_code == 404
    due = needs.need(need, now()).due_at
    assert due is not None
    steps.move_clock(to=due, speed=0)
    escalate.run_due()
    shown = pane(he, need)
    assert shown.status_code == 200
    assert "升到了这一级" in text(shown)


# Another community's worker ---------------------------------------------------------------------------------------------


def test_another_communitys_worker_finds_nothing(lived: Lived) -> None:
    zheng = client_of(lived.street, "zheng")
    for url in (
        f"/desk/needs/{lived.open}/", f"/desk/needs/{lived.closed}/", f"/desk/visits/{lived.booked_visit}/", f"/desk/?place={HOME}",
        f"/desk/people/{lived.street.people['li']}/", f"/desk/helpers/{lived.street.people['wang']}/", f"/street/communities/{HOME}/",
        f"/street/community/?place={HOME}", f"/desk/number/{needs.need(lived.open, now()).number}/", f"/desk/record/need/{lived.open}/",
    ):  # fmt: skip
        assert zheng.get(url).status_code == 404, url
    for url, fields in (
        (f"/desk/needs/{lived.open}/answer/", {}),
        (f"/desk/needs/{lived.open}/withdraw/", {"reason": "x"}),
        (f"/desk/needs/{lived.open}/offer/", {"helper": str(lived.street.people["wang"])}),
        (f"/desk/sheets/{lived.sheet}/revoke/", {}),
        (f"/street/cases/{lived.warning}/plan/", {"text": "x"}),
    ):
        assert zheng.post(url, {"key": str(uuid4()), **fields}).status_code == 404, url
    assert zheng.get("/street/").status_code == 404
    assert zheng.get("/city/").status_code == 404


def test_the_community_it_was_sent_to_sees_that_need_and_may_not_dispatch_it(lived: Lived) -> None:
    zheng = client_of(lived.street, "zheng")
    shown = zheng.get(f"/desk/needs/{lived.sent}/")
    assert shown.status_code == 200
    assert "派给社区" not in text(shown)
    assert main_step(shown) == ""  # its own objection is under review
    assert needs.need(lived.sent, now()).number in text(zheng.get("/desk/"))


# Forms keep what was typed ------------------------------------------------------------------------------------------------


def test_a_refused_step_keeps_its_words(street: Street) -> None:
    chen, need = client_of(street, "chen"), asked(street)
    booked(street, need)
    shown = act(chen, need, "withdraw", reason="本人说不要了")
    if shown.status_code == 302:
        shown = act(chen, need, "withdraw", reason="本人说不要了")
    assert shown.status_code in {409, 422}
    assert "本人说不要了" in shown.content.decode()


def test_the_register_keeps_everything_and_then_takes_it(street: Street) -> None:
    chen = client_of(street, "chen")
    fields = {
        "name": "阿卜杜勒·阿齐兹·买买提明·吐尔逊江",
        "door": "9 单元 901",
        "birth_year": "19x0",
        "sex": "m",
        "groups": "disabled",
        "elder_view": "1",
    }
    refused = chen.post("/desk/register/resident/", {"key": str(uuid4()), **fields})
    body = refused.content.decode()
    assert refused.status_code == 422
    assert all(
        word in body
        for word in ("阿卜杜勒·阿齐兹·买买提明·吐尔逊江", "9 单元 901", 'value="19x0"', 'value="m" selected', 'value="disabled" checked')
    )
    page = chen.get("/desk/register/").content.decode()
    key = re.findall(r'action="/desk/register/resident/".*?name="key" value="([^"]+)"', page, flags=re.DOTALL)
    assert [len(k) >= 8 for k in key] == [True], "the form carries its own key"
    assert chen.post("/desk/register/resident/", {"key": key[0], **fields, "birth_year": "1950"}).status_code == 302
    found = chen.post("/desk/register/find/", {"phone": "10099999999"})
    assert found.status_code == 422
    assert "10099999999" in found.content.decode()


def test_a_refused_caller_keeps_everything(street: Street) -> None:
    chen = client_of(street, "chen")
    fields = {
        "step": "need",
        "caller_name": "王伯",
        "door": "3 单元",
        "words": "灯坏了",
        "service": "repair",
        "wanted_from": "不是时间",
        "key": str(uuid4()),
    }
    shown = chen.post("/desk/caller/", fields)
    assert shown.status_code == 422
    assert all(word in shown.content.decode() for word in ("王伯", "3 单元", "灯坏了", "不是时间"))


# Duplicates ---------------------------------------------------------------------------------------------------------------


def test_duplicates_stand_side_by_side_and_one_can_go(street: Street) -> None:
    first, second = asked(street, "repair", words="水管漏水"), asked(street, "repair", words="厨房漏水")
    chen, numbers = client_of(street, "chen"), [needs.need(n, now()).number for n in (first, second)]
    shown = text(pane(chen, second))
    assert "像是同一件" in shown
    assert numbers[0] in shown
    assert "水管漏水" in shown
    assert "厨房漏水" in shown
    assert [c.id for c in whole(second, now()).alike] == [first]
    act(chen, second, "withdraw", reason=f"和 {numbers[0]} 是同一件")
    assert whole(first, now()).alike == ()
    assert "像是同一件" not in text(pane(chen, first))


# Boards ---------------------------------------------------------------------------------------------------------------------


def test_the_city_has_the_index_of_everything_below_it(lived: Lived) -> None:
    take_stock()
    district, city = wellbeing.index(HOME[:6]), wellbeing.index(CITY)
    assert district is not None
    assert city is not None
    assert [(d.code, d.hits, d.n) for d in city.dimensions] == [(d.code, d.hits, d.n) for d in district.dimensions]
    assert city.value_ppm == district.value_ppm
    assert city.day == district.day
    below = wellbeing.below(CITY)
    assert {CITY, HOME[:6], STREET, HOME} <= set(below)
    assert below[HOME] == wellbeing.index(HOME)
    assert wellbeing.below("1101") == {}
    lin = client_of(lived.street, "lin")
    if city.value_ppm is not None:
        assert f"{city.value_ppm / 10_000:.1f}" in text(lin.get("/city/"))


def test_places_without_data_take_one_line(lived: Lived) -> None:
    lin = client_of(lived.street, "lin")
    shown = text(lin.get(f"/street/places/{HOME[:6]}/"))
    assert "洪桥街道" in shown
    assert "北京街道" in shown
    assert "这一级不合算" not in text(lin.get("/city/"))


def test_the_screen_leads_down_and_tells_the_week(lived: Lived) -> None:
    lin = client_of(lived.street, "lin")
    body = lin.get("/city/screen/").content.decode()
    assert f"/city/screen/?place={STREET}" in body
    assert f"/street/communities/{HOME}/" in body
    said = text(lin.get("/city/screen/"))
    assert all(
        word in said for word in ("广州市，此刻", "健康指数", "今天互助", "记录可核对", "预警", "八个维度", "每分钟更新", "演示 · 合成数据")
    )
    assert "三眼井社区" in text(lin.get(f"/city/screen/?place={STREET}"))
    assert lin.get(f"/city/screen/?place={HOME}").status_code == 404
    assert lin.get("/city/screen/?place=1101").status_code == 404
    assert client_of(lived.street, "he").get("/city/screen/").status_code == 404


def test_the_worker_reads_and_prints_the_file_of_their_own_community(lived: Lived) -> None:
    shown = text(client_of(lived.street, "chen").get("/street/community/"))
    assert "三眼井社区" in shown
    assert "怎么算的" in shown
    assert "独居老人" in shown
    assert "近 30 天提的事" in shown
    assert "结案" not in shown  # closing a warning is the level above's
    assert "结案" in text(client_of(lived.street, "he").get(f"/street/communities/{HOME}/")) or lived.warning
    assert client_of(lived.street, "li").get("/street/community/").status_code == 404
    assert client_of(lived.street, "he").get(f"/street/communities/{OTHER}/").status_code == 404


# Reads behind the boards -----------------------------------------------------------------------------------------------------


def test_figures_count_what_happened(lived: Lived) -> None:
    moment = now()
    start = moment - timedelta(days=7)
    hours = figures.hourly(CITY, start, moment + timedelta(seconds=1))
    whole = needs.counts(CITY, start, moment + timedelta(seconds=1))
    assert (sum(h.asked for h in hours), sum(h.answered for h in hours), sum(h.in_time for h in hours)) == (
        whole.opened, whole.answered, whole.answered_in_time,
    )  # fmt: skip
    assert all(h.at.minute == h.at.second == 0 and h.in_time <= h.answered <= h.asked for h in hours)
    rows = figures.by_service(CITY, start, moment + timedelta(seconds=1))
    assert sum(r.counts.opened for r in rows) == whole.opened
    assert [r.counts.opened for r in rows] == sorted((r.counts.opened for r in rows), reverse=True)
    assert sum(r.met for r in rows) == 1
    hand = figures.on_hand(HOME)
    assert hand.live == needs.live_count(HOME)
    assert 0 < hand.unanswered <= hand.live
    given = visits.given_in(HOME, start, moment + timedelta(seconds=1))
    done = visits.visit(lived.done_visit)
    assert (given.visits, given.minutes, given.helpers) == (1, done.minutes_final, 1)
    day = done.starts_at
    waiting = visits.on_hand(HOME, day, day + timedelta(days=30), moment)
    assert (waiting.disputed, waiting.call_back) == (len(visits.disputed_at(HOME)), len(visits.unconfirmed_at(HOME, moment)))
    assert waiting.today == len(visits.at_place(HOME, day, day + timedelta(days=30)))
    assert people_happened.on_register(HOME, moment)[1] == {Group.ALONE: (1, 1)}
    assert figures.hourly("1101", start, moment) == ()
    assert visits.given_in("1101", start, moment) == visits.Given(0, 0, 0)


# The sheet ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_a_sheet_stays_on_its_page_whatever_the_name(language: str) -> None:
    url = "https://linli.example/n/aB3dE5fG7hJ9kL1mN3pQ5r"
    long = "新疆维吾尔自治区巴音郭楞蒙古自治州库尔勒经济技术开发区幸福里小区东区 12 栋 3 单元（原纺织厂宿舍）"
    printed = [PrintSheet(name, url, "A1B2C3") for name in ("3 栋", long, "𠮷祥里 6 栋 · 一户一码")]
    with translation.override(language):
        body = sheets_pdf(printed, community=long[:40], phone="020-8765 4321")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", body)) == len(printed)


# Query counts -----------------------------------------------------------------------------------------------------------------


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200, url
    return len([q for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])


LISTS = (
    ("chen", "/desk/"), ("he", "/street/"), ("lin", "/city/"), ("lin", "/city/screen/"), ("lin", f"/city/screen/?place={STREET}"),
    ("he", f"/street/places/{STREET}/"), ("lin", "/city/cases/"),
)  # fmt: skip


def many(street: Street, number: int) -> None:
    for index in range(number):
        home = places.buildings(HOME)[index % 3].code
        draft = ask.AskDraft(service=("talk", "shopping", "clean")[index % 3], words="找人", place=home, caller_name=f"王{index}")
        ask.ask(street.actor("chen"), draft, street.key())
    due = now() + timedelta(hours=3)
    steps.move_clock(to=due, speed=0)
    escalate.run_due()


@pytest.mark.parametrize(("who", "url"), LISTS, ids=[f"{who}{url}" for who, url in LISTS])
def test_a_list_costs_the_same_for_one_row_and_for_twenty(street: Street, who: str, url: str) -> None:
    many(street, 1)
    take_stock()
    keep_record()
    client = client_of(street, who)
    one = cost(client, url)
    many(street, 20)
    take_stock()
    keep_record()
    assert cost(client, url) == one
    assert one <= 12


def test_accepting_moves_the_row(street: Street) -> None:
    chen, need = client_of(street, "chen"), asked(street)
    answer.answer(street.actor("chen"), need, street.key())
    made = accept.accept(street.actor("wang"), offered(street, need), street.key())["visit"]
    body = text(chen.get("/desk/"))
    assert "已接单" in body
    assert "今天约好上门的" in body
    assert made
