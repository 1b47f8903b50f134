"""Runs of the matcher as a record: kept with what they were made of, run again to see whether they answer the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from linli.help.matching import reads as matching
from linli.help.matching import verbs
from linli.help.matching.core import choose, whatif
from linli.help.matching.core.outcome import VERSION
from linli.help.matching.core.snapshot import BadSnapshot, Inputs, answer_of, pack, seal, unpack, unseal
from linli.journeys.corridor import step
from linli.journeys.plans import policy_at
from linli.journeys.together import Run
from linli.kernel.actor import Actor
from linli.kernel.canon import digest

MATCHER = Actor.system("matcher")
WHAT_IFS, MORE_HELPERS_MAX = 3, 5  # of each run: the worst places, and at most so many helpers more


def _more(inputs: Inputs, run: Run) -> list[dict[str, Any]]:
    found = whatif.more(inputs, run.outcome, most=WHAT_IFS, helpers_max=MORE_HELPERS_MAX)
    return [
        {"community": inputs.communities[one.community], "skill": inputs.skills[one.skill] if one.skill >= 0 else "", "helpers": one.helpers,
         "served": one.served, "waiting": one.waiting}
        for one in found
    ]  # fmt: skip


def keep(run: Run) -> UUID | None:
    """Keep a run, and let go of those that policy says are old; return its id, or None where it is no news (see `verbs.keep`)."""
    made, outcome = run.columns, run.outcome
    inputs = Inputs(made.batch, run.fine, made.skills, made.communities)
    inputs_digest, sealed = seal(pack(inputs))
    policy = asdict(run.rules) | asdict(run.worths) | {"step_ppb": run.fine.step_ppb}
    served = int(np.count_nonzero(whatif.served(made.batch, outcome)))
    new = verbs.NewRun(
        run.city, f"{choose.way(made.batch)}-{VERSION}", policy, len(made.needs), len(made.helpers), len(outcome.edges.helpers), served,
        outcome.value, outcome.bound, run.milliseconds, run.fine.seed, digest([str(need) for need in made.needs]), inputs_digest, sealed,
        answer_of(outcome), _more(inputs, run),
    )  # fmt: skip
    with step(MATCHER, None, "match.keep", {}, place=run.city) as s:
        kept = verbs.keep(s, new)
        if kept is not None:
            verbs.forget(s, s.now - timedelta(days=policy_at(run.city, s.now).days("match_run_days")))
    return kept


class SpoiltRun(ValueError):
    """What was kept of a run is not what was matched, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run made again. `differs` names in English what is not the same: nothing, where the record and the engine agree."""

    run: UUID
    asked: int
    value: int
    bound: int
    engine: str
    differs: tuple[str, ...]

    def facts(self) -> Mapping[str, Any]:
        """Return it for a program to read."""
        return asdict(self) | {"run": str(self.run), "same": not self.differs}


def replay(run: UUID) -> Replayed:
    """Match once more what a kept run was made of. Raises NotFound, and SpoiltRun where what was kept is not what was matched."""
    kept = matching.kept(run)
    try:
        inputs = unpack(unseal(kept.inputs, kept.row.inputs_digest))
    except BadSnapshot as error:
        raise SpoiltRun(str(error)) from error
    outcome = choose.run(inputs.batch, inputs.fine)
    engine, answer = f"{choose.way(inputs.batch)}-{VERSION}", [tuple(pair) for pair in answer_of(outcome)]
    was, now_ = set(kept.answer), set(answer)
    tried = (
        (f"engine {kept.row.engine} then, {engine} now", engine != kept.row.engine),
        (f"{len(was - now_)} pairs asked then and not now, {len(now_ - was)} now and not then", was != now_),
        (f"worth {kept.row.value} then, {outcome.value} now", outcome.value != kept.row.value),
        (f"bound {kept.row.bound} then, {outcome.bound} now", outcome.bound != kept.row.bound),
    )
    return Replayed(run, len(answer), outcome.value, outcome.bound, engine, tuple(words for words, differs in tried if differs))
