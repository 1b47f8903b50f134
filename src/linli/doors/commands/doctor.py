"""Look whether everything is in order, without changing anything. Exit code 1 where something is not.

Each line is a finding: ok, note (worth knowing) or bad (needs a hand, with what to do).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from django.core.checks import run_checks
from django.db import connection

from linli.doors.commands.cluster import Cluster
from linli.doors.commands.database import steps_waiting
from linli.doors.commands.output import answer, json_option
from linli.doors.commands.programs import VERSION_MIN, ClusterError
from linli.doors.commands.serve import running
from linli.doors.site.config import config
from linli.ground.places import reads as places
from linli.journeys import clockwork, loops
from linli.trust.evidence import reads as evidence

FREE_BYTES_MIN = 1_000_000_000
FREE_BYTES_WANTED = 5_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    about: str
    state: Literal["ok", "note", "bad"]
    words: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take --json."""
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Look at everything; return 1 where something is bad."""
    found = list(findings())
    facts = {"ok": all(f.state != "bad" for f in found), "findings": [asdict(f) for f in found]}
    answer(options, facts, "\n".join(f"{f.state:4}  {f.about}: {f.words}" for f in found))
    return 0 if facts["ok"] else 1


def findings() -> Iterator[Finding]:
    """Yield what was found, from the machine up to the work that waits."""
    yield _python()
    yield from _data_folder()
    yield _settings()
    yield from _code()
    up, database = _database()
    yield database
    if up:
        for look in LOOKS:
            yield look()
    yield _server()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", "ok" if sys.version_info >= (3, 11) else "bad", version)


def _data_folder() -> Iterator[Finding]:
    data = config().data
    if not data.exists():
        yield Finding("data folder", "note", f"{data} will be made at the first start")
        return
    open_keys = (data / "keys").exists() and (data / "keys").stat().st_mode & 0o077
    yield Finding(
        "data folder", "bad" if open_keys else "ok", f"{data}" + ("; its keys are open to others: chmod 700 keys" if open_keys else "")
    )
    free = shutil.disk_usage(data).free
    state: Literal["ok", "note", "bad"] = "bad" if free < FREE_BYTES_MIN else "note" if free < FREE_BYTES_WANTED else "ok"
    yield Finding("disk", state, f"{free / 1e9:.1f} GB free" + ("" if state == "ok" else ": make room"))


def _settings() -> Finding:
    settings = config()
    kinds = [
        word
        for word, holds in (("production", settings.production), ("demo", settings.demo), ("test clock", settings.clock == "test"))
        if holds
    ]
    return Finding("settings", "ok", ", ".join(kinds) or "neither production nor demo")


def _code() -> Iterator[Finding]:
    faults = run_checks()
    for fault in faults:
        yield Finding("checks", "bad" if fault.is_serious() else "note", f"{fault.msg} ({fault.id})")
    if not faults:
        yield Finding("checks", "ok", "nothing found")


def _database() -> tuple[bool, Finding]:
    """Return whether the database can be asked, and the finding. The embedded one is not started for this."""
    settings = config()
    if settings.database_url:
        connection.ensure_connection()
        version = connection.pg_version // 10_000  # type: ignore[attr-defined]
        return True, Finding("database", "ok" if version >= VERSION_MIN else "bad", f"PostgreSQL {version}, a server of your own")
    try:
        cluster = Cluster(settings.data)
        programs = cluster.programs()
    except ClusterError as error:
        return False, Finding("database", "bad", str(error))
    pid = cluster.pid()
    words = f"PostgreSQL {programs.version} from {programs.folder}, as {cluster.user.name or cluster.user.uid}"
    return pid is not None, Finding("database", "ok" if pid else "note", words + (f", process {pid}" if pid else "; it does not run now"))


def _tables() -> Finding:
    waiting = steps_waiting()
    return Finding("tables", "bad" if waiting else "ok", f"{waiting} steps wait: linli serve does them" if waiting else "up to date")


def _places() -> Finding:
    load = places.last_load()
    return Finding("places", "ok", f"{load.package} {load.version}") if load else Finding("places", "bad", "none: linli places import")


def _clock() -> Finding:
    seen = clockwork.show()
    kind = "test clock" if config().clock == "test" else "real time"
    return Finding("clock", "ok", f"{seen.now:%Y-%m-%d %H:%M} UTC, {kind}")


def _outbox() -> Finding:
    state = loops.waiting()
    words = f"{state.waiting} waiting, {state.failed} given up"
    return Finding(
        "left for later", "bad" if state.failed else "ok", words + (": see the log for their kinds of error" if state.failed else "")
    )


def _witnesses() -> Finding:
    ours, theirs = evidence.witnesses(), evidence.watched()
    forked = [log.origin for log in theirs if log.forked]
    if forked:
        return Finding("witnesses", "bad", f"{', '.join(forked)} told two histories: linli witness list")
    refused = [w.name for w in ours if w.outcome == "refused"]
    if refused:
        return Finding("witnesses", "bad", f"{', '.join(refused)} saw another history of this record, and will not sign")
    away = [w.name for w in ours if w.outcome == "away"]
    if not ours or away:
        return Finding("witnesses", "note", f"{', '.join(away)} did not answer" if away else "nobody outside watches: linli witness add")
    return Finding("witnesses", "ok", f"{len(ours)} sign this record")


LOOKS: tuple[Callable[[], Finding], ...] = (_tables, _places, _clock, _outbox, _witnesses)


def _server() -> Finding:
    first = running(config().data)
    return (
        Finding("server", "ok", f"runs at {first['address']} (process {first['pid']})")
        if first
        else Finding("server", "note", "does not run")
    )
