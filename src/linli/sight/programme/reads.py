"""Where the programme stands at a place: promises with what our records yield, conflicts, claims, benefits, risks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from linli.sight.programme import shipped
from linli.sight.programme.core import benefits as reckoning
from linli.sight.programme.core import figures as report
from linli.sight.programme.core import progress as course
from linli.sight.programme.core.benefits import Range, Rules, benefits
from linli.sight.programme.core.claims import Claim, Sum, result_of
from linli.sight.programme.core.figures import PHASES, written
from linli.sight.programme.core.progress import CUMULATIVE, Binding, Month, bar_of, forecast, judged, month_after, month_of, state_of
from linli.sight.programme.core.risks import MOVES, Event, Likely, Risk, State, Text, Verdict, judge
from linli.sight.programme.models import ActualRow, FigureRow, NoteRow, RiskRow

MONTHS_KEPT = 36
DIGITS = (2, 4, 6, 9, 12)

# Doors name what they are given.
Benefits = reckoning.Benefits
Figure = report.Figure
Forecast = course.Forecast
Measure = course.Measure


@dataclass(frozen=True, slots=True)
class Note:
    """Who answers for a figure at a place since when, and how it goes by their word (none, on_way, behind, done)."""

    place: str
    owner: str
    said: str
    words: str
    occurred_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Actual:
    """One month of an indicator with the span it was counted over and when it was."""

    month: Month
    starts_at: datetime
    ends_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One promise of the report at a place: who owes it, what our records yield, where that leaves it.

    `state` is met, unsure, coming, late, part or none; `bar` is the figure in the unit of the measure, None where they do not meet.
    """

    figure: Figure
    owner: str
    owner_words: Text | None
    owner_section: str
    binding: Binding | None
    actual: Actual | None
    bar: int | None
    state: str
    note: Note | None

    @property
    def measure(self) -> Measure | None:
        """Return the newest month's measure, or None where there is none."""
        return self.actual.month.measure if self.actual else None


