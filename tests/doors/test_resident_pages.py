"""The resident's pages in every state of a need: what asker, helper and guardian see, what a stranger does not, what a refused form keeps."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from linli.doors.resident.home import ELDER_TILES, TILES
from linli.ground.people import reads as people
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, confirm, sheets, visit
from tests import lived
from tests.cast import Street
from tests.walk import client_of

FIRST_PAINT_BYTES_MAX = 60_000
STATES = ("open", "offered", "matched", "near", "late", "under_way", "finished", "half", "closed", "withdrawn")
# What the asker reads in each state, and the step on which the lamp stands ('' where none is).
SAYS = {
    "open": ("之前一定有人回话", "找人"),
    "offered": ("正在问 1 位邻居", "找人"),
    "matched": ("约好 明天", "接单"),
    "near": ("约好 今天", "在路上"),
    "late": ("还没签到", "在路上"),
    "under_way": ("到的，正在做", "在做"),
    "finished": ("请看看时长对不对", "完成"),
    "half": ("您确认过了，等帮手那边", "完成"),
    "closed": ("办完了", ""),
    "withdrawn": ("这件事撤回了", ""),
}


def page(street: Street, who: str | None, name: str, *args: object, **cookies: str) -> HttpResponse:
    """Open a page as somebody of the cast."""
    return client_of(street, who, **cookies).get(reverse(name, args=args))  # type: ignore[return-value]


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def lamp(html: str) -> str:
    """Return the step on which the lamp stands."""
    _before, found, rest = html.partition('aria-current="step">')
    return rest.partition("<")[0] if found else ""


def booked_for(street: Street, hours: int) -> UUID:
    """李奶奶 asks for a visit in some hours, 小王 takes it."""
    start = now() + timedelta(hours=hours)
    need = lived.asked(street, wanted_from=start, wanted_until=start + timedelta(hours=2), words="要降压片")
    lived.booked(street, need)
    return need


def need_in(street: Street, state: str) -> UUID:
    """Return a need of 李奶奶's in a state, made by the steps that lead there."""
    if state in {"matched", "near", "late"}:
        need = booked_for(street, 26)
        starts = visit_of(need).starts_at
        if state != "matched":
            steps.move_clock(to=starts + timedelta(minutes=5 if state == "late" else -30), speed=0)
        return need
    need = lived.asked(street, words="要降压片")
    if state == "offered":
        lived.offered(street, need)
    elif state == "withdrawn":
        ask_back(street, need)
    elif state == "under_way":
        made = lived.booked(street, need)
        steps.move_clock(to=visits.visit(made).starts_at, speed=0)
        visit.check_in(street.actor("wang"), made, visit.code_shown(street.actor("li"), made, now()).code, street.key())
    elif state != "open":
        made = lived.checked_out(street, need)
        if state == "half":
            confirm.confirm(street.actor("li"), made, 40, street.key())
        elif state == "closed":
            lived.both_say(street, made, 40, 40)
    return need


def ask_back(street: Street, need: UUID) -> None:
    client_of(street, "li").post(reverse("resident:act", args=[need, "withdraw"]), {"key": street.key()})


def visit_of(need: UUID) -> visits.VisitRow:
    row = visits.visit_of_need(need)
    assert row is not None
    return row


@pytest.mark.parametrize("state", STATES)
def test_the_asker_reads_where_it_stands(street: Street, state: str) -> None:
    need = need_in(street, state)
    html = text(page(street, "li", "resident:need", need))
    words, step = SAYS[state]
    assert words in html
    assert lamp(html) == step
    assert "要降压片" in html
    live = state not in {"closed", "withdrawn"}
    home = text(page(street, "li", "resident:home"))
    assert (reverse("resident:need", args=[need]) in home) is live
    assert (reverse("resident:now", args=[need]) in html) is live


@pytest.mark.parametrize("state", STATES)
def test_what_can_be_done_in_each_state(street: Street, state: str) -> None:
    need = need_in(street, state)
    html = text(page(street, "li", "resident:need", need))
    offered = {
        step
        for step in ("withdraw", "cancel", "confirm", "dispute", "rate", "reopen")
        if reverse("resident:act", args=[need, step]) in html
    }
    assert offered == {
        "open": {"withdraw"}, "offered": {"withdraw"}, "matched": {"withdraw", "cancel"}, "near": {"withdraw", "cancel"},
        "late": {"withdraw", "cancel"}, "under_way": {"dispute"}, "finished": {"confirm", "dispute", "rate"}, "half": {"dispute", "rate"},
        "closed": {"rate", "reopen"}, "withdrawn": {"reopen"},
    }[state]  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_a_stranger_sees_nothing(street: Street, state: str) -> None:
    need = need_in(street, state)
    for name in ("resident:need", "resident:now", "resident:code"):
        answer = page(street, "zhou", name, need)
        assert answer.status_code == 404
        assert "李" not in text(answer)
    assert client_of(street, "zhou").post(reverse("resident:act", args=[need, "withdraw"]), {"key": street.key()}).status_code == 404
    row = visits.visit_of_need(need)
    if row is not None:
        assert page(street, "zhou", "resident:visit", row.id).status_code == 404


