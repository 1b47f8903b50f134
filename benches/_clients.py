"""Several client processes at once, as the web workers of a busy hour: each connects, warms up, waits for the others, then works."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

from django.db import connections

from benches._frame import NS_PER_S

TOGETHER_SECONDS_MAX = 300.0
WARM = 2  # pieces of work each client does before the others are waited for: caches of a process that has just begun
_gate: list[Barrier] = []


@dataclass(frozen=True, slots=True)
class Ran:
    """What the clients measured: wall seconds from the first start to the last end, and each sample in nanoseconds."""

    seconds: float
    samples: tuple[int, ...]

    @property
    def per_second(self) -> float:
        """Return how many were done a second, all clients together."""
        return len(self.samples) / self.seconds


def _begin(gate: Barrier) -> None:
    _gate.append(gate)


def _work(given: tuple[Callable[[Any], Sequence[int]], list[Any]]) -> tuple[int, int, list[int]]:
    work, parts = given
    for part in parts[:WARM]:
        work(part)
    _gate[0].wait(TOGETHER_SECONDS_MAX)
    begun = time.monotonic_ns()
    samples = [sample for part in parts[WARM:] for sample in work(part)]
    ended = time.monotonic_ns()
    connections.close_all()
    return begun, ended, samples


def run(work: Callable[[Any], Sequence[int]], parts: Sequence[Any], *, clients: int) -> Ran:
    """Do `work(part)` for every part in `clients` processes at once; it returns the nanoseconds of each thing it timed.

    `work` is a function of a module. The first two parts of each client are done before the clock starts. What a client raises is raised.
    """
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    shares = [(work, list(parts[number::clients])) for number in range(clients)]
    with context.Pool(clients, initializer=_begin, initargs=(context.Barrier(clients),)) as pool:
        done = pool.map(_work, shares, chunksize=1)
    first, last = min(begun for begun, _, _ in done), max(ended for _, ended, _ in done)
    return Ran((last - first) / NS_PER_S, tuple(sample for _, _, samples in done for sample in samples))
