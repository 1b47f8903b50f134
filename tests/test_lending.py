"""Scarce things across an alliance: from the request to the thing back on its shelf, racing, blackouts, clocks, and nothing beyond the alliance."""

from __future__ import annotations

import random
import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import close_old_connections, connections

from linli.ground.people import reads as people
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.supply import lending
from linli.help.supply.core.bookings import HOLDING, State
from linli.help.supply.core.things import is_open
from linli.journeys import borrow, lend, loans, loops, things
from linli.journeys.borrow import Wish
from linli.journeys.plans import policy_at
from linli.journeys.take_stock import take_stock
from linli.kernel.errors import NotAllowed, NotFound, Refusal, Refused
from linli.sight.wellbeing import reads as wellbeing
from linli.sight.wellbeing.core import Dimension
from tests.cast import HOME, OTHER, Street
from tests.raw import refused as database_refuses
from tests.raw import run

DAYS = tuple((day, 540, 1020) for day in range(7))  # nine to five, Beijing time
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def enter(street: Street, who: str = "chen", **changes: object) -> UUID:
    """A worker enters a thing of their community."""
    new: dict[str, object] = {"kind": "wheelchair", "name": "轮椅", "place": HOME, "hours": DAYS} | changes
    return UUID(things.enter_thing(street.actor(who), things.ThingForm(**new), street.key())["thing"])  # type: ignore[arg-type]


def allied(street: Street, *communities: str) -> UUID:
    """林处 enters an alliance of both communities."""
    found = things.form_alliance(street.actor("lin"), HOME[:6], "洪桥北京联盟", "协议 1 号", communities or (HOME, OTHER), street.key())
    return UUID(found["alliance"])


def wish(kind: str = "wheelchair", *, days: int = 3, ahead: int = 1, **more: object) -> Wish:
    begin = now().replace(hour=2, minute=0) + ahead * DAY  # ten in the morning
    return Wish(kind, begin, begin + days * DAY, **more)  # type: ignore[arg-type]


def asked(street: Street, who: str = "li", **more: object) -> lending.BookingRow:
    made = borrow.ask(street.actor(who), wish(**more), street.key())  # type: ignore[arg-type]
    return lending.booking(UUID(made["booking"]))


def free(street: Street, who: str, what: Wish) -> loans.Choices:
    moment = now()
    borrower = borrow.borrower_of(street.actor(who), None, moment)
    return borrow.what_is_free(borrower, what, policy_at(borrower.card.place, moment), moment)


def told(street: Street, who: str) -> list[str]:
    return [row.kind for row in people.notices(street.actor(who), limit=50) if row.kind.startswith(("booking", "alliance"))]


def sharing_of(community: str) -> tuple[int, int]:
    index = wellbeing.index(community)
    assert index is not None
    (row,) = (d for d in index.dimensions if d.code is Dimension.SHARING)
    assert (row.value_ppm is None) == (row.n == 0)
    return row.hits, row.n


def to(moment: datetime) -> None:
    steps.move_clock(to=moment, speed=0)


def test_a_wheelchair_is_chosen_booked_handed_out_and_comes_back(street: Street) -> None:
    thing = enter(street)
    found = free(street, "li", wish())
    assert [(c.thing.id, c.free) for c in found.found] == [(thing, 1)]
    row = asked(street, thing=thing)
    assert (row.state, row.thing, row.lender, row.agreed, row.approved) == (State.BOOKED, thing, HOME, True, True)
    assert told(street, "li") == told(street, "daughter") == told(street, "chen") == ["booking.booked"]
    chen = street.actor("chen")
    with pytest.raises(Refused, match="thing_not_yet"):
        lend.hand_out(chen, row.id, None, street.key())
    to(row.begins_at)
    lend.hand_out(chen, row.id, None, street.key())
    assert lending.booking(row.id).state is State.HANDED_OUT
    assert free(street, "wang", wish()).not_now[0][1] == "taken"
    to(row.ends_at - HOUR)
    assert (lend.run_due(), lend.run_due()) == (1, 0)  # reminded once
    to(row.ends_at + 2 * HOUR)
    assert (lend.run_due(), lend.run_due()) == (1, 0)
    assert lending.booking(row.id).state is State.OVERDUE
    assert told(street, "li")[:2] == ["booking.overdue", "booking.due_soon"]
    lend.take_back(chen, row.id, "good", None, street.key())
    assert lending.booking(row.id).state is State.RETURNED
    assert [flip.event for flip in lending.history(row.id)] == ["ask", "offer", "book", "hand_out", "late", "take_back"]
    assert run("SELECT count(*) FROM supply_taken") == [(0,)]
    to(now() + HOUR)
    take_stock()
    # Sharing counts where a booking has ended, and is missing, not nought, where none has.
    assert [sharing_of(place) for place in (HOME, OTHER)] == [(1, 1), (0, 0)]


