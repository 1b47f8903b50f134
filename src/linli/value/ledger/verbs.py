"""Writes of the ledger: each is one call of a function in the database, one round trip, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.utils import IntegrityError

from linli.kernel.canon import digest
from linli.kernel.errors import Conflict, NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.kernel.units import Unit
from linli.value.ledger.core.rules import AMOUNT_MAX, Balance

# Which side of a movement a refusal speaks of, for the form that asked.
FIELDS = {
    Refusal.TIME_PAST: "expires_at", Refusal.NOT_POSITIVE: "amount", Refusal.OVER_HOLD: "amount", Refusal.OVER_LIMIT: "debit",
    Refusal.OVER_CAP: "credit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function of the database answered (`ledger_answer`)."""

    code: str
    id: UUID | None
    place: str | None
    mark: bytes | None
    room: int | None
    debit: UUID | None
    credit: UUID | None
    unit: str | None
    amount: int | None
    reason: str | None
    about: str | None


def _inputs(key: str, **inputs: object) -> tuple[str, bytes]:
    return key, bytes.fromhex(digest({name: None if value is None else str(value) for name, value in inputs.items()}))


def _ask(function: str, arguments: Sequence[Any], *, key: str | None = None) -> Answer:
    """Call one function; return what it answered ('ok' or 'again'). Raises Refused, Conflict and NotFound as its code says."""
    marks = ", ".join(["%s"] * len(arguments))
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {function}({marks})", list(arguments))  # noqa: S608 — names stand in this file only
            answer = Answer(*cursor.fetchone())
    except IntegrityError as error:
        # Two holds voided at once under one key: the second meets the unique index.
        if key is not None and "_key" in str(error):
            raise Conflict(key) from error
        raise
    if answer.code in {"ok", "again"}:
        return answer
    if answer.code == "conflict":
        raise Conflict(key or "")
    if answer.code == "missing":
        raise NotFound
    raise _refused(Refusal(answer.code), answer.room)


def _refused(code: Refusal, room: int | None) -> Refused:
    # The sentences speak of minutes; rooms for points and money word their own.
    facts = {} if room is None else {"minutes": max(0, room)}
    return Refused(code, field=FIELDS.get(code), **facts)


def _record(s: Step, kind: str, answer: Answer, **ids: str) -> None:
    # `about` is thing:id; standing under its own name it gathers with the rest of that thing's evidence.
    thing, _, of = (answer.about or "").partition(":")
    payload = {
        **ids, "debit": str(answer.debit), "credit": str(answer.credit), "unit": answer.unit, "amount": answer.amount,
        "reason": answer.reason, "mark": answer.mark.hex() if answer.mark else None, **({thing: of} if of else {}),
    }  # fmt: skip
    s.record(kind, place=answer.place or "", payload=payload)


def _amount(amount: int) -> int:
    if amount > AMOUNT_MAX:
        raise Refused(Refusal.INPUT_INVALID, field="amount")
    return amount


def open_account(s: Step, owner_ref: str, unit: Unit, *, kind: str, place: str, floor: int | None = 0, cap: int | None = None) -> UUID:
    """Return the account of this owner, unit and kind, opened if it is not there; a closed one opens again.

    `floor` (≤ 0, or None for an issuing pool) is the least available balance, `cap` (≥ 0 or None) the most it may come to, both in
    `unit`. They hold for a new account only; `set_limits` changes them.
    """
    answer = _ask("ledger_account_open", [new_id(s.now), owner_ref, unit.value, kind, place, floor, cap, s.now])
    assert answer.id is not None
    if answer.code == "ok":
        _record_account(s, "ledger:account:opened", answer)
    return answer.id


def close_account(s: Step, account: UUID) -> None:
    """Close an empty account; twice changes nothing. Raises Refused(ACCOUNT_UNKNOWN, ACCOUNT_NOT_EMPTY)."""
    answer = _ask("ledger_account_close", [account, s.now])
    if answer.code == "ok":
        _record_account(s, "ledger:account:closed", answer)


def set_limits(s: Step, account: UUID, *, floor: int | None, cap: int | None) -> None:
    """Set an account's limits. Raises Refused(ACCOUNT_UNKNOWN, OVER_LIMIT, OVER_CAP) where what is there breaks them already."""
    answer = _ask("ledger_account_limit", [account, floor, cap])
    if answer.code == "ok":
        _record_account(s, "ledger:account:limited", answer)


def _record_account(s: Step, kind: str, answer: Answer) -> None:
    mark = answer.mark.hex() if answer.mark else None
    s.record(kind, place=answer.place or "", payload={"account": str(answer.id), "unit": answer.unit, "mark": mark})


