"""Secrets kept as files in the data folder (0600), made on first use; never in the environment, never in the code."""

from __future__ import annotations

import hashlib
import os
import pwd
import tempfile
from pathlib import Path
from secrets import token_hex

from linli.doors.site.config import config

SOCKET_PATH_MAX = 90  # bytes; sun_path holds 107 and PostgreSQL adds its file name
DATABASE_PASSWORD = "database"  # noqa: S105 — the name of the file, not what is in it

TRIAL_ROLE = "linli_trial"  # of Linli's own cluster: makes and drops the databases of policy trials, cannot enter the live one


def data_folder(data: Path) -> Path:
    """Make the data folder where it is missing and return it: closed to others, except that root's lets the server's user walk through."""
    if not data.exists():
        data.parent.mkdir(parents=True, exist_ok=True)
        data.mkdir(mode=0o700, exist_ok=True)
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return data


def secret(name: str, data: Path | None = None) -> str:
    """Return the secret called `name` (64 hex digits), making it on first use; two processes starting at once agree on one.

    `data` is the data folder, that of the settings where it is not given.
    """
    path = data_folder(data or config().data) / "keys" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            Path(temporary).unlink()
        _sync_folder(path.parent)
    return path.read_text().strip()


def _sync_folder(folder: Path) -> None:
    # What a lost key sealed is lost with it: the name must survive a power cut before anything is sealed.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def database_password(data: Path) -> str:
    """Return the password of the embedded cluster's role, or "" where the user who runs Linli has a name and needs none."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return secret(DATABASE_PASSWORD, data)
    return ""


def socket_folder(data: Path) -> Path:
    """Return the folder of the cluster's socket: inside `data`, or a short one in /tmp where the path would be too long."""
    inside = data / "socket"
    if len(os.fsencode(inside)) <= SOCKET_PATH_MAX:
        return inside
    return Path(tempfile.gettempdir()) / f"linli-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"
