"""Nobody is woken for what can wait; what is urgent goes out at any hour, and the asker reads when neighbours are asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.supply import reads as supply
from linli.help.visits import reads as visits
from linli.journeys import accept, ask, helping, loops, propose
from tests.cast import BEGIN, Street
from tests.walk import client_of

NIGHT = BEGIN + timedelta(hours=14)  # eleven in the evening
DAY_OPENS = BEGIN + timedelta(hours=23)  # eight in the morning


@pytest.fixture
def asleep(street: Street) -> Street:
    """Let it be night."""
    steps.move_clock(to=NIGHT, speed=0)
    return street


def asked(street: Street, **more: Any) -> UUID:
    return UUID(ask.ask(street.actor("li"), ask.AskDraft(service="talk", **more), street.key())["need"])


def test_what_can_wait_is_asked_when_the_night_is_over(asleep: Street) -> None:
    need = asked(asleep)
    assert propose.propose_now(need) == 0
    assert loops.sweep() == 0
    page = client_of(asleep, "li").get(reverse("resident:need", args=[need])).content.decode()
    assert "夜里不打扰邻居，明天 06:00 起给您问人" in page
    assert "120" in page
    steps.move_clock(to=BEGIN + timedelta(hours=21), speed=0)  # six in the morning
    assert loops.sweep() > 0
    assert {row.starts_at for row in visits.offers_of_need(need)} == {DAY_OPENS}


def test_whoever_named_the_hour_is_asked_for_the_day(asleep: Street) -> None:
    row = supply.helper(asleep.people["wang"], now())
    form = helping.HelperForm(row.skills, row.radius_metres, (), ((0, 22 * 60, 24 * 60), (1, 7 * 60, 12 * 60)))
    helping.change(asleep.actor("wang"), form, asleep.key())
    need = asked(asleep)
    assert propose.propose_now(need) == 1
    (offer,) = visits.offers_of_need(need)
    assert (offer.helper, offer.starts_at) == (asleep.people["wang"], DAY_OPENS)


def test_who_waits_for_another_waits_over_the_night(street: Street) -> None:
    steps.move_clock(to=NIGHT - timedelta(minutes=70), speed=0)  # ten to ten in the evening
    for name in ("wang", "wu"):
        helping.change(street.actor(name), helping.HelperForm(("childcare",), 5000), street.key())
    need = UUID(ask.ask(street.actor("li"), ask.AskDraft(service="childcare"), street.key())["need"])
    propose.propose_now(need)
    offer = next(row for row in visits.offers_of_need(need) if row.helper == street.people["wang"])
    told = accept.accept(street.actor("wang"), offer.id, street.key())
    assert (told["starts_at"], told["waits_until"]) == (DAY_OPENS.isoformat(), DAY_OPENS.isoformat())


def test_what_is_urgent_or_wished_for_the_night_is_not_put_off(asleep: Street) -> None:
    urgent, wished = asked(asleep, urgent=True), asked(asleep, wanted_from=NIGHT + timedelta(hours=2))
    assert propose.propose_now(urgent) > 0
    assert {row.starts_at < NIGHT + timedelta(hours=1) for row in visits.offers_of_need(urgent)} == {True}
    card = needs.need(wished, now())
    assert propose.propose_now(wished) == 0  # nobody is asked at night, but it stays where it was wished
    from_policy = propose.policy_at(card.community, now())
    assert propose.starts_at(card, from_policy, now()) == NIGHT + timedelta(hours=2)
