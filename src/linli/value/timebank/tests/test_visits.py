"""Hours of a visit, from booking to correction: what each book shows."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.units import Unit
from linli.value.ledger import reads as ledger_reads
from linli.value.ledger.core.rules import HoldState
from linli.value.timebank import reads, verbs
from linli.value.timebank.core import LineKind
from linli.value.timebank.tests.street import COMMUNITY, LI, RULES, STAIRS, WANG, ZHOU, Street

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> Street:
    return Street()


def test_her_own_hours_pay_and_what_is_not_needed_comes_back(street: Street) -> None:
    street.seeds(LI, 600)
    street.hold(1, 60)
    book = reads.book(LI, street.now)
    assert (book.available_minutes, book.held_minutes) == (525, 75)
    assert reads.book(WANG, street.now).coming_minutes == 75
    assert street.post(1, 55) == 55
    assert (street.available(LI), street.available(WANG)) == (545, 55)
    assert reads.credited(UUID(int=1)) == 55
    assert street.whole()


def test_nobody_is_refused_for_lack_of_hours(street: Street) -> None:
    street.hold(1, 60)
    assert street.post(1, 60) == 60
    assert (street.available(LI), street.available(WANG)) == (0, 60)
    assert reads.pool(COMMUNITY) == reads.Pool(COMMUNITY, 60, 0, 0)


def test_the_pool_pays_only_what_she_does_not_have(street: Street) -> None:
    street.seeds(LI, 40)
    street.hold(1, 60)
    assert (street.available(LI), reads.pool(COMMUNITY).held_minutes) == (0, 35)
    street.post(1, 60)
    assert (street.available(LI), street.available(WANG)) == (0, 60)
    assert reads.pool(COMMUNITY).issued_minutes == 40 + 20


def test_a_need_without_an_account_is_paid_by_the_pool(street: Street) -> None:
    street.hold(1, 30, receiver=None)
    assert street.post(1, 30) == 30
    assert reads.pool(COMMUNITY).issued_minutes == 30


def test_help_that_took_longer_is_paid_beyond_what_was_held(street: Street) -> None:
    street.seeds(LI, 100)
    street.hold(1, 60)
    assert street.post(1, 120) == 120
    assert (street.available(LI), street.available(WANG)) == (0, 120)
    assert street.whole()


def test_a_cancelled_visit_gives_all_back_and_can_be_held_again(street: Street) -> None:
    street.seeds(LI, 100)
    street.hold(1, 60)
    street.void(1)
    street.void(1)
    assert street.available(LI) == 100
    with pytest.raises(Refused) as told:
        street.post(1, 60)
    assert told.value.code is Refusal.STATE_FORBIDS
    street.hold(1, 60)
    assert street.post(1, 60) == 60


def test_voiding_what_was_never_held_is_nothing(street: Street) -> None:
    street.void(7)
    assert reads.holds_of(UUID(int=7)) == ()


def test_a_visit_is_credited_once(street: Street) -> None:
    street.hold(1, 60)
    street.post(1, 60)
    with pytest.raises(Refused) as told:
        street.post(1, 60)
    assert told.value.code is Refusal.ALREADY_CONFIRMED
    with pytest.raises(Refused) as told:
        street.hold(1, 60)
    assert told.value.code is Refusal.STATE_FORBIDS
    with pytest.raises(NotFound):
        street.post(2, 60)
    assert street.available(WANG) == 60


@pytest.mark.parametrize("swept", [True, False])
def test_a_very_late_confirmation_still_counts(street: Street, swept: bool) -> None:
    street.seeds(LI, 100)
    street.hold(1, 60)
    if swept:
        street.wait(days=15)
    else:
        street.now += timedelta(days=15)
    assert street.post(1, 60) == 60
    assert (street.available(LI), street.available(WANG)) == (40, 60)
    assert [hold.state for hold in reads.holds_of(UUID(int=1))] == [HoldState.EXPIRED]
    assert street.whole()


def test_voiding_after_the_hold_ran_out_is_quiet(street: Street) -> None:
    street.seeds(LI, 100)
    street.hold(1, 60)
    street.now += timedelta(days=15)
    street.void(1)
    assert street.available(LI) == 100


def test_nobody_helps_themselves(street: Street) -> None:
    with pytest.raises(Refused) as told:
        street.hold(1, 60, helper=LI)
    assert told.value.code is Refusal.SAME_ACCOUNT


def test_ones_own_kin_count_only_where_policy_says_so(street: Street) -> None:
    street.hold(1, 60, kin=True)
    assert reads.holds_of(UUID(int=1)) == ()
    assert street.post(1, 60) == 0
    street.with_rules(count_own_kin=True).hold(2, 60, kin=True)
    assert street.post(2, 60) == 60


def test_hours_count_in_the_steps_of_the_place(street: Street) -> None:
    street.with_rules(round_minutes=60)
    street.hold(1, 60)
    assert street.post(1, 75) == 60
    street.hold(2, 60)
    assert street.post(2, 29) == 0
    assert street.available(WANG) == 60
    assert street.whole()


def test_a_full_book_leaves_the_rest_to_the_pool(street: Street) -> None:
    street.with_rules(cap_minutes=100)
    street.seeds(WANG, 70)
    street.seeds(LI, 90)
    street.hold(1, 60)
    assert street.post(1, 60) == 30
    assert (street.available(LI), street.available(WANG)) == (30, 100)
    assert reads.pool(COMMUNITY).returned_minutes == 30


def test_a_full_book_and_an_empty_one_leave_an_honour(street: Street) -> None:
    street.with_rules(cap_minutes=100)
    street.seeds(WANG, 100)
    street.hold(1, 60)
    assert street.post(1, 60) == 0
    assert street.available(WANG) == 100


def test_a_correction_takes_back_and_pays_anew(street: Street) -> None:
    street.seeds(LI, 100)
    street.hold(1, 60)
    street.post(1, 60)
    assert street.correct(1, 45) == 45
    assert (street.available(LI), street.available(WANG)) == (55, 45)
    assert reads.credited(UUID(int=1)) == 45
    kinds = [(line.kind, line.minutes, line.balance_minutes) for line in reads.lines(WANG)]
    assert kinds == [(LineKind.EARNED, 45, 45), (LineKind.TAKEN_BACK, -60, 0), (LineKind.EARNED, 60, 60)]
    assert [line.kind for line in reads.lines(LI)] == [LineKind.GIVEN, LineKind.RETURNED, LineKind.GIVEN, LineKind.SEED]
    book = reads.book(WANG, street.now)
    assert (book.earned_minutes, book.recent_minutes) == (45, 45)
    assert reads.book(LI, street.now).given_minutes == 45


def test_a_correction_works_from_every_state(street: Street) -> None:
    street.hold(1, 60)
    assert street.correct(1, 50) == 50  # still held: posted
    street.hold(2, 60)
    street.void(2)
    assert street.correct(2, 30) == 30  # given back: paid
    assert street.correct(2, 0) == 0
    assert street.correct(2, 20) == 20  # and corrected again
    with pytest.raises(NotFound):
        street.correct(3, 10)
    assert street.available(WANG) == 70
    assert street.whole()


def test_taking_a_visit_back_leaves_no_minute_behind(street: Street) -> None:
    street.seeds(LI, 40)
    street.hold(1, 60)
    street.post(1, 60)
    verbs.reverse_visit(street.step(), UUID(int=1), street.rules)
    assert (street.available(LI), street.available(WANG)) == (40, 0)
    assert reads.credited(UUID(int=1)) == 0
    assert street.whole()


def test_spent_hours_that_were_a_mistake_stay_owed(street: Street) -> None:
    street.seeds(LI, 100)
    street.hold(1, 60)
    street.post(1, 60)
    street.hold(2, 40, helper=ZHOU, receiver=WANG)
    street.post(2, 40)
    assert street.available(WANG) == 20
    assert street.correct(1, 30) == 30
    assert (street.available(LI), street.available(WANG)) == (70, -10)
    street.hold(3, 40)
    street.post(3, 40)
    assert street.available(WANG) == 30
    verbs.open_book(street.step(), WANG, STAIRS, street.rules)
    row = ledger_reads.account(reads.person_ref(WANG), Unit.MINUTE, reads.BOOK)
    assert row is not None
    assert row.balance.floor == 0  # the way below zero closed behind
    assert street.whole()


def test_what_returns_is_hers_even_over_the_cap(street: Street) -> None:
    street.with_rules(cap_minutes=100).seeds(LI, 100)
    street.hold(1, 40)
    street.post(1, 40)
    street.seeds(LI, 40)
    assert street.correct(1, 0) == 0
    assert street.available(LI) == 140
    with pytest.raises(Refused) as told:
        street.seeds(LI, 1)
    assert told.value.code is Refusal.OVER_CAP


def test_a_lower_cap_takes_nothing_away(street: Street) -> None:
    street.seeds(LI, 500)
    street.with_rules(cap_minutes=100)
    verbs.open_book(street.step(), LI, STAIRS, street.rules)
    assert street.available(LI) == 500
    street.hold(1, 400, helper=WANG)
    assert street.whole()


def test_an_overdraft_goes_as_far_as_policy_lets_it(street: Street) -> None:
    street.with_rules(overdraft_minutes=30)
    street.hold(1, 48)
    street.post(1, 60)
    assert (street.available(LI), street.available(WANG)) == (-30, 60)
    assert reads.pool(COMMUNITY).issued_minutes == 30


def test_one_page_follows_the_other(street: Street) -> None:
    for n in range(1, 6):
        street.seeds(LI, n)
    first = reads.lines(LI, limit=2)
    second = reads.lines(LI, before=first[-1].seq, limit=2)
    assert [line.minutes for line in (*first, *second)] == [5, 4, 3, 2]
    assert [line.kind for line in first] == [LineKind.SEED, LineKind.SEED]


def test_a_book_before_its_first_use_is_empty(street: Street) -> None:
    assert reads.book(ZHOU, street.now).opened_at is None
    assert reads.lines(ZHOU) == ()
    assert reads.pool("440104009009") == reads.Pool("440104009009", 0, 0, 0)
    assert reads.credited(UUID(int=9)) is None


def test_old_hours_are_not_recent(street: Street) -> None:
    street.hold(1, 60)
    street.post(1, 60)
    street.now += timedelta(days=31)
    book = reads.book(WANG, street.now)
    assert (book.earned_minutes, book.recent_minutes) == (60, 0)


def test_seed_hours_are_given_once_a_key(street: Street) -> None:
    s = street.step()
    first = verbs.seed(s, LI, place=STAIRS, minutes=600, rules=RULES, key="seed-li-2026")
    again = verbs.seed(street.step(), LI, place=STAIRS, minutes=600, rules=RULES, key="seed-li-2026")
    assert first == again
    assert reads.book(LI, street.now).seed_minutes == 600
    assert s.kinds() == ["ledger:account:opened", "ledger:account:opened", "ledger:transfer:posted"]


def test_what_a_visit_leaves_as_evidence_is_gathered_under_the_visit(street: Street) -> None:
    s = street.step()
    verbs.hold_for_visit(s, UUID(int=77), helper=WANG, receiver=LI, place=STAIRS, minutes=60, rules=RULES)
    held = s.last()
    assert held["visit"] == str(UUID(int=77))
    assert (held["amount"], held["unit"], held["reason"]) == (75, "minute", "visit")
    assert str(LI) not in str(held)
    assert str(WANG) not in str(held)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE timebank_visitpart SET minutes = 0", "timebank_part_"),
        ("UPDATE timebank_visitpart SET posted_minutes = NULL WHERE transfer IS NOT NULL", "timebank_part_said"),
        ("UPDATE timebank_visitpart SET posted_minutes = minutes + 1 WHERE transfer IS NOT NULL", "timebank_part_posted"),
        ("UPDATE timebank_visitpart SET hold = NULL, transfer = NULL, posted_minutes = NULL", "timebank_part_moves"),
        ("UPDATE timebank_visitpart SET credit = debit", "timebank_part_sides"),
        ("UPDATE timebank_visitpart SET debit = 'helper', credit = 'pool'", "timebank_part_sides"),
        ("UPDATE timebank_visitpart SET debit = 'bank'", "timebank_part_sides"),
        ("UPDATE timebank_visithours SET state = 'lost'", "timebank_visit_"),
        ("UPDATE timebank_visithours SET receiver = helper", "timebank_visit_two_people"),
        ("UPDATE timebank_visithours SET posted_minutes = NULL", "timebank_visit_minutes"),
        ("UPDATE timebank_visithours SET ended_at = NULL", "timebank_visit_ended"),
        (
            "INSERT INTO timebank_visithours (visit, round, helper, place_code, counts, state, honour_minutes, recorded_at)"
            " SELECT visit, 2, helper, place_code, counts, 'held', 0, recorded_at FROM timebank_visithours",
            "timebank_visit_one_live",
        ),
    ],
)
def test_what_the_database_refuses(street: Street, change: str, says: str) -> None:
    street.seeds(LI, 600)
    street.hold(1, 60)
    street.post(1, 60)
    with database_refuses(says):
        run(change)
