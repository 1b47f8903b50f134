"""Hours given to family and to the pool: what is there and not promised, to those who are proven kin, once."""

from __future__ import annotations

import pytest

from linli.ground.policy import verbs as policy
from linli.ground.policy.core import Value
from linli.ground.steps.reads import now
from linli.journeys import give
from linli.kernel.actor import Actor
from linli.kernel.errors import Refusal, Refused
from linli.kernel.tests.fakes import FakeStep
from linli.value.ledger import reads as ledger
from linli.value.timebank import reads as timebank
from linli.value.timebank.core import LineKind
from tests.cast import HOME, Street
from tests.lived import Lived
from tests.walk import client_of


def available(street: Street, name: str) -> int:
    return timebank.book(street.people[name], now()).available_minutes


def refused(code: Refusal, street: Street, who: str, to: str, minutes: int) -> Refused:
    stood = {name: available(street, name) for name in ("li", "daughter", "wang")}
    with pytest.raises(Refused) as told:
        give.give(street.actor(who), street.people[to], minutes, street.key())
    assert told.value.code is code
    assert {name: available(street, name) for name in stood} == stood
    return told.value


def test_hours_go_to_proven_family_both_ways_and_to_nobody_else(street: Street) -> None:
    seeded = available(street, "li")
    assert seeded > 100
    give.give(street.actor("li"), street.people["daughter"], 90, street.key())
    give.give(street.actor("daughter"), street.people["li"], 30, street.key())
    assert (available(street, "li"), available(street, "daughter")) == (seeded - 60, 60)
    assert [line.kind for line in timebank.lines(street.people["daughter"])] == [LineKind.GIFT_OUT, LineKind.GIFT_IN]
    refused(Refusal.NOT_KIN, street, "li", "wang", 10)
    refused(Refusal.NOT_KIN, street, "li", "li", 10)
    refused(Refusal.NOT_POSITIVE, street, "li", "daughter", 0)
    assert refused(Refusal.OVER_LIMIT, street, "daughter", "li", 61).facts["minutes"] == 60
    assert not ledger.verify()


def test_what_is_promised_to_a_visit_cannot_be_given(lived: Lived) -> None:
    street = lived.street
    held = timebank.book(street.people["li"], now()).held_minutes
    assert held > 0
    own = available(street, "li")
    refused(Refusal.OVER_LIMIT, street, "li", "daughter", own + 1)
    give.give(street.actor("li"), street.people["daughter"], own, street.key())
    assert timebank.book(street.people["li"], now()).held_minutes == held


def test_a_key_gives_once_and_policy_may_close_it(street: Street) -> None:
    key = street.key()
    first = give.donate(street.actor("li"), 45, key)
    pooled = timebank.pool(HOME).returned_minutes
    assert give.donate(street.actor("li"), 45, key) == first
    assert timebank.pool(HOME).returned_minutes == pooled >= 45
    assert timebank.lines(street.people["li"])[0].kind is LineKind.DONATED
    policy.set_values(FakeStep(Actor.system("operator"), now()), [Value("kin_redeem_allowed", HOME[:4], now().date(), 0, "a test")])
    refused(Refusal.GIFT_NOT_HERE, street, "li", "daughter", 10)


def test_the_page_asks_once_more_and_then_it_is_done(street: Street) -> None:
    li = client_of(street, "li")
    page = li.get("/home/book/give/").content.decode()
    assert "替您办事的家人" in page
    assert "三眼井社区的时间池" in page
    sure = li.get("/home/book/give/", {"to": "pool", "minutes": "60"}).content.decode()
    assert "拿不回来" in sure
    assert "1 小时" in sure
    assert "送给谁" in li.get("/home/book/give/", {"to": "pool", "minutes": "99999"}).content.decode()  # more than there is: asked again
    done = li.post("/home/book/give/send/", {"to": "pool", "minutes": "60", "key": street.key()}, follow=True).content.decode()
    assert "捐出去了" in done
    assert "捐给社区时间池" in done
    short = li.post("/home/book/give/send/", {"to": "pool", "minutes": "99999", "key": street.key()})
    assert short.status_code == 422
    assert "最多还能用" in short.content.decode()
    assert "现在没有能送的时间" in client_of(street, "zhou").get("/home/book/give/").content.decode()
    assert street.people["daughter"].hex not in client_of(street, "zhou").get("/home/book/give/").content.decode()
    assert (
        "李奶奶" in client_of(street, "daughter").get("/home/book/give/", follow=True).content.decode()
        or available(street, "daughter") == 0
    )
