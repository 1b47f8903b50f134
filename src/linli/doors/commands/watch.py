"""For makers: start the demo's processes again whenever a file of the package changes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from linli.doors.commands.output import note
from linli.doors.commands.processes import send
from linli.doors.commands.supervisor import marked

PACKAGE = Path(__file__).resolve().parents[2]
KINDS = frozenset({".py", ".html", ".css", ".js", ".toml", ".mo", ".svg", ".typ", ".sql"})
LOOK_SECONDS = 1.0


def _files() -> Iterator[tuple[str, int]]:
    for path in PACKAGE.rglob("*"):
        if path.suffix in KINDS and "tests" not in path.parts:
            try:
                yield str(path), path.stat().st_mtime_ns
            except FileNotFoundError:  # an editor puts a file in the place of another
                continue


def newest() -> dict[str, int]:
    """Return every watched file with the moment of its last change, nanoseconds."""
    return dict(_files())


def start(data: Path) -> None:
    """Watch from a thread of its own; the supervisor starts again what is ended here."""
    threading.Thread(target=_watch, args=(data,), daemon=True).start()


def _watch(data: Path) -> None:
    known = newest()
    while True:
        time.sleep(LOOK_SECONDS)
        seen = newest()
        if seen != known:
            changed = sorted(Path(name).name for name in {*seen, *known} if seen.get(name) != known.get(name))
            note(f"{', '.join(changed[:4])} changed: starting again")
            known = seen
            for pid in marked(data):
                send(pid, signal.SIGTERM)
