"""Processes of this machine, looked at through /proc and ended by their number, never by their name."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

POLL_SECONDS = 0.05


def is_running(pid: int) -> bool:
    """Tell whether process `pid` lives; one that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def is_taken(pid: int) -> bool:
    """Tell whether the number `pid` is in use, be it by a process that has ended and waits for its parent."""
    return Path(f"/proc/{pid}").exists()


def command_words(pid: int) -> list[str]:
    """Return how `pid` was started, word by word; empty where it has ended."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return os.fsdecode(raw).rstrip("\0").split("\0") if raw else []


def surroundings(pid: int) -> dict[str, str]:
    """Return the environment `pid` was started with; empty where it has ended or belongs to somebody else."""
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return {}
    pairs = (entry.partition(b"=") for entry in raw.split(b"\0") if entry)
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, _sign, value in pairs}


def every_pid() -> Iterator[int]:
    """Yield the number of every process that this user can see, except its own."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            yield int(folder.name)


def send(pid: int, number: int) -> None:
    """Send a signal to `pid`; one that has ended meanwhile is none the worse."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until `holds()`, at most `seconds`; return what it said last."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def end_all(pids: Iterable[int], *, first: int = signal.SIGTERM, seconds: float = 5.0) -> None:
    """Ask processes to end, wait `seconds`, then end those that did not listen."""
    left = [pid for pid in pids if is_running(pid)]
    for pid in left:
        send(pid, first)
    wait_until(lambda: not any(map(is_running, left)), seconds)
    for pid in filter(is_running, left):
        send(pid, signal.SIGKILL)
