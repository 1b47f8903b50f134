"""Warnings and stars through the journeys: judged, planned, shown, drawn from the record, called back, closed, risen, appealed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from linli.ground.people import reads as people
from linli.ground.people import verbs as people_verbs
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.journeys import judge, stars, warn
from linli.journeys.corridor import step
from linli.journeys.gather import gather
from linli.journeys.keep_record import keep_record
from linli.journeys.take_stock import STOCK, take_stock
from linli.kernel.actor import Role
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotAllowed, NotFound, Refusal, Refused
from linli.kernel.quarter import Quarter, closed_before
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import FactIn, FactKind
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.core import Level, State
from linli.sight.warnings.verbs import Carried
from linli.sight.wellbeing import reads as wellbeing
from tests.cast import HOME, OTHER, Street
from tests.lived import Lived, asked, both_say, checked_out

CITY, LAST = HOME[:4], Quarter(2026, 1)


def refused(code: Refusal) -> Any:
    return pytest.raises(Refused, match=f"^{code.value}$")


def carried(street: Street, *rows: tuple[str, int, int, int]) -> None:
    told = [Carried(place, LAST.plus(-back), hits, n) for place, back, hits, n in rows]
    judge.carry_in(street.actor("lin"), CITY, told, "季度问卷", street.key())
    take_stock()


def case(place: str = HOME) -> warnings.WarningCard:
    return warnings.open_in(place, now())[0]


def helped(street: Street) -> None:
    both_say(street, checked_out(street, asked(street)), 40, 44)
    steps.move_clock(by=timedelta(minutes=1))


def in_call_back(street: Street) -> UUID:
    helped(street)
    carried(street, (HOME, 0, 6, 40))
    pk = case().id
    warn.plan(street.actor("chen"), pk, "逐户回访", street.key())
    planned = now()
    steps.move_clock(by=timedelta(minutes=7))
    warn.plan(street.actor("chen"), pk, "逐户回访，每周一次", street.key())
    found = [f for f in gather(planned, now() + timedelta(minutes=1)) if f.kind is FactKind.WARNING_PLANNED]
    assert [f.occurred_at for f in found] == [planned]  # a better plan does not make the first one later
    warn.show(street.actor("chen"), pk, "换了帮手", "", street.key())
    assert warn.run_due() == 0  # nothing is signed yet that nobody knew
    steps.move_clock(by=timedelta(minutes=10))
    keep_record()
    assert warn.run_due() == 1
    assert warn.run_due() == 0
    return pk


def province(street: Street) -> None:
    with step(STOCK, None, "post.grant", {}, place="44") as s:
        people_verbs.grant_post(s, street.people["daughter"], Role.CITY, "44")


def test_only_a_closed_quarter_is_judged_and_only_once(street: Street) -> None:
    carried(street, (HOME, 0, 6, 40), (OTHER, 0, 36, 40))
    assert [(w.place, w.level) for w in warnings.open_in(CITY, now())] == [(HOME, Level.BLUE)]
    for _ in range(3):
        steps.move_clock(by=timedelta(hours=1))
        take_stock()
    assert len(warnings.open_in(CITY, now())) == 1
    assert len(warnings.judged(CITY, LAST)) == 2
    assert {n.kind for n in people.notices(street.actor("he"))} >= {"warning.opened"}
    assert "warning.opened" not in {n.kind for n in people.notices(street.actor("zhou"))}


def test_a_late_fact_judges_anew_and_a_doubled_one_counts_once(street: Street) -> None:
    carried(street, (HOME, 0, 3, 5))
    at = LAST.ends() - timedelta(days=3)
    late = [FactIn(FactKind.RATED, f"visit:late-{n}", HOME, False, at, 1) for n in range(9)]
    before = now()
    steps.move_clock(by=timedelta(hours=2))
    for _ in range(2):
        with step(STOCK, None, "sight.take_stock", {}) as s:
            facts.load(s, late)
        take_stock()
    rows = warnings.judged(HOME, LAST)
    assert [(r.hits, r.n, r.level, r.newest) for r in rows] == [(3, 5, "", False), (3, 14, "blue", True)]
    assert rows[0].recorded_at <= before < rows[1].recorded_at
    assert case().n == 14


def test_two_quarters_running_take_the_blue_one_in_and_an_empty_one_says_nothing(street: Street) -> None:
    carried(street, (HOME, 0, 6, 40))
    blue = case().id
    steps.move_clock(to=Quarter(2026, 2).ends() + timedelta(hours=1), speed=0)
    take_stock()
    assert case().id == blue  # nobody rated since: no verdict
    judge.carry_in(street.actor("lin"), CITY, [Carried(HOME, Quarter(2026, 2), 15, 40)], "季度问卷", street.key())
    take_stock()
    assert case().level is Level.YELLOW
    assert warnings.warning(blue, now()).state is State.RISEN
    assert closed_before(now(), 1) == (Quarter(2026, 2),)


def test_the_call_back_is_drawn_by_the_record_and_made_by_somebody_else(street: Street) -> None:
    pk = in_call_back(street)
    he, chen, li = street.actor("he"), street.actor("chen"), street.people["li"]
    assert [row.person for row in warnings.calls(pk)] == [li]
    shown = people.disclose(he, [li], wanted=frozenset({DataClass.NAME, DataClass.PHONE}), purpose=Purpose.ESCALATED, now=now())[li]
    assert shown.phone == "+8610090000001"  # opened for the call
    with pytest.raises(NotAllowed):
        warn.call(chen, pk, 0, "fixed", "", street.key())
    with refused(Refusal.INPUT_INVALID):
        warn.call(he, pk, 0, "perhaps", "", street.key())
    with refused(Refusal.CALLS_OPEN):
        warn.close(he, pk, "都好了", street.key())
    assert warn.call(he, pk, 0, "fixed", "准时了", street.key())["finding"] == "true"
    closed = people.disclose(he, [li], wanted=frozenset({DataClass.PHONE}), purpose=Purpose.ESCALATED, now=now())[li]
    assert closed.phone is None
    key = street.key()
    assert warn.close(he, pk, "都好了", key) == warn.close(he, pk, "都好了", key)
    assert warnings.warning(pk, now()).state is State.CLOSED


def test_a_false_rectification_goes_to_the_city_which_alone_may_go_on(street: Street) -> None:
    before = now()
    pk = in_call_back(street)
    told = warn.call(street.actor("he"), pk, 0, "not_fixed", "还是晚", street.key())
    ended = [f for f in gather(before, now() + timedelta(minutes=1)) if f.kind is FactKind.WARNING_CLOSED]
    assert [(f.about, f.gone) for f in ended] == [(f"warning:{pk}", True)]  # it went up: figures do not count it as closed
    new = warnings.warning(UUID(told["risen"]), now())
    assert (told["finding"], new.level, new.state) == ("false", Level.YELLOW, State.OPEN)
    assert {n.kind for n in people.notices(street.actor("lin"))} >= {"warning.risen_false"}
    with refused(Refusal.NOT_YOUR_LEVEL):
        warn.close(street.actor("he"), new.id, "好了", street.key())
    with refused(Refusal.PLAN_MISSING):
        warn.close(street.actor("lin"), new.id, "好了", street.key())


def test_another_community_neither_plans_nor_sees(street: Street) -> None:
    carried(street, (HOME, 0, 6, 40))
    pk = case().id
    for name in ("zheng", "zhou", "li", "he", "lin"):
        with pytest.raises(NotAllowed):
            warn.plan(street.actor(name), pk, "替他们写", street.key())
    for name in ("zheng", "zhou", "li"):
        with pytest.raises(NotFound):
            warn.seen_by(street.actor(name), pk, now())
        with pytest.raises(NotAllowed):
            warn.close(street.actor(name), pk, "好了", street.key())
    with refused(Refusal.PLAN_MISSING):
        warn.close(street.actor("he"), pk, "好了", street.key())


def test_what_nobody_plans_goes_up_by_itself_to_the_top(street: Street) -> None:
    carried(street, (HOME, 0, 6, 40))
    for level, days in (("yellow", 15), ("red", 10)):
        steps.move_clock(by=timedelta(days=days, minutes=1))
        assert warn.run_due() == 1
        assert warn.run_due() == 0
        assert case().level.value == level
    steps.move_clock(by=timedelta(days=6))
    assert warn.run_due() == 1  # told again
    assert warn.run_due() == 0
    assert case().level is Level.RED
    kinds = [n.kind for n in people.notices(street.actor("chen"), limit=50)]
    assert kinds.count("warning.risen_late") == 2
    assert kinds.count("warning.late") == 1
    province(street)
    assert "warning.late" in {n.kind for n in people.notices(street.actor("daughter"))}


def test_a_grave_incident_is_reported_from_above_and_closed_by_the_province_only(street: Street) -> None:
    helped(street)
    with pytest.raises(NotAllowed):
        warn.report(street.actor("chen"), HOME, "money", "钱没有还", street.key())
    with pytest.raises(NotAllowed):
        warn.report(street.actor("he"), OTHER, "money", "别的街道的", street.key())
    for place, kind in ((HOME[:9], "money"), (HOME, "gossip")):
        with refused(Refusal.INPUT_INVALID):
            warn.report(street.actor("he"), place, kind, "钱没有还", street.key())
    pk = UUID(warn.report(street.actor("he"), HOME, "money", "三户说代买的钱没有还", street.key())["warning"])
    assert case().level is Level.RED
    warn.plan(street.actor("chen"), pk, "当天退钱", street.key())
    warn.show(street.actor("chen"), pk, "三户都退了", "", street.key())
    steps.move_clock(by=timedelta(minutes=10))
    keep_record()
    assert warn.run_due() == 1
    for name in ("he", "lin"):
        with refused(Refusal.NOT_YOUR_LEVEL):
            warn.call(street.actor(name), pk, 0, "fixed", "", street.key())
    province(street)
    assert warn.call(street.actor("daughter"), pk, 0, "fixed", "", street.key())["finding"] == "true"
    warn.close(street.actor("daughter"), pk, "核过三户", street.key())
    assert warnings.open_in(HOME, now()) == ()


# Stars ----------------------------------------------------------------------------------------------------------------------------


def test_a_year_is_graded_appealed_decided_and_final(street: Street) -> None:
    lin, chen = street.actor("lin"), street.actor("chen")
    with refused(Refusal.NOT_JUDGED_YET):
        stars.grade(lin, CITY, street.key())
    carried(street, *[(HOME, back, 17, 20) for back in range(4)], (HOME, 4, 0, 50), (OTHER, 0, 3, 3))
    with pytest.raises(NotAllowed):
        stars.grade(street.actor("he"), CITY, street.key())
    run = stars.grade(lin, CITY, street.key())
    assert stars.grade(lin, CITY, street.key()) == run  # the same year once
    home, other = wellbeing.star_of(HOME), wellbeing.star_of(OTHER)
    assert home is not None
    assert other is not None
    assert (home.stars, home.hits, home.n) == (3, 68, 80)  # 85 % of 80: the lower end is 75.6 %
    assert (other.stars, other.n) == (0, 3)  # three glowing ratings make no star
    for name in ("zheng", "he", "lin", "zhou"):
        with pytest.raises(NotAllowed):
            stars.appeal(street.actor(name), home.id, "不公", street.key())
    with refused(Refusal.REASON_REQUIRED):
        stars.appeal(chen, home.id, " ", street.key())
    stars.appeal(chen, home.id, "有十份是别处的", street.key())
    with refused(Refusal.ALREADY_APPEALED):
        stars.appeal(chen, home.id, "再来", street.key())
    steps.move_clock(by=timedelta(days=15, minutes=1))
    assert stars.finish_due() == 0  # an appeal waits
    with pytest.raises(NotAllowed):
        stars.decide(street.actor("he"), home.id, True, 4, "核过", street.key())
    with refused(Refusal.INPUT_INVALID):
        stars.decide(lin, home.id, True, 3, "核过", street.key())
    stars.decide(lin, home.id, True, 4, "核过名册", street.key())
    with refused(Refusal.STATE_FORBIDS):
        stars.decide(lin, home.id, False, 0, "又改", street.key())
    assert stars.finish_due() == 1
    assert stars.finish_due() == 0
    after = wellbeing.star_of(HOME)
    assert after is not None
    assert (after.stars, after.holds, after.run.final_at) == (3, 4, now())
    with refused(Refusal.APPEAL_OVER):
        stars.appeal(street.actor("zheng"), other.id, "晚了", street.key())


def test_the_worker_reads_the_story_and_the_neighbour_does_not(lived: Lived) -> None:
    assert warn.seen_by(lived.street.actor("chen"), lived.warning, now()).id == lived.warning
    with pytest.raises(NotFound):
        warn.seen_by(lived.street.actor("zhou"), lived.warning, now())