def test_only_those_of_the_alliance_share_and_the_lender_says_yes_where_it_wants_to(street: Street) -> None:
    thing = enter(street, "zheng", place=OTHER, ask_first=True)
    assert free(street, "li", wish()).found == ()
    with pytest.raises(Refused, match="not_allied"):
        asked(street, thing=thing)
    assert lending.bookings_of([street.people["li"]]) == ()  # refused: nothing was asked
    with pytest.raises(NotAllowed):
        things.form_alliance(street.actor("he"), HOME[:9], "越界", "协议", (HOME, OTHER), street.key())
    alliance = allied(street)
    with pytest.raises(Refused, match="already_allied"):
        allied(street)
    row = asked(street, thing=thing)
    assert (row.state, row.agreed, row.approved) == (State.OFFERED, True, False)
    assert set(told(street, "zheng")) == {"booking.to_approve", "alliance.joined"}
    with pytest.raises(NotFound):
        lend.approve(street.actor("chen"), row.id, street.key())  # the lender's yes is not the borrower's side's to say
    lend.approve(street.actor("zheng"), row.id, street.key())
    assert lending.booking(row.id).state is State.BOOKED
    to(now() + HOUR)
    things.change_alliance(street.actor("lin"), alliance, OTHER, False, street.key())
    assert lending.booking(row.id).state is State.BOOKED  # what was booked stays booked
    with pytest.raises(NotFound):
        borrow.booking_for(street.actor("zhou"), row.id)


def test_what_waits_is_placed_by_the_engine_special_groups_first(street: Street) -> None:
    allied(street)
    first = asked(street, "wang")
    second = asked(street, "li")  # lives alone: goes first though she asked later
    assert {first.state, second.state} == {State.ASKED}
    enter(street, "zheng", place=street.homes["zheng"])
    assert loans.place_waiting() == 1
    assert (lending.booking(second.id).state, lending.booking(first.id).state) == (State.OFFERED, State.ASKED)
    (kept,) = lending.rounds([HOME, OTHER])
    assert (kept.waiting, kept.offered) == (2, 1)
    assert kept.value <= kept.bound
    borrow.decline(street.actor("li"), second.id, street.key())
    assert loans.place_waiting() == 1  # she did not want that one: it goes to 小王
    assert lending.booking(first.id).state is State.OFFERED
    borrow.agree(street.actor("wang"), first.id, street.key())
    assert lending.booking(first.id).state is State.BOOKED
    to(lending.booking(second.id).answer_by)
    lend.run_due()
    assert told(street, "he") == ["booking.unanswered"]
    to(lending.booking(second.id).begins_at)
    lend.run_due()
    assert lending.booking(second.id).state is State.REFUSED


def test_an_offer_nobody_answers_and_a_booking_nobody_fetches_free_the_unit(street: Street) -> None:
    enter(street)
    row = asked(street, ahead=2)
    loops.handle("booking.match", {"booking": str(row.id)})
    held = lending.booking(row.id)
    assert held.state is State.OFFERED
    assert held.offer_until is not None
    to(held.offer_until)
    lend.run_due()
    assert lending.booking(row.id).state is State.ASKED
    thing = enter(street, name="另一张")
    taken = asked(street, "wang", thing=thing)
    to(taken.begins_at + 5 * HOUR)
    lend.run_due()
    assert lending.booking(taken.id).state is State.CANCELLED
    assert run("SELECT count(*) FROM supply_taken") == [(0,)]


