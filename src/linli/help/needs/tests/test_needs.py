"""Needs on a real database: opening, clocks, the ladder, dispatch and objection, sheets, specials, counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.help.needs import reads, verbs
from linli.help.needs.catalogue import catalogue
from linli.help.needs.core import EVENTS, ClockKind, ClockPlan, Level, NeedDraft, State, moved
from linli.help.needs.whole import whole
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.tests.fakes import FakeStep

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
HOME, OTHER, STREET, CITY = "440104001001", "440104002001", "440104001", "4401"
STAIRS = HOME + "01001"
LI, WANG, CHEN = (UUID(int=n) for n in range(1, 4))
PLAN = ClockPlan(120, 4320, 100, 80, 1440)


@dataclass
class Desk:
    """陈工's desk: time passes only when told."""

    now: datetime = NOW
    number: int = 0
    last: FakeStep | None = None

    def step(self) -> FakeStep:
        self.last = FakeStep(Actor.of_person(CHEN, home=HOME), self.now)
        return self.last

    def kinds(self) -> list[str]:
        assert self.last is not None
        return self.last.kinds()

    def draft(self, service: str = "meal", **more: object) -> NeedDraft:
        self.number += 1
        base = NeedDraft(UUID(int=1000 + self.number), service, STAIRS, HOME, "web", asker=LI)
        return replace(base, **more)  # type: ignore[arg-type]

    def open(self, service: str = "meal", *, open_max: int | None = None, plan: ClockPlan = PLAN, **more: object) -> verbs.Opened:
        return verbs.open_need(self.step(), self.draft(service, **more), plan, wanted_days_max=30, open_max=open_max)

    def wait(self, **span: int) -> None:
        self.now += timedelta(**span)

    def card(self, need: UUID) -> reads.NeedCard:
        return reads.need(need, self.now)

    def fire_due(self) -> list[verbs.Escalated]:
        fired = [verbs.fire(self.step(), clock.id, PLAN) for clock in reads.due_clocks(self.now)]
        return [one for one in fired if one]

    def bring_to(self, state: State) -> UUID:
        """Open a need and walk it to a state."""
        need = self.open().id
        ways: dict[State, tuple[str, ...]] = {
            State.OPEN: (), State.OFFERED: ("propose",), State.MATCHED: ("accept",), State.UNDER_WAY: ("accept", "start"),
            State.FINISHED: ("accept", "start", "finish"), State.DISPUTED: ("accept", "start", "dispute"),
            State.CLOSED: ("accept", "start", "finish", "confirm"), State.WITHDRAWN: ("withdraw",), State.REFERRED: ("refer",),
        }  # fmt: skip
        for event in ways[state]:
            verbs.move(self.step(), need, event, where="12345" if event == "refer" else "")
        return need


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


@contextmanager
def refused_as(code: Refusal, field: str | None = None) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code is code
    assert field is None or caught.value.field == field


