"""Quarters and cases in the database: opened once, moved by the table, never rewritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.quarter import Quarter
from linli.kernel.tests.fakes import FakeStep
from linli.sight.warnings import reads, verbs
from linli.sight.warnings.core import Call, CallRule, Event, Finding, Grave, Heard, Level, Reason, Rule, Seen, State, walk
from linli.sight.warnings.verbs import Carried, Checkpoint

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
HOME, NEXT = "440104001001", "440104001002"
LAST = Quarter(2026, 1)
BAD = Call(Level.BLUE, Reason.INTERVAL, 24, 40, 1)
RULE, CALLS = Rule(700_000, 10_000), CallRule(people=2, false_from=2)
SIGNED = Checkpoint(512, "ab" * 32)
WORKER, STREET = Actor.of_person(UUID(int=3)), Actor.of_person(UUID(int=4))
POOL = [UUID(int=n) for n in range(10, 16)]


def step(now: datetime = NOW, actor: Actor = WORKER) -> FakeStep:
    return FakeStep(actor, now)


def opened_at(place: str, s: FakeStep, call: Call = BAD, quarter: Quarter = LAST) -> UUID | None:
    return verbs.open_case(s, place, call, quarter, bar_ppm=700_000, plan_days=15)


@pytest.fixture
def opened(db: None) -> UUID:
    s = step()
    made = opened_at(HOME, s)
    assert made is not None
    told = {"warning": str(made), "level": "blue", "reason": "interval", "value_ppm": 600_000, "n": 40, "quarter": "2026Q1"}
    assert s.recorded == [("warning:opened", HOME, told)]
    return made


@pytest.fixture
def calling(opened: UUID) -> UUID:
    verbs.plan(step(), opened, "先走访十户", rectify_days=15)
    verbs.show(step(), opened, "换了两位帮手，逐户回访过", "AB" * 32)
    verbs.draw(step(), opened, SIGNED, POOL, call_days=7)
    return opened


def state(pk: UUID) -> str:
    return reads.warning(pk, NOW).state.value


def test_a_case_has_fifteen_days_and_stands_once(opened: UUID) -> None:
    card = reads.warning(opened, NOW)
    assert (card.level, card.state, card.reason, card.quarter) == (Level.BLUE, State.OPEN, Reason.INTERVAL, LAST)
    assert (card.plan_due_at, card.left_s, card.due_at) == (NOW + timedelta(days=15), 15 * 86400, NOW + timedelta(days=15))
    assert card.share is not None
    assert (card.share.value_ppm, card.n, card.bar_ppm) == (600_000, 40, 700_000)
    assert reads.warning(opened, NOW + timedelta(days=16)).left_s == -86400
    assert opened_at(HOME, step()) is None
    other = opened_at(NEXT, step(NOW - timedelta(days=1)))
    assert [w.id for w in reads.open_in("440104", NOW)] == [other, opened]
    assert [w.id for w in reads.open_in("440104", NOW, level="yellow")] == []
    assert [w.id for w in reads.open_in(HOME, NOW)] == [opened]
    assert reads.live_ids("440104", [Level.BLUE]) == {HOME, NEXT}
    with pytest.raises(NotFound):
        reads.warning(UUID(int=1), NOW)


def test_a_case_is_planned_shown_drawn_called_and_closed(calling: UUID) -> None:
    card = reads.warning(calling, NOW)
    assert (card.state, card.file_hash, card.checkpoint_size) == (State.CALLING, "ab" * 32, 512)
    assert card.rectify_due_at == NOW + timedelta(days=15)
    assert card.call_due_at == card.due_at == NOW + timedelta(days=7)
    order = [row.person for row in reads.calls(calling)]
    assert sorted(order) == POOL
    s = step(actor=STREET)
    with pytest.raises(Refused, match="calls_open"):
        verbs.close(s, calling, "都好了", CALLS)
    with pytest.raises(NotFound):
        verbs.call(s, calling, 2, Heard.FIXED, "", CALLS)  # the third is not to be called yet
    assert verbs.call(s, calling, 0, Heard.UNREACHED, "", CALLS) is Finding.PENDING
    assert verbs.call(s, calling, 1, Heard.FIXED, "送得准时了", CALLS) is Finding.PENDING
    assert verbs.call(s, calling, 2, Heard.FIXED, "", CALLS) is Finding.TRUE
    with pytest.raises(Refused, match="already_called"):
        verbs.call(s, calling, 1, Heard.NOT_FIXED, "", CALLS)
    assert verbs.close(s, calling, "听了两位，都说改了", CALLS) == HOME
    assert s.kinds() == ["warning:called"] * 3 + ["warning:closed"]
    assert reads.open_in(HOME, NOW) == ()
    assert [(w.id, w.findings) for w in reads.closed_in(HOME, NOW)] == [(calling, "听了两位，都说改了")]
    assert [row.event for row in reads.flips(calling)] == ["plan", "show", "draw", "call", "call", "call", "close"]
    assert opened_at(HOME, step()) is None  # this quarter had its case
    assert opened_at(HOME, step(), quarter=LAST.plus(1)) is not None


def test_who_put_it_right_neither_calls_nor_closes(calling: UUID) -> None:
    with pytest.raises(Refused, match="party_to_it"):
        verbs.call(step(), calling, 0, Heard.FIXED, "", CALLS)
    with pytest.raises(Refused, match="party_to_it"):
        verbs.close(step(), calling, "好了", CALLS)


def test_a_plan_may_be_bettered_a_proof_not(opened: UUID) -> None:
    for bad, code in (("  ", Refusal.PLAN_MISSING), ("长" * 1001, Refusal.INPUT_TOO_LONG)):
        with pytest.raises(Refused) as caught:
            verbs.plan(step(), opened, bad, rectify_days=15)
        assert (caught.value.code, caught.value.field) == (code, "plan")
    with pytest.raises(Refused, match="state_forbids"):
        verbs.show(step(), opened, "改好了", "")
    verbs.plan(step(), opened, "先走访十户", rectify_days=15)
    verbs.plan(step(NOW + timedelta(days=3)), opened, "走访二十户\n再开会", rectify_days=15)
    card = reads.warning(opened, NOW)
    assert (card.plan, card.rectify_due_at) == ("走访二十户\n再开会", NOW + timedelta(days=15))  # a better plan wins no time
    for proof, file, code, field in (("", "", Refusal.PROOF_MISSING, "proof"), ("好", "xyz", Refusal.INPUT_INVALID, "file_hash")):
        with pytest.raises(Refused) as caught:
            verbs.show(step(), opened, proof, file)
        assert (caught.value.code, caught.value.field) == (code, field)
    verbs.show(step(), opened, "改好了", "")
    with pytest.raises(Refused, match="state_forbids"):
        verbs.show(step(), opened, "再改一版", "")
    with pytest.raises(Refused, match="state_forbids"):
        verbs.plan(step(), opened, "再来", rectify_days=15)
    with pytest.raises(Refused, match="nobody_to_call"):
        verbs.draw(step(), opened, SIGNED, [], call_days=7)


def test_a_false_rectification_starts_anew_one_level_up(calling: UUID) -> None:
    s = step(actor=STREET)
    verbs.call(s, calling, 0, Heard.NOT_FIXED, "还是老样子", CALLS)
    assert verbs.call(s, calling, 1, Heard.NOT_FIXED, "", CALLS) is Finding.FALSE
    risen = verbs.rise(s, calling, Event.DENY, plan_days=10)
    assert risen is not None
    assert (risen.from_level, risen.to_level, state(calling)) == (Level.BLUE, Level.YELLOW, "risen")
    new = reads.warning(risen.new, NOW)
    assert (new.level, new.state, new.reason, new.came_from, new.n) == (Level.YELLOW, State.OPEN, Reason.FALSE, calling, 40)
    assert reads.went_to(calling) == risen.new
    assert verbs.rise(s, calling, Event.DENY, plan_days=10) is None  # once


def test_what_is_overdue_goes_up_and_at_the_top_is_told_again(opened: UUID) -> None:
    late = NOW + timedelta(days=15, seconds=1)
    assert reads.overdue(late - timedelta(seconds=2)) == ()
    assert [card.id for card in reads.overdue(late)] == [opened]
    first = verbs.rise(step(late), opened, Event.OVERDUE, plan_days=10)
    assert first is not None
    assert (first.to_level, state(opened), reads.warning(opened, late).plan) == (Level.YELLOW, "risen", "")
    second = verbs.rise(step(late + timedelta(days=11)), first.new, Event.OVERDUE, plan_days=5)
    assert second is not None
    assert second.to_level is Level.RED
    much_later = late + timedelta(days=30)
    assert verbs.rise(step(much_later), second.new, Event.OVERDUE, plan_days=5) is None
    assert verbs.remind(step(much_later), second.new, much_later - timedelta(days=1))
    assert not verbs.remind(step(much_later), second.new, much_later - timedelta(days=1))
    assert verbs.remind(step(much_later + timedelta(days=2)), second.new, much_later + timedelta(days=1))


def test_a_proof_that_is_late_goes_up_too(opened: UUID) -> None:
    verbs.plan(step(), opened, "先走访十户", rectify_days=15)
    late = NOW + timedelta(days=16)
    assert [card.id for card in reads.overdue(late)] == [opened]
    assert verbs.rise(step(late), opened, Event.OVERDUE, plan_days=10) is not None


def test_where_a_case_above_is_open_already_it_takes_the_one_below_in(opened: UUID) -> None:
    yellow = opened_at(HOME, step(), Call(Level.YELLOW, Reason.RUNNING, 18, 40, 2))
    risen = verbs.rise(step(), opened, Event.OVERDUE, plan_days=10)
    assert risen is not None
    assert risen.new == yellow
    other = opened_at(HOME, step(), quarter=LAST.plus(1))
    assert verbs.supersede(step(), HOME, Level.BLUE) == (other,)
    assert verbs.supersede(step(), HOME, Level.BLUE) == ()


def test_a_grave_incident_opens_red_without_figures(db: None) -> None:
    s = step(actor=STREET)
    with pytest.raises(Refused, match="reason_required"):
        verbs.open_grave(s, HOME, Grave.MONEY, "  ", plan_days=5)
    made = verbs.open_grave(s, HOME, Grave.MONEY, "三户说钱没有还", plan_days=5)
    card = reads.warning(made, NOW)
    assert (card.level, card.grave, card.grounds, card.share, card.n) == (Level.RED, "money", "三户说钱没有还", None, 0)
    assert s.last()["grounds"] != "三户说钱没有还"  # words stay out of the record
    with pytest.raises(Refused, match="already_open"):
        verbs.open_grave(s, HOME, Grave.ABUSE, "又一起", plan_days=5)


# Quarters -------------------------------------------------------------------------------------------------------------------------


def test_quarters_are_carried_in_once_with_their_source(db: None) -> None:
    s = step()
    rows = [Carried(HOME, LAST, 12, 20), Carried(HOME, LAST.plus(-1), 10, 20)]
    assert verbs.carry_in(s, HOME, rows, "2025 年街道问卷") == 2
    assert s.kinds() == ["quarter:carried"]
    assert verbs.carry_in(s, HOME, rows, "再来一次") == 0
    with pytest.raises(Refused, match="already_carried"):  # said, not passed over
        verbs.carry_in(s, HOME, [Carried(HOME, LAST, 20, 20)], "改过的")
    assert [(r.quarter, r.hits, r.source) for r in reads.carried("4401", LAST)] == [(LAST, 12, "2025 年街道问卷")]
    assert reads.carried_districts() == {"440104"}
    for bad, source in ((Carried(HOME, LAST, 3, 2), "x"), (Carried(HOME, LAST, 0, 0), "x"), (Carried(HOME, LAST.plus(1), 1, 2), "x")):
        with pytest.raises(Refused, match="input_invalid"):
            verbs.carry_in(s, HOME, [bad], source)
    with pytest.raises(Refused, match="reason_required"):
        verbs.carry_in(s, HOME, rows, " ")


def test_a_verdict_stays_beside_the_later_one(db: None) -> None:
    first, later = walk([Seen(LAST, 3, 5)], RULE), walk([Seen(LAST, 3, 12)], RULE)
    verbs.keep_verdicts(step(), HOME, first, RULE)
    verbs.keep_verdicts(step(), HOME, first, RULE)  # the same moment keeps it once
    verbs.keep_verdicts(step(NOW + timedelta(days=4)), HOME, later, RULE)
    rows = reads.judged("44", LAST)
    assert [(r.n, r.newest, r.level, r.recorded_at) for r in rows] == [
        (5, False, "", NOW), (12, True, "blue", NOW + timedelta(days=4)),
    ]  # fmt: skip
    assert reads.judged("45", LAST) == ()


# What the database refuses, whatever a program does --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("state = 'lost'", "warning_"),
        ("state = 'planned'", "warning_planned"),
        ("plan = 'x'", "warning_planned"),
        ("state = 'closed', planned_at = now(), plan = 'x'", "warning_"),
        ("state = 'closed', planned_at = now(), plan = 'x', findings = 'x', closed_at = now()", "warning_proved"),
        ("state = 'shown', planned_at = now(), plan = 'x'", "warning_proved"),
        ("proof = 'x'", "warning_proved"),
        ("value_ppm = 1", "do not change"),
        ("n = 1000", "do not change"),
        ("reason = 'persists'", "do not change"),
        ("level = 'yellow'", "do not change"),
        ("plan_due_at = plan_due_at + interval '1 year'", "do not change"),
    ],
)
def test_what_the_database_refuses(opened: UUID, change: str, says: str) -> None:
    with database_refuses(says):
        run(f"UPDATE warnings_warning SET {change}")


def test_proof_draw_and_answers_stay(calling: UUID) -> None:
    verbs.call(step(actor=STREET), calling, 0, Heard.FIXED, "", CALLS)
    for change in ("proof = 'better'", "checkpoint_root = 'cc'", "shown_by = 'person:x'", "drawn_at = now()"):
        with database_refuses("proof and draw do not change"):
            run(f"UPDATE warnings_warning SET {change}")
    for change in ("result = 'not_fixed' WHERE number = 0", "person = gen_random_uuid() WHERE number = 1", "number = 99 WHERE number = 1"):
        with database_refuses("who was drawn, and what they said, does not change"):
            run(f"UPDATE warnings_callback SET {change}")
    with database_refuses("call_back_result"):
        run("UPDATE warnings_callback SET result = 'maybe', called_at = now(), called_by = 'x' WHERE number = 1")
    verbs.call(step(actor=STREET), calling, 1, Heard.FIXED, "", CALLS)
    verbs.close(step(actor=STREET), calling, "核过", CALLS)
    with database_refuses("an ended case does not change"):
        run("UPDATE warnings_warning SET findings = 'other'")


def test_a_case_without_sound_figures_can_not_be_written(db: None) -> None:
    with database_refuses("warning_under_bar"):
        opened_at(HOME, step(), Call(Level.BLUE, Reason.INTERVAL, 28, 40, 1))
    with database_refuses("warning_due"):
        verbs.open_case(step(), HOME, BAD, LAST, bar_ppm=700_000, plan_days=0)
    with pytest.raises(ValueError, match="figures"):
        opened_at(HOME, step(), Call(Level.BLUE, Reason.INTERVAL, 0, 0, 1))
    with database_refuses("warning_came_from"):
        opened_at(HOME, step(), Call(Level.BLUE, Reason.OVERDUE, 4, 40, 1))
    with database_refuses("warning_grave"):
        opened_at(HOME, step(), BAD)
        run("INSERT INTO warnings_warning (id, place_code, level, dimension, state, reason, n, bar_ppm, plan, findings, opened_at, plan_due_at)"
            " VALUES (gen_random_uuid(), '440104001001', 'red', 'grave', 'open', 'grave', 0, 0, '', '', now(), now() + interval '1 day')")  # fmt: skip


def test_flips_quarters_and_verdicts_stay(opened: UUID) -> None:
    verbs.plan(step(), opened, "先走访十户", rectify_days=15)
    verbs.carry_in(step(), HOME, [Carried(HOME, LAST, 12, 20)], "问卷")
    verbs.keep_verdicts(step(), HOME, walk([Seen(LAST, 12, 20)], RULE), RULE)
    for table, says in (("warningflip", "a flip is never changed"), ("carriedquarter", "never changed"), ("judgement", "never changed")):
        for change in (f"DELETE FROM warnings_{table}", f"UPDATE warnings_{table} SET id = id + 1000"):
            with database_refuses(says):
                run(change)
    with database_refuses("do not change"):
        run("DELETE FROM warnings_warning")


def test_cases_of_the_first_method_are_carried_over(db: None) -> None:
    # As the first version wrote them: a closed one without proof, an open and a planned one; the new columns have their defaults.
    insert = (
        "INSERT INTO warnings_warning (id, place_code, level, dimension, state, value_ppm, low_ppm, high_ppm, n, bar_ppm, plan, findings,"
        " opened_at, plan_due_at, planned_at, closed_at) VALUES (gen_random_uuid(), %s, 'blue', 'satisfaction', %s, 600000, 500000, 690000, 9,"
        " 700000, %s, %s, now(), now() + interval '15 days', {planned}, {closed}) RETURNING id"
    )
    run(insert.format(planned="now()", closed="now()"), HOME, "closed", "方案", "查过")
    run(insert.format(planned="NULL", closed="NULL"), HOME, "open", "", "")
    ((planned,),) = run(insert.format(planned="now()", closed="NULL"), NEXT, "planned", "方案", "")
    assert [card.reason for card in (*reads.open_in("44", NOW), *reads.closed_in("44", NOW))] == [Reason.INDEX] * 3
    assert reads.warning(planned, NOW).left_s is None  # it was promised no second clock
    verbs.show(step(), planned, "改好了", "")
    verbs.draw(step(), planned, SIGNED, POOL, call_days=7)
    assert state(planned) == "calling"
