"""Figures become chapters, each figure with its citation; the canonical content of an edition and its digest. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pydantic import TypeAdapter

from linli.kernel.canon import PREFIX, canonical
from linli.sight.papers.paper import (
    Case,
    Change,
    Chapter,
    Cited,
    Correction,
    Formula,
    Index,
    Note,
    Number,
    Paper,
    Part,
    PlaceLine,
    Quality,
    RiskLine,
    Variant,
    WarningLine,
)

SCHEMA = "linli.paper.v1"
WEEKS_UNTIL_DAYS = 92  # a period longer than a quarter is told by months
_ADAPTER = TypeAdapter(Paper)
Days = tuple[date, date]  # the first day, and the first after the last

# The chapters in order, each with the indicators it tells.
CHAPTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("summary", ("needs_asked", "answered_in_time", "answer_median", "visits_done", "minutes_helped", "satisfaction", "warnings_opened", "warnings_closed")),
    ("coverage", ("residents", "groups_covered", "helpers", "helpers_per_1000", "workers_per_1000", "need_codes", "accounts_share", "special_services")),
    ("response", ("needs_asked", "answered_in_time", "answer_median", "answer_p90", "urgent_in_time", "escalations", "handled_in_time", "handle_median", "met_share", "needs_withdrawn")),
    ("satisfaction", ("ratings", "satisfaction", "stars_mean", "five_star_share", "low_share", "rated_per_visit", "rectifications", "rectified_in_time")),
    ("mutual_aid", ("participation", "askers", "mutual_aid", "helpers_active", "helpers_again_share", "load_top_share", "visits_done", "no_shows_per_booked")),
    ("hours", ("minutes_helped", "visit_median", "hours_credited", "hours_owed", "time_books", "disputes_per_visit", "hours_corrected")),
    ("groups", ("groups_members", "alone_members", "alone_covered", "disabled_members", "disabled_covered", "child_members", "child_covered", "low_income_members", "low_income_covered", "needs_groups", "groups_in_time", "groups_median")),
    ("index", ()),
    ("places", ()),
    ("warnings", ("warnings_opened", "plans_in_time", "warnings_closed", "warning_median")),
    ("risks", ()),
    ("cases", ()),
    ("quality", ("entries", "signed_in_time", "corrections")),
    ("method", ()),
)  # fmt: skip
HIDDEN = ("too_few", "crossed")  # withheld for the sake of people: nothing of such a figure is told
DISTRICT = 6
PLACE_FIGURES = ("needs_asked", "answered_in_time", "satisfaction", "visits_done", "participation")
PART_FIGURES = ("needs_asked", "answered_in_time", "satisfaction", "minutes_helped")


class Unsound(ValueError):
    """A paper that must not be: a figure without its citation, a withheld one with a value, an interval beside its value."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a paper is assembled from, gathered by the journey."""

    place: str
    name: str
    start: date
    end: date
    synthetic: bool
    cited: Cited
    numbers: Mapping[str, Number]
    parts: tuple[Part, ...]
    index: Index | None
    variants: tuple[Variant, ...]
    below: tuple[PlaceLine, ...]
    communities: tuple[PlaceLine, ...]
    warnings: tuple[WarningLine, ...]
    cases: tuple[Case, ...]
    quality: Quality
    formulas: Mapping[str, Formula]
    risks: tuple[RiskLine, ...] = ()


def assemble(m: Material, *, before: tuple[str, Paper] | None = None, why: str = "") -> Paper:
    """Return the edition of `m`. `before` is the edition it corrects, by digest, with `why`.

    The digest is the one that was kept: an edition of before that lacked a field says other bytes when it is written today. Raises Unsound,
    KeyError for a figure that is not there.
    """
    codes = tuple(dict.fromkeys(code for _chapter, figures in CHAPTERS for code in figures))
    numbers = tuple(m.numbers[code] for code in codes)
    notes = tuple(
        Note(at, n.code, n.numerator, n.denominator, m.cited.fact_set, m.cited.checkpoint_size) for at, n in enumerate(numbers, start=1)
    )
    paper = Paper(
        SCHEMA, m.place, m.name, m.start, m.end, m.synthetic, m.cited, tuple(Chapter(code, figures) for code, figures in CHAPTERS),
        numbers, notes, m.parts, m.index, m.variants, m.below, m.communities, m.warnings, m.cases,
        replace(m.quality, withheld=withheld_in((*m.below, *m.communities)) + sum(n.withheld in HIDDEN for n in numbers)),
        tuple(m.formulas[code] for code in codes), risks=m.risks,
    )  # fmt: skip
    if before is not None:
        paper = replace(paper, correction=Correction(before[0], why, changes(before[1], paper)))
    checked(paper)
    return paper


