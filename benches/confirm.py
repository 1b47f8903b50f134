"""How many confirmations a second: both sides of a finished visit state their minutes, each in a step of its own; the second one closes the
need, posts the held hours and closes what was opened. By several clients at once, beside TPC-B on the same server in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from benches._clients import Clients
from benches._frame import BenchFailed, Size, check, options
from benches._journey import Journey, measure
from benches._street import Pair, ask_sql, check_books, check_record
from linli.ground.steps.reads import held_at, now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, confirm, propose, visit

SIZES = {Size.SMALL: (8, 16, 32), Size.CITY: (200, 400, 800), Size.FULL: (500, 1_000, 4_000)}
BEFORE = timedelta(days=1)  # visits happened yesterday; they are confirmed now


@dataclass(frozen=True, slots=True)
class Done:
    """A visit that both sides can confirm."""

    pair: Pair
    visit: UUID
    minutes: int


def _help(pair: Pair) -> Sequence[int]:
    """Take a need from asking to check-out, as everybody does."""
    asker, helper, worker = pair.ask(), pair.help(), pair.work()
    began = now() - BEFORE
    with held_at(began):
        need = UUID(ask.ask(asker, ask.AskDraft(service=pair.service), pair.key("ask"))["need"])
        answer.answer(worker, need, pair.key("answer"))
        offer = UUID(propose.offer_to(worker, need, pair.helper, pair.key("offer"))["offer"])
        made = UUID(accept.accept(helper, offer, pair.key("accept"))["visit"])
        row = visits.visit(made)
    with held_at(row.starts_at):
        code = visit.code_shown(asker, made, row.starts_at).code
        visit.check_in(helper, made, code, pair.key("check-in"))
        service = needs.service(row.service)
        for item in range(len(service.checklist) if service else 0):
            visit.tick(helper, made, item, True, pair.key(f"tick-{item}"))
    with held_at(row.starts_at + timedelta(minutes=row.minutes_estimated)):
        visit.check_out(helper, made, pair.key("check-out"))
    return ()


def prepare(pairs: Sequence[Pair], clients: Clients) -> Sequence[Done]:
    """Have every pair's visit done, in several processes."""
    clients.run(_help, pairs)
    done = []
    for pair in pairs:
        row = visits.of_helper(pair.helper)[0]
        check(row.state == "checked_out", f"visit {row.id} is {row.state}")
        done.append(Done(pair, row.id, row.minutes_estimated))
    return done


def work(done: Done) -> Sequence[int]:
    """Let both sides state their minutes, the resident two more than the helper."""
    helper, asker = done.pair.help(), done.pair.ask()
    begun = time.monotonic_ns()
    confirm.confirm(helper, done.visit, done.minutes, done.pair.key("helper"))
    between = time.monotonic_ns()
    said = confirm.confirm(asker, done.visit, done.minutes + 2, done.pair.key("resident"))
    ended = time.monotonic_ns()
    check((said["state"], said["credited"]) == ("confirmed", done.minutes + 1), f"visit {done.visit}: {said}")
    return between - begun, ended - between


def check_all(pairs: Sequence[Pair]) -> None:
    """Every visit is confirmed, every need closed, every hour credited once and nothing held; book and record agree with their replay."""
    n = len(pairs)
    for what, wanted in {
        "SELECT count(*) FROM needs_need WHERE state = 'closed' AND handled_in_time": n,
        "SELECT count(*) FROM visits_visit WHERE state = 'confirmed'": n,
        "SELECT count(*) FROM timebank_visithours WHERE state = 'posted'": n,
        "SELECT count(*) FROM ledger_hold WHERE state = 'open'": 0,
        "SELECT count(*) FROM needs_clock WHERE stopped_at IS NULL AND fired_at IS NULL": 0,
        "SELECT count(*) FROM people_access WHERE ends_at IS NULL": 0,
        "SELECT count(*) FROM people_notice WHERE kind = 'visit.confirmed'": 2 * n,
    }.items():
        found = ask_sql(what)
        check(found == wanted, f"{what}: {found}, not {wanted}")
    credited, agreed = (
        ask_sql("SELECT sum(posted_minutes) FROM timebank_visithours"),
        ask_sql("SELECT sum(minutes_final) FROM visits_visit"),
    )
    in_books = ask_sql("SELECT sum(credits_posted) FROM ledger_account WHERE owner_ref = ANY(%s)", [f"person:{p.helper}" for p in pairs])
    check(credited == agreed == in_books, f"{agreed} minutes agreed, {credited} credited, {in_books} in the helpers' books")
    check_record({"visit.confirm": 2 * n}, {"visit:claimed": 2 * n, "visit:confirmed": n, "need:closed": n})
    check_books()


if __name__ == "__main__":
    try:
        measure(Journey("confirm", SIZES, prepare, work, check_all), options("confirm", __doc__ or ""))  # type: ignore[arg-type]
    except BenchFailed as failed:
        sys.exit(f"confirm: {failed}")
