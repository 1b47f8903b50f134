"""Load the report's figures, keep months, name who answers, move risks. Nothing said is ever edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.step import Step
from linli.kernel.text import clean
from linli.sight.programme import shipped
from linli.sight.programme.core.progress import Measure
from linli.sight.programme.core.risks import BY_PERSON, MOVES, Event, State, Verdict
from linli.sight.programme.models import ActualRow, FigureRow, NoteRow, RiskRow

OWNER_LENGTH_MAX = 60
WORDS_LENGTH_MAX = 500
SAID = ("none", "on_way", "behind", "done")
NUMBERS = ("kind", "scope", "year", "comparator", "value", "decimals", "unit")


def load_shipped(s: Step) -> int:
    """Write shipped figures that are not there yet; return how many.

    Raises ValueError where a shipped number was loaded before with another content: what the report says does not change.
    """
    with connection.cursor() as cursor:  # two starting processes load one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('linli.programme.load'))")
    known = {row["code"]: row for row in FigureRow.objects.values("code", *NUMBERS)}
    fresh = []
    for code, figure in shipped.figures().items():
        row = known.get(code)
        if row is None:
            fresh.append(FigureRow(recorded_at=s.now, **asdict(figure)))
        elif any(row[name] != getattr(figure, name) for name in NUMBERS):
            raise ValueError(f"shipped figure {code} was loaded with another number")
    FigureRow.objects.bulk_create(fresh, batch_size=500)
    if fresh:
        s.record("programme:loaded", place="", payload={"rows": len(fresh)})
    return len(fresh)


def keep(
    s: Step, month: date, found: Mapping[tuple[str, str], Measure], *, starts_at: datetime, ends_at: datetime, whole: bool
) -> None:  # fmt: skip
    """Keep what a month yields by (place, indicator); counting a month again replaces it by the newer count.

    `whole`: the month is over and was on record from its first day.
    """
    ActualRow.objects.bulk_create(
        [
            ActualRow(
                place_code=place, indicator=indicator, month=month, unit=m.unit, value=m.value, low=m.low, high=m.high, hits=m.hits, n=m.n, whole=whole,
                starts_at=starts_at, ends_at=ends_at, recorded_at=s.now,
            )
            for (place, indicator), m in found.items()
        ],
        update_conflicts=True,
        unique_fields=["place_code", "indicator", "month"],
        update_fields=["unit", "value", "low", "high", "hits", "n", "whole", "starts_at", "ends_at", "recorded_at"],
        batch_size=1000,
    )  # fmt: skip


def assign(s: Step, place: str, figure: str, *, owner: str, said: str, words: str, occurred_on: date) -> UUID:
    """Name who answers for a figure at a place since when, and how it goes by their word; return the row's id.

    Raises NotFound for an unknown figure, Refused(INPUT_MISSING, INPUT_TOO_LONG, INPUT_INVALID, TIME_TOO_FAR).
    """
    if not FigureRow.objects.filter(pk=figure).exists():
        raise NotFound
    if said not in SAID:
        raise Refused(Refusal.INPUT_INVALID, field="said")
    name, text = _text(owner, "owner", OWNER_LENGTH_MAX), _text(words, "words", WORDS_LENGTH_MAX)
    if not name:
        raise Refused(Refusal.INPUT_MISSING, field="owner")
    row = NoteRow.objects.create(
        pk=new_id(s.now), place_code=place, figure_id=figure, owner=name, said=said, words=text, actor_ref=s.actor.ref,
        occurred_on=occurred_on, recorded_at=s.now,
    )  # fmt: skip
    s.record("programme:assigned", place=place, payload={"figure": figure, "note": str(row.pk), "said": said})
    return row.pk


def decide(s: Step, place: str, risk: str, event: Event, reason: str) -> State:
    """Accept, mitigate or close a risk at a place, with a reason; return its new state.

    Raises NotFound for an unknown risk, Refused(REASON_REQUIRED, INPUT_TOO_LONG, INPUT_INVALID, STATE_FORBIDS).
    """
    if risk not in shipped.risks():
        raise NotFound
    if event not in BY_PERSON:
        raise Refused(Refusal.INPUT_INVALID, field="event")
    text = _text(reason, "reason", WORDS_LENGTH_MAX)
    if not text:
        raise Refused(Refusal.REASON_REQUIRED, field="reason")
    _lock(place)
    state = _move(s, place, risk, event, reason=text, evidence={})
    if state is None:
        raise Refused(Refusal.STATE_FORBIDS)
    return state


def watch(s: Step, place: str, found: Mapping[str, tuple[Verdict, int]]) -> tuple[str, ...]:
    """Raise or ease risks at a place by what the records say; return the codes of those newly raised.

    `found` holds per risk the verdict and the bar it was judged by. A closed risk is raised again only by a month that began after it
    was closed.
    """
    _lock(place)
    raised = []
    last = {row.risk: row for row in _newest(place, found)}
    for risk, (verdict, bar) in found.items():
        row = last.get(risk)
        state = State(row.state) if row else State.QUIET
        event = Event.RAISE if verdict.holds else Event.EASE
        if (state, event) not in MOVES or _closed_after(row, verdict):
            continue
        if _move(s, place, risk, event, reason="", evidence=_evidence(verdict, bar)) is not None and verdict.holds:
            raised.append(risk)
    return tuple(raised)


def _closed_after(row: RiskRow | None, verdict: Verdict) -> bool:
    return bool(row and row.state == State.CLOSED.value and verdict.months and verdict.months[-1].first <= row.occurred_at.date())


def _evidence(verdict: Verdict, bar: int) -> dict[str, Any]:
    return {
        "bar": bar,
        "months": [
            {"month": m.first.isoformat(), "value": m.measure.value, "unit": m.measure.unit, "n": m.measure.n} for m in verdict.months
        ],
    }


def _lock(place: str) -> None:
    # Two who move the same risks do so one after the other; each sees what the other left.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"linli.programme.risk.{place}"])


def _newest(place: str, risks: Iterable[str]) -> list[RiskRow]:
    return list(RiskRow.objects.filter(place_code=place, risk__in=list(risks)).order_by("risk", "-seq").distinct("risk"))


def _move(s: Step, place: str, risk: str, event: Event, *, reason: str, evidence: dict[str, Any]) -> State | None:
    found = _newest(place, [risk])
    state, seq = (State(found[0].state), found[0].seq) if found else (State.QUIET, 0)
    new = MOVES.get((state, event))
    if new is None:
        return None
    RiskRow.objects.create(
        place_code=place, risk=risk, seq=seq + 1, event=event.value, state=new.value, reason=reason, evidence=evidence,
        actor_ref=s.actor.ref, occurred_at=s.now, recorded_at=s.now,
    )  # fmt: skip
    s.record(f"risk:{_past(event)}", place=place, payload={"risk": risk, "state": new.value})
    return new


def _past(event: Event) -> str:
    return {Event.RAISE: "raised", Event.EASE: "eased"}.get(event, "decided")


def _text(text: str, field: str, length_max: int) -> str:
    try:
        return clean(text, length_max=length_max, lines=True)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=length_max) from None
