"""The life of offers and visits on a real database, with every way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.help.visits import reads, verbs
from linli.help.visits.core import OfferState, VisitState, Way
from linli.help.visits.tests.room import CHEN, EARLY, HOME, LI, NOW, STAIRS, TRIES, WANG, WINDOW, WU, ZHOU, Room
from linli.kernel.errors import NotFound, Refusal, Refused


@pytest.fixture
def room(db: None) -> Room:
    return Room()


@contextmanager
def refused_as(code: Refusal) -> Iterator[None]:
    with pytest.raises(Refused, match=f"^{code.value}$"):
        yield


def test_an_offer_says_why_and_is_made_once(room: Room) -> None:
    made = room.offer()
    row = reads.offer(made)
    assert (row.helper, row.resident, row.state, row.reasons, row.walk_minutes) == (WANG, LI, OfferState.MADE, (("walk", 3),), 3)
    again = verbs.NewOffer(row.need, WANG, LI, "medicine", STAIRS, row.starts_at, 40, 1, None, (), room.now + timedelta(minutes=9))
    assert verbs.offer(room.step(), again) is None
    other = room.offer(helper=WU)
    assert [o.id for o in reads.offers_of_need(row.need)] == [made, other]
    assert reads.asked_for(row.need, NOW) == {WANG, WU}
    assert [o.id for o in reads.offers_for(WANG, room.now)] == [made]
    assert reads.offers_for(WANG, room.now + timedelta(minutes=30)) == ()
    with pytest.raises(NotFound):
        reads.offer(UUID(int=99))
    with pytest.raises(NotFound):
        reads.visit(UUID(int=99))


def test_accepting_books_and_withdraws_what_others_were_asked(room: Room) -> None:
    mine, other = room.offer(), room.offer(helper=WU)
    booked = verbs.accept(room.step(WANG), mine, starts_at=reads.offer(mine).starts_at)
    assert room.steps[-1].kinds() == ["offer:accepted", "visit:booked"]
    assert (booked.need, booked.helper, booked.resident, booked.minutes) == (UUID(int=1001), WANG, LI, 40)
    assert [reads.offer(o).state for o in (mine, other)] == [OfferState.ACCEPTED, OfferState.WITHDRAWN]
    assert reads.asked_for(booked.need, NOW) == {WANG}  # who was withdrawn may be asked again
    row = reads.visit(booked.id)
    assert (row.state, row.ends_at - row.starts_at) == (VisitState.BOOKED, timedelta(minutes=40))
    assert reads.visit_of_need(booked.need) == row == reads.around([booked.need])[booked.need].visit
    with refused_as(Refusal.OFFER_GONE):
        verbs.accept(room.step(WU), other, starts_at=room.now)
    with refused_as(Refusal.OFFER_GONE):
        verbs.decline(room.step(WANG), mine)


def test_an_offer_is_ones_own_and_lives_for_a_time(room: Room) -> None:
    made = room.offer()
    with pytest.raises(NotFound):
        verbs.accept(room.step(WU), made, starts_at=room.now)
    with pytest.raises(NotFound):
        verbs.decline(room.step(WU), made)
    assert verbs.lapse(room.step(None), made) is None
    room.wait(minutes=30)
    assert reads.lapsed_offers(room.now) == (made,)
    with refused_as(Refusal.OFFER_GONE):
        verbs.accept(room.step(WANG), made, starts_at=room.now)
    assert verbs.lapse(room.step(None), made) == UUID(int=1001)
    assert verbs.lapse(room.step(None), made) is None
    assert reads.offer(made).state is OfferState.LAPSED


def test_declining_tells_need_and_service(room: Room) -> None:
    made = room.offer()
    assert verbs.decline(room.step(WANG), made) == (UUID(int=1001), "medicine")
    assert reads.offers_of_need(UUID(int=1001)) == ()
    assert len(reads.offers_of_need(UUID(int=1001), running=False)) == 1


@pytest.mark.parametrize(("starts", "taken"), [(60, True), (99, True), (100, False), (21, True), (20, False)])
def test_nobody_is_booked_twice_at_one_time(room: Room, starts: int, taken: bool) -> None:
    room.book(1, starts=60)
    second = room.offer(2, starts=starts)
    if not taken:
        verbs.accept(room.step(WANG), second, starts_at=reads.offer(second).starts_at)
        return
    with refused_as(Refusal.SLOT_TAKEN):
        verbs.accept(room.step(WANG), second, starts_at=reads.offer(second).starts_at)
    third = room.offer(2, WU, starts=starts)
    verbs.accept(room.step(WU), third, starts_at=reads.offer(third).starts_at)


def test_the_database_itself_refuses_the_second_booking(room: Room) -> None:
    first, second = room.book(1), room.book(2, starts=300)
    with database_refuses("visit_no_double_booking"):
        run(
            "UPDATE visits_visit SET (starts_at, ends_at) = (SELECT starts_at, ends_at FROM visits_visit WHERE id = %s) WHERE id = %s",
            first,
            second,
        )
    room.arrive(first)
    with database_refuses("visit_no_double_booking"):
        run("UPDATE visits_visit SET starts_at = %s, ends_at = %s WHERE id = %s", room.now, room.now + timedelta(minutes=1), second)


def test_a_need_has_one_live_visit(room: Room) -> None:
    room.book(1)
    late = room.offer(1, WU, starts=500)
    with refused_as(Refusal.OFFER_GONE):
        verbs.accept(room.step(WU), late, starts_at=reads.offer(late).starts_at)


def test_the_number_at_the_door(room: Room) -> None:
    visit = room.book()
    code = reads.code_for(visit, room.now, window_minutes=WINDOW).code
    how = {"window_minutes": WINDOW, "early_minutes": EARLY, "tries_max": TRIES}
    with refused_as(Refusal.CHECK_IN_TOO_EARLY):
        verbs.check_in(room.step(WANG), visit, code, **how)
    room.wait(minutes=30)
    code = reads.code_for(visit, room.now, window_minutes=WINDOW).code
    wrong = f"{(int(code) + 1) % 10_000:04d}"
    with pytest.raises(NotFound):
        verbs.check_in(room.step(WU), visit, code, **how)
    with refused_as(Refusal.CHECK_IN_CODE_WRONG):
        verbs.check_in(room.step(WANG), visit, wrong, **how)
    assert verbs.check_in(room.step(WANG), visit, code, **how) == UUID(int=1001)
    assert room.steps[-1].last()["way"] == "code"
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.check_in(room.step(WANG), visit, code, **how)
    with pytest.raises(NotFound):
        reads.code_for(visit, room.now, window_minutes=WINDOW)


def test_too_many_wrong_numbers_leave_the_paper_route(room: Room) -> None:
    visit = room.book(starts=0)
    for _ in range(TRIES):
        verbs.wrong_code(visit)
    code = reads.code_for(visit, room.now, window_minutes=WINDOW).code
    with refused_as(Refusal.TOO_MANY_TRIES):
        verbs.check_in(room.step(WANG), visit, code, window_minutes=WINDOW, early_minutes=EARLY, tries_max=TRIES)
    arrived = room.now
    room.wait(minutes=20)
    for who in (WANG, LI):
        with refused_as(Refusal.PARTY_TO_IT):
            verbs.check_in_paper(room.step(who), visit, arrived_at=arrived, called_back_at=room.now)
    ahead = room.now + timedelta(minutes=1)
    for arrival, call in ((arrived, ahead), (room.now, arrived), (ahead, ahead)):
        with refused_as(Refusal.INPUT_INVALID):
            verbs.check_in_paper(room.step(), visit, arrived_at=arrival, called_back_at=call)
    assert verbs.check_in_paper(room.step(), visit, arrived_at=arrived, called_back_at=room.now) == UUID(int=1001)
    row = reads.visit(visit)
    assert (row.check_in_way, row.checked_in_at, row.wrong_tries) == ("paper", arrived, TRIES)


def test_the_list_is_ticked_before_leaving(room: Room) -> None:
    visit = room.book(starts=0)
    with refused_as(Refusal.NOT_CHECKED_IN):
        verbs.check_out(room.step(WANG), visit, items=2)
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.tick(room.step(WANG), visit, 0, True, items=2)
    room.arrive(visit)
    for item in (-1, 2):
        with refused_as(Refusal.INPUT_INVALID):
            verbs.tick(room.step(WANG), visit, item, True, items=2)
    with pytest.raises(NotFound):
        verbs.tick(room.step(LI), visit, 0, True, items=2)
    for item, done in ((0, True), (0, True), (1, True), (1, False)):
        verbs.tick(room.step(WANG), visit, item, done, items=2)
    assert reads.ticked(visit) == {0}
    with refused_as(Refusal.CHECKLIST_OPEN):
        verbs.check_out(room.step(WANG), visit, items=2)
    verbs.tick(room.step(WANG), visit, 1, True, items=2)
    with pytest.raises(NotFound):
        verbs.check_out(room.step(LI), visit, items=2)
    assert verbs.check_out(room.step(WANG), visit, items=2) == UUID(int=1001)
    assert room.state(visit) == "checked_out"
    with pytest.raises(NotFound):
        reads.visit(UUID(int=99))


@pytest.mark.parametrize(
    ("helper", "resident", "final"),
    [(40, 40, 40), (50, 35, 42), (30, 45, 37), (50, 50, 50), (30, 30, 30), (50, 34, None), (51, 40, None), (40, 29, None), (40, 51, None)],
)
def test_claims_near_the_estimate_and_each_other_are_averaged(room: Room, helper: int, resident: int, final: int | None) -> None:
    visit = room.done()
    assert room.claim(visit, "helper", helper).state == "waiting"
    assert room.state(visit) == "checked_out"  # a helper never confirms alone
    joined = room.claim(visit, "resident", resident)
    assert (joined.state, joined.minutes) == (("confirmed", final) if final else ("disputed", None))
    assert reads.visit(visit).minutes_final == final


def test_each_side_speaks_once_and_after_the_visit(room: Room) -> None:
    visit = room.book(starts=0)
    with refused_as(Refusal.NOT_CHECKED_IN):
        room.claim(visit, "helper", 40)
    room.arrive(visit)
    with refused_as(Refusal.NOT_CHECKED_IN):
        room.claim(visit, "resident", 40)
    room.leave(visit)
    room.claim(visit, "resident", 40, way=Way.CALL_BACK, by=CHEN)
    with refused_as(Refusal.ALREADY_CONFIRMED):
        room.claim(visit, "resident", 41)
    assert reads.visit(visit).resident_way == "call_back"
    assert room.claim(visit, "helper", 40).state == "confirmed"
    with refused_as(Refusal.ALREADY_CONFIRMED):
        room.claim(visit, "helper", 40)


def test_the_helper_does_not_speak_for_the_resident(room: Room) -> None:
    visit = room.done()
    with refused_as(Refusal.PARTY_TO_IT):
        room.claim(visit, "resident", 40, by=WANG)
    with database_refuses("visit_not_by_helper"):
        run("UPDATE visits_visit SET resident_minutes = 40, resident_way = 'self', resident_by = helper WHERE id = %s", visit)
    room.claim(visit, "helper", 40)
    with database_refuses("visit_both_said"):
        run("UPDATE visits_visit SET state = 'confirmed', minutes_final = 40, done_at = now() WHERE id = %s", visit)


@pytest.mark.parametrize("minutes", [0, -5, 1441, 10**9])
def test_absurd_minutes_are_refused_by_name(room: Room, minutes: int) -> None:
    visit = room.done()
    with pytest.raises(Refused) as caught:
        room.claim(visit, "helper", minutes)
    assert (caught.value.code, caught.value.field) == (Refusal.INPUT_INVALID, "minutes")


def test_a_dispute_is_settled_by_somebody_who_is_no_party(room: Room) -> None:
    visit = room.done()
    with refused_as(Refusal.REASON_REQUIRED):
        verbs.dispute(room.step(LI), visit, " \u200b ")
    with refused_as(Refusal.INPUT_TOO_LONG):
        verbs.dispute(room.step(LI), visit, "长" * 301)
    assert verbs.dispute(room.step(LI), visit, "没有来那么久") == UUID(int=1001)
    assert [row.id for row in reads.disputed_at(HOME)] == [visit]
    with refused_as(Refusal.STATE_FORBIDS):
        room.claim(visit, "helper", 40)
    for who in (LI, WANG):
        with refused_as(Refusal.PARTY_TO_IT):
            verbs.settle(room.step(who), visit, 30, "问过了")
    with refused_as(Refusal.REASON_REQUIRED):
        verbs.settle(room.step(), visit, 30, "")
    with pytest.raises(Refused, match="input_invalid"):
        verbs.settle(room.step(), visit, -1, "问过了")
    assert verbs.settle(room.step(), visit, 0, "问过了").minutes == 0
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.settle(room.step(), visit, 30, "再问一次")
    assert reads.disputed_at(HOME) == ()
    assert reads.visit(visit).minutes_final == 0


def test_a_visit_nobody_checked_out_of_can_be_disputed(room: Room) -> None:
    visit = room.book(starts=0)
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.dispute(room.step(LI), visit, "还没来")
    room.arrive(visit)
    verbs.dispute(room.step(LI), visit, "来了就走")
    assert verbs.settle(room.step(), visit, 5, "问过了").state == "settled"


def test_a_finished_visit_is_corrected_with_a_reason_again_and_again(room: Room) -> None:
    visit = room.done()
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.correct(room.step(), visit, 30, "记错")
    room.claim(visit, "helper", 40)
    room.claim(visit, "resident", 40)
    for minutes in (30, 35):
        assert verbs.correct(room.step(), visit, minutes, "记错").minutes == minutes
    with refused_as(Refusal.PARTY_TO_IT):
        verbs.correct(room.step(WANG), visit, 90, "记错")
    with refused_as(Refusal.INPUT_INVALID):
        verbs.correct(room.step(), visit, 1441, "记错")
    told = [(flip.event, flip.old, flip.new, flip.reason) for flip in reads.history(visit)]
    assert told == [
        ("book", "", "booked", ""), ("check_in", "booked", "checked_in", ""), ("check_out", "checked_in", "checked_out", ""),
        ("confirm", "checked_out", "confirmed", ""), ("correct", "confirmed", "corrected", "记错"), ("correct", "corrected", "corrected", "记错"),
    ]  # fmt: skip


def test_a_booked_visit_is_cancelled_with_a_reason(room: Room) -> None:
    visit = room.book()
    with refused_as(Refusal.REASON_REQUIRED):
        verbs.cancel(room.step(LI), visit, "")
    assert verbs.cancel(room.step(LI), visit, "孩子来了") == UUID(int=1001)
    assert room.steps[-1].kinds() == ["visit:cancelled"]
    again = room.book(1, WU)  # the need is free again, and so is the helper's time
    room.book(2)
    room.arrive(again)
    with refused_as(Refusal.STATE_FORBIDS):
        verbs.cancel(room.step(LI), again, "晚了")
    with pytest.raises(NotFound):
        verbs.cancel(room.step(LI), UUID(int=9), "没有这次")


def test_who_does_not_come_is_a_no_show_once(room: Room) -> None:
    visit = room.book(starts=0)
    assert verbs.no_show(room.step(None), visit, minutes=15) is None
    room.wait(minutes=14, seconds=59)
    assert reads.due_no_shows(room.now, minutes=15) == ()
    room.wait(seconds=1)
    assert [row.id for row in reads.due_no_shows(room.now, minutes=15)] == [visit]
    assert verbs.no_show(room.step(None), visit, minutes=15) == UUID(int=1001)
    assert verbs.no_show(room.step(None), visit, minutes=15) is None
    assert reads.no_shows_of(WANG) == 1
    assert reads.due_no_shows(room.now, minutes=15) == ()
    came = room.book(2, starts=0)
    room.arrive(came)
    room.wait(hours=1)
    assert verbs.no_show(room.step(None), came, minutes=15) is None


def test_what_matching_and_figures_read(room: Room) -> None:
    first = room.done(1)
    room.claim(first, "helper", 40)
    assert [row.id for row in reads.unconfirmed_at(HOME, room.now + timedelta(minutes=1))] == [first]
    assert reads.unconfirmed_at(HOME, room.now) == ()
    room.claim(first, "resident", 40)
    ahead = room.book(2)
    helper_list = reads.of_helper(WANG)
    assert [row.id for row in helper_list] == [ahead, first]
    assert [row.id for row in reads.of_resident(LI)] == [ahead, first]
    row = reads.visit(ahead)
    slot = (row.starts_at, row.ends_at)
    assert reads.tracks([WANG, WU], LI, *slot, NOW) == {WANG: reads.Track((slot,), 2, 1)}
    assert reads.tracks([WANG], ZHOU, row.ends_at, row.ends_at + timedelta(hours=1), NOW) == {WANG: reads.Track((), 2, 0)}
    assert reads.tracks([WANG], None, *slot, row.ends_at) == {WANG: reads.Track((slot,), 0, 0)}
    assert reads.tracks([], LI, *slot, NOW) == {}
    # Looked back over four weeks, each of two visits counts whole, then three quarters, a half, a quarter; the sum is rounded down.
    for later, load in ((0, 2), (8, 1), (15, 1), (22, 0)):
        seen_at = room.now + timedelta(days=later)
        assert reads.tracks([WANG], None, *slot, seen_at - timedelta(days=28), seen_at)[WANG].load == load
    around = reads.around([row.need], now=room.now, windows={row.need: WINDOW})[row.need]
    assert around.visit == row
    assert [offer.helper for offer in around.offers] == [WANG]
    assert around.running == ()
    assert around.times == 1
    assert around.code == reads.code_for(ahead, room.now, window_minutes=WINDOW).code
    assert reads.around([row.need])[row.need].code == ""
    verbs.cancel(room.step(LI), ahead, "不用了")
    assert reads.tracks([WANG, WU], LI, *slot, NOW) == {WANG: reads.Track((), 1, 1)}
    assert reads.around([row.need], now=room.now, windows={row.need: WINDOW})[row.need].code == ""
    assert [row.id for row in reads.at_place(HOME, NOW, NOW + timedelta(days=1))] == [first, ahead]
    assert [row.id for row in reads.visits_of_need(UUID(int=1001))] == [first]
    assert reads.visit_of_need(UUID(int=77)) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("helper_minutes = 0", "visit_minutes"),
        ("helper_minutes = 1441", "visit_minutes"),
        ("helper_minutes = -1", "_minutes"),
        ("minutes_estimated = 0", "visit_minutes"),
        ("minutes_final = 40", "visit_done"),
        ("done_at = now()", "visit_done"),
        ("state = 'settled'", "visit_done"),
        ("state = 'lost'", "visit_state"),
        ("state = 'booked', resident_way = 'self'", "visit_resident_way"),
        ("resident_minutes = 40, resident_way = 'code'", "visit_resident_way"),
        ("check_in_way = 'paper'", "visit_check_in_way"),
        ("check_in_way = 'guess'", "visit_check_in_way"),
        ("checked_in_at = NULL", "visit_was_there"),
        ("checked_out_at = NULL", "visit_was_left"),
        ("checked_out_at = checked_in_at - interval '1 second'", "visit_was_left"),
        ("ends_at = starts_at", "visit_span"),
        ("helper = resident", "between does not change"),
        ("resident = NULL", "between does not change"),
        ("need = gen_random_uuid()", "between does not change"),
        ("seed = ''", "between does not change"),
    ],
)
def test_what_the_database_refuses_of_a_visit(room: Room, change: str, says: str) -> None:
    visit = room.done()
    with database_refuses(says):
        run(f"UPDATE visits_visit SET {change} WHERE id = %s", visit)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("state = 'gone'", "offer_state"),
        ("minutes_estimated = 0", "offer_minutes"),
        ("expires_at = made_at", "offer_lives"),
        ("answered_at = now()", "offer_answered"),
        ("helper = resident", "to whom does not change"),
        ("reasons = '[]'", "to whom does not change"),
        ("state = 'accepted', cost = 0", "to whom does not change"),
    ],
)
def test_what_the_database_refuses_of_an_offer(room: Room, change: str, says: str) -> None:
    made = room.offer()
    with database_refuses(says):
        run(f"UPDATE visits_offer SET {change} WHERE id = %s", made)


def test_one_running_offer_per_helper_and_need_one_tick_per_item_and_no_flip_is_touched(room: Room) -> None:
    visit = room.book(starts=0)
    room.arrive(visit)
    verbs.tick(room.step(WANG), visit, 0, True, items=1)
    with database_refuses("ticked_once"):
        run("INSERT INTO visits_ticked (visit_id, item, at) SELECT visit_id, item, at FROM visits_ticked")
    columns = (
        "need, helper, resident, service, place_code, starts_at, minutes_estimated, state, cost, walk_minutes, reasons, made_at, expires_at"
    )
    with database_refuses("offer_once"):
        run(f"INSERT INTO visits_offer (id, {columns}) SELECT gen_random_uuid(), {columns} FROM visits_offer")
    with database_refuses("offer_two_people"):
        changed = columns.replace("helper", "resident").replace("state", "'declined'")
        run(f"INSERT INTO visits_offer (id, {columns}, answered_at) SELECT gen_random_uuid(), {changed}, now() FROM visits_offer")
    for change in ("UPDATE visits_visitflip SET at = now()", "DELETE FROM visits_visitflip"):
        with database_refuses("a flip is never changed"):
            run(change)
    with database_refuses("does not change"):
        run("DELETE FROM visits_visit")
