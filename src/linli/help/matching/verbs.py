"""Keep a run of the matcher; let go of old ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linli.help.matching.models import MatchMonth, MatchRun
from linli.kernel.canon import digest
from linli.kernel.ids import new_id
from linli.kernel.step import Step


@dataclass(frozen=True, slots=True)
class NewRun:
    """One batch of one city. `inputs` are sealed (`core.snapshot`), with their digest; `waiting` tells whose needs they were."""

    city: str
    engine: str
    policy: Mapping[str, int]
    needs: int
    helpers: int
    edges: int
    served: int
    value: int
    bound: int
    milliseconds: int
    seed: int
    waiting_digest: str
    inputs_digest: str
    inputs: bytes
    answer: Sequence[Sequence[int]]
    more: Sequence[Mapping[str, Any]]


def keep(s: Step, new: NewRun) -> UUID | None:
    """Keep a run; return its id. None, and nothing is kept, where nobody was asked and the same needs waited in the run before."""
    if not new.needs:
        return None
    before = MatchRun.objects.filter(city_code=new.city).order_by("-at", "-pk").values_list("waiting_digest", flat=True).first()
    if not new.answer and before == new.waiting_digest:
        return None
    pk, policy = new_id(s.now), dict(new.policy)
    answer = [list(pair) for pair in new.answer]
    MatchRun.objects.create(
        id=pk, city_code=new.city, at=s.now, engine=new.engine, policy=policy, policy_digest=digest(policy), needs=new.needs, helpers=new.helpers,
        edges=new.edges, served=new.served, asked=len(answer), value=new.value, bound=new.bound, milliseconds=new.milliseconds, seed=new.seed,
        waiting_digest=new.waiting_digest, inputs_digest=new.inputs_digest, inputs=new.inputs, answer=answer, more=[dict(one) for one in new.more],
    )  # fmt: skip
    s.record(
        "match:run",
        place=new.city,
        payload={
            "run": str(pk), "inputs": new.inputs_digest, "answer": digest(answer), "policy": digest(policy), "value": new.value, "bound": new.bound,
        },
    )  # fmt: skip
    return pk


def forget(_s: Step, before: datetime) -> int:
    """Let go of runs made before a moment; return how many. What the record holds of them stays: digests, worth and bound."""
    return MatchRun.objects.filter(at__lt=before).delete()[0]


@dataclass(frozen=True, slots=True)
class NewMonth:
    """A city's month, played. `inputs` are sealed (`core.month`, `core.snapshot.seal`), with their digest; `figures` hold whole numbers."""

    city: str
    first_day: date
    days: int
    engine: str
    policy: Mapping[str, int]
    needs: int
    helpers: int
    sampled_ppm: int
    answers: Mapping[str, Any]
    figures: Mapping[str, Any]
    milliseconds: int
    inputs_digest: str
    inputs: bytes


def keep_month(s: Step, new: NewMonth, day: date) -> UUID | None:
    """Keep a month played on `day`; return its id, or None where the city has one of that day."""
    policy, pk = dict(new.policy), new_id(s.now)
    row, made = MatchMonth.objects.get_or_create(
        city_code=new.city, day=day, defaults={
            "id": pk, "at": s.now, "first_day": new.first_day, "days": new.days, "engine": new.engine, "policy": policy, "policy_digest": digest(policy),
            "needs": new.needs, "helpers": new.helpers, "sampled_ppm": new.sampled_ppm, "answers": dict(new.answers), "figures": dict(new.figures),
            "milliseconds": new.milliseconds, "inputs_digest": new.inputs_digest, "inputs": new.inputs,
        },
    )  # fmt: skip
    if not made:
        return None
    payload = {"month": str(pk), "inputs": new.inputs_digest, "figures": digest(dict(new.figures)), "policy": digest(policy)}
    s.record("match:month", place=new.city, payload=payload)
    return row.pk


def forget_months(_s: Step, before: date) -> int:
    """Let go of months played before a day; return how many. What the record holds of them stays."""
    return MatchMonth.objects.filter(day__lt=before).delete()[0]
