"""The endless parts where time or the log is out of joint: a clock set back, a log that refuses to sign."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from linli.ground.steps import verbs as steps
from linli.journeys import loops
from linli.trust.evidence.tables import LogBroken

BEGIN = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The rounds here write nothing: no connection is looked at between them, as none is there. Returns when months were to be played."""
    found: list[datetime] = []

    def play_cities(moment: datetime) -> int:
        found.append(moment)
        return 0

    monkeypatch.setattr(loops, "close_old_connections", lambda: None)
    monkeypatch.setattr(loops.fairness, "play_cities", play_cities)
    return found


def lived(monkeypatch: pytest.MonkeyPatch, moments: list[datetime]) -> list[datetime | None]:
    """Run the worker for a round at each of the moments; return since when each stock was taken."""
    stop, left, taken = threading.Event(), list(moments), []

    def keep_record() -> int:
        if not left:
            raise LogBroken("a round too many")
        steps.move_clock(to=left.pop(0), speed=0)
        if not left:
            stop.set()
        return 1

    monkeypatch.setattr(loops, "keep_record", keep_record)
    monkeypatch.setattr(loops, "take_stock", taken.append)
    loops.run_worker(stop)
    return taken


def test_a_clock_set_back_lets_nobody_wait_until_it_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    steps.move_clock(to=BEGIN, speed=0)
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    back = BEGIN - 5 * hour
    since = lived(monkeypatch, [BEGIN + minute, back, back + minute, back + hour, back + hour])
    assert since == [BEGIN - 2 * hour, back - hour, back - hour]


def test_stock_is_taken_and_months_are_played_where_the_log_refuses_to_sign(
    monkeypatch: pytest.MonkeyPatch, played: list[datetime]
) -> None:
    taken: list[datetime] = []

    def refuse() -> int:
        raise LogBroken("another history")

    monkeypatch.setattr(loops, "keep_record", refuse)
    monkeypatch.setattr(loops, "take_stock", taken.append)
    with pytest.raises(LogBroken):
        loops.run_worker(threading.Event())
    assert len(taken) == len(played) == 1
