"""Policy trials on a real server: two sets lived by the same people in databases apart; what is live stays as it was, whatever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from linli.ground.policy.keys import KEYS
from linli.ground.steps.reads import now
from linli.journeys import trial
from linli.kernel.errors import NotAllowed, NotFound, Refusal, Refused
from linli.sight.trials import reads as trials
from linli.sight.trials.core import Arm, State
from linli.sight.trials.reads import TrialCard, compared, unkept
from linli.stage import apart
from linli.stage import trial as stage
from linli.stage.trial_life import SMALL, Order
from tests.cast import Street
from tests.killing import fingerprint
from tests.test_commands import LINLI, linli
from tests.tried import DISTRICT, asked, tried

TINY = SMALL
DAYS = 2


OWN_ROLE = settings.LINLI_TRIAL_ROLE  # of the cluster of this run; "" for a worker of xdist, who shares a cluster


@pytest.fixture(autouse=True)
def _one_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be the role that its commands are: they are told of the database by LINLI_DATABASE_URL."""
    monkeypatch.setattr(settings, "LINLI_TRIAL_ROLE", "")


def card_of(changes: dict[str, str], *, seeds: int) -> TrialCard:
    found = trial.sets(DISTRICT, now(), changes)
    return unkept(found.place, found.on, found.a, found.changes, seeds=seeds, days=DAYS, size=asdict(TINY), moment=now())


def on_the_server() -> list[str]:
    """Return the trial databases of this test's database, without the lock that would sweep them."""
    mark = apart._mark()
    with apart._connect() as link:
        rows = link.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{apart.PREFIX}{mark}_"])
        return sorted(name for (name,) in rows)


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def children(folder: Path) -> list[int]:
    """Return the processes whose data folder lies below `folder`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if f"LINLI_DATA={folder}".encode() in words and state not in "ZX":
                found.append(int(entry.name))
    return found


def test_a_set_that_differs_shows_it_and_nothing_live_changes(living_street: Street) -> None:
    stood = fingerprint()
    card = card_of({"radius_metres": "20"}, seeds=4)
    with apart.alone() as own:
        runs = tuple(stage.lived(card, own))
        assert own.left() == [own.name("base")]
    lines = {line.outcome: line for line in compared(runs)}
    assert [(run.arm, run.seed) for run in runs] == [(arm, seed) for seed in (1, 2, 3, 4) for arm in Arm]
    # Only helpers of the same building are within twenty metres: far fewer needs are met, by more than chance.
    assert lines["met"].verdict == "less", lines["met"]
    assert lines["met"].a is not None
    assert lines["met"].a.mean > 500_000
    # The same wishes in both arms, and what the changed key has nothing to do with comes out alike to the last number.
    for one, other in zip(runs[::2], runs[1::2], strict=True):
        assert one.needs == other.needs > 3
        assert one.outcomes["seeded"] == other.outcomes["seeded"]
    assert lines["seeded"].verdict == "same"
    assert fingerprint() == stood
    assert on_the_server() == []


def test_the_same_order_comes_out_the_same_to_the_last_number(living_street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LINLI_TRIAL_ROLE", OWN_ROLE)  # as in a cluster of Linli's own
    card = card_of({"offers_at_once": "2"}, seeds=1)
    alike = unkept(card.place, card.on, card.rules, {"offers_at_once": int(card.rules["offers_at_once"])}, seeds=1, days=DAYS, size=asdict(TINY), moment=now())  # fmt: skip
    with apart.alone() as own:
        a, b = stage.lived(alike, own)
    assert dict(a.outcomes) == dict(b.outcomes)
    assert a.needs == b.needs
    assert a.outcomes["met"]


@pytest.fixture
def runner(living_street: Street) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs a long trial on this test's database, until it is killed."""
    found = connection.settings_dict
    host = str(found["HOST"]).replace("/", "%2F")
    env = os.environ | {"LINLI_DATABASE_URL": f"postgresql://{found['USER']}:{found['PASSWORD']}@{host}/{found['NAME']}"}
    command = [LINLI, "stage", "trial", "--place", DISTRICT, "--set", "radius_metres=20", "--seeds", "8"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("kind", ["base", "run"])
def test_a_runner_that_is_killed_leaves_no_process_and_no_database(runner: subprocess.Popen[bytes], kind: str) -> None:
    stood, folder = fingerprint(), Path(settings.LINLI_DATA, stage.FOLDER)
    until(lambda: [name for name in on_the_server() if name.endswith(kind)] and children(folder))
    assert not apart.sweep()  # it runs: nothing of it is touched, and no second one begins
    with pytest.raises(apart.Busy), apart.alone():
        pass
    assert linli("stage", "trial", "--place", DISTRICT, "--set", "radius_metres=20", code=1).stderr.count("another trial runs") == 1
    os.kill(runner.pid, signal.SIGKILL)
    until(lambda: not children(folder), 20)
    until(apart.sweep)
    assert on_the_server() == []
    assert fingerprint() == stood


def test_a_run_that_dies_ends_the_trial_and_leaves_no_database(living_street: Street) -> None:
    card, folder = card_of({"offers_at_once": "1"}, seeds=3), Path(settings.LINLI_DATA, stage.FOLDER)

    def live() -> None:
        with apart.alone() as own:
            for _ in stage.lived(card, own):
                for pid in children(folder):
                    os.kill(pid, signal.SIGKILL)

    with pytest.raises(stage.Broken):
        live()
    assert on_the_server() == []
    assert children(folder) == []


def test_a_run_refuses_every_database_that_is_not_apart(living_street: Street) -> None:
    stood, live = fingerprint(), str(connection.settings_dict["NAME"])
    with pytest.raises(apart.NotApart, match=live):
        apart.require_apart()
    card = card_of({"offers_at_once": "1"}, seeds=1)
    order = Order(DISTRICT, card.on.isoformat(), card.rules, 4320, DAYS, 1, TINY)
    for kind in ("base", "run"):
        with pytest.raises(stage.Broken, match="NotApart"), stage._child(live, lambda: "") as child:
            child.do(kind, live, order, kind)
    assert fingerprint() == stood


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["linli", "postgres", "linli_trial_", "linli_trial_00000000_00000000_run; x", "linli_trial_0000000g_00000000_run", ""]
)
def test_only_a_trials_database_is_made_or_dropped(name: str) -> None:
    assert not apart.is_apart(name)
    with pytest.raises(apart.NotApart):
        apart._checked(name)