def test_a_need_is_opened_with_two_clocks_and_a_promise(desk: Desk) -> None:
    opened = desk.open("medicine", urgent=True, words_sealed=b"sealed", wanted_from=NOW + timedelta(hours=2))
    assert desk.kinds() == ["need:opened"]
    assert (opened.answer_by, opened.handle_by) == (NOW + timedelta(minutes=120), NOW + timedelta(minutes=4320))
    card = desk.card(opened.id)
    assert (card.number, card.state, card.level, card.first_receiver) == (opened.number, State.OPEN, Level.COMMUNITY, HOME)
    assert (card.due_at, card.left_s, card.paused) == (opened.answer_by, 7200, False)
    assert (card.minutes_estimated, card.words_sealed) == (catalogue()["medicine"].minutes, b"sealed")
    assert [(c.kind, c.level) for c in reads.clocks_of([card.id])[card.id]] == [("answer", "community"), ("handle", "community")]
    assert [(f.old, f.new, f.event) for f in reads.timeline(card.id)] == [("", "open", "open")]
    assert reads.by_number(f" {card.number.lower()} ", HOME, NOW) == card
    assert reads.next_due() == opened.answer_by
    with pytest.raises(NotFound):
        reads.by_number(card.number, OTHER, NOW)
    with pytest.raises(NotFound):
        reads.need(UUID(int=1), NOW)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"service": "magic"}, Refusal.SERVICE_UNKNOWN, "service"),
        ({"community": STREET}, Refusal.PLACE_UNKNOWN, "place"),
        ({"place": OTHER + "01001"}, Refusal.PLACE_UNKNOWN, "place"),
        ({"service": "after_school"}, Refusal.SERVICE_NOT_HERE, "service"),
        ({"wanted_until": NOW}, Refusal.TIME_PAST, "wanted_until"),
        ({"wanted_from": NOW + timedelta(hours=3), "wanted_until": NOW + timedelta(hours=2)}, Refusal.TIME_PAST, "wanted_until"),
        ({"wanted_from": NOW + timedelta(days=30, seconds=1)}, Refusal.TIME_TOO_FAR, "wanted_from"),
        ({"occurred_at": NOW + timedelta(seconds=1)}, Refusal.INPUT_INVALID, "occurred_at"),
        ({"minutes": 4}, Refusal.INPUT_INVALID, "minutes"),
        ({"minutes": 1441}, Refusal.INPUT_INVALID, "minutes"),
        ({"people_needed": 0}, Refusal.INPUT_INVALID, "people_needed"),
        ({"people_needed": 21}, Refusal.INPUT_INVALID, "people_needed"),
    ],
)
def test_a_bad_draft_is_refused_by_name_and_leaves_nothing(desk: Desk, change: dict[str, object], code: Refusal, field: str) -> None:
    with refused_as(code, field):
        desk.open(**change)  # type: ignore[arg-type]
    assert reads.of_person(LI, NOW) == ()
    assert reads.next_due() is None


def test_nobody_has_more_open_needs_than_the_place_allows(desk: Desk) -> None:
    sheet, _ = verbs.issue_sheet(desk.step(), STAIRS, "1 栋")
    for _ in range(2):
        desk.open(open_max=2)
    with refused_as(Refusal.TOO_MANY_OPEN):
        desk.open(open_max=2)
    desk.open(asker=WANG, open_max=2)
    for _ in range(2):
        desk.open(asker=None, sheet=sheet, open_max=2)
    with refused_as(Refusal.TOO_MANY_OPEN):
        desk.open(asker=None, sheet=sheet, open_max=2)
    for _ in range(3):
        desk.open(asker=None, open_max=2)  # a worker enters for callers
    assert reads.open_count_of(asker=None, sheet=None) == 0
    assert len(reads.of_sheet(sheet, desk.now)) == 2
    verbs.move(desk.step(), UUID(int=1001), "withdraw")
    desk.open(open_max=2)


@pytest.mark.parametrize(
    ("state", "event"),
    list(
        product(
            State,
            [
                e
                for e in EVENTS
                if e
                in {
                    "propose",
                    "decline",
                    "lapse",
                    "accept",
                    "release",
                    "start",
                    "finish",
                    "confirm",
                    "dispute",
                    "settle",
                    "withdraw",
                    "refer",
                    "reopen",
                }
            ],
        )
    ),
    ids=str,
)
def test_every_state_and_event_on_real_rows(desk: Desk, state: State, event: str) -> None:
    need = desk.bring_to(state)
    before = len(reads.timeline(need))
    new = moved(state, event)
    if new is None:
        with refused_as(Refusal.STATE_FORBIDS):
            verbs.move(desk.step(), need, event, where="12345", plan=PLAN)
        assert (desk.card(need).state, len(reads.timeline(need))) == (state, before)
        return
    assert verbs.move(desk.step(), need, event, where="12345", plan=PLAN) is new
    card = desk.card(need)
    assert card.state is new
    assert (card.ended_at is not None) == (new in {State.CLOSED, State.WITHDRAWN, State.REFERRED})
    assert [(f.old, f.new, f.event) for f in reads.timeline(need)][-1] == (state.value, new.value, event)
    running = {c.kind for c in reads.clocks_of([need])[need] if not c.stopped_at and not c.fired_at}
    if card.ended_at is not None:
        assert running == set()
    elif new is State.FINISHED:
        assert "handle" not in running
    else:
        assert "handle" in running


