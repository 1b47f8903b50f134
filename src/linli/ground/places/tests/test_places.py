"""Places on a real database: a slice of the real tree, search, subtrees, neighbours, grids and buildings, changes, the whole load."""

from __future__ import annotations

import json
import lzma
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.ground.places import builtin, loading, reads, verbs
from linli.ground.places.builtin import Block
from linli.ground.places.core import Datum, Level, Point, RegionKind
from linli.ground.places.searching import How
from linli.ground.places.spelling import DATA
from linli.ground.places.tests.slices import GUANGDONG, GUANGZHOU, HONGQIAO, SANYANJING, YUEXIU, load_slice
from linli.ground.places.verbs import Below
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.tests.fakes import FakeStep

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
CHEN = UUID(int=3)
HERE = Point(23_133_000, 113_268_000)


def step(now: datetime = NOW) -> FakeStep:
    return FakeStep(Actor.of_person(CHEN), now)


@pytest.fixture
def yuexiu(db: None) -> int:
    return load_slice()


@dataclass
class Plan:
    """How the database would run a statement."""

    text: str

    def scans(self) -> bool:
        return "Seq Scan" in self.text


def test_a_slice_is_loaded_once_with_what_is_above_it(yuexiu: int) -> None:
    assert yuexiu > 200
    assert load_slice() == 0
    assert [row.name for row in reads.path(HONGQIAO)] == ["广东省", "广州市", "越秀区", "洪桥街道"]
    assert reads.counts(YUEXIU)[Level.STREET] == 18
    assert reads.counts()[Level.PROVINCE] == 1
    assert reads.last_load() is None  # a slice is no load of the whole


@pytest.mark.parametrize(
    ("text", "code", "how"),
    [
        ("越秀区", YUEXIU, How.WHOLE),
        ("越秀", YUEXIU, How.WHOLE),
        ("yuexiu", YUEXIU, How.WHOLE),
        ("YUE XIU", YUEXIU, How.WHOLE),
        ("yxq", YUEXIU, How.WHOLE),
        ("440104", YUEXIU, How.WHOLE),
        ("４４０１０４", YUEXIU, How.WHOLE),
        ("440104000000", YUEXIU, How.WHOLE),
        ("洪桥", HONGQIAO, How.WHOLE),
        ("三眼井", SANYANJING, How.WHOLE),
        ("眼井", SANYANJING, How.INSIDE),
        ("三眼", SANYANJING, How.BEGINS),
        ("sanyanjing", SANYANJING, How.WHOLE),
        ("syj", SANYANJING, How.WHOLE),
        ("广州越秀洪桥", HONGQIAO, How.WHOLE),
        ("广州市越秀区洪桥街道三眼井", SANYANJING, How.WHOLE),
        ("guangzhouyuexiu", YUEXIU, How.WHOLE),
        (SANYANJING, SANYANJING, How.WHOLE),
    ],
)
def test_a_place_is_found_by_name_pinyin_initials_and_code(yuexiu: int, text: str, code: str, how: How) -> None:
    found = reads.search(text)
    assert found
    hit = next(hit for hit in found if hit.code == code)
    assert hit.how is how
    assert found.index(hit) < 3
    assert hit.label.startswith("广东省广州市")


@pytest.mark.parametrize("within", [GUANGDONG, GUANGZHOU, YUEXIU, HONGQIAO])
def test_an_address_may_begin_with_the_place_searched_in(yuexiu: int, within: str) -> None:
    names = {GUANGDONG: "广东广州越秀", GUANGZHOU: "广州越秀", YUEXIU: "越秀", HONGQIAO: ""}
    assert [hit.code for hit in reads.search(f"{names[within]}洪桥三眼井", within=within)] == [SANYANJING]
    assert reads.search("洪桥洪桥三眼井", within=HONGQIAO) == ()
    assert reads.search("北京越秀洪桥", within=within) == ()


