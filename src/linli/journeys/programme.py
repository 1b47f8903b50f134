"""The programme: the report's figures loaded, months counted, risks watched, who answers named, risks decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from linli.ground.people import reads as people_reads
from linli.ground.people import verbs as people
from linli.ground.policy.core import day_of
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.journeys.plans import policy_at
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.stats import wilson
from linli.sight.facts import reads as facts_reads
from linli.sight.facts.core import NOTHING, FactKind, Tally
from linli.sight.programme import reads as programme_reads
from linli.sight.programme import verbs as programme
from linli.sight.programme.core.progress import Measure, measure_of, month_after, month_of
from linli.sight.programme.core.risks import Event

LOADER = Actor.system("loader")
STOCK = Actor.system("stock")
BEIJING = timezone(timedelta(hours=8))
CITY_DIGITS, DISTRICT_DIGITS, STREET_DIGITS = 4, 6, 9
LATE_DAYS = 3  # the month before is counted again on its first days: facts of its last evening come in late
BACK_MONTHS_MAX = 24
SHARES = {
    "answered_in_time": FactKind.NEED_ANSWERED,
    "care_answered_in_time": FactKind.CARE_ANSWERED,
    "handled_in_time": FactKind.NEED_HANDLED,
    "met": FactKind.NEED_ENDED,
    "satisfied": FactKind.RATED,
}
MEDIANS = {"answer_minutes": "answer_median", "alone_answer_minutes": "alone_median"}  # of the registry of indicators
Found = dict[tuple[str, str], Measure]


def import_programme() -> int:
    """Write the figures of the report not yet there; return how many."""
    with step(LOADER, None, "programme.load", {}) as s:
        return programme.load_shipped(s)


def count_programme(districts: Iterable[str]) -> None:
    """Count this month (and, after its end, the last one) for cities, districts and streets, then watch their risks.

    The first time, earlier months are counted too, as far back as there are facts. Counting twice changes nothing.
    """
    cities: dict[str, list[str]] = {}
    for district in districts:
        cities.setdefault(district[:CITY_DIGITS], []).append(district)
    for city, parts in cities.items():
        places = {city, *parts}
        begun = min((at for at in map(facts_reads.earliest, parts) if at is not None), default=None)
        for first in _months_due(city, begun):
            start, end = _span(first)
            found = _counted(city, parts, start, end) | _medians((city, *parts), first)
            with step(STOCK, None, "programme.count", {}, place=city) as s:
                whole = begun is not None and day_of(begun) <= first and end <= s.now
                programme.keep(s, first, found, starts_at=start, ends_at=min(end, s.now), whole=whole)
            places |= {place for place, _ in found}
        for place in sorted(places):
            watch(place)


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


def _counted(city: str, districts: Iterable[str], start: datetime, end: datetime) -> Found:
    tallies: dict[str, dict[FactKind, Tally]] = {}
    residents: dict[str, int] = {}
    groups: dict[str, tuple[int, int]] = {}
    for district in districts:
        people_of = people_reads.ages_by_community(district, 0)
        members_of = people_reads.groups_by_community(district, min(end, now()))
        found = facts_reads.tallies(district, start, end)
        for place in {place for place, _ in found} | set(people_of) | set(members_of):
            for code in (place[:STREET_DIGITS], district, city):
                residents[code] = residents.get(code, 0) + people_of.get(place, (0, 0))[0]
                members, helped = groups.get(code, (0, 0))
                more = members_of.get(place, (0, 0))
                groups[code] = (members + more[0], helped + more[1])
        for (place, kind), tally in found.items():
            for code in (place[:STREET_DIGITS], district, city):
                kinds = tallies.setdefault(code, {})
                kinds[kind] = kinds.get(kind, NOTHING) + tally
    return {
        (place, indicator): measure
        for place, kinds in tallies.items()
        for indicator, measure in _measures(kinds, residents.get(place, 0), groups.get(place, (0, 0))).items()
    }


def _medians(places: Iterable[str], first: date) -> Found:
    # A middle cannot be added up from tallies: it is counted from the frozen facts, for the places that the report speaks of.
    found: Found = {}
    for place in places:
        figures = facts_reads.figures(place, first, month_after(first))
        for indicator, code in MEDIANS.items():
            figure = figures[code]
            if figure.value is not None and figure.denominator:
                found[(place, indicator)] = Measure("minutes", figure.value, figure.denominator)
    return found


def _measures(tallies: Mapping[FactKind, Tally], residents: int, groups: tuple[int, int]) -> dict[str, Measure]:
    def tally(kind: FactKind) -> Tally:
        return tallies.get(kind, NOTHING)

    took_part = min(tally(FactKind.TOOK_PART).subjects, residents)
    visits = tally(FactKind.VISIT_DONE)
    found = {indicator: measure_of(wilson(tally(kind).hits, tally(kind).n), tally(kind).hits) for indicator, kind in SHARES.items()}
    found |= {
        "took_part": measure_of(wilson(took_part, residents), took_part),
        "groups_with_helper": measure_of(wilson(groups[1], groups[0]), groups[1]),
        "visits": Measure("count", visits.n, visits.n) if visits.n else None,
        "people_took_part": Measure("count", took_part, took_part) if took_part else None,
        "given_minutes": Measure("minutes", visits.value_sum, visits.n) if visits.n else None,
    }
    return {indicator: measure for indicator, measure in found.items() if measure is not None}


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