def test_who_comes_has_a_reason_to_be_there_and_can_be_called(street: Street) -> None:
    need = need_in(street, "near")
    html = text(page(street, "li", "resident:need", need))
    assert "小王" in html
    assert "邻居" in html
    assert "tel:+8610090000003" in html
    code = visit.code_shown(street.actor("li"), visit_of(need).id, now()).code
    assert code in html
    assert code in text(page(street, "li", "resident:home"))


def test_far_ahead_the_number_for_the_door_is_only_on_the_page_of_the_need(street: Street) -> None:
    need = need_in(street, "matched")
    code = visit.code_shown(street.actor("li"), visit_of(need).id, now()).code
    assert code in text(page(street, "li", "resident:need", need))
    assert code not in text(page(street, "li", "resident:home"))


def test_the_guardian_sees_the_ward_and_may_confirm(street: Street) -> None:
    need = need_in(street, "finished")
    html = text(page(street, "daughter", "resident:need", need))
    assert "李奶奶" in html
    assert reverse("resident:act", args=[need, "confirm"]) in html
    assert reverse("resident:act", args=[need, "block"]) not in html
    answer = client_of(street, "daughter").post(reverse("resident:act", args=[need, "confirm"]), {"key": street.key(), "minutes": "40"})
    assert answer.status_code == 302
    assert visit_of(need).resident_minutes == 40
    assert visit_of(need).resident_way == "guardian"


def test_the_helper_sees_the_door_until_it_is_done(street: Street) -> None:
    need = need_in(street, "near")
    row = visit_of(need)
    html = text(page(street, "wang", "resident:visit", row.id))
    for seen in ("李奶奶", "1 单元 301", "tel:+8610090000001", "要降压片", "签到"):
        assert seen in html
    steps.move_clock(to=row.starts_at, speed=0)
    visit.check_in(street.actor("wang"), row.id, visit.code_shown(street.actor("li"), row.id, now()).code, street.key())
    service = needs.service(row.service)
    assert service is not None
    there = text(page(street, "wang", "resident:visit", row.id))
    assert there.count('class="tickrow"') == len(service.checklist)
    assert "disabled" in there
    for item in range(len(service.checklist)):
        visit.tick(street.actor("wang"), row.id, item, True, street.key())
    assert "disabled" not in text(page(street, "wang", "resident:visit", row.id))
    visit.check_out(street.actor("wang"), row.id, street.key())
    lived.both_say(street, row.id, 40, 40)
    done = text(page(street, "wang", "resident:visit", row.id))
    assert "办完了，谢谢您" in done
    for gone in ("李奶奶", "1 单元 301", "tel:+8610090000001"):
        assert gone not in done


REFUSED = (
    ("finished", "confirm", {"minutes": "99999"}, "99999"),
    ("finished", "confirm", {"minutes": "0"}, 'value="0"'),
    ("finished", "dispute", {"reason": ""}, 'id="wrong"'),
    ("matched", "cancel", {"reason": ""}, 'id="wrong"'),
    ("finished", "rate", {"stars": "9"}, 'id="wrong"'),
)


@pytest.mark.parametrize(("state", "step", "sent", "kept"), REFUSED)
def test_a_refused_form_of_the_asker_keeps_what_was_typed(street: Street, state: str, step: str, sent: dict[str, str], kept: str) -> None:
    need = need_in(street, state)
    url = reverse("resident:act", args=[need, step])
    answer = client_of(street, "li").post(url, {"key": street.key(), **sent})
    html = text(answer)
    assert answer.status_code == 422
    assert kept in html
    assert html.count('id="wrong"') == 1
    assert needs.need(need, now()).state.value == state
    back = client_of(street, "li").get(url)
    assert (back.status_code, back["Location"]) == (302, reverse("resident:need", args=[need]))