def test_a_search_stays_below_a_place_and_is_limited(yuexiu: int) -> None:
    assert {hit.code[:9] for hit in reads.search("社区", within=HONGQIAO)} <= {HONGQIAO}
    assert len(reads.search("44", limit=5)) == 5
    assert reads.search("44", limit=-3) != ()
    assert reads.search("  ") == reads.search("没有这个地方") == reads.search("zzzz") == ()
    with pytest.raises(Refused, match="place_unknown"):
        reads.search("越秀", within="44x")
    with pytest.raises(Refused, match="input_too_long"):
        reads.search("越" * 61)
    assert reads.search("'; DROP TABLE places_place; --") == ()
    assert reads.search("%_%") == ()


def test_a_search_costs_few_queries_and_no_table_scan(yuexiu: int) -> None:
    run("ANALYZE places_place")
    for text, most in (("越秀", 3), ("yuexiu", 2), ("4401", 2), ("眼井", 3)):
        with CaptureQueriesContext(connection) as queries:
            reads.search(text)
        assert len(queries) <= most, text


def test_a_subtree_is_a_range_of_codes(yuexiu: int) -> None:
    low, high = reads.subtree_range(HONGQIAO)
    rows = run("SELECT code FROM places_place WHERE code >= %s AND code < %s ORDER BY code", low, high)
    assert [code for (code,) in rows] == [HONGQIAO, *reads.codes_below(HONGQIAO, Level.COMMUNITY)]
    first = reads.below(YUEXIU, Level.COMMUNITY, limit=100)
    assert (len(first.rows), first.after) == (100, first.rows[-1].code)
    rest = reads.below(YUEXIU, Level.COMMUNITY, after=first.after or "", limit=1000)
    assert rest.after is None
    assert len(first.rows) + len(rest.rows) == reads.counts(YUEXIU)[Level.COMMUNITY]
    assert [row.code for row in reads.children(YUEXIU).rows] == list(reads.codes_below(YUEXIU, Level.STREET))
    assert {row.parent for row in reads.children(YUEXIU).rows} == {YUEXIU}
    assert reads.children(SANYANJING + "01001") == reads.Page((), None)
    with pytest.raises(Refused, match="place_unknown"):
        reads.children("44x")


def test_unknown_places_are_told_apart_for_inputs_and_alike_for_readers(yuexiu: int) -> None:
    for code in ("440199", "44x", "4"):
        with pytest.raises(NotFound):
            reads.place(code)
        with pytest.raises(NotFound):
            reads.path(code)
        with pytest.raises(Refused):
            reads.checked(code)
    assert reads.checked(SANYANJING, Level.COMMUNITY).name.startswith("三眼井")
    problems = {}
    for code, levels in (("44x", ()), ("440", ()), ("440199", ()), (YUEXIU, (Level.STREET,))):
        with pytest.raises(Refused) as caught:
            reads.checked(code, *levels)
        problems[code] = caught.value.facts["problem"]
    assert problems == {"44x": "letters", "440": "length", "440199": "unknown", YUEXIU: "level"}


def test_names_as_people_say_them_and_addresses(yuexiu: int) -> None:
    grid = verbs.add_grid(step(), SANYANJING, name="第一网格")
    house = verbs.add_building(step(), grid, name="1 栋", point=HERE)
    assert reads.names([SANYANJING, "x"]) == {SANYANJING: "三眼井社区"}
    assert reads.names([]) == {}
    assert reads.near(house) == "洪桥街道 · 三眼井社区 · 1栋"
    assert reads.near(YUEXIU) == "越秀区"
    assert (reads.near("x"), reads.near("440199")) == ("", "")
    assert reads.labels([HONGQIAO, "x", "440199"]) == {HONGQIAO: "广东省广州市越秀区洪桥街道"}


