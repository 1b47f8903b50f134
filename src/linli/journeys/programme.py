"""The programme: the report's figures loaded, months counted, risks watched, who answers named, risks decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from linli.ground.people import verbs as people
from linli.ground.policy.core import day_of
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.journeys.plans import policy_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.sight.facts import reads as facts_reads
from linli.sight.facts.figure import Figure
from linli.sight.facts.indicator import Unit
from linli.sight.programme import reads as programme_reads
from linli.sight.programme import verbs as programme
from linli.sight.programme.core.progress import Measure, month_after, month_of
from linli.sight.programme.core.risks import Event

LOADER = Actor.system("loader")
STOCK = Actor.system("stock")
BEIJING = timezone(timedelta(hours=8))
PROVINCE_DIGITS, CITY_DIGITS, DISTRICT_DIGITS, STREET_DIGITS = 2, 4, 6, 9
LATE_DAYS = 3  # the month before is counted again on its first days: facts of its last evening come in late
BACK_MONTHS_MAX = 24
# What months are kept of: lines of the registry of indicators, nothing of our own.
KEPT = (
    "answered_in_time", "care_in_time", "handled_in_time", "met_share", "satisfaction", "participation", "groups_covered", "visits_done",
    "people_took_part", "minutes_helped", "answer_median", "alone_median",
)  # fmt: skip
UNITS = {Unit.PPM: "ppm", Unit.COUNT: "count", Unit.MINUTES: "minutes"}
Found = dict[tuple[str, str], Measure]


def import_programme() -> int:
    """Write the figures of the report not yet there; return how many."""
    with step(LOADER, None, "programme.load", {}) as s:
        return programme.load_shipped(s)


def count_programme(districts: Iterable[str]) -> None:
    """Count this month (and, after its end, the last one) for provinces, cities, districts and streets, then watch their risks.

    Months are counted from the frozen facts, as the registry has it. The first time, earlier months are counted too, as far back as there
    are facts. Counting twice changes nothing.
    """
    known = sorted(districts)
    for digits, below in ((CITY_DIGITS, (CITY_DIGITS, DISTRICT_DIGITS, STREET_DIGITS)), (PROVINCE_DIGITS, (PROVINCE_DIGITS,))):
        for place in sorted({district[:digits] for district in known}):
            _count_place(place, [district for district in known if district.startswith(place)], below)


def _count_place(place: str, districts: Sequence[str], digits: Sequence[int]) -> None:
    places = {place, *(district for district in districts if len(district) in digits)}
    begun = min((at for at in map(facts_reads.earliest, districts) if at is not None), default=None)
    for first in _months_due(place, begun):
        start, end = _span(first)
        found = _counted(place, first, digits)
        with step(STOCK, None, "programme.count", {}, place=place) as s:
            whole = begun is not None and day_of(begun) <= first and end <= s.now
            programme.keep(s, first, found, starts_at=start, ends_at=min(end, s.now), whole=whole)
        places |= {at for at, _ in found}
    for at in sorted(places):
        watch(at)


def _months_due(city: str, begun: datetime | None) -> Iterator[date]:
    today = day_of(now())
    first, last = month_of(today), programme_reads.last_month(city)
    yield first
    if last is None:
        months = (month_after(first, -back) for back in range(1, BACK_MONTHS_MAX + 1))
        yield from (month for month in months if begun is not None and month >= month_of(day_of(begun)))
    elif today.day <= LATE_DAYS or last < first:
        yield month_after(first, -1)


def _span(first: date) -> tuple[datetime, datetime]:
    return tuple(datetime.combine(day, time(), BEIJING).astimezone(UTC) for day in (first, month_after(first)))  # type: ignore[return-value]


def _counted(place: str, first: date, digits: Sequence[int]) -> Found:
    figures = facts_reads.figures_within(place, first, month_after(first), KEPT, digits=digits)
    found = {(at, code): _measure(figure) for at, row in figures.items() for code, figure in row.items()}
    return {key: measure for key, measure in found.items() if measure is not None}


def _measure(figure: Figure) -> Measure | None:
    """Return a figure as a month keeps it, None where nothing happened that it could be counted from: no data is not a zero."""
    n = figure.value if figure.unit is Unit.COUNT else figure.denominator
    if figure.value is None or not n:
        return None
    # Who helped here may live elsewhere: then more took part than live here, and the hits stop at all.
    hits = min(figure.numerator or 0, n) if figure.unit is Unit.PPM else 0
    return Measure(UNITS[figure.unit], figure.value, n, hits, figure.low, figure.high)


def risk_bars(rules: Policy) -> dict[str, int]:
    """Return the bars of the risks' triggers by their policy key."""
    return {key: rules.ppm(key) for key in programme_reads.watched_bars()}


def watch(place: str) -> tuple[str, ...]:
    """Judge the risks of a place by its months; tell the city's desk of those newly raised, and return their codes."""
    rules = policy_at(place, now())
    judged = programme_reads.verdicts(place, risk_bars(rules), needed=rules.count("risk_months"), least=rules.count("observations_min"))
    with step(STOCK, None, "programme.count", {}, place=place) as s:
        raised = programme.watch(s, place, judged)
        for risk in raised:
            people.tell(s, "risk.raised", about=f"risk:{place}:{risk}", post=(Role.CITY, place[:CITY_DIGITS]), facts={})
        return raised


def assign(actor: Actor, place: str, figure: str, *, owner: str, said: str, words: str, occurred_on: date, key: str) -> dict[str, Any]:
    """Name who answers for a figure at a place of the city, since when, and how it goes by their word; return {"note"}.

    Raises NotAllowed for anybody but the city with that place, NotFound for an unknown figure or one nobody owes,
    Refused(INPUT_MISSING, INPUT_TOO_LONG, INPUT_INVALID, TIME_TOO_FAR).
    """
    known = programme_reads.known_figure(figure)
    if known is None or not known.promised:
        raise NotFound
    inputs = {"place": place, "figure": figure, "owner": owner, "said": said, "words": words, "occurred_on": occurred_on.isoformat()}
    with step(actor, key, "programme.assign", inputs, place=place) as s:
        if s.answer is not None:
            return s.answer
        if occurred_on > day_of(s.now):
            raise Refused(Refusal.TIME_TOO_FAR, field="occurred_on")
        note = programme.assign(s, place, figure, owner=owner, said=said, words=words, occurred_on=occurred_on)
        return s.done({"note": str(note)})


def decide(actor: Actor, place: str, risk: str, event: str, reason: str, key: str) -> dict[str, Any]:
    """Accept, mitigate or close a risk at a place of the city, with a reason; return {"state"}.

    Raises NotAllowed, NotFound for an unknown risk, Refused(REASON_REQUIRED, INPUT_TOO_LONG, INPUT_INVALID, STATE_FORBIDS).
    """
    if event not in list(Event):
        raise Refused(Refusal.INPUT_INVALID, field="event")
    with step(actor, key, "risk.decide", {"place": place, "risk": risk, "event": event, "reason": reason}, place=place) as s:
        if s.answer is not None:
            return s.answer
        return s.done({"state": programme.decide(s, place, risk, Event(event), reason).value})
