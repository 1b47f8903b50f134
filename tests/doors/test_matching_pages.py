"""The city's page of matching: what was matched in plain words, what more helpers would change, and nobody's name."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.http import HttpResponse
from django.urls import reverse

from linli.doors.city.matching import gap_words
from linli.doors.site.more import more_words
from linli.doors.site.terms import WHY_NOT, WHY_NOT_ONE
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.matching.core.pairs import WhyNot
from linli.help.matching.reads import MoreRow, last_runs
from linli.help.needs import reads as needs
from linli.help.supply.verbs import helpers as supply
from linli.journeys import loops
from linli.journeys.corridor import step
from linli.kernel.actor import Actor
from tests.cast import HOME, Street
from tests.lived import asked
from tests.walk import client_of

URL = "/city/matching/"


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.mark.django_db
def test_the_last_runs_in_plain_words(street: Street) -> None:
    lin = client_of(street, "lin")
    assert "还没有成批找过帮手" in text(lin.get(URL))
    asked(street, "talk")
    loops.sweep()
    (run,) = last_runs(HOME[:4])
    shown = text(lin.get(URL))
    assert "就是最好的" in shown
    assert str(run.id) in shown
    assert "每件事都有人可问" in shown
    with step(Actor.system("matcher"), None, "ground.load", {}) as s:
        for name in ("wu", "wang"):
            supply.set_paused(s, street.people[name], True)
    asked(street, "meal")
    steps.move_clock(by=timedelta(minutes=2))
    loops.sweep()
    shown = text(lin.get(URL))
    assert "再多 1 位" in shown
    assert "就能多帮上 1 件事" in shown
    assert not any(name in shown for name in ("李", "吴", "小王"))
    assert client_of(street, "chen").get(URL).status_code == 404


@pytest.mark.parametrize(
    ("gap", "says"),
    [(0, "就是最好的"), (1, "最多差 0.01%"), (100_000, "最多差 0.01%"), (100_001, "最多差 0.02%"), (12_340_000, "最多差 1.24%")],
)
def test_a_gap_is_rounded_up(gap: int, says: str) -> None:
    assert says in gap_words(gap)


def test_more_helpers_that_change_nothing_are_told_so() -> None:
    assert "也不够" in more_words(MoreRow(HOME, "meal", 2, 0, 3), {})
    assert "什么都行" in more_words(MoreRow(HOME, "", 2, 1, 3), {HOME: "东风社区"})


@pytest.mark.django_db
def test_a_worker_reads_why_one_helper_was_not_asked(street: Street) -> None:
    chen = client_of(street, "chen")
    url = reverse("worker:helper", args=[street.people["wu"]])
    assert "为什么没问这位" not in text(chen.get(url))
    plain = asked(street, "talk")
    assert "可以问；眼下先问了更合适的" in text(chen.get(url))
    loops.sweep()
    assert "已经问过" in text(chen.get(url))
    with step(Actor.system("matcher"), None, "ground.load", {}) as s:
        supply.set_paused(s, street.people["wu"], True)
    shown = text(chen.get(url))
    assert "正在休息" in shown
    assert needs.need(plain, now()).number in shown


def test_each_rule_that_can_bar_one_has_words() -> None:
    assert set(WHY_NOT_ONE) == {"", *WHY_NOT} == {"", *(why.value for why in WhyNot)}
