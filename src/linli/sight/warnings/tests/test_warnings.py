"""Blue warnings: opened only on evidence, with a clock, planned, closed, never rewritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.stats import Share, shrunk, wilson
from linli.kernel.tests.fakes import FakeStep
from linli.sight.warnings import reads, verbs
from linli.sight.warnings.core import MOVES, Bar, Level, State, calls_blue

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
HOME, NEXT = "440104001001", "440104001002"
BAR = Bar(bar_ppm=700_000, observations_min=10, plan_days=15)
BAD = Share(600_000, 450_000, 740_000, 40)


def step(now: datetime = NOW) -> FakeStep:
    return FakeStep(Actor.of_person(UUID(int=3)), now)


@pytest.mark.parametrize(
    ("share", "opens"),
    [
        (None, False),  # nothing known is no verdict
        (Share(699_999, 0, 1_000_000, 10), True),
        (Share(700_000, 0, 1_000_000, 10), False),
        (Share(0, 0, 200_000, 9), False),  # nine ratings are too few, however bad
        (shrunk(0, 10, peers_ppm=950_000, weight=20), True),
        (shrunk(5, 10, peers_ppm=950_000, weight=20), False),  # half bad of ten, where the peers do well: not yet
        (shrunk(50, 100, peers_ppm=950_000, weight=20), True),
    ],
)
def test_a_blue_warning_opens_only_on_evidence(share: Share | None, opens: bool) -> None:
    assert calls_blue(share, BAR) is opens


@given(st.integers(0, 200), st.integers(0, 200))
def test_worse_never_closes_what_better_would_open(hits: int, n: int) -> None:
    if hits <= n and calls_blue(wilson(hits, n), BAR) and hits > 0:
        assert calls_blue(wilson(hits - 1, n), BAR)


ALLOWED = {("open", "plan"): "planned", ("planned", "plan"): "planned", ("planned", "close"): "closed"}


@pytest.mark.parametrize(("state", "event"), list(product(State, ("plan", "close"))), ids=str)
def test_every_state_and_event(state: State, event: str) -> None:
    new = MOVES.get((state, event))
    assert (new.value if new else None) == ALLOWED.get((state.value, event))


@pytest.fixture
def opened(db: None) -> UUID:
    s = step()
    made = verbs.open_blue(s, HOME, "satisfaction", BAD, BAR)
    assert made is not None
    assert s.recorded == [("warning:opened", HOME, {"warning": str(made), "level": "blue", "value_ppm": 600_000, "n": 40})]
    return made


def test_a_case_has_fifteen_days_and_stands_once(opened: UUID) -> None:
    card = reads.warning(opened, NOW)
    assert (card.level, card.state, card.plan_due_at) == (Level.BLUE, State.OPEN, NOW + timedelta(days=15))
    assert (card.value_ppm, card.low_ppm, card.high_ppm, card.n, card.bar_ppm) == (600_000, 450_000, 740_000, 40, 700_000)
    assert card.plan_left_s == 15 * 86400
    assert reads.warning(opened, NOW + timedelta(days=16)).plan_left_s == -86400
    assert verbs.open_blue(step(), HOME, "satisfaction", BAD, BAR) is None
    other = verbs.open_blue(step(NOW - timedelta(days=1)), NEXT, "satisfaction", BAD, BAR)
    assert [w.id for w in reads.open_in("440104", NOW)] == [other, opened]
    assert [w.id for w in reads.open_in(HOME, NOW)] == [opened]
    with pytest.raises(NotFound):
        reads.warning(UUID(int=1), NOW)


def test_a_case_is_planned_planned_better_and_closed_and_can_open_anew(opened: UUID) -> None:
    with pytest.raises(Refused, match="state_forbids"):
        verbs.close(step(), opened, "没查")
    for bad, code in (("  ", Refusal.PLAN_MISSING), ("长" * 1001, Refusal.INPUT_TOO_LONG)):
        with pytest.raises(Refused) as caught:
            verbs.plan(step(), opened, bad)
        assert (caught.value.code, caught.value.field) == (code, "plan")
    assert verbs.plan(step(), opened, "先走访十户") == HOME
    assert verbs.plan(step(), opened, "走访二十户\n再开会") == HOME
    assert reads.warning(opened, NOW).plan == "走访二十户\n再开会"
    assert reads.warning(opened, NOW).plan_left_s is None
    assert verbs.close(step(NOW + timedelta(days=9)), opened, "送餐常晚，已换人") == HOME
    assert reads.open_in(HOME, NOW) == ()
    assert [(w.id, w.findings) for w in reads.closed_in(HOME, NOW)] == [(opened, "送餐常晚，已换人")]
    with pytest.raises(Refused, match="state_forbids"):
        verbs.plan(step(), opened, "再来")
    with pytest.raises(NotFound):
        verbs.plan(step(), UUID(int=1), "没有这件")
    assert verbs.open_blue(step(), HOME, "satisfaction", BAD, BAR) is not None
    assert run("SELECT old, new, event FROM warnings_warningflip ORDER BY id") == [
        ("open", "planned", "plan"), ("planned", "planned", "plan"), ("planned", "closed", "close"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("state = 'lost'", "warning_"),
        ("state = 'planned'", "warning_planned"),
        ("plan = 'x'", "warning_planned"),
        ("state = 'closed', planned_at = now(), plan = 'x'", "warning_closed"),
        ("value_ppm = 1", "do not change"),
        ("n = 1000", "do not change"),
        ("plan_due_at = plan_due_at + interval '1 year'", "do not change"),
    ],
)
def test_what_the_database_refuses(opened: UUID, change: str, says: str) -> None:
    with database_refuses(says):
        run(f"UPDATE warnings_warning SET {change}")


@pytest.mark.parametrize(
    ("share", "says"),
    [(Share(600_000, 650_000, 740_000, 40), "warning_figures"), (Share(600_000, 450_000, 740_000, 0), "warning_figures")],
)
def test_a_case_without_sound_figures_can_not_be_written(db: None, share: Share, says: str) -> None:
    with database_refuses(says):
        verbs.open_blue(step(), HOME, "satisfaction", share, BAR)
    with database_refuses("warning_under_bar"):
        verbs.open_blue(step(), HOME, "satisfaction", Share(700_000, 600_000, 800_000, 40), BAR)
    with database_refuses("warning_due"):
        verbs.open_blue(step(), HOME, "satisfaction", BAD, Bar(700_000, 10, 0))


def test_flips_stay(opened: UUID) -> None:
    verbs.plan(step(), opened, "先走访十户")
    for change in ("UPDATE warnings_warningflip SET at = now()", "DELETE FROM warnings_warningflip"):
        with database_refuses("a flip is never changed"):
            run(change)
    with database_refuses("do not change"):
        run("DELETE FROM warnings_warning")
