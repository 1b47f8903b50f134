"""Figures: what DuckDB counts in frozen files is what a plain recount gives; sets are frozen once; small counts stay hidden."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from linli.ground.places import reads as places
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.tests.fakes import FakeStep
from linli.sight.facts import counting, reads, sets, verbs
from linli.sight.facts.asking import KEPT, statement
from linli.sight.facts.core import FactIn, FactKind, Stock, day_of, month_bounds, resolved
from linli.sight.facts.counting import Asked
from linli.sight.facts.figure import Withheld
from linli.sight.facts.indicator import Shape
from linli.sight.facts.indicators import LISTED, REGISTRY, RULES
from linli.sight.facts.measures import MEASURES
from linli.sight.facts.small import Cell, Rules, hidden
from linli.sight.facts.statements import kept_texts, sql

RECORDS = bool(os.environ.get("RECORD"))  # write the kept statements anew
NOW = datetime(2026, 6, 20, 1, tzinfo=UTC)
PLACES = ("440104001001", "440104001002", "440104002001", "440105001001")
DOMAINS = {"meal": "elder", "medicine": "health", "repair": "home"}
PEOPLE = [UUID(int=n) for n in range(1, 30)]
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)

FORKED_SECONDS = 20


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.LINLI_DATA = tmp_path


def some(seed: int, n: int = 400) -> list[FactIn]:
    """Return made-up facts of every kind over two months."""
    dice, kinds = Random(seed), list(FactKind)
    found = []
    for number in range(n):
        kind = dice.choice(kinds)
        at = NOW - timedelta(minutes=dice.randrange(60 * 24 * 45))
        place, tag = dice.choice(PLACES), dice.choice(["", "urgent", "accepted", "paper", "asked", "helped", "street", "blue"])
        value = dice.randint(1, 5) if kind is FactKind.RATED else dice.choice([0, 1, 2, 3, 5, 8, 30, 45, 60, 90, 4000])
        if kind is FactKind.STOCK:
            tag = dice.choice(list(Stock)).value
        found.append(
            FactIn(
                kind, f"x:{number}", place, dice.random() < 0.7, at, value, dice.choice(list(DOMAINS)), dice.choice([None, *PEOPLE]),
                dice.choice(["", "alone", "disabled", "child", "low_income"]), dice.choice(["web", "code", "phone"]), tag,
            )
        )  # fmt: skip
    return found


def step(now: datetime = NOW) -> FakeStep:
    return FakeStep(Actor.system("stock"), now)


def freeze(*, moved: Mapping[str, str] | None = None, now: datetime = NOW, city: str = "4401") -> str | None:
    return verbs.freeze(step(now), city, domains=DOMAINS, moved=moved or {})


def fits(fact: FactIn, where: Iterable[tuple[str, Any]]) -> bool:
    seen = {
        "grp": fact.group, "channel": fact.channel, "tag": fact.tag, "good": fact.good, "value": fact.value, "service": fact.service,
        "domain": DOMAINS[fact.service],
    }  # fmt: skip
    return all(seen[name] in value if isinstance(value, tuple) else seen[name] == value for name, value in where)


def quantile(values: list[int], tenths: int) -> int:
    """Recount in whole numbers: between two neighbours in proportion, a half up."""
    if not values:
        return 0
    ordered = sorted(values)
    low, rest = divmod(tenths * (len(ordered) - 1), 10)
    high = min(low + 1, len(ordered) - 1)
    return (2 * (ordered[low] * (10 - rest) + ordered[high] * rest) + 10) // 20


def recount(name: str, facts: list[FactIn]) -> int:
    """Count one measure by hand."""
    measure = MEASURES[name]
    kept = [(n, f) for n, f in enumerate(facts) if f.kind.value in measure.kinds]
    if measure.frame == "stock":
        newest: dict[tuple[str, str], tuple[date, int, int]] = {}
        for n, f in kept:
            newest[f.place, f.tag] = max(newest.get((f.place, f.tag), (date.min, 0, 0)), (day_of(f.occurred_at), n, f.value))
        if name == "looked_at_registers":
            return len(newest)
        (_, tags), *_rest = measure.where
        return sum(value for (_, tag), (_, _, value) in newest.items() if tag in tags)
    if measure.frame == "load":
        return load_of(name, [f for _, f in kept if f.subject is not None])
    held = [f for _, f in kept if fits(f, measure.where)]
    if name.endswith(("_p50", "_p90")):
        return quantile([f.value for f in held], 5 if name.endswith("_p50") else 9)
    if name in {"helpers_active", "took_part", "asked_people", "helped_people"}:
        return len({f.subject for f in held if f.subject is not None})
    if name == "sign_lag":
        return max((f.value for f in held), default=0)
    if name in {"visit_minutes", "stars", "looks", "evidenced"} or (name.startswith("hours_") and not name.endswith("_n")):
        return sum(f.value for f in held)
    return len(held)


def load_of(name: str, facts: list[FactIn]) -> int:
    minutes: dict[UUID | None, int] = {}
    times: dict[UUID | None, int] = {}
    for f in facts:
        minutes[f.subject] = minutes.get(f.subject, 0) + f.value
        times[f.subject] = times.get(f.subject, 0) + 1
    up = sorted(minutes.values())
    n = len(up)
    return {
        "helpers_helped": n,
        "helpers_again": sum(1 for t in times.values() if t >= 2),
        "load_minutes": sum(up),
        "load_top": sum(up[::-1][: -(-n // 10)]),
        "gini_top": 2 * sum((place + 1) * m for place, m in enumerate(up)) - (n + 1) * sum(up),
        "gini_bottom": n * sum(up),
    }[name]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_duckdb_counts_what_a_plain_recount_counts_at_every_level(seed: int) -> None:
    facts = some(seed)
    verbs.load(step(), facts)
    assert freeze()
    source = reads.source_of("44")
    counted = counting.count(Asked(source.between(MAY, JULY), "", MAY, JULY, None))
    held = [f for f in facts if MAY <= day_of(f.occurred_at) < JULY]
    assert {len(at) for at, _ in counted} == {2, 4, 6, 9, 12}
    for (at, _), row in counted.items():
        mine = [f for f in held if f.place.startswith(at)]
        assert row == {name: recount(name, mine) for name in row}, at
        assert set(row) == set(MEASURES)


@pytest.mark.django_db
def test_a_forked_process_counts_with_a_database_of_its_own() -> None:
    verbs.load(step(), some(1))
    assert freeze()
    files = reads.source_of("44").between(MAY, JULY)
    assert counting.count(Asked(files, "", MAY, JULY, 4))  # the parent's threads stand before the fork
    child = os.fork()
    if child == 0:
        signal.alarm(FORKED_SECONDS)  # a child that waits for threads it does not have would wait for ever
        os._exit(0 if counting.count(Asked(files, "", MAY, JULY, 6)) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.django_db
def test_the_figures_of_a_month_are_those_of_its_days_and_an_empty_quarter_says_no_data() -> None:
    facts = some(4)
    verbs.load(step(), facts)
    digest = freeze()
    start, end = month_bounds("2026-05")
    month = [f for f in facts if start <= f.occurred_at < end]
    found = reads.figures("4401", MAY, JUNE)
    assert found["needs_asked"].value == recount("asked", month)
    assert (found["needs_asked"].fact_set, found["needs_asked"].as_of) == (digest, NOW)
    series = reads.figure_series("4401", "needs_asked", [date(2026, 4, 1), MAY, JUNE])
    assert series[1].value == found["needs_asked"].value
    empty = reads.figures("4401", date(2025, 1, 1), date(2025, 4, 1))
    assert empty["satisfaction"].withheld is Withheld.NO_DATA
    assert empty["residents"].withheld is Withheld.NO_DATA  # nobody looked: not the same as nobody there
    assert empty["needs_asked"].value == 0
    assert reads.figures("3301", MAY, JUNE)["needs_asked"].withheld is Withheld.NO_DATA  # no fact set at all


@pytest.mark.django_db
def test_freezing_twice_is_one_set_and_only_what_changed_is_written_anew() -> None:
    verbs.load(step(), some(5))
    s = step()
    first = verbs.freeze(s, "4401", domains=DOMAINS, moved={})
    assert first
    assert s.kinds() == ["facts:set:frozen"]
    assert s.last()["digest"] == first
    assert freeze() is None
    before = sets.manifest_in(reads.fact_set(first).manifest)
    assert hashlib.sha256(before.text().encode()).hexdigest() == first
    assert all(sets.is_whole(f) for f in before.files)
    verbs.load(step(), [FactIn(FactKind.RATED, "late:1", PLACES[0], True, datetime(2026, 5, 10, tzinfo=UTC), 5, "meal")])
    second = freeze(now=NOW + timedelta(hours=1))
    after = sets.manifest_in(reads.fact_set(second or "").manifest)
    old, new = {f.month: f for f in before.files}, {f.month: f for f in after.files}
    assert {month for month in new if new[month] != old.get(month)} == {"2026-05"}
    one = reads.figures("4401", MAY, JUNE, fact_set=first)["ratings"].value
    two = reads.figures("4401", MAY, JUNE, fact_set=second)["ratings"].value
    assert one is not None
    assert two == one + 1  # the older set still says what it said
    with pytest.raises(NotFound):
        reads.figures("4401", MAY, JUNE, fact_set="0" * 64)


@pytest.mark.django_db
def test_no_person_leaves_with_a_set_and_lineage_leads_back_to_the_facts() -> None:
    verbs.load(step(), some(6))
    freeze()
    for path in (sets.folder() / "4401").rglob("*.parquet"):
        data = path.read_bytes()
        assert not any(str(person).encode() in data or person.bytes in data for person in PEOPLE)
    total = reads.figures("4401", MAY, JULY)["ratings"].value
    seen: list[reads.FactRef] = []
    cursor = 0
    while True:
        page = reads.events_of("4401", "ratings", MAY, JULY, cursor, limit=7)
        seen += page.rows
        if page.next is None:
            break
        cursor = page.next
    assert len(seen) == total == len({row.fact for row in seen})
    assert all(a.fact < b.fact for a, b in pairwise(seen))
    assert {row.kind for row in seen} == {FactKind.RATED}


@pytest.mark.django_db
def test_a_community_that_was_merged_is_counted_as_the_one_it_became() -> None:
    # As when 越秀区's small residents' committees were joined: the old code ends, a neighbour's goes on.
    verbs.load(step(), some(7))
    freeze()
    old, new = PLACES[0], PLACES[1]
    before = reads.figures("4401", MAY, JULY)["needs_asked"].value
    parts = [reads.figures(p, MAY, JULY, small=True)["needs_asked"].value or 0 for p in (old, new)]
    assert freeze(moved={old: new}, now=NOW + timedelta(hours=1))
    assert reads.figures(new, MAY, JULY, small=True)["needs_asked"].value == sum(parts)
    assert reads.figures(old, MAY, JULY, small=True)["needs_asked"].value == 0
    assert reads.figures("4401", MAY, JULY)["needs_asked"].value == before
    assert resolved({"a": "b", "b": "c", "x": "y", "y": "x"})["a"] == "c"


# 杭州市, April 2021, as the editions of 2020-06-30 and 2021-10-31 have it: 江干区 (330104) went into 上城区 and the new 钱塘区, 下城区
# (330103) into 拱墅区. 330104007069 is not to be found by its name: it counts in 闸弄口街道, in no known community. What each became is
# read from the changes that come with the tree.
HANGZHOU = {"330104005051": 12, "330104007069": 4, "330104009001": 7, "330103001051": 5, "330102001051": 3, "330105001001": 2}


@pytest.mark.django_db
def test_facts_under_the_old_codes_of_hangzhou_count_at_the_new_community_street_and_district() -> None:
    at = datetime(2026, 6, 2, tzinfo=UTC)
    verbs.load(
        step(),
        [FactIn(FactKind.NEED_ASKED, f"{place}:{k}", place, True, at, service="meal") for place, n in HANGZHOU.items() for k in range(n)],
    )
    before = freeze(city="3301")
    known = places.former_codes("3301")
    used = reads.told(known)
    assert used == set(HANGZHOU) & set(known)
    after = freeze(city="3301", moved={old: known[old] for old in used}, now=NOW + timedelta(hours=1))

    def asked(place: str, of: str | None) -> int | None:
        return reads.figures(place, JUNE, JULY, fact_set=of, small=True)["needs_asked"].value

    was = {"3301": 33, "330104": 23, "330103": 5, "330102": 3, "330105": 2, "330114": 0, "330104005": 12, "330102011": 0}
    now = {
        "3301": 33, "330104": 0, "330103": 0, "330102": 19, "330105": 7, "330114": 7, "330104005": 0, "330102011": 12, "330102011001": 12,
        "330102013": 4, "330102013000": 4, "330114002003": 7, "330105014001": 5,
    }  # fmt: skip
    assert {place: asked(place, before) for place in was} == was  # the older set still says how it was
    assert {place: asked(place, after) for place in now} == now
    behind = reads.events_of("330114002003", "needs_asked", JUNE, JULY)  # 白杨街道 月雅苑社区
    assert {row.place for row in behind.rows} == {"330104009001"}  # how it was told stays


VALUES = (10, 20, 30, 40, 100)
# By hand: five values 10 … 100 have the middle 30; nine tenths lie below the place 0.9 × 4 = 3.6, so 40 + 0.6 × 60 = 76.
MADE = [
    *(FactIn(FactKind.NEED_ASKED, f"a:{n}", PLACES[0], True, NOW, service="meal", channel="web" if n else "phone", tag="urgent" if n < 2 else "") for n in range(8)),
    *(FactIn(FactKind.NEED_ANSWERED, f"b:{n}", PLACES[0], v < 100, NOW, v, "meal") for n, v in enumerate(VALUES)),
    *(FactIn(FactKind.NEED_ENDED, f"c:{n}", PLACES[0], n < 3, NOW, v, "meal") for n, v in enumerate(VALUES)),
    *(FactIn(FactKind.NEED_HANDLED, f"c:{n}", PLACES[0], n < 4, NOW, v, "meal") for n, v in enumerate(VALUES)),
    *(FactIn(FactKind.CHECKED_IN, f"d:{n}", PLACES[0], n < 2, NOW, n, "meal", tag="paper" if n else "code") for n in range(3)),
    *(FactIn(FactKind.VISIT_DONE, f"e:{n}", PLACES[0], n > 0, NOW, 30 * (n + 1), "meal", PEOPLE[n]) for n in range(3)),
    *(FactIn(FactKind.RATED, f"f:{n}", PLACES[0], v > 3, NOW, v, "meal") for n, v in enumerate((5, 5, 4, 1))),
    FactIn(FactKind.STOCK, "s:1", PLACES[0], True, NOW, 200, tag=Stock.RESIDENTS.value),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "value", "n"),
    [
        ("needs_per_1000", 40_000, 200), ("needs_urgent_share", 250_000, 8), ("needs_phoneless_share", 125_000, 8),
        ("answered_in_time", 800_000, 5), ("answer_median", 30, 5), ("answer_p90", 76, 5), ("met_share", 600_000, 5),
        ("handled_in_time", 800_000, 5), ("handle_median", 30, 5), ("handle_p90", 76, 5), ("punctual", 666_667, 3),
        ("to_checklist", 666_667, 3), ("minutes_helped", 180, 3), ("visit_median", 60, 3), ("satisfaction", 750_000, 4),
    ],
)  # fmt: skip
def test_figures_are_what_a_hand_counts(code: str, value: int, n: int) -> None:
    verbs.load(step(), MADE)
    freeze()
    found = reads.figures(PLACES[0], JUNE, JULY, small=True)[code]
    assert (found.value, found.denominator) == (value, n)


def test_every_line_of_the_registry_is_whole() -> None:
    assert sum(not line.missing for line in LISTED) >= 80
    assert len(REGISTRY) == len(LISTED)
    for line in LISTED:
        assert line.zh and line.en and line.says and line.says_en and line.source, line.code  # noqa: PT018
        assert line.missing == (not line.top), line.code
        assert set(line.top) | set(line.bottom) <= set(MEASURES), line.code
        assert line.shape is not Shape.SHARE or line.missing or line.top != line.bottom, line.code
    used = {name for line in LISTED for name in (*line.top, *line.bottom)}
    assert set(MEASURES) - used == {"looked_at_registers"}


def test_the_same_expressions_are_said_to_spark() -> None:
    said = sql(None, dialect="pyspark")
    assert all(f"`{name}`" in said for name in MEASURES)
    assert "EXPLODE" in said.upper()


def test_the_kept_statements_are_what_the_expressions_say() -> None:
    found = kept_texts()
    if RECORDS:
        for name, text in found.items():
            (KEPT / name).write_text(text, encoding="utf-8")
    assert {path.name: path.read_text(encoding="utf-8") for path in KEPT.glob("*.sql")} == found
    for monthly in (False, True):
        assert statement(None, monthly) == sql(None, monthly)
        assert all(statement(digits, monthly) == sql(digits, monthly) for digits in (0, 2, 6))


def test_whoever_answers_people_builds_no_expressions() -> None:
    # Building them takes seconds: the web process asks the kept text.
    asked = "import sys; from linli.sight.facts import reads; sys.exit('ibis' in sys.modules)"
    assert (
        subprocess.run(
            [sys.executable, "-c", f"import django; django.setup(); {asked}"],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "linli.doors.site.settings"},
            check=False,
        ).returncode
        == 0
    )


RULED = Rules(frozenset({"alone"}), (("good", "rated"),), (("groups", ("alone", "disabled")),))


def cells(**rows: dict[str, int]) -> dict[str, dict[str, int]]:
    zero = {"alone": 0, "disabled": 0, "groups": 0, "good": 0, "rated": 0}
    found = {f"4401040{place[1:]}": zero | row for place, row in rows.items()}
    for at in list(found):
        street = found.setdefault(at[:9], dict(zero))
        for name, n in found[at].items():
            street[name] += n
    return found


def test_a_small_count_takes_a_second_one_along_so_that_no_subtraction_gives_it_away() -> None:
    a, b, c = "440104001001", "440104001002", "440104001003"
    counts = cells(p01001={"alone": 2}, p01002={"alone": 9}, p01003={"alone": 30})
    found: frozenset[Cell] = hidden(counts, RULED, 5)
    assert {(a, "alone"), (b, "alone")} <= found
    assert (c, "alone") not in found
    none = hidden(cells(p01001={"alone": 2}, p01002={}, p02001={"alone": 50}), RULED, 5)
    assert {(a, "alone"), (b, "alone")} <= none  # one with none hides it as well
    only = hidden(cells(p01001={"alone": 2}, p02001={"alone": 50}), RULED, 5)
    # The street would say it, the next street too, and that one's communities.
    assert {(a, "alone"), ("440104001", "alone"), ("440104002", "alone"), ("440104002001", "alone")} <= only
    assert ("440104001001", "groups") in hidden(cells(p01001={"alone": 2, "disabled": 8, "groups": 10}), RULED, 5)
    assert {("440104001001", "groups"), ("440104001001", "alone")} <= hidden(cells(p01001={"alone": 2, "groups": 2}), RULED, 5)
    assert hidden(cells(p01001={"alone": 5}, p01002={"alone": 0}), RULED, 5) == frozenset()


@pytest.mark.django_db
def test_a_community_shows_no_small_figure_but_to_who_works_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "_least", lambda _place, _on: 5)  # policy is another room's
    at = datetime(2026, 6, 2, tzinfo=UTC)
    few = [FactIn(FactKind.RATED, f"r:{n}", PLACES[0], n > 0, at, 5 if n else 2, "meal") for n in range(3)]
    more = [FactIn(FactKind.RATED, f"s:{n}", PLACES[1], True, at, 5, "meal") for n in range(20)]
    verbs.load(step(), [*few, *more])
    freeze()
    shown, known = reads.figures(PLACES[0], JUNE, JULY), reads.figures(PLACES[0], JUNE, JULY, small=True)
    assert (shown["satisfaction"].withheld, shown["satisfaction"].value) == (Withheld.TOO_FEW, None)
    assert (known["satisfaction"].value, known["satisfaction"].denominator) == (666_667, 3)
    below = reads.figures_below("440104001", JUNE, JULY)
    assert below[PLACES[1]]["satisfaction"].withheld is Withheld.TOO_FEW  # with the street's it would give the other away
    assert reads.figures("440104001", JUNE, JULY)["satisfaction"].value == 956_522
    assert RULES.personal
