"""Balances, statements, trial balance, and the verifier that replays the whole book."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, F, JSONField, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left

from linli.kernel.errors import NotFound
from linli.kernel.units import Unit
from linli.value.ledger.core.marks import AccountRow, HoldRow, TransferRow
from linli.value.ledger.core.replay import Finding, Replay
from linli.value.ledger.core.rules import Balance, HoldState
from linli.value.ledger.models import Account, Hold, Transfer

CHUNK = 5_000
REPORT_EVERY = 20_000
# What must stand in the database for the promises to hold; the verifier looks whether it does.
TRIGGERS = tuple(
    f"ledger_{table}_{name}"
    for table, names in {
        "account": ("frozen", "kept", "same", "written"), "hold": ("frozen", "kept", "once", "written"), "transfer": ("frozen", "kept", "written"),
    }.items()
    for name in names
)  # fmt: skip
CONSTRAINTS = (
    "ledger_account_cap", "ledger_account_closed_empty", "ledger_account_floor", "ledger_account_once", "ledger_account_sums",
    "ledger_hold_credit_unit", "ledger_hold_debit_unit", "ledger_hold_ends_once", "ledger_hold_key", "ledger_hold_positive",
    "ledger_transfer_credit_unit", "ledger_transfer_debit_unit", "ledger_transfer_key", "ledger_transfer_positive",
)  # fmt: skip
INDEXES = ("ledger_hold_end_key", "ledger_transfer_hold_once", "ledger_transfer_reversed_once")


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account with its sums; `balance` answers what is available, expected, spendable and how much room is left, in its unit."""

    id: UUID
    owner_ref: str
    kind: str
    place: str
    balance: Balance
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoldCard:
    """A hold with how it stands; `amount` in the accounts' unit."""

    id: UUID
    debit: UUID
    credit: UUID
    amount: int
    reason: str
    about: str
    expires_at: datetime
    state: HoldState


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transfer as one account sees it: `amount` is signed, `balance_after` what stood right after it.

    `undoes` is the reason of the transfer that this one reverses, or ''.
    """

    id: UUID
    seq: int
    amount: int
    balance_after: int
    counterpart: UUID
    reason: str
    about: str
    occurred_at: datetime
    recorded_at: datetime
    reverses: UUID | None
    undoes: str


@dataclass(frozen=True, slots=True)
class TrialRow:
    """All accounts of one unit and kind at a place, summed. Over the whole book debits and credits of a unit are equal."""

    unit: Unit
    kind: str
    accounts: int
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int


def _card(row: Account) -> AccountCard:
    sums = Balance(
        row.id, Unit(row.unit), row.floor, row.cap, row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted,
        row.closed_at is not None,
    )  # fmt: skip
    return AccountCard(row.id, row.owner_ref, row.kind, row.place_code, sums, row.opened_at, row.closed_at)


def account(owner_ref: str, unit: Unit, kind: str) -> AccountCard | None:
    """Return the account of this owner, unit and kind, or None before it is opened."""
    row = Account.objects.filter(owner_ref=owner_ref, unit=unit.value, kind=kind).first()
    return _card(row) if row else None


def accounts(owner_refs: Collection[str], unit: Unit) -> dict[tuple[str, str], AccountCard]:
    """Return the accounts of these owners in one unit by (owner_ref, kind); one query."""
    return {(row.owner_ref, row.kind): _card(row) for row in Account.objects.filter(owner_ref__in=owner_refs, unit=unit.value)}


def balance(account: UUID) -> Balance:
    """Return an account's sums. Raises NotFound."""
    row = Account.objects.filter(pk=account).first()
    if row is None:
        raise NotFound
    return _card(row).balance


def holds(ids: Collection[UUID]) -> dict[UUID, HoldCard]:
    """Return these holds; one query."""
    return {
        row.id: HoldCard(row.id, row.debit_id, row.credit_id, row.amount, row.reason, row.about, row.expires_at, HoldState(row.state))
        for row in Hold.objects.filter(pk__in=ids)
    }


