"""The white paper: figures that were frozen are gathered into an edition; somebody of the city publishes it, and the record keeps its digest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.policy.core import day_of
from linli.ground.policy.reads import Policy
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys.corridor import step
from linli.journeys.plans import kinship, policy_at, weights
from linli.journeys.programme import risk_bars
from linli.journeys.recast import profiles_of
from linli.kernel.actor import Actor
from linli.kernel.disclosure import DataClass
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.sight.facts import reads as facts
from linli.sight.facts.figure import Figure
from linli.sight.papers import core, reads, verbs
from linli.sight.papers import paper as made
from linli.sight.programme import reads as programme
from linli.sight.warnings import reads as warnings
from linli.sight.wellbeing import reads as wellbeing
from linli.trust.evidence import reads as evidence
from linli.trust.voice import reads as voice

DISTRICT, COMMUNITY = 6, 12
DAYS_MAX = 366
WHY_MAX = 400
CASES_MAX = 3
WARNINGS_MAX = 200
AUDIENCE, PURPOSE = "public", "paper"


def draft(actor: Actor, place: str, start: date, end: date, why: str, key: str) -> dict[str, Any]:
    """Write an edition of `place` over the Beijing days [start, end) as a draft; return {"digest"}.

    Where one of just this place and period is published, the draft corrects it and `why` says why. Raises NotAllowed,
    Refused(INPUT_INVALID) for days that can not be, (PLACE_UNKNOWN), (NO_FACTS_YET), (REASON_REQUIRED), (INPUT_TOO_LONG).
    """
    inputs = {"place": place, "from": start.isoformat(), "to": end.isoformat(), "why": why}
    with step(actor, key, "paper.draft", inputs, place=place) as s:
        if s.answer is not None:
            return s.answer
        _checked(place, start, end, s.now)
        why = why.strip()
        if len(why) > WHY_MAX:
            raise Refused(Refusal.INPUT_TOO_LONG, field="why", length_max=WHY_MAX)
        before = reads.newest_published(place, start, end)
        if before is not None and not why:
            raise Refused(Refusal.REASON_REQUIRED, field="why")
        material = core.steady(gather(place, start, end, s.now), reads.beside(place, start, end))
        if reads.crossing(place, start, end):
            if len(place) > DISTRICT:
                raise Refused(Refusal.INPUT_INVALID, field="start")
            material = core.crossed(material)
        paper = core.assemble(material, before=before, why=why if before else "")
        return s.done({"digest": verbs.draft(s, paper)})


def publish(actor: Actor, digest: str, key: str) -> dict[str, Any]:
    """Publish a draft; return {"digest"}. Raises NotFound, NotAllowed, Refused(STATE_FORBIDS) where it is published or was overtaken."""
    row, _paper = reads.edition(digest)
    with step(actor, key, "paper.publish", {"digest": row.digest}, place=row.place) as s:
        if s.answer is not None:
            return s.answer
        verbs.publish(s, row.digest)
        return s.done({"digest": row.digest})


def _checked(place: str, start: date, end: date, moment: datetime) -> None:
    if len(place) not in (4, DISTRICT, 9, COMMUNITY) or not places.names([place]):
        raise Refused(Refusal.PLACE_UNKNOWN, field="place")
    if not start < end or (end - start).days > DAYS_MAX or end > day_of(moment) + timedelta(days=1):
        raise Refused(Refusal.INPUT_INVALID, field="end")
    if len(place) > DISTRICT and (start.day != 1 or end.day != 1):
        # Two periods that differ by a day would give single people of a small place away.
        raise Refused(Refusal.INPUT_INVALID, field="start")


def gather(place: str, start: date, end: date, moment: datetime) -> core.Material:
    """Gather what an edition is made of. Raises Refused(NO_FACTS_YET) where nothing of the place was frozen."""
    figures = facts.figures(place, start, end, nested=True)
    any_figure = next(iter(figures.values()))
    if not any_figure.fact_set or any_figure.as_of is None:
        raise Refused(Refusal.NO_FACTS_YET, field="place")
    origin, size, root = _signed()
    indexes = {code: row for code, row in wellbeing.below(place).items() if start <= row.day < end} if place else {}
    streets = _below(place, start, end, 0, core.PLACE_FIGURES) if len(place) < COMMUNITY else {}
    communities = _below(place, start, end, COMMUNITY, core.PLACE_FIGURES) if len(place) < COMMUNITY else {}
    opened, closed = warnings.cases_in(place, moment, limit=WARNINGS_MAX, closed=WARNINGS_MAX)
    cases = [w for w in (*opened, *closed) if start <= day_of(w.opened_at) < end]
    names = places.names([place, *streets, *communities, *(w.place for w in cases)])
    index = _index(place, indexes, start, end)
    numbers = {code: _number(f) for code, f in figures.items()}
    lines = facts.indicators()
    rules = policy_at(place, moment)
    return core.Material(
        place=place, name=names[place], start=start, end=end, synthetic=bool(people.personas()),
        cited=made.Cited(any_figure.fact_set, any_figure.as_of, origin, size, root), numbers=numbers,
        parts=_parts(place, start, end), index=index, variants=_variants(place, indexes, moment),
        below=tuple(_line(code, names, indexes, of) for code, of in sorted(streets.items())),
        communities=tuple(_line(code, names, indexes, of) for code, of in sorted(communities.items())),
        warnings=tuple(_warning(w, names) for w in sorted(cases, key=lambda w: (w.opened_at, w.place))),
        cases=_cases(place, start, end, moment), quality=_quality(place, (start, end), numbers, index, rules),
        risks=_risks(place, rules),
        formulas={line.code: made.Formula(line.code, line.shape.value, line.top, line.bottom, line.source) for line in lines},
    )  # fmt: skip


def _signed() -> tuple[str, int, str]:
    try:
        signed = evidence.checkpoint()
    except NotFound:
        return "", 0, ""
    return signed.origin, signed.size, signed.root.hex()


def _number(f: Figure) -> made.Number:
    return made.Number(f.code, f.unit.value, f.value, f.numerator, f.denominator, f.low, f.high, f.withheld.value)


def _below(place: str, start: date, end: date, digits: int, codes: tuple[str, ...]) -> dict[str, tuple[made.Number, ...]]:
    found = facts.figures_below(place, start, end, digits=digits, nested=True)
    return {at: tuple(_number(row[code]) for code in codes) for at, row in found.items()}


def _parts(place: str, start: date, end: date) -> tuple[made.Part, ...]:
    # At a street or community parts are not told: a small part could be had by taking the others from the whole.
    if len(place) > DISTRICT:
        return ()
    return tuple(
        made.Part(first, last, tuple(_number(row[code]) for code in core.PART_FIGURES))
        for first, last in core.parts_of(start, end)
        for row in (facts.figures(place, first, last),)
    )


def _spread(row: wellbeing.Index) -> made.Spread:
    return made.Spread(row.value_ppm, row.low_ppm, row.high_ppm, row.day)


def _index(place: str, indexes: dict[str, wellbeing.Index], start: date, end: date) -> made.Index | None:
    row = indexes.get(place)
    if row is None:
        return None
    told = len(place) <= DISTRICT  # counts of a small place stay there
    dimensions = tuple(
        made.Dimension(d.code.value, d.weight_ppm, d.hits if told else None, d.n if told else None, d.value_ppm, d.low_ppm, d.high_ppm)
        for d in row.dimensions
    )
    past = tuple(_spread(day) for day in wellbeing.history(place, DAYS_MAX) if start <= day.day < end)
    return made.Index(row.method, _spread(row), row.known_ppm, row.prior, row.likeness.value, row.peer_places, dimensions, past)


def _variants(place: str, indexes: dict[str, wellbeing.Index], moment: datetime) -> tuple[made.Variant, ...]:
    """Return what the order of a district's communities hangs on; of nothing wider or smaller: places of two districts are not compared."""
    communities = [code for code in indexes if len(code) == COMMUNITY]
    if len(place) != DISTRICT or len(communities) < 2:
        return ()
    rules = policy_at(place, moment)
    profiles = {c: (p.region, p.residents, p.elders) for c, p in profiles_of(place, communities, moment).items()}
    found = wellbeing.sensitivity(indexes, profiles, kinship=kinship(rules), weights=weights(rules))
    return tuple(
        made.Variant(v.choice.value, v.dimension.value if v.dimension else "", v.tau_ppm, v.moved)
        for v in sorted(found.variants, key=lambda v: (v.tau_ppm, v.choice.value, v.dimension.value if v.dimension else ""))
    )


