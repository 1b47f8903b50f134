"""Who may see and do what, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.ground.people.core import GRID_SEES, RIGHTS, WORKER_SEES, Ties, Who, age_band, is_minor, may_see, permits, surname_of
from linli.kernel.actor import Actor, Post, Role
from linli.kernel.disclosure import DataClass

LI, ZHOU = UUID(int=1), UUID(int=2)
HOME, OTHER = "44010400100101001", "440104001002"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def someone(*posts: Post) -> Actor:
    return Actor.of_person(ZHOU, posts=posts)


def test_an_onlooker_sees_nothing() -> None:
    assert may_see(someone(), LI, HOME, Ties()) == frozenset()


def test_oneself_and_a_guardian_see_all() -> None:
    assert may_see(Actor.of_person(LI), LI, HOME, Ties()) == frozenset(DataClass)
    assert may_see(someone(), LI, HOME, Ties(guardian=True)) == frozenset(DataClass)


def test_a_worker_sees_what_a_call_needs_at_their_own_place_only() -> None:
    assert may_see(someone(Post(Role.WORKER, HOME[:12])), LI, HOME, Ties()) == WORKER_SEES
    assert may_see(someone(Post(Role.WORKER, OTHER)), LI, HOME, Ties()) == frozenset()
    assert may_see(someone(Post(Role.GRID_WORKER, HOME[:14])), LI, HOME, Ties()) == GRID_SEES


def test_a_dispatcher_sees_only_what_an_escalation_opened() -> None:
    dispatcher = someone(Post(Role.DISPATCHER, HOME[:9]))
    assert may_see(dispatcher, LI, HOME, Ties()) == frozenset()
    opened = frozenset({DataClass.PHONE})
    assert may_see(dispatcher, LI, HOME, Ties(opened=opened)) == opened


@given(st.sampled_from(sorted(RIGHTS)), st.sampled_from(list(Role)))
def test_nobody_without_a_post_here_does_staff_work(action: str, role: Role) -> None:
    allowed = permits(someone(Post(role, OTHER)), action, HOME)
    assert allowed == (RIGHTS[action] in {Who.ANYONE, Who.PERSON})


def test_an_unlisted_action_has_no_right() -> None:
    with pytest.raises(KeyError):
        permits(someone(), "need.delete", HOME)


@pytest.mark.parametrize("who", list(Who))
def test_every_kind_of_right_has_somebody_it_admits(who: Who) -> None:
    actors = [
        Actor.system("clock"),
        someone(),
        someone(Post(Role.WORKER, "44")),
        someone(Post(Role.CITY, "44")),
        someone(Post(Role.OPERATOR, "")),
    ]
    actions = [a for a, w in RIGHTS.items() if w is who]
    for action in actions:
        assert any(permits(actor, action, HOME) for actor in actors)


@pytest.mark.parametrize(
    ("who", "admitted"),
    [
        (Who.ANYONE, {"nobody", "resident", "worker", "dispatcher", "city", "operator"}),
        (Who.PERSON, {"resident", "worker", "dispatcher", "city", "operator"}),
        (Who.STAFF_HERE, {"worker", "dispatcher", "city"}),
        (Who.UPPER_HERE, {"dispatcher", "city"}),
        (Who.CITY_HERE, {"city"}),
        (Who.OPERATOR, {"operator"}),
        (Who.SYSTEM, set()),
    ],
)
def test_whom_each_right_admits(who: Who, admitted: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RIGHTS, "test.it", who)
    cast = {
        "nobody": Actor.of_code(UUID(int=9), HOME), "resident": someone(), "worker": someone(Post(Role.WORKER, HOME[:12])),
        "dispatcher": someone(Post(Role.DISPATCHER, HOME[:9])), "city": someone(Post(Role.CITY, "4401")), "operator": someone(Post(Role.OPERATOR, "")),
    }  # fmt: skip
    assert {name for name, actor in cast.items() if permits(actor, "test.it", HOME)} == admitted
    assert permits(Actor.system("clock"), "test.it", HOME)


def test_strangers_act_only_where_anyone_may() -> None:
    stranger = Actor.of_code(UUID(int=9), HOME)
    assert {a for a in RIGHTS if permits(stranger, a, HOME)} == {a for a, w in RIGHTS.items() if w is Who.ANYONE}


def test_ages_are_bands() -> None:
    assert age_band(1947, NOW) == "70-79"
    assert age_band(None, NOW) is None
    assert is_minor(2010, NOW)
    assert is_minor(2008, NOW)
    assert not is_minor(2007, NOW)
    assert not is_minor(None, NOW)
    assert surname_of("李奶奶") == "李"
