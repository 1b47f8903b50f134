"""Who may help, at what cost, and the best assignment of a batch: properties over made-up streets, and brute force on small ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.help.matching.core import choose, one
from linli.help.matching.core.arrays import BadBatch
from linli.help.matching.core.columns import Wanted, Worths, columns
from linli.help.matching.core.outcome import Fine, owners
from linli.help.matching.core.pairs import (
    HelperSnap,
    NeedSnap,
    Proposal,
    Reason,
    Rules,
    Why,
    WhyNot,
    candidates,
    check_point,
    metres,
    propose,
    why_not,
)

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning in Guangzhou
HOME, NEXT = "440104001001", "440104001002"
LI = UUID(int=1)
LAT, LON = 23_130_000, 113_260_000
RULES = Rules(
    radius_metres=1200, walk_metres_a_minute=60, visits_per_day_max=3, cost_metre_per_hundred=10, cost_load=20, cost_pairing=15, cost_language=50,
    cost_other_community=30,
)  # fmt: skip
WORTHS = Worths(place=4000, urgent=800, group=400, hour=4, hours_max=72, more=1500)
NEED = NeedSnap(UUID(int=100), "meal", "meal", HOME + "01001", NOW, 30, NOW, asker=LI, lat_micro=LAT, lon_micro=LON)
WANG = HelperSnap(UUID(int=7), HOME + "01003", frozenset({"meal", "talk"}), lat_micro=LAT + 900, lon_micro=LON)


def hour(start: int, end: int, day: int = 0) -> tuple[datetime, datetime]:
    return NOW + timedelta(days=day, hours=start), NOW + timedelta(days=day, hours=end)


@pytest.mark.parametrize(
    ("need", "helper", "why"),
    [
        (NEED, WANG, None),
        (NEED, replace(WANG, id=LI), WhyNot.SELF),
        (NEED, replace(WANG, paused=True), WhyNot.PAUSED),
        (NEED, replace(WANG, skills=frozenset({"talk"})), WhyNot.SKILL),
        (replace(NEED, skill=""), replace(WANG, skills=frozenset()), None),
        (replace(NEED, certificate="care"), WANG, WhyNot.CERTIFICATE),
        (replace(NEED, certificate="care"), replace(WANG, certificates={"care": date(2026, 5, 31)}), WhyNot.CERTIFICATE),
        (replace(NEED, certificate="care"), replace(WANG, certificates={"care": date(2026, 6, 1)}), None),
        (NEED, replace(WANG, minor=True), WhyNot.MINOR),
        (replace(NEED, same_sex=True, sex_of_asker="f"), replace(WANG, sex="m"), WhyNot.SAME_SEX),
        (replace(NEED, same_sex=True, sex_of_asker="f"), replace(WANG, sex="f"), None),
        (replace(NEED, same_sex=True, sex_of_asker=""), replace(WANG, sex="m"), None),
        (NEED, replace(WANG, blocked=frozenset({LI})), WhyNot.BLOCKED),
        (replace(NEED, asker=None), replace(WANG, blocked=frozenset({LI})), None),
        (NEED, replace(WANG, refused_services=frozenset({"meal"})), WhyNot.REFUSED),
        (replace(NEED, asked=frozenset({WANG.id})), WANG, WhyNot.ASKED),
        (replace(NEED, beside=frozenset({WANG.id})), WANG, WhyNot.ASKED),  # nobody takes both seats
        (replace(NEED, beside=frozenset({UUID(int=8)})), WANG, None),
        (replace(NEED, beside=frozenset({UUID(int=8)})), replace(WANG, blocked=frozenset({UUID(int=8)})), WhyNot.BLOCKED),
        (NEED, replace(WANG, lat_micro=LAT + 20_000), WhyNot.FAR),
        (NEED, replace(WANG, radius_metres=99), WhyNot.FAR),
        (NEED, replace(WANG, lat_micro=None, lon_micro=None), None),  # not on the map: the own community is near
            (NEED, replace(WANG, lat_micro=None, lon_micro=None, place=NEXT + "01001"), WhyNot.FAR),
        (NEED, replace(WANG, busy=(hour(0, 1),)), WhyNot.BUSY),
        (NEED, replace(WANG, busy=(hour(-1, 0),)), None),  # one ends as the other begins
        (NEED, replace(WANG, busy=((NOW + timedelta(minutes=30), NOW + timedelta(hours=2)),)), None),
        (NEED, replace(WANG, busy=(hour(2, 3), hour(3, 4), hour(4, 5))), WhyNot.DAY_FULL),
        (NEED, replace(WANG, busy=(hour(0, 1, day=1), hour(2, 3), hour(3, 4))), None),  # tomorrow's do not fill today
        (NEED, replace(WANG, free=((0, 600, 630),)), None),
        (NEED, replace(WANG, free=((0, 600, 629),)), WhyNot.NOT_FREE),
        (NEED, replace(WANG, free=((0, 601, 700),)), WhyNot.NOT_FREE),
        (NEED, replace(WANG, free=((1, 600, 630),)), WhyNot.NOT_FREE),  # that is Tuesday
        (replace(NEED, starts_at=NOW + timedelta(hours=15)), replace(WANG, free=((1, 0, 120),)), None),  # an hour past midnight over there
    ],
)  # fmt: skip
def test_each_hard_rule(need: NeedSnap, helper: HelperSnap, why: WhyNot | None) -> None:
    assert why_not(need, helper, RULES) is why


def test_the_first_rule_that_bars_is_told() -> None:
    everything = replace(
        WANG, paused=True, skills=frozenset(), minor=True, blocked=frozenset({LI}), lat_micro=0, lon_micro=0, busy=(hour(0, 1),), free=((6, 0, 1),),
    )  # fmt: skip
    assert why_not(NEED, everything, RULES) is WhyNot.PAUSED
    assert why_not(NEED, replace(everything, paused=False), RULES) is WhyNot.SKILL


def test_the_reasons_that_are_told() -> None:
    need = replace(NEED, certificate="care", language="yue")
    friend = replace(
        WANG, place=need.place, certificates={"care": date(2027, 1, 1)}, languages=frozenset({"yue"}), paired={LI: 3}, lat_micro=LAT
    )
    assert propose(need, friend, RULES).reasons == (
        Reason(Why.WALK, 1), Reason(Why.SAME_BUILDING), Reason(Why.PAIRED, 3), Reason(Why.CERTIFICATE), Reason(Why.LANGUAGE),
        Reason(Why.LIGHT_LOAD, 0),
    )  # fmt: skip
    assert propose(NEED, WANG, RULES).reasons == (Reason(Why.WALK, 2), Reason(Why.SAME_COMMUNITY), Reason(Why.LIGHT_LOAD, 0))
    stranger = replace(WANG, place=NEXT + "01001", week_visits=2, lat_micro=None, lon_micro=None)
    assert propose(NEED, stranger, RULES).reasons == ()
    assert propose(NEED, stranger, RULES).walk_minutes is None


def test_what_each_thing_costs() -> None:
    base = propose(NEED, WANG, RULES).cost
    assert base == metres(NEED, WANG) * 10 // 100 == 10  # type: ignore[operator]
    assert propose(NEED, replace(WANG, week_visits=2), RULES).cost == base + 40
    assert propose(NEED, replace(WANG, paired={LI: 2}), RULES).cost == base - 30
    assert propose(NEED, replace(WANG, paired={LI: 500}), RULES).cost == base - 150  # old friends are not preferred without end
    assert propose(NEED, replace(WANG, place=NEXT + "01001"), RULES).cost == base + 30
    assert propose(replace(NEED, language="yue"), replace(WANG, languages=frozenset({"wuu"})), RULES).cost == base + 50
    assert propose(replace(NEED, language="yue"), WANG, RULES).cost == base  # what somebody speaks is not known
    assert propose(NEED, replace(WANG, lat_micro=None, lon_micro=None), RULES).cost == RULES.radius_metres * 10 // 100


@pytest.mark.parametrize(
    ("lat", "lon", "says"),
    [(1, None, "both"), (None, 1, "both"), (90_000_001, 0, "Earth"), (0, -180_000_001, "Earth"), (10**12, 10**12, "Earth")],
)
def test_absurd_points_are_refused_by_name(lat: int | None, lon: int | None, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_point(lat, lon)
    with pytest.raises(ValueError, match=says):
        candidates(replace(NEED, lat_micro=lat, lon_micro=lon), [], RULES)
    with pytest.raises(ValueError, match=says):
        assign([NEED], [replace(WANG, lat_micro=lat, lon_micro=lon)], RULES)


def test_points_that_are_none_or_on_earth_pass() -> None:
    check_point(None, None)
    check_point(-90_000_000, 180_000_000)


# Streets are drawn from a seed: hypothesis looks for a bad one, and a thousand helpers cost no more than its ten draws.
STREETS = st.integers(0, 2**32).map(Random)


def some(r: Random, choices: Sequence[str], most: int) -> list[str]:
    return r.sample(choices, r.randint(0, most))


def person(r: Random) -> UUID:
    return UUID(int=r.randint(1, 12))


def point(r: Random) -> tuple[int, int] | tuple[None, None]:
    return (LAT + r.randint(-9000, 9000), LON + r.randint(-9000, 9000)) if r.random() < 0.8 else (None, None)


def a_place(r: Random) -> str:
    return r.choice([HOME + "01001", HOME + "01002", NEXT + "01001"])


def span(r: Random) -> tuple[datetime, datetime]:
    start = r.randint(-6, 6)
    return hour(start, start + r.randint(1, 3))


def a_helper(r: Random, number: int) -> HelperSnap:
    lat, lon = point(r)
    return HelperSnap(
        UUID(int=number), a_place(r), frozenset(some(r, ["meal", "talk", "care"], 3)),
        {"care": date(2026, r.randint(5, 7), 1)} if r.random() < 0.6 else {}, lat, lon, r.choice([None, 100, 500, 2000]), r.choice(["", "f", "m"]),
        frozenset(some(r, ["yue", "wuu"], 2)), r.random() < 0.1, r.random() < 0.1, frozenset(person(r) for _ in range(r.randint(0, 1))),
        frozenset(some(r, ["meal", "talk"], 1)), tuple(span(r) for _ in range(r.randint(0, 4))), r.randint(0, 5), {person(r): r.randint(0, 20)},
        tuple((r.randint(0, 6), r.randint(0, 600), r.randint(601, 1440)) for _ in range(r.choice([0, 0, 2]))),
    )  # fmt: skip


def a_need(r: Random, number: int) -> NeedSnap:
    lat, lon = point(r)
    return NeedSnap(
        UUID(int=number), r.choice(["meal", "talk"]), r.choice(["meal", "talk", ""]), a_place(r), NOW + timedelta(hours=r.randint(-3, 3)),
        r.randint(5, 180), NOW, r.choice([None, person(r)]), r.choice(["", "", "care"]), r.random() < 0.3, r.random() < 0.3, r.random() < 0.3,
        r.choice(["", "f", "m"]), r.choice(["", "yue"]), lat, lon, frozenset(person(r) for _ in range(r.randint(0, 2))), r.randint(1, 3),
        frozenset(person(r) for _ in range(r.randint(0, 1))),
    )  # fmt: skip


def street(r: Random, needs: int = 4, helpers: int = 10) -> tuple[list[NeedSnap], list[HelperSnap]]:
    return [a_need(r, 100 + n) for n in range(r.randint(0, needs))], [a_helper(r, n) for n in range(1, r.randint(0, helpers) + 1)]


def breaks_a_rule(need: NeedSnap, helper: HelperSnap) -> bool:
    """The hard rules once more, in words of their own."""
    far = metres(need, helper)
    ends = need.starts_at + timedelta(minutes=need.minutes)
    here = need.starts_at + timedelta(hours=8)
    at = here.hour * 60 + here.minute
    today = [b for b, _ in helper.busy if (b + timedelta(hours=8)).date() == here.date()]
    return (
        helper.id == need.asker
        or helper.paused
        or helper.minor
        or (need.skill != "" and need.skill not in helper.skills)
        or (need.certificate != "" and helper.certificates.get(need.certificate, date.min) < need.starts_at.date())
        or (need.same_sex and need.sex_of_asker not in {"", helper.sex})
        or need.asker in helper.blocked
        or need.service in helper.refused_services
        or helper.id in need.asked | need.beside
        or bool(need.beside & helper.blocked)
        or (far is None and helper.place[:12] != need.place[:12])
        or (far is not None and (far > RULES.radius_metres or (helper.radius_metres is not None and far > helper.radius_metres)))
        or any(not (end <= need.starts_at or begin >= ends) for begin, end in helper.busy)
        or len(today) >= RULES.visits_per_day_max
        or (helper.free != () and not any(d == here.weekday() and low <= at and at + need.minutes <= high for d, low, high in helper.free))
    )


def assigned(wanted: Sequence[Wanted], people: Sequence[HelperSnap]) -> list[Proposal]:
    """Return whom a batch asks for what, as proposals, sorted by need and cost."""
    made = columns(wanted, people, RULES, WORTHS, NOW)
    found = choose.run(made.batch, Fine())
    owner = owners(found.edges)
    by_need, by_helper = {w.need.id: w.need for w in wanted}, {h.id: h for h in people}
    pairs = [(made.needs[owner[e]], made.helpers[found.edges.helpers[e]]) for e in found.chosen]
    return sorted((propose(by_need[n], by_helper[h], RULES) for n, h in pairs), key=lambda p: (p.need, p.cost, p.helper))


def assign(needs: Sequence[NeedSnap], people: Sequence[HelperSnap], rules: Rules) -> list[Proposal]:
    assert rules is RULES
    return assigned([Wanted(n, n.people) for n in needs], people)


@settings(max_examples=60, deadline=None)
@given(STREETS)
def test_hard_rules_hold(r: Random) -> None:
    for _ in range(50):
        need, helper = a_need(r, 100), a_helper(r, r.randint(1, 12))
        assert (why_not(need, helper, RULES) is not None) == breaks_a_rule(need, helper)


@settings(max_examples=60, deadline=None)
@given(STREETS)
def test_everybody_is_proposed_or_kept_away_for_one_reason(r: Random) -> None:
    need, (_, people) = a_need(r, 100), street(r, helpers=12)
    able, barred = candidates(need, people, RULES)
    assert len(able) + sum(barred.values()) == len(people)
    assert able == sorted(able, key=lambda p: (p.cost, p.helper))
    assert able == candidates(need, people[::-1], RULES)[0]
    assert all(p.walk_minutes is None or p.walk_minutes >= 1 for p in able)


@settings(max_examples=100, deadline=None)
@given(STREETS)
def test_an_assignment_breaks_no_rule_and_asks_nobody_twice(r: Random) -> None:
    needs, people = street(r)
    found = assign(needs, people, RULES)
    by_need, by_helper = {n.id: n for n in needs}, {h.id: h for h in people}
    assert len({p.helper for p in found}) == len(found)
    for proposal in found:
        assert not breaks_a_rule(by_need[proposal.need], by_helper[proposal.helper])
        assert proposal == propose(by_need[proposal.need], by_helper[proposal.helper], RULES)
    for need in needs:
        assert sum(p.need == need.id for p in found) <= need.people
    assert found == assign(needs[::-1], people[::-1], RULES)


def test_columns_hold_the_same_pairs_at_the_same_cost() -> None:
    for seed in range(150):
        needs, people = street(Random(seed), needs=6, helpers=14)
        made = columns([Wanted(n, n.people) for n in needs], people, RULES, WORTHS, NOW)
        edges = one.edges(made.batch)
        owner = owners(edges)
        told = {(made.needs[i], made.helpers[h]): c for i, h, c in zip(owner, edges.helpers, edges.costs.tolist(), strict=True)}
        assert told == {(p.need, p.helper): p.cost for n in needs for p in candidates(n, people, RULES)[0]}


def worth(found: Sequence[Proposal], wanted: Sequence[Wanted]) -> int:
    """What an assignment is worth: every place filled by policy's ranks, less what the pairs cost."""
    own = ((w, sum(p.need == w.need.id for p in found)) for w in wanted)
    return sum(sum(WORTHS.of(w.need, n, NOW)) for w, n in own) - sum(p.cost for p in found)


