"""Bring the record up to date now: what waits gets its place in the tree, and the tree is signed as a checkpoint.

The worker of `linli serve` does this all the time by itself. Where nothing is new, nothing is signed.

linli publish                                                            sign the record
linli publish paper --place 440104 --from 2026-01-01 --to 2027-01-01     write and publish the white paper of a place; --to is the day after the last
linli publish nation --month 2026-10 --out FOLDER                        write the table of every community in the nation, with its digest
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from django.utils import translation

from linli.doors.commands import nation_table
from linli.doors.commands.database import require_tables
from linli.doors.commands.export import day, place
from linli.doors.commands.output import answer, complain, json_option
from linli.doors.public.paper_pdf import paper_pdf
from linli.doors.public.paper_shown import shown
from linli.journeys import publish
from linli.journeys.keep_record import keep_record
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.ids import new_token
from linli.sight.papers import reads
from linli.trust.evidence import reads as evidence
from linli.trust.evidence.tables import LogBroken

OPERATOR = Actor.system("publish")
LANGUAGES = ("zh-hans", "zh-hant", "en")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take --json, and what a paper is of."""
    json_option(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    words = "write and publish the white paper of a place"
    paper = actions.add_parser("paper", help=words, description=f"{words.capitalize()}.")
    paper.add_argument("--place", type=place, required=True, help="place code, 4 to 12 digits")
    paper.add_argument("--from", dest="start", type=day, required=True, help="first day")
    paper.add_argument("--to", dest="end", type=day, required=True, help="the day after the last")
    paper.add_argument("--why", default="", help="why, where an edition of the same place and days is published already")
    paper.add_argument("--language", choices=LANGUAGES, default="zh-hans", help="language of the PDF")
    paper.add_argument("--out", type=Path, help="PDF file to write")
    json_option(paper)
    words = "write the nation's table of a month, every community, with its digest"
    nation = actions.add_parser("nation", help=words, description=f"{words.capitalize()}.")
    nation.add_argument("--month", required=True, help="a month of the cube, such as 2026-10")
    nation.add_argument("--out", type=Path, required=True, help="folder to write into")
    json_option(nation)


def run(options: argparse.Namespace) -> int:
    """Integrate, sign and say what stands signed; return 1 where the log contradicts itself. `paper` publishes one, `nation` writes the table."""
    require_tables()
    if options.action == "paper":
        return _paper(options)
    if options.action == "nation":
        return _nation(options)
    try:
        fresh = keep_record()
    except LogBroken as broken:
        complain(f"{broken}; nothing was signed. `linli verify evidence` says where")
        return 1
    state = evidence.state()
    facts = {"integrated": fresh, "size": state.published, "signed_at": state.published_at.isoformat() if state.published_at else None}
    words = f"{fresh} entries got their place; {state.published} stand signed" if state.published else "nothing to sign yet"
    answer(options, facts, words)
    return 0


def _nation(options: argparse.Namespace) -> int:
    try:
        made = nation_table.write(options.out, options.month)
    except NotFound:
        complain("there are no figures of the nation for this month; `linli stage nation` makes a demo's")
        return 1
    told = {"rows": made.rows, "sha256": made.sha256, "files": [str(file) for file in made.files]}
    answer(options, told, f"{made.rows} communities, sha256 {made.sha256}\n" + "\n".join(str(file) for file in made.files))
    return 0


def _paper(options: argparse.Namespace) -> int:
    start: date = options.start
    digest = publish.draft(OPERATOR, options.place, start, options.end, options.why, new_token())["digest"]
    publish.publish(OPERATOR, digest, new_token())
    row, found = reads.edition(digest)
    if options.out is not None:
        with translation.override(options.language):
            options.out.write_bytes(paper_pdf(shown(found, digest)))
    told = {
        "digest": digest, "place": row.place, "from": row.start.isoformat(), "to": row.end.isoformat(), "fact_set": row.fact_set,
        "checkpoint_size": row.checkpoint_size, "corrects": row.corrects or None, "path": f"/papers/{row.short}/",
        "file": str(options.out) if options.out else None,
    }  # fmt: skip
    answer(options, told, f"published {digest}\nread it at /papers/{row.short}/" + (f" and in {options.out}" if options.out else ""))
    return 0