def test_a_blackout_sends_bookings_elsewhere_and_refuses_what_is_out(street: Street) -> None:
    allied(street)
    thing, other = enter(street), enter(street, "zheng", place=street.homes["zheng"])
    row = asked(street, thing=thing)
    made = things.black_out(street.actor("chen"), thing, (None, now() + 30 * DAY), "换轮胎", street.key())
    assert made["released"] == 1
    assert "booking.released" in told(street, "li")
    assert loans.place_waiting() == 1
    assert lending.booking(row.id).thing == other
    borrow.agree(street.actor("li"), row.id, street.key())
    to(row.begins_at)
    lend.hand_out(street.actor("zheng"), row.id, None, street.key())
    with pytest.raises(Refused, match="thing_out"):
        things.black_out(street.actor("zheng"), other, (None, None), "修", street.key())
    things.restore(street.actor("chen"), UUID(made["blackout"]), street.key())
    assert [c.thing.id for c in free(street, "wang", wish()).found] == [thing]


def test_two_blackouts_may_overlap_and_ending_one_leaves_the_other(street: Street) -> None:
    thing, chen = enter(street, units=2), street.actor("chen")
    first = things.black_out(chen, thing, (now() + DAY, now() + 9 * DAY), "保养", street.key(), unit=1)
    things.black_out(chen, thing, (now() + 3 * DAY, None), "搬家", street.key())
    assert [(c.thing.id, c.free) for c in free(street, "li", wish(days=1)).found] == [(thing, 1)]
    assert free(street, "li", wish(days=1, ahead=4)).found == ()
    things.restore(chen, UUID(first["blackout"]), street.key())
    assert free(street, "li", wish(days=1)).found[0].free == 2
    assert free(street, "li", wish(days=1, ahead=4)).found == ()


def test_one_that_comes_back_broken_is_out_of_use_and_the_next_gets_another(street: Street) -> None:
    thing = enter(street, units=2)
    rows = [asked(street, "li", thing=thing), asked(street, "wang", thing=thing), asked(street, "wu", thing=thing, ahead=5)]
    to(rows[0].begins_at)
    chen = street.actor("chen")
    for row in rows[:2]:
        lend.hand_out(chen, row.id, None, street.key())
    third = lending.booking(rows[2].id)
    first = next(row for row in rows[:2] if lending.booking(row.id).unit == third.unit)
    assert lend.take_back(chen, first.id, "broken", None, street.key())["released"] == 1
    assert lending.booking(third.id).state is State.ASKED
    assert loans.place_waiting() == 1  # the other unit is back by then
    assert lending.booking(third.id).unit != third.unit


def test_handing_out_takes_another_unit_where_the_one_booked_is_still_out(street: Street) -> None:
    thing = enter(street, units=2)
    first = asked(street, "li", thing=thing, days=1)
    later = asked(street, "wang", thing=thing, ahead=3)
    run("UPDATE supply_booking SET unit_id = %s WHERE id = %s", first.unit, later.id)
    to(first.begins_at)
    chen = street.actor("chen")
    lend.hand_out(chen, first.id, None, street.key())
    to(later.begins_at)
    lend.run_due()
    with database_refuses("booking_one_out"):
        run("UPDATE supply_booking SET state = 'handed_out', handed_out_at = now() WHERE id = %s", later.id)
    lend.hand_out(chen, later.id, None, street.key())
    assert lending.booking(later.id).unit != first.unit


def test_terms_are_kept_whoever_asks(street: Street) -> None:
    for changes, code in (
        ({"only_group": True}, Refusal.THING_FOR_GROUPS),
        ({"certificate": "teacher"}, Refusal.CERTIFICATE_MISSING),
        ({"hours": ((0, 0, 1),)}, Refusal.THING_CLOSED),
        ({"minutes_max": 60}, Refusal.LOAN_TOO_LONG),
    ):
        thing = enter(street, **changes)  # type: ignore[arg-type]
        with pytest.raises(Refused) as caught:
            asked(street, "wang", thing=thing)
        assert caught.value.code is code
    assert lending.bookings_of([street.people["wang"]]) == ()
    for _ in range(3):
        asked(street, "wang")
    with pytest.raises(Refused, match="loans_full"):
        asked(street, "wang")


