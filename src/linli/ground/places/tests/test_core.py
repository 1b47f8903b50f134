"""Codes, distances, datums, spelling and the reading of search texts: no database."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.ground.places import core
from linli.ground.places.core import LENGTHS, Datum, Kind, Level, Point
from linli.ground.places.datum import to_gcj02, to_wgs84
from linli.ground.places.spelling import readings, spell
from linli.kernel.errors import Refusal, Refused

digits = st.text("0123456789", min_size=17, max_size=17)
levels = st.sampled_from(list(Level))
codes = st.builds(lambda text, level: text[: LENGTHS[level]], digits, levels)
china = st.builds(Point, st.integers(19_000_000, 53_000_000), st.integers(75_000_000, 134_000_000))


def refusal(call: Any, *args: Any) -> tuple[Refusal, str | None, dict[str, str | int]]:
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.code, caught.value.field, caught.value.facts


@given(codes)
def test_a_code_is_its_path(code: str) -> None:
    above = core.ancestors_of(code)
    assert [core.level_of(step) for step in above] == list(Level)[: core.level_of(code)]
    assert all(code.startswith(step) for step in above)
    assert core.parent_of(code) == (above[-1] if above else None)


@given(codes, codes)
def test_the_subtree_is_a_range_of_codes(code: str, other: str) -> None:
    low, high = core.subtree_range(code)
    # Byte order, as the collation "C" has it; of ASCII it is Python's.
    assert (low <= other < high) == other.startswith(code)


def test_the_last_child_of_nine_stays_inside() -> None:
    low, high = core.subtree_range("4499")
    last = "449999999999"
    assert low <= "4499" < last < high <= "45"


@given(digits, levels, levels)
def test_ancestors_at_a_level(text: str, own: Level, wanted: Level) -> None:
    code = text[: LENGTHS[own]]
    if own < wanted:
        with pytest.raises(ValueError, match="stands above"):
            core.at_level(code, wanted)
    else:
        assert core.at_level(code, wanted) == text[: LENGTHS[wanted]]


def test_named_ancestors_of_a_building() -> None:
    building = "44010400100701003"
    assert core.community_of(building) == "440104001007"
    assert core.street_of(building) == "440104001"
    assert core.district_of(building) == "440104"
    assert core.city_of(building) == "4401"


@pytest.mark.parametrize("code", ["44a1", "４４", "44²", "44 1", "-4", "٤٤", "越秀", "44\x00", "4401O4"])
def test_letters_are_no_code(code: str) -> None:
    assert refusal(core.level_of, code) == (Refusal.PLACE_UNKNOWN, "place", {"problem": "letters"})
    assert not core.is_code(code)


@pytest.mark.parametrize("code", ["4", "440", "44010", "4401041", "0" * 13, "0" * 16, "0" * 18, "9" * 100])
def test_a_wrong_length_is_no_code(code: str) -> None:
    assert refusal(core.level_of, code) == (Refusal.PLACE_UNKNOWN, "place", {"problem": "length", "digits": len(code)})
    assert not core.is_code(code)


def test_numbers_below_a_community_and_a_grid() -> None:
    assert core.numbered("440104001007", 3) == "44010400100703"
    assert core.numbered("44010400100703", 12) == "44010400100703012"
    assert refusal(core.numbered, "440104001007", 100)[2] == {"numbers_max": 99}
    assert refusal(core.numbered, "44010400100703", 1000)[2] == {"numbers_max": 999}
    assert refusal(core.numbered, "44010400100703", 0)[2] == {"numbers_max": 999}
    with pytest.raises(ValueError, match="nothing is numbered"):
        core.numbered("440104001", 1)
    with pytest.raises(ValueError, match="nothing is numbered"):
        core.numbered("44010400100703001", 1)


@given(st.lists(codes, min_size=1, max_size=6))
def test_the_common_place_holds_all_and_no_deeper_one_does(some: list[str]) -> None:
    place = core.common_place(some)
    assert core.is_code(place)
    assert all(code.startswith(place) for code in some)
    deeper = {code[: LENGTHS[Level(core.level_of(place) + 1)]] for code in some} if len(place) < 17 else set()
    assert len(deeper) != 1 or min(map(len, some)) == len(place)


def test_nothing_has_the_nation_in_common() -> None:
    assert core.common_place([]) == ""


@given(china, china)
def test_distance_is_symmetric_and_zero_only_at_home(one: Point, other: Point) -> None:
    there = core.metres_between(one.lat_udeg, one.lon_udeg, other.lat_udeg, other.lon_udeg)
    assert there == core.metres_between(other.lat_udeg, other.lon_udeg, one.lat_udeg, one.lon_udeg) >= 0
    assert core.metres_between(one.lat_udeg, one.lon_udeg, one.lat_udeg, one.lon_udeg) == 0


@given(china, china, china)
def test_no_detour_is_shorter(a: Point, b: Point, c: Point) -> None:
    def metres(one: Point, other: Point) -> int:
        return core.metres_between(one.lat_udeg, one.lon_udeg, other.lat_udeg, other.lon_udeg)

    assert metres(a, c) <= metres(a, b) + metres(b, c) + 2  # each of three is rounded


def test_known_distances() -> None:
    # One degree of a meridian is 111,195 m on the mean sphere; Guangzhou tower to Canton fair halls measured on a map, 1.6 km.
    assert core.metres_between(23_000_000, 113_000_000, 24_000_000, 113_000_000) == 111_195
    assert core.metres_between(0, 0, 0, 180_000_000) == 20_015_115  # half way round: no error at the antipode
    assert core.metres_between(39_904_200, 116_407_400, 31_230_400, 121_473_700) == pytest.approx(1_067_000, rel=0.005)


@pytest.mark.parametrize(("lat", "lon"), [(90_000_001, 0), (-90_000_001, 0), (0, 180_000_001), (0, -180_000_001)])
def test_a_point_is_on_the_earth(lat: int, lon: int) -> None:
    assert refusal(Point, lat, lon) == (Refusal.INPUT_INVALID, "point", {"lat_udeg": lat, "lon_udeg": lon})


# WGS-84 and GCJ-02 of Shanghai, Shenzhen and Beijing as published with the eviltransform project.
GOLDEN = [
    ((31_177_428, 121_527_211), (31_175_304, 121_531_542)),
    ((22_543_847, 113_912_316), (22_540_796, 113_917_176)),
    ((39_911_954, 116_377_817), (39_913_345, 116_384_047)),
]


@pytest.mark.parametrize(("wgs", "gcj"), GOLDEN)
def test_datum_golden_vectors(wgs: tuple[int, int], gcj: tuple[int, int]) -> None:
    shown = to_gcj02(Point(*wgs))
    assert shown == Point(*gcj, Datum.GCJ02)
    back = to_wgs84(shown)
    assert back.datum is Datum.WGS84
    assert max(abs(back.lat_udeg - wgs[0]), abs(back.lon_udeg - wgs[1])) <= 1


@given(china)
def test_there_and_back_again_in_china(point: Point) -> None:
    shown = to_gcj02(point)
    back = to_wgs84(shown)
    assert max(abs(back.lat_udeg - point.lat_udeg), abs(back.lon_udeg - point.lon_udeg)) <= 2
    # Some hundreds of metres in most places, fewer than fifty where its two waves nearly cancel.
    assert 10 < core.metres_between(point.lat_udeg, point.lon_udeg, shown.lat_udeg, shown.lon_udeg) < 1_500


def test_outside_china_the_grids_are_one_and_converting_twice_changes_nothing() -> None:
    london = Point(51_507_400, -127_800)
    assert to_gcj02(london) == Point(51_507_400, -127_800, Datum.GCJ02)
    assert to_wgs84(to_gcj02(london)) == london
    guangzhou = Point(23_125_000, 113_260_000)
    assert to_gcj02(to_gcj02(guangzhou)) == to_gcj02(guangzhou)
    assert to_wgs84(guangzhou) == guangzhou


@pytest.mark.parametrize(
    ("text", "kind", "texts"),
    [
        ("", Kind.NOTHING, ()),
        (" \t\u200b\u202e", Kind.NOTHING, ()),
        ("越秀区", Kind.NAME, ("越秀区",)),
        (" 越秀 洪桥 ", Kind.NAME, ("越秀洪桥",)),
        ("越\u202e秀\u200b", Kind.NAME, ("越秀",)),
        ("3栋a座", Kind.NAME, ("3栋a座", "3栋A座")),
        ("３栋", Kind.NAME, ("3栋",)),
        ("街道(武昌)", Kind.NAME, ("街道（武昌）",)),
        ("Yue Xiu", Kind.PINYIN, ("yuexiu",)),
        ("xi'an", Kind.PINYIN, ("xian",)),
        ("lǜ", Kind.NAME, ("lǜ", "LǛ")),
        ("lü chun", Kind.PINYIN, ("lvchun",)),
        ("lyuchun", Kind.PINYIN, ("lyuchun", "lvchun")),
        ("lianyun", Kind.PINYIN, ("lianyun", "lianvn")),  # lian yun, not lia nyu n
        ("440104", Kind.CODE, ("440104",)),
        ("４４０１", Kind.CODE, ("4401",)),
        ("440100", Kind.CODE, ("440100", "4401")),
        ("440104000000", Kind.CODE, ("440104000000", "440104")),
        ("440104001000", Kind.CODE, ("440104001000", "440104001")),
        ("440000000000", Kind.CODE, ("440000000000", "44")),
        ("%_\\", Kind.NAME, ("%_\\",)),
    ],
)
def test_how_a_search_text_is_read(text: str, kind: Kind, texts: tuple[str, ...]) -> None:
    assert core.read_search(text) == core.Wanted(kind, texts)


@pytest.mark.parametrize("text", ["越" * 61, "x" * 10_000_000, "1" * 61])
def test_a_search_text_has_an_end(text: str) -> None:
    assert refusal(core.read_search, text) == (Refusal.INPUT_TOO_LONG, "search", {"length_max": 60})


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        wanted = core.read_search(text)
    except Refused as error:
        refused = error.code
    else:
        assert all("\x00" not in part and part for part in wanted.texts)
        assert bool(wanted.texts) == (wanted.kind is not Kind.NOTHING)
        return
    assert refused is Refusal.INPUT_TOO_LONG  # one character may unfold to eighteen


@given(st.text("越秀a B（(\u3000 1", max_size=20))
def test_tidying_a_name_twice_changes_nothing(text: str) -> None:
    once = core.tidy_name(text, length_max=80)
    assert core.tidy_name(once, length_max=80) == once


def test_names_are_tidied() -> None:
    assert core.tidy_name(" 洪桥街 12 号 (东)\u202e ", length_max=80) == "洪桥街12号（东）"
    assert core.tidy_name("Block  B 座", length_max=80) == "Block B座"
    with pytest.raises(ValueError, match="longer"):
        core.tidy_name("楼" * 81, length_max=80)


def test_what_a_text_may_be_short_for() -> None:
    assert {"越秀", "越秀区", "越秀街道", "越秀社区居委会"} <= set(core.whole_names("越秀"))
    assert {"yuexiu", "yuexiuqu", "yuexiujiedao"} <= set(core.whole_pinyin("yuexiu"))
    assert {"yx", "yxq", "yxjd", "yxsqjwh"} <= set(core.whole_initials("yx"))


def test_beginnings_longest_first() -> None:
    assert core.heads("越秀洪桥") == ("越秀洪", "越秀")
    assert core.heads("越") == core.heads("") == ()


def test_a_label_leaves_out_what_only_fills_a_level() -> None:
    assert core.label(["北京市", "市辖区", "东城区"]) == "北京市东城区"
    assert core.label(["重庆市", "县", "城口县"]) == "重庆市城口县"


@pytest.mark.parametrize(
    ("name", "province", "pinyin", "initials"),
    [
        ("洪桥街12号A座", "44", "hongqiaojie12haoazuo", "hqj12haz"),
        ("沙涌大街", "44", "shachongdajie", "scdj"),
        ("沙涌大街", "31", "shayongdajie", "sydj"),
        ("绿苑", "", "lvyuan", "ly"),
        ("３栋（东）", "99", "3dongdong", "3dd"),
        ("𪚥★\n", "44", "zhe", "z"),
    ],
)
def test_names_are_spelled(name: str, province: str, pinyin: str, initials: str) -> None:
    # Digits stand one by one in the initials too: 12号 is found by 12h.
    spelling = spell(name, province=province)
    assert (spelling.pinyin, spelling.initials) == (pinyin, initials)


@given(st.text(max_size=30), st.sampled_from(["", "44", "45", "11"]))
def test_spelling_is_plain(name: str, province: str) -> None:
    spelling = spell(name, province=province)
    assert all(part.isascii() and (part.isalnum() or not part) for part in (spelling.pinyin, spelling.initials))
    assert len(spelling.initials) <= len(name)


def test_readings_of_another_province_are_not_mixed_up() -> None:
    rng = random.Random(7)
    for char in rng.sample(sorted(readings("").by_character), 200):
        if char not in "涌圩":
            assert readings("44").of(char) == readings("31").of(char)


@pytest.mark.parametrize(
    ("official", "said"),
    [
        ("六马路社区居民委员会", "六马路社区"),
        ("盐运西社区居委会", "盐运西社区"),
        ("王家村民委员会", "王家村"),
        ("李村村委会", "李村"),
        ("建设街道", "建设街道"),
        ("村民委员会", "村民委员会"),
    ],
)
def test_names_as_people_say_them(official: str, said: str) -> None:
    assert core.everyday(official) == said
