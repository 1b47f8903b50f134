"""Ledger stories in plain lines: a test says what people do and what their books then show.

Lines:

    open  李奶奶 600            a book with 600 minutes from the pool (floor 0); `floor=-60` and `cap=1000` set its limits
    hold  李奶奶 小王 60         keep back; the newest hold is the one that is posted or voided
    post  45  ·  post           in part · whole
    void  ·  undo               give the hold back · reverse the newest transfer
    move  李奶奶 小王 30         at once
    wait  15d                   time passes, and the clock gives back what has run out
    ... ! over_limit            the line is refused with this code
    ----
    李奶奶  555  held 60         available, and what is held of it (0 where not said)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from linli.kernel.actor import Actor
from linli.kernel.clock import parse_span
from linli.kernel.errors import Refused
from linli.kernel.tests.fakes import FakeStep
from linli.kernel.units import Unit
from linli.value.ledger import reads, verbs

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
PLACE = "440104001001"
CHEN = Actor.of_person(UUID(int=0xC4E9), home=PLACE)


def step(now: datetime = NOW) -> FakeStep:
    """Return a step of 陈工 at `now`."""
    return FakeStep(CHEN, now)


@dataclass
class Tale:
    """Plays lines; keeps accounts by name, the newest hold and the newest transfer."""

    now: datetime = NOW
    accounts: dict[str, UUID] = field(default_factory=dict)
    hold: UUID | None = None
    transfer: UUID | None = None
    count: int = 0
    recorded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.accounts["池"] = verbs.open_account(step(), "place:pool", Unit.MINUTE, kind="pool", place=PLACE, floor=None)

    def key(self) -> str:
        """Return a fresh key."""
        self.count += 1
        return f"tale-{self.count:06}"

    def play(self, text: str) -> Tale:
        """Play the lines, check the books below the dashes."""
        doing, _, seen = text.partition("--")
        for line in doing.strip().splitlines():
            self._line(*line.strip().partition("!")[::2])
        for line in seen.strip("- \n").splitlines():
            self._see(line.split())
        return self

    def _line(self, act: str, refusal: str) -> None:
        word, *rest = act.split()
        does: Callable[[list[str], FakeStep], None] = getattr(self, f"_{word}")
        s = step(self.now)
        if refusal:
            with pytest.raises(Refused) as told:
                does(rest, s)
            assert told.value.code.value == refusal.strip(), act
        else:
            does(rest, s)
        self.recorded += s.kinds()

    def _see(self, words: list[str]) -> None:
        name, available, *held = words
        balance = reads.balance(self.accounts[name])
        assert (balance.available, balance.debits_pending) == (int(available), int(held[1]) if held else 0), name

    def _open(self, words: list[str], s: FakeStep) -> None:
        name, *rest = words
        limits = {word.split("=")[0]: int(word.split("=")[1]) for word in rest if "=" in word}
        self.accounts[name] = verbs.open_account(
            s, f"person:{name.encode().hex()}", Unit.MINUTE, kind="book", place=PLACE, floor=limits.get("floor", 0), cap=limits.get("cap")
        )
        given = [int(word) for word in rest if "=" not in word]
        if given:
            self._move(["池", name, str(given[0])], s)

    def _hold(self, words: list[str], s: FakeStep) -> None:
        debit, credit, amount = words
        self.hold = verbs.hold(
            s, debit=self.accounts[debit], credit=self.accounts[credit], amount=int(amount), expires_at=self.now + timedelta(days=14),
            reason="visit", about="visit:1", key=self.key(),
        )  # fmt: skip

    def _post(self, words: list[str], s: FakeStep) -> None:
        assert self.hold is not None
        self.transfer = verbs.post(s, self.hold, amount=int(words[0]) if words else None, key=self.key())

    def _void(self, words: list[str], s: FakeStep) -> None:
        assert self.hold is not None
        verbs.void(s, self.hold, reason="cancelled", key=self.key())

    def _move(self, words: list[str], s: FakeStep) -> None:
        debit, credit, amount = words
        self.transfer = verbs.transfer(
            s, debit=self.accounts[debit], credit=self.accounts[credit], amount=int(amount), reason="gift", about="", key=self.key()
        )

    def _undo(self, words: list[str], s: FakeStep) -> None:
        assert self.transfer is not None
        self.transfer = verbs.reverse(s, self.transfer, reason="correction", key=self.key())

    def _close(self, words: list[str], s: FakeStep) -> None:
        verbs.close_account(s, self.accounts[words[0]])

    def _wait(self, words: list[str], s: FakeStep) -> None:
        self.now += parse_span(words[0])
        s.now = self.now
        verbs.expire_due(s)