def nests(one: Days, other: Days) -> bool:
    """Tell whether editions over two periods may both tell streets and communities: apart, the same days, or both of whole months."""
    apart = one[1] <= other[0] or other[1] <= one[0]
    return apart or one == other or all(day.day == 1 for day in (*one, *other))


def crossed(m: Material) -> Material:
    """Return what is gathered without any figure of a street or community: an edition over other days tells them already."""
    return replace(m, below=tuple(_bare(line) for line in m.below), communities=tuple(_bare(line) for line in m.communities))


def _bare(line: PlaceLine) -> PlaceLine:
    return replace(line, numbers=tuple(_kept(n, "crossed") for n in line.numbers)) if len(line.place) > DISTRICT else line


def _kept(n: Number, why: str) -> Number:
    return n if n.withheld else Number(n.code, n.unit, withheld=why)


def steady(m: Material, others: Iterable[Paper]) -> Material:
    """Return what is gathered beside published editions of the same days.

    An indicator that tells any street or community otherwise by less than the least number is told of none of them: the difference
    would be the count of a few that became known in between.
    """
    told: dict[tuple[str, str], list[Number]] = {}
    for paper in others:
        for place, number in _small(paper.place, paper.numbers, (*paper.below, *paper.communities)):
            told.setdefault((place, number.code), []).append(number)
    gone = {
        number.code
        for place, number in _small(m.place, m.numbers.values(), (*m.below, *m.communities))
        for before in told.get((place, number.code), ())
        if _near(number, before, m.quality.least)
    }

    def line_of(line: PlaceLine) -> PlaceLine:
        small = len(line.place) > DISTRICT
        return replace(line, numbers=tuple(_kept(n, "too_few") if small and n.code in gone else n for n in line.numbers))

    own = {code: _kept(n, "too_few") if len(m.place) > DISTRICT and code in gone else n for code, n in m.numbers.items()}
    return replace(m, numbers=own, below=tuple(map(line_of, m.below)), communities=tuple(map(line_of, m.communities)))


def _small(place: str, numbers: Iterable[Number], lines: Iterable[PlaceLine]) -> Iterator[tuple[str, Number]]:
    if len(place) > DISTRICT:
        yield from ((place, n) for n in numbers)
    yield from ((line.place, n) for line in lines if len(line.place) > DISTRICT for n in line.numbers)


def _near(one: Number, other: Number, least: int) -> bool:
    pairs = ((one.numerator, other.numerator), (one.denominator, other.denominator))
    return any(a is not None and b is not None and 0 < abs(a - b) < least for a, b in pairs)


def behind(paper: Paper, rows: Mapping[str, Number], others: Iterable[Mapping[str, Number]]) -> dict[str, Number]:
    """Return what the places below bring to one figure as an edition may tell it: `rows` by place, `others` by other editions' fact sets.

    Streets and communities are told by none of them where the edition is crossed by another (`nests`) or another of the same days tells
    one of them otherwise by less than the least number.
    """
    lines = (*paper.below, *paper.communities)
    why = "crossed" if any(n.withheld == "crossed" for line in lines for n in line.numbers) else ""
    for other in others:
        if any(_near(n, other[at], paper.quality.least) for at, n in rows.items() if len(at) > DISTRICT and at in other):
            why = why or "too_few"
    return {at: _kept(n, why) if why and len(at) > DISTRICT else n for at, n in rows.items()}


def tells_small(paper: Paper) -> bool:
    """Tell whether an edition tells any figure of a street or community."""
    return any(n.value is not None for _place, n in _small(paper.place, paper.numbers, (*paper.below, *paper.communities)))


