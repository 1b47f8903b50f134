"""What a ledger does, told in the words of those who keep the book."""

from __future__ import annotations

import pytest

from linli.value.ledger import reads
from linli.value.ledger.tests.tale import Tale

pytestmark = pytest.mark.django_db


def test_a_visit_is_held_and_posted() -> None:
    tale = Tale().play("""
        open  李奶奶 600
        open  小王
        hold  李奶奶 小王 60
        ----
        李奶奶  540  held 60
        小王      0
    """)
    tale.play("""
        post
        ----
        李奶奶  540
        小王     60
    """)
    assert tale.recorded == [
        "ledger:account:opened", "ledger:transfer:posted", "ledger:account:opened", "ledger:hold:opened", "ledger:hold:posted",
    ]  # fmt: skip


def test_a_shorter_visit_returns_the_rest() -> None:
    Tale().play("""
        open  李奶奶 600
        open  小王
        hold  李奶奶 小王 60
        post  45
        post  15    ! hold_gone
        void        ! hold_gone
        ----
        李奶奶  555
        小王     45
    """)


def test_a_longer_visit_cannot_take_more_than_is_held() -> None:
    Tale().play("""
        open  李奶奶 600
        open  小王
        hold  李奶奶 小王 60
        post  61    ! over_hold
        post  0     ! not_positive
        ----
        李奶奶  540  held 60
    """)


def test_a_cancelled_visit_gives_all_back() -> None:
    Tale().play("""
        open  李奶奶 600
        open  小王
        hold  李奶奶 小王 60
        void
        post        ! hold_gone
        ----
        李奶奶  600
        小王      0
    """)


def test_what_nobody_confirms_comes_back_by_itself() -> None:
    tale = Tale().play("""
        open  李奶奶 600
        open  小王
        hold  李奶奶 小王 60
        wait  13d
        ----
        李奶奶  540  held 60
    """)
    tale.play("""
        wait  1d
        post        ! hold_gone
        void        ! hold_gone
        wait  1d
        ----
        李奶奶  600
    """)
    assert tale.recorded.count("ledger:hold:expired") == 1


def test_a_mistake_is_undone_by_a_second_line_and_only_once() -> None:
    tale = Tale().play("""
        open  李奶奶 600
        open  小王
        move  李奶奶 小王 30
    """)
    first = tale.transfer
    tale.play("""
        undo
        ----
        李奶奶  600
        小王      0
    """)
    tale.transfer = first
    tale.play("undo ! already_reversed")
    lines = reads.statement(tale.accounts["小王"])
    assert [(line.amount, line.balance_after, line.undoes) for line in lines] == [(-30, 0, "gift"), (30, 30, "")]
    assert lines[0].reverses == lines[1].id


def test_undoing_the_undoing_is_a_line_too() -> None:
    Tale().play("""
        open  李奶奶 600
        open  小王
        move  李奶奶 小王 30
        undo
        undo
        ----
        李奶奶  570
        小王     30
    """)


def test_hours_that_were_spent_cannot_be_taken_back() -> None:
    tale = Tale().play("""
        open  李奶奶 600
        open  小王
        open  老周
        move  李奶奶 小王 30
    """)
    first = tale.transfer
    tale.play("move  小王 老周 20")
    tale.transfer = first
    tale.play("""
        undo        ! over_limit
        ----
        小王     10
    """)


def test_nobody_spends_twice_what_they_have() -> None:
    Tale().play("""
        open  李奶奶 100
        open  小王
        hold  李奶奶 小王 60
        hold  李奶奶 小王 41  ! over_limit
        move  李奶奶 小王 41  ! over_limit
        hold  李奶奶 小王 40
        ----
        李奶奶    0  held 100
    """)


def test_an_overdraft_reaches_as_far_as_it_is_given() -> None:
    Tale().play("""
        open  李奶奶 floor=-60
        open  小王
        move  李奶奶 小王 61  ! over_limit
        move  李奶奶 小王 60
        ----
        李奶奶  -60
        小王     60
    """)


def test_a_full_book_takes_no_more_not_even_promises() -> None:
    Tale().play("""
        open  李奶奶 600
        open  小王 90 cap=100
        hold  李奶奶 小王 10
        hold  李奶奶 小王 1   ! over_cap
        move  李奶奶 小王 1   ! over_cap
        post
        ----
        小王    100
    """)


def test_a_book_is_closed_only_when_it_is_empty() -> None:
    tale = Tale().play("""
        open   李奶奶 600
        open   小王
        hold   李奶奶 小王 60
        close  小王    ! account_not_empty
        void
        close  小王
        close  小王
        move   李奶奶 小王 5   ! account_closed
        close  李奶奶  ! account_not_empty
        open   小王
        move   李奶奶 小王 5
        ----
        小王      5
    """)
    assert tale.recorded.count("ledger:account:closed") == 1


def test_the_pool_may_owe_without_end() -> None:
    Tale().play("""
        open  小王
        move  池 小王 100000
        ----
        池   -100000
        小王  100000
    """)
