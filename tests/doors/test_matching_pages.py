"""The city's page of matching: what was matched in plain words, what more helpers would change, and nobody's name."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.http import HttpResponse

from linli.doors.city.matching import gap_words, more_words
from linli.help.matching.reads import MoreRow, last_runs
from linli.help.supply import verbs as supply
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