def test_grids_and_buildings_get_numbers_that_are_never_given_twice(yuexiu: int) -> None:
    s = step()
    first, second = verbs.add_below(s, [Below(SANYANJING, "第一网格"), Below(SANYANJING, "第二网格", None, True)])
    assert (first, second) == (SANYANJING + "01", SANYANJING + "02")
    assert s.kinds() == ["places:below:added"]
    houses = verbs.add_below(step(), [Below(first, f"{n} 栋", HERE) for n in (1, 2)])
    assert houses == (first + "001", first + "002")
    assert [row.code for row in reads.grids(SANYANJING)] == [first, second]
    assert [row.point for row in reads.buildings(SANYANJING)] == [HERE, HERE]
    assert reads.place(second).synthetic
    verbs.merge(step(), houses[1], into=houses[0])
    assert verbs.add_building(step(), first, name="2 栋") == first + "003"
    assert verbs.add_below(step(), []) == ()


@pytest.mark.parametrize(
    ("row", "code", "field", "fact"),
    [
        (Below("44x", "甲"), Refusal.PLACE_UNKNOWN, "place", ("problem", "letters")),
        (Below(HONGQIAO, "甲"), Refusal.PLACE_UNKNOWN, "place", ("place", HONGQIAO)),
        (Below(SANYANJING[:-1] + "9", "甲"), Refusal.PLACE_UNKNOWN, "place", ("problem", "unknown")),
        (Below(SANYANJING, ""), Refusal.INPUT_MISSING, "name", None),
        (Below(SANYANJING, "长" * 81), Refusal.INPUT_TOO_LONG, "name", ("length_max", 80)),
        (Below(SANYANJING, "第一 网格"), Refusal.INPUT_INVALID, "name", ("problem", "taken")),
    ],
)
def test_a_bad_row_is_named_and_none_is_added(
    yuexiu: int, row: Below, code: Refusal, field: str, fact: tuple[str, str | int] | None
) -> None:
    with pytest.raises(Refused) as caught:
        verbs.add_below(step(), [Below(SANYANJING, "第一网格"), row])
    assert (caught.value.code, caught.value.field) == (code, field)
    assert fact is None or caught.value.facts[fact[0]] == fact[1]
    assert reads.grids(SANYANJING) == ()


def test_numbers_of_a_community_end_at_ninety_nine(yuexiu: int) -> None:
    verbs.add_below(step(), [Below(SANYANJING, f"网格{n}") for n in range(99)])
    with pytest.raises(Refused) as caught:
        verbs.add_grid(step(), SANYANJING, name="一个太多")
    assert caught.value.facts == {"numbers_max": 99}
    with pytest.raises(Refused, match="place_unknown"):
        verbs.add_grid(step(), HONGQIAO, name="甲")
    with pytest.raises(Refused, match="place_unknown"):
        verbs.add_building(step(), SANYANJING, name="甲")


def test_a_place_takes_another_name_and_remembers_the_old_one(yuexiu: int) -> None:
    verbs.rename(step(), SANYANJING, name="三眼泉社区居民委员会", on=date(2026, 5, 1))
    verbs.rename(step(), SANYANJING, name="三眼泉社区居民委员会")
    (change,) = reads.changes(SANYANJING)
    assert (change.kind, change.new, change.occurred_on) == ("renamed", "三眼泉社区居民委员会", date(2026, 5, 1))
    assert [hit.code for hit in reads.search("sanyanquan")] == [SANYANJING]
    with pytest.raises(Refused, match="time_too_far"):
        verbs.rename(step(), SANYANJING, name="明天", on=date(2026, 6, 2))
    with pytest.raises(Refused, match="place_unknown"):
        verbs.rename(step(), SANYANJING[:-1] + "9", name="没有")
    one, other = verbs.add_below(step(), [Below(SANYANJING, "甲"), Below(SANYANJING, "乙")])
    with pytest.raises(Refused, match="input_invalid"):
        verbs.rename(step(), other, name="甲")
    verbs.rename(step(), one, name="丙")
    assert load_slice() == 0  # loading again takes nobody's word back
    assert reads.place(SANYANJING).name.startswith("三眼泉")


