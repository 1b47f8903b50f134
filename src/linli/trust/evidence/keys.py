"""The log's signing key: one Ed25519 key in a file of the data folder (0600), made at the first publication, never replaced.

The key carries the log's name (its origin). Both stay, even where the site moves to another address: a log under a new name is a new log.
Beside it stands the checkpoint that was signed last, outside of the database: who takes the newest rows away does not take it along, and
a signature that was given just before a crash is not given a second time for something else.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from urllib.parse import urlsplit

from django.conf import settings

from linli.trust.evidence.core import notes
from linli.trust.evidence.core.notes import SigningKey

FILE_NAME = "evidence"
LAST_NAME = "evidence.last"


@dataclass(frozen=True, slots=True)
class LastSigned:
    """The checkpoint that was signed last: which one it is, counted from 1, what it says, its note and its moment (POSIX)."""

    number: int
    checkpoint: notes.Checkpoint
    note: str
    at_seconds: int


def _path(name: str = FILE_NAME) -> Path:
    return Path(settings.LINLI_MASTER_KEY_FILE).parent / name


def _origin() -> str:
    # Below the site's address, where the log is served; the spec asks for a schema-less URL.
    parts = urlsplit(settings.LINLI_PUBLIC_URL)
    return f"{parts.netloc}{parts.path.rstrip('/')}/log"


def signing_key() -> SigningKey | None:
    """Return the key, or None where this log has none yet. Raises NoteBroken for a damaged file."""
    try:
        text = _path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return SigningKey.parse(text.strip())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_signing_key() -> SigningKey:
    """Return the key, making it where there is none; two processes at once agree on one. Raises NoteBroken for a damaged file."""
    path = _path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)  # 0600 by itself
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(SigningKey(_origin(), token_bytes(32)).text() + "\n")
            file.flush()
            os.fsync(file.fileno())  # a checkpoint must never outlive its key
        try:
            os.link(temporary, path)  # fails where another process was first
            _sync(path.parent)
        except FileExistsError:
            pass
        finally:
            Path(temporary).unlink()
    return SigningKey.parse(path.read_text(encoding="utf-8").strip())


def last_signed(key: SigningKey) -> LastSigned | None:
    """Return what was signed last, or None where nothing was. Raises NoteBroken for a damaged file."""
    try:
        text = _path(LAST_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    number, _, note = text.partition("\n")
    opened = notes.open_note(note, key.verifier())
    if not notes.NUMBER.fullmatch(number) or opened.at_seconds is None:
        raise notes.NoteBroken("not the checkpoint that was signed last")
    return LastSigned(int(number), notes.Checkpoint.parse(opened.text), note, opened.at_seconds)


def keep_last(number: int, note: str) -> None:
    """Keep a freshly signed checkpoint on disk, before the database has it; call it under the log's lock."""
    path = _path(LAST_NAME)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{number}\n{note}")
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    _sync(path.parent)