def test_moving_wants_what_the_event_needs(desk: Desk) -> None:
    need = desk.open().id
    with refused_as(Refusal.INPUT_MISSING, "where"):
        verbs.move(desk.step(), need, "refer")
    with refused_as(Refusal.INPUT_TOO_LONG, "reason"):
        verbs.move(desk.step(), need, "withdraw", reason="长" * 301)
    verbs.move(desk.step(), need, "withdraw", reason=" 好了\n")
    assert reads.timeline(need)[-1].reason == "好了"
    with pytest.raises(ValueError, match="plan"):
        verbs.move(desk.step(), need, "reopen")
    with pytest.raises(NotFound):
        verbs.move(desk.step(), UUID(int=9), "propose")
    with pytest.raises(NotFound):
        verbs.lock(UUID(int=9))


def test_answering_in_time_is_noted_once(desk: Desk) -> None:
    early, late = desk.open().id, desk.open().id
    desk.wait(minutes=119)
    assert verbs.answer(desk.step(), early)
    assert desk.kinds() == ["need:answered"]
    assert not verbs.answer(desk.step(), early)
    desk.wait(minutes=2)
    assert verbs.answer(desk.step(), late)
    assert [desk.card(need).answered_in_time for need in (early, late)] == [True, False]
    assert desk.card(early).due_at == NOW + timedelta(minutes=4320)
    verbs.move(desk.step(), early, "withdraw")
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.answer(desk.step(), early)


def test_a_pause_needs_a_reason_and_moves_the_deadline_by_its_length(desk: Desk) -> None:
    need = desk.open().id
    with refused_as(Refusal.REASON_REQUIRED):
        verbs.pause(desk.step(), need, "  ")
    desk.wait(minutes=30)
    verbs.pause(desk.step(), need, "老人住院，下周再来")
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.pause(desk.step(), need, "再停一次")
    desk.wait(days=10)
    card = desk.card(need)
    assert (card.paused, card.left_s) == (True, 90 * 60)
    assert reads.due_clocks(desk.now) == ()
    assert reads.next_due() is None
    verbs.resume(desk.step(), need)
    answer, handle = reads.clocks_of([need])[need]
    assert answer.due_at == NOW + timedelta(minutes=120, days=10)
    assert handle.due_at == NOW + timedelta(minutes=4320, days=10)
    assert answer.paused_total_s == 10 * 86400
    assert answer.pause_reason == "老人住院，下周再来"
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.resume(desk.step(), need)
    assert [f.event for f in reads.timeline(need)] == ["open", "pause", "resume"]


def test_a_clock_that_ran_out_can_not_be_paused_away(desk: Desk) -> None:
    need = desk.open().id
    desk.wait(minutes=120)
    verbs.pause(desk.step(), need, "晚了再停")
    assert [clock.kind for clock in reads.due_clocks(desk.now)] == ["answer"]
    assert [one.to_level for one in desk.fire_due()] == [Level.STREET]


def test_a_clock_that_runs_on_after_a_pause_keeps_what_it_had_left(desk: Desk) -> None:
    need = desk.bring_to(State.UNDER_WAY)
    desk.wait(hours=10)
    verbs.pause(desk.step(), need, "等家属")
    desk.wait(hours=30)
    verbs.move(desk.step(), need, "finish")
    verbs.move(desk.step(), need, "dispute")
    handle = reads.clocks_of([need])[need][-1]
    assert handle.due_at - desk.now == timedelta(minutes=4320) - timedelta(hours=10)


