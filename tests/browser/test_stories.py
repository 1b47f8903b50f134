"""The whole loop by hand: everybody at their own screen, from two taps to a receipt that anybody can check."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from playwright.sync_api import expect

from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import escalate, judge, sheets, warn
from linli.journeys.keep_record import keep_record
from linli.journeys.take_stock import take_stock
from linli.kernel.quarter import Quarter
from linli.sight.warnings.verbs import Carried
from tests.browser.conftest import DESKTOP, Browse, Site, session_of
from tests.browser.people import Guest
from tests.cast import HOME, OTHER, Street
from tests.lived import asked, booked, both_say, checked_out
from tests.test_receipt_walk import exported, visited
from tests.walk import client_of

pytestmark = pytest.mark.browser
PASSWORD = "桂花树下 1947"
PHONES = {"li": "+8610090000001", "wang": "+8610090000003"}
NEW_PHONE = "+8610090000077"
LOOK = Path(__file__).with_name("look.js")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def need_of(street: Street, person: str = "li") -> needs.NeedCard:
    return needs.of_person(street.people[person], now())[0]


def visit_of(street: Street) -> UUID:
    row = visits.visit_of_need(need_of(street).id)
    assert row is not None
    return row.id


def signed_in_by_password(street: Street, guest: Guest, name: str) -> None:
    get_user_model()._default_manager.filter(pk=street.people[name]).update(password=make_password(PASSWORD))
    guest.goto("/sign-in/")
    guest.type("手机号", PHONES[name])
    guest.type("密码", PASSWORD)
    guest.tap("登录")
    guest.see("需要帮忙吗？")


def signed_in_by_code(site: Site, guest: Guest, name: str) -> None:
    guest.goto("/sign-in/")
    guest.type("手机号", PHONES[name])
    guest.tap("没有密码？发验证码给我")
    guest.see("验证码发出去了")
    guest.type("验证码", site.code_for(PHONES[name]))
    guest.tap("登录")
    guest.see("需要帮忙吗？")


def helped_at_the_door(made: UUID, li: Guest, wang: Guest, code_page: str) -> None:
    """小王 says a wrong number, then the right one; does what is on the list and leaves."""
    row = visits.visit(made)
    steps.move_clock(to=row.starts_at, speed=0)
    li.goto(code_page)
    code = li.page.locator(".code").inner_text().strip()
    wang.goto(f"/home/visit/{row.id}/")
    wang.page.locator("#code").fill(f"{(int(code) + 1) % 10_000:04d}")
    wang.tap("签到")
    wang.see("数字不对")
    wang.page.locator("#code").fill(code)
    wang.tap("签到")
    wang.see("签到了，谢谢您来。")
    assert wang.page.get_by_role("button", name="做完了，签退").is_disabled()
    while (left := wang.page.locator(".tickrow[aria-pressed=false]")).count():
        left.first.click()
        wang.page.wait_for_load_state()
    steps.move_clock(by=timedelta(minutes=42))
    wang.tap("做完了，签退")
    wang.see("签退了。")


@SCRIPTS
def test_from_two_taps_to_a_receipt_anybody_can_check(living_street: Street, browse: Browse, site: Site, scripts: bool) -> None:
    street = living_street
    li, wang = browse(scripts=scripts), browse(scripts=scripts)
    signed_in_by_password(street, li, "li")
    li.tap("代买药")
    li.tap("发送")
    li.see("之前一定有人回话")

    chen = browse("chen", size=DESKTOP)
    first = chen.page.locator("[data-open]").first
    assert "代买药" in first.inner_text()
    first.click()
    pane = chen.page.locator("#pane")
    expect(pane.get_by_role("heading", level=2, name="代买药")).to_be_visible()
    assert "李奶奶" in pane.inner_text()
    fits = pane.locator(".who-row", has_text="小王")
    assert fits.locator(".why .pill").count() >= 1
    fits.get_by_role("button").click()
    chen.see("已发出邀请")

    signed_in_by_code(site, wang, "wang")
    wang.tap("帮别人")
    assert wang.page.locator(".why .pill").count() >= 1
    assert "李奶奶" not in wang.text
    wang.tap("我去")
    wang.see("1 单元 301")
    here = reverse("resident:need", args=[need_of(street).id])
    helped_at_the_door(visit_of(street), li, wang, here)
    wang.type("分钟", "40")
    wang.tap("报上去")
    wang.see("等对方确认")

    li.goto(here)
    li.type("分钟", "44")
    li.tap("对，就是这样")
    li.page.locator("input[name=stars][value='5']").check()
    li.tap("评好了")
    li.see("您评了 5 星")
    wang.goto("/home/book/")
    wang.see("+42 分")

    keep_record()
    li.goto(here)
    li.page.get_by_role("link", name="这次上门有凭证").click()
    expect(li.page.locator("svg.qr")).to_be_visible()
    text = li.page.locator(".receipttext").text_content() or ""
    stranger = browse(scripts=scripts)
    stranger.goto("/check/")
    stranger.type("把凭证的字贴在这里", text)
    stranger.tap("交给网站核对")
    stranger.see("这张凭证是真的")
    middle = len(text) // 2
    stranger.type("把凭证的字贴在这里", text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :])
    stranger.tap("交给网站核对")
    stranger.see("这张凭证对不上")


def test_a_receipt_is_checked_on_the_visitor_s_own_device(living_street: Street, browse: Browse) -> None:
    """The visitor's own browser tells the receipt from every changed one, and asks the site nothing."""
    made = visited(living_street)
    li, stranger = client_of(living_street, "li"), browse()
    file = exported(li, made).decode()
    found = re.search(r"linli1\.[A-Za-z0-9_-]+", unescape(li.get(f"/home/visit/{made}/receipt/").content.decode()))
    assert found is not None
    code = found[0]
    stranger.goto("/check/")
    sent: list[str] = []
    stranger.page.on("request", lambda request: None if "/static/" in request.url else sent.append(request.url))
    said = stranger.page.locator("#said .verdict")
    rolls = Random(7)
    places = sorted(rolls.sample(range(len(file) - 1), 60))
    changed = [file[:n] + chr(ord(file[n]) ^ 1) + file[n + 1 :] for n in places if ord(file[n]) < 128]
    spaced, cut = file.replace(":", ": ", 1), file[: len(file) // 2]
    whole = json.loads(file)
    kinds = [
        json.dumps({**whole, name: 5}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for name in ("checkpoint", "vkey", "entries", "ref")
    ]
    kinds += ["[" * 20_000, '{"entries":' * 9_000, "linli1.", "linli1.====", "\u202e" + code]
    for text in (
        *changed,
        *kinds,
        spaced,
        cut,
        code[:-3],
        code[:30] + ("A" if code[30] != "A" else "B") + code[31:],
        "{}",
        "[]",
        "null",
        "1e999",
    ):
        stranger.page.evaluate("document.getElementById('said').replaceChildren()")
        stranger.type("把凭证的字贴在这里", text)
        stranger.tap("在这台机器上核对")
        expect(said).to_contain_text("这张凭证对不上")
    for text in (file, code, f"  {code}  "):
        stranger.page.evaluate("document.getElementById('said').replaceChildren()")
        stranger.type("把凭证的字贴在这里", text)
        stranger.tap("在这台机器上核对")
        expect(said).to_contain_text("这张凭证是真的")
    assert sent == []
    stranger.page.goto("about:blank")
    stranger.goto(f"/check/#{code}")  # as a phone's camera opens it
    expect(said).to_contain_text("这张凭证是真的")
    assert not any(url.endswith("/check/") for url in sent[1:])
    stranger.page.goto("about:blank")
    stranger.goto("/check/#%E0%A4%A")  # no spelling of an address
    expect(said).to_contain_text("这张凭证对不上")


@SCRIPTS
def test_a_sheet_on_the_wall_needs_no_account(living_street: Street, browse: Browse, scripts: bool) -> None:
    street = living_street
    token = sheets.issue(street.actor("chen"), street.homes["li"], "1 栋", street.key())["token"]
    guest = browse(scripts=scripts)
    guest.goto(f"/q/{token}/")
    guest.tap("送餐")
    guest.type("怎么称呼您", "王伯")
    guest.tap("发送")
    guest.see("之前一定有人回话")
    card = needs.by_follow(guest.page.url.rstrip("/").rsplit("/", 1)[1], now())
    assert card is not None
    made = booked(street, card.id)
    steps.move_clock(to=visits.visit(made).starts_at, speed=0)
    guest.page.reload()
    assert len(guest.page.locator(".code").inner_text().strip()) == 4
    guest.tap("不用了，撤回")
    guest.see("撤回了。")


@SCRIPTS
def test_who_asked_by_a_sheet_confirms_without_an_account(living_street: Street, browse: Browse, scripts: bool) -> None:
    street = living_street
    token = sheets.issue(street.actor("chen"), street.homes["li"], "1 栋", street.key())["token"]
    guest, wang = browse(scripts=scripts), browse("wang", session=session_of(street, "wang"), scripts=scripts)
    guest.goto(f"/q/{token}/?service=medicine")
    guest.tap("发送")
    here = guest.page.url
    card = needs.by_follow(here.rstrip("/").rsplit("/", 1)[1], now())
    assert card is not None
    made = booked(street, card.id)
    helped_at_the_door(made, guest, wang, here)
    wang.type("分钟", "40")
    wang.tap("报上去")
    wang.see("等对方确认")
    guest.goto(here)
    guest.type("分钟", "44")
    guest.tap("对，就是这样")
    guest.see("记下了，谢谢您。")
    assert visits.visit(made).minutes_final == 42
    assert guest.page.get_by_role("button", name="对，就是这样").count() == 0


def test_the_desk_by_keyboard_and_a_caller(living_street: Street, browse: Browse) -> None:
    for service in ("medicine", "meal"):
        asked(living_street, service)
    chen = browse("chen", size=DESKTOP)
    keys = chen.page.keyboard
    keys.press("j")
    keys.press("j")
    assert chen.page.locator("[data-row]").nth(1).get_attribute("aria-selected") == "true"
    keys.press("k")
    focused = chen.page.locator("[data-row]").nth(0).locator("[data-open]")
    expect(focused).to_be_focused()
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    keys.press("Enter")
    expect(chen.page.locator("#pane h2.title")).to_be_focused()
    keys.press("n")
    expect(chen.page.get_by_label("打来的是哪个号码")).to_be_focused()
    keys.press("Enter")
    chen.type("怎么称呼", "赵伯")
    chen.page.locator("input[name=service][value=meal]").check()
    chen.type("原话怎么说的", "今天没法做饭")
    chen.page.locator("#words").press("Tab")
    chen.tap("登记")
    chen.see("已登记，单号")
    chen.see("今天没法做饭")


def test_a_dispute_is_settled_at_the_desk(living_street: Street, browse: Browse) -> None:
    made = checked_out(living_street, asked(living_street))
    both_say(living_street, made, 40, 120)
    chen = browse("chen", size=DESKTOP)
    chen.goto("/desk/visits/")
    chen.see("两边说法不一，等您调定")
    chen.page.locator("[data-open]").first.click()
    chen.open("调定时长")
    chen.type("多少分钟", "35")
    chen.type("原因", "两边都打电话问过")
    chen.tap("就这样办")
    chen.see("记下了。")
    assert visits.visit(made).minutes_final == 35


def test_an_unanswered_need_climbs_and_is_sent_on(living_street: Street, browse: Browse) -> None:
    street = living_street
    need = asked(street)
    for who, level, risen in (("he", "升上来的事", "街道"), ("lin", "", "市里")):
        due = needs.need(need, now()).due_at
        assert due is not None
        steps.move_clock(to=due, speed=0)
        assert escalate.run_due() >= 1
        upper = browse(who, size=DESKTOP)
        if level:
            upper.see(level)
            assert upper.page.locator("[data-open]", has_text="代买药").count() == 1
        upper.goto("/desk/notices/")
        told = upper.page.locator("main li", has_text=needs.need(need, now()).number)
        assert risen in told.inner_text()
        told.get_by_role("link").click()
        upper.see("代买药")
        assert upper.page.url.endswith(f"/desk/needs/{need}/")
    upper.open("派给社区")
    to = upper.page.locator("select[name=to_place]")
    to.select_option(OTHER if OTHER in to.inner_html() else HOME)
    upper.page.locator("details.act[open] textarea").fill("那边有人")
    upper.page.locator("details.act[open]").get_by_role("button").click()
    upper.see("已派下去")
    worker = "zheng" if needs.need(need, now()).dispatched_to == OTHER else "chen"
    there = browse(worker, session=session_of(street, worker), size=DESKTOP)
    there.goto(f"/desk/needs/{need}/")
    there.open("提出异议")
    there.page.locator("details.act[open] textarea").fill("不在我们这里")
    there.page.locator("details.act[open]").get_by_role("button").click()
    there.see("异议已提交")
    upper.goto(f"/desk/needs/{need}/")
    upper.open("复核异议")
    upper.page.locator("details.act[open] select").select_option("yes")
    upper.page.locator("details.act[open] textarea").fill("确实不归他们")
    upper.page.locator("details.act[open]").get_by_role("button").click()
    upper.see("异议已有结论")


def test_a_warning_is_planned_shown_called_back_and_closed(living_street: Street, browse: Browse) -> None:
    both_say(living_street, checked_out(living_street, asked(living_street)), 40, 44)
    steps.move_clock(by=timedelta(minutes=1))
    rows = [Carried(HOME, Quarter(2026, 1), 6, 40)]
    judge.carry_in(living_street.actor("lin"), HOME[:4], rows, "季度问卷", living_street.key())
    take_stock()
    chen = browse("chen", size=DESKTOP)
    chen.goto("/desk/cases/")
    chen.page.get_by_role("link", name="满意低于").first.click()
    chen.page.locator("details.act[open], details.act").first.locator("summary").click()
    chen.page.locator("#plan-text").fill("每天回访，月底前改完")
    chen.page.locator("details.act[open] button.main").click()
    chen.see("每天回访，月底前改完")
    chen.page.locator("summary", has_text="交整改凭据").click()
    chen.page.locator("#show-text").fill("换了两位帮手")
    chen.page.locator("details.act[open] button.main").click()
    chen.see("等下一个公开的存证检查点")
    steps.move_clock(by=timedelta(minutes=10))
    keep_record()
    assert warn.run_due() == 1
    he = browse("he", size=DESKTOP)
    he.goto("/street/cases/")
    he.page.get_by_role("link", name="满意低于").first.click()
    he.page.get_by_text("真改了", exact=True).click()
    he.page.get_by_role("button", name="记下", exact=True).click()
    he.see("回访听够了")
    he.page.locator("summary", has_text="结案").click()
    he.page.locator("#close-text").fill("回访记录看过")
    he.page.locator("details.act[open] button.main").click()
    he.see("已结案")


def test_a_bad_rating_is_put_right(living_street: Street, browse: Browse) -> None:
    need = asked(living_street)
    both_say(living_street, checked_out(living_street, need), 40, 40)
    li, chen = browse("li"), browse("chen", size=DESKTOP)
    li.goto(f"/home/need/{need}/")
    li.page.locator("input[name=stars][value='1']").check()
    li.tap("评好了")
    for fold, words, button in (("写整改办法", "换人，先打电话", "记下"), ("改好了，请本人看", "换了吴姐，打过电话", "请本人看")):
        chen.goto("/desk/cases/")
        chen.open(fold)
        chen.page.locator("details.act[open] textarea").fill(words)
        chen.page.locator("details.act[open]").get_by_role("button", name=button).click()
        chen.page.wait_for_load_state()
    li.goto(f"/home/need/{need}/")
    li.tap("真的改了")
    li.see("您说改好了。")


def test_an_onlooker_finds_nothing_of_her(living_street: Street, browse: Browse) -> None:
    need = asked(living_street, words="降压药一盒")
    made = booked(living_street, need)
    zhou = browse("zhou")
    for path in ("/home/", "/home/help/", "/home/book/", "/home/community/", "/home/me/", "/home/notices/"):
        assert zhou.goto(path) == 200
        assert not [word for word in ("李奶奶", "降压药", "1 单元 301", "0090000001") if word in zhou.text]
    person = living_street.people["li"]
    hers = (
        f"/home/need/{need}/", f"/home/need/{need}/code/", f"/home/visit/{made}/", f"/home/visit/{made}/receipt/", "/desk/",
        f"/desk/needs/{need}/", f"/desk/visits/{made}/", f"/desk/people/{person}/", "/street/", "/city/",
    )  # fmt: skip
    assert {path: zhou.goto(path) for path in hers} == dict.fromkeys(hers, 404)
    assert "李奶奶" not in zhou.text


def test_a_newcomer_registers_and_joins_the_helpers_without_scripts(living_street: Street, browse: Browse, site: Site) -> None:
    newcomer = browse(scripts=False)
    newcomer.goto("/register/")
    newcomer.type("社区的名字，拼音也行", "三眼井")
    newcomer.tap("找一找")
    newcomer.page.get_by_role("link", name="三眼井社区").click()
    newcomer.type("姓名", "黄伯")
    newcomer.type("手机号", NEW_PHONE)
    newcomer.type("出生年份（可以先不填）", "1958")
    newcomer.tap("发验证码给我")
    code = site.code_for(NEW_PHONE)
    newcomer.type("验证码", f"{(int(code) + 1) % 1_000_000:06d}")
    newcomer.tap("登记")
    assert newcomer.page.locator("[role=alert]").inner_text()
    assert newcomer.page.locator("#code").get_attribute("aria-invalid") == "true"
    newcomer.type("验证码", code)
    newcomer.tap("登记")
    newcomer.see("登记好了，欢迎。")
    newcomer.see("黄伯，")
    newcomer.tap("帮别人")
    newcomer.tap("我来报个名")
    newcomer.tap("报名")
    assert newcomer.page.locator("[role=alert]").count() == 1
    for skill in ("送餐", "代购"):
        newcomer.page.get_by_label(skill, exact=True).check()
    slots = newcomer.page.locator("input[name=slot]")
    for at in range(1, slots.count()):
        slots.nth(at).uncheck()
    slots.nth(0).check()
    newcomer.tap("报名")
    newcomer.goto("/home/help/")
    newcomer.see("我登记的")
    assert all(skill in newcomer.text for skill in ("送餐", "代购", "周一"))


def test_the_main_pages_in_traditional_characters(living_street: Street, browse: Browse) -> None:
    street = living_street
    need = asked(street)
    made = booked(street, need)
    looked_at = {
        "": {"/": "鄰里", "/help/": "鄰里", "/sign-in/": "登入", "/check/": "憑證"},
        "li": {"/home/": "需要幫忙嗎？", f"/home/need/{need}/": "經過", "/home/book/": "時間本", "/home/community/": "社區", "/home/me/": "繁體中文"},
        "wang": {"/home/help/": "幫別人", f"/home/visit/{made}/": "簽到"},
        "chen": {"/desk/": "要辦的事", f"/desk/needs/{need}/": "是誰", "/desk/cases/": "預警"},
        "he": {"/street/": "街道"},
        "lin": {"/city/": "預警", "/city/screen/": "預警"},
    }  # fmt: skip
    for who, ways in looked_at.items():
        guest = browse(who, session=session_of(street, who) if who else "", language="zh-hant")
        guest.page.context.add_init_script(LOOK.read_text())
        for path, words in ways.items():
            assert guest.goto(path) == 200
            assert guest.page.locator("html").get_attribute("lang") == "zh-hant"
            guest.see(words)
            assert guest.page.evaluate("linliLook.overflow().concat(linliLook.cut())") == []
