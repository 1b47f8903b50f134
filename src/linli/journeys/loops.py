"""The endless parts of the processes: clock, matcher, worker. Each round is idempotent; a kill at any moment loses and doubles nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError, close_old_connections

from linli.ground.steps import reads as steps_reads
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs_reads
from linli.journeys import escalate, fairness, lend, loans, propose, runs, stars, together, warn, witness
from linli.journeys.corridor import step
from linli.journeys.keep_record import keep_record
from linli.journeys.take_stock import take_stock
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.value.ledger import verbs as ledger

log = structlog.get_logger("linli.loops")
POLL_SECONDS = 0.5
BACK_OFF_SECONDS = 2.0
WITNESS_SECONDS = 5.0
STOCK_EVERY = timedelta(hours=1)
SWEEP_EVERY = timedelta(minutes=2)


def _forever(name: str, stop: threading.Event, round_: Callable[[], int], rest_seconds: float = POLL_SECONDS) -> None:
    log.info("loop.begin", loop=name)
    while not stop.is_set():
        try:
            close_old_connections()
            done = round_()
        except OperationalError as error:
            # The database restarts: wait and go on; nothing was half-done, every round is made of whole steps.
            log.warning("loop.database", loop=name, error=type(error).__name__)
            stop.wait(BACK_OFF_SECONDS)
            continue
        if not done:
            stop.wait(rest_seconds)
    log.info("loop.end", loop=name)


def _is_time(last: datetime, every: timedelta) -> bool:
    # A clock that was set back must not make anybody wait until it has caught up.
    return not timedelta(0) <= now() - last < every


def run_clock(stop: threading.Event) -> None:
    """Escalate, lapse, replace no-shows, expire holds, until `stop`."""
    _forever("clock", stop, clock_round)


def clock_round() -> int:
    """Do everything whose time has come, once."""
    return escalate.run_due() + expire_holds() + warn.run_due() + stars.finish_due() + lend.run_due()


def expire_holds() -> int:
    """Let holds expire whose time is over."""
    with step(Actor.system("clock"), None, "hours.expire", {}) as s:
        return ledger.expire_due(s, 100)


def run_matcher(stop: threading.Event) -> None:
    """Offer needs to helpers as they come, and sweep those that wait, until `stop`."""
    swept = [now() - SWEEP_EVERY]

    def round_() -> int:
        done = steps.take_up(now(), handle, known=frozenset({"match.propose", "booking.match"}))
        if not done and _is_time(swept[0], SWEEP_EVERY):
            swept[0] = now()
            sweep()
        return done

    _forever("matcher", stop, round_)


def handle(topic: str, payload: dict[str, Any]) -> None:
    """Do one piece of left work. Raises KeyError for an unknown topic."""
    handlers: dict[str, Callable[[dict[str, Any]], object]] = {
        "match.propose": lambda p: propose.propose_now(UUID(p["need"])),
        "booking.match": lambda p: loans.place_waiting({UUID(p["booking"])}),
    }
    handlers[topic](payload)


def sweep() -> int:
    """Try again, as one batch, for needs that still wait without an offer; return how many offers went out."""
    made, found = 0, together.plan_together(needs_reads.waiting_for_helper())
    for run in found.runs:
        runs.keep(run)
    for planned in found.planned:
        try:
            made += propose.send(planned)
        except LinliError as error:
            log.info("match.skipped", need=str(planned.card.id), why=str(error))
    return made + loans.place_waiting()


def run_worker(stop: threading.Event) -> None:
    """Keep the record and take stock, until `stop`."""
    last = [now() - STOCK_EVERY]

    def round_() -> int:
        # Stock first: where the log refuses to sign, this process ends and is started again, and stock is taken all the same.
        if _is_time(last[0], STOCK_EVERY):
            # Since the round before last: what was being written while we looked is looked at again.
            take_stock(min(last[0], now()) - STOCK_EVERY)
            last[0] = now()
            fairness.play_cities(now())
        return keep_record()

    _forever("worker", stop, round_)


def run_witnesses(stop: threading.Event, post: witness.Post) -> None:
    """Ask the witnesses of the record whose turn it is, until `stop`."""
    _forever("witnesses", stop, lambda: witness.ask_witnesses(post), WITNESS_SECONDS)


def waiting() -> steps_reads.OutboxState:
    """Return what waits in the outbox, for doctor and metrics."""
    return steps_reads.outbox_state()
