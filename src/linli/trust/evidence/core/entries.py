"""What an entry says, in canonical bytes, and the commitment that stands in the log for it.

    content (kind, place, moments, ref, payload)  →  body bytes  →  commitment = HMAC-SHA-256(salt, body)  →  leaf bytes

The log publishes leaf bytes only. Who holds a receipt holds body and salt (the opening); without the salt nobody can guess
what a leaf stands for, and destroying the salt makes an entry unreadable without breaking any proof.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from linli.kernel import canon
from linli.kernel.step import Payload

BODY_VERSION = b"linli.evidence.v1\n"
LEAF_VERSION = b"linli.leaf.v1\n"
SALT_BYTES = 16
COMMITMENT_BYTES = 32
LEAF_BYTES = len(LEAF_VERSION) + COMMITMENT_BYTES
PAYLOAD_CHARS_MAX = 4_000
WORD_CHARS_MAX = 100
REF_CHARS_MAX = 80

GRAMMAR = re.compile(r"[a-z]+(?:_[a-z]+)*(?::[a-z]+(?:_[a-z]+)*){1,2}")
REF = re.compile(r"[a-z_]+:[0-9a-zA-Z-]+")
PLACE = re.compile(r"[0-9]{0,24}")
WORD = re.compile(r"[\x20-\x7e]*")
PUBLIC_WORD = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]*")
PUBLIC_SOURCES = frozenset({"places", "policy"})
PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")


class Kind(StrEnum):
    """The vocabulary: source:action, or source:subject:action. What is not listed is refused.

    `docs/interfaces/evidence.md` says what each one means; a test compares the two.
    """

    NEED_OPENED = "need:opened"
    NEED_ANSWERED = "need:answered"
    NEED_ESCALATED = "need:escalated"
    NEED_REFERRED = "need:referred"
    NEED_DISPATCHED = "need:dispatched"
    NEED_WITHDRAWN = "need:withdrawn"
    NEED_REOPENED = "need:reopened"
    NEED_CLOSED = "need:closed"
    NEED_OBJECTION_MADE = "need:objection:made"
    NEED_OBJECTION_SETTLED = "need:objection:settled"
    OFFER_MADE = "offer:made"
    OFFER_ACCEPTED = "offer:accepted"
    OFFER_DECLINED = "offer:declined"
    OFFER_LAPSED = "offer:lapsed"
    VISIT_WAITING = "visit:waiting"
    VISIT_RELEASED = "visit:released"
    VISIT_BOOKED = "visit:booked"
    VISIT_CHECKED_IN = "visit:checked_in"
    VISIT_CHECKED_OUT = "visit:checked_out"
    VISIT_CLAIMED = "visit:claimed"
    VISIT_CONFIRMED = "visit:confirmed"
    VISIT_DISPUTED = "visit:disputed"
    VISIT_CORRECTED = "visit:corrected"
    VISIT_SETTLED = "visit:settled"
    VISIT_CANCELLED = "visit:cancelled"
    VISIT_NO_SHOW = "visit:no_show"
    LEDGER_ACCOUNT_OPENED = "ledger:account:opened"
    LEDGER_ACCOUNT_CLOSED = "ledger:account:closed"
    LEDGER_ACCOUNT_LIMITED = "ledger:account:limited"
    LEDGER_HOLD_OPENED = "ledger:hold:opened"
    LEDGER_HOLD_POSTED = "ledger:hold:posted"
    LEDGER_HOLD_VOIDED = "ledger:hold:voided"
    LEDGER_HOLD_EXPIRED = "ledger:hold:expired"
    LEDGER_TRANSFER_POSTED = "ledger:transfer:posted"
    LEDGER_TRANSFER_REVERSED = "ledger:transfer:reversed"
    THING_ENTERED = "thing:entered"
    THING_RETIRED = "thing:retired"
    THING_BLACKED_OUT = "thing:blacked_out"
    THING_RESTORED = "thing:restored"
    ALLIANCE_FORMED = "alliance:formed"
    ALLIANCE_JOINED = "alliance:joined"
    ALLIANCE_LEFT = "alliance:left"
    BOOKING_ASKED = "booking:asked"
    BOOKING_OFFERED = "booking:offered"
    BOOKING_BOOKED = "booking:booked"
    BOOKING_RELEASED = "booking:released"
    BOOKING_HANDED_OUT = "booking:handed_out"
    BOOKING_OVERDUE = "booking:overdue"
    BOOKING_RETURNED = "booking:returned"
    BOOKING_CANCELLED = "booking:cancelled"
    BOOKING_REFUSED = "booking:refused"
    RATING_GIVEN = "rating:given"
    CONSENT_GRANTED = "consent:granted"
    CONSENT_WITHDRAWN = "consent:withdrawn"
    PERSON_REGISTERED = "person:registered"
    GUARDIAN_ENTERED = "guardian:entered"
    GUARDIAN_ENDED = "guardian:ended"
    POST_GRANTED = "post:granted"
    POST_ENDED = "post:ended"
    INDEX_RECAST = "index:recast"
    WARNING_OPENED = "warning:opened"
    WARNING_PLANNED = "warning:planned"
    WARNING_CLOSED = "warning:closed"
    PROGRAMME_LOADED = "programme:loaded"
    PROGRAMME_ASSIGNED = "programme:assigned"
    RISK_RAISED = "risk:raised"
    RISK_EASED = "risk:eased"
    RISK_DECIDED = "risk:decided"
    FACTS_SET_FROZEN = "facts:set:frozen"
    FORECAST_MADE = "forecast:made"
    WARNING_SHOWN = "warning:shown"
    WARNING_DRAWN = "warning:drawn"
    WARNING_CALLED = "warning:called"
    WARNING_RISEN = "warning:risen"
    QUARTER_CARRIED = "quarter:carried"
    STARS_GRADED = "stars:graded"
    STARS_APPEALED = "stars:appealed"
    STARS_DECIDED = "stars:decided"
    STARS_FINAL = "stars:final"
    MATCH_RUN = "match:run"
    MATCH_MONTH = "match:month"
    TRIAL_ASKED = "trial:asked"
    TRIAL_FINISHED = "trial:finished"
    TRIAL_CANCELLED = "trial:cancelled"
    PAPER_PUBLISHED = "paper:published"
    CERTIFICATE_ISSUED = "certificate:issued"
    CERTIFICATE_REVOKED = "certificate:revoked"
    WITNESS_NAMED = "witness:named"
    WITNESS_DROPPED = "witness:dropped"
    WITNESS_WATCHED = "witness:watched"
    POLICY_LOADED = "policy:loaded"
    POLICY_SET = "policy:set"
    PLACES_LOADED = "places:loaded"
    PLACES_DIVISIONS_LOADED = "places:divisions:loaded"
    PLACES_BELOW_ADDED = "places:below:added"
    PLACES_POINTS_LOCATED = "places:points:located"
    PLACES_PLACE_RENAMED = "places:place:renamed"
    PLACES_PLACE_MERGED = "places:place:merged"
    PLACES_PLACE_REGION = "places:place:region"

    @property
    def source(self) -> str:
        """The room's word it comes from: `ledger` of `ledger:hold:posted`."""
        return self.value.split(":")[0]

    @property
    def subject(self) -> str:
        """What it is about: `hold` of `ledger:hold:posted`; where none is written, the source itself."""
        return self.value.split(":")[-2]

    @property
    def action(self) -> str:
        """What happened, in the past tense: `posted` of `ledger:hold:posted`."""
        return self.value.split(":")[-1]


