"""The ledger's rules as a pure model: what may move, what a movement does. The database's functions say the same; tests compare the two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linli.kernel.errors import Refusal
from linli.kernel.units import Unit

AMOUNT_MAX = 10**15  # ten trillion yuan in fen: sums stay far inside 64 bits


class HoldState(StrEnum):
    """How a hold stands. Every way leads out of `open` and none leads back."""

    OPEN = "open"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Balance:
    """How one account stands, in its unit: four sums and two limits (None: no limit)."""

    id: UUID
    unit: Unit
    floor: int | None = 0
    cap: int | None = None
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    closed: bool = False

    @property
    def posted(self) -> int:
        """Return what the account holds by posted transfers alone."""
        return self.credits_posted - self.debits_posted

    @property
    def available(self) -> int:
        """Return what may still be taken out, before `floor`: held debits are gone already, held credits have not come."""
        return self.posted - self.debits_pending

    @property
    def expected(self) -> int:
        """Return what the account comes to if every held credit posts and no held debit does; this is what `cap` bounds."""
        return self.posted + self.credits_pending

    @property
    def spendable(self) -> int | None:
        """Return how much can be taken out at most, None without a floor."""
        return None if self.floor is None else self.available - self.floor

    @property
    def room(self) -> int | None:
        """Return how much can still come in, None without a cap."""
        return None if self.cap is None else self.cap - self.expected


@dataclass(frozen=True, slots=True)
class Hold:
    """An amount kept back between two accounts until `expires_at`."""

    id: UUID
    debit: UUID
    credit: UUID
    amount: int
    expires_at: datetime
    state: HoldState = HoldState.OPEN


def refuse_move(debit: Balance | None, credit: Balance | None, amount: int, *, reversed_before: bool = False) -> Refusal | None:
    """Tell why `amount` may not move (or be held) from `debit` to another account, or None. The first of Refusal's order is told.

    Equal ids on both sides are SAME_ACCOUNT before any account is looked up.
    """
    if debit is None or credit is None:
        return Refusal.ACCOUNT_UNKNOWN
    checks = (
        (debit.closed or credit.closed, Refusal.ACCOUNT_CLOSED),
        (debit.unit is not credit.unit, Refusal.UNITS_DIFFER),
        (amount <= 0, Refusal.NOT_POSITIVE),
        (reversed_before, Refusal.ALREADY_REVERSED),
        (debit.spendable is not None and amount > debit.spendable, Refusal.OVER_LIMIT),
        (credit.room is not None and amount > credit.room, Refusal.OVER_CAP),
    )
    return next((refusal for applies, refusal in checks if applies), None)


def refuse_post(hold: Hold, amount: int, now: datetime) -> Refusal | None:
    """Tell why `amount` of a hold may not be posted at `now`, or None."""
    if amount <= 0:
        return Refusal.NOT_POSITIVE
    return refuse_void(hold, now) or (Refusal.OVER_HOLD if amount > hold.amount else None)


def refuse_void(hold: Hold, now: datetime) -> Refusal | None:
    """Tell why a hold may not be given back at `now`, or None. A hold whose time is over is the clock's, swept already or not."""
    return Refusal.HOLD_GONE if hold.state is not HoldState.OPEN or hold.expires_at <= now else None


def refuse_close(account: Balance) -> Refusal | None:
    """Tell why an account may not be closed, or None: what is in it must have found its way first."""
    empty = account.posted == 0 and account.debits_pending == 0 and account.credits_pending == 0
    return None if empty else Refusal.ACCOUNT_NOT_EMPTY


def refuse_limits(account: Balance, floor: int | None, cap: int | None) -> Refusal | None:
    """Tell why new limits may not be set, or None: a limit that is broken the moment it is set is none."""
    if floor is not None and account.available < floor:
        return Refusal.OVER_LIMIT
    return Refusal.OVER_CAP if cap is not None and account.expected > cap else None


def held(debit: Balance, credit: Balance, amount: int) -> tuple[Balance, Balance]:
    """Return both accounts after `amount` was kept back."""
    return replace(debit, debits_pending=debit.debits_pending + amount), replace(credit, credits_pending=credit.credits_pending + amount)


def given_back(debit: Balance, credit: Balance, amount: int) -> tuple[Balance, Balance]:
    """Return both accounts after a hold of `amount` was voided or expired."""
    return replace(debit, debits_pending=debit.debits_pending - amount), replace(credit, credits_pending=credit.credits_pending - amount)


def moved(debit: Balance, credit: Balance, amount: int) -> tuple[Balance, Balance]:
    """Return both accounts after `amount` was posted."""
    return replace(debit, debits_posted=debit.debits_posted + amount), replace(credit, credits_posted=credit.credits_posted + amount)