def test_an_unanswered_need_climbs_to_the_city_and_is_reminded_for_ever(desk: Desk) -> None:
    need = desk.open().id
    ladder = []
    for minutes in (120, 100, 80, 80):
        desk.wait(minutes=minutes - 1)
        assert desk.fire_due() == []
        desk.wait(minutes=1)
        ladder += [(one.from_level, one.to_level, one.from_place, one.to_place, one.repeat) for one in desk.fire_due()]
        assert desk.fire_due() == []
    assert ladder == [
        (Level.COMMUNITY, Level.STREET, HOME, STREET, False),
        (Level.STREET, Level.CITY, STREET, CITY, False),
        (Level.CITY, Level.CITY, CITY, CITY, True),
        (Level.CITY, Level.CITY, CITY, CITY, True),
    ]
    card = desk.card(need)
    assert (card.level, card.first_receiver, card.community) == (Level.CITY, HOME, HOME)
    assert desk.kinds() == ["need:escalated"]
    verbs.answer(desk.step(), need)
    assert desk.card(need).answered_in_time is False
    assert {c.kind for c in reads.clocks_of([need])[need] if not c.stopped_at and not c.fired_at} == {"handle"}


def test_what_is_not_handled_climbs_too_and_counts_as_late(desk: Desk) -> None:
    need = desk.open().id
    verbs.answer(desk.step(), need)
    desk.wait(minutes=4320)
    (risen,) = desk.fire_due()
    assert (risen.kind, risen.to_level, risen.due_at) == (ClockKind.HANDLE, Level.STREET, desk.now + timedelta(minutes=1440))
    for event in ("accept", "start", "finish", "confirm"):
        verbs.move(desk.step(), need, event)
    assert desk.card(need).handled_in_time is False


def test_firing_what_was_stopped_in_the_meantime_does_nothing(desk: Desk) -> None:
    need = desk.open().id
    desk.wait(minutes=120)
    (clock,) = reads.due_clocks(desk.now)
    verbs.answer(desk.step(), need)
    assert verbs.fire(desk.step(), clock.id, PLAN) is None
    assert desk.card(need).level is Level.COMMUNITY
    with pytest.raises(NotFound):
        verbs.fire(desk.step(), 10**9, PLAN)


@pytest.mark.django_db(transaction=True)
def test_a_need_that_another_step_holds_is_fired_in_the_next_round() -> None:
    desk = Desk()
    need = desk.open().id
    desk.wait(minutes=120)
    (clock,) = reads.due_clocks(desk.now)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM needs_need WHERE id = %s FOR UPDATE", [need])
    with transaction.atomic():
        assert verbs.fire(desk.step(), clock.id, PLAN) is None
    other.rollback()
    other.close()
    with transaction.atomic():
        assert verbs.fire(desk.step(), clock.id, PLAN) is not None


def test_a_dispatch_buys_no_time_and_the_first_receiver_keeps_the_duty(desk: Desk) -> None:
    need = desk.open().id
    due = desk.card(need).due_at
    with refused_as(Refusal.REASON_REQUIRED):
        verbs.dispatch(desk.step(), need, OTHER, "")
    for place in (STREET, OTHER + "01"):
        with refused_as(Refusal.PLACE_UNKNOWN, "to_place"):
            verbs.dispatch(desk.step(), need, place, "那边有人")
    verbs.dispatch(desk.step(), need, OTHER, "那边有人")
    with refused_as(Refusal.PLACE_UNKNOWN, "to_place"):
        verbs.dispatch(desk.step(), need, OTHER, "再说一遍")
    card = desk.card(need)
    assert (card.dispatched_to, card.first_receiver, card.due_at) == (OTHER, HOME, due)
    assert [c.id for c in reads.work_list(OTHER, desk.now)] == [c.id for c in reads.work_list(HOME, desk.now)] == [need]


