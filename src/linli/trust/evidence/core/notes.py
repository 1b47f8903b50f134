"""Signed notes and checkpoints of C2SP (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature) with Ed25519.

The log signs each checkpoint twice with one key: plainly (type 0x01), and as a timestamped cosignature (type 0x04) that binds
the moment of signing. Any other line under a note is somebody else's signature and is left to those who know its key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from linli.trust.evidence.core.tree import HASH_BYTES

PLAIN, TIMED = 0x01, 0x04
KEY_ID_BYTES, TIME_BYTES, SIGNATURE_BYTES, KEY_BYTES = 4, 8, 64, 32
SIZE_MAX = (1 << 63) - 1
SIGNATURES_MAX = 32

NAME = re.compile(r"[^\s+]+")
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)")


class NoteBroken(ValueError):
    """A note, key or checkpoint is malformed, or its signature does not hold."""


def encode(data: bytes) -> str:
    """Return standard base64."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes:
    """Read standard base64 in its one canonical spelling. Raises NoteBroken for any other."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteBroken("not base64") from None
    if encode(data) != text:
        raise NoteBroken("base64 with loose bits")
    return data


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half: key name (the log's origin) and 32 bytes of Ed25519."""

    name: str
    public: bytes

    def key_id(self, kind: int = PLAIN) -> bytes:
        """Return the four bytes that stand before this key's signatures of type `kind`."""
        return _key_id(self.name, kind, self.public)

    def text(self) -> str:
        """Return the vkey `name+id+key`, as people hand it on."""
        return f"{self.name}+{self.key_id().hex()}+{encode(bytes([PLAIN]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a vkey. Raises NoteBroken where anything about it does not fit."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        data = decode(encoded)
        if not NAME.fullmatch(name) or len(data) != 1 + KEY_BYTES or data[0] != PLAIN:
            raise NoteBroken("not an Ed25519 vkey")
        key = cls(name, data[1:])
        if key.text() != text:
            raise NoteBroken(f"key id {key_id} does not belong to this key")
        return key


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public half of a witness: its key signs moments only (type 0x04)."""

    name: str
    public: bytes

    def text(self) -> str:
        """Return the vkey `name+id+key`, as people hand it on."""
        return f"{self.name}+{_key_id(self.name, TIMED, self.public).hex()}+{encode(bytes([TIMED]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """Read a witness's vkey. Raises NoteBroken where anything about it does not fit."""
        name, _, rest = text.partition("+")
        data = decode(rest.partition("+")[2])
        if not NAME.fullmatch(name) or len(data) != 1 + KEY_BYTES or data[0] != TIMED:
            raise NoteBroken("not the vkey of a witness")
        key = cls(name, data[1:])
        if key.text() != text:
            raise NoteBroken("the key id does not belong to this key")
        return key

    def moment_of(self, text: str, lines: str) -> int:
        """Return when this witness signed a note's text (POSIX), out of signature lines. Raises NoteBroken where none of them is its own."""
        for line in lines.splitlines():
            match = SIGNATURE_LINE.fullmatch(line)
            data = decode(match[2]) if match is not None else b""
            if match is None or (match[1], data[:KEY_ID_BYTES]) != (self.name, _key_id(self.name, TIMED, self.public)):
                continue
            at_seconds = int.from_bytes(data[KEY_ID_BYTES : KEY_ID_BYTES + TIME_BYTES], "big")
            _holds(self, data[KEY_ID_BYTES + TIME_BYTES :], _timed_message(text, at_seconds))
            return at_seconds
        raise NoteBroken("no line of this witness")

    def line_of(self, lines: str) -> str:
        """Return the line of this witness, with its newline. Raises NoteBroken where there is none."""
        own = encode(_key_id(self.name, TIMED, self.public))[:5]
        found = [line for line in lines.splitlines() if line.startswith(f"— {self.name} {own}")]
        if len(found) != 1:
            raise NoteBroken("no line of this witness")
        return found[0] + "\n"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The secret half. Never printed: `text` is for the key file alone."""

    name: str
    seed: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"

    def verifier(self) -> VerifierKey:
        """Return the public half."""
        return VerifierKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def text(self) -> str:
        """Return the form of the key file, the one Go's note package uses."""
        return f"PRIVATE+KEY+{self.name}+{self.verifier().key_id().hex()}+{encode(bytes([PLAIN]) + self.seed)}"

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read a key file. Raises NoteBroken where it does not fit."""
        parts = text.split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"] or not NAME.fullmatch(parts[2]):
            raise NoteBroken("not a signing key")
        data = decode(parts[4])
        if len(data) != 1 + KEY_BYTES or data[0] != PLAIN:
            raise NoteBroken("not an Ed25519 signing key")
        key = cls(parts[2], data[1:])
        if key.text() != text:
            raise NoteBroken("key id does not belong to this key")
        return key


def _timed_message(text: str, at_seconds: int) -> bytes:
    return f"cosignature/v1\ntime {at_seconds}\n{text}".encode()


def sign(text: str, key: SigningKey, at_seconds: int | None = None) -> str:
    """Return the signed note over `text`; with `at_seconds` (POSIX) a second line binds the moment. Raises NoteBroken for a bad text."""
    if not text.endswith("\n") or _has_controls(text):
        raise NoteBroken("a note's text ends in a newline and has no control characters")
    plain = key.verifier().key_id() + Ed25519PrivateKey.from_private_bytes(key.seed).sign(text.encode())
    timed = "" if at_seconds is None else cosign(text, key, at_seconds)
    return f"{text}\n— {key.name} {encode(plain)}\n{timed}"


def cosign(text: str, key: SigningKey, at_seconds: int) -> str:
    """Return the line, with its newline, that binds a note's text to the moment it was seen (POSIX)."""
    signed = Ed25519PrivateKey.from_private_bytes(key.seed).sign(_timed_message(text, at_seconds))
    return f"— {key.name} {encode(key.verifier().key_id(TIMED) + at_seconds.to_bytes(TIME_BYTES, 'big') + signed)}\n"


