"""Run one of Linli's processes alone. `linli serve` starts these; a larger installation spreads them over machines."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from linli.doors.commands import outbound
from linli.doors.commands.supervisor import MARK
from linli.doors.site import logs
from linli.doors.site.config import config
from linli.journeys.loops import run_clock, run_matcher, run_witnesses, run_worker
from linli.stage import district, nation, trial

LOOPS = {"clock": run_clock, "matcher": run_matcher, "worker": run_worker, "life": district.live}
WORDS = {
    "web": "answers browsers and programs",
    "clock": "does what falls due: escalation, reminders, no-shows, holds",
    "matcher": "offers needs to helpers",
    "worker": "does what steps left for later; keeps the record and asks its witnesses; takes stock; runs policy trials",
    "life": "goes on with the life of the demo's made-up district",
    "nation": "makes the nation's made-up figures where they are not there yet, then ends",
}
STOP_SECONDS = 10
LAST_IN_LINE = 19  # niceness: whoever looks at a page goes first


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the process."""
    names = parser.add_subparsers(dest="name", metavar="NAME", required=True)
    for name, words in WORDS.items():
        names.add_parser(name, help=words, description=words)


def run(options: argparse.Namespace) -> int:
    """Run until told to stop."""
    logs.configure(process=options.name)
    if MARK in os.environ:
        threading.Thread(target=_end_with_supervisor, daemon=True).start()
    if options.name == "nation":
        return _nation()
    return _web() if options.name == "web" else _loop(options.name)


def _end_with_supervisor() -> None:
    # Standard input is a pipe from the supervisor; it ends when that process ends, however it ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _nation() -> int:
    # Ended half-way it leaves a folder that does not count, which the next one clears away.
    os.nice(LAST_IN_LINE)
    if config().demo and not nation.is_made():
        nation.build()
    return 0


def _loop(name: str) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if name == "worker":
        threading.Thread(target=_trials, args=(stop,), name="trials").start()
        threading.Thread(target=_witnesses, args=(stop,), name="witnesses").start()
    LOOPS[name](stop)
    return 0


def _witnesses(stop: threading.Event) -> None:
    # A thread of its own: a witness that answers slowly must not hold up the record.
    try:
        run_witnesses(stop, outbound.post)
    finally:
        stop.set()


def _trials(stop: threading.Event) -> None:
    try:
        trial.attend(stop)
    finally:
        stop.set()  # where it fell over, the worker ends too and is started again, as a whole


def _web() -> int:
    settings = config()
    Granian(
        "linli.doors.site.wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels(settings.log_level),
        log_dictconfig=logs.granian(),
    ).serve()
    return 0
