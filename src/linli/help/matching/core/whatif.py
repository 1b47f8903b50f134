"""What more helpers would change: the same batch once more with helpers that do not exist, and who is served then. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from linli.help.matching.core import choose
from linli.help.matching.core.arrays import NOWHERE, Array, Batch
from linli.help.matching.core.outcome import Outcome, owners
from linli.help.matching.core.snapshot import Inputs

ALL = np.uint64(2**64 - 1)


@dataclass(frozen=True, slots=True)
class More:
    """With `helpers` more of a skill (number; -1: any) in a community (number), `served` more needs would have somebody."""

    community: int
    skill: int
    helpers: int
    served: int
    waiting: int  # needs there that nobody could be asked for


def served(batch: Batch, outcome: Outcome) -> Array:
    """Return which needs somebody is asked for."""
    found = np.zeros(len(batch.needs.lat), np.bool_)
    found[owners(outcome.edges)[outcome.chosen]] = True
    return found


def _with(batch: Batch, community: int, skill: int, many: int) -> Batch:
    """Return the batch with `many` helpers more: in the middle of the community's needs, free, with every paper and tongue, asked by nobody yet."""
    needs, helpers = batch.needs, batch.helpers
    here = (needs.community == community) & (needs.lat != NOWHERE)
    known = bool(here.any())
    new = {
        "lat": int(np.median(needs.lat[here])) if known else NOWHERE, "lon": int(np.median(needs.lon[here])) if known else NOWHERE,
        "skills": np.uint64(1) << np.uint64(max(0, skill)), "certificates": ALL, "languages": ALL, "sex": -1, "minor": False, "community": community,
        "reach": batch.costs.radius_metres, "free": ALL, "load": 0,
    }  # fmt: skip
    grown = {
        name: np.concatenate([getattr(helpers, name), np.full(many, value, getattr(helpers, name).dtype)]) for name, value in new.items()
    }
    caps = np.concatenate([helpers.caps, np.ones((many, helpers.caps.shape[1]), helpers.caps.dtype)])
    rows = {
        name: np.concatenate([getattr(helpers, name), np.full(many, getattr(helpers, name)[-1])]) for name in ("window_rows", "busy_rows")
    }
    return batch._replace(helpers=helpers._replace(**grown, **rows, caps=caps))


def more(inputs: Inputs, outcome: Outcome, *, most: int, helpers_max: int) -> list[More]:
    """Return for the `most` skills and communities that lack most what as many helpers as needs wait there (at most `helpers_max`) would change."""
    batch = inputs.batch
    had = served(batch, outcome)
    lonely = np.flatnonzero(~had & (batch.needs.places > 0))
    lack = Counter((int(batch.needs.community[i]), int(batch.needs.skill[i])) for i in lonely.tolist())
    found = []
    for (community, skill), waiting in sorted(lack.items(), key=lambda item: (-item[1], item[0]))[:most]:
        many = min(waiting, helpers_max)
        grown = _with(batch, community, skill, many)
        now = int(served(grown, choose.run(grown, inputs.fine)).sum())
        found.append(More(community, skill, many, max(0, now - int(had.sum())), waiting))
    return found
