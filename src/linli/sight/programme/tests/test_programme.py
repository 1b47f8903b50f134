"""The programme on PostgreSQL: figures loaded once, months kept, notes and risks as rows that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from tests.raw import refused as database_refuses
from tests.raw import run

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.tests.fakes import FakeStep
from linli.sight.programme import reads, verbs
from linli.sight.programme.core.progress import Measure, Month, month_after
from linli.sight.programme.core.risks import Event, Likely, State, Verdict, judge

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
TODAY = NOW.date()
CITY, STREET = "4401", "440104001"
NOVEMBER = date(2026, 11, 1)
BARS = {"risk_met_ppm": 630_000, "risk_part_ppm": 50_000}


def step(now: datetime = NOW) -> FakeStep:
    return FakeStep(Actor.of_person(UUID(int=3)), now)


def keep(indicator: str, value: int, *, back: int = 0, place: str = CITY, n: int = 100, whole: bool = True) -> None:
    first = month_after(NOVEMBER, -back)
    found = {(place, indicator): Measure("ppm", value, n, n * value // 1_000_000, max(0, value - 10_000), min(1_000_000, value + 10_000))}
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    verbs.keep(step(), first, found, starts_at=start, ends_at=start + timedelta(days=24), whole=whole)


@pytest.fixture
def loaded(db: None) -> FakeStep:
    s = step()
    assert verbs.load_shipped(s) == 367
    return s


def test_figures_load_once_and_their_numbers_never_change(loaded: FakeStep) -> None:
    assert loaded.recorded == [("programme:loaded", "", {"rows": 367})]
    assert reads.loaded()
    again = step()
    assert verbs.load_shipped(again) == 0
    assert again.recorded == []
    for change in ("UPDATE programme_figurerow SET value = 1 WHERE code = 'F001'", "DELETE FROM programme_figurerow WHERE code = 'F001'"):
        with database_refuses("does not change"):
            run(change)
    run("UPDATE programme_figurerow SET en = 'put better' WHERE code = 'F001'")
    run("ALTER TABLE programme_figurerow DISABLE TRIGGER USER")
    run("UPDATE programme_figurerow SET value = 1 WHERE code = 'F001'")
    with pytest.raises(ValueError, match="F001"):
        verbs.load_shipped(step())


def test_a_month_is_counted_again_and_stands_once(loaded: FakeStep) -> None:
    keep("handled_in_time", 800_000)
    keep("handled_in_time", 950_000)
    row = next(r for r in reads.standings(CITY, TODAY) if r.figure.code == "F180")
    assert row.measure is not None
    assert (row.measure.value, row.state, row.bar) == (950_000, "met", 900_000)
    assert run("SELECT count(*) FROM programme_actualrow") == [(1,)]
    assert next(r for r in reads.standings(STREET, TODAY) if r.figure.code == "F180").state == "none"
    assert reads.last_month(CITY) == NOVEMBER


@pytest.mark.parametrize(
    ("measure", "says"),
    [(Measure("ppm", 5, 0), "programme_actual_counts"), (Measure("ppm", 5, 3, 4), "programme_actual_counts"),
     (Measure("ppm", 5, 3, 1, 6, 7), "programme_actual_interval"), (Measure("yen", 5, 3), "programme_actual_unit")],
)  # fmt: skip
def test_what_the_database_refuses_of_a_month(loaded: FakeStep, measure: Measure, says: str) -> None:
    with database_refuses(says):
        verbs.keep(step(), NOVEMBER, {(CITY, "met_share"): measure}, starts_at=NOW, ends_at=NOW + timedelta(days=1), whole=False)


def test_every_promise_stands_once_and_what_repeats_is_left_out(loaded: FakeStep) -> None:
    rows = reads.standings(CITY, TODAY)
    codes = [row.figure.code for row in rows]
    assert len(codes) == len(set(codes)) == 147
    assert {"F180", "F226", "F204", "F296"} <= set(codes)
    assert not {"F050", "F284", "F078"} & set(codes)  # a repeat, a repeat, a baseline
    assert {row.state for row in rows} == {"none"}
    assert next(r for r in rows if r.figure.code == "F354").owner == "reform"
    assert next(r for r in rows if r.figure.code == "F011").owner == ""


def test_a_running_month_is_not_held_against_what_adds_up(loaded: FakeStep) -> None:
    keep("participation", 20_000, back=0, whole=False)
    assert next(r for r in reads.standings(CITY, TODAY) if r.figure.code == "F015").state == "early"
    keep("participation", 100_000, back=1)
    row = next(r for r in reads.standings(CITY, TODAY) if r.figure.code == "F015")
    assert row.measure is not None
    assert (row.state, row.measure.value) == ("late", 100_000)


def test_a_note_is_a_row_and_the_nearest_place_speaks(loaded: FakeStep) -> None:
    s = step()
    verbs.assign(s, CITY, "F180", owner="市民政局", said="on_way", words="每周看一次", occurred_on=date(2026, 11, 1))
    assert s.kinds() == ["programme:assigned"]
    verbs.assign(step(NOW + timedelta(hours=1)), CITY, "F180", owner="市数据局", said="behind", words="", occurred_on=TODAY)
    found = reads.detail("F180", STREET, TODAY, least=4)
    assert found is not None
    assert [(n.owner, n.said) for n in found.notes] == [("市数据局", "behind"), ("市民政局", "on_way")]
    verbs.assign(step(), STREET, "F180", owner="街道办", said="none", words="", occurred_on=TODAY)
    assert next(r.note.owner for r in reads.standings(STREET, TODAY) if r.note) == "街道办"
    assert next(r.note.owner for r in reads.standings(CITY, TODAY) if r.note) == "市数据局"
    for change in ("UPDATE programme_noterow SET owner = 'x'", "DELETE FROM programme_noterow"):
        with database_refuses("never changed"):
            run(change)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [({"owner": " "}, Refusal.INPUT_MISSING, "owner"), ({"owner": "长" * 61}, Refusal.INPUT_TOO_LONG, "owner"),
     ({"words": "长" * 501}, Refusal.INPUT_TOO_LONG, "words"), ({"said": "great"}, Refusal.INPUT_INVALID, "said")],
)  # fmt: skip
def test_a_note_that_does_not_fit_is_refused(loaded: FakeStep, changed: dict[str, str], code: Refusal, field: str) -> None:
    right = {"owner": "市民政局", "said": "none", "words": ""}
    with pytest.raises(Refused) as caught:
        verbs.assign(step(), CITY, "F180", **(right | changed), occurred_on=TODAY)
    assert (caught.value.code, caught.value.field) == (code, field)
    with pytest.raises(NotFound):
        verbs.assign(step(), CITY, "F999", **right, occurred_on=TODAY)


def test_a_figure_by_itself_has_months_forecast_conflicts_and_repeats(loaded: FakeStep) -> None:
    for back, value in enumerate((850_000, 840_000, 830_000, 820_000)):
        keep("handled_in_time", value, back=back)
    found = reads.detail("F180", CITY, TODAY, least=4)
    assert found is not None
    assert found.ahead is not None
    assert (found.ahead.slope, found.ahead.by) == (10_000, date(2027, 4, 1))
    assert [c.claim.code for c in found.conflicts] == ["C13"]
    assert [f.code for f in (reads.detail("F006", CITY, TODAY, least=4) or found).repeats] == ["F050"]
    assert reads.detail("F999", CITY, TODAY, least=4) is None


def judged(*values: int) -> Verdict:
    months = [Month(month_after(NOVEMBER, i - len(values) + 1), Measure("ppm", v, 100)) for i, v in enumerate(values)]
    return judge(months, 630_000, over=False, needed=2, least=5)


def test_a_trigger_raises_once_with_evidence_and_eases(loaded: FakeStep) -> None:
    s = step()
    assert verbs.watch(s, CITY, {"form": (judged(500_000, 400_000), 630_000)}) == ("form",)
    assert verbs.watch(s, CITY, {"form": (judged(500_000, 400_000), 630_000)}) == ()
    assert s.kinds() == ["risk:raised"]
    raised = reads.risk_history(CITY, "form")[0]
    assert (raised.state, raised.bar, raised.by_person) == ("raised", 630_000, False)
    assert raised.months == ((date(2026, 10, 1), 500_000, "ppm", 100), (date(2026, 11, 1), 400_000, "ppm", 100))
    verbs.watch(s, CITY, {"form": (judged(400_000, 900_000), 630_000)})
    assert [e.state for e in reads.risk_history(CITY, "form")] == ["quiet", "raised"]
    with database_refuses("never changed"):
        run("DELETE FROM programme_riskrow")


def test_a_person_decides_with_a_reason_and_the_trigger_leaves_it_alone(loaded: FakeStep) -> None:
    verbs.watch(step(), CITY, {"form": (judged(500_000, 400_000), 630_000)})
    with pytest.raises(Refused, match="reason_required"):
        verbs.decide(step(), CITY, "form", Event.ACCEPT, "  ")
    assert verbs.decide(step(), CITY, "form", Event.MITIGATE, "换人，下月再看") is State.MITIGATED
    for verdict in (judged(500_000, 400_000), judged(900_000, 900_000)):
        assert verbs.watch(step(), CITY, {"form": (verdict, 630_000)}) == ()
    assert verbs.decide(step(), CITY, "form", Event.CLOSE, "好了") is State.CLOSED
    assert verbs.watch(step(), CITY, {"form": (judged(500_000, 400_000), 630_000)}) == ()  # the same months do not raise it again
    with pytest.raises(Refused, match="state_forbids"):
        verbs.decide(step(), CITY, "form", Event.CLOSE, "再关一次")
    with pytest.raises(Refused, match="input_invalid"):
        verbs.decide(step(), CITY, "form", Event.RAISE, "人不触发")
    with pytest.raises(NotFound):
        verbs.decide(step(), CITY, "flood", Event.CLOSE, "没有这项")
    later = Verdict(
        True, Likely.HAPPENING, (Month(date(2026, 12, 1), Measure("ppm", 1, 100)), Month(date(2027, 1, 1), Measure("ppm", 1, 100)))
    )
    assert verbs.watch(step(NOW + timedelta(days=70)), CITY, {"form": (later, 630_000)}) == ("form",)


def test_the_register_shows_all_six_and_what_has_no_record_says_so(loaded: FakeStep) -> None:
    keep("met_share", 400_000, back=1)
    keep("met_share", 500_000)
    rows = {row.risk.code: row for row in reads.register(CITY, BARS, needed=2, least=5)}
    assert list(rows) == ["data", "divide", "form", "money", "drive", "custom"]
    assert (rows["form"].verdict.likely, rows["form"].bar, rows["form"].state) == (Likely.HAPPENING, 630_000, "quiet")
    assert rows["form"].may == ("accept", "mitigate", "close")
    assert rows["money"].verdict.likely is Likely.UNKNOWN
    assert rows["money"].risk.missing is not None
