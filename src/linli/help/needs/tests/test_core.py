"""States, clocks, likeness and emergencies of needs. No database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.help.needs.core import (
    ENDED,
    EVENTS,
    LIKE_WITHIN,
    LIVE,
    MOVES,
    STAYS,
    ClockKind,
    ClockPlan,
    Known,
    Level,
    State,
    alike,
    due_after_pause,
    emergency_number,
    level_place,
    lifted,
    moved,
    place_above,
    plan_from,
    reopen_until,
    rest_of,
)

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
COMMUNITY = "440104001001"
PLAN = ClockPlan(120, 4320, 100, 80, 1440)
LI, WANG, HOME = UUID(int=1), UUID(int=2), UUID(int=9)

# What each event may start from, written out by hand: the table is held against this, in both directions.
ALLOWED: dict[str, dict[str, str]] = {
    "propose": {"open": "offered", "offered": "offered"},
    "decline": {"offered": "offered"},
    "lapse": {"offered": "open"},
    "accept": {"open": "matched", "offered": "matched"},
    "release": {"matched": "open", "under_way": "open"},
    "start": {"matched": "under_way"},
    "finish": {"under_way": "finished"},
    "confirm": {"finished": "closed"},
    "dispute": {"finished": "disputed", "under_way": "disputed"},
    "settle": {"disputed": "closed"},
    "withdraw": {"open": "withdrawn", "offered": "withdrawn", "matched": "withdrawn"},
    "refer": {"open": "referred", "offered": "referred", "matched": "referred"},
    "reopen": {"closed": "open", "withdrawn": "open", "referred": "open"},
    "answer": {s: s for s in ("open", "offered", "matched", "under_way", "finished", "disputed", "referred")},
    "pause": {s: s for s in ("open", "offered", "matched", "under_way", "finished", "disputed")},
    "resume": {s: s for s in ("open", "offered", "matched", "under_way", "finished", "disputed")},
    "escalate": {s: s for s in ("open", "offered", "matched", "under_way", "finished", "disputed", "referred")},
    "dispatch": {"open": "open", "offered": "offered"},
    "object": {"open": "open", "offered": "offered"},
    "uphold": {s.value: s.value for s in State},
    "overrule": {s.value: s.value for s in State},
}


@pytest.mark.parametrize(("state", "event"), list(product(State, sorted(ALLOWED))), ids=str)
def test_every_state_and_event(state: State, event: str) -> None:
    new = moved(state, event)
    assert (new.value if new else None) == ALLOWED[event].get(state.value)


def test_the_table_knows_no_other_event() -> None:
    assert set(EVENTS) == set(ALLOWED)
    assert moved(State.OPEN, "close") is None
    assert not {event for _, event in MOVES} & set(STAYS)


def test_no_state_is_a_dead_end() -> None:
    ways = {state: {new for (old, _), new in MOVES.items() if old is state} for state in State}
    assert all(ways.values())
    for start in State:
        reached, todo = {start}, [start]
        while todo:
            for new in ways[todo.pop()] - reached:
                reached.add(new)
                todo.append(new)
        assert State.CLOSED in reached, start
        assert State.OPEN in reached, start


def test_live_and_ended_share_out_all_states() -> None:
    assert set(LIVE) | set(ENDED) == set(State)
    assert not set(LIVE) & set(ENDED)


@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_any_run_of_events_stays_inside_the_table(events: list[str]) -> None:
    state = State.OPEN
    for event in events:
        state = moved(state, event) or state
        assert state in State


@given(st.sampled_from(Level), st.sampled_from(Level))
def test_a_need_never_comes_down_and_rises_one_level_above_the_clock(clock: Level, need: Level) -> None:
    order = list(Level)
    new = lifted(clock, need)
    assert order.index(new) >= order.index(need)
    assert order.index(new) >= min(order.index(clock) + 1, len(order) - 1)
    assert order.index(new) <= max(order.index(need), order.index(clock) + 1)


def test_who_answers_at_each_level() -> None:
    assert [level_place(COMMUNITY, level) for level in Level] == [COMMUNITY, "440104001", "4401"]
    assert [place_above(place) for place in (COMMUNITY, "440104001", "4401")] == ["440104001", "4401", "4401"]


def test_clocks_of_a_plan() -> None:
    assert [PLAN.at(ClockKind.ANSWER, level) for level in Level] == [timedelta(minutes=m) for m in (120, 100, 80)]
    assert [PLAN.at(ClockKind.HANDLE, level) for level in Level] == [timedelta(minutes=m) for m in (4320, 1440, 1440)]


SPANS = {
    "answer_minutes": 120, "answer_group_minutes": 60, "answer_urgent_minutes": 30, "street_answer_minutes": 121, "street_answer_group_minutes": 61,
    "street_answer_urgent_minutes": 31, "city_answer_minutes": 122, "city_answer_group_minutes": 62, "city_answer_urgent_minutes": 32,
    "handle_minutes": 4320, "handle_again_minutes": 1440,
}  # fmt: skip


@pytest.mark.parametrize(
    ("urgent", "group", "answers"),
    [
        (False, None, (120, 121, 122)),
        (False, "", (120, 121, 122)),
        (False, "disabled", (60, 61, 62)),
        (False, "child", (60, 61, 62)),
        (False, "alone", (30, 31, 32)),
        (True, None, (30, 31, 32)),
        (True, "disabled", (30, 31, 32)),
    ],
)
def test_who_runs_on_which_clock(urgent: bool, group: str | None, answers: tuple[int, int, int]) -> None:
    plan = plan_from(SPANS.__getitem__, urgent=urgent, group=group)
    assert (plan.answer_minutes, plan.street_answer_minutes, plan.city_answer_minutes) == answers
    assert (plan.handle_minutes, plan.handle_again_minutes) == (4320, 1440)


MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(3000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, MOMENTS, MOMENTS)
def test_a_deadline_never_comes_nearer(due: datetime, paused: datetime, resumed: datetime) -> None:
    moved_due = due_after_pause(due, paused, resumed)
    assert moved_due >= due
    assert moved_due - due == max(timedelta(0), resumed - paused)


@given(MOMENTS, MOMENTS)
def test_the_rest_of_a_clock_is_what_it_had_left(due: datetime, stopped: datetime) -> None:
    assert rest_of(due, stopped) == max(timedelta(minutes=1), due - stopped)


def test_reopening_has_a_last_day() -> None:
    assert reopen_until(NOW, 7) == NOW + timedelta(days=7)


def known(
    number: int,
    *,
    service: str = "meal",
    place: str = COMMUNITY + "01001",
    asker: UUID | None = None,
    ago: timedelta = timedelta(0),
    household: UUID | None = None,
) -> Known:
    return Known(UUID(int=100 + number), str(number), service, place, asker, NOW - ago, household)


@pytest.mark.parametrize(
    ("other", "is_alike"),
    [
        (known(1), True),  # same building
        (known(1, place=COMMUNITY + "01002"), False),
        (known(1, place=COMMUNITY + "01002", asker=LI), True),  # same asker from elsewhere
        (known(1, place=COMMUNITY + "01002", asker=WANG), False),
        (known(1, place=COMMUNITY + "01002", household=HOME), True),
        (known(1, service="talk"), False),
        (known(1, ago=LIKE_WITHIN), True),
        (known(1, ago=LIKE_WITHIN + timedelta(seconds=1)), False),
        (known(0), False),  # itself
    ],
)
def test_what_looks_like_the_same_need(other: Known, is_alike: bool) -> None:
    draft = known(0, asker=LI, household=HOME)
    assert bool(alike(draft, [other])) is is_alike


def test_needs_known_only_to_their_community_are_not_alike_by_place() -> None:
    assert alike(known(0, place=COMMUNITY), [known(1, place=COMMUNITY)]) == ()


@given(
    st.lists(
        st.builds(known, st.integers(1, 50), service=st.sampled_from(["meal", "talk"]), asker=st.sampled_from([None, LI, WANG])),
        max_size=20,
    )
)
def test_likeness_goes_both_ways(others: list[Known]) -> None:
    me = known(0, asker=LI)
    for other in others:
        assert bool(alike(me, [other])) == bool(alike(other, [me]))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("厨房着火了", "119"),
        ("廚房著火", "119"),
        ("着 火 了", "119"),
        ("屋企火烛", "119"),
        ("闻到煤气味，头晕", "119"),
        ("去年装的煤气灶着火了", "119"),
        ("There is smoke everywhere, house FIRE", "119"),
        ("我妈妈胸痛", "120"),
        ("胸口痛，出冷汗", "120"),
        ("心口疼", "120"),
        ("老人晕倒了叫不醒", "120"),
        ("阿婆晕咗", "120"),
        ("透唔到气", "120"),
        ("爷爷摔倒起不来", "120"),
        ("预防中风的药吃完了，现在胸痛", "120"),
        ("he can’t breathe", "120"),
        ("有人闯进来了", "110"),
        ("邻居家暴", "110"),
        ("门口出车祸了", "122"),
        ("车祸，流血，人昏迷", "120"),  # the ambulance first
        ("想请人送饭", None),
        ("煤气没气了，想换一罐", None),
        ("以前中风过，想找人聊聊天", None),
        ("去年晕倒过，陪我去复查", None),
        ("中风后遗症，行动不便，要助浴", None),
        ("骨折后复查，要陪诊", None),
        ("来教我用灭火器", None),
        ("社区消防演习要几个人帮忙", None),
        ("忘带钥匙，请人来撬门", None),
        ("打扫卫生", None),
        ("", None),
    ],
)
def test_what_may_not_wait_for_a_neighbour(words: str, number: str | None) -> None:
    assert emergency_number(words) == number


@given(st.text(max_size=300))
def test_any_text_is_screened(words: str) -> None:
    assert emergency_number(words) in {None, "110", "119", "120", "122"}


@given(st.text(alphabet="想请人来帮忙送饭 ,。\n", max_size=60), st.text(alphabet="谢谢了 ,。\n", max_size=60))
def test_a_sign_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert emergency_number(f"{before}着火了{after}") == "119"