def test_a_place_ends_in_another(yuexiu: int) -> None:
    one, other = reads.codes_below(HONGQIAO, Level.COMMUNITY)[:2]
    grid = verbs.add_grid(step(), one, name="甲")
    with pytest.raises(Refused) as caught:
        verbs.merge(step(), one, into=other)
    assert caught.value.facts == {"places_below": 1}
    for into in (one, HONGQIAO):
        with pytest.raises(Refused, match="input_invalid"):
            verbs.merge(step(), one, into=into)
    verbs.merge(step(), grid, into=verbs.add_grid(step(), other, name="甲"))
    verbs.merge(step(), one, into=other)
    row = reads.place(one)
    assert (row.valid_until, row.merged_into) == (date(2026, 6, 1), other)
    assert one not in reads.codes_below(HONGQIAO, Level.COMMUNITY)
    assert all(hit.code != one for hit in reads.search(row.name))
    with pytest.raises(Refused) as caught:
        reads.checked(one)
    assert caught.value.facts["problem"] == "ended"
    with pytest.raises(Refused, match="place_unknown"):
        verbs.merge(step(), one, into=other)


def test_neighbours_by_distance_then_by_street(yuexiu: int) -> None:
    codes = reads.codes_below(HONGQIAO, Level.COMMUNITY)
    points = {code: Point(23_130_000 + 1_000 * n, 113_260_000) for n, code in enumerate(codes[:4])}
    far = reads.codes_below(YUEXIU, Level.COMMUNITY)[-1]
    assert verbs.locate(step(), {**points, far: Point(23_130_000, 113_900_000)}) == 5
    assert verbs.locate(step(), points) == 0
    assert verbs.locate(step(), {}) == 0
    near = reads.neighbours(codes[0], limit=5)
    assert [n.code for n in near] == [codes[1], codes[2], codes[3], codes[4], codes[5]]
    assert [n.how for n in near] == ["near"] * 3 + ["same_street"] * 2
    assert near[0].metres == 111
    assert near[3].metres is None
    assert far not in {n.code for n in near}  # sixty kilometres off is no neighbour
    assert [n.code for n in reads.neighbours(codes[5], limit=2)] == list(codes[:2])
    for code in (HONGQIAO, "440104001099"):
        with pytest.raises(NotFound):
            reads.neighbours(code)


def test_points_of_chinese_maps_are_kept_as_wgs84(yuexiu: int) -> None:
    verbs.locate(step(), {SANYANJING: Point(23_130_500, 113_265_300, Datum.GCJ02)})
    kept = reads.place(SANYANJING).point
    assert kept is not None
    assert 2_000 < abs(kept.lat_udeg - 23_130_500) + abs(kept.lon_udeg - 113_265_300) < 10_000
    with pytest.raises(Refused, match="place_unknown"):
        verbs.locate(step(), {SANYANJING: HERE, "440104001099": HERE})
    assert reads.place(SANYANJING).point == kept


def test_the_nearest_place_says_the_kind_of_region(yuexiu: int) -> None:
    assert reads.region_kind(SANYANJING) is None
    verbs.mark_region(step(), GUANGZHOU, kind=RegionKind.MEGA)
    verbs.mark_region(step(), HONGQIAO, kind=RegionKind.SMALL)
    assert [reads.region_kind(code) for code in (GUANGDONG, YUEXIU, SANYANJING)] == [None, RegionKind.MEGA, RegionKind.SMALL]
    verbs.mark_region(step(), HONGQIAO, kind=None)
    assert reads.region_kind(SANYANJING) is RegionKind.MEGA
    assert [c.new for c in reads.changes(HONGQIAO)] == ["", "small"]


