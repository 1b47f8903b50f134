"""What no hand may do with the book, and what the replay finds where somebody owned the database and did it all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.errors import Conflict, NotFound, Refusal, Refused
from linli.kernel.units import Unit
from linli.value.ledger import reads, verbs
from linli.value.ledger.core import rules
from linli.value.ledger.core.rules import Balance, Hold, HoldState
from linli.value.ledger.tests.tale import NOW, PLACE, Tale, step

pytestmark = pytest.mark.django_db
TABLES = ("account", "hold", "transfer")


@pytest.fixture
def book() -> Tale:
    """Every kind of movement once: moved, held, posted in part, voided, expired, reversed, held still."""
    return Tale().play(
        """open  李奶奶 600
           open  小王
           hold  李奶奶 小王 60
           post  45
           hold  李奶奶 小王 30
           void
           move  李奶奶 小王 10
           undo
           hold  李奶奶 小王 20
           wait  15d
           hold  李奶奶 小王 40
           --
           李奶奶  515  held 40
           小王  45"""
    )


@contextmanager
def behind_the_back() -> Iterator[None]:
    """Act as somebody who owns the database and switches the guards off."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        run(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
    yield
    for table in TABLES:
        run(f"ALTER TABLE ledger_{table} ENABLE TRIGGER USER")


def rules_found() -> set[str]:
    return {finding.rule for finding in reads.verify()}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_transfer SET amount = 1",
        "UPDATE ledger_transfer SET reason = 'x'",
        "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer",
        "UPDATE ledger_hold SET amount = 1",
        "UPDATE ledger_hold SET state = 'open' WHERE state = 'voided'",
        "DELETE FROM ledger_hold",
        "UPDATE ledger_account SET credits_posted = credits_posted + 60",
        "UPDATE ledger_account SET cap = NULL",
        "DELETE FROM ledger_account",
        "TRUNCATE ledger_account CASCADE",
        "INSERT INTO ledger_account SELECT gen_random_uuid(), unit, kind, 'x', place_code, 0, 0, 0, 0, floor, cap, opened_at, closed_at, mark, head FROM ledger_account LIMIT 1",
    ],
)  # fmt: skip
def test_the_book_is_written_by_its_own_functions_only(book: Tale, change: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with database_refuses("is not allowed"):
        run(change)
    assert reads.verify() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE ledger_account SET credits_posted = debits_posted - 1, credits_pending = 0 WHERE floor = 0 AND debits_posted > 0", "ledger_account_floor"),
        ("UPDATE ledger_account SET debits_posted = -1", "ledger_account_sums"),
        ("UPDATE ledger_account SET cap = 0 WHERE credits_posted > 0 AND floor = 0", "ledger_account_cap"),
        ("UPDATE ledger_account SET floor = 1", "ledger_account_floor"),
        ("UPDATE ledger_account SET closed_at = now()", "ledger_account_closed_empty"),
        ("UPDATE ledger_account SET unit = 'yuan'", "ledger_account_known_unit|unit"),
        ("UPDATE ledger_transfer SET amount = 0", "ledger_transfer_positive"),
        ("UPDATE ledger_transfer SET debit_id = credit_id", "ledger_transfer_two_accounts"),
        ("UPDATE ledger_transfer SET key = 'same'", "ledger_transfer_key"),
        ("UPDATE ledger_transfer SET reason = '李奶奶'", "ledger_transfer_opaque"),
        ("UPDATE ledger_transfer SET unit = 'fen'", "ledger_transfer_debit_unit|unit"),
        ("UPDATE ledger_hold SET state = 'lost' WHERE state = 'open'", "ledger_hold"),
        ("UPDATE ledger_hold SET state = 'posted' WHERE state = 'open'", "ledger_hold_ends_once"),
        ("UPDATE ledger_hold SET ended_at = now() WHERE state = 'open'", "ledger_hold_ends_once"),
    ],
)  # fmt: skip
def test_even_without_triggers_the_constraints_stand(book: Tale, change: str, says: str) -> None:
    with behind_the_back(), database_refuses(says):
        run(change)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE ledger_transfer SET amount = amount + 1 WHERE hold_id IS NOT NULL", "mark"),
        ("UPDATE ledger_transfer SET amount = amount + 1 WHERE hold_id IS NOT NULL", "running_balance"),
        ("UPDATE ledger_transfer SET amount = 61 WHERE hold_id IS NOT NULL", "hold_differs"),
        ("UPDATE ledger_transfer SET about = 'visit:2' WHERE hold_id IS NOT NULL", "mark"),
        ("UPDATE ledger_transfer SET recorded_at = recorded_at - interval '1 day'", "mark"),
        ("UPDATE ledger_transfer SET amount = amount + 1 WHERE reverses_id IS NOT NULL", "reversal"),
        ("UPDATE ledger_hold SET amount = amount + 1 WHERE state = 'open'", "mark"),
        ("UPDATE ledger_hold SET amount = amount + 1 WHERE state = 'open'", "balance"),
        ("UPDATE ledger_hold SET end_reason = 'other' WHERE state = 'voided'", "mark"),
        ("UPDATE ledger_hold SET state = 'expired', end_key = NULL WHERE state = 'voided'", "mark"),
        ("UPDATE ledger_hold SET state = 'posted' WHERE state = 'expired'", "hold_state"),
        ("UPDATE ledger_hold SET state = 'expired' WHERE state = 'posted'", "hold_unknown"),
        ("UPDATE ledger_hold SET end_seq = 0 WHERE state = 'voided'", "hold_end"),
        ("UPDATE ledger_hold SET end_seq = end_seq + 1000 WHERE state = 'posted'", "hold_state"),
        ("UPDATE ledger_account SET credits_posted = credits_posted + 60 WHERE floor = 0", "balance"),
        ("UPDATE ledger_account SET credits_posted = credits_posted + 60 WHERE floor = 0", "sum"),
        ("UPDATE ledger_account SET owner_ref = 'person:x' WHERE floor IS NULL", "mark"),
        ("UPDATE ledger_account SET head = '\\x00'", "chain"),
        ("DELETE FROM ledger_transfer WHERE reverses_id IS NOT NULL", "chain"),
        ("DELETE FROM ledger_transfer WHERE hold_id IS NOT NULL", "hold_state"),
        ("DELETE FROM ledger_hold WHERE state = 'open'", "balance"),
        (
            "UPDATE ledger_transfer SET hold_id = (SELECT id FROM ledger_hold WHERE state = 'voided') WHERE hold_id IS NOT NULL",
            "hold_unknown",
        ),
    ],
)
def test_the_replay_finds_every_edit(book: Tale, change: str, rule: str) -> None:
    assert reads.verify() == []
    with behind_the_back():
        run(change)
        assert rule in rules_found()