def test_an_objection_is_reviewed_by_the_level_above_and_climbs_when_overdue(desk: Desk) -> None:
    need = desk.open().id
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.object_to(desk.step(), need, "没有派过来", minutes=60)
    verbs.dispatch(desk.step(), need, OTHER, "那边有人")
    with refused_as(Refusal.REASON_REQUIRED):
        verbs.object_to(desk.step(), need, "", minutes=60)
    made = verbs.object_to(desk.step(), need, "不在我们这里", minutes=60)
    with refused_as(Refusal.OBJECTION_OPEN):
        verbs.object_to(desk.step(), need, "再说一次", minutes=60)
    with refused_as(Refusal.OBJECTION_OPEN):
        verbs.dispatch(desk.step(), need, "440104003001", "再派")
    assert [(o.id, o.reviewer) for o in reads.open_objections(OTHER)] == [(made, OTHER[:9])]
    assert verbs.remind_objection(desk.step(), made, minutes=60) is None
    for reviewer in (CITY, CITY):
        desk.wait(minutes=60)
        assert [o.id for o in reads.due_objections(desk.now)] == [made]
        told = verbs.remind_objection(desk.step(), made, minutes=60)
        assert told is not None
        assert told.reviewer == reviewer
        assert verbs.remind_objection(desk.step(), made, minutes=60) is None
    with refused_as(Refusal.REASON_REQUIRED):
        verbs.settle_objection(desk.step(), need, upheld=True, reason="")
    verbs.settle_objection(desk.step(), need, upheld=True, reason="是派错了")
    assert desk.card(need).dispatched_to == ""
    told = reads.objection(need)
    assert told is not None
    assert (told.upheld, told.settled_reason, told.reminders) == (True, "是派错了", 2)
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.settle_objection(desk.step(), need, upheld=True, reason="再来")
    with pytest.raises(NotFound):
        verbs.remind_objection(desk.step(), UUID(int=5), minutes=60)
    assert reads.objection(UUID(int=5)) is None


def test_an_overruled_objection_leaves_the_dispatch(desk: Desk) -> None:
    need = desk.open().id
    verbs.dispatch(desk.step(), need, OTHER, "那边有人")
    verbs.object_to(desk.step(), need, "不在我们这里", minutes=60)
    verbs.move(desk.step(), need, "accept")  # somebody was found in the meantime
    verbs.settle_objection(desk.step(), need, upheld=False, reason="就在你们那里")
    assert desk.card(need).dispatched_to == OTHER
    assert [f.event for f in reads.timeline(need)][-1] == "overrule"
    told = whole(need, desk.now)
    assert (told.card, told.history, told.objection) == (desk.card(need), reads.timeline(need), reads.objection(need))


def test_two_that_look_alike_are_both_shown(desk: Desk) -> None:
    first = desk.open(asker=LI)
    second = desk.open(asker=WANG)  # the same building
    third = desk.open("talk", asker=WANG)
    assert (first.duplicates, second.duplicates, third.duplicates) == ((), (first.number,), ())

    def alike(need: UUID) -> tuple[str, ...]:
        return tuple(card.number for card in whole(need, desk.now).alike)

    assert alike(first.id) == (second.number,)
    assert alike(second.id) == (first.number,)
    assert alike(third.id) == ()
    verbs.move(desk.step(), first.id, "withdraw")
    assert alike(second.id) == ()


def test_an_emergency_is_referred_at_once_and_somebody_still_rings_back(desk: Desk) -> None:
    opened = desk.open(emergency="120")
    assert (opened.emergency, opened.handle_by) == ("120", None)
    card = desk.card(opened.id)
    assert (card.state, card.referred_to, card.due_at) == (State.REFERRED, "120", opened.answer_by)
    assert [c.id for c in reads.work_list(HOME, desk.now)] == [opened.id]
    desk.wait(minutes=120)
    assert [one.to_level for one in desk.fire_due()] == [Level.STREET]
    verbs.answer(desk.step(), opened.id)
    assert reads.work_list(HOME, desk.now) == ()
    verbs.move(desk.step(), opened.id, "reopen", plan=PLAN)
    assert desk.card(opened.id).level is Level.COMMUNITY


