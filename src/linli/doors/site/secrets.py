"""Secrets kept as files in the data folder (0600), made on first use; never in the environment, never in the code."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from secrets import token_hex

from linli.doors.site.config import config

SOCKET_PATH_MAX = 90  # bytes; sun_path holds 107 and PostgreSQL adds its file name


def secret(name: str) -> str:
    """Return the secret called `name`, making it on first use; two processes starting at once agree on one."""
    path = config().data / "keys" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(token_hex(32))
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            Path(temporary).unlink()
    return path.read_text().strip()


def socket_folder(data: Path) -> Path:
    """Return the folder of the cluster's socket: inside `data`, or a short one in /tmp where the path would be too long."""
    inside = data / "socket"
    if len(os.fsencode(inside)) <= SOCKET_PATH_MAX:
        return inside
    return Path(tempfile.gettempdir()) / f"linli-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"