def hold(
    s: Step, *, debit: UUID, credit: UUID, amount: int, expires_at: datetime, reason: str, about: str, key: str,
    occurred_at: datetime | None = None,
) -> UUID:  # fmt: skip
    """Keep `amount` back on `debit` for `credit` until `expires_at`; return the hold. The same key and inputs: the same hold.

    `reason` is a code ([a-z_]), `about` an opaque reference `thing:id` without blanks. Raises Refused(TIME_PAST, INPUT_INVALID,
    SAME_ACCOUNT, ACCOUNT_UNKNOWN, ACCOUNT_CLOSED, UNITS_DIFFER, NOT_POSITIVE, OVER_LIMIT, OVER_CAP) and Conflict.
    """
    key, inputs = _inputs(key, op="hold", debit=debit, credit=credit, amount=amount, expires=expires_at, reason=reason, about=about)
    move = [new_id(s.now), debit, credit, _amount(amount), expires_at, None]
    answer = _ask("ledger_move", [*move, reason, about, s.actor.ref, key, inputs, occurred_at or s.now, s.now], key=key)
    return _told(s, "ledger:hold:opened", answer, "hold")


def transfer(
    s: Step, *, debit: UUID, credit: UUID, amount: int, reason: str, about: str, key: str, occurred_at: datetime | None = None
) -> UUID:
    """Move `amount` from `debit` to `credit` at once; return the transfer. Refusals as for `hold`, but for the time."""
    key, inputs = _inputs(key, op="transfer", debit=debit, credit=credit, amount=amount, reason=reason, about=about)
    move = [new_id(s.now), debit, credit, _amount(amount), None, None]
    answer = _ask("ledger_move", [*move, reason, about, s.actor.ref, key, inputs, occurred_at or s.now, s.now], key=key)
    return _told(s, "ledger:transfer:posted", answer, "transfer")


def _told(s: Step, kind: str, answer: Answer, thing: str, **ids: str) -> UUID:
    assert answer.id is not None
    if answer.code == "ok":
        _record(s, kind, answer, **{thing: str(answer.id)}, **ids)
    return answer.id


def post(s: Step, hold: UUID, *, amount: int | None = None, key: str, occurred_at: datetime | None = None) -> UUID:
    """Post an open hold in part or (None) whole; the rest returns by itself. Return the transfer; the same key: the same transfer.

    Raises NotFound, Refused(NOT_POSITIVE, HOLD_GONE, OVER_HOLD) and Conflict. It is never refused for limits: the hold counted in them.
    """
    key, inputs = _inputs(key, op="post", hold=hold, amount=amount)
    wanted = None if amount is None else _amount(amount)
    answer = _ask("ledger_hold_post", [new_id(s.now), hold, wanted, s.actor.ref, key, inputs, occurred_at or s.now, s.now], key=key)
    return _told(s, "ledger:hold:posted", answer, "transfer", hold=str(hold))


def void(s: Step, hold: UUID, *, reason: str, key: str) -> None:
    """Give an open hold back; `reason` is a code. Raises NotFound, Refused(HOLD_GONE) and Conflict."""
    key, inputs = _inputs(key, op="void", hold=hold, reason=reason)
    answer = _ask("ledger_hold_void", [hold, reason, s.actor.ref, key, inputs, s.now], key=key)
    _told(s, "ledger:hold:voided", answer, "hold")


def reverse(s: Step, transfer: UUID, *, reason: str, key: str, occurred_at: datetime | None = None) -> UUID:
    """Move back what a transfer moved, once; return the transfer that does so. Both stay in the book.

    A reversal is itself a transfer and can be reversed, once. Raises NotFound, Refused(ACCOUNT_CLOSED, ALREADY_REVERSED, OVER_LIMIT,
    OVER_CAP) and Conflict.
    """
    key, inputs = _inputs(key, op="reverse", transfer=transfer, reason=reason)
    answer = _ask("ledger_reverse", [new_id(s.now), transfer, reason, s.actor.ref, key, inputs, occurred_at or s.now, s.now], key=key)
    return _told(s, "ledger:transfer:reversed", answer, "transfer", reverses=str(transfer))


def expire_due(s: Step, limit: int = 200, *, holds: Sequence[UUID] | None = None) -> int:
    """Give back up to `limit` holds whose time is over (of `holds`, or of all), oldest first; return how many.

    It never waits: what others have locked is left for the next round of the clock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger_expire_due(%s, %s, %s, %s)", [None if holds is None else list(holds), limit, s.actor.ref, s.now]
        )
        answers = [Answer(*row) for row in cursor.fetchall()]
    for answer in answers:
        _told(s, "ledger:hold:expired", answer, "hold")
    return len(answers)


def lock(s: Step, *, holds: Sequence[UUID] = (), accounts: Sequence[UUID] = ()) -> dict[UUID, Balance]:
    """Lock holds with their accounts, and further accounts, for the rest of the step; return the accounts' sums.

    A step that makes several movements locks all it will touch first, in the one order (by id) that never waits in a ring.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, unit, floor, cap, debits_pending, debits_posted, credits_pending, credits_posted, closed_at IS NOT NULL"
            " FROM ledger_lock(%s, %s)",
            [list(holds), list(accounts)],
        )
        return {pk: Balance(pk, Unit(unit), *rest) for pk, unit, *rest in cursor.fetchall()}