def test_reopening_begins_anew_within_its_days(desk: Desk) -> None:
    need = desk.bring_to(State.CLOSED)
    desk.wait(days=7)
    with refused_as(Refusal.REOPEN_TOO_LATE):
        verbs.move(desk.step(), need, "reopen", plan=PLAN, days=7)
    desk.wait(seconds=-1)
    verbs.move(desk.step(), need, "reopen", plan=PLAN, days=7)
    card = desk.card(need)
    assert (card.state, card.ended_at, card.answered_at, card.handled_in_time) == (State.OPEN, None, None, None)
    assert card.due_at == desk.now + timedelta(minutes=120)
    verbs.answer(desk.step(), need)
    assert desk.card(need).answered_in_time is True  # the promise counts from the reopening


def test_a_sheet_opens_by_its_token_until_it_is_revoked(desk: Desk) -> None:
    with refused_as(Refusal.PLACE_UNKNOWN):
        verbs.issue_sheet(desk.step(), STREET, "太高了")
    with refused_as(Refusal.INPUT_TOO_LONG):
        verbs.issue_sheet(desk.step(), STAIRS, "长" * 81)
    sheet, token = verbs.issue_sheet(desk.step(), STAIRS, "1 栋", household=UUID(int=77))
    found = reads.sheet_by_token(token)
    assert found is not None
    assert (found.id, found.place, found.household, found.label) == (sheet, STAIRS, UUID(int=77), "1 栋")
    assert token not in str(run("SELECT * FROM needs_codesheet"))
    opened = desk.open(asker=None, sheet=sheet)
    assert opened.follow is not None
    followed = reads.by_follow(opened.follow, desk.now)
    assert followed is not None
    assert followed.id == opened.id
    assert reads.by_follow("nothing", desk.now) is None
    same_home = desk.open(asker=None, sheet=sheet, place=HOME)
    assert same_home.duplicates == (opened.number,)  # one household
    verbs.revoke_sheet(desk.step(), sheet)
    assert reads.sheet_by_token(token) is None
    assert reads.sheet_by_token("nothing") is None
    with pytest.raises(NotFound):
        verbs.revoke_sheet(desk.step(), sheet)
    assert [row.id for row in reads.sheets_at(HOME)] == [sheet]
    assert reads.sheet(sheet).revoked_at == desk.now
    with pytest.raises(NotFound):
        reads.sheet(UUID(int=9))


def test_a_special_is_declared_approved_and_ended(desk: Desk) -> None:
    for bad in ("meal", "magic"):
        with refused_as(Refusal.SERVICE_UNKNOWN):
            verbs.declare_service(desk.step(), bad, HOME)
    with refused_as(Refusal.PLACE_UNKNOWN):
        verbs.declare_service(desk.step(), "after_school", STREET)
    with pytest.raises(NotFound):
        verbs.approve_service(desk.step(), "after_school", HOME)
    for _ in range(2):
        verbs.declare_service(desk.step(), "after_school", HOME)
    assert not reads.open_here("after_school", HOME)
    verbs.approve_service(desk.step(), "after_school", HOME)
    assert reads.open_here("after_school", HOME)
    assert not reads.open_here("after_school", OTHER)
    assert len(reads.services_at(HOME)) == len(reads.services_at(OTHER)) + 1
    assert [(r.service.code, r.approved_at) for r in reads.specials_below(CITY)] == [("after_school", NOW)]
    asked = desk.open("after_school").id
    verbs.end_service(desk.step(), "after_school", HOME)
    with refused_as(Refusal.SERVICE_NOT_HERE):
        desk.open("after_school")
    assert desk.card(asked).state is State.OPEN  # what was asked goes on
    with pytest.raises(NotFound):
        verbs.end_service(desk.step(), "after_school", HOME)
    assert reads.service("magic") is None
    assert (len(reads.all_services()), len(reads.all_domains())) == (15, 8)