@pytest.mark.parametrize("whose", ["floor IS NULL", "floor = 0 AND debits_pending > 0"])
def test_an_account_that_is_gone_is_missed(book: Tale, whose: str) -> None:
    with behind_the_back():
        for table in ("hold", "transfer"):
            for side in ("debit", "credit"):
                run(f"ALTER TABLE ledger_{table} DROP CONSTRAINT ledger_{table}_{side}_unit")
        run(f"DELETE FROM ledger_account WHERE {whose}")
        found = rules_found()
    assert {"account_unknown", "guard"} <= found


def test_guards_that_are_off_or_gone_are_named(book: Tale) -> None:
    with behind_the_back():
        assert {finding.table for finding in reads.verify()} == {"trigger"}
    run("ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_floor")
    assert [(f.rule, f.row) for f in reads.verify()] == [("guard", "ledger_account_floor")]
    run("DROP INDEX ledger_transfer_reversed_once")
    assert {f.table for f in reads.verify()} == {"constraint", "index"}


def test_limits_that_were_taken_off_and_broken_are_found(book: Tale) -> None:
    with behind_the_back():
        for name in ("floor", "cap", "closed_empty"):
            run(f"ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_{name}")
        run("UPDATE ledger_account SET cap = 1, closed_at = now(), debits_posted = 9999 WHERE floor = 0")
        assert {"floor", "closed", "balance"} <= rules_found()
        run("UPDATE ledger_account SET debits_posted = 0 WHERE floor = 0")
        assert "cap" in rules_found()


def test_keys_that_stand_twice_and_units_that_mix_are_found(book: Tale) -> None:
    with behind_the_back():
        for name in ("ledger_transfer_key", "ledger_transfer_debit_unit", "ledger_transfer_credit_unit", "ledger_transfer_positive"):
            run(f"ALTER TABLE ledger_transfer DROP CONSTRAINT {name}")
        run("UPDATE ledger_transfer SET key = 'same', unit = 'fen', amount = -1")
        assert {"key", "units_mixed", "not_positive"} <= rules_found()


def test_the_same_key_moves_once_and_with_other_inputs_never(book: Tale) -> None:
    li, wang = book.accounts["李奶奶"], book.accounts["小王"]
    facts = {"debit": li, "credit": wang, "reason": "gift", "about": "", "key": "one-key"}
    first = verbs.transfer(step(), amount=5, **facts)  # type: ignore[arg-type]
    assert verbs.transfer(step(), amount=5, **facts) == first  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        verbs.transfer(step(), amount=6, **facts)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        verbs.post(step(), UUID(int=9), key="other-key")
    with pytest.raises(NotFound):
        reads.balance(UUID(int=9))
    with pytest.raises(Refused) as caught:
        verbs.transfer(step(), amount=rules.AMOUNT_MAX + 1, **{**facts, "key": "k3"})  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == (Refusal.INPUT_INVALID, "amount")
    with pytest.raises(Refused) as caught:
        verbs.transfer(step(), amount=10**9, **{**facts, "key": "k4"})  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field, caught.value.facts) == (Refusal.OVER_LIMIT, "debit", {"minutes": 510})


