"""What the benches of journeys share: three sizes in fresh databases, client processes, TPC-B before and after, the figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benches import _room, _tpcb
from benches._clients import WARM, Clients, Ran
from benches._frame import NS_PER_MS, Lines, Options, Size, exponent, note, percentile
from benches._street import Pair, furnish, settle
from linli.doors.commands.cluster import Cluster

CLIENTS = {Size.SMALL: 2, Size.CITY: 8, Size.FULL: 8}


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey to measure: how many pairs at each size, what stands before, what is timed, what must hold afterwards."""

    name: str
    sizes: dict[Size, tuple[int, ...]]
    prepare: Callable[[Sequence[Pair], Clients], Sequence[object]]
    work: Callable[[object], Sequence[int]]
    check: Callable[[Sequence[Pair]], None]


def _once(own: Cluster, journey: Journey, count: int, wanted: Options, clients: Clients) -> Ran:
    note(f"{journey.name}: settling {count} askers and helpers")
    pairs = settle(count, wanted.seed)
    parts = journey.prepare(pairs, clients)
    _room.settle_down(own)
    note(f"{journey.name}: {clients.count} clients at work")
    ran = clients.run(journey.work, parts)
    journey.check(pairs)
    return ran


def measure(journey: Journey, wanted: Options) -> None:
    """Run a journey at each size and print its figures; the largest size beside TPC-B, run just before and just after."""
    lines, counts = Lines(journey.name, wanted.seed), journey.sizes[wanted.size]
    seconds, timed = [], [count - WARM * CLIENTS[wanted.size] for count in counts]
    with _room.cluster(furnish) as own, Clients(CLIENTS[wanted.size]) as clients:
        tpcb = _tpcb.fill(own, wanted.size, clients.count)
        for count, n in zip(counts, timed, strict=True):
            with _room.fresh(own):
                before = tpcb.per_second() if tpcb and count == counts[-1] else 0.0
                ran = _once(own, journey, count, wanted, clients)
            seconds.append(ran.seconds)
            if count != counts[-1]:
                lines.figure("seconds", ran.seconds, "s", n=n)
        if tpcb is not None:
            rate = (before + tpcb.per_second()) / 2
            said = f"{tpcb.named}: {rate:.0f}/s"
            lines.figure("per_second", ran.per_second, "1/s", n=n, against=said, ratio=ran.per_second / rate)
            lines.figure("vs_tpcb", ran.per_second / rate, "x", n=n, against=said, ratio=ran.per_second / rate)
        else:
            lines.figure("per_second", ran.per_second, "1/s", n=n)
    lines.figure("p50_ms", percentile(ran.samples, 50) / NS_PER_MS, "ms", n=n)
    lines.figure("p99_ms", percentile(ran.samples, 99) / NS_PER_MS, "ms", n=n)
    lines.figure("exponent", exponent(timed, seconds), "", n=n)
