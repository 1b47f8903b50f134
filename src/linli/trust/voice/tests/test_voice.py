"""Ratings and what follows a bad one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.tests.fakes import FakeStep
from linli.trust.voice import reads, verbs
from linli.trust.voice.core import EVENTS, MOVES, OPEN, State, is_good, needs_rectification

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
HOME = "440104001001"
LI, VISIT, NEED = UUID(int=1), UUID(int=70), UUID(int=80)
NEW = verbs.NewRating(VISIT, NEED, LI, HOME + "01001", "meal", 5, ("kind",))

ALLOWED = {
    ("opened", "plan"): "planned", ("planned", "plan"): "planned", ("planned", "show"): "shown", ("shown", "accept"): "accepted",
    ("shown", "reject"): "false", ("false", "plan"): "planned",
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), list(product(State, ("accept", "plan", "reject", "show"))), ids=str)
def test_every_state_and_event(state: State, event: str) -> None:
    new = MOVES.get((state, event))
    assert (new.value if new else None) == ALLOWED.get((state.value, event))
    assert set(EVENTS) == {"accept", "plan", "reject", "show"}
    assert set(OPEN) == set(State) - {State.ACCEPTED}


def test_what_stars_mean() -> None:
    assert [is_good(n) for n in range(1, 6)] == [False, False, False, True, True]
    assert [needs_rectification(n) for n in range(1, 6)] == [True, True, False, False, False]


def step(now: datetime = NOW) -> FakeStep:
    return FakeStep(Actor.of_person(LI, home=HOME), now)


def rate(stars: int, visit: int = 70, *, now: datetime = NOW) -> UUID | None:
    return verbs.rate(step(now), replace(NEW, visit=UUID(int=visit), stars=stars), rectify_days=7)


@pytest.mark.django_db
def test_a_visit_is_rated_once() -> None:
    s = step()
    assert verbs.rate(s, NEW, rectify_days=7) is None
    assert s.recorded == [("rating:given", HOME, {"visit": str(VISIT), "need": str(NEED), "stars": 5})]
    assert reads.rating_of(VISIT) == reads.RatingRow(VISIT, NEED, LI, HOME + "01001", "meal", 5, ("kind",), NOW)
    with pytest.raises(Refused, match="already_rated"):
        rate(1)
    assert reads.rating_of(UUID(int=5)) is None
    assert set(reads.ratings_of([VISIT, UUID(int=5)])) == {VISIT}
    assert reads.rectification_of(VISIT, NOW) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "field"), [({"stars": 0}, "stars"), ({"stars": 6}, "stars"), ({"tags": ("kind", "<b>")}, "tags")])
def test_a_bad_rating_is_refused_by_name(change: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as caught:
        verbs.rate(step(), replace(NEW, **change), rectify_days=7)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == (Refusal.INPUT_INVALID, field)
    assert reads.rating_of(VISIT) is None


@pytest.mark.django_db
def test_shares_count_ratings_of_a_place_and_time() -> None:
    for visit, stars in enumerate((5, 4, 3, 1)):
        rate(stars, 70 + visit)
    rate(5, 90, now=NOW + timedelta(days=1))
    assert reads.satisfied(HOME, NOW, NOW + timedelta(days=1)) == (2, 4)
    assert reads.satisfied("4401", NOW, NOW + timedelta(days=2)) == (3, 5)
    assert reads.satisfied("4402", NOW, NOW + timedelta(days=2)) == (0, 0)
    assert [row.stars for row in reads.given_between(NOW + timedelta(days=1), NOW + timedelta(days=2))] == [5]
    assert "late" in reads.known_tags()


@pytest.mark.django_db
def test_a_bad_rating_is_put_right_or_goes_back_to_planning() -> None:
    made = rate(2)
    assert made is not None
    row = reads.rectification(made, NOW)
    assert (row.state, row.due_at, row.left_s) == (State.OPENED, NOW + timedelta(days=7), 7 * 86400)
    assert reads.rectification(made, NOW + timedelta(days=8)).left_s == -86400
    assert reads.rectification_of(VISIT, NOW) == row
    for verb in (verbs.show, verbs.plan):
        for text, code in ((" \n", Refusal.PLAN_MISSING), ("长" * 1001, Refusal.INPUT_TOO_LONG)):
            with pytest.raises(Refused, match=code.value):
                verb(step(), made, text)
    with pytest.raises(Refused, match="state_forbids"):
        verbs.show(step(), made, "看照片")
    verbs.plan(step(), made, "换人送")
    with pytest.raises(Refused, match="state_forbids"):
        verbs.accept(step(), made, true=True)
    verbs.show(step(), made, "今天准时到")
    verbs.accept(step(), made, true=False)
    assert [r.state for r in reads.open_rectifications(HOME, NOW)] == [State.FALSE]
    verbs.plan(step(), made, "再换人")
    verbs.show(step(), made, "连着三天准时")
    verbs.accept(step(), made, true=True)
    assert reads.open_rectifications("4401", NOW) == ()
    with pytest.raises(Refused, match="state_forbids"):
        verbs.plan(step(), made, "还要改")
    events = [event for (event,) in run("SELECT event FROM voice_rectificationflip ORDER BY id")]
    assert events == ["plan", "show", "reject", "plan", "show", "accept"]
    with pytest.raises(NotFound):
        verbs.plan(step(), UUID(int=5), "没有这件")
    with pytest.raises(NotFound):
        reads.rectification(UUID(int=5), NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE voice_rating SET stars = 5", "stays as it was given"),
        ("DELETE FROM voice_rating", "stays as it was given"),
        ("UPDATE voice_rectificationflip SET event = ''", "a flip is never changed"),
        ("UPDATE voice_rectification SET state = 'lost'", "rectify_"),
        ("UPDATE voice_rectification SET state = 'planned', plan = ''", "rectify_has_plan"),
        ("UPDATE voice_rectification SET state = 'shown'", "rectify_has_proof"),
        ("UPDATE voice_rectification SET state = 'accepted', proof = 'x'", "rectify_ended"),
        ("UPDATE voice_rectification SET ended_at = now()", "rectify_ended"),
        ("UPDATE voice_rectification SET due_at = opened_at", "rectify_due"),
    ],
)
def test_what_the_database_refuses(change: str, says: str) -> None:
    made = rate(1)
    assert made is not None
    verbs.plan(step(), made, "换人送")
    with database_refuses(says):
        run(change)


@pytest.mark.django_db
def test_a_second_rating_and_a_sixth_star_can_not_be_written() -> None:
    rate(1)
    columns = "need, resident, place_code, service, stars, tags, at"
    with database_refuses("voice_rating_pkey"):
        run(f"INSERT INTO voice_rating (visit, {columns}) SELECT visit, {columns} FROM voice_rating")
    with database_refuses("rating_stars"):
        run(f"INSERT INTO voice_rating (visit, {columns}) SELECT gen_random_uuid(), {columns.replace('stars', '6')} FROM voice_rating")