@dataclass(frozen=True, slots=True)
class Detail:
    """One figure on its own page: its standing, months, forecast, notes, and the conflicts and claims it stands in."""

    standing: Standing
    months: tuple[Actual, ...]
    ahead: Forecast | None
    notes: tuple[Note, ...]
    conflicts: tuple[Reckoned, ...]
    claims: tuple[Reckoned, ...]
    repeats: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A claim with the figures it is made of and each of its sums with the result (whole number, scaled by the sum's decimals)."""

    claim: Claim
    figures: tuple[Figure, ...]
    results: tuple[tuple[Sum, int], ...]


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """One event of a risk: what moved it, where to, why, and the evidence where a trigger did."""

    event: str
    state: str
    reason: str
    bar: int | None
    months: tuple[tuple[date, int, str, int], ...]
    by_person: bool
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RiskStanding:
    """One risk at a place: what the report says, what the records say, what people decided. `may` names the events open to a person."""

    risk: Risk
    state: str
    verdict: Verdict
    bar: int | None
    last: RiskEvent | None
    may: tuple[str, ...]


def loaded() -> bool:
    """Tell whether the figures of the report are there."""
    return FigureRow.objects.exists()


def phases() -> Mapping[int, tuple[date, date]]:
    """Return the three phases by number: first and last day."""
    return PHASES


def known_figure(code: str) -> Figure | None:
    """Return a figure by its code, or None."""
    return shipped.figures().get(code)


def figures_of(codes: Sequence[str]) -> tuple[Figure, ...]:
    """Return figures by code. Raises KeyError for an unknown one."""
    return tuple(shipped.figures()[code] for code in codes)


def answered_by(indicator: str) -> tuple[Figure, ...]:
    """Return the promises of the report that an indicator is held against, in the order of the report."""
    found = (figure for figure in shipped.figures().values() if figure.promised and not figure.same)
    return tuple(figure for figure in found if (bound := shipped.bindings().get(figure.code)) is not None and bound.indicator == indicator)


def written_value(figure: Figure) -> str:
    """Return a figure's number as it is written, e.g. 66.16."""
    return written(figure.value, figure.decimals)


def written_result(value: int, decimals: int) -> str:
    """Return the result of a sum as it is written."""
    return written(value, decimals)


def places_counted(places: Sequence[str]) -> tuple[str, ...]:
    """Return the codes at or below `places` that months were counted for; one query."""
    below = Q()
    for place in places:
        below |= Q(place_code__startswith=place)
    return tuple(sorted(set(ActualRow.objects.filter(below).values_list("place_code", flat=True).distinct()))) if places else ()


def _actual(row: ActualRow) -> Actual:
    measure = Measure(row.unit, row.value, row.n, row.hits, row.low, row.high)
    return Actual(Month(row.month, measure, row.whole), row.starts_at, row.ends_at, row.recorded_at)


def _note(row: NoteRow) -> Note:
    return Note(row.place_code, row.owner, row.said, row.words, row.occurred_on, row.recorded_at)


def _upward(place: str) -> list[str]:
    return [place[:digits] for digits in DIGITS if digits <= len(place)]


def _standing(figure: Figure, actuals: Mapping[str, Actual], notes: Mapping[str, Note], today: date) -> Standing:
    binding = shipped.bindings().get(figure.code)
    actual = actuals.get(binding.indicator) if binding else None
    measure = actual.month.measure if actual else None
    owner, words, section = shipped.owners().get(figure.code, ("", None, ""))
    bar = bar_of(figure, measure.unit) if measure else None
    state = state_of(figure, binding, actual.month if actual else None, today)
    return Standing(figure, owner, words, section, binding, actual, bar, state.value, notes.get(figure.code))


def _newest_actuals(place: str, today: date) -> dict[str, Actual]:
    # Two months of each are enough: what adds up over a month is read from the last whole one, where there is one.
    rows = ActualRow.objects.filter(place_code=place, month__gte=month_after(month_of(today), -2)).order_by("month")
    found: dict[str, Actual] = {}
    for row in rows:
        known = found.get(row.indicator)
        if known is None or row.whole or row.indicator not in CUMULATIVE or not known.month.whole:
            found[row.indicator] = _actual(row)
    return found


def standings(place: str, today: date) -> tuple[Standing, ...]:
    """Return every promise of the report once (what repeats an earlier one is left out) as it stands at a place; two queries.

    A note of the nearest place counts: a street without one of its own shows its city's.
    """
    notes = NoteRow.objects.filter(place_code__in=_upward(place)).order_by("place_code", "recorded_at", "id")
    by_figure = {row.figure_id: _note(row) for row in notes}  # nearer places have longer codes and come later
    actuals = _newest_actuals(place, today)
    return tuple(_standing(f, actuals, by_figure, today) for f in shipped.figures().values() if f.promised and not f.same)


def detail(code: str, place: str, today: date, *, least: int) -> Detail | None:
    """Return one figure with everything known of it at a place, or None for an unknown code; two queries.

    `least` is the number of months a forecast needs.
    """
    figure = shipped.figures().get(code)
    if figure is None:
        return None
    binding = shipped.bindings().get(code)
    months: tuple[Actual, ...] = ()
    if binding is not None:
        rows = ActualRow.objects.filter(place_code=place, indicator=binding.indicator).order_by("-month")[:MONTHS_KEPT]
        months = tuple(_actual(row) for row in reversed(rows))
    found = NoteRow.objects.filter(place_code__in=_upward(place), figure_id=code).order_by("place_code", "recorded_at", "id")
    notes = tuple(_note(row) for row in found)
    fit = [m for m in months if m.month.whole or (binding is not None and binding.indicator not in CUMULATIVE)] or list(months[-1:])
    actuals = {binding.indicator: fit[-1]} if binding and fit else {}
    standing = _standing(figure, actuals, {code: notes[-1]} if notes else {}, today)
    ahead = None
    if binding is not None and months:
        ahead = forecast(
            judged(binding.indicator, [m.month for m in months]),
            standing.bar,
            due=figure.due,
            today=today,
            least=least,
            more=binding.more_is_better,
        )
    return Detail(
        standing, months, ahead, tuple(reversed(notes)),
        tuple(_reckoned(c) for c in shipped.conflicts() if code in c.figures), tuple(_reckoned(c) for c in shipped.claims() if code in c.figures),
        tuple(f for f in shipped.figures().values() if f.same == code or f.code == figure.same),
    )  # fmt: skip


def _reckoned(claim: Claim) -> Reckoned:
    return Reckoned(claim, figures_of(claim.figures), tuple((s, result_of(s, shipped.numbers())) for s in claim.sums))


def conflicts() -> tuple[Reckoned, ...]:
    """Return where figures of the report cannot all hold, with the figures."""
    return tuple(_reckoned(c) for c in shipped.conflicts())


def claims() -> tuple[Reckoned, ...]:
    """Return the report's claims worked out again, with the results."""
    return tuple(_reckoned(c) for c in shipped.claims())


def benefits_of(visits: int, minutes: int, *, hour_fen: tuple[int, int, int], spared_minutes: tuple[int, int, int]) -> Benefits:
    """Return what so many confirmed visits and minutes are worth to a place, by the stated formulas."""
    return benefits(visits, minutes, Rules(Range(*hour_fen), Range(*spared_minutes)))


def offices() -> Mapping[str, Text]:
    """Return the offices the report names, by code."""
    return shipped.offices()


def all_risks() -> tuple[Risk, ...]:
    """Return the six risks of the report."""
    return tuple(shipped.risks().values())


def _event(row: RiskRow) -> RiskEvent:
    months = tuple((date.fromisoformat(m["month"]), m["value"], m["unit"], m["n"]) for m in row.evidence.get("months", ()))
    by_person = row.event not in {Event.RAISE.value, Event.EASE.value}
    return RiskEvent(row.event, row.state, row.reason, row.evidence.get("bar"), months, by_person, row.occurred_at, row.recorded_at)


def months_of(place: str, indicators: Sequence[str]) -> dict[str, tuple[Month, ...]]:
    """Return the kept months of indicators at a place, oldest first; one query."""
    found: dict[str, list[Month]] = {}
    for row in ActualRow.objects.filter(place_code=place, indicator__in=list(indicators)).order_by("month"):
        found.setdefault(row.indicator, []).append(_actual(row).month)
    return {indicator: tuple(months[-MONTHS_KEPT:]) for indicator, months in found.items()}


def last_month(district: str) -> date | None:
    """Return the newest month kept for a place, or None before the first count."""
    return ActualRow.objects.filter(place_code=district).order_by("-month").values_list("month", flat=True).first()


def verdicts(place: str, bars: Mapping[str, int], *, needed: int, least: int) -> dict[str, tuple[Verdict, int]]:
    """Return what the records say of each risk with a trigger, and the bar (`bars`: policy key -> number); one query."""
    watched = [risk for risk in shipped.risks().values() if risk.indicator]
    months = months_of(place, [risk.indicator for risk in watched])
    return {
        risk.code: (
            judge(judged(risk.indicator, months.get(risk.indicator, ())), bars[risk.bar], over=risk.over, needed=needed, least=least),
            bars[risk.bar],
        )
        for risk in watched
    }


def register(place: str, bars: Mapping[str, int], *, needed: int, least: int) -> tuple[RiskStanding, ...]:
    """Return every risk of the report as it stands at a place; two queries."""
    judged = verdicts(place, bars, needed=needed, least=least)
    newest = RiskRow.objects.filter(place_code=place).order_by("risk", "-seq").distinct("risk")
    last = {row.risk: _event(row) for row in newest}
    found = []
    for risk in shipped.risks().values():
        verdict, bar = judged.get(risk.code, (Verdict(False, Likely.UNKNOWN, ()), None))
        event = last.get(risk.code)
        state = State(event.state) if event else State.QUIET
        may = tuple(e.value for e in (Event.ACCEPT, Event.MITIGATE, Event.CLOSE) if (state, e) in MOVES)
        found.append(RiskStanding(risk, state.value, verdict, bar, event, may))
    return tuple(found)


def risk_history(place: str, risk: str) -> tuple[RiskEvent, ...]:
    """Return everything that happened to a risk at a place, newest first."""
    return tuple(_event(row) for row in RiskRow.objects.filter(place_code=place, risk=risk).order_by("-seq"))


def watched_bars() -> tuple[str, ...]:
    """Return the policy keys that triggers compare with."""
    return tuple(risk.bar for risk in shipped.risks().values() if risk.bar)
