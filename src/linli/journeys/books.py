"""The book of hours held against the record: each account, hold and transfer stands in both, with one and the same mark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from linli.trust.evidence import reads as evidence
from linli.value.ledger import reads as ledger
from linli.value.ledger.core.replay import Finding

# Which id of an entry's payload names the row, and the table and part of it that its mark is of.
ENTRIES = {
    "ledger:account:opened": ("account", "ledger_account", "row"),
    "ledger:account:closed": ("account", "ledger_account", "row"),
    "ledger:account:limited": ("account", "ledger_account", "row"),
    "ledger:hold:opened": ("hold", "ledger_hold", "row"),
    "ledger:hold:voided": ("hold", "ledger_hold", "end"),
    "ledger:hold:expired": ("hold", "ledger_hold", "end"),
    "ledger:hold:posted": ("transfer", "ledger_transfer", "row"),
    "ledger:transfer:posted": ("transfer", "ledger_transfer", "row"),
    "ledger:transfer:reversed": ("transfer", "ledger_transfer", "row"),
}


def verify(report: Callable[[int], None] | None = None) -> list[Finding]:
    """Replay the whole book, then hold it against the record; return what does not agree, row by row.

    The replay finds what somebody changed; the record, which is signed, finds what somebody changed and then made to fit. Both are seen
    at one moment. Memory: one mark a row. `report` is told every now and then how many movements were replayed.
    """
    with ledger.snapshot():
        return ledger.verify(report) + list(_against(ledger.marks(), evidence.payloads("ledger")))


def _against(marks: dict[ledger.Part, str], said: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[Finding]:
    recorded: dict[ledger.Part, str] = {}
    for kind, payload in said:
        if kind in ENTRIES:
            name, table, part = ENTRIES[kind]
            recorded[(table, str(payload.get(name)), part)] = str(payload.get("mark"))
    for (table, row, part), mark in marks.items():
        known = recorded.get((table, row, part))
        if known != mark:
            told = "the record knows nothing of it" if known is None else "the record has another mark for it"
            yield Finding("record", table, row, told)
    for table, row, part in sorted(recorded.keys() - marks.keys()):
        what = "that it ended" if part == "end" else "it"
        yield Finding("record", table, row, f"the record knows {what}, the book does not")