def best_of_all(wanted: Sequence[Wanted], people: Sequence[HelperSnap]) -> int:
    """Try every assignment there is."""
    slots = [w.need.id for w in wanted for _ in range(w.places)]
    pairs = {(p.need, p.helper): p for w in wanted for p in candidates(w.need, people, RULES)[0]}
    crews: list[UUID | None] = [*(h.id for h in people), *[None] * len(slots)]
    tried = (
        [pairs[s, h] for s, h in zip(slots, who, strict=True) if h and (s, h) in pairs] for who in set(permutations(crews, len(slots)))
    )
    return max(worth(found, wanted) for found in tried)


def test_no_assignment_of_all_is_better() -> None:
    for seed in range(60):
        needs, people = street(Random(1000 + seed), needs=2, helpers=3)
        wanted = [Wanted(n, min(n.people, 2)) for n in needs]
        assert worth(assigned(wanted, people), wanted) == best_of_all(wanted, people), seed


def lonely(number: int, **changes: object) -> NeedSnap:
    return replace(NEED, id=UUID(int=number), **changes)  # type: ignore[arg-type]


def test_the_greedy_choice_is_not_the_best_one() -> None:
    # Asked one by one, the first need would take the only helper the second can have.
    near, far = replace(WANG, id=UUID(int=7)), replace(WANG, id=UUID(int=8), lat_micro=LAT + 5000)
    needs = [lonely(1), lonely(2, asked=frozenset({far.id}))]
    assert [(p.need.int, p.helper.int) for p in assign(needs, [near, far], RULES)] == [(1, 8), (2, 7)]


