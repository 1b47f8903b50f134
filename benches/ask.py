"""How many needs are asked a second: the whole journey through the corridor (right, key, need, clocks, sealed words, notice, work left for
the matcher, evidence, durable commit), by several clients at once, beside TPC-B on the same server in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from benches._clients import Clients
from benches._frame import BenchFailed, Size, check, options
from benches._journey import Journey, measure
from benches._street import Pair, ask_sql, check_books, check_record
from linli.journeys import ask

SIZES = {Size.SMALL: (8, 16, 32), Size.CITY: (500, 1_000, 2_000), Size.FULL: (2_000, 5_000, 20_000)}
WORDS = "想请人来一趟，家里有点事要帮忙"
WORDS_EVERY = 2  # every second need comes with words, which are sealed under a key of its own


def _draft(pair: Pair) -> ask.AskDraft:
    return ask.AskDraft(service=pair.service, words=WORDS if pair.number % WORDS_EVERY == 0 else "")


def prepare(pairs: Sequence[Pair], _clients: Clients) -> Sequence[Pair]:
    """Asking wants nothing but people."""
    return pairs


def work(pair: Pair) -> Sequence[int]:
    """Ask once."""
    actor, draft, key = pair.ask(), _draft(pair), pair.key("ask")
    begun = time.monotonic_ns()
    ask.ask(actor, draft, key)
    return (time.monotonic_ns() - begun,)


def check_all(pairs: Sequence[Pair]) -> None:
    """Everything asked is there once, with two clocks, a notice, work for the matcher and its evidence; a repeat is answered alike."""
    n = len(pairs)
    for what, wanted in {
        "SELECT count(*) FROM needs_need WHERE state = 'open'": n,
        "SELECT count(DISTINCT number) FROM needs_need": n,
        "SELECT count(DISTINCT asker) FROM needs_need": n,
        "SELECT count(*) FROM needs_clock WHERE stopped_at IS NULL AND fired_at IS NULL": 2 * n,
        "SELECT count(*) FROM needs_needflip": n,
        "SELECT count(*) FROM people_notice WHERE kind = 'need.opened'": n,
        "SELECT count(*) FROM steps_outbox WHERE topic = 'match.propose'": n,
        "SELECT count(*) FROM needs_need WHERE words_sealed IS NOT NULL": -(-n // WORDS_EVERY),
    }.items():
        found = ask_sql(what)
        check(found == wanted, f"{what}: {found}, not {wanted}")
    again = ask.ask(pairs[0].ask(), _draft(pairs[0]), pairs[0].key("ask"))
    check(
        ask_sql("SELECT count(*) FROM needs_need WHERE id = %s AND asker = %s", again["need"], pairs[0].asker) == 1, "a repeat asked anew"
    )
    check_record({"need.ask": n}, {"need:opened": n})
    check_books()


if __name__ == "__main__":
    try:
        measure(Journey("ask", SIZES, prepare, work, check_all), options("ask", __doc__ or ""))  # type: ignore[arg-type]
    except BenchFailed as failed:
        sys.exit(f"ask: {failed}")
