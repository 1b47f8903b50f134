"""A small district is made, lived and set: the same code as the demo's, on a street of two communities."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linli.ground.people import reads as people
from linli.ground.places.models import Place
from linli.ground.steps.reads import held_at, now
from linli.ground.steps.verbs import move_clock
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import ground, populate, take_stock
from linli.journeys.escalate import run_due
from linli.kernel.actor import Channel
from linli.sight.facts import reads as facts
from linli.sight.warnings import reads as warnings
from linli.sight.wellbeing import reads as wellbeing
from linli.stage import district
from linli.stage.life import Told, Town
from linli.trust.evidence import reads as evidence
from linli.value.ledger import reads as ledger
from linli.value.timebank import reads as timebank

SMALL = district.Scale(residents=300, helpers=120, days=5, needs_a_day=5, processes=1)
PLACES = {
    "": "中国", "44": "广东省", "4401": "广州市", "440104": "越秀区", "440104010": "建设街道", "440104010001": "六马路社区",
    "440104010002": "二马路社区", "440104001": "洪桥街道", "440104001001": "三眼井社区",
}  # fmt: skip


@pytest.fixture
def told(db: None) -> Told:
    for code, name in PLACES.items():
        Place.objects.get_or_create(code=code, defaults={"name": name, "pinyin": code, "initials": code})
    ground.import_policy()
    return district.build(lambda *_: None, SMALL)


def test_the_district_has_a_past_and_the_desk_has_work(told: Told) -> None:
    assert told.begun > 10
    assert told.met > told.begun // 2
    # What is refused on the way is what really happens in a district: somebody else was quicker, or the hour had gone.
    assert sum(told.refused.values()) < told.begun // 4, told.refused
    assert district.is_built()
    assert district.build(lambda *_: None, SMALL) == Told()

    home, moment = district.home_community(), now()
    personas = people.personas()
    chen = people.actor_of(personas["chen"], moment, channel=Channel.WEB)
    rows = needs.work_list(home, moment)
    assert {row.state for row in rows} >= {"open", "offered", "matched"}
    assert {row.level for row in rows} >= {"community", "street"}
    assert visits.disputed_at(home)
    assert needs.open_objections(home[:9])
    assert needs.specials_below(home[:9])

    coming = [row for row in visits.of_resident(personas["li"]) if row.state == "booked"]
    assert [row.helper for row in coming] == [personas["wang"]]
    assert visits.tracks([personas["wang"]], personas["li"], moment, moment, moment)[personas["wang"]].times == 1
    assert timebank.book(personas["wang"], moment).available_minutes > 0
    assert visits.offers_for(personas["wang"], moment)
    assert chen.posts

    assert len({row.day for row in wellbeing.history("440104")}) > 1  # the index has a past
    assert facts.aside("440104") == ()  # nothing that was made contradicts itself
    assert not ledger.verify()
    assert not evidence.verify()


def test_life_goes_on_after_a_restart_and_leaves_the_visitors_part(told: Told) -> None:
    personas = people.personas()
    left = frozenset(personas.values())
    town = Town(district._cast(district.communities(), left=left), seed=5)
    begun = town.take_over()
    assert begun > 3
    assert town.take_over() == 0  # each is looked after once
    moment, end = now(), now() + timedelta(hours=6)
    while moment < end:
        moment += timedelta(minutes=10)
        with held_at(moment):
            run_due()
        while (due := town.next_at()) is not None and due <= moment:
            town.take_one(hold=True)
    own = [row for row in visits.of_helper(personas["wang"]) if row.checked_in_at and row.checked_in_at > now()]
    assert not own  # 小王's part is the visitor's


def test_a_demo_that_slept_goes_on_where_it_stood(told: Told) -> None:
    stood = now()
    move_clock(by=timedelta(days=9))
    district.wake()
    assert abs(now() - stood) < timedelta(minutes=5)  # the last scene is a few minutes old


def test_real_time_is_never_hastened_or_held(db: None, settings: pytest.FixtureRequest) -> None:
    settings.LINLI_CLOCK_FILE = None  # type: ignore[attr-defined]
    with pytest.raises(Exception, match="LINLI_CLOCK=test"):
        populate.hasten()
    with pytest.raises(Exception, match="LINLI_CLOCK=test"), held_at(now()):
        take_stock.take_stock()


def test_quarters_are_brought_along_and_warnings_stand_at_every_turn(db: None) -> None:
    for code, name in {**PLACES, "440104010003": "三马路社区", "440104010004": "四马路社区"}.items():
        Place.objects.get_or_create(code=code, defaults={"name": name, "pinyin": code, "initials": code})
    ground.import_policy()
    district.build(lambda *_: None, district.Scale(residents=300, helpers=120, days=20, needs_a_day=4, processes=1))
    home, moment = district.home_community(), now()
    cards = warnings.open_in(home[:9], moment)
    assert {(card.level.value, card.state.value) for card in cards} >= {("blue", "open"), ("yellow", "planned"), ("blue", "calling")}
    assert [card.state for card in cards if card.place == home] == ["open"]
    calling = next(card for card in cards if card.state == "calling")
    assert warnings.calls(calling.id)
    run = wellbeing.runs("440104")[0]
    assert run.final_at is None
    graded = wellbeing.stars_of(run.id)
    assert all(row.n > 0 for row in graded)
    assert [row for row in graded if row.appeal is not None]