def test_a_worker_borrows_for_somebody_without_a_phone_and_nobody_for_strangers(street: Street) -> None:
    enter(street)
    with pytest.raises(NotFound):
        borrow.ask(street.actor("zhou"), wish(for_person=street.people["li"]), street.key())
    row = asked(street, "chen", for_person=street.people["li"])
    assert (row.channel, row.entered_by) == ("phone", street.people["chen"])
    loans.place_waiting()
    assert set(told(street, "chen")) == {"booking.asked", "booking.offered"}
    borrow.agree(street.actor("chen"), row.id, street.key())
    with pytest.raises(Refused, match="reason_required"):
        borrow.cancel(street.actor("chen"), row.id, "", street.key())
    borrow.cancel(street.actor("daughter"), row.id, "", street.key())
    assert lending.booking(row.id).state is State.CANCELLED


def test_the_database_refuses_what_no_program_may_do(street: Street) -> None:
    thing = enter(street)
    row = asked(street, thing=thing)
    with database_refuses("taken_no_double_booking"):
        run(
            "INSERT INTO supply_blackout (id, thing_id, unit_id, begins_at, ends_at, reason, recorded_at) "
            "SELECT gen_random_uuid(), %s, unit_id, begins_at, NULL, 'x', now() FROM supply_taken",
            thing,
        )
    with database_refuses("what was asked by whom"):
        run("UPDATE supply_booking SET borrower = entered_by, kind = 'room' WHERE id = %s", row.id)
    with database_refuses("a flip is never changed"):
        run("DELETE FROM supply_bookingflip")
    with database_refuses("booking_both_said"):
        run("UPDATE supply_booking SET agreed_at = NULL WHERE id = %s", row.id)


def test_of_many_who_race_for_one_thing_one_has_it(living_street: Street) -> None:
    thing = enter(living_street)
    names = ("li", "wang", "wu", "daughter")
    actors, keys = [living_street.actor(name) for name in names], [living_street.key() for _ in names]
    gate, answers, what = threading.Barrier(len(names)), [""] * len(names), wish(thing=thing)

    def race(n: int) -> None:
        try:
            close_old_connections()
            gate.wait()
            answers[n] = borrow.ask(actors[n], what, keys[n])["state"]
        except Refused as refused:
            answers[n] = refused.code.value
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race, args=(n,)) for n in range(len(names))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["booked", *["thing_taken"] * (len(names) - 1)]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_asked_nothing_collides_nothing_is_closed_nothing_leaves_the_alliance(street: Street, seed: int) -> None:
    rng = random.Random(seed)
    if seed:
        allied(street)
    for n in range(4):
        who = rng.choice(["chen", "zheng"])
        enter(street, who, name=f"轮椅 {n}", place=street.homes[who], units=rng.randint(1, 2), shared=rng.random() < 0.8)
    for thing in lending.things_in([HOME, OTHER])[:2]:
        who = "chen" if thing.community == HOME else "zheng"
        begin = now() + rng.randint(0, 6) * DAY
        things.black_out(street.actor(who), thing.id, (begin, begin + 5 * HOUR), "保养", street.key(), unit=1)
    for who in ("li", "daughter", "wang", "wu", "zhou"):
        for _ in range(2):
            asked(street, who, days=rng.randint(1, 4), ahead=rng.randint(1, 8))
    loans.place_waiting()
    before = {row.id: row.unit for row in lending.waiting()}
    assert loans.place_waiting() == 0  # nothing that could be placed was left
    assert before == {row.id: row.unit for row in lending.waiting()}
    found = [row for row in lending.bookings_of(list(street.people.values()), limit=50) if row.state in HOLDING]
    assert found
    by_id = lending.things_by_id({row.thing for row in found if row.thing})
    for row in found:
        assert row.thing is not None
        thing = by_id[row.thing]
        assert is_open(thing.terms, (row.begins_at, row.ends_at))
        assert row.lender == row.community or (seed and thing.terms.shared)
        others = [t for t in lending.taken(thing.units, (row.begins_at, row.ends_at), now()) if t.unit == row.unit]
        assert [t.booking for t in others] == [row.id]
