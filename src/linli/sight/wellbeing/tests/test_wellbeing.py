"""Indexes as they are kept: the page's own numbers are enough to work each one out again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.actor import Actor
from linli.kernel.tests.fakes import FakeStep
from linli.sight.wellbeing import reads, verbs
from linli.sight.wellbeing.core import Count, Dimension, Likeness, Peers, Weights, score
from linli.sight.wellbeing.reads import METHOD
from linli.sight.wellbeing.tests.test_core import WEIGHTS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
DAY = date(2026, 6, 1)
HOME, NEXT = "440104001001", "440104001002"
PEERS = Peers(Likeness.SIZE, 11, {d: Count(70, 100) for d in Dimension})


def keep(counts: dict[str, dict[Dimension, Count]], *, day: date = DAY, weights: Weights = WEIGHTS, method: str = METHOD) -> None:
    scores = {place: score(own, PEERS, weights) for place, own in counts.items()}
    verbs.keep(FakeStep(Actor.system("stock"), NOW), scores, day=day, method=method, starts_at=NOW - timedelta(days=30))


FULL: dict[Dimension, Count] = {d: Count(3 + n, 10) for n, d in enumerate(d for d in Dimension if d is not Dimension.SHARING)}


def test_an_index_can_be_worked_out_again_from_the_numbers_on_its_page() -> None:
    keep({HOME: FULL})
    row = reads.index(HOME)
    assert row is not None
    assert row.value_ppm is not None
    own = {d.code: Count(d.hits, d.n) for d in row.dimensions if d.n}
    peers = {d.code: Count(d.peers_ppm, 1_000_000) for d in row.dimensions if d.peers_ppm is not None}
    assert (row.prior, row.likeness, row.peer_places) == (WEIGHTS.prior, Likeness.SIZE, 11)
    kept = Weights({d.code: d.weight_ppm for d in row.dimensions}, row.prior, WEIGHTS.known_min_ppm)
    again = score(own, Peers(row.likeness, row.peer_places, peers), kept)
    assert (again.value_ppm, again.low_ppm, again.high_ppm, again.known_ppm) == (row.value_ppm, row.low_ppm, row.high_ppm, row.known_ppm)
    by_hand = sum(d.weight_ppm * d.value_ppm for d in row.dimensions if d.value_ppm is not None) / row.known_ppm
    assert row.value_ppm == round(by_hand)
    sharing = next(d for d in row.dimensions if d.code is Dimension.SHARING)
    assert (sharing.n, sharing.value_ppm, sharing.low_ppm, sharing.high_ppm, sharing.peers_ppm) == (0, None, None, None, None)


def test_too_little_known_is_no_index_and_no_zero() -> None:
    keep({HOME: {Dimension.RESPONSE: Count(9, 9)}})
    row = reads.index(HOME)
    assert row is not None
    assert (row.value_ppm, row.known_ppm) == (None, WEIGHTS.by_dimension[Dimension.RESPONSE])
    assert reads.index(NEXT) is None


def test_a_day_has_one_row_and_days_make_a_history() -> None:
    for days in range(3):
        keep({HOME: FULL, NEXT: FULL}, day=DAY + timedelta(days=days))
    better: dict[Dimension, Count] = {d: Count(10, 10) for d in FULL}
    keep({HOME: better}, day=DAY + timedelta(days=2))
    history = reads.history(HOME)
    assert [row.day for row in history] == [DAY + timedelta(days=n) for n in range(3)]
    assert (history[2].value_ppm or 0) > (history[1].value_ppm or 0)
    assert [row.day for row in reads.history(HOME, 2)] == [DAY + timedelta(days=1), DAY + timedelta(days=2)]
    assert reads.index(HOME) == history[2]
    with CaptureQueriesContext(connection) as queries:
        found = reads.indexes([HOME, NEXT, "440104001003"])
    assert (len(queries), set(found), found[HOME]) == (1, {HOME, NEXT}, history[2])


def test_what_an_earlier_method_scored_is_seen_until_todays_has_scored_it() -> None:
    for days in range(3):
        keep({HOME: FULL, NEXT: FULL}, day=DAY + timedelta(days=days), method="health-1")
    worse: dict[Dimension, Count] = {d: Count(1, 10) for d in FULL}
    assert {row.method for row in reads.history(HOME)} == {"health-1"}
    assert reads.below(HOME)[HOME].method == "health-1"
    assert [(day, sorted(rows)) for day, rows in reads.behind("4401").items()] == [
        (DAY + timedelta(days=n), [HOME, NEXT]) for n in range(3)
    ]
    keep({HOME: worse}, day=DAY + timedelta(days=2))
    assert [(row.method, row.day) for row in reads.history(HOME)] == [(METHOD, DAY + timedelta(days=2))]
    newest, other = reads.index(HOME), reads.indexes([HOME, NEXT])
    assert newest is not None
    assert (newest.method, other[HOME].method, other[NEXT].method) == (METHOD, METHOD, "health-1")
    assert sum(len(rows) for rows in reads.behind("4401").values()) == 5
    ((day, values),) = reads.by_method(HOME)
    assert day == DAY + timedelta(days=2)
    assert (values["health-1"] or 0) > (values[METHOD] or 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("value_ppm = 1000001, high_ppm = 1000000", "index_"),
        ("value_ppm = -1", "index_"),
        ("low_ppm = high_ppm + 1", "index_"),
        ("low_ppm = value_ppm + 1, high_ppm = 1000000", "index_inside"),
        ("high_ppm = 1000001", "index_interval"),
        ("known_ppm = 1000001", "index_interval"),
        ("likeness = 'none'", "index_peers"),
        ("peer_places = 0", "index_peers"),
        ("prior = -1", "index_peers"),
    ],
)
def test_what_the_database_refuses(change: str, says: str) -> None:
    keep({HOME: FULL})
    with database_refuses(says):
        run(f"UPDATE wellbeing_indexrow SET {change}")
    with database_refuses("index_once"):
        columns = "place_code, day, method, low_ppm, high_ppm, known_ppm, prior, likeness, peer_places, dimensions, starts_at, recorded_at"
        run(f"INSERT INTO wellbeing_indexrow ({columns}) SELECT {columns} FROM wellbeing_indexrow")
