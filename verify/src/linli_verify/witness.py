"""A witness: somebody outside who remembers the newest checkpoint of a log, and signs the next one only where it grew out of that.

Its memory is a folder: `witness.key`, and below `logs/` one folder for each log with what it was told of it (`log`), what it saw last (`checkpoint`,
with its own line under it) and, where the log told two histories, the two notes that show it (`fork-…`). A log with a fork gets no line any more.
Sources: C2SP tlog-witness, tlog-cosignature.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from linli_verify import tilelog
from linli_verify.merkle import Mismatch, check_growth, growth
from linli_verify.note import BadNote, Checkpoint, Key, Secret
from linli_verify.tilelog import Missing, Reach, Read

KEY_FILE = "witness.key"
SAME_SIZE, NOT_GROWN, ROLLED_BACK = "same_size", "not_grown", "rolled_back"


class Stale(Exception):
    """The proof begins at another size than the one that was seen last; carries that size."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Unknown(Exception):
    """This witness does not watch that log."""


class Forked(Exception):
    """The log told two histories; carries the file that shows it."""

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.file = file


@dataclass(frozen=True)
class Log:
    """A log that is watched: its key, and where it is read from; "" where it only comes to us."""

    key: Key
    url: str

    @property
    def number(self) -> str:
        """Return the name of its folder, which is also its address on a witness: SHA-256 of the origin in hex."""
        return number_of(self.key.name)


def number_of(origin: str) -> str:
    """Return what a log is filed under: SHA-256 of its origin, in hex."""
    return sha256(origin.encode()).hexdigest()


