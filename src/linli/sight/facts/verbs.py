"""Load facts: each counts once, however often it is loaded."""

from __future__ import annotations

from collections.abc import Iterable

from linli.kernel.step import Step
from linli.sight.facts.core import FactIn
from linli.sight.facts.models import Fact


def load(s: Step, facts: Iterable[FactIn]) -> None:
    """Write facts not yet known; known ones (same kind and reference) stay as they were."""
    Fact.objects.bulk_create(
        [
            Fact(
                kind=f.kind.value, about=f.about, place_code=f.place, service=f.service, subject=f.subject, good=f.good, value=f.value,
                occurred_at=f.occurred_at, recorded_at=s.now,
            )
            for f in facts
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )  # fmt: skip