def withheld_in(lines: Iterable[PlaceLine]) -> int:
    """Return how many cells of places are withheld because they are small."""
    return sum(n.withheld in HIDDEN for line in lines for n in line.numbers)


def changes(before: Paper, after: Paper) -> tuple[Change, ...]:
    """Return every figure of the place that two editions tell differently, in the order of the later one."""
    old = {n.code: n.value for n in before.numbers}
    return tuple(Change(n.code, old.get(n.code), n.value) for n in after.numbers if old.get(n.code) != n.value)


def checked(paper: Paper) -> None:
    """Look whether a paper may be. Raises Unsound."""
    if paper.schema != SCHEMA or not paper.start < paper.end:
        raise Unsound("schema or days")
    notes = {note.code: note for note in paper.notes}
    told = {n.code: n for n in paper.numbers}
    if len(notes) != len(paper.notes) or [note.number for note in paper.notes] != list(range(1, len(notes) + 1)):
        raise Unsound("notes are not numbered one after the other")
    for chapter in paper.chapters:
        for code in chapter.figures:
            if code not in notes or code not in told:
                raise Unsound(f"{code} has no citation")
    for code, note in notes.items():
        number = told.get(code)
        if number is None or (note.numerator, note.denominator) != (number.numerator, number.denominator):
            raise Unsound(f"the citation of {code} is of another figure")
        if (note.fact_set, note.checkpoint_size) != (paper.cited.fact_set, paper.cited.checkpoint_size):
            raise Unsound(f"the citation of {code} stands on something else")
    lines = (*paper.below, *paper.communities)
    for number in (*paper.numbers, *(n for part in paper.parts for n in part.numbers), *(n for line in lines for n in line.numbers)):
        _sound(number)


def _sound(n: Number) -> None:
    if (n.value is None) != bool(n.withheld):
        raise Unsound(f"{n.code} is withheld and told, or neither")
    if n.withheld in HIDDEN and any(part is not None for part in (n.numerator, n.denominator, n.low, n.high)):
        raise Unsound(f"{n.code} is withheld, but what it is made of is told")
    if n.value is not None and n.low is not None and n.high is not None and not n.low <= n.value <= n.high:
        raise Unsound(f"{n.code} stands outside of its interval")


def parts_of(start: date, end: date) -> tuple[tuple[date, date], ...]:
    """Return the parts a period is told by, half-open: weeks from its first day up to a quarter, else months; the last may be short."""
    found, at = [], start
    while at < end:
        month = date(at.year + at.month // 12, at.month % 12 + 1, 1)
        after = at + timedelta(days=7) if (end - start).days <= WEEKS_UNTIL_DAYS else month
        found.append((at, min(after, end)))
        at = after
    return tuple(found)


def overlapping(lines: Iterable[PlaceLine]) -> tuple[tuple[PlaceLine, ...], ...]:
    """Return places with an index in groups, the highest first: within a group intervals overlap in a chain, so nobody stands before another."""
    known = sorted(
        (line for line in lines if line.index is not None and line.index.value_ppm is not None),
        key=lambda line: (-line.index.high_ppm if line.index else 0, line.place),
    )
    groups: list[list[PlaceLine]] = []
    floor = 0
    for line in known:
        if line.index is None:
            raise AssertionError("filtered above")
        if groups and line.index.high_ppm >= floor:
            groups[-1].append(line)
            floor = min(floor, line.index.low_ppm)
        else:
            groups.append([line])
            floor = line.index.low_ppm
    return tuple(tuple(sorted(group, key=lambda line: line.place)) for group in groups)


def content(paper: Paper) -> bytes:
    """Return the canonical bytes of an edition: what is frozen, and what the digest is of."""
    return canonical(_ADAPTER.dump_python(paper, mode="json"))


def read(kept: bytes) -> Paper:
    """Return the edition of canonical bytes. Raises ValueError where they are none."""
    if not kept.startswith(PREFIX):
        raise ValueError("not canonical")
    return _ADAPTER.validate_python(json.loads(kept[len(PREFIX) :]))


def digest_of(kept: bytes) -> str:
    """Return the SHA-256 of an edition's canonical bytes in hexadecimal."""
    return hashlib.sha256(kept).hexdigest()
