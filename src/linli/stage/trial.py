"""Policy trials: the same made-up people live some days under policy set A and under B, each run in a database and a process of its own.

    base   tables and places, made once a trial          ─┐ copied for each run
    run    people of a seed, some days, one policy set   ─┴─▶ outcomes ─▶ journeys.trial ─▶ sight/trials

A run knows neither the live database nor its keys: its surroundings name a database apart and a data folder of its own. Whatever ends the
runner, the run ends with it, and what it leaves is swept away by the next one that holds the lock.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, close_old_connections

from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.journeys import trial
from linli.kernel.actor import Channel
from linli.kernel.errors import Refused
from linli.kernel.units import PPM_ONE
from linli.sight.trials import reads as trials
from linli.sight.trials.reads import RunRow, TrialCard
from linli.stage.apart import Apart, Busy, alone, reach, sweep
from linli.stage.district import DISTRICT, MEMBER_ASKS
from linli.stage.life import NO_SHOW_FOUND_MINUTES, TICK, Manners
from linli.stage.trial_life import NICE, Order, Size

log = structlog.get_logger("linli.trial")
PROGRAM = "import sys, django; django.setup(); from linli.stage import trial_life; sys.exit(trial_life.main())"
RUN_SECONDS_MAX, WHOLE_SECONDS_MAX = 180.0, 3600.0
POLL_SECONDS, LOOK_EVERY_SECONDS, IDLE_SECONDS, BACK_OFF_SECONDS = 0.1, 1.0, 2.0, 10.0
CALM_SECONDS = 20.0  # a site that has just been started has better things to do
FOLDER = "trials"  # below the data folder: the own data folders of runs
# What the demo shows of its own: an hour instead of two to answer, and helpers looked for nearby only.
FIRST = {"answer_minutes": "60", "radius_metres": "300"}
FIRST_SEEDS, FIRST_DAYS = 8, 3
FIRST_SIZE = Size(communities=2, residents=140, helpers=8, needs_a_day=7)


class Stopped(Exception):
    """The trial was called off, or has no time left; `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Broken(Exception):
    """A run ended without a result; the text is the end of what it said."""


def assumptions() -> dict[str, int]:
    """Return how the made-up people of a trial behave: what nobody measured and everybody should know. Shares in ppm."""
    manners = Manners()
    shares = {
        "helper_declines_ppm": manners.helper_declines, "worker_answers_ppm": manners.worker_answers,
        "answered_from_ppm": manners.answered_within[0], "answered_until_ppm": manners.answered_within[1], "no_show_ppm": manners.no_show,
        "differing_claims_ppm": manners.differing_claims, "rates_ppm": manners.rates, "satisfied_ppm": sum(manners.stars[3:]),
        "poor_share_ppm": manners.poor_share, "poor_satisfied_ppm": sum(manners.poor_stars[3:]),
    }  # fmt: skip
    counts = {
        "rounds_max": manners.rounds_max, "member_asks": MEMBER_ASKS, "looks_every_minutes": int(TICK.total_seconds()) // 60,
        "no_show_found_minutes": NO_SHOW_FOUND_MINUTES,
    }  # fmt: skip
    return {name: round(share * PPM_ONE) for name, share in shares.items()} | counts


def _surroundings(database: str, folder: Path) -> dict[str, str]:
    # Nothing of the live site's own surroundings: neither its database, nor its data folder with the keys, nor its clock.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "PG"))}
    return kept | reach() | {
        "LINLI_DATA": str(folder), "LINLI_DATABASE_URL": f"postgresql:///{database}", "LINLI_CLOCK": "test", "LINLI_LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": str(settings.SETTINGS_MODULE), "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip


def _folder() -> Path:
    folder = Path(settings.LINLI_DATA, FOLDER)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


class _Child:
    """The process in which a trial is lived: it has a data folder and keys of its own, and forks for each run."""

    def __init__(self, name: str, folder: Path, ended: Callable[[], str]) -> None:
        self.folder, self.ended, self._looked = folder, ended, 0.0
        self.said = (folder / "said").open("w+")
        self.process = subprocess.Popen(  # noqa: S603 — this very program, nothing a person typed
            [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=self.said, stderr=self.said, start_new_session=True,
            env=_surroundings(name, folder),
        )  # fmt: skip
        os.setpriority(os.PRIO_PROCESS, self.process.pid, NICE)

    def do(self, kind: str, database: str, order: Order, name: str) -> Any:
        """Have one task done and return its result. Raises Stopped where `ended()` gives a reason, Broken."""
        task = {"kind": kind, "database": database, "order": order.text(), "name": name}
        try:
            if self.process.stdin is not None:
                self.process.stdin.write(json.dumps(task).encode() + b"\n")
                self.process.stdin.flush()
        except BrokenPipeError:
            raise Broken(self._last_words()) from None
        result = self.folder / f"{name}.json"
        begun = time.monotonic()
        while not result.exists():
            if self.process.poll() is not None:
                raise Broken(self._last_words())
            if time.monotonic() - begun > RUN_SECONDS_MAX:
                raise Stopped("too_slow")
            self._look()
            time.sleep(POLL_SECONDS)
        return json.loads(result.read_text())

    def _look(self) -> None:
        moment = time.monotonic()
        if moment - self._looked >= LOOK_EVERY_SECONDS:
            self._looked = moment
            if why := self.ended():
                raise Stopped(why)

    def _last_words(self) -> str:
        self.said.seek(0)
        return self.said.read()[-2000:]

    def end(self) -> None:
        """End the process and what it forked, wait for its end."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with suppress(BrokenPipeError):
            if self.process.stdin is not None:
                self.process.stdin.close()
        self.said.close()


@contextmanager
def _child(name: str, ended: Callable[[], str]) -> Iterator[_Child]:
    with tempfile.TemporaryDirectory(dir=_folder()) as folder:
        child = _Child(name, Path(folder), ended)
        try:
            yield child
        finally:
            child.end()


def lived(card: TrialCard, apart: Apart, known: Iterable[RunRow] = (), *, ended: Callable[[], str] = lambda: "") -> Iterator[RunRow]:
    """Live the runs that a trial lacks beside those `known`, and yield each as it comes.

    Raises Stopped where `ended()` gives a reason, Broken where a run fell over, ImproperlyConfigured where databases may not be made.
    """

    def order(arm: Any, seed: int) -> Order:
        size, limit = Size(**dict(card.size)), int(card.rules["handle_minutes"])
        return Order(card.place, card.on.isoformat(), card.set_of(arm), limit, card.days, seed, size)

    lacking = trials.lacking(card, known)
    if not lacking:
        return
    base = apart.make("base")
    with _child(base, ended) as child:
        child.do("base", base, order(*lacking[0]), "base")
        for arm, seed in lacking:
            begun = time.monotonic()
            try:
                result = child.do("run", apart.make("run", like="base"), order(arm, seed), f"{arm.value}{seed}")
            finally:
                apart.drop("run")
            yield RunRow(arm, seed, result["outcomes"], result["needs"], round((time.monotonic() - begun) * 1000))


def attend(stop: threading.Event, *, calm_seconds: float = CALM_SECONDS) -> None:
    """Run the trials that are asked for, one at a time, until `stop`. What others left behind is swept away first."""
    swept = False
    stop.wait(calm_seconds)
    while not stop.is_set():
        try:
            close_old_connections()
            swept = swept or sweep()
            if trials.any_to_run():
                attend_one(stop)
        except (OperationalError, psycopg.OperationalError) as error:
            # The database restarts: what was begun is taken up again.
            log.warning("trial.database", error=type(error).__name__)
            stop.wait(BACK_OFF_SECONDS)
        stop.wait(IDLE_SECONDS)


def attend_one(stop: threading.Event) -> None:
    """Run the trial that waits longest, where no other runs."""
    try:
        with alone() as apart:
            rmtree(_folder(), ignore_errors=True)
            taken = trial.take()
            if taken is not None:
                _attend(taken, apart, stop)
    except Busy:
        return
    except Refused as refused:
        log.info("trial.ended_meanwhile", why=str(refused))  # called off between two looks


def _attend(pk: UUID, apart: Apart, stop: threading.Event) -> None:
    begun = time.monotonic()

    def ended() -> str:
        if stop.is_set():
            return "told_to_stop"
        if time.monotonic() - begun > WHOLE_SECONDS_MAX:
            return "too_slow"
        return "" if trials.is_running(pk) else "called_off"

    try:
        for run in lived(trials.trial(pk), apart, trials.runs_of(pk), ended=ended):
            if not trial.keep_run(pk, run):
                return
        trial.finish(pk, assumptions())
    except Stopped as stopped:
        if stopped.why == "told_to_stop":
            trial.put_back(pk)
        elif stopped.why == "too_slow":
            trial.fail(pk, stopped.why)
    except ImproperlyConfigured:
        trial.fail(pk, "no_right")
    except Broken as broken:
        log.error("trial.broken", trial=str(pk), said=str(broken))
        trial.fail(pk, "broken")


def ask_first() -> None:
    """Let the demo's city ask for a first small trial, where none was ever asked for; it is run in the background."""
    lin = people.personas().get("lin")
    if lin is not None and not trials.any_asked():
        draft = trial.Draft(DISTRICT, FIRST, FIRST_SEEDS, FIRST_DAYS, asdict(FIRST_SIZE))
        trial.ask(people.actor_of(lin, now(), channel=Channel.STAGE), draft, "stage-first-trial")
