"""Sealing of personal fields: AES-256-GCM under a key of the subject, which is wrapped by the master key of the installation.

The blind index is HMAC-SHA-256 under a key derived from the master, so that a phone can be found but not listed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache
from pathlib import Path
from uuid import UUID

import phonenumbers
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from linli.kernel.errors import Refusal, Refused

NONCE_BYTES = 12
VERSION = b"\x01"


@cache
def _derived(path: Path, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, info).derive(bytes.fromhex(path.read_text().strip()))


def _master(info: bytes) -> bytes:
    return _derived(settings.LINLI_MASTER_KEY_FILE, info)


def new_wrapped_key(subject: UUID) -> bytes:
    """Return a fresh random key for `subject`, wrapped by the master key."""
    return _encrypt(_master(b"linli wrap v1"), os.urandom(32), subject.bytes)


def unwrap(subject: UUID, wrapped: bytes) -> bytes:
    """Return the subject's key. Raises cryptography's InvalidTag where it was wrapped for another subject or master."""
    return _decrypt(_master(b"linli wrap v1"), bytes(wrapped), subject.bytes)


def _encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    if sealed[:1] != VERSION:
        raise ValueError("unknown seal version")
    return AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], bound_to)


def seal(key: bytes, subject: UUID, field: str, text: str) -> bytes:
    """Seal `text` as field `field` of `subject`; it opens under no other subject or field name."""
    return _encrypt(key, text.encode(), subject.bytes + field.encode())


def unseal(key: bytes, subject: UUID, field: str, sealed: bytes) -> str:
    """Open what `seal` made. Raises InvalidTag where key, subject or field differ."""
    return _decrypt(key, bytes(sealed), subject.bytes + field.encode()).decode()


def seal_kept(bound_to: str, text: str) -> str:
    """Seal a secret of an answer that is kept for repeats; it opens only for what it is bound to. Returns hexadecimal digits."""
    return _encrypt(_master(b"linli kept v1"), text.encode(), bound_to.encode()).hex()


def unseal_kept(bound_to: str, sealed: str) -> str:
    """Open what `seal_kept` made. Raises InvalidTag where it was bound to something else."""
    return _decrypt(_master(b"linli kept v1"), bytes.fromhex(sealed), bound_to.encode()).decode()


def blind_index(kind: str, value: str) -> str:
    """Return the look-up value for an exact match of `value` (already normalised) among values of `kind`."""
    return hmac.new(_master(b"linli blind v1"), f"{kind}\n{value}".encode(), hashlib.sha256).hexdigest()


def normal_phone(text: str) -> str:
    """Return a phone number as +8613812345678. Raises Refused(PHONE_INVALID) for anything that can not be one."""
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        raise Refused(Refusal.PHONE_INVALID, field="phone") from None
    if not phonenumbers.is_possible_number(number):
        raise Refused(Refusal.PHONE_INVALID, field="phone")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
