"""Keeps the processes of `linli serve` running: starts them, starts them again after a crash, ends them all at the end.

Every process is known by its number. Each has a pipe to this one as standard input: where this one dies in whatever way, the pipe ends and
the process ends by itself. What is left over all the same (a killed process's own children) carries a mark in its surroundings.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from linli.doors.commands.cluster import Cluster
from linli.doors.commands.output import note
from linli.doors.commands.processes import end_all, every_pid, is_running, send, surroundings, wait_until
from linli.doors.commands.programs import ClusterError

MARK = "LINLI_SUPERVISED"  # the data folder and the part's name, in the surroundings of every process kept here
TICK_SECONDS = 0.2
CALM_SECONDS = 60.0  # a process that ran this long has not "crashed again"
BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Part:
    """One process to keep: its name and its command line; one that runs `once` begins when all else answers and may end well by itself."""

    name: str
    command: tuple[str, ...]
    once: bool = False


@dataclass(slots=True)
class _Kept:
    """A part with its running process, and since when; or when it is to be started again."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    crashes: int = 0
    again_at: float = 0.0
    waits: bool = False  # for everything else to answer, or it has done what it was for


def mark_of(data: Path, name: str = "") -> str:
    """Return the mark of a part's processes; without a name, the beginning that all marks of the folder share."""
    return f"{data.absolute()}\t{name}"


def marked(data: Path, name: str = "") -> list[int]:
    """Return the numbers of the running processes of this data folder (of one part, where `name` is given)."""
    wanted = mark_of(data, name)
    found = ((pid, surroundings(pid).get(MARK, "")) for pid in every_pid())
    return [pid for pid, mark in found if (mark == wanted if name else mark.startswith(wanted)) and is_running(pid)]


@dataclass
class Supervisor:
    """The parts of one data folder, and its embedded cluster where it has one."""

    data: Path
    parts: tuple[Part, ...]
    cluster: Cluster | None = None
    kept: list[_Kept] = field(default_factory=list)
    cluster_again_at: float = 0.0
    cluster_crashes: int = 0

    def run(self, ready: Callable[[], bool], greet: Callable[[], None]) -> None:
        """Start everything and keep it running until interrupted; call `greet` once when `ready` first says so."""
        self.kept = [_Kept(part, waits=part.once) for part in self.parts]
        greeted = False
        while True:
            self.tick(time.monotonic())
            if not greeted and ready():
                greeted = True
                greet()
                for kept in self.kept:
                    kept.waits = False
            time.sleep(TICK_SECONDS)

    def tick(self, moment: float) -> None:
        """Look once at every process and start those that are due; `moment` is monotonic seconds."""
        if self.cluster is not None and moment >= self.cluster_again_at and self.cluster.pid() is None:
            self._restart_cluster(self.cluster, moment)
        for kept in self.kept:
            if kept.process is not None and kept.process.poll() is not None:
                if kept.part.once and kept.process.returncode == 0:
                    self._done(kept, kept.process)
                else:
                    self._crashed(kept, kept.process.returncode, moment)
            if kept.process is None and not kept.waits and moment >= kept.again_at:
                self._start(kept, moment)

    def _restart_cluster(self, cluster: Cluster, moment: float) -> None:
        note("the database ended by itself; starting it again")
        try:
            cluster.start()
        except ClusterError as error:
            wait = BACK_OFF_SECONDS[min(self.cluster_crashes, len(BACK_OFF_SECONDS) - 1)]
            self.cluster_crashes += 1
            self.cluster_again_at = moment + wait
            note(f"{error}\ntrying again in {wait:g} s")
        else:
            self.cluster_crashes = 0

    def _done(self, kept: _Kept, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is not None:
            process.stdin.close()
        kept.process, kept.waits = None, True

    def _crashed(self, kept: _Kept, code: int, moment: float) -> None:
        # A killed process leaves its own children behind; they hold its port.
        end_all(marked(self.data, kept.part.name), first=signal.SIGKILL)
        kept.crashes = 0 if moment - kept.since >= CALM_SECONDS else kept.crashes
        wait = BACK_OFF_SECONDS[min(kept.crashes, len(BACK_OFF_SECONDS) - 1)]
        kept.crashes += 1
        kept.process, kept.again_at = None, moment + wait
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        note(f"{kept.part.name} ended by itself ({how}); starting it again in {wait:g} s")

    def _start(self, kept: _Kept, moment: float) -> None:
        kept.process = subprocess.Popen(
            kept.part.command,
            stdin=subprocess.PIPE,
            env=os.environ | {MARK: mark_of(self.data, kept.part.name)},
            start_new_session=True,
        )
        kept.since = moment

    def stop(self) -> None:
        """Ask every process to end, wait, and end those that do not listen."""
        running = [kept.process for kept in self.kept if kept.process is not None and kept.process.poll() is None]
        for process in running:
            send(process.pid, signal.SIGTERM)
        wait_until(lambda: all(process.poll() is not None for process in running), STOP_SECONDS)
        end_leftovers(self.data)
        for process in running:
            process.wait()
            if process.stdin is not None:
                process.stdin.close()


def end_leftovers(data: Path) -> None:
    """End processes of this data folder that no supervisor keeps any more; call it only while holding the folder's lock."""
    end_all(marked(data), seconds=3.0)


def part(name: str, *, once: bool = False) -> Part:
    """Return the part that runs `linli process NAME`."""
    return Part(name, (sys.executable, "-m", "linli.doors.commands.main", "process", name), once)