@pytest.mark.django_db
def test_what_carries_a_trials_name_but_is_lived_in_is_refused(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "is_apart", lambda _name: True)
    with pytest.raises(apart.NotApart, match="people live"):
        apart.require_apart()
    monkeypatch.setitem(connection.settings_dict, "NAME", "linli_trial_00000000_00000000_run")
    with pytest.raises(apart.NotApart), apart.alone():
        pass


def test_the_worker_runs_what_was_asked_for(living_street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "SEEDS", (2, 20))
    draft = trial.Draft(DISTRICT, {"radius_metres": "20"}, 2, DAYS, asdict(TINY))
    made = UUID(trial.ask(living_street.actor("lin"), draft, living_street.key())["trial"])
    stood = {table: hashed for table, hashed in fingerprint().items() if not table.startswith(("trials_", "evidence_"))}
    stop, kept = threading.Event(), []
    keep = trial.keep_run

    def keep_and_stop(pk: UUID, run: trials.RunRow) -> bool:
        kept.append((run.arm, run.seed))
        if len(kept) == 1:
            stop.set()  # the worker is told to stop in the middle
        return keep(pk, run)

    monkeypatch.setattr(trial, "keep_run", keep_and_stop)
    monkeypatch.setattr(stage, "LOOK_EVERY_SECONDS", 0.0)
    stage.attend(stop, calm_seconds=0)
    assert (trials.trial(made).state, trials.trial(made).runs_done) == (State.WAITING, 1)
    stage.attend_one(threading.Event())
    found = trials.result(made)
    assert found.card.state is State.DONE
    assert found.card.digest
    assert found.card.assumptions == stage.assumptions()
    assert sorted(set(kept)) == sorted(kept)  # what was there is not lived again
    assert len(found.runs) == 4
    now_stands = {table: hashed for table, hashed in fingerprint().items() if not table.startswith(("trials_", "evidence_"))}
    assert now_stands == stood
    assert on_the_server() == []


