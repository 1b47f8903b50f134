"""What the page of carried-in quarters is given, and what is wrong with a line, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from linli.doors.site.desk import Frame
from linli.kernel.stats import Share

COLUMN_WORDS: dict[str, str] = {
    "": gettext_noop("整行"), "place": gettext_noop("地点代码"), "quarter": gettext_noop("季度"), "good": gettext_noop("满意"),
    "ratings": gettext_noop("份数"),
}  # fmt: skip
WRONG_WORDS: dict[str, str] = {
    "columns": gettext_noop("缺这一列；要有地点代码、季度、满意、份数四列"),
    "place_form": gettext_noop("社区的代码是 12 位数字"),
    "place_unknown": gettext_noop("您管的地方里没有这个社区"),
    "quarter_form": gettext_noop("看不懂是哪一季，请写成 2025Q1 这样"),
    "quarter_open": gettext_noop("这一季还没有过完"),
    "number_form": gettext_noop("要写整数"),
    "none_rated": gettext_noop("一份评价都没有，就不用带入"),
    "more_good": gettext_noop("满意的比评价还多"),
    "twice": gettext_noop("前面已经有同一个社区同一季的一行"),
    "other_before": gettext_noop("以前带入过，数不一样；带入的数不改"),
    "too_many": gettext_noop("行数太多，分几次来"),
}


@dataclass(frozen=True, slots=True)
class LookLine:
    """One line of the table as it would be carried in; `marks` say what to know about it."""

    line: int
    place: str
    code: str
    quarter: str
    hits: int
    n: int
    share: Share | None
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One fault: the line, the column, what is wrong, what stood there."""

    line: int
    column: str
    wrong: str
    typed: str


@dataclass(frozen=True, slots=True)
class LookShown:
    """What a table would carry in: its first lines and how many more, faults and how many there are, and sums over all of it."""

    lines: tuple[LookLine, ...]
    more: int
    faults: tuple[FaultLine, ...]
    fault_count: int
    fresh: int
    known: int
    empty: int
    places: int
    span: str


@dataclass(frozen=True, slots=True)
class BatchLine:
    """What was carried in at once."""

    source: str
    recorded_at: datetime
    quarters: int
    places: int
    ratings: int
    span: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """One quarter that was carried in."""

    place: str
    quarter: str
    hits: int
    n: int
    share: Share | None


@dataclass(frozen=True, slots=True)
class CarryPage:
    """The form with what was typed, what a look at it found, and what was carried in before."""

    frame: Frame
    place_name: str
    text: str
    source: str
    look: LookShown | None
    batches: tuple[BatchLine, ...]
    rows: tuple[CarriedLine, ...]
    rows_source: str
    last: str
    rows_max: int
    headings: str
