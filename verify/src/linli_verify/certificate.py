"""Certificates of volunteer service: W3C Verifiable Credentials signed with eddsa-jcs-2022. Shares no code with the program that writes them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from gzip import GzipFile
from hashlib import sha256
from io import BytesIO
from typing import Any
from zlib import decompressobj
from zlib import error as ZlibError

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BYTES_MAX, LIST_BYTES_MAX = 100_000, 1_000_000
QR = "linlic1."
LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
KEY_PREFIX = b"\xed\x01"


class Broken(Exception):
    """It does not hold: `where` is one of form, issuer, key, signature, status."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True)
class Checked:
    """A certificate that holds. `revoked` is None where no status list was given."""

    said: dict[str, Any]
    issuer: str
    issued_at: str
    revoked: bool | None


def _whole(value: object) -> None:
    if isinstance(value, float):
        raise Broken("form")
    if isinstance(value, dict):
        for inner in value.values():
            _whole(inner)
    elif isinstance(value, list):
        for inner in value:
            _whole(inner)


def read(data: bytes) -> dict[str, Any]:
    """Read a document, or the text of its QR code. Raises Broken(form)."""
    try:
        text = data.decode().strip()
        if text.startswith(QR):
            body = text.removeprefix(QR)
            text = decompressobj().decompress(urlsafe_b64decode(body + "=" * (-len(body) % 4)), BYTES_MAX).decode()
        found = json.loads(text)
        _whole(found)
        _jcs(found)  # a lone half of a character has no spelling
    except (ValueError, ZlibError, RecursionError):
        raise Broken("form") from None
    if not isinstance(found, dict):
        raise Broken("form")
    return found


def _jcs(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _base58(text: object) -> bytes:
    if not isinstance(text, str) or not text.startswith("z") or not set(text[1:]) <= set(LETTERS):
        raise Broken("signature")
    number = 0
    for letter in text[1:]:
        number = number * 58 + LETTERS.index(letter)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _key(did: dict[str, Any], method: object) -> tuple[str, bytes]:
    """Return (issuer, key) of a DID document. Raises Broken(issuer, key)."""
    methods = did.get("verificationMethod")
    found = next((one for one in methods if isinstance(one, dict) and one.get("id") == method), None) if isinstance(methods, list) else None
    asserts = did.get("assertionMethod")
    if found is None or not isinstance(asserts, list) or method not in asserts:
        raise Broken("issuer")
    raw = _base58(found.get("publicKeyMultibase"))
    if found.get("type") != "Multikey" or not raw.startswith(KEY_PREFIX) or len(raw) != 34:
        raise Broken("key")
    return str(did.get("id")), raw[2:]


def _signed(document: dict[str, Any], did: dict[str, Any]) -> str:
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.get("@context") != document.get("@context"):
        raise Broken("form")
    if (proof.get("type"), proof.get("cryptosuite"), proof.get("proofPurpose")) != (
        "DataIntegrityProof",
        "eddsa-jcs-2022",
        "assertionMethod",
    ):
        raise Broken("form")
    issuer, key = _key(did, proof.get("verificationMethod"))
    said = document.get("issuer")
    if (said.get("id") if isinstance(said, dict) else said) != issuer:
        raise Broken("issuer")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    body = {name: value for name, value in document.items() if name != "proof"}
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(
            _base58(proof.get("proofValue")), sha256(_jcs(options)).digest() + sha256(_jcs(body)).digest()
        )
    except InvalidSignature:
        raise Broken("signature") from None
    return issuer


def _revoked(document: dict[str, Any], status: dict[str, Any], did: dict[str, Any]) -> bool:
    _signed(status, did)
    entry, subject = document.get("credentialStatus"), status.get("credentialSubject")
    try:
        if not isinstance(entry, dict) or not isinstance(subject, dict) or entry["statusListCredential"] != status.get("id"):
            raise Broken("status")
        index, encoded = int(entry["statusListIndex"]), subject["encodedList"]
        packed = urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        bits = GzipFile(fileobj=BytesIO(packed)).read(LIST_BYTES_MAX)
        return bool(bits[index // 8] & 0x80 >> index % 8)
    except (KeyError, ValueError, TypeError, IndexError, OSError, EOFError, ZlibError):
        raise Broken("status") from None


def check(data: bytes, did: bytes, status: bytes | None = None) -> Checked:
    """Check a certificate against its issuer's DID document, and its status against the list where one is given. Raises Broken."""
    document, keys = read(data), read(did)
    issuer = _signed(document, keys)
    said = document.get("credentialSubject")
    if not isinstance(said, dict):
        raise Broken("form")
    return Checked(said, issuer, str(document.get("validFrom")), None if status is None else _revoked(document, read(status), keys))
