"""A process is killed at each boundary of each step of the loop, and the same key is sent again: one effect, one answer, sound books."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, books, confirm, escalate, helping, loops, propose, rate, visit
from linli.journeys.keep_record import keep_record
from linli.journeys.take_stock import take_stock
from linli.kernel.errors import Conflict, NotFound, Refused
from linli.trust.evidence import reads as evidence
from tests.cast import OTHER, Street
from tests.killing import Boundary, fingerprint, killed

Answer = dict[str, Any]
STEADY: tuple[Boundary, ...] = ("before", "server", "after")


@pytest.fixture(autouse=True)
def _own_log() -> None:
    """Begin with a log that has no key yet: its rows are new too."""
    Path(settings.LINLI_MASTER_KEY_FILE).with_name("evidence").unlink(missing_ok=True)


def sound() -> None:
    assert books.verify() == []
    assert evidence.verify() == []


def once(street: Street, act: Callable[[str], Answer]) -> Answer:
    """Do a step under one key while it is killed before, at and after its commit; return the one answer it has."""
    key = street.key()
    for boundary in ("before", "server"):
        stood = fingerprint()
        assert killed(lambda: act(key), boundary)
        assert fingerprint() == stood
    assert killed(lambda: act(key), "after")
    done = fingerprint()
    assert done != stood
    told = act(key)
    assert act(key) == told
    assert fingerprint() == done
    sound()
    return told


def often(act: Callable[[], object]) -> None:
    """Do work that has no key, killed at each of its commits in turn, until it comes to its end; then once more for nothing."""
    for boundary in STEADY:
        number = 1
        while killed(act, boundary, number):
            number += 1
            assert number < 60
            act() if boundary == "after" else None
    act()
    stood = fingerprint()
    act()
    assert fingerprint() == stood
    sound()


def offer_to(street: Street, need: UUID, helper: str) -> UUID:
    return UUID(once(street, lambda key: propose.offer_to(street.actor("chen"), need, street.people[helper], key))["offer"])


def asked(street: Street, service: str) -> UUID:
    return UUID(once(street, lambda key: ask.ask(street.actor("li"), ask.AskDraft(service=service), key))["need"])


def checked_out(street: Street, need: UUID) -> UUID:
    offer = offer_to(street, need, "wang")
    made = UUID(once(street, lambda key: accept.accept(street.actor("wang"), offer, key))["visit"])
    row = visits.visit(made)
    steps.move_clock(to=row.starts_at, speed=0)
    code = visit.code_shown(street.actor("li"), made, now()).code
    once(street, lambda key: visit.check_in(street.actor("wang"), made, code, key))
    steps.move_clock(by=timedelta(minutes=row.minutes_estimated))
    service = needs.service(row.service)
    assert service is not None
    for item in range(len(service.checklist)):
        once(street, lambda key, item=item: visit.tick(street.actor("wang"), made, item, True, key))  # type: ignore[misc]
    once(street, lambda key: visit.check_out(street.actor("wang"), made, key))
    return made


def test_every_step_of_the_loop_happens_once_whatever_is_killed(living_street: Street) -> None:
    street = living_street
    chen, li, wang = (street.actor(name) for name in ("chen", "li", "wang"))
    need = asked(street, "medicine")
    once(street, lambda key: answer.answer(chen, need, key))
    declined = offer_to(street, need, "wu")
    once(street, lambda key: accept.decline(street.actor("wu"), declined, "", key))
    made = checked_out(street, need)
    once(street, lambda key: confirm.confirm(wang, made, 40, key))
    told = once(street, lambda key: confirm.confirm(li, made, 44, key))
    assert (told["state"], told["credited"]) == ("confirmed", 42)
    once(street, lambda key: rate.rate(li, made, 5, ["on_time"], key))
    once(street, lambda key: confirm.correct(chen, made, 30, "路上的时间多算了", key))
    once(street, lambda key: confirm.reopen(li, need, "药买错了", key))
    once(street, lambda key: ask.withdraw(li, need, "", key))
    often(keep_record)
    often(take_stock)


def test_a_dispute_a_no_show_and_a_climb_happen_once_whatever_is_killed(living_street: Street) -> None:
    street = living_street
    made = checked_out(street, asked(street, "meal"))
    confirm.confirm(street.actor("wang"), made, 40, street.key())
    assert confirm.confirm(street.actor("li"), made, 120, street.key())["state"] == "disputed"
    once(street, lambda key: confirm.settle(street.actor("chen"), made, 35, "打电话核对过", key))
    missed = asked(street, "shopping")
    answer.answer(street.actor("chen"), missed, street.key())
    offer = UUID(propose.offer_to(street.actor("chen"), missed, street.people["wu"], street.key())["offer"])
    late = UUID(accept.accept(street.actor("wu"), offer, street.key())["visit"])
    steps.move_clock(to=visits.visit(late).starts_at + timedelta(minutes=30), speed=0)
    often(escalate.run_due)
    assert visits.visit(late).state == "no_show"
    climbing = asked(street, "talk")
    due = needs.need(climbing, now()).due_at
    assert due is not None
    steps.move_clock(to=due, speed=0)
    often(loops.clock_round)
    assert needs.need(climbing, now()).level == "street"
    often(lambda: steps.take_up(now(), loops.handle, known=frozenset({"match.propose"})))


def test_a_dispatch_an_objection_and_a_paper_check_in_happen_once_whatever_is_killed(living_street: Street) -> None:
    street = living_street
    chen, lin, zheng = (street.actor(name) for name in ("chen", "lin", "zheng"))
    sent = UUID(ask.ask(street.actor("li"), ask.AskDraft(service="talk"), street.key())["need"])
    due = needs.need(sent, now()).due_at
    assert due is not None
    steps.move_clock(to=due, speed=0)
    escalate.run_due()
    once(street, lambda key: answer.dispatch(lin, sent, OTHER, "那边有人", key))
    once(street, lambda key: answer.object_to(zheng, sent, "不在我们这里", key))
    once(street, lambda key: answer.settle_objection(lin, sent, True, "确实不在那边", key))
    assert needs.need(sent, now()).dispatched_to == ""
    need = UUID(ask.ask(street.actor("li"), ask.AskDraft(service="meal"), street.key())["need"])
    offer = UUID(propose.offer_to(chen, need, street.people["wang"], street.key())["offer"])
    made = UUID(accept.accept(street.actor("wang"), offer, street.key())["visit"])
    starts_at = visits.visit(made).starts_at
    steps.move_clock(to=starts_at + timedelta(minutes=20), speed=0)
    called_at = starts_at + timedelta(minutes=10)
    once(street, lambda key: visit.check_in_paper(chen, made, starts_at, called_at, key))
    assert visits.visit(made).state == "checked_in"


def race(count: int, act: Callable[[int], object]) -> list[object]:
    """Do something `count` times at one moment, each with a connection of its own; return answers and errors."""
    gate, told = threading.Barrier(count), [None] * count

    def one(n: int) -> None:
        try:
            gate.wait(30)
            told[n] = act(n)  # type: ignore[call-overload]
        except (Refused, Conflict, NotFound) as error:
            told[n] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return list(told)


def same(answers: list[object]) -> None:
    assert answers
    assert isinstance(answers[0], dict), answers[0]
    assert all(told == answers[0] for told in answers)


def test_fifty_racing_retries_post_once_and_answer_alike(living_street: Street) -> None:
    street, key = living_street, "the-one-key-of-a-form"
    li = street.actor("li")
    told = race(25, lambda _n: [ask.ask(li, ask.AskDraft(service="meal"), key) for _ in range(2)])
    same([one for pair in told for one in pair])  # type: ignore[attr-defined]
    assert len(needs.of_person(street.people["li"], now())) == 1
    changed = race(5, lambda _n: ask.ask(li, ask.AskDraft(service="talk"), key))
    assert all(isinstance(one, Conflict) for one in changed)
    need = UUID(told[0][0]["need"])  # type: ignore[index]
    offers = [UUID(propose.offer_to(street.actor("chen"), need, street.people[helper], street.key())["offer"]) for helper in ("wang", "wu")]
    helpers = [street.actor(name) for name in ("wang", "wu")]
    booked = race(2, lambda n: accept.accept(helpers[n], offers[n], f"accept-of-{n}-racing"))
    assert sum(isinstance(one, dict) for one in booked) == 1
    assert isinstance(race(1, lambda _n: accept.accept(street.actor("wu"), offers[0], "not-my-own-offer"))[0], NotFound)
    sound()


def _minding(street: Street) -> UUID:
    """Let three people mind children, and offer them a need that two adults go to."""
    form = helping.HelperForm(("childcare",), 5000)
    for name in ("wang", "wu"):
        helping.change(street.actor(name), form, street.key())
    helping.join(street.actor("he"), form, street.key())
    need = UUID(ask.ask(street.actor("li"), ask.AskDraft(service="childcare"), street.key())["need"])
    assert propose.propose_now(need) == 3
    return need


def test_of_three_who_race_for_two_seats_two_go(living_street: Street) -> None:
    street = living_street
    need = _minding(street)
    made = {row.helper: row.id for row in visits.offers_of_need(need)}
    helpers = [street.actor(name) for name in ("wang", "wu", "he")]
    told = race(3, lambda n: accept.accept(helpers[n], made[helpers[n].person], f"seat-of-{n}-racing"))  # type: ignore[index]
    assert sorted(one["waits_until"] != "" for one in told if isinstance(one, dict)) == [False, True]
    assert [str(one) for one in told if isinstance(one, Refused)] == ["offer_gone"]
    assert needs.need(need, now()).state == "matched"
    row = visits.visit_of_need(need)
    assert row is not None
    both = visits.outing(row)
    assert [one.state.value for one in both] == ["booked", "booked"]
    steps.move_clock(to=row.starts_at, speed=0)
    code = visit.code_shown(street.actor("li"), row.id, now()).code
    actors = {actor.person: actor for actor in helpers}
    same(
        [{"begun": True} for one in race(2, lambda n: visit.check_in(actors[both[n].helper], both[n].id, code, f"door-{n}-racing")) if one]
    )
    assert needs.need(need, now()).state == "under_way"
    race(4, lambda n: visit.tick(actors[both[n % 2].helper], both[n % 2].id, n // 2, True, f"tick-{n}-racing"))
    left = race(2, lambda n: visit.check_out(actors[both[n].helper], both[n].id, f"leave-{n}-racing"))
    assert sum(isinstance(one, dict) for one in left) == 1  # whoever says so first takes the other along
    race(
        3,
        lambda n: confirm.confirm([*(actors[one.helper] for one in both), street.actor("li")][n], both[n % 2].id, 120, f"said-{n}-racing"),
    )
    assert needs.need(need, now()).state == "closed"
    sound()


def test_what_two_do_together_happens_once_whatever_is_killed(living_street: Street) -> None:
    street = living_street
    need = _minding(street)
    made = {row.helper: row.id for row in visits.offers_of_need(need)}
    wang, wu, li = (street.actor(name) for name in ("wang", "wu", "li"))
    one, other = (
        UUID(once(street, lambda key, who=who: accept.accept(who, made[who.person], key))["visit"])  # type: ignore[misc, index]
        for who in (wang, wu)
    )
    once(street, lambda key: visit.cancel(wu, other, "来不了", key))
    assert [visits.visit(pk).state.value for pk in (one, other)] == ["waiting", "cancelled"]
    assert propose.propose_now(need) == 1
    (again,) = visits.offers_of_need(need)
    third = UUID(once(street, lambda key: accept.accept(street.actor("he"), again.id, key))["visit"])
    steps.move_clock(to=visits.visit(one).starts_at, speed=0)
    code = visit.code_shown(li, one, now()).code
    once(street, lambda key: visit.check_in(wang, one, code, key))
    steps.move_clock(by=timedelta(minutes=20))
    often(escalate.run_due)
    assert [visits.visit(pk).state.value for pk in (one, third)] == ["cancelled", "no_show"]


def test_two_of_each_process_do_each_thing_once(living_street: Street) -> None:
    street = living_street
    found = [UUID(ask.ask(street.actor("li"), ask.AskDraft(service=name), street.key())["need"]) for name in ("meal", "talk", "shopping")]
    race(4, lambda _n: steps.take_up(now(), loops.handle, known=frozenset({"match.propose"})))
    race(4, lambda _n: loops.sweep())
    most = 3
    for need in found:
        assert 1 <= len(visits.offers_of_need(need)) <= most
    steps.move_clock(by=timedelta(hours=2), speed=0)
    race(4, lambda _n: escalate.run_due())
    assert all(needs.need(need, now()).level == "street" for need in found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM needs_needflip WHERE event = 'escalate' GROUP BY need_id, reason")
        assert {n for (n,) in cursor.fetchall()} == {1}
    race(4, lambda _n: keep_record())
    race(2, lambda _n: take_stock())
    sound()
