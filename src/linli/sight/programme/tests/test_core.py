"""The programme's rules: numbers of the report as whole numbers, states, forecasts, claims, benefits, triggers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.ground.policy.keys import KEYS
from linli.sight.programme import shipped
from linli.sight.programme.core.benefits import Range, Rules, benefits, priced
from linli.sight.programme.core.claims import Sum, result_of, value_of
from linli.sight.programme.core.figures import Figure, Kind, due_of, figure_of, written
from linli.sight.programme.core.progress import Binding, Fit, Measure, Month, State, bar_of, forecast, judged, month_after, state_of
from linli.sight.programme.core.risks import BY_PERSON, MOVES, Event, Likely, judge
from linli.sight.programme.core.risks import State as RiskState

TODAY = date(2026, 11, 25)
TARGET = shipped.figures()["F180"]  # 90 % by the end of 2024
SHARE = Binding("handled_in_time", Fit.SAME, True, ("F180",), "", "")


def month(back: int, value: int, n: int = 100, *, low: int | None = None, high: int | None = None, whole: bool = True) -> Month:
    return Month(month_after(date(2026, 11, 1), -back), Measure("ppm", value, n, n, low, high), whole)


@given(st.integers(0, 10**13), st.integers(0, 6))
def test_a_scaled_number_is_written_and_read_back(value: int, decimals: int) -> None:
    assert Fraction(written(value, decimals)) == Fraction(value, 10**decimals)


def test_every_figure_loads_and_none_is_lost() -> None:
    figures = shipped.figures()
    assert list(figures) == [f"F{n:03}" for n in range(1, 368)]
    assert sum(f.kind is Kind.TARGET for f in figures.values()) == 83
    assert {k.value: sum(f.kind is k for f in figures.values()) for k in Kind} == {
        "baseline": 119, "target": 83, "claim": 5, "rule": 41, "case": 76, "budget": 19, "forecast": 24,
    }  # fmt: skip
    assert (written(figures["F003"].value, figures["F003"].decimals), figures["F204"].value) == ("66.16", 150_000_000_000)
    for figure in figures.values():
        assert Fraction(written(figure.value, figure.decimals)) == figure.exact
        assert not figure.same or figures[figure.same].exact == figure.exact
        assert figure.zh
        assert figure.en


@pytest.mark.parametrize("table", [shipped.conflicts(), shipped.claims()], ids=["conflicts", "claims"])
def test_every_conflict_and_claim_is_made_of_figures_that_exist(table: tuple[object, ...]) -> None:
    codes = [claim.code for claim in table]  # type: ignore[attr-defined]
    assert codes == sorted(set(codes))
    for claim in table:
        assert set(claim.figures) <= set(shipped.figures())  # type: ignore[attr-defined]
        assert claim.zh != claim.en  # type: ignore[attr-defined]


def test_there_are_thirty_conflicts_each_between_at_least_two_figures() -> None:
    assert len(shipped.conflicts()) == 30
    assert all(len(set(c.figures)) >= 2 for c in shipped.conflicts())
    assert len(shipped.claims()) == 18


def test_owners_bindings_and_risks_name_what_exists() -> None:
    figures = shipped.figures()
    assert set(shipped.owners()) <= set(figures)
    assert all(figures[code].promised for code in shipped.bindings())
    assert len(shipped.risks()) == 6
    for risk in shipped.risks().values():
        assert set(risk.figures) <= set(figures)
        assert risk.owner == "" or risk.owner in shipped.offices()
        assert bool(risk.indicator) is bool(risk.bar) is (risk.missing is None)
        assert risk.bar == "" or risk.bar in KEYS
        assert f"risk_{risk.code}_impact_count" in KEYS


@pytest.mark.parametrize(
    ("year", "due", "phase"),
    [("2024-06", date(2024, 6, 30), 1), ("2024", date(2024, 12, 31), 2), ("2025-06", date(2025, 6, 30), 2), ("2025", date(2025, 12, 31), 3),
     ("2023", date(2023, 12, 31), None), ("", None, None)],
)  # fmt: skip
def test_a_year_is_due_on_its_last_day(year: str, due: date | None, phase: int | None) -> None:
    figure = Figure("F999", "1", "甲", "a", Kind.TARGET, "national", year, "=", 1, 0, "percent", "people")
    assert (figure.due, figure.phase) == (due, phase)


@pytest.mark.parametrize("year", ["soon", "2024-07", "24"])
def test_what_is_no_year_is_refused(year: str) -> None:
    with pytest.raises(ValueError, match="month"):
        due_of(year)


@pytest.mark.parametrize("change", [{"id": "X1"}, {"is": "<"}, {"decimals": 7}, {"value": "90"}, {"kind": "wish"}])
def test_a_bad_line_of_the_data_is_refused(change: dict[str, object]) -> None:
    line = {"id": "F001", "s": "1", "zh": "甲", "en": "a", "kind": "target", "scope": "national", "year": "", "is": "=", "value": 9,
            "decimals": 0, "unit": "percent", "area": "people"}  # fmt: skip
    assert figure_of(line).value == 9
    with pytest.raises(ValueError, match=r"F001|X1|wish"):
        figure_of(line | change)


@pytest.mark.parametrize(
    ("measure", "today", "state"),
    [
        (None, TODAY, State.NONE),
        (month(0, 950_000, low=910_000, high=970_000), TODAY, State.MET),
        (month(0, 950_000, low=880_000, high=970_000), TODAY, State.UNSURE),
        (month(0, 850_000, low=800_000, high=890_000), TODAY, State.LATE),
        (month(0, 850_000, low=800_000, high=890_000), date(2024, 12, 31), State.COMING),
        (month(0, 900_000, low=900_000, high=970_000), TODAY, State.MET),
    ],
)
def test_where_a_promise_stands(measure: Month | None, today: date, state: State) -> None:
    assert state_of(TARGET, SHARE, measure, today) is state


def test_less_can_be_better_a_part_is_never_compared_and_a_rise_has_no_bar() -> None:
    hours = shipped.figures()["F017"]  # at most two hours
    quick = Binding("answer_median", Fit.NEAR, False, ("F017",), "", "")
    assert bar_of(hours, "minutes") == 120
    for value, state in ((120, State.MET), (121, State.LATE)):
        assert state_of(hours, quick, Month(date(2026, 11, 1), Measure("minutes", value, 9)), TODAY) is state
    part = Binding("visits_done", Fit.PART, True, ("F234",), "", "")
    assert state_of(shipped.figures()["F234"], part, Month(date(2026, 11, 1), Measure("count", 10**9, 9)), TODAY) is State.PART
    assert bar_of(shipped.figures()["F013"], "ppm") is None
    assert state_of(shipped.figures()["F013"], SHARE, month(0, 990_000), TODAY) is State.NONE


def test_what_adds_up_over_a_month_waits_for_a_whole_one() -> None:
    taking_part = Binding("participation", Fit.NEAR, True, ("F015",), "", "")
    assert state_of(shipped.figures()["F015"], taking_part, month(0, 900_000, whole=False), TODAY) is State.EARLY
    assert judged("participation", [month(1, 1), month(0, 2, whole=False)]) == [month(1, 1)]
    assert len(judged("satisfaction", [month(1, 1), month(0, 2, whole=False)])) == 2


@given(st.integers(1, 10_000), st.integers(0, 400_000), st.integers(4, 12))
def test_a_straight_line_goes_on_straight(slope: int, start: int, count: int) -> None:
    months = [month(count - 1 - i, start + slope * i) for i in range(count)]
    ahead = forecast(months, start + slope * (count + 4), due=None, today=TODAY, least=4, more=True)
    assert ahead.enough
    assert ahead.slope == slope
    assert ahead.value == ahead.low == ahead.high == min(1_000_000, start + slope * (count + 11))
    assert ahead.by == ahead.earliest == ahead.latest == date(2027, 4, 1)  # five months on


def test_one_wild_month_does_not_turn_the_line_and_too_few_say_nothing() -> None:
    values = [500_000, 510_000, 520_000, 990_000, 540_000, 550_000]
    ahead = forecast([month(5 - i, v) for i, v in enumerate(values)], 600_000, due=None, today=TODAY, least=4, more=True)
    assert ahead.slope == 10_000
    assert ahead.low is not None
    assert ahead.high is not None
    assert ahead.value is not None
    assert ahead.low <= ahead.value <= ahead.high
    assert not forecast([month(1, 1), month(0, 2)], 3, due=None, today=TODAY, least=4, more=True).enough
    falling = forecast([month(3 - i, 900_000 - i * 1000) for i in range(4)], 950_000, due=None, today=TODAY, least=4, more=True)
    assert (falling.by, falling.earliest) == (None, None)


@given(st.lists(st.integers(0, 1_000_000), min_size=4, max_size=20), st.integers(0, 1_000_000), st.booleans())
def test_a_forecast_of_any_months_stays_in_its_bounds_and_order(values: list[int], bar: int, more: bool) -> None:
    months = [month(len(values) - 1 - i, v) for i, v in enumerate(values)]
    ahead = forecast(months, bar, due=None, today=TODAY, least=4, more=more)
    assert ahead.low is not None
    assert ahead.value is not None
    assert ahead.high is not None
    assert 0 <= ahead.low <= ahead.value <= ahead.high <= 1_000_000
    if ahead.earliest and ahead.by:
        assert ahead.earliest <= ahead.by


@pytest.mark.parametrize(
    ("code", "results"),
    [("P01", [1500, 230_769]), ("P02", [1_289_000, 72]), ("P03", [2]), ("P04", [6040]), ("P05", [100]), ("P06", [50]), ("P08", [6206]),
     ("P09", [66_401]), ("P11", [487]), ("P12", [5000, 64]), ("P13", [1_176_000]), ("P14", [])],
)  # fmt: skip
def test_claims_are_worked_out_again(code: str, results: list[int]) -> None:
    claim = next(c for c in shipped.claims() if c.code == code)
    assert [result_of(s, shipped.numbers()) for s in claim.sums] == results


def test_every_sum_can_be_reckoned_and_nothing_else() -> None:
    for claim in shipped.claims():
        for reckoned in claim.sums:
            assert result_of(reckoned, shipped.numbers()) >= 0
    assert value_of("F001 * 2 - 3 + F002", {"F001": Fraction(5), "F002": Fraction(1, 2)}) == Fraction(15, 2)
    for bad in ("F001 F002", "F001 / 2", "(F001)", "__import__"):
        with pytest.raises(ValueError, match="cannot be reckoned"):
            value_of(bad, {"F001": Fraction(1), "F002": Fraction(1)})
    with pytest.raises(ZeroDivisionError):
        result_of(Sum("", "", "1", "0", "ratio"), {})


@given(st.integers(0, 10**7), st.integers(0, 10**6))
def test_pay_of_minutes_is_never_off_by_a_fen(minutes: int, fen: int) -> None:
    assert abs(Fraction(minutes * fen, 60) - priced(minutes, fen)) <= Fraction(1, 2)


def test_benefits_by_hand_and_ranges_in_order() -> None:
    found = benefits(10, 600, Rules(Range(2500, 3448, 4598), Range(10, 20, 40)))
    assert found.spared_minutes == Range(100, 200, 400)
    assert found.cost_fen == Range(25_000, 34_480, 45_980)
    assert found.value_fen == Range(29_167, 45_973, 76_633)
    for bad in ((3, 2, 4), (1, 3, 2)):
        with pytest.raises(ValueError, match="low <= mid <= high"):
            Range(*bad)
    with pytest.raises(ValueError, match="not negative"):
        priced(-1, 1)


@pytest.mark.parametrize(
    ("months", "holds", "likely"),
    [
        ([], False, Likely.UNKNOWN),
        ([month(0, 10_000, n=4)], False, Likely.UNKNOWN),  # too few observations
        ([month(0, 10_000)], False, Likely.POSSIBLE),  # one bad month
        ([month(1, 10_000), month(0, 10_000)], True, Likely.HAPPENING),
        ([month(2, 10_000), month(0, 10_000)], False, Likely.POSSIBLE),  # not in a row
        ([month(1, 10_000), month(0, 60_000)], False, Likely.UNLIKELY),
        ([month(0, 60_000, low=40_000, high=80_000)], False, Likely.POSSIBLE),  # the interval reaches over the bar
        ([month(1, 50_000), month(0, 50_000)], False, Likely.UNLIKELY),  # on the bar is not under it
    ],
)
def test_a_trigger_needs_months_in_a_row_and_enough_observations(months: list[Month], holds: bool, likely: Likely) -> None:
    verdict = judge(months, 50_000, over=False, needed=2, least=5)
    assert (verdict.holds, verdict.likely) == (holds, likely)


def test_a_trigger_over_its_bar() -> None:
    assert judge([month(1, 60_000), month(0, 60_000)], 50_000, over=True, needed=2, least=5).holds
    assert not judge([month(1, 40_000), month(0, 40_000)], 50_000, over=True, needed=2, least=5).holds


def test_only_a_person_accepts_mitigates_and_closes_and_every_state_can_be_left() -> None:
    assert set(BY_PERSON) == {Event.ACCEPT, Event.MITIGATE, Event.CLOSE}
    assert {state for state, _ in MOVES} == set(RiskState)
    assert (RiskState.ACCEPTED, Event.EASE) not in MOVES
    assert (RiskState.MITIGATED, Event.RAISE) not in MOVES
    assert MOVES[RiskState.CLOSED, Event.RAISE] is RiskState.RAISED
