"""White papers: every figure cited, what is withheld stays withheld, canonical content, frozen rows, tables of any size."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import monotonic
from uuid import UUID

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.actor import Actor
from linli.kernel.canon import PREFIX, canonical
from linli.kernel.errors import NotFound, Refused
from linli.kernel.tests.fakes import FakeStep
from linli.sight.papers import appendix, core, reads, verbs
from linli.sight.papers.core import CHAPTERS, Material, Unsound
from linli.sight.papers.models import Edition
from linli.sight.papers.paper import Cited, Formula, Number, Paper, Part, PlaceLine, Quality, Spread, WarningLine

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
START, END = date(2026, 5, 1), date(2026, 6, 1)
CODES = tuple(dict.fromkeys(code for _c, figures in CHAPTERS for code in figures))
NATION = 620_573


def number(code: str, top: int, bottom: int, withheld: str) -> Number:
    """Return a share with an interval around it, or a withheld figure."""
    if withheld:
        return Number(code, "ppm", denominator=0 if withheld == "no_data" else None, withheld=withheld)
    value = top * 1_000_000 // max(1, bottom)
    return Number(code, "ppm", value, top, bottom, max(0, value - 10), value + 10)


numbers = st.builds(
    number, st.just("x"), st.integers(0, 50), st.integers(50, 90), st.sampled_from(["", "", "no_data", "too_few", "no_record"])
)


@st.composite
def materials(draw: st.DrawFn) -> Material:
    told = {code: replace(draw(numbers), code=code) for code in CODES}
    lines = tuple(
        PlaceLine(f"44010400{n}", draw(st.text(max_size=4)), Spread(low + 5, low, low + 10, START) if low >= 0 else None, (replace(draw(numbers), code="needs_asked"),))
        for n, low in enumerate(draw(st.lists(st.integers(-3, 40), max_size=5)))
    )  # fmt: skip
    return Material(
        "440104", "越秀区", START, END, True, Cited("f" * 64, NOW, "linli.example", draw(st.integers(0, 10**9)), "ab"), told,
        (Part(START, END, (told["satisfaction"],)),), None, (), lines, lines,
        (WarningLine("440104001001", "甲社区", "blue", "satisfaction", "open", START, None),), (), Quality(5, 0, 0, 0, 7, 0, (), (), 5),
        {code: Formula(code, "share", ("a",), ("b",), "report") for code in CODES},
    )  # fmt: skip


def paper(**changes: Number) -> Paper:
    """Return a plain paper whose figures are 40 of 50, except `changes`."""
    told = {code: changes.get(code, number(code, 40, 50, "")) for code in CODES}
    m = Material(
        "440104", "越秀区", START, END, True, Cited("f" * 64, NOW, "linli.example", 7, "ab"), told, (), None, (), (), (), (), (),
        Quality(5, 0, 0, 0, 7, 0, (), (), 5), {code: Formula(code, "share", ("a",), ("b",), "report") for code in CODES},
    )  # fmt: skip
    return core.assemble(m)


@settings(max_examples=40, deadline=None)
@given(materials())
def test_every_figure_has_its_citation_and_what_is_withheld_says_nothing(m: Material) -> None:
    made = core.assemble(m)
    notes = {note.code: note for note in made.notes}
    for chapter in made.chapters:
        for code in chapter.figures:
            told, note = made.number(code), notes[code]
            assert (note.numerator, note.denominator, note.fact_set) == (told.numerator, told.denominator, "f" * 64)
            assert note.checkpoint_size == made.cited.checkpoint_size
            if told.withheld == "too_few":
                assert (told.value, told.numerator, told.low, note.numerator, note.denominator) == (None,) * 5
    few = sum(n.withheld == "too_few" for n in made.numbers) + 2 * sum(n.withheld == "too_few" for line in made.below for n in line.numbers)
    assert made.quality.withheld == few


@settings(max_examples=40, deadline=None)
@given(materials(), st.integers(0), st.integers(1, 255))
def test_content_is_canonical_and_any_byte_changes_the_digest(m: Material, at: int, by: int) -> None:
    made = core.assemble(m)
    kept = core.content(made)
    assert core.read(kept) == made
    assert core.content(core.read(kept)) == kept
    broken = bytearray(kept)
    broken[at % len(kept)] ^= by
    assert core.digest_of(bytes(broken)) != core.digest_of(kept)
    with pytest.raises(ValueError, match="canonical"):
        core.read(kept.removeprefix(PREFIX))


def test_what_must_not_be_is_refused() -> None:
    made = paper()
    few = Number("satisfaction", "ppm", withheld="too_few")
    broken = (
        replace(made, notes=made.notes[1:]),
        replace(made, notes=(replace(made.notes[0], numerator=1), *made.notes[1:])),
        replace(made, notes=(replace(made.notes[0], fact_set="e"), *made.notes[1:])),
        replace(made, end=made.start),
        replace(made, parts=(Part(START, END, (replace(few, numerator=3),)),)),
        replace(made, parts=(Part(START, END, (replace(few, value=3),)),)),
        replace(made, parts=(Part(START, END, (replace(few, withheld=""),)),)),
        replace(made, parts=(Part(START, END, (Number("x", "ppm", 5, 1, 2, 6, 9),)),)),
    )
    for each in broken:
        with pytest.raises(Unsound):
            core.checked(each)


SMALL, WIDE = "440104001001", "440104"
Q1 = (date(2026, 1, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Q1, (date(2026, 2, 1), date(2026, 3, 1)), True),  # a month in its quarter
        ((date(2026, 1, 1), date(2027, 1, 1)), Q1, True),
        ((date(2026, 1, 1), date(2026, 3, 1)), (date(2026, 2, 1), date(2026, 4, 1)), True),  # only whole months, however they lie
        (Q1, (date(2026, 4, 1), date(2026, 4, 20)), True),  # apart
        ((date(2026, 4, 3), date(2026, 4, 20)), (date(2026, 4, 3), date(2026, 4, 20)), True),
        (Q1, (date(2026, 3, 31), date(2026, 4, 20)), False),
        ((date(2026, 4, 3), date(2026, 4, 20)), (date(2026, 4, 3), date(2026, 4, 21)), False),
    ],
)
def test_only_whole_months_and_equal_days_lie_over_each_other(one: core.Days, other: core.Days, both: bool) -> None:
    assert core.nests(one, other) is core.nests(other, one) is both


def told(place: str, top: int, bottom: int) -> PlaceLine:
    return PlaceLine(place, place, None, (number("visits_done", top, bottom, ""), number("satisfaction", top, bottom, "")))


def gathered(*lines: PlaceLine) -> Material:
    codes = {code: replace(number(code, 40, 80, ""), code=code) for code in CODES}
    return Material(
        WIDE, "越秀区", START, END, True, Cited("f" * 64, NOW, "", 0, ""), codes, (), None, (), lines, (), (), (),
        Quality(5, 0, 0, 0, 7, 0, (), (), 5), {code: Formula(code, "share", ("a",), ("b",), "report") for code in CODES},
    )  # fmt: skip


def test_a_crossed_edition_tells_no_figure_below_its_district() -> None:
    bare = core.crossed(gathered(told(SMALL[:9], 30, 60), told("440105", 30, 60)))
    paper = core.assemble(bare)
    assert {n.withheld for n in paper.below[0].numbers} == {"crossed"}
    assert all(n.value is not None for n in paper.below[1].numbers)  # a district is wide enough
    assert not core.tells_small(paper)
    assert core.tells_small(core.assemble(gathered(told(SMALL, 30, 60))))
    rows = {SMALL: number("askers", 3, 9, ""), "440105": number("askers", 3, 9, "")}
    behind = core.behind(paper, rows, ())
    assert (behind[SMALL].withheld, behind["440105"].withheld) == ("crossed", "")


@pytest.mark.parametrize(("later", "kept"), [((30, 60), ""), ((31, 60), "too_few"), ((30, 62), "too_few"), ((35, 65), ""), ((24, 60), "")])
def test_a_later_edition_of_the_same_days_does_not_give_away_the_few_that_came_in_between(later: tuple[int, int], kept: str) -> None:
    before = core.assemble(gathered(told(SMALL, 30, 60), told("440104002001", 40, 70)))
    after = core.steady(gathered(told(SMALL, *later), told("440104002001", 40, 70)), [before])
    # If one community would say it, none says it: its neighbours and their street would give it back.
    assert {n.withheld for line in after.below for n in line.numbers} == {kept}
    assert all(not n.withheld for n in after.numbers.values())
    rows, others = ({SMALL: number("x", *at, "")} for at in ((30, 60), later))
    assert core.behind(before, rows, [others])[SMALL].withheld == kept


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 366))
def test_parts_fill_the_period(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    parts = core.parts_of(start, end)
    assert (parts[0][0], parts[-1][1]) == (start, end)
    assert all(one[1] == two[0] and one[0] < one[1] for one, two in pairwise(parts))
    assert len(parts) <= 14


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30)), max_size=12))
def test_only_places_whose_intervals_do_not_overlap_stand_before_each_other(spans: list[tuple[int, int]]) -> None:
    lines = [PlaceLine(f"{n:09}", "x", Spread(low, low, low + wide, START), ()) for n, (low, wide) in enumerate(spans)]
    groups = core.overlapping([*lines, PlaceLine("none", "x", None, ())])
    assert sorted(line.place for group in groups for line in group) == [line.place for line in lines]
    for higher, lower in pairwise(groups):
        assert min(line.index.low_ppm for line in higher if line.index) > max(line.index.high_ppm for line in lower if line.index)


def step(now: datetime = NOW) -> FakeStep:
    return FakeStep(Actor.of_person(UUID(int=3)), now)


def test_a_draft_is_published_and_corrected_by_a_later_edition_that_names_it(db: None) -> None:
    first = paper()
    digest = verbs.draft(step(), first)
    assert verbs.draft(step(), first) == digest == core.digest_of(core.content(first))
    assert reads.published() == ()
    assert reads.newest_published("440104", START, END) is None
    s = step()
    verbs.publish(s, digest)
    (kind, place, payload), = s.recorded  # fmt: skip
    assert (kind, place, payload["digest"], payload["fact_set"], payload["checkpoint_size"]) == (
        "paper:published",
        "440104",
        digest,
        "f" * 64,
        7,
    )
    with pytest.raises(Refused, match="state_forbids"):
        verbs.publish(step(), digest)
    other = verbs.draft(step(), paper(satisfaction=number("satisfaction", 30, 50, "")))
    with pytest.raises(Refused, match="state_forbids"):  # the same period again, without naming what it corrects
        verbs.publish(step(), other)
    mended = core.assemble(
        replace_material(first, satisfaction=number("satisfaction", 30, 50, "")), before=(digest, first), why="补录了两条评价"
    )  # fmt: skip
    assert mended.correction is not None
    assert [(c.code, c.old, c.new) for c in mended.correction.changes] == [("satisfaction", 800_000, 600_000)]
    later = verbs.draft(step(), mended)
    verbs.publish(step(NOW + timedelta(days=1)), later)
    rows = reads.published()
    assert [(r.digest, r.corrects, r.corrected_by) for r in rows] == [(later, digest, ""), (digest, "", later)]
    assert reads.edition(digest[:16])[1] == first
    assert PREFIX + reads.content(later) == core.content(mended)
    for unknown in ("", digest[:15], "0" * 64):
        with pytest.raises(NotFound):
            reads.edition(unknown)


def test_an_edition_of_before_a_field_was_there_is_read_and_corrected_by_the_digest_it_has(db: None) -> None:
    tree = json.loads(core.content(paper()).removeprefix(PREFIX))
    del tree["risks"]
    kept = canonical(tree)
    digest = core.digest_of(kept)
    Edition.objects.create(
        digest=digest,
        place_code="440104",
        starts_on=START,
        ends_on=END,
        fact_set="f" * 64,
        checkpoint_size=7,
        content=kept.decode(),
        drafted_at=NOW,
    )
    verbs.publish(step(), digest)
    before = reads.newest_published("440104", START, END)
    assert before is not None
    assert before[1].risks == ()
    later = verbs.draft(step(), core.assemble(replace_material(before[1]), before=before, why="补上风险"))
    verbs.publish(step(NOW + timedelta(days=1)), later)
    assert [(r.digest, r.corrects) for r in reads.published()] == [(later, digest), (digest, "")]


def replace_material(of: Paper, **changes: Number) -> Material:
    """Return what `of` was made of, with other figures."""
    told = {n.code: n for n in of.numbers} | changes
    return Material(
        of.place, of.name, of.start, of.end, of.synthetic, of.cited, told, of.parts, of.index, of.variants, of.below, of.communities,
        of.warnings, of.cases, of.quality, {f.code: f for f in of.formulas},
    )  # fmt: skip


def test_editions_and_publications_stay(db: None) -> None:
    digest = verbs.draft(step(), paper())
    verbs.publish(step(), digest)
    for change in (
        "UPDATE papers_edition SET content = content", "DELETE FROM papers_edition",
        "UPDATE papers_publication SET at = now()", "DELETE FROM papers_publication",
    ):  # fmt: skip
        with database_refuses("an edition is never changed"):
            run(change)


def nation(rows: int) -> Iterator[PlaceLine]:
    for n in range(rows):
        few = n % 7 == 0
        told = (
            Number("satisfaction", "ppm", withheld="too_few") if few else Number("satisfaction", "ppm", 800_000, 40, 50, 700_000, 880_000)
        )
        yield PlaceLine(f"{n:012}", "=社区", Spread(800_000, 790_000, 810_000, START), (told,))


def test_a_table_says_what_is_withheld_and_holds_no_formula() -> None:
    text = b"".join(appendix.csv_pieces(nation(3))).decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 4
    first, second = (dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:3])
    assert (first["name"], first["satisfaction_value"], first["satisfaction_withheld"]) == ("'=社区", "", "too_few")
    assert (second["satisfaction_numerator"], second["satisfaction_low"], second["needs_asked_withheld"]) == ("40", "700000", "no_data")
    out = io.BytesIO()
    assert appendix.write_parquet(nation(3), out) == 3
    table = pq.read_table(io.BytesIO(out.getvalue()))
    assert table.column_names == list(appendix.COLUMNS)
    assert table["satisfaction_value"].to_pylist() == [None, 800_000, 800_000]


@pytest.mark.slow
def test_a_nation_of_rows_streams_in_a_minute_and_little_memory(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, start = tmp_path_factory.mktemp("nation"), monotonic()
    with (folder / "places.csv").open("wb") as out:
        for piece in appendix.csv_pieces(nation(NATION)):
            out.write(piece)
    with (folder / "places.parquet").open("wb") as out:
        assert appendix.write_parquet(nation(NATION), out) == NATION
    assert monotonic() - start < 60
    with (folder / "places.csv").open("rb") as kept:
        assert sum(1 for _line in kept) == NATION + 1
    assert pq.ParquetFile(folder / "places.parquet").metadata.num_rows == NATION
    tracemalloc.start()
    small = _peak(8_000)
    large = _peak(24_000)
    tracemalloc.stop()
    assert large < small * 3 // 2  # three times as many rows need no more memory


def _peak(rows: int) -> int:
    tracemalloc.reset_peak()
    for _piece in appendix.csv_pieces(nation(rows)):
        pass
    return tracemalloc.get_traced_memory()[1]
