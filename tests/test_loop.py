"""The main loop through the journeys: asked, offered, accepted, checked in and out, confirmed by both, credited, evidenced, rated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from linli.ground.people import reads as people
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, confirm, escalate, propose, rate, visit
from linli.journeys.keep_record import keep_record
from linli.kernel.actor import Actor, Channel
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import Conflict, NotAllowed, NotFound, Refusal, Refused
from linli.trust.evidence import reads as evidence
from linli.value.ledger import reads as ledger
from linli.value.timebank import reads as timebank
from tests.cast import HOME, OTHER, Street


def asked(street: Street, service: str = "medicine", **more: object) -> UUID:
    return UUID(ask.ask(street.actor("li"), ask.AskDraft(service=service, **more), street.key())["need"])  # type: ignore[arg-type]


def booked(street: Street, need: UUID, helper: str = "wang") -> UUID:
    answer.answer(street.actor("chen"), need, street.key())
    offer = UUID(propose.offer_to(street.actor("chen"), need, street.people[helper], street.key())["offer"])
    return UUID(accept.accept(street.actor(helper), offer, street.key())["visit"])


def done(street: Street, need: UUID, helper: str = "wang") -> UUID:
    """Take a need as far as both could confirm."""
    made = booked(street, need, helper)
    row = visits.visit(made)
    steps.move_clock(to=row.starts_at, speed=0)
    code = visit.code_shown(street.actor("li"), made, now())
    visit.check_in(street.actor(helper), made, code.code, street.key())
    steps.move_clock(by=timedelta(minutes=row.minutes_estimated))
    service = needs.service(row.service)
    assert service is not None
    for item in range(len(service.checklist)):
        visit.tick(street.actor(helper), made, item, True, street.key())
    visit.check_out(street.actor(helper), made, street.key())
    return made


def refused(code: Refusal) -> Any:
    return pytest.raises(Refused, match=f"^{code.value}$")


def test_a_need_is_met_and_everything_adds_up(street: Street) -> None:
    seeded = timebank.book(street.people["li"], now()).available_minutes
    need = asked(street)
    made = done(street, need)
    assert confirm.confirm(street.actor("wang"), made, 40, street.key())["state"] == "waiting"
    assert needs.need(need, now()).state == "finished"
    answer_ = confirm.confirm(street.actor("li"), made, 44, street.key())
    assert (answer_["state"], answer_["minutes"], answer_["credited"]) == ("confirmed", 42, 42)
    assert needs.need(need, now()).state == "closed"
    assert timebank.book(street.people["wang"], now()).available_minutes == 42
    li = timebank.book(street.people["li"], now())
    assert (li.available_minutes, li.held_minutes) == (seeded - 42, 0)
    assert ledger.verify() == []
    rate.rate(street.actor("li"), made, 5, ["on_time"], street.key())
    keep_record()
    receipt = evidence.receipt(f"visit:{made}", now=now())
    assert receipt is not None
    assert evidence.verify() == []


def test_asking_twice_with_one_key_is_one_need(street: Street) -> None:
    key = street.key()
    first = ask.ask(street.actor("li"), ask.AskDraft(service="meal"), key)
    assert ask.ask(street.actor("li"), ask.AskDraft(service="meal"), key) == first
    with pytest.raises(Conflict):
        ask.ask(street.actor("li"), ask.AskDraft(service="repair"), key)
    assert len(needs.of_person(street.people["li"], now())) == 1


def test_an_onlooker_sees_and_does_nothing(street: Street) -> None:
    need = asked(street)
    zhou = street.actor("zhou")
    for act in (
        lambda: ask.need_for(zhou, need),
        lambda: ask.withdraw(zhou, need, "", street.key()),
        lambda: answer.answer(zhou, need, street.key()),
        lambda: propose.who_could_help(zhou, need, now()),
        lambda: confirm.reopen(zhou, need, "x", street.key()),
    ):
        with pytest.raises(NotFound):
            act()
    made = booked(street, need)
    for act in (
        lambda: visit.visit_for(zhou, made),
        lambda: visit.code_shown(zhou, made, now()),
        lambda: visit.check_in(zhou, made, "0000", street.key()),
        lambda: visit.cancel(zhou, made, "x", street.key()),
        lambda: confirm.confirm(zhou, made, 40, street.key()),
        lambda: rate.rate(zhou, made, 1, [], street.key()),
    ):
        with pytest.raises(NotFound):
            act()
    shown = people.disclose(zhou, [street.people["li"]], wanted=frozenset(DataClass), purpose=Purpose.QUEUE, now=now())
    assert shown[street.people["li"]].classes == frozenset()


def test_another_communitys_worker_sees_nothing(street: Street) -> None:
    need = asked(street)
    with pytest.raises(NotFound):
        answer.answer(street.actor("zheng"), need, street.key())
    with pytest.raises(NotAllowed):
        answer.declare_service(street.actor("zheng"), "after_school", HOME, street.key())


def test_a_helper_sees_the_door_only_for_the_visit(street: Street) -> None:
    need = asked(street, words="降压片一盒")
    li = street.people["li"]

    def door() -> str | None:
        wanted = frozenset({DataClass.DOOR, DataClass.NAME})
        return people.disclose(street.actor("wang"), [li], wanted=wanted, purpose=Purpose.VISIT, now=now())[li].door

    assert door() is None
    made = done(street, need)
    assert door() == "1 单元 301"
    confirm.confirm(street.actor("wang"), made, 40, street.key())
    confirm.confirm(street.actor("li"), made, 40, street.key())
    steps.move_clock(by=timedelta(minutes=1))
    assert door() is None
    assert any(look.viewer_ref == f"person:{street.people['wang']}" for look in people.looks_at(li))


def test_a_wrong_code_is_refused_and_six_lead_to_paper(street: Street) -> None:
    made = booked(street, asked(street))
    row = visits.visit(made)
    with refused(Refusal.CHECK_IN_TOO_EARLY):
        steps.move_clock(to=row.starts_at - timedelta(hours=2), speed=0)
        visit.check_in(street.actor("wang"), made, "0000", street.key())
    steps.move_clock(to=row.starts_at, speed=0)
    right = visit.code_shown(street.actor("li"), made, now()).code
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    for _ in range(6):
        with refused(Refusal.CHECK_IN_CODE_WRONG):
            visit.check_in(street.actor("wang"), made, wrong, street.key())
    with refused(Refusal.TOO_MANY_TRIES):
        visit.check_in(street.actor("wang"), made, right, street.key())
    with refused(Refusal.INPUT_INVALID):
        visit.check_in_paper(street.actor("chen"), made, now(), now() - timedelta(minutes=5), street.key())
    visit.check_in_paper(street.actor("chen"), made, now() - timedelta(minutes=3), now(), street.key())
    assert visits.visit(made).check_in_way == "paper"


def test_an_expired_code_is_refused(street: Street) -> None:
    made = booked(street, asked(street))
    steps.move_clock(to=visits.visit(made).starts_at, speed=0)
    old = visit.code_shown(street.actor("li"), made, now() - timedelta(minutes=40)).code
    if old != visit.code_shown(street.actor("li"), made, now()).code:
        with refused(Refusal.CHECK_IN_CODE_WRONG):
            visit.check_in(street.actor("wang"), made, old, street.key())


def test_a_helper_never_confirms_alone(street: Street) -> None:
    made = done(street, asked(street))
    confirm.confirm(street.actor("wang"), made, 40, street.key())
    with refused(Refusal.ALREADY_CONFIRMED):
        confirm.confirm(street.actor("wang"), made, 40, street.key())
    with pytest.raises(NotFound):
        confirm.confirm(street.actor("wang"), made, 40, street.key(), by="call_back")
    with refused(Refusal.NOT_YOUR_RATING):
        rate.rate(street.actor("wang"), made, 5, [], street.key())
    assert timebank.book(street.people["wang"], now()).available_minutes == 0


def test_a_guardian_and_a_call_back_can_speak_for_her(street: Street) -> None:
    made = done(street, asked(street))
    confirm.confirm(street.actor("wang"), made, 40, street.key())
    assert confirm.confirm(street.actor("daughter"), made, 40, street.key())["state"] == "confirmed"
    assert visits.visit(made).resident_way == "guardian"
    other = done(street, asked(street, "meal"))
    confirm.confirm(street.actor("wang"), other, 30, street.key())
    assert confirm.confirm(street.actor("chen"), other, 30, street.key(), by="call_back")["state"] == "confirmed"


def test_far_claims_are_disputed_settled_and_corrected(street: Street) -> None:
    need = asked(street)
    made = done(street, need)
    confirm.confirm(street.actor("wang"), made, 40, street.key())
    assert confirm.confirm(street.actor("li"), made, 120, street.key())["state"] == "disputed"
    assert needs.need(need, now()).state == "disputed"
    confirm.settle(street.actor("chen"), made, 35, "打电话核对过", street.key())
    assert timebank.book(street.people["wang"], now()).available_minutes == 35
    confirm.correct(street.actor("chen"), made, 20, "路上的时间多算了", street.key())
    assert timebank.book(street.people["wang"], now()).available_minutes == 20
    confirm.reopen(street.actor("li"), need, "药买错了", street.key())
    assert needs.need(need, now()).state == "open"
    assert ledger.verify() == []


def test_an_unanswered_need_climbs_three_levels_on_time(street: Street) -> None:
    need = asked(street)
    levels = []
    for _ in range(4):
        levels.append(str(needs.need(need, now()).level))
        assert escalate.run_due() == 0
        due = needs.need(need, now()).due_at
        assert due is not None
        steps.move_clock(to=due, speed=0)
        assert escalate.run_due() == 1
    assert levels == ["community", "street", "city", "city"]
    kinds = {notice.kind for notice in people.notices(street.actor("he"))}
    assert "need.escalated" in kinds
    assert needs.need(need, now()).first_receiver == HOME


def test_a_dispatch_can_be_objected_to(street: Street) -> None:
    need = asked(street)
    steps.move_clock(by=timedelta(hours=1))
    escalate.run_due()
    with refused(Refusal.PLACE_OUT_OF_SCOPE):
        answer.dispatch(street.actor("he"), need, OTHER, "那边有人", street.key())
    steps.move_clock(by=timedelta(hours=2))
    escalate.run_due()
    answer.dispatch(street.actor("lin"), need, OTHER, "那边有人", street.key())
    answer.object_to(street.actor("zheng"), need, "不在我们这里", street.key())
    with refused(Refusal.OBJECTION_OPEN):
        answer.object_to(street.actor("zheng"), need, "再说一次", street.key())
    answer.settle_objection(street.actor("lin"), need, True, "确实不归他们", street.key())
    assert needs.need(need, now()).dispatched_to == ""


def test_a_no_show_is_replaced(street: Street) -> None:
    need = asked(street)
    made = booked(street, need)
    steps.move_clock(to=visits.visit(made).starts_at + timedelta(minutes=14), speed=0)
    escalate.find_no_shows(10)
    assert visits.visit(made).state == "booked"
    steps.move_clock(by=timedelta(minutes=1))
    assert escalate.find_no_shows(10) == 1
    assert visits.visit(made).state == "no_show"
    assert needs.need(need, now()).state == "open"
    assert timebank.book(street.people["wang"], now()).coming_minutes == 0
    assert propose.propose_now(need) >= 1


def test_a_withdrawn_need_frees_everybody(street: Street) -> None:
    need = asked(street)
    made = booked(street, need)
    ask.withdraw(street.actor("daughter"), need, "", street.key())
    assert visits.visit(made).state == "cancelled"
    assert timebank.book(street.people["li"], now()).held_minutes == 0
    with refused(Refusal.STATE_FORBIDS):
        ask.withdraw(street.actor("li"), need, "", street.key())


def test_an_emergency_is_told_at_once(street: Street) -> None:
    told = ask.ask(street.actor("li"), ask.AskDraft(service="other", words="家里着火了"), street.key())
    assert told["emergency"] == "119"


def test_places_out_of_scope_and_unknown_services_are_refused(street: Street) -> None:
    with refused(Refusal.SERVICE_UNKNOWN):
        asked(street, "cash")
    with refused(Refusal.SERVICE_NOT_HERE):
        asked(street, "after_school")
    with refused(Refusal.PLACE_UNKNOWN):
        ask.ask(street.actor("chen"), ask.AskDraft(service="meal", place="999999999999", caller_name="老人"), street.key())
    with pytest.raises(NotAllowed):
        ask.ask(street.actor("chen"), ask.AskDraft(service="meal", place=OTHER, caller_name="老人"), street.key())
    with refused(Refusal.SHEET_UNKNOWN):
        ask.ask(Actor("anonymous", None, Channel.CODE), ask.AskDraft(service="meal", sheet_token="forged"), street.key())
