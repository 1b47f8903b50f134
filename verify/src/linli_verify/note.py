"""Keys, signed notes and checkpoints in the forms of C2SP (signed-note, tlog-checkpoint, tlog-cosignature), Ed25519 only."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PLAIN, TIMED = 1, 4
LINES_MAX = 64


class BadNote(ValueError):
    """A key, note or checkpoint is not what it should be."""


def unbase64(text: str) -> bytes:
    """Decode standard base64. Raises BadNote for spellings an encoder would not write."""
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise BadNote("not base64") from None
    if b64encode(data).decode() != text:
        raise BadNote("not base64 as an encoder writes it")
    return data


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(char.isspace() for char in name)


@dataclass(frozen=True)
class Key:
    """A public key under a name; `kind` is the signature type its vkey was given for."""

    name: str
    kind: int
    raw: bytes

    def id_for(self, kind: int) -> bytes:
        """Return the key id of this key used for signatures of type `kind`."""
        return sha256(self.name.encode() + bytes([0x0A, kind]) + self.raw).digest()[:4]

    @classmethod
    def read(cls, vkey: str) -> Key:
        """Read `name+id+base64`. Raises BadNote."""
        try:
            name, key_id, encoded = vkey.split("+", 2)
        except ValueError:
            raise BadNote("not a vkey") from None
        data = unbase64(encoded)
        if not _is_name(name) or len(data) != 33 or data[0] not in {PLAIN, TIMED}:
            raise BadNote("not an Ed25519 vkey")
        key = cls(name, data[0], data[1:])
        if key.id_for(key.kind).hex() != key_id:
            raise BadNote("the key id is not that of the key")
        return key

    def text(self) -> str:
        """Return the vkey, as people hand it on."""
        return f"{self.name}+{self.id_for(self.kind).hex()}+{b64encode(bytes([self.kind]) + self.raw).decode()}"


@dataclass(frozen=True)
class Secret:
    """The secret half of a witness's key. Never printed: `text` is for the key file alone."""

    name: str
    seed: bytes

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    def _id(self) -> bytes:
        return self.public().id_for(TIMED)

    def public(self) -> Key:
        """Return the public half, for timestamped signatures."""
        return Key(self.name, TIMED, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def text(self) -> str:
        """Return the form of the key file."""
        return f"PRIVATE+KEY+{self.name}+{self._id().hex()}+{b64encode(bytes([TIMED]) + self.seed).decode()}"

    @classmethod
    def read(cls, text: str) -> Secret:
        """Read a key file. Raises BadNote."""
        parts = text.split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"] or not _is_name(parts[2]):
            raise BadNote("not a signing key")
        data = unbase64(parts[4])
        if len(data) != 33 or data[0] != TIMED:
            raise BadNote("not the key of a witness")
        found = cls(parts[2], data[1:])
        if found.text() != text:
            raise BadNote("the key id is not that of the key")
        return found

    def cosign(self, text: str, at: int) -> str:
        """Return the line, with its newline, that says: this was seen at `at` (POSIX seconds), and grew out of all that was seen before."""
        signed = Ed25519PrivateKey.from_private_bytes(self.seed).sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        return f"— {self.name} {b64encode(self._id() + at.to_bytes(8, 'big') + signed).decode()}\n"


@dataclass(frozen=True)
class Opened:
    """A note whose known signatures all hold. `at` and the moments of `witnesses` (name, moment) are POSIX seconds, signed."""

    text: str
    at: int | None
    unknown: tuple[str, ...]
    witnesses: tuple[tuple[str, int | None], ...] = ()


def _cut(note: str) -> tuple[str, list[str]]:
    if any(ord(char) < 32 and char != "\n" for char in note) or not note.endswith("\n"):
        raise BadNote("not a signed note")
    at = note.rfind("\n\n")
    if at < 0:
        raise BadNote("not a signed note")
    lines = note[at + 2 : -1].split("\n")
    if len(lines) > LINES_MAX:
        raise BadNote("too many signatures")
    return note[: at + 1], lines


def _line(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _is_name(parts[1]):
        raise BadNote("not a signature line")
    data = unbase64(parts[2])
    if len(data) < 5:
        raise BadNote("not a signature line")
    return parts[1], data[:4], data[4:]


def _verify(key: Key, kind: int, signature: bytes, text: str) -> int | None:
    at: int | None = None
    message = text.encode()
    if kind == TIMED:
        at, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        message = f"cosignature/v1\ntime {at}\n{text}".encode()
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadNote("the signature does not hold") from None
    return at


def open_note(note: str, log: Key, witnesses: Sequence[Key] = ()) -> Opened:
    """Open a note of `log`. Every line of a known key must hold, the log's plain signature must be there once, its timed one at most once.

    Raises BadNote. Lines of unknown keys are named in the answer and checked by nobody.
    """
    text, lines = _cut(note)
    known = {(log.name, log.id_for(kind)): (log, kind) for kind in (PLAIN, TIMED)}
    known |= {(key.name, key.id_for(key.kind)): (key, key.kind) for key in witnesses}
    seen: set[tuple[str, bytes]] = set()
    unknown: list[str] = []
    witnessed: list[tuple[str, int | None]] = []
    at: int | None = None
    for name, key_id, signature in map(_line, lines):
        slot = (name, key_id)
        if slot not in known:
            unknown.append(name)
            continue
        if slot in seen:
            raise BadNote("signed twice by one key")
        seen.add(slot)
        key, kind = known[slot]
        moment = _verify(key, kind, signature, text)
        if key is log:
            at = moment if kind == TIMED else at
        else:
            witnessed.append((name, moment))
    if (log.name, log.id_for(PLAIN)) not in seen:
        raise BadNote("not signed by the log's key")
    return Opened(text, at, tuple(unknown), tuple(witnessed))


@dataclass(frozen=True)
class Checkpoint:
    """What a log signs: name, number of leaves, root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """Read the text of a note. Raises BadNote."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] != "" or not lines[0]:
            raise BadNote("not a checkpoint")
        digits, root = lines[1], unbase64(lines[2])
        plain = digits.isascii() and digits.isdigit() and (digits == "0" or digits[0] != "0")
        if not plain or len(digits) > 19 or len(root) != 32:
            raise BadNote("not a checkpoint")
        return cls(lines[0], int(digits), root)