def test_the_work_list_tightest_clock_first_page_by_page(desk: Desk) -> None:
    slow = desk.open(plan=replace(PLAN, answer_minutes=240)).id
    plain = desk.open("talk").id
    urgent = desk.open(plan=replace(PLAN, answer_minutes=30), urgent=True).id
    finished = desk.bring_to(State.FINISHED)
    verbs.answer(desk.step(), finished)
    listed = reads.work_list(HOME, desk.now)
    assert [c.id for c in listed] == [urgent, plain, slow, finished]
    assert [c.id for c in reads.work_list(HOME, desk.now, limit=2)] == [urgent, plain]
    after = reads.cursor_of(listed[1])
    assert [c.id for c in reads.work_list(HOME, desk.now, after=after)] == [slow, finished]
    assert [c.id for c in reads.work_list(HOME, desk.now, service="talk")] == [plain]
    assert [c.id for c in reads.work_list(HOME, desk.now, states=["finished"])] == [finished]
    assert reads.work_list(HOME, desk.now, levels=["street"]) == ()
    for broken in ("x", "a~b~c", f"2026-01-01~2026-01-01~{slow}", f"2026-01-01T00:00:00+00:00~2026-01-01T00:00:00+00:00~{'z' * 36}"):
        with refused_as(Refusal.INPUT_INVALID, "after"):
            reads.work_list(HOME, desk.now, after=broken)
    assert (reads.live_count(HOME), reads.open_count(HOME)) == (4, 3)
    assert reads.waiting_for_helper()[0] == urgent
    assert set(reads.waiting_for_helper()) == {urgent, plain, slow}
    desk.wait(minutes=1)
    assert reads.waiting_confirm(desk.now) == (finished,)
    assert reads.waiting_confirm(NOW) == ()
    assert set(reads.needs([slow, plain, UUID(int=1)], desk.now)) == {slow, plain}


def test_lists_cost_as_many_queries_for_twenty_as_for_one(desk: Desk) -> None:
    desk.open()
    with CaptureQueriesContext(connection) as one:
        reads.work_list(HOME, desk.now)
    for _ in range(19):
        desk.open()
    with CaptureQueriesContext(connection) as twenty:
        assert len(reads.work_list(HOME, desk.now)) == 20
    assert len(one) == len(twenty) == 1


def test_counts_are_whole_and_add_up(desk: Desk) -> None:
    here, there, care = desk.open().id, desk.open(place=OTHER, community=OTHER).id, desk.open(group="alone").id
    verbs.answer(desk.step(), here)
    desk.wait(minutes=121)
    verbs.answer(desk.step(), care)
    assert reads.live_by(CITY, desk.now, digits=12) == {HOME: reads.LiveCount(2, 0, 0), OTHER: reads.LiveCount(1, 0, 1)}
    desk.fire_due()
    assert reads.live_by(CITY, desk.now, digits=12)[OTHER] == reads.LiveCount(1, 1, 0)
    for event in ("accept", "start", "finish", "confirm"):
        verbs.move(desk.step(), here, event)
    verbs.move(desk.step(), there, "withdraw")
    until = desk.now + timedelta(seconds=1)
    assert reads.counts(CITY, NOW, until) == reads.Counts(3, 2, 1, 1, 0, 1, 1, 1)
    by = reads.counts_by(CITY, NOW, until, digits=12)
    assert by == {HOME: reads.Counts(2, 2, 1, 1, 0, 1, 1, 1), OTHER: reads.Counts(1, 0, 0, 0, 0, 0, 0, 0)}
    assert reads.counts(CITY, until, until + timedelta(days=1)).opened == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("fired_at = due_at, paused_at = started_at, pause_reason = 'x'", "clock_paused_never_fires"),
        ("fired_at = due_at, stopped_at = due_at", "clock_one_end"),
        ("fired_at = due_at - interval '1 second'", "clock_fired_when_due"),
        ("paused_at = started_at", "clock_paused"),
        ("due_at = due_at - interval '1 second'", "never comes nearer"),
        ("started_at = started_at - interval '1 second'", "watches does not change"),
        ("level = 'street'", "watches does not change"),
        ("kind = 'handle'", "watches does not change"),
    ],
)
def test_what_the_database_refuses_of_a_clock(desk: Desk, change: str, says: str) -> None:
    desk.open()
    with database_refuses(says):
        run(f"UPDATE needs_clock SET {change} WHERE kind = 'answer'")