def test_a_wrong_number_at_the_door_stays_to_be_looked_at(street: Street) -> None:
    row = visit_of(need_in(street, "near"))
    right = visit.code_shown(street.actor("li"), row.id, now()).code
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    url = reverse("resident:visit-act", args=[row.id, "check-in"])
    answer = client_of(street, "wang").post(url, {"key": street.key(), "code": wrong})
    assert answer.status_code == 422
    assert f'value="{wrong}"' in text(answer)
    assert 'id="wrong"' in text(answer)
    assert client_of(street, "wang").get(url).status_code == 302


def test_a_refused_request_keeps_words_and_choices(street: Street) -> None:
    sent = {"key": street.key(), "words": "轻一点敲门", "when": "pick", "wanted_from": "2001-01-01T09:00", "same_sex": "1"}
    answer = client_of(street, "li").post(reverse("resident:send", args=["repair"]), sent)
    html = text(answer)
    assert answer.status_code == 422
    assert "轻一点敲门" in html
    assert 'value="2001-01-01T09:00" aria-invalid="true"' in html
    assert f'name="key" value="{sent["key"]}"' in html


def test_a_double_tap_asks_once(street: Street) -> None:
    client, sent = client_of(street, "li"), {"key": street.key(), "words": "买菜"}
    first, second = (client.post(reverse("resident:send", args=["shopping"]), sent) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]


def test_a_page_left_open_writes_no_looks_and_changes_only_when_something_did(street: Street) -> None:
    need = need_in(street, "near")
    client = client_of(street, "li")
    html = text(client.get(reverse("resident:need", args=[need])))  # type: ignore[arg-type]
    seen = html.partition("seen=")[2].partition('"')[0]
    url, wang = reverse("resident:now", args=[need]), street.people["wang"]
    looked = len(people.looks_at(wang, limit=200))
    same = client.get(url, {"at": "need", "from": "matched", "seen": seen})
    assert "还有 30 分到" in same.content.decode()
    assert same["HX-Retarget"] == f"#pill-{need}"
    assert "小王" not in same.content.decode()
    still = client_of(street, "li", linli_elder="1").get(url, {"at": "need", "from": "matched", "seen": seen})
    assert (still.status_code, still.content) == (204, b"")
    assert len(people.looks_at(wang, limit=200)) == looked
    row = visit_of(need)
    steps.move_clock(to=row.starts_at, speed=0)
    visit.check_in(street.actor("wang"), row.id, visit.code_shown(street.actor("li"), row.id, now()).code, street.key())
    changed = client.get(url, {"at": "need", "from": "matched", "seen": seen}).content.decode()
    assert "正在做" in changed
    assert "有新进展" in changed
    assert client.get(reverse("resident:code", args=[need])).content == b""


