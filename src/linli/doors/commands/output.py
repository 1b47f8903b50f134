"""What commands say: results on standard output, everything about how it goes on standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from tqdm import tqdm


def say(text: str) -> None:
    """Print a line of a result."""
    print(text, flush=True)  # noqa: T201 — the one place where commands print


def note(text: str) -> None:
    """Print a line about how it goes."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def complain(text: str) -> None:
    """Print what went wrong and what to do."""
    note(f"linli: {text}")


def json_option(parser: argparse.ArgumentParser) -> None:
    """Add `--json` to a command that a program may read."""
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")


def answer(options: argparse.Namespace, facts: Mapping[str, Any], words: str) -> None:
    """Print a result: `facts` as one JSON object with --json, else `words`."""
    say(json.dumps(facts, ensure_ascii=False, default=str) if options.json else words)


def bar(label: str) -> Callable[[int, int], None]:
    """Return a `progress(done, total)` that draws a bar on a terminal and nothing elsewhere."""
    drawn = tqdm(desc=label, unit="", unit_scale=True, disable=None, leave=False, file=sys.stderr)

    def progress(done: int, total: int) -> None:
        drawn.total = total
        drawn.update(done - drawn.n)
        if done >= total:
            drawn.close()

    return progress


def tally(label: str) -> Callable[[int], None]:
    """Return a `progress(done)` that counts on a terminal, where nobody knows the end before, and does nothing elsewhere."""
    drawn = tqdm(desc=label, unit="", unit_scale=True, disable=None, leave=False, file=sys.stderr)

    def progress(done: int) -> None:
        drawn.update(done - drawn.n)

    return progress
