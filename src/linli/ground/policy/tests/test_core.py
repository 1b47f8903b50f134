"""Which policy value holds where and when, and which may not be written. No database."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import linli
from linli.ground.policy.core import Region, Value, check, day_of, gaps, is_village, region_of, resolve
from linli.ground.policy.keys import KEYS, Kind
from linli.ground.policy.verbs import DATA, read_values, shipped
from linli.kernel.units import PPM_ONE

DAY = date(2026, 6, 1)
YUEXIU, VILLAGE = "440104001001", "440118100201"
SHIPPED = shipped()
CODES = st.sampled_from(["", "44", "4401", "440104", "440104001", YUEXIU, YUEXIU + "01", YUEXIU + "01001", "3201", "11", "31"])


def value(
    place: str = "", number: int | str = 120, *, key: str = "answer_minutes", starts: date = date(2026, 1, 1), **more: object
) -> Value:
    return Value(key, place, starts, number, "a source", **more)  # type: ignore[arg-type]


def answer(values: list[Value], place: str, on: date = DAY) -> int | str | None:
    found = resolve(values, place, on).get("answer_minutes")
    return found.value if found else None


def test_the_nearest_place_wins_whatever_started_last() -> None:
    values = [value("", 120, starts=date(2026, 5, 1)), value("4401", 90, starts=date(2020, 1, 1)), value("440104", 60)]
    assert [answer(values, place) for place in ("11", "4403", "440106", YUEXIU, YUEXIU + "01001")] == [120, 120, 90, 60, 60]


def test_at_one_place_the_latest_start_that_has_come_wins() -> None:
    values = [value("", 120), value("", 100, starts=date(2026, 6, 1)), value("", 80, starts=date(2026, 6, 2))]
    assert [answer(values, YUEXIU, date(2026, 5, 31)), answer(values, YUEXIU, DAY), answer(values, YUEXIU, date(2026, 6, 2))] == [
        120,
        100,
        80,
    ]


def test_a_value_ends_before_its_last_day_and_the_wider_one_holds_again() -> None:
    values = [value("", 120), value("4401", 30, ends_on=DAY)]
    assert (answer(values, YUEXIU, date(2026, 5, 31)), answer(values, YUEXIU, DAY)) == (30, 120)


def test_a_kind_of_region_stands_between_nation_and_place() -> None:
    kinds = [value("", "small", key="region_kind"), value("4401", "mega", key="region_kind")]
    values = [*kinds, value("", 120), value("", 100, region="mega"), value("", 240, region="rural")]
    assert [answer(values, place) for place in ("3201", YUEXIU, VILLAGE)] == [120, 100, 240]
    assert answer([*values, value("44", 60)], VILLAGE) == 60


def test_a_village_is_told_by_its_code_unless_somebody_says_otherwise() -> None:
    kinds = [value("", "small", key="region_kind"), value("4401", "mega", key="region_kind")]
    assert [region_of(kinds, place) for place in ("", "4401", VILLAGE[:9], YUEXIU, VILLAGE, VILLAGE + "01")] == [
        "small", "mega", "mega", "mega", "rural", "rural",
    ]  # fmt: skip
    assert region_of([*kinds, value(VILLAGE, "mega", key="region_kind")], VILLAGE) == "mega"


@pytest.mark.parametrize(
    ("last", "village"),
    [("001", False), ("199", False), ("200", True), ("399", True), ("400", False), ("499", False), ("500", True), ("598", True)],
)
def test_the_last_three_digits_tell_a_village(last: str, village: bool) -> None:
    assert is_village("440118100" + last) is village


@given(st.permutations(SHIPPED), CODES)
def test_the_order_of_rows_does_not_matter(values: list[Value], place: str) -> None:
    assert resolve(values, place, DAY) == resolve(SHIPPED, place, DAY)


@given(CODES, st.integers(1, 43200), st.dates(date(2020, 1, 1), DAY))
def test_a_value_set_at_the_place_itself_always_wins(place: str, number: int, starts: date) -> None:
    own = value(place + "99", number, starts=starts)
    assert resolve([*SHIPPED, own], place + "99", DAY)["answer_minutes"] == own


@pytest.mark.parametrize("place", ["", "4401", YUEXIU, VILLAGE, "3201", "11", "31", "50", "5101", "12", "4403"])
@pytest.mark.parametrize("on", [date(2020, 1, 1), date(2024, 6, 1), DAY, date(2030, 1, 1)])
def test_the_shipped_set_is_whole_at_every_place_and_time(place: str, on: date) -> None:
    assert gaps(resolve(SHIPPED, place, on)) == []


def test_the_programmes_of_cities_hold_in_their_city() -> None:
    found = {place: resolve(SHIPPED, place, DAY) for place in (YUEXIU, "3201", "110101", "310101", "5001")}
    assert {place: values["hours_round_minutes"].value for place, values in found.items()} == {
        YUEXIU: 60, "3201": 1, "110101": 60, "310101": 60, "5001": 1,
    }  # fmt: skip
    assert found[YUEXIU]["redeem_from_minutes"].value == 6000
    assert found["3201"]["group_hours_given_only"].value == 1
    assert (found["310101"]["redeem_age_years"].value, found["110101"]["redeem_age_years"].value) == (65, 60)
    assert all(
        "时间银行" in found[place]["hours_round_minutes"].source or "时光汇" in found[place]["hours_round_minutes"].source
        for place in (YUEXIU, "110101", "310101")
    )
    assert found[YUEXIU]["hours_round_minutes"].weak


def test_numbers_of_the_report_stand_with_their_figure() -> None:
    found = resolve(SHIPPED, YUEXIU, DAY)
    figures = {
        "answer_minutes": "F017",
        "answer_group_minutes": "F061",
        "answer_urgent_minutes": "F231",
        "handle_minutes": "F179",
        "blue_ppm": "F297",
        "plan_days": "F298",
    }
    assert {key: found[key].value for key in figures} == {
        "answer_minutes": 120, "answer_group_minutes": 60, "answer_urgent_minutes": 30, "handle_minutes": 4320, "blue_ppm": 700_000, "plan_days": 15,
    }  # fmt: skip
    assert all(figure in found[key].source for key, figure in figures.items())


BAD = [
    (value(key="answer_hours"), "unknown policy key"),
    (value(number=0), "from 1 to 43200"),
    (value(number=True), "whole number"),
    (value(number="120"), "whole number"),
    (value(place="44x1"), "place code of digits"),
    (value(place="４４"), "place code of digits"),
    (value(place="4401", region="mega"), "not for both"),
    (value(region="suburb"), "unknown kind of region"),
    (value(ends_on=date(2026, 1, 1)), "ends before it starts"),
    (replace(value(), source=" "), "has no source"),
    (replace(value(), source="x" * 301), "longer than"),
    (value(key="emergency_fire", number="one"), "is a text like"),
    (value(key="emergency_fire", number=119), "is a text like"),
    (value(key="region_kind", number="town"), "is a text like"),
    (value(key="dispatch_objection_allowed", number=2), "from 0 to 1"),
]


@pytest.mark.parametrize(("bad", "says"), BAD)
def test_a_bad_value_is_refused_with_the_row_and_the_reason(bad: Value, says: str) -> None:
    with pytest.raises(ValueError, match="row 7: ") as refused:
        check(bad, row="row 7")
    assert says in str(refused.value)


def test_a_set_that_does_not_hold_together_says_why() -> None:
    whole = dict(resolve(SHIPPED, YUEXIU, DAY))
    for key, number, says in (
        ("weight_safety_ppm", 0, "add up to 930000"),
        ("answer_urgent_minutes", 61, "does not hold (61, 60, 120)"),
        ("handle_minutes", 119, "shorter than answer_minutes"),
    ):
        assert any(says in problem for problem in gaps({**whole, key: value(key=key, number=number)}))
    moved = {
        **whole,
        "weight_satisfaction_ppm": value(key="weight_satisfaction_ppm", number=490_000),
        "weight_safety_ppm": value(key="weight_safety_ppm", number=80_000),
    }
    assert gaps(moved) == ["weight_satisfaction_ppm is under one half"]
    del whole["radius_metres"]
    assert gaps(whole) == ["radius_metres has no value"]


def test_rules_start_with_the_day_in_beijing() -> None:
    assert day_of(datetime(2026, 5, 31, 15, 59, tzinfo=UTC)) == date(2026, 5, 31)
    assert day_of(datetime(2026, 5, 31, 16, 0, tzinfo=UTC)) == DAY


@pytest.mark.parametrize("key", list(KEYS.values()), ids=lambda key: key.name)
def test_every_key_has_words_bounds_and_its_unit_in_the_name(key: object) -> None:
    assert isinstance(key, type(KEYS["blue_ppm"]))
    assert re.search(r"[\u4e00-\u9fff]", key.zh)
    assert key.en.isascii()
    if key.kind in {Kind.MINUTES, Kind.DAYS, Kind.YEARS, Kind.PPM, Kind.FEN}:
        assert key.kind.value in key.name.split("_")
    if key.kind is Kind.METRES:
        assert "metres" in key.name
    if key.kind is Kind.TEXT:
        assert key.pattern
    else:
        assert key.low < key.high


def test_every_key_named_in_the_code_is_registered_with_that_kind() -> None:
    asked = re.compile(r"""\.(minutes|days|years|count|ppm|metres|fen|flag|text)\(f?"([a-z_]+)"\)""")
    seen = 0
    for path in Path(linli.__file__).parent.rglob("*.py"):
        if "/tests/" in path.as_posix():
            continue
        for kind, name in asked.findall(path.read_text("utf-8")):
            assert KEYS[name].kind.value == kind, f"{path.name} asks for {name} as {kind}"
            seen += 1
    assert seen > 20


BAD_FILES = [
    (
        "[[set]]\nstarts_on = 2026-01-01\nsource = 's'\n[set.values]\nanswer_hours = 2\n",
        "x.toml, set 1 (nation), answer_hours: unknown policy key",
    ),
    (
        "[[set]]\nplace = '4401'\nstarts_on = '2026-01-01'\nsource = 's'\n[set.values]\nanswer_minutes = 2\n",
        "x.toml, set 1 (4401), answer_minutes: starts_on and ends_on are days",
    ),
    ("[[set]]\nstarts_on = 2026-01-01\n[set.values]\nanswer_minutes = 2\n", "answer_minutes has no source"),
    ("[[set]]\nstarts_on = 2026-01-01\nsource = 's'\n[set.values]\nanswer_minutes = 2.5\n", "a value is a whole number or a text, got 2.5"),
    (
        "[[set]]\nregion = 'rural'\nstarts_on = 2026-01-01\nsource = 's'\n[set.values]\nanswer_minutes = [1, 2, 3]\n",
        "set 1 (rural), answer_minutes: a value is",
    ),
]


@pytest.mark.parametrize(("text", "says"), BAD_FILES)
def test_a_bad_file_names_file_set_and_row(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        read_values(text, name="x.toml")


def test_a_file_keeps_a_source_of_its_own_beside_the_common_one() -> None:
    text = "[[set]]\nplace='4401'\nstarts_on=2026-01-01\nsource='common'\nweak=true\n[set.values]\nanswer_minutes=60\nradius_metres=[900,'own']\nkin_redeem_allowed=true\n"
    first, second, third = read_values(text, name="x")
    assert (first.source, second.source, third.value, first.weak) == ("common", "own", 1, True)


def test_no_shipped_value_stands_twice_at_one_place_and_day() -> None:
    seen = [(v.key, v.place, v.region, v.starts_on) for v in SHIPPED]
    assert len(seen) == len(set(seen))
    assert {path.name for path in DATA.glob("*.toml")} == {"national.toml", "regions.toml", "cities.toml"}


def test_weights_add_up_in_every_region() -> None:
    for region in Region:
        here = resolve([*SHIPPED, value("99", region.value, key="region_kind")], "99", DAY)
        assert sum(int(v.value) for k, v in here.items() if k.startswith("weight_")) == PPM_ONE
