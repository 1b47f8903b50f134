"""The matcher's sweep: what waits is assigned together, reasons are kept, and what changed in the meantime is left alone."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from uuid import UUID

import pytest

from linli.doors.commands import match
from linli.ground.policy import verbs as policy
from linli.ground.policy.core import Value
from linli.ground.steps.reads import now
from linli.help.matching import reads as matching
from linli.help.needs import reads as needs
from linli.help.supply import reads as supply_reads
from linli.help.supply.verbs import helpers as supply
from linli.help.visits import reads as visits
from linli.journeys import ask, loops, propose, runs, together
from linli.journeys.corridor import step
from linli.kernel.actor import Actor
from tests.cast import Street
from tests.lived import asked

MATCHER = Actor.system("matcher")


@pytest.fixture
def one_at_once(street: Street) -> Street:
    """A street where each need asks one helper at a time."""
    with step(MATCHER, None, "ground.load", {}) as s:
        policy.set_value(s, Value("offers_at_once", "440104", date(2026, 5, 1), 1, "测试"))
    return street


def test_two_needs_and_two_helpers_find_each_other_whole(one_at_once: Street) -> None:
    street = one_at_once
    # 吴姐 will not cook and 小王 can do both: asked one by one, the first need could take the only one the second can have.
    with step(MATCHER, None, "ground.load", {}) as s:
        for _ in range(3):
            supply.remember_refusal(s, street.people["wu"], "meal", "")
    talk, meal = asked(street, "talk"), asked(street, "meal")
    planned = {one.card.id: one for one in together.plan_together([talk, meal]).planned}
    assert {pk: [p.helper for p in one.proposals] for pk, one in planned.items()} == {
        talk: [street.people["wu"]], meal: [street.people["wang"]],
    }  # fmt: skip
    assert loops.sweep() == 2
    assert loops.sweep() == 0
    (offer,) = visits.offers_of_need(meal)
    assert offer.helper == street.people["wang"]
    assert offer.reasons == tuple((r.why.value, r.number) for r in planned[meal].proposals[0].reasons) != ()
    assert needs.need(meal, now()).state == "offered"


def test_the_urgent_need_gets_the_only_helper(one_at_once: Street) -> None:
    street = one_at_once
    with step(MATCHER, None, "ground.load", {}) as s:
        supply.set_paused(s, street.people["wu"], True)
    plain, urgent = asked(street, "talk"), asked(street, "medicine", urgent=True)
    assert loops.sweep() == 1
    assert [len(visits.offers_of_need(need)) for need in (plain, urgent)] == [0, 1]
    assert needs.need(plain, now()).state == "open"


def test_nobody_is_asked_for_two_things_in_one_sweep(street: Street) -> None:
    wanted = [asked(street, service) for service in ("talk", "meal", "shopping")]
    loops.sweep()
    helpers = [offer.helper for need in wanted for offer in visits.offers_of_need(need)]
    assert len(helpers) == len(set(helpers)) == 2


def test_what_stopped_waiting_in_the_meantime_gets_no_offer(street: Street) -> None:
    need = asked(street, "talk")
    (planned,) = together.plan_together([need]).planned
    ask.withdraw(street.actor("li"), need, "好了", street.key())
    assert propose.send(planned) == 0
    assert together.plan_together([need]).planned == ()
    assert together.plan_together([]).planned == ()
    assert visits.offers_of_need(need, running=False) == ()


def test_the_catalogue_asks_for_nothing_that_can_not_be_registered() -> None:
    services = needs.all_services()
    assert {service.skill for service in services} - {""} <= set(supply_reads.known_skills())
    assert {service.certificate for service in services} - {""} <= set(supply_reads.known_certificates())


def test_a_need_that_nobody_can_help_with_waits(street: Street) -> None:
    with step(MATCHER, None, "ground.load", {}) as s:
        for name in ("wu", "wang"):
            supply.set_paused(s, street.people[name], True)
    asked(street, "talk")
    assert loops.sweep() == 0


def test_a_sweep_is_kept_and_answers_the_same_again(street: Street) -> None:
    asked(street, "talk")
    assert loops.sweep() == 2
    (run,) = matching.last_runs("4401")
    assert (run.needs, run.helpers, run.served, run.asked, run.gap_ppb) == (1, 2, 1, 2, 0)
    assert run.policy["place"] > run.policy["more"] > 0
    again = runs.replay(run.id)
    assert again.differs == ()
    assert (again.asked, again.value, again.bound, again.engine) == (2, run.value, run.bound, run.engine)
    assert loops.sweep() == 0
    assert len(matching.last_runs("4401")) == 1  # nothing waits: nothing is written


def test_needs_that_nobody_can_be_asked_for_tell_what_would_help(street: Street) -> None:
    with step(MATCHER, None, "ground.load", {}) as s:
        for name in ("wu", "wang"):
            supply.set_paused(s, street.people[name], True)
    asked(street, "talk")
    for _ in range(2):
        assert loops.sweep() == 0
    (run,) = matching.last_runs("4401")
    (more,) = run.more
    assert (run.served, more.helpers, more.served, more.waiting) == (0, 1, 1, 1)
    assert more.skill == "talk"


def test_the_command_runs_a_kept_run_again(street: Street, capsys: pytest.CaptureFixture[str]) -> None:
    asked(street, "talk")
    loops.sweep()
    (run,) = matching.last_runs("4401")
    assert match.run(Namespace(replay=run.id, json=False)) == 0
    assert "the same assignment" in capsys.readouterr().out
    assert match.run(Namespace(replay=UUID(int=1), json=True)) == 1
    assert "match_run_days" in capsys.readouterr().err