def statement(account: UUID, *, before: int | None = None, limit: int = 30) -> tuple[StatementLine, ...]:
    """Return an account's transfers, newest first; the next page begins `before` the last line's `seq`. One query."""
    with connection.cursor() as cursor:
        # Each half is cut by its own index (account, seq), so a page costs the same on the busiest pool.
        cursor.execute(
            "WITH lines AS ((SELECT *, -amount AS signed, debit_after AS after, credit_id AS other FROM ledger_transfer"
            " WHERE debit_id = %(account)s AND seq < %(before)s ORDER BY seq DESC LIMIT %(limit)s) UNION ALL"
            " (SELECT *, amount, credit_after, debit_id FROM ledger_transfer"
            " WHERE credit_id = %(account)s AND seq < %(before)s ORDER BY seq DESC LIMIT %(limit)s))"
            " SELECT l.id, l.seq, l.signed, l.after, l.other, l.reason, l.about, l.occurred_at, l.recorded_at, l.reverses_id,"
            " coalesce(r.reason, '') FROM lines l LEFT JOIN ledger_transfer r ON r.id = l.reverses_id ORDER BY l.seq DESC LIMIT %(limit)s",
            {"account": account, "before": 2**62 if before is None else before, "limit": limit},
        )
        return tuple(StatementLine(*row) for row in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Turnover:
    """What came into an account and went out of it, in its unit, for one reason; `came_since` counts the recent part of `came`."""

    came: int = 0
    went: int = 0
    came_since: int = 0


# What an account in the row around it came to, by reason. A reversal is taken from the side it undoes: money back is not income.
_TURNOVER = """(SELECT coalesce(jsonb_object_agg(reason, jsonb_build_array(came, went, came_since)), '{}') FROM (
 SELECT coalesce(o.reason, t.reason) AS reason,
  coalesce(sum(CASE WHEN t.reverses_id IS NULL THEN t.amount ELSE -t.amount END)
   FILTER (WHERE (t.credit_id = ledger_account.id) = (t.reverses_id IS NULL)), 0)::bigint AS came,
  coalesce(sum(CASE WHEN t.reverses_id IS NULL THEN t.amount ELSE -t.amount END)
   FILTER (WHERE (t.debit_id = ledger_account.id) = (t.reverses_id IS NULL)), 0)::bigint AS went,
  coalesce(sum(CASE WHEN t.reverses_id IS NULL THEN t.amount ELSE -t.amount END)
   FILTER (WHERE (t.credit_id = ledger_account.id) = (t.reverses_id IS NULL) AND t.recorded_at >= %s), 0)::bigint AS came_since
 FROM ledger_transfer t LEFT JOIN ledger_transfer o ON o.id = t.reverses_id
 WHERE t.debit_id = ledger_account.id OR t.credit_id = ledger_account.id GROUP BY 1) sums)"""


def with_turnover(owner_ref: str, unit: Unit, kind: str, *, since: datetime) -> tuple[AccountCard, dict[str, Turnover]] | None:
    """Return an account with its turnover by reason, or None before it is opened; one query.

    What was reversed counts as if it had not been: both lines carry the first one's reason.
    """
    return _summed(Account.objects.filter(owner_ref=owner_ref, unit=unit.value, kind=kind), since)


def turnover(account: UUID, *, since: datetime) -> dict[str, Turnover]:
    """Return an account's turnover by reason, as `with_turnover`; empty for an unknown account."""
    found = _summed(Account.objects.filter(pk=account), since)
    return found[1] if found else {}


def _summed(rows: QuerySet[Account], since: datetime) -> tuple[AccountCard, dict[str, Turnover]] | None:
    row = rows.annotate(sums=RawSQL(_TURNOVER, [since], output_field=JSONField())).first()  # noqa: S611 — a constant, one parameter
    return (_card(row), {reason: Turnover(*sums) for reason, sums in row.sums.items()}) if row else None


def trial_balance(place: str = "") -> tuple[TrialRow, ...]:
    """Return the sums of all accounts at a place and below, by unit and kind; '' is the whole book."""
    rows = (
        Account.objects.filter(place_code__startswith=place)
        .values("unit", "kind")
        .annotate(n=Count("pk"), dp=Sum("debits_pending"), d=Sum("debits_posted"), cp=Sum("credits_pending"), c=Sum("credits_posted"))
        .order_by("unit", "kind")
    )
    return tuple(TrialRow(Unit(r["unit"]), r["kind"], r["n"], int(r["dp"]), int(r["d"]), int(r["cp"]), int(r["c"])) for r in rows)


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer by its reason: from the account of which community, how much, when."""

    id: UUID
    community: str
    amount: int
    at: datetime


def moved(reason: str, unit: Unit, start: datetime, end: datetime) -> tuple[Moved, ...]:
    """Return the transfers for a reason recorded in [start, end), by the place of the account that gave; one query."""
    rows = Transfer.objects.filter(reason=reason, unit=unit.value, recorded_at__gte=start, recorded_at__lt=end, reverses=None)
    columns = rows.order_by("seq").values_list("pk", "debit__place_code", "amount", "recorded_at")
    return tuple(Moved(pk, place[:12], amount, at) for pk, place, amount, at in columns)


def standing(kind: str, unit: Unit) -> dict[str, tuple[int, int]]:
    """Return (open accounts, what stands in them) of a kind for each community that has any; one query."""
    rows = Account.objects.filter(kind=kind, unit=unit.value, closed_at=None).annotate(community=Left("place_code", 12)).order_by()
    counted = rows.values("community").annotate(n=Count("pk"), held=Sum(F("credits_posted") - F("debits_posted")))
    return {row["community"]: (row["n"], row["held"]) for row in counted}


def verify(report: Callable[[int], None] | None = None) -> list[Finding]:
    """Replay the whole book and return what does not agree, row by row; an empty list is a whole book.

    Looks at one moment (a repeatable-read snapshot; inside an open transaction, at what that sees) and changes nothing. `report` is told
    every now and then how many movements were replayed.
    """
    with snapshot():
        findings = _guards() + _pairs() + _keys()
        replay = Replay({row.id: row for row in _accounts()})
        events = merge(
            _events(Hold.objects.order_by("seq"), HOLD_COLUMNS, 1, lambda row: replay.opened(HoldRow(*row))),
            _events(_gone(), HOLD_COLUMNS, HOLD_COLUMNS.index("end_seq"), lambda row: replay.ended(HoldRow(*row))),
            _events(Transfer.objects.order_by("seq"), TRANSFER_COLUMNS, 1, lambda row: replay.transferred(TransferRow(*row))),
            key=lambda event: event[0],
        )
        for _, take, row in events:
            take(row)
            if report is not None and replay.events % REPORT_EVERY == 0:
                report(replay.events)
        findings += replay.finish()
        if report is not None:
            report(replay.events)
        return findings


Part = tuple[str, str, str]


def marks() -> dict[Part, str]:
    """Return the mark of every row, in hexadecimal, by (table, id, 'row'), and of how holds were given back by (…, 'end')."""
    found: dict[Part, str] = {}
    parts: tuple[tuple[str, QuerySet[Any], str, str], ...] = (
        ("ledger_account", Account.objects.all(), "row", "mark"),
        ("ledger_hold", Hold.objects.all(), "row", "mark"),
        ("ledger_hold", _gone(), "end", "end_mark"),
        ("ledger_transfer", Transfer.objects.all(), "row", "mark"),
    )
    for table, rows, part, column in parts:
        for pk, mark in rows.values_list("pk", column).iterator(chunk_size=CHUNK):
            found[(table, str(pk), part)] = bytes(mark or b"").hex()
    return found


@contextmanager
def snapshot() -> Iterator[None]:
    """Look at one moment of the database in the body; inside an open transaction, at what that sees."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _guards() -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND tgname LIKE 'ledger\\_%%'")
        triggers = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint WHERE convalidated AND conname LIKE 'ledger\\_%%'")
        constraints = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisunique AND i.indisvalid")
        indexes = {name for (name,) in cursor.fetchall()}
    wanted = (("trigger", TRIGGERS, triggers), ("constraint", CONSTRAINTS, constraints), ("index", INDEXES, indexes))
    missing = [(what, name) for what, names, found in wanted for name in names if name not in found]
    return [Finding("guard", what, name, "it is missing or switched off") for what, name in missing]


