"""Marks: SHA-256 of each row's canonical bytes, so that an edit of any column is found and located.

A mark covers a version line and one field a line, UTF-8, moments as microseconds since 1970, bytes in hexadecimal, nothing as `-`. Text
fields can hold no line break (CHECK constraints), so no field can shift into another. The writer is SQL (`ledger_mark`), this is the
reader: two programs, one form, held together by golden vectors.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Field = str | int | bytes | UUID | datetime | None


def _text(value: Field) -> str:
    match value:
        case None:
            return "-"
        case "-":
            return "'-'"  # no text is written as nothing is: a `-` put where nothing stood gives another mark
        case datetime():
            return str((value - EPOCH) // timedelta(microseconds=1))
        case bytes():
            return value.hex()
        case _:
            return str(value)


def mark(version: str, *fields: Field) -> bytes:
    """Return the SHA-256 over `version` and the fields, one a line."""
    return hashlib.sha256("\n".join((version, *map(_text, fields))).encode()).digest()


def chain(head: bytes, added: bytes) -> bytes:
    """Return an account's new head after a movement with the mark `added` touched it."""
    return hashlib.sha256(head + added).digest()


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as stored."""

    id: UUID
    unit: str
    kind: str
    owner_ref: str
    place_code: str
    floor: int | None
    cap: int | None
    opened_at: datetime
    closed_at: datetime | None
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    mark: bytes
    head: bytes

    def computed(self) -> bytes:
        """Return the mark that belongs to these columns (the sums are replayed instead)."""
        return mark(
            "linli.ledger.account.v1", self.id, self.unit, self.kind, self.owner_ref, self.place_code, self.floor, self.cap,
            self.opened_at, self.closed_at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as stored."""

    id: UUID
    seq: int
    debit: UUID
    credit: UUID
    unit: str
    amount: int
    expires_at: datetime
    reason: str
    about: str
    actor_ref: str
    key: str
    inputs_hash: bytes
    occurred_at: datetime
    recorded_at: datetime
    mark: bytes
    state: str
    ended_at: datetime | None
    end_seq: int | None
    end_reason: str | None
    end_actor_ref: str | None
    end_key: str | None
    end_hash: bytes | None
    end_mark: bytes | None

    def computed(self) -> bytes:
        """Return the mark of the hold as it was opened."""
        return mark(
            "linli.ledger.hold.v1", self.id, self.seq, self.debit, self.credit, self.unit, self.amount, self.expires_at, self.reason,
            self.about, self.actor_ref, self.key, self.inputs_hash, self.occurred_at, self.recorded_at,
        )  # fmt: skip

    def computed_end(self) -> bytes:
        """Return the mark of how it ended."""
        return mark(
            "linli.ledger.end.v1", self.id, self.state, self.end_seq, self.ended_at, self.end_reason, self.end_actor_ref, self.end_key,
            self.end_hash,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer as stored."""

    id: UUID
    seq: int
    debit: UUID
    credit: UUID
    unit: str
    amount: int
    hold: UUID | None
    reverses: UUID | None
    debit_after: int
    credit_after: int
    reason: str
    about: str
    actor_ref: str
    key: str
    inputs_hash: bytes
    occurred_at: datetime
    recorded_at: datetime
    mark: bytes

    def computed(self) -> bytes:
        """Return the mark that belongs to these columns."""
        return mark(
            "linli.ledger.transfer.v1", self.id, self.seq, self.debit, self.credit, self.unit, self.amount, self.hold, self.reverses,
            self.debit_after, self.credit_after, self.reason, self.about, self.actor_ref, self.key, self.inputs_hash, self.occurred_at,
            self.recorded_at,
        )  # fmt: skip
