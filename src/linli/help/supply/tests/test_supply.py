"""Helpers on a real database: what they offer, certificates, blocked pairs, rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.help.supply import reads
from linli.help.supply.verbs import helpers as verbs
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.tests.fakes import FakeStep

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
HOME, OTHER = "440104001001", "440104002001"
LI, WANG, WU, CHEN = (UUID(int=n) for n in range(1, 5))
NEW = verbs.NewHelper(WANG, HOME + "01003", ("meal", "talk"), 1200, ("zh-hans",), ((0, 540, 720),), "m", False, 23_130_000, 113_260_000)


def step(now: datetime = NOW) -> FakeStep:
    return FakeStep(Actor.of_person(CHEN, home=HOME), now)


@pytest.fixture
def wang(db: None) -> UUID:
    verbs.register(step(), NEW)
    return WANG


def test_a_helper_stands_as_they_registered(wang: UUID) -> None:
    row = reads.helper(wang, NOW)
    assert row == reads.HelperRow(
        WANG, HOME + "01003", ("meal", "talk"), ("zh-hans",), ((0, 540, 720),), 1200, "m", False, 23_130_000, 113_260_000, False, NOW
    )
    assert reads.is_helper(wang)
    assert not reads.is_helper(LI)
    with pytest.raises(NotFound):
        reads.helper(LI, NOW)


def test_registering_again_changes_what_is_offered_and_follows_a_move(wang: UUID) -> None:
    verbs.set_paused(step(), wang, True)
    moved = replace(NEW, place=OTHER + "01001", skills=("repair",), radius_metres=500, slots=(), minor=False, lat_micro=23_150_000)
    verbs.register(step(NOW + timedelta(days=9)), moved)
    row = reads.helper(wang, NOW)
    assert (row.place, row.skills, row.radius_metres, row.slots, row.lat_micro) == (OTHER + "01001", ("repair",), 500, (), 23_150_000)
    assert row.joined_at == NOW
    assert row.paused  # only `set_paused` ends a pause


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (replace(NEW, skills=()), "skills"),
        (replace(NEW, skills=("meal", "magic")), "skills"),
        (replace(NEW, slots=((7, 0, 60),)), "slots"),
        (replace(NEW, slots=((0, 60, 60),)), "slots"),
        (replace(NEW, slots=((0, 0, 1441),)), "slots"),
        (replace(NEW, radius_metres=99), "radius_metres"),
        (replace(NEW, radius_metres=20_001), "radius_metres"),
        (replace(NEW, lat_micro=90_000_001), "point"),
        (replace(NEW, lon_micro=None), "point"),
        (replace(NEW, lat_micro=10**12), "point"),
    ],
)
def test_what_can_not_be_is_refused_by_name_and_none_is_registered(db: None, bad: verbs.NewHelper, field: str) -> None:
    with pytest.raises(Refused) as caught:
        verbs.register_many(step(), [replace(NEW, person=WU), bad])
    assert (caught.value.code, caught.value.field) == (Refusal.INPUT_INVALID, field)
    assert not reads.is_helper(WU)


def test_a_pause_takes_a_helper_out_of_matching_only(wang: UUID) -> None:
    verbs.set_paused(step(), wang, True)
    assert reads.count_at(HOME) == 0
    assert reads.counts_by_community("4401") == {}
    assert reads.with_skill(["meal"], within=[HOME], now=NOW) == ()
    assert [row.person for row in reads.list_at(HOME, NOW)] == [wang]
    verbs.set_paused(step(), wang, False)
    assert reads.count_at(HOME) == 1
    assert reads.counts_by_community("4401") == {HOME: 1}
    with pytest.raises(NotFound):
        verbs.set_paused(step(), LI, True)


def test_who_can_do_it_and_who_is_free_is_told_by_skill_and_weekday(wang: UUID) -> None:
    rest = replace(NEW, person=CHEN, skills=("meal",))
    # From midnight to two minutes past: numbers that are weekdays too, but stand for hours.
    verbs.register_many(step(), [replace(NEW, person=WU, skills=("meal",), slots=((2, 0, 2), (2, 540, 720), (6, 1, 5))), rest])
    verbs.register(step(), replace(NEW, person=LI, skills=("talk",), slots=()))
    verbs.set_paused(step(), CHEN, True)
    free = reads.free_by_skill(HOME)
    assert free == {
        "": reads.Free(3, (2, 1, 2, 1, 1, 1, 2)),
        "meal": reads.Free(2, (1, 0, 1, 0, 0, 0, 1)),
        "talk": reads.Free(2, (2, 1, 1, 1, 1, 1, 1)),
    }
    assert reads.free_by_skill(OTHER) == {}
    for weekday in range(7):
        for skill in ("meal", "talk"):
            assert len(reads.list_at(HOME, NOW, skill=skill, weekday=weekday)) == free[skill].by_weekday[weekday], (skill, weekday)
    assert len(reads.list_at(HOME, NOW)) == 4


def test_a_certificate_is_kept_without_its_number(wang: UUID) -> None:
    until = date(2027, 1, 1)
    verbs.certify(step(), wang, kind="care", number=" ABC-123 ", valid_until=until, checked_by=CHEN)
    verbs.certify(step(), wang, kind="care", number="ABC-123", valid_until=date(2028, 1, 1), checked_by=CHEN)
    verbs.certify(step(), wang, kind="care", number="OTHER", valid_until=until, checked_by=CHEN)
    assert reads.helper(wang, NOW).certificates == {"care": date(2028, 1, 1)}
    rows = run("SELECT kind, number_hash, valid_until FROM supply_certificate ORDER BY valid_until")
    assert len(rows) == 2
    assert "ABC-123" not in str(rows)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"kind": "pilot"}, Refusal.INPUT_INVALID, "kind"),
        ({"number": "  "}, Refusal.INPUT_MISSING, "number"),
        ({"valid_until": date(2026, 6, 1)}, Refusal.TIME_PAST, "valid_until"),
    ],
)
def test_a_bad_certificate_is_refused_by_name(wang: UUID, changed: dict[str, object], code: Refusal, field: str) -> None:
    facts: dict[str, object] = {"kind": "care", "number": "1", "valid_until": date(2027, 1, 1), "checked_by": CHEN, **changed}
    with pytest.raises(Refused) as caught:
        verbs.certify(step(), wang, **facts)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == (code, field)
    with pytest.raises(NotFound):
        verbs.certify(step(), LI, kind="care", number="1", valid_until=date(2027, 1, 1), checked_by=CHEN)


def test_either_of_two_can_block_and_only_take_back_their_own(wang: UUID) -> None:
    verbs.block(step(), LI, wang)
    verbs.block(step(), LI, wang)
    assert reads.blocked_between(wang, LI)
    assert reads.blocked_between(LI, wang)
    assert reads.helper(wang, NOW).blocked == {LI}
    assert (reads.blocked_by(LI), reads.blocked_by(wang)) == ((wang,), ())
    with pytest.raises(NotFound):
        verbs.unblock(step(), wang, LI)
    verbs.block(step(), wang, LI)
    verbs.unblock(step(), LI, wang)
    assert reads.blocked_between(LI, wang)
    verbs.unblock(step(), wang, LI)
    assert not reads.blocked_between(LI, wang)
    with pytest.raises(Refused, match="input_invalid"):
        verbs.block(step(), LI, LI)


def test_three_refusals_in_thirty_days_rest_a_service(wang: UUID) -> None:
    for day in (0, 10, 20):
        assert reads.helper(wang, NOW + timedelta(days=day)).rests_from == frozenset()
        verbs.remember_refusal(step(NOW + timedelta(days=day)), wang, "meal", "忙" * 300)
    assert reads.helper(wang, NOW + timedelta(days=20)).rests_from == {"meal"}
    assert reads.helper(wang, NOW + timedelta(days=30)).rests_from == {"meal"}
    assert reads.helper(wang, NOW + timedelta(days=30, seconds=1)).rests_from == frozenset()
    verbs.remember_refusal(step(), wang, "talk", "")
    assert reads.helper(wang, NOW + timedelta(days=20)).rests_from == {"meal"}


def test_matching_finds_by_skill_place_and_box(wang: UUID) -> None:
    far = replace(NEW, person=WU, place=OTHER + "01001", skills=("repair",), lat_micro=None, lon_micro=None)
    verbs.register(step(NOW + timedelta(days=1)), far)

    def found(*skills: str, within: Sequence[str] = (), near: tuple[int, int, int] | None = None, limit: int = 2000) -> list[UUID]:
        return [row.person for row in reads.with_skill(skills, within=within, now=NOW, near=near, limit=limit)]

    assert found("meal", within=[HOME]) == [WANG]
    assert found("meal", within=[OTHER]) == []
    assert found("", within=[HOME, OTHER]) == [WANG, WU]
    assert found("repair", "meal", within=["4401"], limit=1) == [WANG]
    assert found("meal", within=[], near=(23_130_000, 113_260_000, 10)) == [WANG]
    assert found("meal", within=[], near=(23_130_011, 113_260_000, 10)) == []
    assert [row.person for row in reads.list_at("4401", NOW)] == [WU, WANG]
    assert [row.person for row in reads.list_at("4401", NOW, offset=1, limit=1)] == [WANG]
    assert "meal" in reads.known_skills()
    assert "care" in reads.known_certificates()


def test_a_street_of_helpers_costs_as_many_queries_as_one(wang: UUID) -> None:
    with CaptureQueriesContext(connection) as one:
        assert len(reads.with_skill(["meal"], within=[HOME], now=NOW)) == 1
    verbs.register_many(step(), [replace(NEW, person=UUID(int=100 + n)) for n in range(30)])
    with CaptureQueriesContext(connection) as many:
        assert len(reads.with_skill(["meal"], within=[HOME], now=NOW)) == 31
    assert len(one) == len(many) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("skills = '{}'", "helper_has_skill"),
        ("radius_metres = 0", "helper_radius"),
        ("sex = 'x'", "helper_sex"),
        ("lat_micro = NULL", "helper_point"),
        ("lat_micro = 90000001", "helper_point"),
    ],
)
def test_what_the_database_refuses_of_a_helper(wang: UUID, change: str, says: str) -> None:
    with database_refuses(says):
        run(f"UPDATE supply_helper SET {change}")


def test_the_database_refuses_doubles_and_oneself(wang: UUID) -> None:
    verbs.certify(step(), wang, kind="care", number="1", valid_until=date(2027, 1, 1), checked_by=CHEN)
    verbs.block(step(), LI, wang)
    for change, says in (
        ("UPDATE supply_certificate SET kind = 'pilot'", "certificate_kind"),
        ("UPDATE supply_certificate SET checked_by = helper_id", "certificate_by_another"),
        ("UPDATE supply_blockedpair SET other = person", "blocked_two"),
        ("INSERT INTO supply_blockedpair (person, other, at) SELECT person, other, at FROM supply_blockedpair", "blocked_once"),
        ("DELETE FROM supply_helper", "supply_certificate"),
    ):
        with database_refuses(says):
            run(change)
            run("SET CONSTRAINTS ALL IMMEDIATE")
