"""Pages about fairness: a month with and without the engine, who waits long, what a rule would change, and a helper's own reasons."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.urls import reverse

from linli.doors.city.month_shown import GROUPS, HANDS, small, stands_out
from linli.doors.resident.passed import REASONS
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.matching import reads as matching
from linli.help.matching.core.arrays import BadBatch
from linli.help.matching.core.pairs import WhyNot
from linli.help.matching.core.play import Way
from linli.help.matching.models import MatchMonth
from linli.help.needs import reads as needs
from linli.help.supply import reads as supply
from linli.help.supply.verbs import helpers as supply_verbs
from linli.journeys import accept, effect, fairness, helping, loops, passed
from linli.journeys.corridor import step
from linli.journeys.plans import policy_at
from linli.kernel.actor import Actor
from linli.kernel.errors import Refused
from tests.cast import HOME, Street
from tests.lived import asked, booked, offered
from tests.played import made_up, played
from tests.raw import refused as database_refuses
from tests.walk import client_of

CITY = HOME[:4]
BOARD, FAIRNESS, RULE, WHY = "/city/matching/", "/city/matching/fairness/", "/city/matching/rule/", "/home/help/why/"
NAMES = ("李", "吴", "小王", "陈工")


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.mark.django_db
def test_a_city_without_a_month_is_told_so(street: Street) -> None:
    lin = client_of(street, "lin")
    for url in (BOARD, FAIRNESS, RULE):
        assert "演不出什么" in text(lin.get(url))
    assert client_of(street, "chen").get(FAIRNESS).status_code == 404
    assert client_of(street, "he").get(RULE).status_code == 404
    assert fairness.play_cities(now()) == 0


@pytest.mark.django_db
def test_the_board_shows_the_month_with_and_without_the_engine_and_as_it_was(street: Street) -> None:
    played(slow=3)
    row = matching.last_month(CITY)
    assert row is not None
    shown = text(client_of(street, "lin").get(BOARD))
    for words in (
        "放在一起配",
        "一件件挑（对照）",
        "真实的",
        "95% 区间",
        "人手紧的时候",
        "照那个月真实的回答来抽",
        row.inputs_digest,
    ):
        assert words in shown, words
    assert f"提过的 {row.needs} 件事" in shown
    assert "50.0% 答应，20.0% 谢绝，30.0% 没有回音" in shown
    engine, control = (row.figures[way.value] for way in Way)
    assert engine["all"]["needs"] == control["all"]["needs"] == row.figures["real"]["all"]["needs"] == row.needs
    assert sum(one["needs"] for one in engine["streets"].values()) == row.needs
    assert not any(name in shown for name in NAMES)


@pytest.mark.django_db
def test_a_month_is_kept_once_a_day_and_never_changed(street: Street) -> None:
    rules = policy_at(CITY, now())
    new = fairness.made_of(CITY, made_up(), rules)
    assert fairness.keep(new, rules) is not None
    assert fairness.keep(new, rules) is None
    with database_refuses("never changed"):
        MatchMonth.objects.update(needs=5)
    steps.move_clock(by=timedelta(days=rules.days("match_run_days") + 1))
    later = fairness.keep(new, rules)
    assert later is not None
    assert MatchMonth.objects.count() == 1  # the old one was let go of


@pytest.mark.django_db
def test_rules_of_the_night_and_of_load_are_played_where_policy_has_them(street: Street) -> None:
    rules = policy_at(CITY, now())
    plain = replace(
        rules, values={key: value for key, value in rules.values.items() if key not in {"quiet_hours", "day_opens", "load_days"}}
    )
    terms = fairness.terms_of(plain)
    assert (terms.quiet, terms.opens, terms.load_minutes, terms.load_parts) == (None, 0, 7 * 1440, 1)
    source = rules.values["radius_metres"]
    new = {
        key: replace(source, key=key, value=value)
        for key, value in (("quiet_hours", "22:00-06:30"), ("day_opens", "08:00"), ("load_days", 28))
    }
    terms = fairness.terms_of(replace(plain, values=dict(plain.values) | new))
    assert (terms.quiet, terms.opens, terms.load_minutes, terms.load_parts) == ((1320, 390), 480, 28 * 1440, 4)
    none = new | {"quiet_hours": replace(source, key="quiet_hours", value="-")}
    assert fairness.terms_of(replace(plain, values=dict(plain.values) | none)).quiet is None


@pytest.mark.django_db
def test_a_street_that_waits_far_longer_is_pointed_out_with_its_interval(street: Street) -> None:
    played(needs=160, helpers=60, slow=2)
    row = matching.last_month(CITY)
    assert row is not None
    real = row.figures["real"]
    out = [code for code, found in real["streets"].items() if stands_out(found, real["all"]["middle"])]
    assert out == ["440104002"]
    shown = text(client_of(street, "lin").get(FAIRNESS))
    assert "北京街道 ：" in shown or "北京街道：一半的事等了" in shown
    assert "就算碰巧，也至少是" in shown
    assert shown.count("等得明显长") == 1
    assert not any(name in shown for name in NAMES)


def test_small_parts_are_hidden_and_never_one_alone() -> None:
    assert small({"a": 9, "b": 7, "c": 8}, 5) == frozenset()
    assert small({"a": 9, "b": 2, "c": 8, "d": 0}, 5) == {"b", "c"}
    assert small({"a": 1, "b": 2, "c": 8}, 5) == {"a", "b"}
    assert small({"a": 1}, 5) == {"a"}


@pytest.mark.django_db
def test_a_rule_is_tried_and_nothing_is_switched_on(street: Street) -> None:
    played()
    lin, before = client_of(street, "lin"), policy_at(CITY, now()).values
    listed = lin.get(RULE).content.decode()
    assert listed.count("?key=") == len(effect.TRIED)
    shown = text(lin.get(RULE, {"key": "radius_metres", "value": "200", "month": "strained"}))
    for words in ("1200 米 → 200 米", "等到了人，现在 → 改后", "帮手担得匀不匀", "这里看不出什么", "按定政策的程序"):
        assert words in shown, words
    assert policy_at(CITY, now()).values == before
    for key, value, status in (("radius_metres", "3", 422), ("radius_metres", "x", 422), ("no_such", "3", 200), ("radius_metres", "", 200)):
        answer = lin.get(RULE, {"key": key, "value": value})
        assert answer.status_code == status
        assert "→" not in text(answer)
    assert 'method="post"' not in listed.split("<main", 1)[1].split("</main", 1)[0]


@pytest.mark.django_db
def test_what_is_tried_is_the_same_month_with_one_number_changed(street: Street) -> None:
    played()
    row = matching.last_month(CITY)
    assert row is not None
    same = effect.effect_of(row, "cost_load", row.policy["cost_load"], strained=False)
    assert all(tuple(same.after["all"][name]) == tuple(same.before["all"][name]) for name in ("bins",))
    assert {k: same.after[k] for k in ("asked", "batches")} == {k: same.before[k] for k in ("asked", "batches")}
    near = effect.effect_of(row, "radius_metres", 100, strained=False)
    assert near.after["all"]["met"] < near.before["all"]["met"]
    with pytest.raises(Refused):
        effect.value_of(row, "handle_minutes", "60")


@pytest.mark.django_db
def test_the_month_is_drawn_from_what_the_rooms_recorded(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEEDS_MIN", "ANSWERS_MIN"):
        monkeypatch.setattr(fairness, name, 1)
    first, gone = asked(street, "meal"), asked(street, "talk")
    steps.move_clock(by=timedelta(minutes=17))
    booked(street, first)
    asked_at = needs.need(gone, now()).opened_at
    steps.move_clock(by=timedelta(days=5))
    drawn = fairness.draw(CITY, now())
    assert drawn is not None
    assert (len(drawn.month.came.opened), len(drawn.month.crew.since), drawn.sampled_ppm) == (2, 2, 1_000_000)
    assert sorted(drawn.real.tolist()) == [-1, 17]
    assert drawn.month.answers.yes_ppm == 1_000_000
    assert drawn.month.answers.minutes[0] == drawn.month.answers.minutes[-1] == 0
    assert drawn.month.came.elder.all()
    assert drawn.month.came.group.all()
    assert sum(drawn.hands.tolist()) == 1
    assert asked_at.date() >= drawn.first
    assert fairness.play_city(CITY, now()) is not None
    assert fairness.play_cities(now()) == 0


@pytest.mark.django_db
def test_a_city_that_cannot_be_played_holds_up_nobody(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(city: str, _moment: object) -> UUID | None:
        if city == CITY:
            raise BadBatch("helpers: row 0 has half a point")
        return UUID(int=1)

    monkeypatch.setattr(fairness, "play_city", spoilt)
    monkeypatch.setattr(fairness.facts, "districts", lambda: {f"{CITY}04", "310101", "310104"})
    assert fairness.play_cities(now()) == 1


@pytest.mark.django_db
def test_a_worker_and_a_street_read_what_one_more_would_change_and_print_the_sheet(street: Street) -> None:
    with step(Actor.system("matcher"), None, "ground.load", {}) as s:
        for name in ("wu", "wang"):
            supply_verbs.set_paused(s, street.people[name], True)
    asked(street, "talk")
    loops.sweep()
    chen = client_of(street, "chen")
    shown = text(chen.get("/desk/helpers/"))
    assert "再多 1 位会“聊天”的帮手，就能多帮上 1 件事" in shown
    assert "再多 1 位会“聊天”的帮手" in text(client_of(street, "he").get("/street/"))
    sheet = chen.get("/desk/helpers/invite/", {"skill": "talk"})
    assert "正缺会“聊天”的邻居" in text(sheet)
    assert reverse("resident:join") + "?skill=talk" in sheet.content.decode()
    assert chen.get("/desk/helpers/invite/", {"skill": "<b>"}).status_code == 404
    assert chen.get("/desk/helpers/invite/").status_code == 200
    ticked = client_of(street, "li").get(reverse("resident:join"), {"skill": "talk"}).content.decode()
    assert re.search(r'value="talk" checked', ticked)
    steps.move_clock(by=timedelta(days=2))
    assert "再多 1 位" not in text(chen.get("/desk/helpers/"))  # what a batch said two days ago may no longer hold


def reasons(street: Street, name: str = "wu") -> dict[str, int]:
    row = supply.helper(street.people[name], now())
    found = passed.passed_by(row, {HOME: policy_at(HOME, now())}, now())
    told = {code: sum(counts.values()) for code, counts in found.reasons.items()}
    assert sum(told.values()) == found.within
    return told | {"far+": sum(found.far.values()), "skill+": sum(found.skill.values())}


@pytest.fixture
def sent_to_wang(street: Street) -> UUID:
    """A need that only 小王 was asked for, a minute ago."""
    need = asked(street, "talk")
    offered(street, need)
    steps.move_clock(by=timedelta(minutes=1))
    return need


@pytest.mark.django_db
def test_a_helper_reads_their_own_reasons(street: Street, sent_to_wang: UUID) -> None:
    assert reasons(street, "wang") == {"asked": 1, "far+": 0, "skill+": 0}
    assert sum(reasons(street).values()) == 1
    page = client_of(street, "wu").get(WHY)
    shown = text(page)
    assert "有 1 件" in shown
    assert "还没有问到您" in shown
    assert needs.need(sent_to_wang, now()).number not in shown
    assert not any(name in shown.split("帮别人", 1)[1] for name in ("李奶奶", "小王", "1 栋", "三眼井"))
    assert "问过您 1 件" in text(client_of(street, "wang").get(WHY))
    assert client_of(street, "li").get(WHY).status_code == 404
    assert reverse("resident:why") in client_of(street, "wu").get("/home/help/").content.decode()
    steps.move_clock(by=timedelta(days=8))
    assert sum(reasons(street).values()) == 0


@pytest.mark.django_db
def test_each_rule_is_told_as_what_it_is(street: Street, sent_to_wang: UUID) -> None:
    wu, key = street.actor("wu"), street.key
    night = tuple((day, 0, 60) for day in range(7))
    helping.change(wu, helping.HelperForm(("talk",), 1500, (), night), key())
    assert reasons(street) == {"not_free": 1, "far+": 0, "skill+": 0}
    helping.change(wu, helping.HelperForm(("meal",), 1500), key())
    assert reasons(street) == {"far+": 0, "skill+": 1}
    helping.change(wu, helping.HelperForm(("talk",), 100), key())
    assert reasons(street) == {"far+": 1, "skill+": 0}
    helping.change(wu, helping.HelperForm(("talk", "meal"), 1500), key())
    other = asked(street, "meal")
    steps.move_clock(by=timedelta(minutes=1))
    made = offered(street, other, "wu")
    accept.accept(wu, made, key())
    assert reasons(street) == {"busy": 1, "asked": 1, "far+": 0, "skill+": 0}
    with step(Actor.system("matcher"), None, "ground.load", {}) as s:
        for _ in range(3):
            supply_verbs.remember_refusal(s, street.people["wu"], "talk", "")
    assert reasons(street)["refused"] == 1


@pytest.mark.django_db
def test_nobody_learns_who_blocked_them(street: Street, sent_to_wang: UUID) -> None:
    assert sum(reasons(street).values()) == 1
    helping.block(street.actor("li"), street.people["wu"], street.key())
    assert reasons(street) == {"others": 1, "far+": 0, "skill+": 0}
    assert "blocked" not in REASONS


def test_each_reason_has_words() -> None:
    untold = {WhyNot.SELF, WhyNot.PAUSED, WhyNot.SKILL, WhyNot.FAR, WhyNot.BLOCKED, WhyNot.ASKED}
    soft = {passed.ASKED, passed.NEARER, passed.CARRIED, passed.KNOWN, passed.OTHERS, passed.NOT_ASKED}
    assert set(REASONS) == {why.value for why in WhyNot if why not in untold} | soft
    assert set(GROUPS) == {"group", "elder", "other", "urgent"}
    assert set(HANDS) == {"elder", "other"}
