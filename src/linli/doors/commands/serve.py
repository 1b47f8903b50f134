"""Run Linli: the database (its own, unless LINLI_DATABASE_URL names one), the web server, clock, matcher and worker.

Missing tables, places and policy are brought in first. Ctrl-C or SIGTERM ends everything in order; a process that dies is started again;
a second start on the same data folder says where the first one runs.
"""

from __future__ import annotations

import argparse
import fcntl
import http.client
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from linli.doors.commands.cluster import Cluster
from linli.doors.commands.database import steps_waiting
from linli.doors.commands.output import bar, complain, note, say
from linli.doors.commands.programs import ClusterError
from linli.doors.commands.supervisor import Part, Supervisor, end_leftovers, part
from linli.doors.site.config import Config, config
from linli.doors.site.secrets import data_folder
from linli.journeys.ground import import_places, import_policy
from linli.journeys.programme import import_programme

PARTS = ("web", "clock", "matcher", "worker")
ANSWER_SECONDS = 1.0
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 — named to be told apart, not bound


class AlreadyRuns(Exception):
    """Another `linli serve` holds this data folder; the text says where it runs."""


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Take none: what can be set is set by LINLI_* variables (docs/settings.md)."""


def run(_options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    return serve(lambda: None, lambda: say(f"Linli runs at {address(config())} — Ctrl-C stops it"))


def address(settings: Config) -> str:
    """Return the address people open."""
    return settings.public_url or f"http://localhost:{settings.port}/"


def serve(prepare: Callable[[], object], greet: Callable[[], None], *, parts: tuple[str, ...] = PARTS, once: tuple[str, ...] = ()) -> int:
    """Run everything until interrupted; return the exit code. `prepare` runs once the tables, places and policy stand, `once` after `greet`."""
    settings = config()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # all three ways of stopping are one
    try:
        with _alone(settings):
            _serve_alone(settings, prepare, greet, (*map(part, parts), *(part(name, once=True) for name in once)))
    except AlreadyRuns as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        note("Linli has stopped")
    return 0


@contextmanager
def _alone(settings: Config) -> Iterator[None]:
    """Hold the data folder, and its database, for this process. Raises AlreadyRuns."""
    folder = data_folder(settings.data)
    with (folder / "serve.lock").open("a+") as file, (folder / "cluster.users").open("w") as users:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRuns(_who_runs(file.read())) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "address": address(settings)}))
        file.flush()
        # As every user of the server does: a command that ends beside us is then not the last one, and leaves it running.
        fcntl.flock(users, fcntl.LOCK_SH)
        yield
        file.truncate(0)


def _who_runs(text: str) -> str:
    first = json.loads(text) if text else {}
    return f"Linli runs already at {first['address']} (process {first['pid']})" if first else "Linli is just being started elsewhere"


def running(data: Path) -> dict[str, str | int] | None:
    """Return number and address of the `linli serve` of a data folder, or None."""
    path = data / "serve.lock"
    if not path.exists():
        return None
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found: dict[str, str | int] = json.loads(file.read() or "{}")
            return found
    return None


def _serve_alone(settings: Config, prepare: Callable[[], object], greet: Callable[[], None], parts: tuple[Part, ...]) -> None:
    end_leftovers(settings.data)
    _check_port(settings)
    cluster = None if settings.database_url else Cluster(settings.data)
    supervisor = Supervisor(settings.data, parts, cluster)
    try:
        if cluster is not None:
            cluster.start()
        bring_up()
        prepare()
        connections.close_all()
        supervisor.run(lambda: _answers(settings), greet)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        connections.close_all()
        supervisor.stop()
        if cluster is not None:
            cluster.stop()


def bring_up_tables() -> None:
    """Bring the tables up to this version."""
    waiting = steps_waiting()
    if waiting:
        note(f"preparing the tables ({waiting} steps)")
        call_command("migrate", verbosity=0, interactive=False)


def bring_up() -> None:
    """Bring static files, tables, places and policy up to this version; what is there already stays."""
    call_command("collectstatic", verbosity=0, interactive=False)
    bring_up_ground()


def bring_up_ground() -> None:
    """Bring tables, places and policy up to this version."""
    bring_up_tables()
    loaded = import_places(bar("places"))
    if loaded.added:
        note(f"places: {loaded.added} of {loaded.total} are new")
    rules = import_policy()
    if rules:
        note(f"policy: {rules} rules are new")
    figures = import_programme()
    if figures:
        note(f"programme: {figures} figures of the report are new")


def _check_port(settings: Config) -> None:
    """Raise ClusterError where somebody else listens on the web port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ClusterError(
                f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): set LINLI_PORT or LINLI_HOST"
            ) from None


def _answers(settings: Config) -> bool:
    there = http.client.HTTPConnection(ANYWHERE.get(settings.host, settings.host), settings.port, timeout=ANSWER_SECONDS)
    try:
        there.request("GET", "/healthz")
        return there.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        there.close()
