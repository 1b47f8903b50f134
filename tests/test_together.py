"""Two adults really go: seats, waits, the door, the minutes of both, and every way in which one of them does not come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from linli.ground.people import reads as people
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, confirm, escalate, helping, propose, rate, together, tokens, visit
from linli.journeys.keep_record import keep_record
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import Refusal, Refused
from linli.stage import life
from linli.trust.evidence import reads as evidence
from linli.value.ledger import reads as ledger
from linli.value.timebank import reads as timebank
from tests.cast import Street
from tests.walk import client_of

CHILDCARE = ("childcare", "meal")
MINUTES = 120


def refused(code: Refusal) -> Any:
    return pytest.raises(Refused, match=f"^{code.value}$")


@pytest.fixture
def street(street: Street) -> Street:
    """Let three people of the street mind children."""
    for name in ("wang", "wu"):
        helping.change(street.actor(name), helping.HelperForm(CHILDCARE, 5000), street.key())
    helping.join(street.actor("he"), helping.HelperForm(CHILDCARE, 5000), street.key())
    return street


def asked(street: Street, **more: Any) -> UUID:
    return UUID(ask.ask(street.actor("li"), ask.AskDraft(service="childcare", **more), street.key())["need"])


def offers(need: UUID) -> dict[UUID, UUID]:
    return {row.helper: row.id for row in visits.offers_of_need(need)}


def yes(street: Street, need: UUID, name: str) -> dict[str, Any]:
    return accept.accept(street.actor(name), offers(need)[street.people[name]], street.key())


def paired(street: Street, need: UUID, *names: str) -> list[UUID]:
    propose.propose_now(need)
    return [UUID(yes(street, need, name)["visit"]) for name in names or ("wang", "wu")]


def at_the_door(street: Street, name: str, made: UUID) -> None:
    steps.move_clock(to=max(now(), visits.visit(made).starts_at), speed=0)
    visit.check_in(street.actor(name), made, visit.code_shown(street.actor("li"), made, now()).code, street.key())


def finished(street: Street, need: UUID) -> list[UUID]:
    both = paired(street, need)
    for name, made in zip(("wang", "wu"), both, strict=True):
        at_the_door(street, name, made)
    steps.move_clock(by=timedelta(minutes=MINUTES))
    for item, name in enumerate(("wang", "wu")):  # each ticks one line of the one list
        visit.tick(street.actor(name), both[item], item, True, street.key())
    visit.check_out(street.actor("wu"), both[1], street.key())
    return both


def state(need: UUID) -> str:
    return needs.need(need, now()).state.value


def read(street: Street, who: str, name: str, *args: object) -> str:
    """Open a page as somebody of the cast."""
    answer = client_of(street, who).get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def states(*made: UUID) -> list[str]:
    return [visits.visit(one).state.value for one in made]


def told(street: Street, name: str) -> list[str]:
    return [row.kind for row in people.notices(street.actor(name))]


def test_two_go_and_both_are_credited(street: Street) -> None:
    seeded = timebank.book(street.people["li"], now()).available_minutes
    need = asked(street)
    assert propose.propose_now(need) == 3
    first = yes(street, need, "wang")
    # One alone is no visit: the need still looks, nothing is opened or held, and nobody counts it as answered.
    assert (state(need), needs.need(need, now()).answered_at) == ("offered", None)
    assert first["waits_until"] == (now() + timedelta(hours=2)).isoformat()
    assert timebank.holds_of(UUID(first["visit"])) == ()
    closed = people.disclose(
        street.actor("wang"), [street.people["li"]], wanted=frozenset({DataClass.DOOR}), purpose=Purpose.VISIT, now=now()
    )
    assert closed[street.people["li"]].door is None
    assert "need.one_of_two" in told(street, "li")
    second = yes(street, need, "wu")
    both = [UUID(first["visit"]), UUID(second["visit"])]
    assert (state(need), states(*both), offers(need)) == ("matched", ["booked", "booked"], {})
    assert "visit.both" in told(street, "wang")
    assert "visit.both" in told(street, "wu")
    seen = people.disclose(
        street.actor("wang"), [street.people["wu"]], wanted=frozenset({DataClass.NAME}), purpose=Purpose.VISIT, now=now()
    )
    assert seen[street.people["wu"]].name == "吴姐"
    at_the_door(street, "wang", both[0])
    assert (state(need), states(*both)) == ("matched", ["checked_in", "booked"])
    with refused(Refusal.OTHER_NOT_HERE):
        visit.tick(street.actor("wang"), both[0], 0, True, street.key())
    with refused(Refusal.OTHER_NOT_HERE):
        visit.check_out(street.actor("wang"), both[0], street.key())
    assert visit.code_shown(street.actor("li"), both[0], now()) == visit.code_shown(street.actor("li"), both[1], now())  # one number
    at_the_door(street, "wu", both[1])
    assert state(need) == "under_way"
    steps.move_clock(by=timedelta(minutes=MINUTES))
    visit.tick(street.actor("wang"), both[0], 0, True, street.key())
    visit.tick(street.actor("wu"), both[1], 1, True, street.key())
    visit.check_out(street.actor("wang"), both[0], street.key())
    assert (state(need), states(*both)) == ("finished", ["checked_out", "checked_out"])  # neither stays alone
    assert confirm.confirm(street.actor("wang"), both[0], 120, street.key())["state"] == "waiting"
    assert confirm.confirm(street.actor("li"), both[0], 120, street.key())["credited"] == 120
    assert (state(need), states(*both)) == ("finished", ["confirmed", "checked_out"])
    with refused(Refusal.ALREADY_CONFIRMED):
        confirm.confirm(street.actor("li"), both[1], 120, street.key())  # the resident's word was about both
    assert confirm.confirm(street.actor("wu"), both[1], 110, street.key())["credited"] == 115
    assert state(need) == "closed"
    assert [timebank.book(street.people[name], now()).available_minutes for name in ("wang", "wu")] == [120, 115]
    assert timebank.book(street.people["li"], now()).available_minutes == seeded - 235
    assert ledger.verify() == []
    rate.rate(street.actor("li"), both[0], 5, [], street.key())
    keep_record()
    for made in both:
        kinds = [entry.kind for entry in evidence.receipt(f"visit:{made}", now=now()).entries]
        assert {"visit:booked", "visit:checked_in", "visit:checked_out", "visit:confirmed"} <= set(kinds)
    assert evidence.verify() == []


def test_pages_and_programs_show_both(street: Street) -> None:
    need = asked(street)
    propose.propose_now(need)
    assert "这件事两位一起去" in read(street, "wang", "resident:help")
    one = UUID(yes(street, need, "wang")["visit"])
    assert "还差一位，正在问；到 今天 11:00 还没有，会告诉您" in read(street, "li", "resident:need", need)
    assert "还差一位" in read(street, "wang", "resident:visit", one)
    desk = read(street, "chen", "worker:need", need)
    assert "一位已答应，还差一位" in desk
    assert "等回音" in desk
    assert "去派另一位" in read(street, "chen", "worker:visit", one)
    other = UUID(yes(street, need, "wu")["visit"])
    own = read(street, "li", "resident:need", need)
    assert ("小王" in own, "吴姐" in own, "两位一起上门" in own) == (True, True, True)
    assert own.count("开门前") == 1  # one number for both
    assert "吴姐" in read(street, "wang", "resident:visit", one)
    assert "吴姐" in read(street, "chen", "worker:visit", one)
    at_the_door(street, "wang", one)
    assert "等另一位也对过数字" in read(street, "li", "resident:need", need)
    assert "才一起进门" in read(street, "wang", "resident:visit", one)
    assert "签退" not in read(street, "wang", "resident:visit", one)
    token = tokens.issue(street.actor("wang"), street.people["wang"], "账本", street.key())["token"]
    told_ = Client().get(f"/api/v1/visits/{one}", headers={"Authorization": f"Bearer {token}"}).json()
    assert [person["name"] for person in told_["helpers"]] == ["小王", "吴姐"]
    assert told_["together"] == str(visits.visit(other).together)


def test_the_third_of_three_comes_too_late(street: Street) -> None:
    need = asked(street)
    propose.propose_now(need)
    third = offers(need)[street.people["he"]]
    yes(street, need, "wang"), yes(street, need, "wu")
    with refused(Refusal.OFFER_GONE):
        accept.accept(street.actor("he"), third, street.key())


def test_nobody_is_asked_to_wait_for_a_second_who_is_not_there(street: Street) -> None:
    for name in ("wu", "he"):
        helping.pause(street.actor(name), True, street.key())
    need = asked(street)
    assert propose.propose_now(need) == 0
    assert together.plan_together([need]).planned == ()
    helping.pause(street.actor("wu"), False, street.key())
    (planned,) = together.plan_together([need]).planned
    assert {p.helper for p in planned.proposals} == {street.people["wang"], street.people["wu"]}
    assert propose.send(planned) == 2


def test_one_declines_after_the_other_said_yes(street: Street) -> None:
    need = asked(street)
    propose.propose_now(need)
    made = UUID(yes(street, need, "wang")["visit"])
    for name in ("wu", "he"):
        accept.decline(street.actor(name), offers(need)[street.people[name]], "不方便", street.key())
    assert (state(need), states(made)) == ("open", ["waiting"])
    steps.move_clock(by=timedelta(minutes=119))
    assert escalate.release_waits(9) == 0
    steps.move_clock(by=timedelta(minutes=1))
    assert escalate.release_waits(9) == 1
    assert (state(need), states(made)) == ("open", ["cancelled"])
    assert (told(street, "wang")[0], told(street, "li")[0]) == ("visit.released", "need.not_two")
    assert propose.propose_now(need) == 0
    steps.move_clock(by=timedelta(minutes=120))  # he said yes once: as long as he waited he is left in peace, then he may be asked again
    assert street.people["wang"] not in visits.asked_for(need, now())


def test_who_was_let_go_is_asked_again_once_it_is_reopened(street: Street) -> None:
    need = asked(street)
    propose.propose_now(need)
    accept.decline(street.actor("wu"), offers(need)[street.people["wu"]], "不方便", street.key())
    assert street.people["wu"] in visits.asked_for(need, now())
    ask.withdraw(street.actor("li"), need, "", street.key())
    confirm.reopen(street.actor("li"), need, "还是要", street.key())
    steps.move_clock(by=timedelta(seconds=1))
    assert visits.asked_for(need, now()) == frozenset()


def test_one_can_not_come_and_the_other_waits_for_a_third(street: Street) -> None:
    need = asked(street)
    wang, wu = paired(street, need)
    visit.cancel(street.actor("wang"), wang, "孩子病了", street.key())
    assert (state(need), states(wang, wu)) == ("open", ["cancelled", "waiting"])
    assert {hold.state.value for made in (wang, wu) for hold in timebank.holds_of(made)} == {"voided"}
    assert "visit.waits_again" in told(street, "wu")
    assert "visit.one_went" in told(street, "li")
    propose.propose_now(need)
    he = UUID(yes(street, need, "he")["visit"])
    assert (state(need), states(he, wu)) == ("matched", ["booked", "booked"])
    assert visits.visit(he).seat == 1
    visit.cancel(street.actor("li"), wu, "改天吧", street.key())  # the resident's word is about both
    assert (state(need), states(he, wu)) == ("open", ["cancelled", "cancelled"])


def test_the_one_who_waits_may_leave(street: Street) -> None:
    need = asked(street)
    propose.propose_now(need)
    made = UUID(yes(street, need, "wang")["visit"])
    visit.cancel(street.actor("wang"), made, "想起来有事", street.key())
    assert (state(need), states(made)) == ("offered", ["cancelled"])
    both = [UUID(yes(street, need, name)["visit"]) for name in ("wu", "he")]
    assert states(*both) == ["booked", "booked"]


def test_only_one_checks_in(street: Street) -> None:
    need = asked(street)
    wang, wu = paired(street, need)
    at_the_door(street, "wang", wang)
    steps.move_clock(by=timedelta(minutes=15))
    assert escalate.find_no_shows(9) == 1
    assert (state(need), states(wang, wu)) == ("open", ["cancelled", "no_show"])
    assert "visit.alone" in told(street, "wang")
    assert ledger.verify() == []


def test_neither_comes(street: Street) -> None:
    need = asked(street)
    both = paired(street, need)
    steps.move_clock(to=visits.visit(both[0]).starts_at + timedelta(minutes=20))
    escalate.find_no_shows(9)
    assert (state(need), states(*both)) == ("open", ["no_show", "no_show"])


def test_it_ends_for_both_when_the_need_is_taken_back(street: Street) -> None:
    need = asked(street)
    wang, wu = paired(street, need)
    at_the_door(street, "wang", wang)
    ask.withdraw(street.actor("li"), need, "", street.key())
    assert (state(need), states(wang, wu)) == ("withdrawn", ["cancelled", "cancelled"])


def test_the_claims_of_one_differ(street: Street) -> None:
    need = asked(street)
    wang, wu = finished(street, need)
    confirm.confirm(street.actor("wang"), wang, 120, street.key())
    confirm.confirm(street.actor("wu"), wu, 400, street.key())
    assert confirm.confirm(street.actor("li"), wu, 120, street.key())["state"] == "disputed"
    assert (state(need), states(wang, wu)) == ("disputed", ["confirmed", "disputed"])
    confirm.settle(street.actor("chen"), wu, 120, "问过了", street.key())
    assert (state(need), states(wang, wu)) == ("closed", ["confirmed", "settled"])
    assert [timebank.credited(made) for made in (wang, wu)] == [120, 120]
    assert ledger.verify() == []


def test_a_dispute_is_about_both(street: Street) -> None:
    need = asked(street)
    wang, wu = finished(street, need)
    confirm.dispute(street.actor("li"), wang, "没做完就走了", street.key())
    assert (state(need), states(wang, wu)) == ("disputed", ["disputed", "disputed"])
    confirm.settle(street.actor("chen"), wang, 60, "问过了", street.key())
    assert state(need) == "disputed"
    confirm.settle(street.actor("chen"), wu, 0, "问过了", street.key())
    assert state(need) == "closed"
    assert [timebank.credited(wang), timebank.credited(wu)] == [60, None]


def test_a_worker_books_both_in_on_paper_and_asks_once(street: Street) -> None:
    need = asked(street)
    wang, wu = paired(street, need)
    steps.move_clock(to=visits.visit(wang).starts_at)
    for made in (wang, wu):
        visit.check_in_paper(street.actor("chen"), made, now(), now(), street.key())
    assert state(need) == "under_way"
    visit.tick(street.actor("wang"), wang, 0, True, street.key())
    visit.tick(street.actor("wang"), wang, 1, True, street.key())
    steps.move_clock(by=timedelta(minutes=MINUTES))
    visit.check_out(street.actor("wang"), wang, street.key())
    confirm.confirm(street.actor("chen"), wu, 120, street.key(), by="call_back")
    assert [visits.visit(made).resident_minutes for made in (wang, wu)] == [120, 120]


def test_two_who_do_not_want_to_meet_do_not_go_together(street: Street) -> None:
    need = asked(street)
    propose.propose_now(need)
    held = offers(need)[street.people["wu"]]
    helping.block(street.actor("wu"), street.people["wang"], street.key())
    yes(street, need, "wang")
    with refused(Refusal.OFFER_GONE):  # taken back as soon as it could only be refused
        accept.accept(street.actor("wu"), held, street.key())
    with refused(Refusal.BLOCKED_PAIR):
        propose.offer_to(street.actor("chen"), need, street.people["wu"], street.key())
    yes(street, need, "he")
    assert state(need) == "matched"


def test_the_worker_offers_the_second_seat(street: Street) -> None:
    for name in ("wu", "he"):
        helping.pause(street.actor(name), True, street.key())
    need = asked(street)
    first = propose.offer_to(street.actor("chen"), need, street.people["wang"], street.key())
    accept.accept(street.actor("wang"), UUID(first["offer"]), street.key())
    helping.pause(street.actor("he"), False, street.key())
    assert [c.helper for c in propose.who_could_help(street.actor("chen"), need, now()).choices] == [street.people["he"]]
    second = propose.offer_to(street.actor("chen"), need, street.people["he"], street.key())
    accept.accept(street.actor("he"), UUID(second["offer"]), street.key())
    assert state(need) == "matched"


def test_the_first_is_let_go_where_the_later_time_does_not_suit(street: Street) -> None:
    need = asked(street)
    propose.propose_now(need)
    made = UUID(yes(street, need, "wang")["visit"])
    ends = visits.visit(made).ends_at
    meal = UUID(ask.ask(street.actor("li"), ask.AskDraft(service="meal", wanted_from=ends), street.key())["need"])
    answer.answer(street.actor("chen"), meal, street.key())
    offer = propose.offer_to(street.actor("chen"), meal, street.people["wang"], street.key())
    accept.accept(street.actor("wang"), UUID(offer["offer"]), street.key())
    steps.move_clock(by=timedelta(minutes=20))  # as soon as both can is twenty minutes later now, and then 小王 brings a meal
    second = yes(street, need, "wu")
    assert (state(need), states(made, UUID(second["visit"]))) == ("offered", ["cancelled", "waiting"])
    assert "visit.released" in told(street, "wang")


def test_a_child_and_somebody_alone_in_care_are_not_left_with_one(street: Street) -> None:
    care = UUID(ask.ask(street.actor("li"), ask.AskDraft(service="care"), street.key())["need"])
    meal = UUID(ask.ask(street.actor("li"), ask.AskDraft(service="meal"), street.key())["need"])
    assert (needs.need(care, now()).adults, needs.need(meal, now()).adults) == (2, 1)  # she lives alone


def test_the_stage_lives_with_two(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "SERVICES", (("childcare", 1),))
    homes, begin = street.homes, now()
    cast = life.Cast((street.people["li"],), (homes["li"],), (1,), {homes["li"][:12]: street.people["chen"]})
    manners = life.Manners(helper_declines=0.1, no_show=0.2, differing_claims=0.2)
    town = life.Town(cast, seed=7, manners=manners)
    told_ = life.live_past(town, begin, begin + timedelta(days=2), a_day=3, tick=escalate.run_due)
    assert told_.met > 1
    assert set(told_.refused) <= {"slot_taken", "too_many_open"}  # three helpers, and one who asks
    steps.move_clock(to=begin + timedelta(days=2), speed=0)
    rows = visits.of_people([street.people[name] for name in ("wang", "wu", "he")], limit=200)
    assert {row.together is not None for row in rows} == {True}
    assert "confirmed" in {row.state.value for row in rows}
    assert ledger.verify() == []


def _alone(words: str, made: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words)
        cursor.execute("UPDATE visits_visit SET state = 'checked_in', checked_in_at = now(), check_in_way = 'code' WHERE id = %s", [made])
        cursor.execute("SET CONSTRAINTS visits_two_go IMMEDIATE")


def test_the_database_lets_no_one_of_two_go_alone(street: Street) -> None:
    need = asked(street)
    wang, wu = paired(street, need)
    for words in (
        f"UPDATE visits_visit SET state = 'cancelled' WHERE id = '{wu}'",
        f"UPDATE visits_visit SET helper = resident WHERE id = '{wu}'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            _alone(words, wang)
