"""Keys are answered once; left work is done once or shown; the clock moves for everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.ground.steps import reads, verbs
from linli.ground.steps.core import TRIES_MAX, ShownTime, retry_after
from linli.ground.steps.models import Outbox
from linli.kernel.errors import Conflict

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.mark.django_db
def test_a_key_is_answered_once() -> None:
    first = verbs.claim_key("person:1", "key-12345", "need.ask", inputs_hash="a", now=NOW)
    assert isinstance(first, int)
    verbs.keep_answer(first, {"need": "7"})
    again = verbs.claim_key("person:1", "key-12345", "need.ask", inputs_hash="a", now=NOW + timedelta(days=400))
    assert again == verbs.Known({"need": "7"})


@pytest.mark.django_db
def test_a_key_with_other_inputs_is_refused_but_other_people_may_use_it() -> None:
    verbs.claim_key("person:1", "key-12345", "need.ask", inputs_hash="a", now=NOW)
    with pytest.raises(Conflict):
        verbs.claim_key("person:1", "key-12345", "need.ask", inputs_hash="b", now=NOW)
    assert isinstance(verbs.claim_key("person:2", "key-12345", "need.ask", inputs_hash="b", now=NOW), int)


@pytest.mark.django_db(transaction=True)
def test_left_work_is_done_once_and_failures_stay_visible() -> None:
    done: list[dict[str, Any]] = []

    def handle(topic: str, payload: dict[str, Any]) -> None:
        if payload["n"] == 2:
            raise RuntimeError("李奶奶 must not get into the log")
        done.append(payload)

    for n in (1, 2):
        verbs.leave("test.topic", {"n": n}, due_at=NOW, now=NOW)
    verbs.leave("test.topic", {"n": 3}, due_at=NOW + timedelta(hours=9), now=NOW)
    known = frozenset({"test.topic"})
    assert verbs.take_up(NOW, handle, known=known) == 2
    assert done == [{"n": 1}]
    row = Outbox.objects.get(payload={"n": 2})
    assert (row.tries, row.last_error) == (1, "RuntimeError")
    moment = NOW
    for _ in range(TRIES_MAX):
        moment += timedelta(hours=1)
        verbs.take_up(moment, handle, known=known)
    assert reads.outbox_state() == reads.OutboxState(waiting=1, failed=1)


@pytest.mark.parametrize("tries", range(1, TRIES_MAX + 2))
def test_waits_grow_and_end(tries: int) -> None:
    wait = retry_after(tries)
    assert (wait is None) == (tries >= TRIES_MAX)


def test_tries_count_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        retry_after(0)


def test_a_moved_clock_moves_for_every_reader() -> None:
    before = reads.now()
    verbs.move_clock(by=timedelta(hours=3))
    assert timedelta(hours=2, minutes=59) < reads.now() - before < timedelta(hours=3, minutes=1)
    verbs.move_clock(speed=0)
    assert reads.now() == reads.now()


def test_a_held_clock_stands_still_and_needs_the_test_clock(settings: Any) -> None:
    with reads.held_at(NOW):
        assert reads.now() == NOW
    settings.LINLI_CLOCK_FILE = None
    with pytest.raises(ImproperlyConfigured), reads.held_at(NOW):
        pass
    with pytest.raises(ImproperlyConfigured):
        verbs.move_clock(by=timedelta(hours=1))
    assert reads.shown_time() is None


def test_absurd_speeds_are_refused() -> None:
    with pytest.raises(ValueError, match="speed"):
        ShownTime(NOW, NOW).speeded(NOW, -1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE steps_replay SET answer = '{}'", "keeps its answer"),
        ("UPDATE steps_replay SET inputs_hash = 'b'", "keeps its answer"),
        ("DELETE FROM steps_replay", "keeps its answer"),
        (
            "INSERT INTO steps_replay (actor_ref, key, action, inputs_hash, recorded_at)"
            " SELECT actor_ref, key, action, inputs_hash, recorded_at FROM steps_replay",
            "replay_actor_key",
        ),
        ("UPDATE steps_outbox SET done_at = now(), failed_at = now()", "outbox_one_end"),
        ("UPDATE steps_outbox SET tries = -1", "tries"),
    ],
)
def test_what_the_database_refuses(change: str, says: str) -> None:
    row = verbs.claim_key("person:1", "key-12345", "need.ask", inputs_hash="a", now=NOW)
    assert isinstance(row, int)
    verbs.keep_answer(row, {"need": "7"})
    verbs.leave("test.topic", {"n": 1}, due_at=NOW, now=NOW)
    with database_refuses(says):
        run(change)


@pytest.mark.django_db
def test_an_unanswered_key_can_not_become_another() -> None:
    verbs.claim_key("person:1", "key-12345", "need.ask", inputs_hash="a", now=NOW)
    with database_refuses("keeps its answer"):
        run("UPDATE steps_replay SET answer = '{}', action = 'need.withdraw'")


@pytest.mark.django_db(transaction=True)
def test_only_known_topics_are_taken_and_no_more_than_asked_for() -> None:
    for n in range(5):
        verbs.leave("a" if n else "b", {"n": n}, due_at=NOW + timedelta(seconds=n), now=NOW)
    done: list[int] = []

    def take(moment: datetime, limit: int) -> int:
        return verbs.take_up(moment, lambda _, payload: done.append(payload["n"]), known=frozenset({"a"}), limit=limit)

    late = NOW + timedelta(seconds=9)
    assert (take(NOW, 5), take(late, 2), take(late, 5), take(late, 5)) == (0, 2, 2, 0)
    assert done == [1, 2, 3, 4]
    assert reads.outbox_state() == reads.OutboxState(waiting=1, failed=0)


def test_the_clock_file_is_read_as_it_was_written() -> None:
    clock = ShownTime(NOW, NOW + timedelta(days=3), 60)
    assert ShownTime.from_plain(clock.as_plain()) == clock
    assert clock.at(NOW + timedelta(seconds=2)) == NOW + timedelta(days=3, minutes=2)
    assert clock.moved(NOW, timedelta(hours=1)).at(NOW) == NOW + timedelta(days=3, hours=1)
