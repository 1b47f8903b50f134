"""A table of quarters is read line by line: what can be read is, what can not is named by its line and column, nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.quarter import Quarter
from linli.sight.warnings.lines import ROWS_MAX, Line, Wrong, read

HOME, OTHER = "440104001001", "440104002001"
GOOD = Line(2, HOME, Quarter(2025, 1), 36, 40)


@pytest.mark.parametrize(
    "text",
    [
        f"地点代码,社区,季度,满意,份数\n{HOME},三眼井,2025Q1,36,40",
        f"\ufeff地点代码,社区,季度,满意,份数\r\n{HOME},三眼井,2025Q1,36,40\r\n",
        f"quarter\tratings\tgood\tplace\n2025q1\t40\t36\t{HOME}",
        f"地點代碼,社區,季度,滿意,份數\n{HOME},三眼井,2025Q1,36,40",
        f"Place code,Community,Quarter,Good,Ratings\n{HOME},三眼井,2025Q1,36,40",
        f"\n{HOME},2025年第1季度,36,40\n\n",
        f"\n{HOME}，2025－1，３６，４０",
        f'地点代码;季度;满意;份数\n\'{HOME};2025 Q1;"36";40',
    ],
)
def test_a_table_is_read_as_people_and_spreadsheets_write_it(text: str) -> None:
    assert read(text) == read(f"place,quarter,good,ratings\n{HOME},2025Q1,36,40")
    assert read(text).lines == (GOOD,)


@pytest.mark.parametrize(
    ("row", "column", "wrong"),
    [
        ("440104001,2025Q1,36,40", "place", Wrong.PLACE_FORM),
        (",2025Q1,36,40", "place", Wrong.PLACE_FORM),
        (f"{HOME},2025Q5,36,40", "quarter", Wrong.QUARTER_FORM),
        (f"{HOME},0001Q1,36,40", "quarter", Wrong.QUARTER_FORM),
        (f"{HOME},2025-03-31,36,40", "quarter", Wrong.QUARTER_FORM),
        (f"{HOME},2025Q1,-1,40", "good", Wrong.NUMBER_FORM),
        (f"{HOME},2025Q1,3.5,40", "good", Wrong.NUMBER_FORM),
        (f"{HOME},2025Q1,36,", "ratings", Wrong.NUMBER_FORM),
        (f"{HOME},2025Q1,36,9999999999", "ratings", Wrong.NUMBER_FORM),
        (f"{HOME},2025Q1,36", "ratings", Wrong.NUMBER_FORM),
        (f"{HOME},2025Q1,0,0", "ratings", Wrong.NONE_RATED),
        (f"{HOME},2025Q1,41,40", "good", Wrong.MORE_GOOD),
    ],
)
def test_a_fault_is_named_by_line_and_column(row: str, column: str, wrong: Wrong) -> None:
    found = read(f"place,quarter,good,ratings\n{OTHER},2025Q1,1,2\n{row}\n")
    assert [(f.line, f.column, f.wrong) for f in found.faults] == [(3, column, wrong)]
    assert [line.place for line in found.lines] == [OTHER]


def test_every_fault_of_a_line_and_of_all_lines_is_told_at_once() -> None:
    found = read(f"place,quarter,good,ratings\n1,x,y,z\n{HOME},2025Q1,1,2\n{HOME},2025Q1,1,2\n{HOME},2025Q2,,\n")
    assert [(f.line, f.column) for f in found.faults] == [(2, "place"), (2, "quarter"), (2, "good"), (2, "ratings"), (4, "quarter")]
    assert found.faults[-1].wrong is Wrong.TWICE
    assert found.empty == 1


def test_a_table_without_its_columns_or_too_long_is_not_read_at_all() -> None:
    assert [(f.line, f.column) for f in read(f"place,quarter\n{HOME},2025Q1").faults] == [(1, "good"), (1, "ratings")]
    assert [f.column for f in read(HOME).faults] == ["quarter", "good", "ratings"]
    long = read("\n".join(["place,quarter,good,ratings", *(f"{HOME},2025Q1,1,2" for _ in range(ROWS_MAX + 1))]))
    assert [(f.line, f.wrong) for f in long.faults] == [(ROWS_MAX + 2, Wrong.TOO_MANY)]
    assert [f.wrong for f in read('a,b,c,d\n"' + "x" * 200_000).faults] == [Wrong.COLUMNS]
    assert read(" \n\n") == read("")


@given(st.text(max_size=200))
def test_whatever_is_sent_is_read_or_named(text: str) -> None:
    found = read(text)
    assert all(0 <= line.hits <= line.n and line.n > 0 and line.quarter.year >= 2000 for line in found.lines)
    assert all(fault.line >= 1 for fault in found.faults)