@pytest.mark.django_db(transaction=True)
def test_two_holds_given_back_at_once_under_one_key_are_a_conflict_for_the_second() -> None:
    # Of four people, so that the two wait for each other at the key alone.
    tale = Tale().play(
        """open  李奶奶 600
           open  小王
           open  老周 600
           open  吴姐
           hold  李奶奶 小王 60"""
    )
    first = tale.hold
    tale.play("hold  老周 吴姐 30")
    assert first is not None
    assert tale.hold is not None
    second, told = tale.hold, list[str]()

    def late() -> None:
        try:
            with transaction.atomic():
                verbs.void(step(), second, reason="cancelled", key="one-void-key")
        except Conflict as conflict:
            told.append(conflict.key)
        finally:
            connection.close()

    with transaction.atomic():
        verbs.void(step(), first, reason="cancelled", key="one-void-key")
        thread = threading.Thread(target=late)
        thread.start()
        thread.join(1)
    thread.join(30)
    assert told == ["one-void-key"]
    assert reads.verify() == []


def test_books_add_up_by_kind_and_in_statements(book: Tale) -> None:
    li = book.accounts["李奶奶"]
    trial = {row.kind: row for row in reads.trial_balance()}
    assert sum(row.credits_posted - row.debits_posted for row in trial.values()) == 0
    assert (trial["book"].accounts, trial["book"].debits_pending) == (2, 40)
    assert reads.trial_balance("99") == ()
    lines = reads.statement(li)
    assert [(line.amount, line.balance_after, line.undoes) for line in lines] == [
        (10, 555, "gift"),
        (-10, 545, ""),
        (-45, 555, ""),
        (600, 600, ""),
    ]
    assert reads.statement(li, limit=2) + reads.statement(li, before=lines[1].seq) == lines
    assert reads.turnover(li, since=NOW - timedelta(days=1))["gift"].went == 0
    told: list[int] = []
    assert reads.verify(told.append) == []
    assert told[-1] > 0


def test_units_never_mix_and_an_account_is_opened_once() -> None:
    one = verbs.open_account(step(), "person:1", Unit.MINUTE, kind="book", place=PLACE)
    assert verbs.open_account(step(), "person:1", Unit.MINUTE, kind="book", place=PLACE, floor=-5) == one
    point = verbs.open_account(step(), "person:2", Unit.POINT, kind="book", place=PLACE, floor=None)
    with pytest.raises(Refused, match="units_differ"):
        verbs.transfer(step(), debit=point, credit=one, amount=1, reason="gift", about="", key="mixed-key")
    verbs.close_account(step(), one)
    verbs.close_account(step(), one)
    with pytest.raises(Refused, match="account_unknown"):
        verbs.close_account(step(), UUID(int=9))
    with pytest.raises(Refused, match="account_closed"):
        verbs.transfer(
            step(),
            debit=verbs.open_account(step(), "p", Unit.MINUTE, kind="pool", place=PLACE, floor=None),
            credit=one,
            amount=1,
            reason="gift",
            about="",
            key="closed-key",
        )


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_step_the_replay_looks_at_one_moment() -> None:
    assert reads.verify() == []


def test_the_model_refuses_as_the_database_does() -> None:
    empty = Balance(UUID(int=1), Unit.MINUTE)
    assert rules.refuse_move(None, empty, 1) is Refusal.ACCOUNT_UNKNOWN
    assert rules.refuse_move(empty, empty, 1, reversed_before=True) is Refusal.ALREADY_REVERSED
    hold = Hold(UUID(int=2), UUID(int=1), UUID(int=3), 10, NOW + timedelta(days=1))
    assert [rules.refuse_post(hold, n, NOW) for n in (0, 11, 10)] == [Refusal.NOT_POSITIVE, Refusal.OVER_HOLD, None]
    rich = Balance(UUID(int=1), Unit.MINUTE, credits_posted=50, debits_posted=10)
    assert [rules.refuse_limits(rich, *limits) for limits in ((41, None), (None, 39), (0, 40), (None, None))] == [
        Refusal.OVER_LIMIT, Refusal.OVER_CAP, None, None,
    ]  # fmt: skip
    assert [rules.refuse_close(account) for account in (rich, empty)] == [Refusal.ACCOUNT_NOT_EMPTY, None]
    assert rules.refuse_void(Hold(hold.id, hold.debit, hold.credit, 10, NOW), NOW) is Refusal.HOLD_GONE
    assert rules.refuse_void(Hold(hold.id, hold.debit, hold.credit, 10, hold.expires_at, HoldState.POSTED), NOW) is Refusal.HOLD_GONE
