"""Which way a batch goes: the small exact one without anything compiled, or the engine for a city, which a process loads when it first needs it."""

from __future__ import annotations

from importlib import import_module

from linli.help.matching.core import exact, one
from linli.help.matching.core.arrays import Batch, Edges, check
from linli.help.matching.core.outcome import Fine, Outcome

ENGINE = "linli.help.matching.core.engine"
LOOKS_MAX = 4_000_000  # pairs that are looked through one need after the other in well under a second


def is_small(batch: Batch) -> bool:
    """Tell whether a batch needs nothing compiled."""
    return exact.fits(batch) and len(batch.needs.lat) * len(batch.helpers.lat) <= LOOKS_MAX


def way(batch: Batch) -> str:
    """Return by which way `run` takes a batch."""
    return "exact" if is_small(batch) else "auction"


def run(batch: Batch, fine: Fine) -> Outcome:
    """Return who is asked for what. Raises BadBatch naming what is wrong with the batch.

    The engine comes with a compiler: a second to load, some more the first time on a machine. So it is loaded by name, here alone, and no
    process that sees small batches only (the web never sees any) pays for it.
    """
    check(batch)
    if is_small(batch):
        return exact.assign(batch, one.edges(batch))
    found: Outcome = import_module(ENGINE).run(batch, fine)
    return found


def assign(batch: Batch, edges: Edges, fine: Fine) -> Outcome:
    """Return who is asked for what where who may be asked is known already: what `run` does with the edges it finds."""
    if is_small(batch):
        return exact.assign(batch, edges)
    found: Outcome = import_module(ENGINE).assign(batch, edges, fine)
    return found
