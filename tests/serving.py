"""`linli serve` as real processes in a data folder of its own: started, asked over HTTP, killed, looked into."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

from linli.doors.commands.cluster import Cluster
from linli.doors.commands.processes import command_words, end_all, every_pid, is_running, send, wait_until
from linli.doors.commands.supervisor import marked

LINLI = str(Path(sys.executable).with_name("linli"))
PARTS = ("web", "clock", "matcher", "worker")
FIRST_SECONDS, AGAIN_SECONDS = 180.0, 30.0
HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|key)" value="([^"]+)"')


def free_port() -> int:
    """Return a port that nobody listens on."""
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
        """Return the environment of everything that belongs to this folder."""
        own = {"LINLI_DATA": str(self.folder), "LINLI_PORT": str(self.port), "LINLI_DEMO": "true", "LINLI_CLOCK": "test"}
        return {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")} | own

    def start(self, seconds: float) -> subprocess.Popen[bytes]:
        """Start it and wait until it is ready."""
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen([LINLI, "serve"], env=self.surroundings(), stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        assert wait_until(lambda: self.answers("/readyz") == 200, seconds), self.said()
        return self.process

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command on this folder, with `typed` on its standard input."""
        return subprocess.run(
            [LINLI, *words], env=self.surroundings(), input=typed, capture_output=True, text=True, timeout=60, check=False
        )

    def told(self, *words: str, typed: str = "") -> dict[str, Any]:
        """Run a command that must succeed; return what it says with --json."""
        ran = self.run(*words, "--json", typed=typed)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        answer: dict[str, Any] = json.loads(ran.stdout)
        return answer

    def said(self) -> str:
        """Return everything that was printed."""
        return (self.folder / "said").read_text()

    def answers(self, path: str) -> int | None:
        """Return the status of a page, or None where nobody answers."""
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            there.request("GET", path)
            return there.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            there.close()

    def call(self, method: str, path: str, token: str = "", key: str = "", **body: object) -> dict[str, Any]:
        """Ask the interface for programs; return its answer, which must be a good one."""
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            there.request(method, f"/api/v1{path}", json.dumps(body), {"Content-Type": "application/json", "Idempotency-Key": key} | bearer)
            told = there.getresponse()
            said = told.read()
        finally:
            there.close()
        assert told.status == 200, said
        answer: dict[str, Any] = json.loads(said)
        return answer

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the tables."""
        with Cluster(self.folder).connect() as connection:
            return connection.execute(question.encode(), values).fetchall()

    def head_of(self, part: str) -> int | None:
        """Return the number of the process that `serve` itself started for a part; its own children come and go with it."""
        assert self.process is not None
        return next((pid for pid in marked(self.folder, part) if parent_of(pid) == self.process.pid), None)

    def database_processes(self) -> list[int]:
        """Return the numbers of the server's processes."""
        title = Cluster(self.folder).title
        return [pid for pid in every_pid() if any(title in word or str(self.folder / "pg") == word for word in command_words(pid))]

    def everybody_back(self, killed: dict[str, int]) -> bool:
        """Tell whether every part runs as another process than the killed one, and the whole answers."""
        heads = {part: self.head_of(part) for part in PARTS} | {"postgres": Cluster(self.folder).pid()}
        new = all(pid is not None and pid != killed.get(name) for name, pid in heads.items())
        return new and self.answers("/healthz") == 200 and self.answers("/readyz") == 200

    def kill_all(self) -> None:
        """Kill the keeper and everybody it keeps, the database too, with signal 9 at one moment; return when all are gone."""
        assert self.process is not None
        every = [self.process.pid, *marked(self.folder), *self.database_processes()]
        assert all(self.head_of(part) in every for part in PARTS)
        assert Cluster(self.folder).pid() in every
        for pid in every:
            send(pid, signal.SIGKILL)
        self.process.wait()
        assert wait_until(lambda: not any(map(is_running, every)), AGAIN_SECONDS), [pid for pid in every if is_running(pid)]


@dataclass
class Browser:
    """Somebody's browser on a served folder: keeps cookies, sends back what a page's form holds."""

    served: Served
    opener: OpenerDirector = field(default_factory=lambda: build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar())))

    def page(self, path: str) -> str:
        """Open a page."""
        with self.opener.open(f"http://127.0.0.1:{self.served.port}{path}", timeout=30) as answer:
            text: str = answer.read().decode()
        return text

    def send(self, page: str, path: str, **typed: str) -> str:
        """Send a form of `page` to `path`; return the page one is led to. Raises HTTPError where it is refused."""
        body = urlencode(dict(HIDDEN.findall(self.page(page))) | typed).encode()
        with self.opener.open(f"http://127.0.0.1:{self.served.port}{path}", body, timeout=30) as answer:
            text: str = answer.read().decode()
        return text


def parent_of(pid: int) -> int:
    """Return the number of a process's parent; 0 where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


@contextmanager
def served_folder() -> Iterator[Served]:
    """Give a fresh data folder; at the end nothing of it is left running or lying about."""
    folder = Path(tempfile.mkdtemp(prefix="linli-test-serve-", dir="/var/tmp"))
    folder.chmod(0o711)
    own = Served(folder)
    try:
        yield own
    finally:
        if own.process is not None and own.process.poll() is None:
            own.process.kill()
            own.process.wait()
        end_all(marked(folder), first=signal.SIGKILL)
        Cluster(folder).stop()
        shutil.rmtree(folder)
