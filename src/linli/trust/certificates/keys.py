"""The key that certificates are signed with: a file of its own beside the log's key, made on first use. Losing it ends no certificate that was checked."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_bytes

from django.conf import settings

from linli.trust.certificates.core.document import did_of

FILE_NAME = "certificates"
SEED_BYTES = 32


def site() -> str:
    """Return the address of this Linli, without a slash at its end."""
    return str(settings.LINLI_PUBLIC_URL).rstrip("/")


def did() -> str:
    """Return the issuer's name."""
    return did_of(site())


def seed() -> bytes:
    """Return the secret half, making it where there is none; two processes at once agree on one. Raises ValueError for a damaged file."""
    path = Path(settings.LINLI_MASTER_KEY_FILE).parent / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f".{FILE_NAME}.{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token_bytes(SEED_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # fails where another process was first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    found = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(found) != SEED_BYTES:
        raise ValueError("the key of certificates is damaged")
    return found
