"""The list of transfers, and the book as files that Beancount and hledger, two programs that are not ours, take or refuse."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from linli.kernel.errors import NotFound
from linli.kernel.units import Unit
from linli.value.ledger import listed, verbs
from linli.value.ledger.core import plaintext
from linli.value.ledger.listed import Wanted
from linli.value.ledger.tests.tale import PLACE, Tale, step

BEGIN, END = date(2026, 6, 1), date(2026, 7, 1)
CHECKERS = {"beancount": [str(Path(sys.executable).with_name("bean-check"))], "hledger": ["hledger", "check", "--strict", "-f"]}
STORY = """open  李奶奶 600
           open  小王
           hold  李奶奶 小王 60
           post  45
           wait  1d
           move  李奶奶 小王 30
           undo
           move  小王 李奶奶 7
           wait  2d
           hold  李奶奶 小王 90
           void"""


@pytest.fixture
def story(db: None) -> Tale:
    """A few days of two books and their pool."""
    return Tale().play(STORY)


def lines(tongue: str, place: str = PLACE, start: date = BEGIN, end: date = END) -> list[str]:
    return list(listed.book(tongue, place, start, end, "a test, made-up people"))


@pytest.fixture(params=["beancount", "hledger"])
def accepted(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Callable[[list[str]], bool]]:
    """A kind of plain text, and what its own checker says of a file of such lines."""
    command = CHECKERS[request.param]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed: apt-get install {command[0]}")

    def check(rows: list[str]) -> bool:
        path = tmp_path / "book.journal"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return subprocess.run([*command, str(path)], capture_output=True, check=False, timeout=60).returncode == 0

    return request.param, check


def test_other_checkers_take_the_book_and_refuse_an_edited_line(story: Tale, accepted: tuple[str, Callable[[list[str]], bool]]) -> None:
    tongue, check = accepted
    rows = lines(tongue)
    assert check(rows)
    amounts = [n for n, row in enumerate(rows) if " MINUTE" in row and row.startswith(" ")]
    assert len(amounts) >= 10
    for n in amounts[2:5]:  # an amount of a transfer
        assert not check([*rows[:n], rows[n].replace("  ", "  1", 1) if tongue == "beancount" else rows[n] + "1", *rows[n + 1 :]]), rows[n]


def test_a_transfer_that_is_left_out_or_turned_round_is_refused(story: Tale, accepted: tuple[str, Callable[[list[str]], bool]]) -> None:
    tongue, check = accepted
    rows = lines(tongue)
    begins = [n for n, row in enumerate(rows) if row.startswith("2026-06") and "gift" in row]
    ends = [next(m for m in range(n + 1, len(rows)) if rows[m].startswith("2026")) for n in begins]
    assert len(begins) >= 2
    for n, m in zip(begins, ends, strict=True):
        assert not check([*rows[:n], *rows[m:]])
    one, two = (n for n in range(begins[0], ends[0]) if " MINUTE" in rows[n])
    turned = {
        n: re.sub(r"  (-?)(\d+) MINUTE", lambda found: f"  {'' if found[1] else '-'}{found[2]} MINUTE", rows[n], count=1)
        for n in (one, two)
    }
    assert all(turned[n] != rows[n] for n in turned)
    assert not check([turned.get(n, row) for n, row in enumerate(rows)])


def test_a_later_span_begins_with_what_stood(story: Tale, accepted: tuple[str, Callable[[list[str]], bool]]) -> None:
    tongue, check = accepted
    later = lines(tongue, start=date(2026, 6, 2))
    assert check(later)
    assert any("555 MINUTE" in row for row in later)  # 600 less 45 of the day before
    assert check(lines(tongue, start=date(2027, 1, 1), end=date(2027, 2, 1)))  # nothing happened; what stands is said


def test_an_account_of_elsewhere_has_its_part_only(story: Tale, accepted: tuple[str, Callable[[list[str]], bool]]) -> None:
    tongue, check = accepted
    away = verbs.open_account(step(story.now), "person:away", Unit.MINUTE, kind="book", place="440104002001", floor=-600, cap=None)
    story.accounts["老周"] = away
    story.play("move 老周 小王 20\nopen 吴姐\n")
    verbs.transfer(step(story.now), debit=away, credit=verbs.open_account(step(story.now), "person:far", Unit.MINUTE, kind="book", place="440104002001"), amount=5, reason="gift", about="", key="away-0001")  # fmt: skip
    assert check(lines(tongue))
    assert check(lines(tongue, place="440104002001"))
    assert check(lines(tongue, place=""))
    assert check(lines(tongue, place="99"))
    assert not any(" 5 MINUTE" in row for row in lines(tongue))


def test_pages_and_tables_hold_what_was_asked_for(story: Tale) -> None:
    wanted = Wanted(PLACE, BEGIN, END)
    rows = listed.page(wanted, limit=100)
    assert [row.seq for row in rows] == sorted((row.seq for row in rows), reverse=True)
    assert [row.reason for row in rows] == ["gift", "correction", "gift", "visit", "gift"]
    assert [row.amount for row in rows] == [7, 30, 30, 45, 600]
    assert listed.page(wanted, before=rows[1].seq, limit=2) == rows[2:4]
    assert [tuple(listed.COLUMNS)] + [row[:1] for row in listed.table(wanted)] == [listed.COLUMNS, *((row.seq,) for row in rows[::-1])]
    assert listed.reasons(wanted) == ("correction", "gift", "visit")
    assert [row.amount for row in listed.page(Wanted(PLACE, BEGIN, END, reason="gift", amount_min=8))] == [30, 600]
    assert listed.page(Wanted(PLACE, BEGIN, END, unit=Unit.FEN)) == ()
    assert listed.page(Wanted("440104002", BEGIN, END)) == ()
    assert listed.page(Wanted("", END, END + timedelta(days=1))) == ()
    with pytest.raises(NotFound):
        listed.page(wanted, before=10**9)
    assert listed.total(replace(wanted, unit=Unit.MINUTE)) == listed.Total(5, 712)
    with pytest.raises(ValueError, match="add up"):
        listed.total(wanted)


def line(seq: int, day: int, debit: int, credit: int, amount: int) -> plaintext.Line:
    return plaintext.Line(
        UUID(int=100 + seq), seq, date(2026, 6, day), UUID(int=debit), UUID(int=credit), "minute", amount, 0, 0, "gift", "", None
    )


def test_a_line_that_runs_backwards_is_put_off_for_both_its_accounts() -> None:
    found = plaintext.cut([line(1, 2, 1, 2, 5), line(2, 1, 2, 3, 6), line(3, 1, 4, 5, 7), line(4, 1, 3, 5, 8)], date(2026, 6, 2), END)
    assert [(row.seq, row.day.day) for row in found.lines] == [(1, 2), (2, 2), (4, 2)]
    assert found.before == {UUID(int=4): -7, UUID(int=5): 7}
    assert found.after == {UUID(int=1): -5, UUID(int=2): -1, UUID(int=3): -2, UUID(int=4): -7, UUID(int=5): 15}


def test_lines_out_of_the_span_or_without_their_account_are_refused() -> None:
    sheets = [plaintext.Sheet(UUID(int=n), "minute", "book", False, True, 0, 0) for n in (1, 2)]
    with pytest.raises(ValueError, match="2026-07-01"):
        list(plaintext.written(plaintext.Tongue.HLEDGER, "t", sheets, [replace(line(1, 2, 1, 2, 5), day=END)], BEGIN, END))
    with pytest.raises(ValueError, match="not in the file"):
        list(plaintext.written(plaintext.Tongue.BEANCOUNT, "t", sheets[:1], [line(1, 2, 1, 2, 5)], BEGIN, END))
