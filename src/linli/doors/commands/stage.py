"""Made-up people: the district that the demo shows, and trials of policy sets before they are law.

linli stage build    settle 20,000 made-up people on the real streets of 越秀区 and let them live their last thirty days; only where
                     LINLI_DEMO is set: made-up people never stand beside real ones
linli stage nation   make twelve months of made-up figures for every community of the nation
linli stage trial    let a few made-up people live some days under the policy in force and under a changed one, and compare; in
                     databases apart, so that nothing of it reaches live data, and nothing is set
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, bar, complain, json_option, note
from linli.doors.commands.serve import bring_up_ground, bring_up_tables
from linli.doors.site.config import config
from linli.ground.steps.reads import now
from linli.journeys import trial as trials
from linli.kernel.stats import Interval
from linli.sight.trials.reads import Line, RunRow, TrialCard, compared, unkept
from linli.stage import district, nation
from linli.stage.apart import Busy, alone
from linli.stage.life import Told
from linli.stage.trial import Broken, ask_first, lived
from linli.stage.trial_life import SMALL, Size

WORDS = {
    "people": "settling the district", "life": "living its last thirty days", "scenes": "setting the scene", "stock": "taking stock",
    "evidence": "keeping the record",
}  # fmt: skip
SAID = {
    "same": "no difference at all", "more": "B more, larger than chance", "less": "B less, larger than chance", "unclear": "cannot tell",
    "missing": "too little to tell",
}  # fmt: skip
SEEDS, DAYS, SEEDS_MIN = 6, 4, 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what to do."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    words = "make the district where it is not there yet"
    json_option(actions.add_parser("build", help=words, description=f"{words.capitalize()}."))
    words = "make the nation's figures where they are not there yet"
    again = actions.add_parser("nation", help=words, description=f"{words.capitalize()}.")
    again.add_argument("--again", action="store_true", help="make them anew")
    json_option(again)
    words = "compare the policy in force with a changed one, on made-up people apart from live data"
    trial = actions.add_parser("trial", help=words, description=f"{words.capitalize()}.")
    trial.add_argument("--place", required=True, help="code of the place whose policy is set A, 4 to 12 digits")
    trial.add_argument(
        "--set", required=True, action="append", metavar="KEY=VALUE", type=_change, help="what is different in set B; may be repeated"
    )
    trial.add_argument("--seeds", type=_number(SEEDS_MIN, trials.SEEDS[1]), default=SEEDS, help=f"how many pairs of runs (default {SEEDS})")
    trial.add_argument("--days", type=_number(*trials.DAYS), default=DAYS, help=f"days in which needs are asked (default {DAYS})")
    trial.add_argument("--small", action="store_true", help="an even smaller made-up district, for a quick look")
    json_option(trial)


def _change(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not (key and sign and value):
        raise argparse.ArgumentTypeError("write KEY=VALUE, such as answer_minutes=60")
    return key, value


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def run(options: argparse.Namespace) -> int:
    """Build the district, places and policy first, one that was cut short is gone on with; or run a trial."""
    if options.action == "trial":
        return _trial(options)
    if not config().demo:
        raise ImproperlyConfigured("the made-up district is for the demo only: set LINLI_DEMO=true, in a data folder of its own")
    if options.action == "nation":
        return _nation(options)
    bring_up_tables()
    if district.is_built():
        answer(options, {"built": False}, "the district stands already")
        return 0
    bring_up_ground()
    told = build()
    answer(options, {"built": told is not None, **asdict(told or Told())}, "the district stands")
    return 0


def _nation(options: argparse.Namespace) -> int:
    if nation.is_made() and not options.again:
        answer(options, {"made": False}, "the nation's figures stand already")
        return 0
    bring_up_ground()
    about = nation.build(bar("nation"))
    answer(
        options, {"made": True, "communities": about.communities, "seed": about.seed, "added_up_us": about.added_up_us},
        f"made-up figures of {about.communities} communities; adding up took {about.added_up_us // 1000} ms",
    )  # fmt: skip
    return 0


def build() -> Told | None:
    """Make the district and return how its past went, or None where it stands already."""
    if district.is_built():
        district.wake()
        ask_first()
        return None
    note("making the district: 20,000 made-up people on the real streets of 越秀区 (two or three minutes, once)")
    bars: dict[str, Callable[[int, int], None]] = {}

    def progress(part: str, done: int, total: int) -> None:
        bars.setdefault(part, bar(WORDS[part]))(done, total)

    told = district.build(progress)
    ask_first()
    note(f"{told.begun} needs were asked, {told.met} met")
    return told


def _trial(options: argparse.Namespace) -> int:
    require_tables()
    moment = now()
    found = trials.sets(options.place, moment, dict(options.set))
    card = unkept(
        found.place,
        found.on,
        found.a,
        found.changes,
        seeds=options.seeds,
        days=options.days,
        size=asdict(SMALL if options.small else Size()),
        moment=moment,
    )
    runs: list[RunRow] = []
    progress = bar("living the runs")
    try:
        with alone() as apart:
            for row in lived(card, apart):
                runs.append(row)
                progress(len(runs), card.runs)
    except Busy:
        complain("another trial runs: try again when it is over")
        return 1
    except Broken as broken:
        complain(f"a run fell over; the end of what it said:\n{broken}")
        return 1
    rows = compared(runs)
    answer(options, _facts(card, runs, rows), _words(card, rows))
    return 0


def _facts(card: TrialCard, runs: list[RunRow], rows: tuple[Line, ...]) -> dict[str, Any]:
    return {
        "place": card.place, "policy_on": card.on, "changes": {key: {"a": a, "b": b} for key, a, b in card.changes}, "days": card.days,
        "seeds": card.seeds, "size": dict(card.size), "outcomes": [asdict(row) for row in rows],
        "runs": [asdict(row) for row in runs],
    }  # fmt: skip


def _words(card: TrialCard, rows: tuple[Line, ...]) -> str:
    changes = ", ".join(f"{key} {a} → {b}" for key, a, b in card.changes)
    head = f"{card.place}: {changes}; {card.seeds} pairs of runs, {card.days} days each; mean [95 % interval]"
    lines = [f"{'':18}{'A':>24}{'B':>24}{'B − A':>26}"]
    for row in rows:
        shown = (_shown(row.a, row.unit), _shown(row.b, row.unit), _shown(row.difference, row.unit, sign=True))
        lines.append(f"{row.outcome:18}{shown[0]:>24}{shown[1]:>24}{shown[2]:>26}  {SAID[row.verdict]}")
    return "\n".join(
        [head, *lines, "Made-up people: how they behave is assumed. Differences are paired by seed and hold at 95 % all together."]
    )


def _shown(found: Interval | None, unit: str, *, sign: bool = False) -> str:
    if found is None:
        return "–"
    way = "+" if sign else ""
    if unit == "minutes":
        return f"{found.mean:{way}d} [{found.low:{way}d}, {found.high:{way}d}] min"
    tail = " %" if unit == "share" else " /100"
    mean, low, high = (f"{value / 10_000:{way}.1f}" for value in (found.mean, found.low, found.high))
    return f"{mean} [{low}, {high}]{tail}"
