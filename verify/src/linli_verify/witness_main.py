"""`linli-verify witness`: be somebody outside who remembers a log, so that it can not tell two histories unseen."""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linli_verify import tilelog
from linli_verify.note import BadNote, Key
from linli_verify.tilelog import Missing
from linli_verify.witness import Forked, Log, Witness
from linli_verify.witness_site import Site

Say = Callable[..., None]
HOLDS, BROKEN, UNKNOWN = 0, 1, 2


def _witness(folder: str) -> Witness:
    return Witness(Path(folder))


def new(options: argparse.Namespace, say: Say) -> int:
    """Make a witness, and print its key."""
    try:
        witness = Witness.new(Path(options.folder), options.name)
    except FileExistsError:
        say("witness_is_there", name=options.folder)
        return UNKNOWN
    say("witness_made", vkey=witness.secret.public().text())
    return HOLDS


def watch(options: argparse.Namespace, say: Say) -> int:
    """Begin to watch a log."""
    log = Log(Key.read(options.vkey), options.url)
    _witness(options.folder).watch(log)
    say("watched", name=log.key.name)
    return HOLDS


def _exchange(witness: Witness, log: Log, peer: str, say: Say) -> int:
    try:
        theirs = tilelog.reader(peer)(f"{log.number}/checkpoint").decode(errors="replace")
    except (Missing, OSError):
        say("peer_away", name=peer)
        return UNKNOWN
    try:
        witness.exchange(log, theirs)
    except BadNote:
        say("peer_bad", name=peer)
        return BROKEN
    say("peer_agrees", name=peer)
    return HOLDS


def look_once(witness: Witness, peers: list[str], say: Say) -> int:
    """Look at every log, then hold it beside what the peers saw; return 0, 1 where a log forked, 2 where something could not be read."""
    worst = HOLDS
    for log in witness.logs():
        try:
            if log.url:
                say("witness_saw", name=log.key.name, size=witness.look(log, int(time.time())))
            found = [_exchange(witness, log, peer, say) for peer in peers]
        except Forked as forked:
            say("witness_forked", name=log.key.name, file=str(forked.file))
            return BROKEN
        except BadNote:
            say("witness_bad", name=log.key.name)
            return BROKEN
        except (Missing, OSError):
            say("witness_away", name=log.key.name)
            found = [UNKNOWN]
        worst = BROKEN if BROKEN in found else max(worst, *found, HOLDS)
    return worst


def look(options: argparse.Namespace, say: Say) -> int:
    """Look once."""
    return look_once(_witness(options.folder), options.peer, say)


def serve(options: argparse.Namespace, say: Say) -> int:
    """Answer logs and readers, and look by itself every so often, until ended."""
    witness = _witness(options.folder)
    host, _, port = options.listen.rpartition(":")
    site = Site((host, int(port)), witness)
    say("witness_serves", name=f"http://{host}:{site.server_address[1]}/")
    if options.every:
        threading.Thread(target=_look_on, args=(witness, options, say), daemon=True).start()
    try:
        site.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        site.server_close()
    return HOLDS


def _look_on(witness: Witness, options: argparse.Namespace, say: Say) -> None:
    while True:
        look_once(witness, options.peer, say)
        time.sleep(options.every)


def fork(options: argparse.Namespace, say: Say) -> int:
    """Tell whether a file shows that a log told two histories: both notes are the log's, and no one history has both."""
    key = Key.read(options.vkey)
    try:
        said: dict[str, Any] = json.loads(Path(options.file).read_text(encoding="utf-8"))
        one, two = (tilelog.signed_by(note, key)[1] for note in said["notes"])
    except (BadNote, ValueError, KeyError, TypeError):
        say("fork_bad")
        return BROKEN
    if one.size == two.size and one.root != two.root:
        say("fork_shown", name=key.name, size=one.size)
        return HOLDS
    say("fork_needs_log", name=key.name, one=one.size, two=two.size)
    return UNKNOWN


def arguments(commands: Any, common: argparse.ArgumentParser) -> None:
    """Say what `witness` and `fork` take."""
    parser = commands.add_parser("witness", help="当一本总账的见证人 be a witness of a log")
    tasks = parser.add_subparsers(dest="task", required=True)

    def task(name: str, run: Callable[[argparse.Namespace, Say], int], words: str) -> argparse.ArgumentParser:
        one: argparse.ArgumentParser = tasks.add_parser(name, parents=[common], help=words)
        one.add_argument("folder", metavar="DIR", help="见证人的文件夹 folder of the witness")
        one.set_defaults(say_with=run)
        return one

    task("new", new, "新建 make one, with its own key").add_argument("--name", required=True, help="名字，不含空格 a name without spaces")
    watching = task("watch", watch, "看一本总账 begin to watch a log")
    watching.add_argument(
        "url", metavar="URL", help="总账的网址或文件夹；'' 表示由总账自己送来 where it is published; '' where it hands in by itself"
    )
    watching.add_argument("--vkey", required=True, help="总账的公钥 key of the log")
    for name, run, words in (("look", look, "看一次 look once"), ("serve", serve, "一直看，也让别人查 keep looking, and answer others")):
        one = task(name, run, words)
        one.add_argument("--peer", action="append", default=[], metavar="URL", help="另一位见证人，可多次 another witness; may be repeated")
        if name == "serve":
            one.add_argument("--listen", default="127.0.0.1:8700", metavar="HOST:PORT")
            one.add_argument(
                "--every", type=int, default=300, metavar="SECONDS", help="隔多久看一次，0 表示不看 how often to look; 0: never"
            )
    forked = commands.add_parser("fork", parents=[common], help="核对一份分叉证据 check a file that shows a fork")
    forked.add_argument("file", metavar="FILE")
    forked.add_argument("--vkey", required=True, help="总账的公钥 key of the log")
    forked.set_defaults(say_with=fork)
