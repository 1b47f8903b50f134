"""The replay verifier: rebuild every sum from the movements alone and name each row that does not agree. Reads nothing but rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from linli.value.ledger.core.marks import AccountRow, HoldRow, TransferRow, chain
from linli.value.ledger.core.rules import HoldState


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that does not agree with the rest. `rule` is a code, `told` says what was found and what was expected."""

    rule: str
    table: str
    row: str
    told: str


@dataclass(slots=True)
class _Sums:
    unit: str
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    head: bytes = b""

    @property
    def posted(self) -> int:
        return self.credits_posted - self.debits_posted


@dataclass
class Replay:
    """Feed it the accounts, then every movement in order of `seq`, then `finish`. Memory: one small record an account and open hold."""

    accounts: dict[UUID, AccountRow]
    findings: list[Finding] = field(default_factory=list)
    events: int = 0
    _sums: dict[UUID, _Sums] = field(default_factory=dict)
    _open: dict[UUID, HoldRow] = field(default_factory=dict)
    _seq: int = 0

    def __post_init__(self) -> None:
        """Begin every account at nothing."""
        self._sums = {key: _Sums(row.unit) for key, row in self.accounts.items()}

    def _find(self, rule: str, table: str, row: UUID | str, told: str) -> None:
        self.findings.append(Finding(rule, table, str(row), told))

    def _sides(self, row: HoldRow | TransferRow, table: str) -> tuple[_Sums, _Sums] | None:
        self.events += 1
        if row.mark != row.computed():
            self._find("mark", table, row.id, "a column was changed after it was written")
        debit, credit = self._sums.get(row.debit), self._sums.get(row.credit)
        if debit is None or credit is None:
            self._find("account_unknown", table, row.id, "an account of this row is not there")
            return None
        if not debit.unit == credit.unit == row.unit:
            self._find("units_mixed", table, row.id, f"{debit.unit} → {credit.unit} in {row.unit}")
        if row.amount <= 0:
            self._find("not_positive", table, row.id, str(row.amount))
        return debit, credit

    def opened(self, hold: HoldRow) -> None:
        """Take a hold at its opening."""
        sides = self._sides(hold, "ledger_hold")
        self._open[hold.id] = hold
        if sides is None:
            return
        debit, credit = sides
        debit.debits_pending += hold.amount
        credit.credits_pending += hold.amount
        debit.head, credit.head = chain(debit.head, hold.mark), chain(credit.head, hold.mark)

    def ended(self, hold: HoldRow) -> None:
        """Take a hold that was voided or expired, at its end."""
        self._end_mark(hold)
        debit, credit = self._sums.get(hold.debit), self._sums.get(hold.credit)
        if self._open.pop(hold.id, None) is None or debit is None or credit is None or hold.end_mark is None:
            self._find("hold_end", "ledger_hold", hold.id, "it ends without having been open")
            return
        debit.debits_pending -= hold.amount
        credit.credits_pending -= hold.amount
        debit.head, credit.head = chain(debit.head, hold.end_mark), chain(credit.head, hold.end_mark)

    def _end_mark(self, hold: HoldRow) -> None:
        if hold.end_mark != hold.computed_end():
            self._find("mark", "ledger_hold", hold.id, "how it ended was changed after it was written")

    def transferred(self, transfer: TransferRow) -> None:
        """Take a transfer; one of a hold closes the hold."""
        sides = self._sides(transfer, "ledger_transfer")
        if sides is None:
            return
        debit, credit = sides
        if transfer.hold is not None:
            self._close(transfer, debit, credit)
        debit.debits_posted += transfer.amount
        credit.credits_posted += transfer.amount
        if (debit.posted, credit.posted) != (transfer.debit_after, transfer.credit_after):
            self._find(
                "running_balance", "ledger_transfer", transfer.id,
                f"stands at {transfer.debit_after} and {transfer.credit_after}, comes to {debit.posted} and {credit.posted}",
            )  # fmt: skip
        debit.head, credit.head = chain(debit.head, transfer.mark), chain(credit.head, transfer.mark)

    def _close(self, transfer: TransferRow, debit: _Sums, credit: _Sums) -> None:
        hold = self._open.pop(transfer.hold, None) if transfer.hold else None
        if hold is None:
            self._find("hold_unknown", "ledger_transfer", transfer.id, "it posts a hold that is not open")
            return
        self._end_mark(hold)
        if (hold.debit, hold.credit) != (transfer.debit, transfer.credit) or transfer.amount > hold.amount:
            self._find("hold_differs", "ledger_transfer", transfer.id, f"posts {transfer.amount} of a hold of {hold.amount}")
        if (hold.state, hold.end_seq) != (HoldState.POSTED, transfer.seq):
            self._find("hold_state", "ledger_hold", hold.id, f"it was posted, but stands as {hold.state}")
        debit.debits_pending -= hold.amount
        credit.credits_pending -= hold.amount

    def finish(self) -> list[Finding]:
        """Compare what came out with what stands on the accounts; return all findings."""
        for hold in self._open.values():
            end = (hold.ended_at, hold.end_seq, hold.end_reason, hold.end_actor_ref, hold.end_key, hold.end_hash, hold.end_mark)
            if hold.state != HoldState.OPEN or any(said is not None for said in end):
                self._find("hold_state", "ledger_hold", hold.id, f"nothing ended it, but it stands as {hold.state} or says how it ended")
        for row in self.accounts.values():
            self._account(row, self._sums[row.id])
        self._units(self.accounts.values())
        return self.findings

    def _account(self, row: AccountRow, sums: _Sums) -> None:
        stands = (row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted)
        comes = (sums.debits_pending, sums.debits_posted, sums.credits_pending, sums.credits_posted)
        if stands != comes:
            self._find("balance", "ledger_account", row.id, f"stands at {stands}, comes to {comes}")
        if row.head != sums.head:
            self._find("chain", "ledger_account", row.id, "a movement was added, taken away, changed or moved in the order")
        if row.mark != row.computed():
            self._find("mark", "ledger_account", row.id, "a column was changed after it was written")
        if row.floor is not None and row.credits_posted - row.debits_posted - row.debits_pending < row.floor:
            self._find("floor", "ledger_account", row.id, f"below {row.floor}")
        if row.cap is not None and row.credits_posted + row.credits_pending - row.debits_posted > row.cap:
            self._find("cap", "ledger_account", row.id, f"above {row.cap}")
        if row.closed_at is not None and (row.credits_posted != row.debits_posted or row.debits_pending or row.credits_pending):
            self._find("closed", "ledger_account", row.id, "it is closed, but not empty")

    def _units(self, rows: Iterable[AccountRow]) -> None:
        posted: dict[str, int] = {}
        pending: dict[str, int] = {}
        for row in rows:
            posted[row.unit] = posted.get(row.unit, 0) + row.credits_posted - row.debits_posted
            pending[row.unit] = pending.get(row.unit, 0) + row.credits_pending - row.debits_pending
        for unit, total in posted.items():
            if total or pending[unit]:
                self._find(
                    "sum", "ledger_account", unit, f"together they come to {total} posted and {pending[unit]} pending, not to nothing"
                )
