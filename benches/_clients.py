"""Several client processes at once, as the web workers of a busy hour: each connects, warms up, waits for the others, then works."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any, Self

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


class Clients:
    """Client processes that stay for the whole bench: starting one costs more than what a small bench measures."""

    def __init__(self, count: int) -> None:
        """Start `count` processes; use as a context manager, so that they end."""
        self.count = count
        context = multiprocessing.get_context("spawn")
        self._pool = context.Pool(count, initializer=_begin, initargs=(context.Barrier(count),))

    def __enter__(self) -> Self:
        """Return the clients."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        self._pool.terminate()
        self._pool.join()

    def run(self, work: Callable[[Any], Sequence[int]], parts: Sequence[Any]) -> Ran:
        """Do `work(part)` for every part, shared out evenly; it returns the nanoseconds of each thing it timed.

        `work` is a function of a module. The first two parts of each client are done before the clock starts. What a client raises is
        raised here.
        """
        connections.close_all()
        # One share to a client: whoever took one waits at the gate until every other has taken theirs.
        done = self._pool.map(_work, [(work, list(parts[number :: self.count])) for number in range(self.count)], chunksize=1)
        first, last = min(begun for begun, _, _ in done), max(ended for _, ended, _ in done)
        return Ran((last - first) / NS_PER_S, tuple(sample for _, _, samples in done for sample in samples))
