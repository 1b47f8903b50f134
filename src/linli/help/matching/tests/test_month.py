"""A month matched again: every need ends once, the same arrivals and answers in every way, and no hard rule is ever broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from numpy.random import Generator

from linli.help.matching.core import control, greedy, one
from linli.help.matching.core.arrays import BadBatch
from linli.help.matching.core.columns import Worths
from linli.help.matching.core.month import Answers, Arrival, Hand, Month, in_a_day, keep_some, month_of, pack, unpack
from linli.help.matching.core.outcome import Fine
from linli.help.matching.core.pairs import HelperSnap, NeedSnap, Rules, metres, why_not
from linli.help.matching.core.play import NEVER, Played, Terms, Way, able_of, play
from linli.help.matching.core.snapshot import BadSnapshot
from linli.help.matching.core.spread import BINS, carried, load_of, waited, waits_of, walked
from linli.help.matching.tests.test_engine import batches

FIRST = datetime(2026, 5, 31, 16, tzinfo=UTC)  # a midnight in Beijing, a Monday
PATIENCE = timedelta(hours=10)
ANSWERS = Answers(500_000, 200_000, (1, 4, 8, 10, 15, 20, 25, 30, 45, 60, 90))
TERMS = Terms(
    Rules(900, 65, 2, 10, 15, 12, 60, 20), Worths(10_000, 900, 500, 4, 72, 1700), Fine(), 2, 60, 10, 20, int(PATIENCE.total_seconds()) // 60, 5, 3000
)  # fmt: skip
SKILLS, PLACES = ("meal", "talk", "care"), ("440104001001", "440104001002", "440104002001")


def point(r: Generator) -> dict[str, Any]:
    known = r.random() < 0.85
    lat, lon = int(r.integers(23_130_000, 23_142_000)), int(r.integers(113_260_000, 113_272_000))
    return {"lat_micro": lat if known else None, "lon_micro": lon if known else None}


def drawn(seed: int, needs: int = 40, helpers: int = 14) -> tuple[list[Arrival], list[Hand]]:
    """Return a short made-up month with every rule in it, crowded enough that helpers are fought over."""
    r = np.random.default_rng([20_261_125, seed])
    crew = [UUID(int=1000 + n) for n in range(helpers)]
    arrivals = []
    for n in range(needs):
        opened = FIRST + timedelta(minutes=int(r.integers(0, 3000)))
        wanted = opened + timedelta(minutes=int(r.integers(0, 400))) * int(r.random() < 0.3)
        asker = UUID(int=2000 + int(r.integers(0, 6))) if r.random() < 0.8 else crew[int(r.integers(helpers))]
        snap = NeedSnap(
            UUID(int=n + 1), str(r.choice(["service", "other"])), str(r.choice(SKILLS)), str(r.choice(PLACES)), wanted, int(r.integers(20, 200)), opened,
            asker if r.random() < 0.9 else None, certificate="care" if r.random() < 0.2 else "", urgent=bool(r.random() < 0.2), group=bool(r.random() < 0.3),
            same_sex=bool(r.random() < 0.2), sex_of_asker=str(r.choice(["", "f", "m"])), language=str(r.choice(["", "hakka"])), **point(r),
        )  # fmt: skip
        arrivals.append(Arrival(snap, bool(r.random() < 0.4)))
    hands = []
    for pk in crew:
        free = tuple((int(day), 480, int(r.integers(700, 1320))) for day in range(7)) if r.random() < 0.5 else ()
        until = (FIRST + timedelta(days=int(r.integers(0, 5)))).date()
        snap_ = HelperSnap(
            pk, str(r.choice(PLACES)), frozenset(str(s) for s in r.choice(SKILLS, 2)), {"care": until} if r.random() < 0.7 else {},
            radius_metres=int(r.choice([300, 900, 5000])), sex=str(r.choice(["f", "m"])), languages=frozenset({"hakka"} if r.random() < 0.5 else {"zh"}),
            minor=bool(r.random() < 0.1), paused=bool(r.random() < 0.1), blocked=frozenset({UUID(int=2000)} if r.random() < 0.3 else set()),
            refused_services=frozenset({"other"} if r.random() < 0.2 else set()), free=free, **point(r),
        )  # fmt: skip
        hands.append(Hand(snap_, FIRST + timedelta(minutes=int(r.integers(-2000, 900))), bool(r.random() < 0.3)))
    return arrivals, hands


def month(arrivals: list[Arrival], hands: list[Hand]) -> Month:
    return month_of(arrivals, hands, FIRST, 3, ANSWERS, patience=PATIENCE, seed=7)


def broken(arrivals: list[Arrival], hands: list[Hand], played: Played) -> list[str]:
    """Return every hard rule that a played month breaks, by the rules of one pair (`pairs.why_not`), and every need that does not end once."""
    needs, crew = sorted(arrivals, key=lambda a: a.need.id), sorted(hands, key=lambda h: h.snap.id)
    visits = [(i, int(h), int(b)) for i, (h, b) in enumerate(zip(played.helper, played.begins, strict=True)) if h != NEVER]

    def span(i: int, begins: int) -> tuple[datetime, datetime]:
        start = FIRST + timedelta(minutes=begins)
        return start, start + timedelta(minutes=needs[i].need.minutes)

    found = []
    for i, h, begins in visits:
        others = tuple(span(j, b) for j, k, b in visits if k == h and j != i)
        need = replace(needs[i].need, starts_at=FIRST + timedelta(minutes=begins))
        why = why_not(need, replace(crew[h].snap, busy=others), TERMS.rules)
        met, opened = int(played.met_at[i]), (need.opened_at - FIRST) // timedelta(minutes=1)
        last = max(opened + TERMS.patience_minutes, -(-(needs[i].need.starts_at - FIRST) // timedelta(minutes=1)))
        found += [f"{i} by {h}: {why}"] if why else []
        found += [f"{i}: met at {met} of {opened}–{last}"] if not opened < met <= last else []
        found += [f"{i}: begins {begins} before {met}"] if begins < met + TERMS.soon_minutes else []
        found += [f"{i}: before {h} joined"] if (crew[h].since - FIRST) // timedelta(minutes=1) > met else []
    return found


@pytest.mark.parametrize("way", Way)
def test_needs_end_once_and_no_hard_rule_is_broken(way: Way) -> None:
    met = 0
    for seed in range(30):
        arrivals, hands = drawn(seed)
        played = play(month(arrivals, hands), TERMS, way)
        assert broken(arrivals, hands, played) == [], seed
        assert np.array_equal(played.met_at == NEVER, played.helper == NEVER)
        assert len(played.met_at) == len(arrivals)
        met += int((played.met_at != NEVER).sum())
    assert 200 < met < 30 * 40  # some are met and some never: both ends are walked


def test_the_same_month_plays_the_same_whatever_order_it_came_in() -> None:
    arrivals, hands = drawn(3)
    made, other = month(arrivals, hands), month(arrivals[::-1], hands[::-1])
    assert pack(made) == pack(other)
    for way in Way:
        first, again = play(made, TERMS, way), play(unpack(pack(other)), TERMS, way)
        assert all(np.array_equal(getattr(first, name), getattr(again, name)) for name in Played.__slots__)


def test_every_way_and_every_rule_meets_the_same_arrivals_and_answers() -> None:
    made = month(*drawn(5))
    wide = {(i, int(h)): (int(s), int(a)) for i, able in enumerate(able_of(made, TERMS.rules)) for h, s, a in zip(able.helpers, able.says, able.after, strict=True)}  # fmt: skip
    narrow = replace(TERMS.rules, radius_metres=400, cost_load=0)
    for i, able in enumerate(able_of(made, narrow)):
        for h, says, after in zip(able.helpers, able.says, able.after, strict=True):
            assert wide[i, int(h)] == (says, after)
    says = [s for s, _ in wide.values()]
    assert 0.35 < says.count(1) / len(says) < 0.65
    assert all(1 <= after <= 90 for _, after in wide.values())


@pytest.mark.parametrize(("answers", "asked"), [((0, 1_000_000), 1), ((0, 0), 1), ((1_000_000, 0), 1)])
def test_nobody_is_asked_twice_for_the_same_need(answers: tuple[int, int], asked: int) -> None:
    need = Arrival(NeedSnap(UUID(int=1), "service", "meal", PLACES[0], FIRST, 30, FIRST))
    hand = Hand(HelperSnap(UUID(int=9), PLACES[0], frozenset({"meal"})), FIRST)
    made = month_of([need], [hand], FIRST, 1, replace(ANSWERS, yes_ppm=answers[0], no_ppm=answers[1]), patience=PATIENCE, seed=1)
    played = play(made, replace(TERMS, offer_minutes=91), Way.ENGINE)
    assert (played.asked, (played.helper != NEVER).tolist()) == (asked, [answers[0] > 0])


def test_nobody_is_woken_who_did_not_name_the_hour() -> None:
    night = replace(TERMS, quiet=(22 * 60, 6 * 60), opens=480, patience_minutes=2000)
    asked_at_night = 0
    for seed in range(12):
        arrivals, hands = drawn(seed)
        hands = [
            replace(h, snap=replace(h.snap, free=tuple((day, 0, 1440) for day in range(7)))) if n % 4 == 0 else h
            for n, h in enumerate(hands)
        ]
        made = month_of(arrivals, hands, FIRST, 3, ANSWERS, patience=timedelta(minutes=2000), seed=7)
        played = play(made, night, Way.ENGINE)
        crew = sorted(hands, key=lambda h: h.snap.id)
        for i in np.flatnonzero(played.met_at != NEVER).tolist():
            offered_at = int(played.met_at[i])  # an answer comes at most an offer's life after the question
            begins, urgent = int(played.begins[i]), bool(made.came.urgent[i])
            in_night = begins % 1440 >= 22 * 60 or begins % 1440 < 6 * 60
            assert urgent or not in_night or begins == made.came.wanted[i]
            if not urgent and 2 * 60 <= offered_at % 1440 < 6 * 60:
                asked_at_night += 1
                assert any(low <= (offered_at - 60) % 1440 < high for _day, low, high in crew[int(played.helper[i])].snap.free)
    assert asked_at_night


def test_load_fades_part_by_part() -> None:
    made = month(*drawn(9, needs=120, helpers=24))
    whole, fading = (
        play(made, replace(TERMS, rules=replace(TERMS.rules, cost_load=3000), load_minutes=2000, load_parts=parts), Way.ENGINE)
        for parts in (1, 4)
    )
    assert not np.array_equal(whole.helper, fading.helper)
    far = replace(TERMS, rules=replace(TERMS.rules, cost_load=3000), load_minutes=10**6)
    assert np.array_equal(play(made, far, Way.ENGINE).helper, play(made, replace(far, load_parts=4), Way.ENGINE).helper)


def test_nobody_and_nothing() -> None:
    arrivals, hands = drawn(1)
    for some, crew in (([], hands), (arrivals, []), ([], [])):
        for way in Way:
            played = play(month(some, crew), TERMS, way)
            assert (played.met_at == NEVER).all()
            assert played.asked == 0
    assert waits_of(np.zeros(0, np.int64)).middle is None
    assert load_of(np.zeros(0, np.int64)).helpers == load_of(np.zeros(3, np.int64)).visits == 0


def test_who_carried_much_lately_is_asked_less() -> None:
    made = month(*drawn(9, needs=120, helpers=24))
    flat, fair = (play(made, replace(TERMS, rules=replace(TERMS.rules, cost_load=cost)), Way.ENGINE) for cost in (0, 3000))
    assert load_of(carried(made, fair)).tenth_ppm < load_of(carried(made, flat)).tenth_ppm


def test_fewer_helpers_and_one_day_are_the_same_needs() -> None:
    arrivals, hands = drawn(2)
    made = month(arrivals, hands)
    few = keep_some(made, 3)
    kept = sorted(hands, key=lambda h: h.snap.id)[::3]
    assert np.array_equal(few.crew.since, month(arrivals, kept).crew.since)
    assert np.array_equal(few.batch.pairs.barred, month(arrivals, kept).batch.pairs.barred)
    played = play(few, TERMS, Way.ENGINE)
    assert broken(arrivals, kept, played) == []
    day = in_a_day(made)
    assert day.came.opened.max() < 1440
    assert np.array_equal(day.came.wanted - day.came.opened, made.came.wanted - made.came.opened)


def test_what_is_no_month_is_refused_by_name() -> None:
    arrivals, hands = drawn(0)
    for answers in (replace(ANSWERS, yes_ppm=900_000), replace(ANSWERS, minutes=(1, 2)), replace(ANSWERS, minutes=ANSWERS.minutes[::-1])):
        with pytest.raises(BadBatch, match="answers"):
            month_of(arrivals, hands, FIRST, 3, answers, patience=PATIENCE, seed=7)
    with pytest.raises(BadBatch, match="twice"):
        month([*arrivals, arrivals[0]], hands)
    packed = pack(month(arrivals, hands))
    for spoilt in (packed[1:], packed[:-1], packed.replace(b'"weekday"', b'"weekend"', 1)):
        with pytest.raises(BadSnapshot):
            unpack(spoilt)


def test_the_control_takes_what_greedy_takes() -> None:
    for k, made in enumerate(batches(300)):
        edges = one.edges(made)
        assert np.array_equal(control.assign(made, edges), greedy.assign(made, edges)), k


def test_waiting_is_spread_as_counted_by_hand() -> None:
    r = np.random.default_rng(4)
    for many in (1, 2, 5, 40, 301):
        minutes = np.where(r.random(many) < 0.2, NEVER, r.integers(1, 3000, many))
        found = waits_of(minutes)
        endless = sorted(m if m != NEVER else 10**9 for m in minutes.tolist())
        assert (found.needs, found.met) == (many, sum(m < 10**9 for m in endless))
        for value, rank in ((found.middle, (many - 1) // 2), (found.long, -(-many * 9 // 10) - 1)):
            assert value == (endless[rank] if endless[rank] < 10**9 else None)
        assert sum(found.bins) == found.met
        assert found.bins[0] == sum(0 <= m <= BINS[0] for m in minutes.tolist())
        assert found.low is None or found.middle is None or found.low <= found.middle
        assert found.sure_low is None or found.low is None or found.sure_low <= found.low


def test_the_interval_of_a_middle_value_holds_what_it_promises() -> None:
    r, held = np.random.default_rng(8), 0
    for _ in range(400):
        found = waits_of(r.exponential(60, 60).astype(np.int64))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 60 * np.log(2) <= found.high
    assert held >= 0.93 * 400


def test_load_and_walks_are_what_pairs_say() -> None:
    found = load_of(np.array([0, 0, 5, 1, 1, 1, 2, 0, 0, 0, 0]))
    assert (found.helpers, found.visits, found.idle, found.middle, found.high, found.most) == (11, 10, 6, 1, 5, 5)
    assert found.tenth_ppm == 700_000  # two of eleven are the busiest tenth, counted up: five and two of ten
    arrivals, hands = drawn(6)
    made = month(arrivals, hands)
    played = play(made, TERMS, Way.ENGINE)
    needs, crew = sorted(arrivals, key=lambda a: a.need.id), sorted(hands, key=lambda h: h.snap.id)
    for i, (minutes, h) in enumerate(zip(walked(made, played, 65).tolist(), played.helper.tolist(), strict=True)):
        far = metres(needs[i].need, crew[h].snap) if h != NEVER else None
        assert minutes == (NEVER if far is None else max(1, -(-far // 65)))
    assert waited(made, played).max() <= TERMS.patience_minutes + 400
    assert date(2026, 6, 1) == (FIRST + timedelta(hours=8)).date()
