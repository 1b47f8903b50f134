"""Witnesses of the record: somebody outside who signs that it only grows; and the logs of others that we sign that for.

linli witness list                 who witnesses our record, whom we witness, and what they said last
linli witness add URL VKEY         ask somebody from now on; `linli-verify witness new` makes one, its page shows the key
linli witness drop NAME            ask them no more; what they signed stays
linli witness watch VKEY           be a witness of another log; it hands its checkpoints in at /log/add-checkpoint
linli witness ask                  ask everybody now
"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from linli.doors.commands import outbound
from linli.doors.commands.output import answer, json_option
from linli.journeys import witness
from linli.kernel.actor import Actor
from linli.trust.evidence import reads as evidence

OPERATOR = Actor.system("operator")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what to do."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="ask somebody to sign our checkpoints")
    add.add_argument("url", metavar="URL")
    add.add_argument("vkey", metavar="VKEY")
    drop = actions.add_parser("drop", help="ask them no more")
    drop.add_argument("name", metavar="NAME")
    watch = actions.add_parser("watch", help="be a witness of another log")
    watch.add_argument("vkey", metavar="VKEY")
    ask = actions.add_parser("ask", help="ask every witness now")
    for action in (add, drop, watch, ask, actions.add_parser("list", help="who witnesses whom")):
        json_option(action)


def run(options: argparse.Namespace) -> int:
    """Do it and say what stands; 1 where a witness refuses or a log we watch told two histories."""
    if options.action == "add":
        witness.name_witness(OPERATOR, options.url, options.vkey)
    elif options.action == "drop":
        witness.drop_witness(OPERATOR, options.name)
    elif options.action == "watch":
        witness.watch(OPERATOR, options.vkey)
    elif options.action == "ask":
        witness.ask_witnesses(outbound.post)
    ours, theirs = evidence.witnesses(), evidence.watched()
    lines = [f"{w.name}  {w.outcome}  up to {w.signed_size or 0}  {w.url}" for w in ours] or ["nobody witnesses this record yet"]
    lines += [f"we watch {w.origin}  {w.size}{'  TOLD TWO HISTORIES' if w.forked else ''}" for w in theirs]
    facts = {
        "witnesses": [asdict(w) | {"tried_at": _text(w.tried_at), "signed_at": _text(w.signed_at)} for w in ours],
        "watched": [asdict(w) | {"seen_at": _text(w.seen_at)} for w in theirs],
    }
    answer(options, facts, "\n".join(lines))
    return 1 if any(w.outcome == "refused" for w in ours) or any(w.forked for w in theirs) else 0


def _text(at: object) -> str | None:
    return None if at is None else str(at)