@dataclass(frozen=True, slots=True)
class Content:
    """What one entry says. `payload` holds opaque references, codes and whole numbers; never personal data."""

    uid: UUID
    kind: str
    place: str
    ref: str | None
    occurred_at: datetime
    recorded_at: datetime
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QueuedEntry:
    """An entry on its way into the log. `ref` (source:id) is what receipts gather by; moments are UTC."""

    kind: str
    place: str
    payload: Payload
    occurred_at: datetime
    recorded_at: datetime
    ref: str | None = None


def moment(at: datetime) -> str:
    """Return `at` in the one spelling used in bodies: UTC, microseconds, `Z`. Raises ValueError for a moment without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"moment without a zone: {at!r}")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(content: Content) -> dict[str, Any]:
    """Return the fields of a body as they are spelled in bodies and receipts."""
    return {
        "id": str(content.uid),
        "kind": content.kind,
        "occurred_at": moment(content.occurred_at),
        "payload": content.payload,
        "place": content.place,
        "recorded_at": moment(content.recorded_at),
        "ref": content.ref,
    }


def body_of(fields: Mapping[str, Any]) -> bytes:
    """Return version-1 body bytes: a version line, then the canonical bytes (kernel.canon) of the fields."""
    return BODY_VERSION + canon.canonical(fields)


def commitment_of(body: bytes, salt: bytes) -> bytes:
    """Return the 32 bytes that stand for `body`. Raises ValueError where the salt is not 16 bytes (HMAC pads others alike)."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"salt is {len(salt)} bytes, not {SALT_BYTES}")
    return hmac.digest(salt, body, hashlib.sha256)


