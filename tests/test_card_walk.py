"""An accountability card 责任牌 through the doors: from the second bad year to the card, its clock, who sees and closes it, its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from linli.ground.people import reads as people
from linli.ground.people import verbs as people_verbs
from linli.ground.policy import reads as policies
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.journeys import warn
from linli.journeys.corridor import step
from linli.journeys.keep_record import keep_record
from linli.journeys.take_stock import STOCK, take_stock
from linli.kernel.actor import Role
from linli.kernel.quarter import Quarter
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.core import Level, Reason, State
from tests.cast import HOME, Street
from tests.lived import asked, both_say, checked_out
from tests.walk import client_of

PHONE = "90000001"  # the end of 李奶奶's number


def carried_in(lin: Client, street: Street, quarters: list[Quarter]) -> None:
    """Carry in quarters in which 15 of 40 were content, as the city does on its page."""
    rows = "\n".join(f"{HOME},{quarter.code()},15,40" for quarter in quarters)
    form = {"rows": rows, "source": "街道季度问卷", "key": street.key()}
    assert lin.post("/city/quarters/carry/", form).status_code == 302
    take_stock()


def live(level: Level) -> list[warnings.WarningCard]:
    return [card for card in warnings.open_in(HOME, now()) if card.level is level]


def read(client: Client, pk: UUID) -> str:
    answer = client.get(f"/street/cases/{pk}/")
    return str(answer.content.decode()) if answer.status_code == 200 else ""


def send(client: Client, street: Street, pk: UUID, what: str, **fields: str) -> Any:
    return client.post(f"/street/cases/{pk}/{what}/", {**fields, "key": street.key()})


def put_right(street: Street, chen: Client, pk: UUID) -> None:
    """Plan, help somebody, show it, and let the record draw whom to call."""
    assert send(chen, street, pk, "plan", text="换两位帮手，逐户回访").status_code == 302
    both_say(street, checked_out(street, asked(street)), 40, 44)
    steps.move_clock(by=timedelta(minutes=1))
    assert send(chen, street, pk, "show", text="换好了，九户都走过").status_code == 302
    steps.move_clock(by=timedelta(minutes=10))
    keep_record()
    assert warn.run_due() >= 1


def second_bad_year(street: Street, lin: Client) -> warnings.WarningCard:
    """Let two bad years pass, in the second of which the community stands in red; return the card."""
    carried_in(lin, street, [Quarter(2025, n) for n in (1, 2, 3, 4)] + [Quarter(2026, 1)])
    assert live(Level.CARD) == []  # one bad year is no card
    (blue,) = live(Level.BLUE)
    for days in (15, 10):  # nobody answers: blue becomes yellow, yellow red
        steps.move_clock(by=timedelta(days=days, minutes=1))
        assert warn.run_due() == 1
    (red,) = live(Level.RED)
    assert red.reason is Reason.OVERDUE
    assert blue.quarter == red.quarter
    steps.move_clock(to=Quarter(2026, 3).ends() + timedelta(hours=1), speed=0)
    carried_in(lin, street, [Quarter(2026, 2), Quarter(2026, 3)])
    assert live(Level.CARD) == []  # judged when a year has ended, not before
    steps.move_clock(to=Quarter(2026, 4).ends() + timedelta(hours=1), speed=0)
    carried_in(lin, street, [Quarter(2026, 4)])
    (card,) = live(Level.CARD)
    assert (card.reason, card.quarter, card.quarters, card.n, card.brought) == (Reason.YEARS, Quarter(2026, 4), 8, 320, True)
    assert [c.id for c in live(Level.RED)] == [red.id]  # the red case goes on beside it
    return card


def posted(street: Street, name: str, place: str) -> Client:
    """Give somebody of the cast a city post at a place; return their browser."""
    with step(STOCK, None, "post.grant", {}, place=place) as s:
        people_verbs.grant_post(s, street.people[name], Role.CITY, place)
    return client_of(street, name, linli_language="zh-hans")


def test_a_second_bad_year_brings_a_card_that_only_the_province_closes(street: Street) -> None:
    chen, he, lin, zheng, zhou = (client_of(street, name, linli_language="zh-hans") for name in ("chen", "he", "lin", "zheng", "zhou"))
    card = second_bad_year(street, lin)
    province, other = posted(street, "daughter", "44"), posted(street, "wu", "33")

    # Who sees it: the community, its street, its city, its province; nobody else.
    for client in (chen, he, lin, province):
        shown = read(client, card.id)
        assert "责任牌" in shown
        assert "连续两年" in shown
    assert "回访和结案归省里" in read(lin, card.id)
    assert [read(client, card.id) for client in (zheng, zhou, other)] == ["", "", ""]
    for client, url in (
        (province, "/city/cases/?level=card"),
        (lin, "/city/cases/?level=card"),
        (he, "/street/cases/"),
        (chen, "/desk/cases/"),
    ):
        assert f"/street/cases/{card.id}/" in client.get(url).content.decode()

    # Its clock: it runs out unanswered. Above it there is nobody, so it stays, and those concerned are told again.
    assert card.plan_due_at - card.opened_at == timedelta(days=policies.policy(HOME, now().date()).days("plan_card_days"))
    steps.move_clock(to=card.plan_due_at + timedelta(minutes=1), speed=0)
    warn.run_due()
    assert [c.id for c in live(Level.CARD)] == [card.id]
    assert "warning.late" in {n.kind for n in people.notices(street.actor("daughter"))}

    # Planned and shown by the community's worker alone; the first proof is found false, and the card begins anew.
    assert {send(client, street, card.id, "plan", text="替他们写").status_code for client in (he, lin, province)} == {403}
    assert send(zheng, street, card.id, "plan", text="替他们写").status_code == 404
    put_right(street, chen, card.id)
    assert [PHONE in read(client, card.id) for client in (chen, he, lin, province)] == [False, False, False, True]
    for client, status in ((chen, 403), (lin, 422), (he, 422)):
        assert send(client, street, card.id, "call", number="0", heard="fixed").status_code == status
    assert send(province, street, card.id, "call", number="0", heard="not_fixed", note="还是没人来").status_code == 302
    assert warnings.warning(card.id, now()).state is State.RISEN
    (again,) = live(Level.CARD)
    assert (again.reason, again.came_from, again.n) == (Reason.FALSE, card.id, 320)
    assert PHONE not in read(province, card.id)  # what was opened for the call is closed
    ends(street, chen, lin, province, again)


def ends(street: Street, chen: Client, lin: Client, province: Client, card: warnings.WarningCard) -> None:
    """Put right in truth, heard, closed by the province: that is its end, and the whole story stays to be read."""
    put_right(street, chen, card.id)
    assert send(province, street, card.id, "close", text="核过了").status_code == 422  # nobody was called yet
    assert send(province, street, card.id, "call", number="0", heard="fixed", note="准时了").status_code == 302
    assert send(lin, street, card.id, "close", text="市里结").status_code == 422
    assert send(province, street, card.id, "close", text="去看过，确实改了").status_code == 302
    assert live(Level.CARD) == []
    ended = read(chen, card.id)
    for words in ("已经结案", "去看过，确实改了", f"/street/cases/{card.came_from}/"):
        assert words in ended
    assert "warning.closed" in {n.kind for n in people.notices(street.actor("chen"))}
    take_stock()
    assert live(Level.CARD) == []  # the same two years open no second card