def _keep(path: Path, text: str) -> None:
    # Whole or not at all, and on disk before anybody is told: what was seen must never be forgotten.
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Witness:
    """A witness and its folder. Two processes may share one: each log has its lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secret = Secret.read((folder / KEY_FILE).read_text(encoding="utf-8").strip())

    @classmethod
    def new(cls, folder: Path, name: str) -> Witness:
        """Make a witness with a key of its own. Raises BadNote for a name with spaces or a plus sign, FileExistsError where there is one."""
        if Secret.read(Secret(name, bytes(32)).text()).name != name:
            raise BadNote("not a name")
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / KEY_FILE).exists():
            raise FileExistsError(folder / KEY_FILE)
        _keep(folder / KEY_FILE, Secret(name, token_bytes(32)).text() + "\n")
        return cls(folder)

    def watch(self, log: Log) -> None:
        """Begin to watch a log, or read it from elsewhere. Raises BadNote where it stands here under another key."""
        for known in self.logs():
            if known.number == log.number and known.key != log.key:
                raise BadNote("another key of the same log")
        place = self.folder / "logs" / log.number
        place.mkdir(parents=True, exist_ok=True)
        _keep(place / "log", json.dumps({"url": log.url, "vkey": log.key.text()}, ensure_ascii=False) + "\n")

    def logs(self) -> list[Log]:
        """Return every log that is watched, in the order of their names."""
        found = []
        for file in (self.folder / "logs").glob("*/log"):
            said = json.loads(file.read_text(encoding="utf-8"))
            found.append(Log(Key.read(said["vkey"]), said["url"]))
        return sorted(found, key=lambda log: log.key.name)

    def seen(self, log: Log) -> str | None:
        """Return the note that was seen last, with this witness's line under it; None before the first."""
        try:
            return (self.folder / "logs" / log.number / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def forks(self, log: Log) -> list[Path]:
        """Return the files that show that a log told two histories."""
        return sorted((self.folder / "logs" / log.number).glob("fork-*.json"))

    @contextmanager
    def _alone(self, log: Log) -> Iterator[None]:
        with (self.folder / "logs" / log.number / ".lock").open("w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _known(self, log: Log) -> Checkpoint:
        seen = self.seen(log)
        return Checkpoint(log.key.name, 0, sha256().digest()) if seen is None else tilelog.signed_by(seen, log.key)[1]

    def fork(self, log: Log, mine: str, theirs: str, why: str) -> Forked:
        """Keep two notes of one log that cannot both be true; return what to raise. The same two are kept once."""
        text = json.dumps(
            {"format": "linli.fork.v1", "origin": log.key.name, "vkey": log.key.text(), "why": why, "notes": sorted([mine, theirs])},
            ensure_ascii=False, sort_keys=True, indent=1,
        )  # fmt: skip
        path = self.folder / "logs" / log.number / f"fork-{sha256(text.encode()).hexdigest()[:16]}.json"
        if not path.exists():
            _keep(path, text + "\n")
        return Forked(path)

    def hold(self, note: str, old: int, path: Sequence[bytes], at: int) -> str:
        """Remember a checkpoint and return this witness's line under it, with its newline; on disk before it is returned.

        `old` and `path` show how it grew out of the one seen last; `at` is now (POSIX seconds). Raises Unknown, BadNote (not signed by the log),
        Stale (another size was seen last), Mismatch (the path shows nothing) and Forked (the log told two histories, now or before).
        """
        log = self._log_of(note)
        with self._alone(log):
            forks = self.forks(log)
            if forks:
                raise Forked(forks[0])
            opened, new = tilelog.signed_by(note, log.key)
            known = self._known(log)
            if new.size == known.size and new.root != known.root:
                raise self.fork(log, self.seen(log) or "", note, SAME_SIZE)
            if old != known.size:
                raise Stale(known.size)
            check_growth((known.size, known.root), (new.size, new.root), path)
            line = self.secret.cosign(opened.text, at)
            _keep(self.folder / "logs" / log.number / "checkpoint", _bare(note, self.secret.name) + line)
        return line

    def _log_of(self, note: str) -> Log:
        origin = note.partition("\n")[0]
        found = next((log for log in self.logs() if log.key.name == origin), None)
        if found is None:
            raise Unknown(origin)
        return found

    def look(self, log: Log, at: int) -> int:
        """Read a log's newest checkpoint where it publishes it, and hold it; return its size.

        Raises Missing and OSError where it cannot be read, BadNote, and Forked where what it shows now did not grow out of what was seen.
        """
        read = tilelog.reader(log.url)
        note = read("checkpoint").decode(errors="replace")
        _, new = tilelog.signed_by(note, log.key)
        known, seen = self._known(log), self.seen(log)
        if new.size < known.size:
            raise self.fork(log, seen or "", note, ROLLED_BACK)
        try:
            path = _path(read, known.size, new.size)
            self.hold(note, known.size, path, at)
        except (Mismatch, Missing) as error:
            if isinstance(error, Missing) and not _shows(read, log, new.size):
                raise
            raise self.fork(log, seen or "", note, NOT_GROWN) from error
        return new.size

    def exchange(self, log: Log, theirs: str) -> None:
        """Hold what another witness saw last of a log beside what was seen here. Raises Forked where no one history has both, BadNote.

        Where sizes differ, the log is asked to show how the one grew into the other; Missing and OSError where it cannot be read.
        """
        seen = self.seen(log)
        _, other = tilelog.signed_by(theirs, log.key)
        if seen is None:
            return
        known = self._known(log)
        if other.size == known.size:
            if other.root != known.root:
                raise self.fork(log, seen, theirs, SAME_SIZE)
            return
        small, large = sorted((known, other), key=lambda said: said.size)
        read = tilelog.reader(log.url)
        try:
            check_growth((small.size, small.root), (large.size, large.root), _path(read, small.size, large.size))
        except (Mismatch, Missing) as error:
            if isinstance(error, Missing) and not _shows(read, log, large.size):
                raise
            raise self.fork(log, seen, theirs, NOT_GROWN) from error


def _path(read: Read, old: int, new: int) -> list[bytes]:
    return growth(old, new, Reach(read, new).root_of) if old else []


def _shows(read: Read, log: Log, size: int) -> bool:
    # A log that signed so many leaves, and shows its checkpoint but not the tiles under it, hides something; one that lags behind may catch up.
    try:
        return tilelog.signed_by(read("checkpoint").decode(errors="replace"), log.key)[1].size >= size
    except Missing:
        return False


def _bare(note: str, name: str) -> str:
    # A note may come back with an older line of ours under it; the new one stands in its place.
    head, _, lines = note.rpartition("\n\n")
    kept = [line for line in lines.splitlines() if not line.startswith(f"— {name} ")]
    return f"{head}\n\n" + "".join(f"{line}\n" for line in kept)