def leaf_of(commitment: bytes) -> bytes:
    """Return the published leaf bytes: a version line and the commitment. Raises ValueError for another length."""
    if len(commitment) != COMMITMENT_BYTES:
        raise ValueError(f"commitment is {len(commitment)} bytes, not {COMMITMENT_BYTES}")
    return LEAF_VERSION + commitment


def payload_text(payload: Mapping[str, Any]) -> str:
    """Return the canonical JSON text of a payload, as it is stored. Raises TypeError for floats and other unknown kinds."""
    return canon.canonical(payload)[len(canon.PREFIX) :].decode()


def payload_of(text: str) -> dict[str, Any]:
    """Read a stored payload. Raises ValueError for every spelling but the canonical one, so that no change of a byte goes unseen."""
    try:
        payload = json.loads(text)
        same = isinstance(payload, dict) and payload_text(payload) == text
    except (TypeError, RecursionError):
        same = False
    if not same:
        raise ValueError("payload is not in canonical form")
    return payload  # type: ignore[no-any-return]


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [word for key, inner in value.items() for word in (*_words(key), *_words(inner))]
    if isinstance(value, list | tuple):
        return [word for inner in value for word in _words(inner)]
    return []


def check(entry: QueuedEntry) -> None:
    """Refuse what may not go into the log. Raises ValueError: unknown kind, malformed ref, free words, phone numbers, oversize.

    Words in a payload are codes: printable ASCII, at most 100 characters. So no name, address or remark of a resident fits in.
    What is public by nature, places and policy, may be written as it is.
    """
    kind, ref = Kind(entry.kind), entry.ref
    if ref is not None and (len(ref) > REF_CHARS_MAX or not REF.fullmatch(ref)):
        raise ValueError(f"ref is not source:id, at most {REF_CHARS_MAX} characters: {ref!r}")
    if not PLACE.fullmatch(entry.place):
        raise ValueError(f"not a place code: {entry.place!r}")
    words = PUBLIC_WORD if kind.source in PUBLIC_SOURCES else WORD
    for word in _words(entry.payload):
        if len(word) > WORD_CHARS_MAX or not words.fullmatch(word):
            raise ValueError(f"{kind}: payload words are codes of printable ASCII, at most {WORD_CHARS_MAX} characters")
        if PHONE.fullmatch(word):
            raise ValueError(f"{kind}: a phone number may not enter the log")
    if len(payload_text(entry.payload)) > PAYLOAD_CHARS_MAX:
        raise ValueError(f"{kind}: payload longer than {PAYLOAD_CHARS_MAX} characters")