def _pairs() -> list[Finding]:
    rows = Transfer.objects.filter(reverses__isnull=False).exclude(
        debit=F("reverses__credit"), credit=F("reverses__debit"), amount=F("reverses__amount")
    )
    told = "it is not the mirror of what it reverses"
    return [Finding("reversal", "ledger_transfer", str(pk), told) for pk in rows.values_list("pk", flat=True)]


def _keys() -> list[Finding]:
    keys: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("ledger_hold", Hold.objects.all(), "key"),
        ("ledger_hold", Hold.objects.exclude(end_key=None), "end_key"),
        ("ledger_transfer", Transfer.objects.all(), "key"),
    )
    findings = []
    for table, rows, column in keys:
        doubles = rows.values(column).annotate(n=Count("pk")).filter(n__gt=1)
        findings += [Finding("key", table, row[column], f"stands {row['n']} times") for row in doubles]
    return findings


def _accounts() -> Iterator[AccountRow]:
    columns = (
        "id", "unit", "kind", "owner_ref", "place_code", "floor", "cap", "opened_at", "closed_at", "debits_pending", "debits_posted",
        "credits_pending", "credits_posted", "mark", "head",
    )  # fmt: skip
    for row in Account.objects.order_by("id").values_list(*columns).iterator(chunk_size=CHUNK):
        yield AccountRow(*map(_plain, row))


HOLD_COLUMNS = (
    "id", "seq", "debit_id", "credit_id", "unit", "amount", "expires_at", "reason", "about", "actor_ref", "key", "inputs_hash",
    "occurred_at", "recorded_at", "mark", "state", "ended_at", "end_seq", "end_reason", "end_actor_ref", "end_key", "end_hash", "end_mark",
)  # fmt: skip
TRANSFER_COLUMNS = (
    "id", "seq", "debit_id", "credit_id", "unit", "amount", "hold_id", "reverses_id", "debit_after", "credit_after", "reason", "about",
    "actor_ref", "key", "inputs_hash", "occurred_at", "recorded_at", "mark",
)  # fmt: skip


def _gone() -> QuerySet[Hold]:
    return Hold.objects.filter(state__in=[HoldState.VOIDED, HoldState.EXPIRED], end_seq__isnull=False).order_by("end_seq")


Row = Sequence[Any]
Event = tuple[int, Callable[[Row], None], Row]


def _events(rows: QuerySet[Any], columns: tuple[str, ...], order: int, take: Callable[[Row], None]) -> Iterator[Event]:
    for row in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        yield row[order], take, [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview | bytearray) else value