def test_an_ended_clock_stays_ended_and_one_runs_per_promise(desk: Desk) -> None:
    need = desk.open().id
    columns = "need_id, kind, level, started_at, due_at, pause_reason, paused_total_s"
    with database_refuses("clock_one_running"):
        run(f"INSERT INTO needs_clock ({columns}) SELECT {columns} FROM needs_clock WHERE kind = 'answer'")
    verbs.answer(desk.step(), need)
    for change in ("UPDATE needs_clock SET stopped_at = NULL", "UPDATE needs_clock SET due_at = due_at + interval '1 day'"):
        with database_refuses("stays ended"):
            run(f"{change} WHERE kind = 'answer'")
    with database_refuses("never deleted"):
        run("DELETE FROM needs_clock")
    for change in ("UPDATE needs_needflip SET reason = ''", "DELETE FROM needs_needflip"):
        with database_refuses("a flip is never changed"):
            run(change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("state = 'lost'", "need_"),
        ("state = 'closed'", "need_ended"),
        ("ended_at = now()", "need_ended"),
        ("level = 'nation'", "need_level"),
        ("minutes_estimated = 4", "need_minutes"),
        ("people_needed = 0", "need_people"),
        ("answered_at = now()", "need_answered"),
        ("answered_in_time = true", "need_answered"),
        ("state = 'referred', ended_at = now()", "need_referred"),
        ("sex_of_asker = 'x'", "need_sex"),
        ("wanted_from = now(), wanted_until = now()", "need_wanted"),
        ("first_receiver = '440104002001'", "who received it first"),
        ("community_code = '440104002001', place_code = '440104002001'", "does not change"),
        ("asker = NULL", "does not change"),
        ("service = 'talk'", "does not change"),
        ("number = 'ZZZ-ZZZ'", "does not change"),
        ("recorded_at = recorded_at + interval '1 hour'", "does not change"),
    ],
)
def test_what_the_database_refuses_of_a_need(desk: Desk, change: str, says: str) -> None:
    desk.open()
    with database_refuses(says):
        run(f"UPDATE needs_need SET {change}")


def test_the_database_refuses_doubles(desk: Desk) -> None:
    need = desk.open().id
    desk.open(asker=WANG)
    verbs.dispatch(desk.step(), need, OTHER, "那边有人")
    verbs.object_to(desk.step(), need, "不在我们这里", minutes=60)
    verbs.declare_service(desk.step(), "after_school", HOME)
    verbs.issue_sheet(desk.step(), STAIRS, "1 栋")
    columns = "need_id, place_code, reviewer, reason, made_at, due_at, reminders, settled_reason"
    sheet = "token_hash, place_code, label, issued_at"
    for change, says in (
        ("DELETE FROM needs_need", "does not change"),
        ("UPDATE needs_need SET serial = 1", "does not change"),
        (f"INSERT INTO needs_objection (id, {columns}) SELECT gen_random_uuid(), {columns} FROM needs_objection", "objection_one_open"),
        ("UPDATE needs_objection SET reason = ''", "objection"),
        ("UPDATE needs_objection SET settled_at = now()", "objection_settled"),
        ("UPDATE needs_objection SET due_at = made_at", "objection_due_later"),
        ("INSERT INTO needs_servicehere (service, place_code, declared_at) SELECT service, place_code, declared_at FROM needs_servicehere", "service_here_once"),
        (f"INSERT INTO needs_codesheet (id, {sheet}) SELECT gen_random_uuid(), {sheet} FROM needs_codesheet", "token_hash"),
        ("INSERT INTO needs_likeness (need_id, other_id, found_at) SELECT need_id, other_id, found_at FROM needs_likeness", "likeness_once"),
        ("UPDATE needs_likeness SET other_id = need_id", "likeness_two"),
    ):  # fmt: skip
        with database_refuses(says):
            run(change)
    verbs.settle_objection(desk.step(), need, upheld=True, reason="是派错了")
    with database_refuses("settled once"):
        run("UPDATE needs_objection SET upheld = false")