@pytest.mark.django_db(transaction=True)
def test_places_are_written_inside_a_step_only() -> None:
    calls: list[Any] = [
        lambda: verbs.add_below(step(), []), lambda: verbs.load_divisions(step()), lambda: verbs.locate(step(), {}),
        lambda: verbs.rename(step(), YUEXIU, name="x"), lambda: verbs.merge(step(), YUEXIU, into=GUANGZHOU),
        lambda: verbs.mark_region(step(), YUEXIU, kind=None),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(transaction.TransactionManagementError, match="inside a step"):
            call()


def test_a_slice_within_the_verb_adds_and_tells(db: None) -> None:
    s, seen = step(), list[tuple[int, int]]()
    loaded = verbs.load_divisions(s, within=[HONGQIAO], progress=lambda done, total: seen.append((done, total)))
    assert loaded.added == 3 + 1 + reads.counts(HONGQIAO)[Level.COMMUNITY]
    assert s.kinds() == ["places:divisions:loaded"]
    assert seen[-1][0] == loaded.added
    assert verbs.load_divisions(step(), within=["4401040"]).added > 200
    assert verbs.load_divisions(step(), within=[YUEXIU]).added == 0


def test_the_whole_country_is_loaded_in_seconds_searched_by_index_and_loaded_once(db: None) -> None:
    about = builtin.about()
    assert about.total == 665_276
    began = time.monotonic()
    loaded = verbs.load_divisions(step())
    seconds = time.monotonic() - began
    assert (loaded.total, loaded.added) == (665_276, 665_276)
    assert seconds < 120, f"{seconds:.1f} s"  # 10 s on an idle machine; this one may be busy
    by_level = {level: n for level, n in reads.counts().items() if n}
    assert sorted(by_level.values()) == sorted([1, *about.counts.values()])
    assert by_level[Level.PROVINCE] == 31
    assert by_level[Level.COMMUNITY] == max(about.counts.values())
    kept = reads.last_load()
    assert kept is not None
    assert (kept.added, kept.version) == (665_276, about.version)
    for text, within, code in (
        ("三眼井", "", SANYANJING),
        ("syj", YUEXIU, SANYANJING),
        ("广州越秀洪桥", "", HONGQIAO),
        ("yuexiu", "", YUEXIU),
    ):
        began = time.monotonic()
        found = [hit.code for hit in reads.search(text, within=within)]
        assert time.monotonic() - began < 5, text
        assert code in found, text
    assert verbs.load_divisions(step()) == verbs.Loaded(665_276)
    run("SET LOCAL enable_seqscan = on")
    low, high = reads.subtree_range(YUEXIU)
    plan = "\n".join(line for (line,) in run("EXPLAIN SELECT code FROM places_place WHERE code >= %s AND code < %s", low, high))
    assert not Plan(plan).scans(), plan
    indexes = {name for (name,) in run("SELECT indexname FROM pg_indexes WHERE tablename = 'places_place'")}
    assert {"place_level", "place_characters", "place_point_community", "place_name_community", "place_pinyin_community"} <= indexes
    keys = {name for (name,) in run("SELECT conname FROM pg_constraint WHERE conrelid = 'places_place'::regclass AND contype = 'f'")}
    assert keys == {"place_parent", "place_merged_place"}


def test_a_newer_tree_adds_renames_closes_and_reopens_and_deletes_nothing(yuexiu: int) -> None:
    one, other, third = reads.codes_below(HONGQIAO, Level.COMMUNITY)[:3]
    blocks = list(builtin.blocks((YUEXIU,)))
    before = reads.counts(YUEXIU)

    def compare(without: str, renamed: dict[str, str]) -> loading.Compared:
        rows = [row for block in blocks for row in block.rows() if row[0] != without]
        changed = [(code, renamed.get(code, name), pinyin, initials) for code, name, pinyin, initials in rows]
        block = Block(*(list(column) for column in zip(*changed, strict=True)))
        return loading.compare_in([block], as_of="2026-05-01", now=NOW, actor_ref="system:places", total=0, progress=None)

    verbs.rename(step(), third, name="居民改的名")
    assert compare(one, {other: "新名社区居委会"}) == loading.Compared(0, 1, 1, 0)
    assert reads.place(one).valid_until == date(2026, 5, 1)
    assert (reads.place(other).name, reads.place(third).name) == ("新名社区居委会", "居民改的名")
    assert [(c.kind, c.occurred_on) for c in reads.changes(one)] == [("closed", date(2026, 5, 1))]
    assert compare("", {other: "新名社区居委会"}) == loading.Compared(0, 0, 0, 1)
    assert reads.counts(YUEXIU) == before


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"no archive", "divisions.txt.xz: "),
        (lzma.compress(b"linli.divisions.v1\n44\n\nx\n\n"), "not the file that divisions.json describes"),
    ],
)
def test_damaged_data_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes, says: str) -> None:
    (tmp_path / builtin.FILE).write_bytes(raw)
    (tmp_path / "divisions.json").write_bytes((DATA / "divisions.json").read_bytes())
    monkeypatch.setattr(builtin, "DATA", tmp_path)
    with pytest.raises(builtin.BrokenData, match=says):
        list(builtin.blocks())


