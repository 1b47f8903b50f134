"""The pure model against the database: random lives of a few accounts, every answer and every sum compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from linli.kernel.errors import Conflict, Refusal, Refused
from linli.kernel.units import Unit
from linli.value.ledger import reads, verbs
from linli.value.ledger.core import rules
from linli.value.ledger.core.rules import Balance, Hold, HoldState
from linli.value.ledger.tests.tale import NOW, PLACE, step

AMOUNTS = st.integers(-1, 40)
PICK = st.integers(0, 10_000)


@dataclass
class Moved:
    """A transfer of the model."""

    id: UUID
    debit: UUID
    credit: UUID
    amount: int
    undone: bool = False


class Lives(RuleBasedStateMachine):
    """Model and database side by side; the model decides what the database must answer."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now: datetime = NOW
        self.count = 0
        self.model: dict[UUID, Balance] = {}
        self.names: dict[UUID, str] = {}
        self.holds: list[Hold] = []
        self.transfers: list[Moved] = []
        self.told: list[tuple[str, dict[str, Any], UUID | None]] = []
        for name, unit, floor, cap in (
            ("pool", Unit.MINUTE, None, None), ("li", Unit.MINUTE, 0, None), ("wang", Unit.MINUTE, -20, 60), ("zhou", Unit.MINUTE, 0, 30),
            ("points", Unit.POINT, None, None),
        ):  # fmt: skip
            account = verbs.open_account(step(), f"person:{name}", unit, kind="book", place=PLACE, floor=floor, cap=cap)
            self.model[account] = Balance(account, unit, floor, cap)
            self.names[account] = name

    def teardown(self) -> None:
        try:
            assert reads.verify() == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _key(self) -> str:
        self.count += 1
        return f"life-{self.count:06}"

    def _pair(self, one: int, other: int) -> tuple[Balance, Balance]:
        ids = list(self.model)
        return self.model[ids[one % len(ids)]], self.model[ids[other % len(ids)]]

    def _compare(self, wanted: Refusal | None, verb: str, inputs: dict[str, Any]) -> UUID | None:
        """Call the verb; it must do what the model said."""
        got: UUID | None = None
        code: Refusal | None = None
        try:
            got = getattr(verbs, verb)(step(self.now), **inputs)
        except Refused as refused:
            code = refused.code
        assert code is wanted, f"{verb}: {code or 'done'} instead of {wanted or 'done'}"
        if code is not None:
            return None
        self.told.append((verb, inputs, got))
        return got

    def _set(self, *changed: Balance) -> None:
        self.model.update({balance.id: balance for balance in changed})

    @rule(one=PICK, other=PICK, amount=AMOUNTS)
    def transfer(self, one: int, other: int, amount: int) -> None:
        debit, credit = self._pair(one, other)
        wanted = Refusal.SAME_ACCOUNT if debit.id == credit.id else rules.refuse_move(debit, credit, amount)
        inputs = {"debit": debit.id, "credit": credit.id, "amount": amount, "reason": "gift", "about": "", "key": self._key()}
        done = self._compare(wanted, "transfer", inputs)
        if done:
            self._set(*rules.moved(debit, credit, amount))
            self.transfers.append(Moved(done, debit.id, credit.id, amount))

    @rule(one=PICK, other=PICK, amount=AMOUNTS, days=st.integers(1, 20))
    def hold(self, one: int, other: int, amount: int, days: int) -> None:
        debit, credit = self._pair(one, other)
        wanted = Refusal.SAME_ACCOUNT if debit.id == credit.id else rules.refuse_move(debit, credit, amount)
        until = self.now + timedelta(days=days)
        inputs = {
            "debit": debit.id, "credit": credit.id, "amount": amount, "expires_at": until, "reason": "visit", "about": "visit:1",
            "key": self._key(),
        }  # fmt: skip
        done = self._compare(wanted, "hold", inputs)
        if done:
            self._set(*rules.held(debit, credit, amount))
            self.holds.append(Hold(done, debit.id, credit.id, amount, until))

    @precondition(lambda self: self.holds)
    @rule(pick=PICK, amount=st.one_of(st.none(), AMOUNTS))
    def post(self, pick: int, amount: int | None) -> None:
        at = pick % len(self.holds)
        hold = self.holds[at]
        wanted = rules.refuse_post(hold, hold.amount if amount is None else amount, self.now)
        done = self._compare(wanted, "post", {"hold": hold.id, "amount": amount, "key": self._key()})
        if done:
            posted = hold.amount if amount is None else amount
            both = rules.given_back(self.model[hold.debit], self.model[hold.credit], hold.amount)
            self._set(*rules.moved(*both, posted))
            self.holds[at] = replace(hold, state=HoldState.POSTED)
            self.transfers.append(Moved(done, hold.debit, hold.credit, posted))

    @precondition(lambda self: self.holds)
    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        at = pick % len(self.holds)
        hold = self.holds[at]
        wanted = rules.refuse_void(hold, self.now)
        self._compare(wanted, "void", {"hold": hold.id, "reason": "cancelled", "key": self._key()})
        if wanted is None:
            self._give_back(at, HoldState.VOIDED)

    def _give_back(self, at: int, state: HoldState) -> None:
        hold = self.holds[at]
        self._set(*rules.given_back(self.model[hold.debit], self.model[hold.credit], hold.amount))
        self.holds[at] = replace(hold, state=state)

    @rule(hours=st.integers(1, 200), sweep=st.booleans())
    def wait(self, hours: int, sweep: bool) -> None:
        self.now += timedelta(hours=hours)
        if not sweep:
            return
        due = [at for at, hold in enumerate(self.holds) if hold.state is HoldState.OPEN and hold.expires_at <= self.now]
        assert verbs.expire_due(step(self.now)) == len(due)
        for at in due:
            self._give_back(at, HoldState.EXPIRED)

    @precondition(lambda self: self.transfers)
    @rule(pick=PICK)
    def reverse(self, pick: int) -> None:
        moved = self.transfers[pick % len(self.transfers)]
        debit, credit = self.model[moved.credit], self.model[moved.debit]
        wanted = rules.refuse_move(debit, credit, moved.amount, reversed_before=moved.undone)
        done = self._compare(wanted, "reverse", {"transfer": moved.id, "reason": "correction", "key": self._key()})
        if done:
            moved.undone = True
            self._set(*rules.moved(debit, credit, moved.amount))
            self.transfers.append(Moved(done, debit.id, credit.id, moved.amount))

    @rule(pick=PICK)
    def close(self, pick: int) -> None:
        balance, _ = self._pair(pick, 0)
        wanted = None if balance.closed else rules.refuse_close(balance)
        self._compare(wanted, "close_account", {"account": balance.id})
        if wanted is None:
            self._set(replace(balance, closed=True))

    @rule(pick=PICK)
    def open_again(self, pick: int) -> None:
        balance, _ = self._pair(pick, 0)
        ref = f"person:{self.names[balance.id]}"
        assert verbs.open_account(step(self.now), ref, balance.unit, kind="book", place=PLACE, floor=-1, cap=1) == balance.id
        self._set(replace(balance, closed=False))  # limits stay what they were

    @rule(pick=PICK, floor=st.one_of(st.none(), st.integers(-30, 0)), cap=st.one_of(st.none(), st.integers(0, 80)))
    def limits(self, pick: int, floor: int | None, cap: int | None) -> None:
        balance, _ = self._pair(pick, 0)
        wanted = rules.refuse_limits(balance, floor, cap)
        self._compare(wanted, "set_limits", {"account": balance.id, "floor": floor, "cap": cap})
        if wanted is None:
            self._set(replace(balance, floor=floor, cap=cap))

    @precondition(lambda self: self.told)
    @rule(pick=PICK)
    def say_it_again(self, pick: int) -> None:
        """A repeated key answers alike and changes nothing; with other inputs it is a conflict."""
        verb, inputs, answered = self.told[pick % len(self.told)]
        if "key" not in inputs:
            return
        assert getattr(verbs, verb)(step(self.now), **inputs) == answered
        other = {"amount": 41} if "amount" in inputs else {"reason": "other"}
        with pytest.raises(Conflict):
            getattr(verbs, verb)(step(self.now), **{**inputs, **other})

    @invariant()
    def the_books_agree(self) -> None:
        for account, wanted in self.model.items():
            assert reads.balance(account) == wanted


@pytest.mark.django_db
def test_the_database_does_what_the_rules_say() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
        ),
    )
