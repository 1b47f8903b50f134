"""How many requests each door answered and how long they took, counted over all web processes of the machine.

Each process keeps its counters in a file of its own, mapped into memory: counting costs no system call and no lock of another process,
and whichever process is asked sums the files. Counted by door, never by address. A file outlives its process, so that no sum ever falls.
"""

from __future__ import annotations

import mmap
import os
import struct
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import perf_counter_ns

from django.conf import settings
from django.http import HttpRequest, HttpResponse

DOORS = ("public", "log", "resident", "worker", "street", "city", "demo", "api", "none")  # none: an address where nothing is
BOUNDS_MS = (5, 10, 25, 50, 100, 200, 400, 800, 1600, 3200)
UNWATCHED = frozenset({"public:healthz", "public:readyz", "public:metrics"})  # who asks whether we live is no visitor
KINDS = (2, 3, 4, 5)  # first digit of the status
SLOTS = len(BOUNDS_MS) + 2 + len(KINDS)  # one per bound, the rest, the sum in microseconds, one per kind of status
BYTES = 8 * SLOTS * len(DOORS)


@dataclass(frozen=True, slots=True)
class DoorCount:
    """Requests of one door: how many took up to each bound (not cumulative; the last is the rest), their sum, and by kind of status."""

    door: str
    buckets: tuple[int, ...]
    sum_us: int
    kinds: tuple[int, ...]


class Counters:
    """This process's own counters; a process that was forked begins a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock, self._pid = folder, Lock(), 0
        self._map: mmap.mmap | None = None

    def _own(self) -> mmap.mmap:
        if self._map is None or self._pid != os.getpid():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._pid = os.getpid()
            path = self._folder / f"{self._pid}.counters"
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.ftruncate(handle, BYTES)
                self._map = mmap.mmap(handle, BYTES)
            finally:
                os.close(handle)
        return self._map

    def add(self, door: str, spent_us: int, status: int) -> None:
        """Count one request that took `spent_us` microseconds."""
        first = SLOTS * DOORS.index(door)
        bucket = bisect_left(BOUNDS_MS, -(-spent_us // 1000))
        slots = [(first + bucket, 1), (first + len(BOUNDS_MS) + 1, spent_us)]
        if status // 100 in KINDS:
            slots.append((first + len(BOUNDS_MS) + 2 + KINDS.index(status // 100), 1))
        with self._lock:
            own = self._own()
            for slot, more in slots:
                (was,) = struct.unpack_from("<Q", own, 8 * slot)
                struct.pack_into("<Q", own, 8 * slot, was + more)


def counted(folder: Path) -> tuple[DoorCount, ...]:
    """Return the sums over every process that counted in `folder`; files of another shape (an older version's) are left out."""
    totals = [0] * (SLOTS * len(DOORS))
    for path in sorted(folder.glob("*.counters")):
        content = path.read_bytes()
        if len(content) == BYTES:
            totals = [a + b for a, b in zip(totals, struct.unpack(f"<{len(totals)}Q", content), strict=True)]
    found = []
    for n, door in enumerate(DOORS):
        row = totals[SLOTS * n : SLOTS * (n + 1)]
        rest = len(BOUNDS_MS) + 1
        found.append(DoorCount(door, tuple(row[:rest]), row[rest], tuple(row[rest + 1 :])))
    return tuple(found)


def folder() -> Path:
    """Return where this machine's web processes keep their counters."""
    return settings.LINLI_DATA / "counters"


def door_of(request: HttpRequest) -> str:
    """Return the door a request went through, by its route; `none` where no route was found."""
    namespace = request.resolver_match.namespace if request.resolver_match else ""
    return "api" if namespace.startswith("api") else namespace if namespace in DOORS else "none"


def watched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Count every request but those of who watches; a file of the look is not counted, for it never comes this far."""
    counters = Counters(folder())

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = perf_counter_ns()
        response = get_response(request)
        spent_us = (perf_counter_ns() - begun) // 1000
        if request.resolver_match is None or request.resolver_match.view_name not in UNWATCHED:
            counters.add(door_of(request), spent_us, response.status_code)
        return response

    return middleware
