"""`linli serve` as real processes in a data folder of its own: it answers, and it stands up again whatever is killed.

One story, because bringing in the national tree takes its seconds and every chapter goes on where the last one ended.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from linli.doors.commands.cluster import Cluster
from linli.doors.commands.processes import command_words, end_all, every_pid, is_running, wait_until
from linli.doors.commands.supervisor import marked

LINLI = str(Path(sys.executable).with_name("linli"))
PARTS = ("web", "clock", "matcher", "worker")
FIRST_SECONDS, AGAIN_SECONDS = 90.0, 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """One data folder, the `linli serve` that runs on it, and what it said so far."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def surroundings(self) -> dict[str, str]:
        own = {"LINLI_DATA": str(self.folder), "LINLI_PORT": str(self.port), "LINLI_DEMO": "true", "LINLI_CLOCK": "test"}
        return {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")} | own

    def start(self, seconds: float) -> subprocess.Popen[bytes]:
        """Start it and wait until it is ready."""
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen([LINLI, "serve"], env=self.surroundings(), stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        assert wait_until(lambda: self.answers("/readyz") == 200, seconds), self.said()
        return self.process

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([LINLI, *words], env=self.surroundings(), capture_output=True, text=True, timeout=60, check=False)

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def answers(self, path: str) -> int | None:
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            there.request("GET", path)
            return there.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            there.close()

    def head_of(self, part: str) -> int | None:
        """Return the number of the process that `serve` itself started for a part; its own children come and go with it."""
        assert self.process is not None
        return next((pid for pid in marked(self.folder, part) if parent_of(pid) == self.process.pid), None)

    def database_processes(self) -> list[int]:
        title = Cluster(self.folder).title
        return [pid for pid in every_pid() if any(title in word or str(self.folder / "pg") == word for word in command_words(pid))]

    def everybody_back(self, killed: dict[str, int]) -> bool:
        """Tell whether every part runs as another process than the killed one, and the whole answers."""
        heads = {part: self.head_of(part) for part in PARTS} | {"postgres": Cluster(self.folder).pid()}
        new = all(pid is not None and pid != killed.get(name) for name, pid in heads.items())
        return new and self.answers("/healthz") == 200 and self.answers("/readyz") == 200


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


@pytest.fixture
def served() -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="linli-test-serve-", dir="/var/tmp"))
    folder.chmod(0o711)
    own = Served(folder)
    yield own
    if own.process is not None and own.process.poll() is None:
        own.process.kill()
        own.process.wait()
    end_all(marked(folder), first=signal.SIGKILL)
    Cluster(folder).stop()
    shutil.rmtree(folder)


def entered(served: Served, name: str) -> str:
    """Enter somebody on the register through the command line; once it says so, they must never be lost."""
    ran = served.run("user", "create", "--name", name, "--place", "440104001007", "--phone", "13800000000", "--json")
    assert ran.returncode == 0, ran.stderr
    return str(json.loads(ran.stdout)["person"])


def known(served: Served, person: str) -> bool:
    with Cluster(served.folder).connect() as connection:
        return connection.execute("SELECT 1 FROM people_person WHERE id = %s", [person]).fetchone() is not None


def test_it_answers_and_stands_up_again_whatever_is_killed(served: Served) -> None:
    serve = served.start(FIRST_SECONDS)
    assert served.answers("/healthz") == 200
    assert served.answers("/readyz") == 200
    assert wait_until(lambda: f"http://localhost:{served.port}/" in served.said(), 5)
    person = entered(served, "陈工")

    # A second start on the folder says where the first one runs, and changes nothing.
    second = served.run("serve")
    assert second.returncode == 1
    assert f"Linli runs already at http://localhost:{served.port}/ (process {serve.pid})" in second.stderr

    # Web, worker and database are killed at one moment: all come back as new processes, and what was acknowledged is there.
    database = Cluster(served.folder).pid()
    web, worker = served.head_of("web"), served.head_of("worker")
    assert database is not None
    assert web is not None
    assert worker is not None
    killed = {"web": web, "worker": worker, "postgres": database}
    for pid in killed.values():
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: served.everybody_back({**killed}), AGAIN_SECONDS), served.said()
    assert serve.poll() is None
    assert known(served, person)

    # The keeper itself is killed: whom it kept ends by itself, and the next start finds everything as it was.
    kept = marked(served.folder)
    assert len(kept) >= len(PARTS)
    serve.kill()
    serve.wait()
    assert wait_until(lambda: not any(map(is_running, kept)), AGAIN_SECONDS), [command_words(pid) for pid in kept if is_running(pid)]
    serve = served.start(AGAIN_SECONDS)
    assert known(served, person)

    # Asked to end, it ends everything, the database too.
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(AGAIN_SECONDS) == 0
    assert marked(served.folder) == []
    assert served.database_processes() == []
    assert served.said().rstrip().endswith("Linli has stopped")