def _line(code: str, names: dict[str, str], indexes: dict[str, wellbeing.Index], numbers: tuple[made.Number, ...]) -> made.PlaceLine:
    return made.PlaceLine(code, names.get(code, code), _spread(indexes[code]) if code in indexes else None, numbers)


def _warning(w: warnings.WarningCard, names: dict[str, str]) -> made.WarningLine:
    closed = day_of(w.closed_at) if w.closed_at else None
    return made.WarningLine(w.place, names.get(w.place, w.place), w.level.value, w.dimension, w.state.value, day_of(w.opened_at), closed)


def _quality(place: str, span: tuple[date, date], numbers: dict[str, made.Number], index: made.Index | None, rules: Policy) -> made.Quality:
    missing = tuple(code for code, n in numbers.items() if n.withheld == "no_record")
    dimensions = tuple(d.code for d in index.dimensions if d.value_ppm is None) if index else ()
    kept = facts.kept(place, *span, late_days=rules.days("late_fact_days"))
    withheld = 0  # counted when the paper is put together: it depends on every place in it
    return made.Quality(
        kept.facts, kept.aside, kept.corrected, kept.late, rules.days("late_fact_days"), withheld, missing, dimensions,
        rules.count("figure_least"),
    )  # fmt: skip


def _risks(place: str, rules: Policy) -> tuple[made.RiskLine, ...]:
    """Return the risk register of a place as it stands; a street's and a community's without what the months were."""
    bars, needed = risk_bars(rules), rules.count("risk_months")
    found = programme.register(place, bars, needed=needed, least=rules.count("observations_min")) if len(place) < COMMUNITY else ()
    return tuple(
        made.RiskLine(
            row.risk.code, row.state, row.verdict.likely.value, row.risk.indicator, row.risk.over, row.bar, needed,
            day_of(row.last.occurred_at) if row.last else None,
            tuple(made.RiskMonth(m.first, m.measure.value) for m in row.verdict.months) if len(place) <= DISTRICT else (),
        )
        for row in found
    )  # fmt: skip


def _minutes(start: datetime, end: datetime | None) -> int | None:
    return int((end - start).total_seconds()) // 60 if end is not None else None


def _cases(place: str, start: date, end: date, moment: datetime) -> tuple[made.Case, ...]:
    """Return matters whose askers agree, now, that one is told: the newest done ones first, one of each person."""
    found: list[made.Case] = []
    for person in people.consenting(place, DataClass.HELPED, AUDIENCE, PURPOSE, moment):
        case = _case_of(person, start, end, moment)
        if case is not None:
            found.append(case)
        if len(found) == CASES_MAX:
            break
    return tuple(found)


def _case_of(person: UUID, start: date, end: date, moment: datetime) -> made.Case | None:
    for need in needs.of_person(person, moment):
        visit = next((v for v in visits.visits_of_need(need.id) if v.minutes_final is not None), None)
        if visit is None or not start <= day_of(need.opened_at) < end:
            continue
        rating = voice.rating_of(visit.id)
        return made.Case(
            need.service.name, day_of(need.opened_at), _minutes(need.opened_at, need.answered_at), visit.minutes_final,
            rating.stars if rating else None,
        )  # fmt: skip
    return None