def test_the_first_page_and_all_it_loads_are_light(street: Street) -> None:
    html = page(street, "li", "resident:home").content
    files = [Path(str(finders.find(name))).read_bytes() for name in re.findall(r'"/static/([^"]+)"', html.decode())]
    assert len(files) >= 3
    assert sum(len(gzip.compress(part)) for part in (html, *files)) < FIRST_PAINT_BYTES_MAX
    packed = client_of(street, "li").get(reverse("resident:home"), headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"


def test_a_piece_of_a_page_never_holds_the_page_to_sign_in(street: Street) -> None:
    url = reverse("resident:now", args=[need_in(street, "open")])
    assert Client().get(url, headers={"HX-Request": "true"}).status_code == 401
    assert Client().get(url).status_code == 302


def test_elder_view_is_bigger_and_fewer(street: Street) -> None:
    plain, elder = (text(page(street, "li", "resident:home", linli_elder=on)) for on in ("0", "1"))
    services = '<a href="/home/ask/'
    assert plain.count(services) == TILES + 1
    assert elder.count(services) == ELDER_TILES + 1
    assert "别的事" in elder


def test_what_one_uses_most_stays_within_the_fewer_tiles(street: Street) -> None:
    lived.asked(street, "talk")
    assert reverse("resident:send", args=["talk"]) in text(page(street, "li", "resident:home", linli_elder="1"))


def test_without_hours_the_first_step_is_said(street: Street) -> None:
    home = text(page(street, "zhou", "resident:home"))
    assert "还是空的" in home
    assert 'class="figure"' not in home.partition('id="book"')[2].partition("</section>")[0]
    assert "10" in text(page(street, "li", "resident:home")).partition('id="book"')[2].partition("</section>")[0]


def test_a_helper_without_offers_sees_what_is_registered(street: Street) -> None:
    html = text(page(street, "wang", "resident:help"))
    for seen in ("我登记的", "送餐", "能走多远", "什么时候都行", "近 30 天", "怎样会问到您", "护理证"):
        assert seen in html
    beginner = text(page(street, "zhou", "resident:help"))
    assert "我来报个名" in beginner
    assert "我登记的" not in beginner


def test_an_offer_says_why_and_names_nobody(street: Street) -> None:
    need = lived.asked(street)
    lived.offered(street, need)
    html = text(page(street, "wang", "resident:help"))
    assert "为什么问您" in html
    assert "没有回音" in html
    assert "李奶奶" not in html
    assert "单元 301" not in html


def test_an_offer_that_is_gone_is_said_kindly(street: Street) -> None:
    need = lived.asked(street)
    offer = lived.offered(street, need)
    ask_back(street, need)
    answer = client_of(street, "wang").post(reverse("resident:accept", args=[offer]), {"key": street.key()})
    assert answer.status_code == 422
    assert "这件事已经往前走了，这一步现在做不了。" in answer.content.decode()


def test_ones_own_number_is_written_as_people_do_and_half_hidden(street: Street) -> None:
    html = text(page(street, "li", "resident:me"))
    assert "100 •••• 0001" in html
    assert "100 9000 0001" in html
    assert "+8610090000001" not in html


def test_looks_alike_on_one_day_stand_in_one_line(street: Street) -> None:
    need = need_in(street, "near")
    for _ in range(3):
        page(street, "wang", "resident:visit", visit_of(need).id)
    html = text(page(street, "li", "resident:looks"))
    assert html.count("看了姓名、电话、门牌") + html.count("看了门牌、姓名、电话") == 1
    assert "次，这是最后一次" in html


@pytest.mark.parametrize("name", ["resident:home", "resident:help", "resident:book", "resident:community", "resident:me", "resident:ask"])
def test_whom_to_call_and_the_mark_stand_once_on_every_page(street: Street, name: str) -> None:
    html = text(page(street, "li", name))
    assert html.count('href="tel:12345"') == 1
    assert html.count('href="tel:120"') == 1
    assert html.count("演示，人物为虚构") - html.count('onlyprint">') * (name == "resident:book") == 1


def test_a_sheet_form_that_is_refused_keeps_everything(street: Street) -> None:
    issued = sheets.issue(street.actor("chen"), street.homes["li"], "1 栋", street.key())
    url = reverse("public:sheet", args=[issued["token"]])
    sent = {"key": street.key(), "service": "meal", "words": "少盐" * 1001, "name": "王伯", "phone": "38120000"}
    answer = Client().post(url, sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-describedby="wrong">少盐' in html
    for kept in ("王伯", 'value="38120000"', sent["key"]):
        assert kept in html


def test_a_sheet_shows_fewer_in_elder_view_and_all_when_asked(street: Street) -> None:
    url = reverse("public:sheet", args=[sheets.issue(street.actor("chen"), street.homes["li"], "1 栋", street.key())["token"]])
    elder, plain = Client(), Client().get(url).content.decode()
    elder.cookies.load({"linli_elder": "1"})
    fewer, every = (elder.get(url, more).content.decode() for more in ({}, {"all": "1"}))
    assert fewer.count("?service=") == ELDER_TILES + 1
    assert every.count("?service=") == plain.count("?service=") > ELDER_TILES + 1


def test_who_follows_a_link_sees_where_it_stands_and_nobodys_name(street: Street) -> None:
    issued = sheets.issue(street.actor("chen"), street.homes["li"], "1 栋", street.key())
    sent = {"key": street.key(), "service": "meal", "words": "少盐"}
    followed = Client().post(reverse("public:sheet", args=[issued["token"]]), sent, follow=True)
    html = followed.content.decode()
    assert "之前一定有人回话" in html
    assert "看看有没有新消息" in html
    token = followed.redirect_chain[-1][0].rstrip("/").rpartition("/")[2]
    refused = Client().post(reverse("public:follow-confirm", args=[token]), {"key": street.key(), "minutes": "0"})
    assert refused.status_code == 422
    assert Client().get(reverse("public:follow-confirm", args=[token])).status_code == 302
    need = needs.by_follow(token, now())
    assert need is not None
    accept.accept(street.actor("wang"), lived.offered(street, need.id), street.key())
    known = Client().get(reverse("public:follow", args=[token])).content.decode()
    assert "小王" not in known
    assert "接单" in known


def test_an_unfinished_phone_number_stays_where_it_was_typed(street: Street) -> None:
    sent = {"for": "register", "place": "440104001001", "name": "赵姐", "door": "2 单元", "birth_year": "1970", "phone": "12"}
    answer = Client().post(reverse("public:send-code"), sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "第二步" in html
    for kept in ("赵姐", "2 单元", "1970", 'value="12"'):
        assert kept in html