def test_who_goes_unserved_is_decided_by_rank() -> None:
    for_ever = NOW - timedelta(days=3)
    plain, group, urgent = lonely(1, opened_at=for_ever), lonely(2, group=True), lonely(3, urgent=True, place=NEXT + "01001")
    assert [p.need.int for p in assign([plain, group, urgent], [WANG], RULES)] == [3]
    assert [p.need.int for p in assign([plain, group], [WANG], RULES)] == [2]
    assert [p.need.int for p in assign([plain, lonely(4)], [WANG], RULES)] == [1]  # who waited longer


def test_everybody_is_asked_for_once_before_anybody_for_twice() -> None:
    people = [WANG, replace(WANG, id=UUID(int=8))]
    found = assign([lonely(1, urgent=True, people=2), lonely(2)], people, RULES)
    assert sorted(p.need.int for p in found) == [1, 2]


def test_one_sided_and_empty_batches() -> None:
    assert assign([], [], RULES) == assign([NEED], [], RULES) == assign([], [WANG], RULES) == []
    assert assign([NEED], [replace(WANG, blocked=frozenset({LI}))], RULES) == []
    assert assigned([Wanted(NEED, 0)], [WANG]) == []
    with pytest.raises(BadBatch, match="need stands in the batch twice"):
        assign([NEED, NEED], [], RULES)
    with pytest.raises(BadBatch, match="helper stands in the batch twice"):
        assign([NEED], [WANG, WANG], RULES)
    with pytest.raises(BadBatch, match="9 places"):
        assigned([Wanted(NEED, 9)], [WANG])


def test_a_need_for_three_gets_three_people() -> None:
    people = [replace(WANG, id=UUID(int=n), week_visits=n) for n in range(2, 9)]
    found = assign([replace(NEED, people=3)], people, RULES)
    assert [p.helper.int for p in found] == [2, 3, 4]
    assert assigned([Wanted(NEED, 2, least=2)], people[:1]) == []
    assert len(assigned([Wanted(NEED, 2, least=2)], people)) == 2


def test_the_small_way_and_the_engine_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    r = Random(5)
    needs, people = [a_need(r, 1000 + n) for n in range(60)], [a_helper(r, n) for n in range(1, 200)]
    wanted = [Wanted(n, 2) for n in needs]
    made = columns(wanted, people, RULES, WORTHS, NOW)
    small = choose.run(made.batch, Fine())
    monkeypatch.setattr(choose, "LOOKS_MAX", 0)
    large = choose.run(made.batch, Fine())
    assert small.gap_ppb == 0
    assert large.made > 0
    assert small.value * 0.999 <= large.value <= small.value <= large.bound
