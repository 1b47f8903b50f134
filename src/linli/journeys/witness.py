"""Somebody outside signs that our record only grows, and we sign that for others: named, asked, held. (C2SP tlog-witness)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.trust.evidence import reads as evidence
from linli.trust.evidence import verbs
from linli.trust.evidence.core import handing
from linli.trust.evidence.core.notes import NoteBroken
from linli.trust.evidence.core.tree import ProofBroken

ASK_EVERY = timedelta(minutes=1)
TRIES = 2  # the second where a witness saw another size than we knew

log = structlog.get_logger("linli.witness")


@dataclass(frozen=True, slots=True)
class Said:
    """What a witness answered: HTTP status and text."""

    status: int
    text: str


Post = Callable[[str, bytes], Said]


def name_witness(actor: Actor, url: str, vkey: str) -> str:
    """Name somebody who is asked to sign our checkpoints; return their name. Raises Refused(INPUT_INVALID) naming the field."""
    with step(actor, None, "witness.name", {"url": url, "vkey": vkey}) as s:
        return verbs.name_witness(s, url, vkey)


def drop_witness(actor: Actor, name: str) -> None:
    """Ask a witness no more. Raises NotFound."""
    with step(actor, None, "witness.drop", {"name": name}) as s:
        verbs.drop_witness(s, name)


def watch(actor: Actor, vkey: str) -> str:
    """Begin to be a witness of another log; return its origin. Raises Refused(INPUT_INVALID)."""
    with step(actor, None, "witness.watch", {"vkey": vkey}) as s:
        return verbs.watch(s, vkey)


def ask_witnesses(post: Post) -> int:
    """Hand the newest checkpoint to every witness whose turn it is; return how many signed. One that is away is asked again later."""
    return sum(_ask(name, post) for name in evidence.due(now(), ASK_EVERY))


def _ask(name: str, post: Post) -> bool:
    for _ in range(TRIES):
        asking = evidence.asking(name)
        try:
            said = post(f"{asking.url}/add-checkpoint", asking.body)
        except OSError as error:
            _none(name, "away", type(error).__name__)
            return False
        size = handing.size_said(said.text) if said.status == 409 else None
        if said.status == 200:
            return _keep(asking, said.text)
        if size is None or size > asking.size:
            break  # it saw more than we ever signed, or will not sign at all: another history stands there
        verbs.saw(name, size)
    _none(name, "away" if said.status >= 500 else "refused", str(said.status))
    return False


def _keep(asking: evidence.Asking, text: str) -> bool:
    try:
        verbs.keep_line(asking.name, asking.size, text, now())
    except NoteBroken as error:
        _none(asking.name, "refused", str(error))
        return False
    return True


def _none(name: str, outcome: str, why: str) -> None:
    if verbs.no_line(name, outcome, now()):
        log.warning("witness.no_line", witness=name, outcome=outcome, why=why)


def handed_in(body: bytes, moment: datetime) -> Said:
    """Answer another log that hands in its checkpoint, as the specification says: 200 with our line, 409 with the size we saw last, or why not."""
    try:
        return Said(200, verbs.hold(body, moment))
    except NotFound:
        return Said(404, "this log is not watched here\n")
    except handing.Unreadable as error:
        return Said(400, f"{error}\n")
    except NoteBroken as error:
        return Said(403, f"{error}\n")
    except verbs.Stale as stale:
        return Said(409, f"{stale.size}\n")
    except verbs.Forked:
        return Said(409, "this log told two histories\n")
    except ProofBroken as error:
        return Said(422, f"{error}\n")
