"""Hours given to family and to the pool: one's own, not promised, no seed hours, to those who are proven kin, once."""

from __future__ import annotations

import pytest

from linli.ground.people import reads as people
from linli.ground.people.family import family_of
from linli.ground.policy import verbs as policy
from linli.ground.policy.core import Value
from linli.ground.steps.reads import now
from linli.journeys import give, ground
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.tests.fakes import FakeStep
from linli.value.ledger import reads as ledger
from linli.value.timebank import reads as timebank
from linli.value.timebank.core import LineKind
from tests.cast import HOME, Street
from tests.lived import Lived
from tests.walk import client_of

WU = "+8610090000004"


def available(street: Street, name: str) -> int:
    return timebank.book(street.people[name], now()).available_minutes


def refused(code: Refusal, street: Street, who: str, to: str, minutes: int) -> Refused:
    stood = {name: available(street, name) for name in ("li", "daughter", "wang", "wu")}
    with pytest.raises(Refused) as told:
        give.give(street.actor(who), street.people[to], minutes, street.key())
    assert told.value.code is code
    assert {name: available(street, name) for name in stood} == stood
    return told.value


def test_hours_go_to_proven_family_both_ways_and_to_nobody_else(lived: Lived) -> None:
    street = lived.street
    earned = available(street, "wang")
    assert earned == 42
    refused(Refusal.NOT_KIN, street, "wang", "wu", 10)
    ground.enter_family(street.actor("chen"), street.people["wang"], WU, "household_book", street.key())
    give.give(street.actor("wang"), street.people["wu"], 30, street.key())
    give.give(street.actor("wu"), street.people["wang"], 10, street.key())
    assert (available(street, "wang"), available(street, "wu")) == (earned - 20, 20)
    assert [line.kind for line in timebank.lines(street.people["wu"])] == [LineKind.GIFT_OUT, LineKind.GIFT_IN]
    refused(Refusal.NOT_KIN, street, "wang", "li", 10)
    refused(Refusal.NOT_KIN, street, "wang", "wang", 10)
    refused(Refusal.NOT_POSITIVE, street, "wang", "wu", 0)
    assert refused(Refusal.OVER_LIMIT, street, "wu", "wang", 21).facts["minutes"] == 20
    assert not ledger.verify()


def test_seed_hours_stay_with_whom_they_were_meant_for(lived: Lived) -> None:
    street = lived.street
    assert available(street, "li") > 0
    assert timebank.book(street.people["li"], now()).givable_minutes == 0
    assert refused(Refusal.OVER_LIMIT, street, "li", "daughter", 1).facts["minutes"] == 0
    with pytest.raises(Refused) as told:
        give.donate(street.actor("li"), 1, street.key())
    assert told.value.code is Refusal.OVER_LIMIT
    assert "种子时间是请人帮忙用的" in client_of(street, "li").get("/home/book/give/").content.decode()


def test_a_key_gives_once_and_policy_may_close_it(lived: Lived) -> None:
    street, key = lived.street, lived.street.key()
    first = give.donate(street.actor("wang"), 12, key)
    pooled = timebank.pool(HOME).returned_minutes
    assert give.donate(street.actor("wang"), 12, key) == first
    assert timebank.pool(HOME).returned_minutes == pooled >= 12
    assert timebank.lines(street.people["wang"])[0].kind is LineKind.DONATED
    policy.set_values(FakeStep(Actor.system("operator"), now()), [Value("kin_redeem_allowed", HOME[:4], now().date(), 0, "a test")])
    refused(Refusal.GIFT_NOT_HERE, street, "li", "daughter", 10)


def test_the_page_asks_once_more_and_then_it_is_done(lived: Lived) -> None:
    street = lived.street
    ground.enter_family(street.actor("chen"), street.people["wang"], WU, "household_book", street.key())
    wang = client_of(street, "wang")
    page = wang.get("/home/book/give/").content.decode()
    assert "替您办事的家人" in page
    assert "三眼井社区的时间池" in page
    assert "小王" in client_of(street, "wu").get("/home/me/").content.decode()  # whom she acts for now
    sure = wang.get("/home/book/give/", {"to": "pool", "minutes": "30"}).content.decode()
    assert "拿不回来" in sure
    assert "30 分" in sure
    assert "送给谁" in wang.get("/home/book/give/", {"to": "pool", "minutes": "99999"}).content.decode()  # more than there is: asked again
    done = wang.post("/home/book/give/send/", {"to": "pool", "minutes": "30", "key": street.key()}, follow=True).content.decode()
    assert "捐出去了" in done
    assert "捐给社区时间池" in done
    for sent in (
        {"to": "pool", "minutes": "99999"},
        {"to": "x", "minutes": "1"},
        {"to": "pool", "minutes": "-5"},
        {"to": "pool", "minutes": "５"},
    ):
        assert wang.post("/home/book/give/send/", {**sent, "key": street.key()}).status_code == 422, sent
    assert available(street, "wang") == 12
    assert "现在没有能送的时间" in client_of(street, "zhou").get("/home/book/give/").content.decode()


def test_family_is_entered_on_grounds_told_and_ended_by_either_side(lived: Lived) -> None:
    street, wang, wu = lived.street, lived.street.people["wang"], lived.street.people["wu"]
    chen = street.actor("chen")
    for phone, grounds, field in (
        (WU, "he said so", "grounds"),
        ("+8610099999999", "court", "phone"),
        ("+8610090000003", "court", "phone"),
    ):
        with pytest.raises(Refused) as told:
            ground.enter_family(chen, wang, phone, grounds, street.key())
        assert told.value.field == field
    with pytest.raises(Refused, match="party_to_it"):
        ground.enter_family(chen, wang, "+8610090000005", "court", street.key())
    for stranger in ("zheng", "li", "he"):
        with pytest.raises(NotFound):
            ground.enter_family(street.actor(stranger), wang, WU, "court", street.key())
    key = street.key()
    first = ground.enter_family(chen, wang, WU, "court", key)
    assert ground.enter_family(chen, wang, WU, "court", key) == first
    assert [(row.guardian, row.grounds) for row in family_of(wang, now())] == [(wu, "court")]
    for who in ("wang", "wu"):
        assert "family.entered" in {row.kind for row in people.notices(street.actor(who))}
    with pytest.raises(NotFound):
        ground.end_family(street.actor("li"), wang, wu, street.key())
    ground.end_family(street.actor("wang"), wang, wu, street.key())
    assert family_of(wang, now()) == ()
    with pytest.raises(NotFound):
        ground.end_family(street.actor("wu"), wang, wu, street.key())
    refused(Refusal.NOT_KIN, street, "wang", "wu", 10)
