"""Policy rows: loaded once, never edited, resolved in one query."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from unittest import mock

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.ground.policy import reads, verbs
from linli.ground.policy.core import Value
from linli.ground.policy.keys import KEYS
from linli.ground.policy.models import PolicyValue
from linli.kernel.actor import Actor
from linli.kernel.errors import Refusal, Refused
from linli.kernel.tests.fakes import FakeStep

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = date(2026, 6, 1)
YUEXIU = "440104001001"


def step() -> FakeStep:
    return FakeStep(Actor.system("operator"), NOW)


@pytest.fixture
def loaded(db: None) -> FakeStep:
    s = step()
    verbs.load_shipped(s)
    return s


def test_loading_twice_writes_once(loaded: FakeStep) -> None:
    assert loaded.recorded == [("policy:loaded", "", {"rows": len(verbs.shipped())})]
    again = step()
    assert verbs.load_shipped(again) == 0
    assert again.recorded == []
    assert reads.loaded()


def test_a_place_is_resolved_in_one_query_and_twenty_too(loaded: FakeStep) -> None:
    with CaptureQueriesContext(
        connection,
    ) as one:
        here = reads.policy(YUEXIU, DAY)
    with CaptureQueriesContext(connection) as twenty:
        many = reads.policies([f"4401040010{n:02d}" for n in range(1, 21)], DAY)
    assert len(one) == len(twenty) == 1
    assert many[YUEXIU].minutes("answer_minutes") == here.minutes("answer_minutes") == 120


def test_each_kind_is_read_by_its_own_method(loaded: FakeStep) -> None:
    here = reads.policy(YUEXIU, DAY)
    assert (here.minutes("handle_minutes"), here.days("plan_days"), here.years("redeem_age_years")) == (4320, 15, 60)
    assert (here.count("open_needs_max"), here.metres("radius_metres"), here.ppm("blue_ppm")) == (5, 1200, 700_000)
    assert (here.fen("errand_float_fen"), here.flag("kin_redeem_allowed"), here.text("emergency_ambulance")) == (30_000, True, "120")
    assert here.region == "mega"
    for wrong in (
        lambda: here.days("handle_minutes"),
        lambda: here.text("handle_minutes"),
        lambda: here.minutes("emergency_fire"),
        lambda: here.minutes("nothing"),
    ):
        with pytest.raises(KeyError):
            wrong()


def test_nothing_in_force_is_an_error_not_a_default(db: None) -> None:
    with pytest.raises(KeyError):
        reads.policy(YUEXIU, DAY).minutes("answer_minutes")


def test_a_value_explains_itself(loaded: FakeStep) -> None:
    why = reads.policy(YUEXIU, DAY).explain("hours_round_minutes")
    assert (why.place, why.value, why.weak) == ("4401", 60, True)
    assert "广州" in why.source
    rows = reads.policy(YUEXIU, DAY).rows()
    assert [row.key.name for row in rows] == list(KEYS)


def test_a_new_value_starts_on_its_day_and_the_old_one_stays_in_history(loaded: FakeStep) -> None:
    s = step()
    verbs.set_value(s, Value("answer_minutes", "440104", date(2026, 7, 1), 90, "越秀区 2026"))
    assert s.recorded == [("policy:set", "440104", {"key": "answer_minutes", "region": "", "value": 90, "starts_on": "2026-07-01"})]
    assert [reads.policy(YUEXIU, on).minutes("answer_minutes") for on in (date(2026, 6, 30), date(2026, 7, 1))] == [120, 90]
    verbs.set_value(step(), Value("answer_minutes", "440104", date(2026, 8, 1), 100, "越秀区 2026"))
    assert [v.value for v in reads.history("answer_minutes", "440104")] == [90, 100]
    assert [v.value for v in reads.history("answer_minutes", "")] == [120]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (Value("answer_minutes", "4401", DAY, 0, "s"), "answer_minutes"),
        (Value("answer_minutes", "4401", DAY, 59, "s"), "answer_minutes"),  # under the special groups' clock
        (Value("weight_safety_ppm", "4401", DAY, 80_000, "s"), "weight_safety_ppm"),  # weights would not add up
        (Value("weight_safety_ppm", "", DAY, 80_000, "s", region="mega"), "weight_safety_ppm"),
        (Value("nothing", "4401", DAY, 1, "s"), "nothing"),
        (Value("hours_round_minutes", "4401", date(2019, 8, 26), 30, "s"), "starts_on"),
    ],
)
def test_a_value_that_breaks_the_set_or_stands_already_is_refused(loaded: FakeStep, value: Value, field: str) -> None:
    s, before = step(), PolicyValue.objects.count()
    with pytest.raises(Refused) as refused:
        verbs.set_value(s, value)
    assert (refused.value.code, refused.value.field) == (Refusal.INPUT_INVALID, field)
    assert (PolicyValue.objects.count(), s.recorded) == (before, [])


def test_weights_change_together(loaded: FakeStep) -> None:
    verbs.set_values(step(), [Value("weight_safety_ppm", "4401", DAY, 80_000, "s"), Value("weight_sharing_ppm", "4401", DAY, 30_000, "s")])
    here = reads.policy(YUEXIU, DAY)
    assert (here.ppm("weight_safety_ppm"), here.ppm("weight_sharing_ppm")) == (80_000, 30_000)


def test_all_values_are_set_or_none(loaded: FakeStep) -> None:
    fine, taken = Value("reopen_days", "4401", DAY, 9, "s"), Value("hours_round_minutes", "4401", date(2019, 8, 26), 30, "s")
    with pytest.raises(Refused):
        verbs.set_values(step(), [fine, taken])
    assert reads.history("reopen_days", "4401") == ()


def test_what_an_office_set_stays_when_a_release_ships_the_same_row(db: None) -> None:
    verbs.set_value(step(), Value("plan_days", "", date(2020, 1, 1), 20, "the office"))
    verbs.load_shipped(step())
    assert reads.policy("", DAY).days("plan_days") == 20


def test_a_shipped_row_that_was_edited_is_refused_loudly(loaded: FakeStep) -> None:
    edited = [Value("plan_days", "", date(2020, 1, 1), 16, "report §5.5.2")]
    with (
        mock.patch.object(verbs, "shipped", return_value=edited),
        pytest.raises(ValueError, match="plan_days of the nation from 2020-01-01"),
    ):
        verbs.load_shipped(step())


@pytest.mark.parametrize("sql", ["UPDATE policy_policyvalue SET value = '1'", "DELETE FROM policy_policyvalue"])
def test_the_database_refuses_edits(loaded: FakeStep, sql: str) -> None:
    with pytest.raises(Error, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_start_at_once_load_once() -> None:
    def load() -> None:
        try:
            with transaction.atomic():
                found.append(verbs.load_shipped(step()))
        finally:
            connection.close()

    found: list[int] = []
    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 0, 0, len(verbs.shipped())]
    assert PolicyValue.objects.count() == len(verbs.shipped())


@pytest.mark.parametrize("place", ["440104001001", "110101001001", "440104001201", "330106001001", "659001500400"])
def test_every_number_in_force_anywhere_has_a_source_and_a_start(loaded: FakeStep, place: str) -> None:
    rows = reads.policy(place, DAY).rows()
    assert {row.key.name for row in rows} >= set(KEYS) - {"region_kind"}
    for row in rows:
        assert row.value.source.strip(), row.key.name
        assert row.value.starts_on <= DAY, row.key.name
        assert place.startswith(row.value.place), row.key.name
        assert row.key.zh, row.key.name


def test_the_nearest_place_wins_down_to_the_community(loaded: FakeStep) -> None:
    for minutes, place in ((119, "44"), (118, "4401"), (117, "440104"), (116, "440104001"), (115, YUEXIU)):
        verbs.set_value(step(), Value("answer_minutes", place, DAY, minutes, "测试"))
    told = {p: reads.policy(p, DAY).minutes("answer_minutes") for p in ("31", "44", "4401", "440104", "440104001", YUEXIU, "440104001002")}
    assert told == {"31": 120, "44": 119, "4401": 118, "440104": 117, "440104001": 116, YUEXIU: 115, "440104001002": 116}
    assert reads.policy(YUEXIU, DAY).explain("answer_minutes").place == YUEXIU
    assert reads.policy(YUEXIU, date(2026, 5, 31)).minutes("answer_minutes") == 120


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"source": "''"}, "policy_source"),
        ({"region": "'mars'"}, "policy_region"),
        ({"region": "'mega'", "place_code": "'44'"}, "policy_region"),
        ({"ends_on": "starts_on"}, "policy_ends"),
        ({}, "policy_once"),
    ],
)
def test_the_database_refuses_a_bad_row(loaded: FakeStep, columns: dict[str, str], says: str) -> None:
    names = ("key", "place_code", "region", "starts_on", "ends_on", "value", "source", "weak", "shipped", "set_by", "recorded_at")
    taken = ", ".join(columns.get(name, name) for name in names)
    with database_refuses(says):
        run(f"INSERT INTO policy_policyvalue ({', '.join(names)}) SELECT {taken} FROM policy_policyvalue LIMIT 1")
