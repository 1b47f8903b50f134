"""Visits: the states of offers and visits, the rotating check-in code, the claims. Pure."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

CODE_DIGITS = 4


class OfferState(StrEnum):
    """Where an offer stands."""

    MADE = "made"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"  # somebody else took it, or the need ended


OFFER_MOVES: dict[tuple[OfferState, str], OfferState] = {
    (OfferState.MADE, "accept"): OfferState.ACCEPTED,
    (OfferState.MADE, "decline"): OfferState.DECLINED,
    (OfferState.MADE, "lapse"): OfferState.LAPSED,
    (OfferState.MADE, "withdraw"): OfferState.WITHDRAWN,
}


class VisitState(StrEnum):
    """Where a visit stands."""

    WAITING = "waiting"  # one of two adults has said yes; it is a visit only when the other has too
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CHECKED_OUT = "checked_out"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    SETTLED = "settled"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


V = VisitState
# (state, event) -> state. A dispute has a way out (settle), an error has one (correct), a need can be reopened by itself.
MOVES: dict[tuple[VisitState, str], VisitState] = {
    (V.WAITING, "join"): V.BOOKED,
    (V.WAITING, "release"): V.CANCELLED,
    (V.BOOKED, "wait"): V.WAITING,  # the other of the two went
    (V.CHECKED_IN, "release"): V.CANCELLED,  # stood at the door, and the other of the two did not come
    (V.BOOKED, "check_in"): V.CHECKED_IN,
    (V.BOOKED, "cancel"): V.CANCELLED,
    (V.BOOKED, "no_show"): V.NO_SHOW,
    (V.CHECKED_IN, "check_out"): V.CHECKED_OUT,
    (V.CHECKED_IN, "dispute"): V.DISPUTED,
    (V.CHECKED_OUT, "confirm"): V.CONFIRMED,
    (V.CHECKED_OUT, "dispute"): V.DISPUTED,
    (V.DISPUTED, "settle"): V.SETTLED,
    (V.CONFIRMED, "correct"): V.CORRECTED,
    (V.SETTLED, "correct"): V.CORRECTED,
    (V.CORRECTED, "correct"): V.CORRECTED,
}
EVENTS = tuple(sorted({event for _, event in MOVES}))
LIVE = (V.WAITING, V.BOOKED, V.CHECKED_IN)  # the helper's time is taken
GONE = (V.CANCELLED, V.NO_SHOW)
DONE = (V.CONFIRMED, V.SETTLED, V.CORRECTED)
SEATS_MAX = 2


class Way(StrEnum):
    """How a check-in or a confirmation came about: its grade as evidence."""

    CODE = "code"  # the rotating code at the resident's side
    PAPER = "paper"  # written by a worker, called back
    SELF = "self"  # the resident's own channel
    GUARDIAN = "guardian"
    CALL_BACK = "call_back"  # a worker asked by phone


@dataclass(frozen=True, slots=True)
class Code:
    """The code shown now, and for how many seconds still."""

    code: str
    left_s: int


def _window(now: datetime, window_minutes: int) -> int:
    return int(now.timestamp()) // (window_minutes * 60)


def _digits(seed: bytes, window: int) -> str:
    # RFC 4226's dynamic truncation over HMAC-SHA-256, four digits: six wrong tries lock the visit to the paper route.
    mac = hmac.new(seed, window.to_bytes(8, "big", signed=True), hashlib.sha256).digest()
    start = mac[-1] & 0xF
    value = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{value % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def code_at(seed: bytes, now: datetime, *, window_minutes: int) -> Code:
    """Return the code of the window that holds `now`."""
    window = _window(now, window_minutes)
    left = (window + 1) * window_minutes * 60 - int(now.timestamp())
    return Code(_digits(seed, window), left)


def code_fits(seed: bytes, code: str, now: datetime, *, window_minutes: int) -> bool:
    """Tell whether `code` is that of this window or the one before (somebody read it out just as it changed)."""
    window = _window(now, window_minutes)
    said = code.strip().replace(" ", "")
    return any(hmac.compare_digest(_digits(seed, w).encode(), said.encode()) for w in (window, window - 1))