def test_a_trial_that_is_called_off_or_too_slow_or_broken_ends_as_such(living_street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "LOOK_EVERY_SECONDS", 0.0)
    made = asked(living_street, offers_at_once="1")
    calls: list[int] = []

    def called_off(pk: UUID) -> bool:
        calls.append(1)
        if len(calls) == 3:
            trial.cancel(living_street.actor("lin"), pk, living_street.key())
        return trials.trial(pk).state is State.RUNNING

    with monkeypatch.context() as patch:
        patch.setattr(trials, "is_running", called_off)
        stage.attend_one(threading.Event())
    assert trials.trial(made).state is State.CANCELLED
    for patched, value, why in (("RUN_SECONDS_MAX", 0.0, "too_slow"), ("PROGRAM", "raise SystemExit('no')", "broken")):
        made = asked(living_street, offers_at_once="1")
        with monkeypatch.context() as patch:
            patch.setattr(stage, patched, value)
            stage.attend_one(threading.Event())
        assert (trials.trial(made).state, trials.trial(made).why) == (State.FAILED, why)
    assert on_the_server() == []


@pytest.mark.django_db
def test_a_role_that_may_make_no_database_is_told_so(monkeypatch: pytest.MonkeyPatch, living_street: Street) -> None:
    def refuse(_self: apart.Apart, _kind: str, **_more: Any) -> str:
        raise apart.ImproperlyConfigured("ALTER ROLE")

    made = asked(living_street, offers_at_once="1")
    monkeypatch.setattr(apart.Apart, "make", refuse)
    stage.attend_one(threading.Event())
    assert (trials.trial(made).state, trials.trial(made).why) == (State.FAILED, "no_right")