def test_data_of_another_version_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"linli.divisions.v9\n44\n\nx\n\n"
    about = json.loads((DATA / "divisions.json").read_text("utf-8"))
    about["sha256"][builtin.FILE] = sha256(raw).hexdigest()
    (tmp_path / builtin.FILE).write_bytes(lzma.compress(raw))
    (tmp_path / "divisions.json").write_text(json.dumps(about), "utf-8")
    monkeypatch.setattr(builtin, "DATA", tmp_path)
    with pytest.raises(builtin.BrokenData, match=r"divisions\.v9"):
        list(builtin.blocks())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("INSERT INTO places_place (code, name, pinyin, initials) VALUES ('44x', 'x', 'x', 'x')", "place_code"),
        ("INSERT INTO places_place (code, name, pinyin, initials) VALUES ('440', 'x', 'x', 'x')", "place_code"),
        ("INSERT INTO places_place (code, name, pinyin, initials) VALUES ('990101', 'x', 'x', 'x')", "place_parent"),
        ("UPDATE places_place SET name = '' WHERE code = '4401'", "place_has_name"),
        ("UPDATE places_place SET lat_udeg = 1 WHERE code = '4401'", "place_point"),
        ("UPDATE places_place SET lat_udeg = 1, datum = 'wgs84' WHERE code = '4401'", "place_point"),
        ("UPDATE places_place SET lat_udeg = 90000001, lon_udeg = 0, datum = 'wgs84' WHERE code = '4401'", "place_point"),
        ("UPDATE places_place SET lat_udeg = 1, lon_udeg = 1, datum = 'mars' WHERE code = '4401'", "place_point"),
        ("UPDATE places_place SET region_kind = 'odd' WHERE code = '4401'", "place_region_kind"),
        ("UPDATE places_place SET merged_into = '44' WHERE code = '4401'", "place_merged"),
        ("UPDATE places_place SET merged_into = code, valid_until = now() WHERE code = '4401'", "place_merged"),
        ("UPDATE places_place SET valid_from = '2026-01-02', valid_until = '2026-01-01' WHERE code = '4401'", "place_valid"),
        ("DELETE FROM places_place WHERE code = '4401'", "place_parent"),
        ("UPDATE places_placechange SET old = 'x'", "stays written"),
        ("DELETE FROM places_placechange", "stays written"),
        ("UPDATE places_placechange SET kind = 'x'", "stays written"),
    ],
)
def test_what_the_database_refuses(yuexiu: int, change: str, says: str) -> None:
    verbs.rename(step(), SANYANJING, name="三眼泉")
    with database_refuses(says):
        run(change)
