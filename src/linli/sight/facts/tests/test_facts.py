"""Facts count once, are tallied by place and time, and are never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.actor import Actor
from linli.kernel.tests.fakes import FakeStep
from linli.sight.facts import reads, verbs
from linli.sight.facts.core import NOTHING, FactIn, FactKind, Loaded, Tally

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOME, NEXT, AWAY = "440104001001", "440104001002", "440105001001"
LI, WANG = UUID(int=1), UUID(int=2)

TALLIES = st.builds(Tally, *[st.integers(0, 10**6)] * 4)


@given(TALLIES, TALLIES, TALLIES)
def test_tallies_add_up_in_any_order(a: Tally, b: Tally, c: Tally) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + NOTHING == a


def load(*facts: FactIn, now: datetime = NOW) -> Loaded:
    return verbs.load(FakeStep(Actor.system("stock"), now), facts)


def rated(number: int, stars: int, place: str = HOME, *, at: datetime = NOW) -> FactIn:
    return FactIn(FactKind.RATED, f"visit:{number}", place, stars >= 4, at, stars, "meal")


@pytest.mark.django_db
def test_a_fact_counts_once_however_often_it_is_loaded() -> None:
    load(rated(1, 5), rated(2, 2))
    load(rated(1, 5), rated(3, 4))
    assert reads.tallies("4401", NOW, NOW + DAY) == {(HOME, FactKind.RATED): Tally(2, 3, 11, 0)}


@pytest.mark.django_db
def test_what_reads_differently_now_is_a_correction_beside_what_it_corrects() -> None:
    load(rated(1, 5), rated(2, 4))
    assert load(replace(rated(1, 1), place=AWAY)) == Loaded(0, 1, 0, 0)
    assert load(replace(rated(1, 1), place=AWAY)) == Loaded(0, 0, 1, 0)
    assert reads.tallies("4401", NOW, NOW + DAY) == {
        (HOME, FactKind.RATED): Tally(1, 1, 4, 0),
        (AWAY, FactKind.RATED): Tally(0, 1, 1, 0),
    }
    assert [(f.revision, f.value, f.place) for f in reads.corrections(FactKind.RATED, "visit:1")] == [(0, 5, HOME), (1, 1, AWAY)]


@pytest.mark.django_db
def test_what_did_not_happen_is_taken_back_and_may_come_again() -> None:
    load(rated(1, 5))
    assert load(replace(rated(1, 5), gone=True)) == Loaded(0, 1, 0, 0)
    assert load(replace(rated(1, 5), gone=True), replace(rated(9, 5), gone=True)) == Loaded(0, 0, 2, 0)  # never there, nothing to take back
    assert reads.tallies("4401", NOW, NOW + DAY) == {}
    assert load(rated(1, 5)) == Loaded(0, 1, 0, 0)
    assert reads.tallies("4401", NOW, NOW + DAY) == {(HOME, FactKind.RATED): Tally(1, 1, 5, 0)}


@pytest.mark.django_db
def test_one_reference_twice_in_one_load_counts_once_by_its_last_word() -> None:
    assert load(rated(1, 5), rated(1, 3)) == Loaded(1, 0, 1, 0)
    assert reads.tallies("4401", NOW, NOW + DAY) == {(HOME, FactKind.RATED): Tally(0, 1, 3, 0)}


@pytest.mark.django_db
def test_what_can_not_be_true_is_put_aside_with_its_reason_and_counts_nowhere() -> None:
    late = FactIn(FactKind.NEED_ENDED, "need:1", HOME, True, NOW, -5)
    wrong = (rated(1, 5, at=NOW + DAY), late, rated(2, 5, "440104"), rated(3, 7), rated(4, 5, "44010400100a"))
    assert load(*wrong, rated(5, 5)) == Loaded(1, 0, 0, 5)
    assert load(*wrong) == Loaded(0, 0, 0, 5)
    assert {(row.kind, row.about, row.problem) for row in reads.aside("4401")} == {
        ("rated", "visit:1", "future"), ("need_ended", "need:1", "reversed"), ("rated", "visit:2", "place"), ("rated", "visit:3", "value"),
        ("rated", "visit:4", "place"),
    }  # fmt: skip
    assert sum(t.n for t in reads.tallies("4401", NOW - DAY, NOW + 2 * DAY).values()) == 1
    assert load(rated(1, 5)) == Loaded(1, 0, 0, 0)  # once put right it is taken


@pytest.mark.django_db
def test_a_late_fact_keeps_both_clocks() -> None:
    load(rated(1, 5, at=NOW - 40 * DAY))
    (row,) = reads.corrections(FactKind.RATED, "visit:1")
    assert (row.occurred_at, row.recorded_at) == (NOW - 40 * DAY, NOW)


@pytest.mark.django_db
def test_tallies_by_community_kind_and_time() -> None:
    took = [FactIn(FactKind.TOOK_PART, f"need:{n}", HOME + "01001", True, NOW, subject=who) for n, who in enumerate((LI, LI, WANG))]
    load(rated(1, 5), rated(2, 1, NEXT), rated(3, 5, AWAY), rated(4, 5, at=NOW - DAY), rated(5, 5, at=NOW + DAY), *took, now=NOW + DAY)
    found = reads.tallies("440104", NOW, NOW + DAY)
    assert found == {
        (HOME, FactKind.RATED): Tally(1, 1, 5, 0),
        (NEXT, FactKind.RATED): Tally(0, 1, 1, 0),
        (HOME, FactKind.TOOK_PART): Tally(3, 3, 0, 2),  # a grid's facts are the community's; one person counts once
    }
    assert reads.districts() == {"440104", "440105"}
    assert (reads.latest(HOME), reads.latest("4402")) == (NOW + DAY, None)


@pytest.mark.django_db
def test_a_district_is_one_query() -> None:
    load(*[rated(n, n % 5 + 1, f"4401040010{n % 20 + 10}") for n in range(100)])
    with CaptureQueriesContext(connection) as queries:
        found = reads.tallies("440104", NOW, NOW + DAY)
    assert (len(queries), len(found), sum(t.n for t in found.values())) == (1, 20, 100)


@pytest.mark.django_db
def test_what_the_database_refuses() -> None:
    load(rated(1, 5))
    columns = "kind, about, place_code, service, good, value, occurred_at, recorded_at"
    for change, says in (
        ("UPDATE facts_fact SET good = false", "never changed"),
        ("DELETE FROM facts_fact", "never changed"),
        (f"INSERT INTO facts_fact ({columns}) SELECT {columns} FROM facts_fact", "fact_once"),
        (f"INSERT INTO facts_fact ({columns}) SELECT {columns.replace('kind', chr(39) + 'gossip' + chr(39))} FROM facts_fact", "fact_kind"),
        (f"INSERT INTO facts_fact ({columns}) SELECT {columns.replace('about', chr(39) + 'x' + chr(39)).replace('value', '6')} FROM facts_fact", "fact_stars"),
        (f"INSERT INTO facts_fact ({columns}) SELECT {columns.replace('kind', chr(39) + 'visit_done' + chr(39)).replace('value', '-1')} FROM facts_fact", "fact_value"),
    ):  # fmt: skip
        with database_refuses(says):
            run(change)