WRONG = [
    ({"answer_minutes": "0"}, "answer_minutes"), ({"answer_minutes": "99999"}, "answer_minutes"), ({"answer_minutes": "1.5"}, "answer_minutes"),
    ({"answer_minutes": "-3"}, "answer_minutes"), ({"answer_minutes": "二"}, "answer_minutes"), ({"answer_minutes": ""}, "answer_minutes"),
    ({"offers_at_once": "3", "radius_metres": "7"}, "radius_metres"), ({"no_such_key": "1"}, "no_such_key"),
    ({"plan_days": "5"}, "plan_days"),  # nothing in a trial would feel it
    ({"community_phone": "110"}, "community_phone"), ({"answer_minutes": "20"}, "answer_minutes"),  # shorter than a special group's
    ({"radius_metres": "900", "answer_urgent_minutes": "90"}, "answer_urgent_minutes"), ({"handle_minutes": "60"}, "handle_minutes"),
    (dict.fromkeys(("offers_at_once", "radius_metres", "visits_per_day_max", "cost_load", "cost_pairing", "offer_minutes"), "77"), "changes"),
    ({}, "changes"), ({"offers_at_once": "3"}, "changes"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("changes", "field"), WRONG, ids=[str(w[0])[:40] for w in WRONG])
def test_a_set_that_may_not_be_is_refused_and_the_key_is_named(street: Street, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        trial.sets(DISTRICT, now(), changes)
    assert refused.value.field == field
    with pytest.raises(Refused):
        asked(street, **changes)
    assert not trials.any_asked()


@pytest.mark.django_db
def test_every_key_that_may_be_tried_is_a_number_with_bounds_that_hold(street: Street) -> None:
    for key in trial.FELT:
        low, high = KEYS[key].low, KEYS[key].high
        for value in (low - 1, high + 1):
            with pytest.raises(Refused) as refused:
                trial.sets(DISTRICT, now(), {key: str(value)})
            assert refused.value.field == key


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["li", "wang", "chen", "he", "zhou"])
def test_only_the_city_asks_and_calls_off(street: Street, who: str) -> None:
    draft = trial.Draft(DISTRICT, {"offers_at_once": "1"}, 5, 3, asdict(TINY))
    with pytest.raises(NotAllowed):
        trial.ask(street.actor(who), draft, street.key())
    made = asked(street, offers_at_once="1")
    with pytest.raises(NotAllowed):
        trial.cancel(street.actor(who), made, street.key())
    assert trials.trial(made).state is State.WAITING


@pytest.mark.django_db
def test_the_city_asks_for_its_own_places_only_and_not_for_too_many(street: Street) -> None:
    lin = street.actor("lin")
    draft = trial.Draft(DISTRICT, {"offers_at_once": "1"}, 5, 3, asdict(TINY))
    with pytest.raises(NotAllowed):
        trial.ask(lin, trial.Draft("310101", draft.changes, 5, 3, draft.size), street.key())
    for seeds, days, field in ((1, 3, "seeds"), (21, 3, "seeds"), (5, 1, "days"), (5, 15, "days")):
        with pytest.raises(Refused) as refused:
            trial.ask(lin, trial.Draft(DISTRICT, draft.changes, seeds, days, draft.size), street.key())
        assert refused.value.field == field
    with pytest.raises(Refused):
        trial.ask(lin, trial.Draft("440199", draft.changes, 5, 3, draft.size), street.key())
    key = street.key()
    first = trial.ask(lin, draft, key)
    assert trial.ask(lin, draft, key) == first
    for _ in range(trial.WAITING_MAX - 1):
        trial.ask(lin, draft, street.key())
    with pytest.raises(Refused, match=Refusal.TOO_MANY_OPEN.value):
        trial.ask(lin, draft, street.key())
    with pytest.raises(NotFound):
        trial.cancel(lin, UUID(int=5), street.key())


@pytest.mark.django_db
def test_a_finished_trial_sets_no_policy(street: Street) -> None:
    before = trial.sets(DISTRICT, now(), {"offers_at_once": "1"}).a
    made = tried(street)
    assert trials.trial(made).state is State.DONE
    assert trial.sets(DISTRICT, now() + timedelta(days=1), {"offers_at_once": "1"}).a == before


def test_the_command_compares_two_sets(living_street: Street) -> None:
    stood = fingerprint()
    told = json.loads(
        linli("stage", "trial", "--place", DISTRICT, "--set", "radius_metres=20", "--seeds", "4", "--days", "2", "--small", "--json").stdout
    )
    assert told["changes"] == {"radius_metres": {"a": 1200, "b": 20}}
    met = next(row for row in told["outcomes"] if row["outcome"] == "met")
    assert met["verdict"] == "less"
    assert len(told["runs"]) == 8
    assert date.fromisoformat(told["policy_on"])
    assert fingerprint() == stood
    refused = linli("stage", "trial", "--place", DISTRICT, "--set", "radius_metres=1", code=1)
    assert "radius_metres" in refused.stderr
    for words in (["--set", "radius_metres"], ["--seeds", "0", "--set", "a=1"], []):
        linli("stage", "trial", "--place", DISTRICT, *words, code=2)


def test_a_cluster_that_cannot_be_reached_is_waited_for(living_street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    made, stop, tries = asked(living_street, offers_at_once="1"), threading.Event(), []

    def gone() -> None:
        tries.append(1)
        if len(tries) == 2:
            stop.set()
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr(apart, "_connect", gone)
    monkeypatch.setattr(stage, "BACK_OFF_SECONDS", 0.01)
    monkeypatch.setattr(stage, "IDLE_SECONDS", 0.01)
    stage.attend(stop, calm_seconds=0)
    assert trials.trial(made).state is State.WAITING