def _has_controls(text: str) -> bool:
    return any(char < " " and char != "\n" for char in text)


@dataclass(frozen=True, slots=True)
class Opened:
    """A note whose signature holds. `at_seconds` is the signed moment (POSIX), `strangers` counts lines of unknown keys."""

    text: str
    at_seconds: int | None
    strangers: int


def _signatures(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n") or _has_controls(note):
        raise NoteBroken("not a signed note")
    lines = signatures[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise NoteBroken("too many signatures")
    found = []
    for line in lines:
        match = SIGNATURE_LINE.fullmatch(line)
        if match is None:
            raise NoteBroken("not a signature line")
        data = decode(match[2])
        if len(data) <= KEY_ID_BYTES:
            raise NoteBroken("an empty signature")
        found.append((match[1], data))
    return text + "\n", found


def _holds(key: VerifierKey | WitnessKey, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        raise NoteBroken("the signature does not hold") from None


def text_of(note: str) -> str:
    """Return what a note says, without its signatures. Raises NoteBroken."""
    return _signatures(note)[0]


def with_line(note: str, origin: str, line: str) -> str:
    """Return a note with the lines of its log alone, and one more. Raises NoteBroken."""
    text, signatures = _signatures(note)
    own = "".join(f"— {name} {encode(data)}\n" for name, data in signatures if name == origin)
    return f"{text}\n{own}{line}"


def open_note(note: str, key: VerifierKey) -> Opened:
    """Open a note signed by `key`. Raises NoteBroken where it is malformed, not signed by the key, or one of the key's lines fails."""
    text, signatures = _signatures(note)
    plain = strangers = 0
    at_seconds: int | None = None
    for name, data in signatures:
        key_id, signature = data[:KEY_ID_BYTES], data[KEY_ID_BYTES:]
        if (name, key_id) == (key.name, key.key_id()):
            _holds(key, signature, text.encode())
            plain += 1
        elif (name, key_id) == (key.name, key.key_id(TIMED)):
            if at_seconds is not None:
                raise NoteBroken("signed at two moments")
            at_seconds = int.from_bytes(signature[:TIME_BYTES], "big")
            _holds(key, signature[TIME_BYTES:], _timed_message(text, at_seconds))
        else:
            strangers += 1
    if plain != 1:
        raise NoteBroken("not signed by this key, or twice")
    return Opened(text, at_seconds, strangers)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: at `size` leaves the tree of log `origin` has root `root`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the note text: three lines."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note text. Extension lines are refused: this log writes none. Raises NoteBroken."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not NUMBER.fullmatch(lines[1]) or int(lines[1]) > SIZE_MAX:
            raise NoteBroken("not a checkpoint")
        root = decode(lines[2])
        if len(root) != HASH_BYTES:
            raise NoteBroken("the root is not 32 bytes")
        return cls(lines[0], int(lines[1]), root)
