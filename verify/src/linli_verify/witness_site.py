"""What a witness answers over HTTP (C2SP tlog-witness): a log hands in its newest checkpoint; anybody reads what was seen last, and whether it forked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from linli_verify.merkle import HASH, Mismatch
from linli_verify.note import BadNote, unbase64
from linli_verify.tilelog import signed_by
from linli_verify.witness import Forked, Log, Stale, Unknown, Witness
from linli_verify.words import WORDS

BODY_BYTES_MAX, PATH_MAX = 64_000, 63
REQUEST_SECONDS = 20
OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
SEEN = re.compile(r"/([0-9a-f]{64})/checkpoint")

Answer = tuple[int, str, str]
PLAIN, PAGE, SIZE = "text/plain; charset=utf-8", "text/html; charset=utf-8", "text/x.tlog.size"


def asked(body: str) -> tuple[int, list[bytes], str]:
    """Read what a log hands in: `old SIZE`, the hashes of the proof, an empty line, the checkpoint. Raises BadNote."""
    head, gap, note = body.partition("\n\n")
    first, *lines = head.split("\n")
    size = OLD.fullmatch(first)
    path = [unbase64(line) for line in lines]
    if size is None or not gap or len(path) > PATH_MAX or any(len(step) != HASH for step in path):
        raise BadNote("not a checkpoint handed in")
    return int(size[1]), path, note


def handed_in(witness: Witness, body: str, at: int) -> Answer:
    """Answer `add-checkpoint`: 200 with the line; 409 with the size seen last; 400, 403, 404 and 422 where nothing is signed."""
    try:
        old, path, note = asked(body)
    except BadNote as error:
        return 400, PLAIN, f"{error}\n"
    try:
        return 200, PLAIN, witness.hold(note, old, path, at)
    except Unknown:
        return 404, PLAIN, "this log is not watched here\n"
    except BadNote as error:
        return 403, PLAIN, f"{error}\n"
    except Stale as stale:
        return 409, SIZE, f"{stale.size}\n"
    except Forked:
        return 409, PLAIN, "this log told two histories\n"
    except Mismatch as error:
        return 422, PLAIN, f"{error}\n"


def _about(witness: Witness, log: Log) -> str:
    seen, forks = witness.seen(log), witness.forks(log)
    said = "还没有见到 · nothing seen yet" if seen is None else f"{signed_by(seen, log.key)[1].size} 条 entries"
    link = "" if seen is None else f' · <a href="{log.number}/checkpoint">checkpoint</a>'
    alarm = "".join(f'<p class="bad">{escape(" · ".join(WORDS["forked"]))} <code>{escape(file.name)}</code></p>' for file in forks)
    return f"<li><h2>{escape(log.key.name)}</h2><p>{escape(said)}{link}</p>{alarm}</li>"


def page(witness: Witness) -> str:
    """Return the page that a person opens: who this witness is, what it saw, and whether a log told two histories."""
    logs = "".join(_about(witness, log) for log in witness.logs()) or f"<li>{escape(' · '.join(WORDS['no_logs']))}</li>"
    return (
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>见证人 {escape(witness.secret.name)}</title><style>body{{font:1.1rem/1.6 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}}"
        "code{overflow-wrap:anywhere}li{margin:1rem 0}.bad{color:#a40000;font-weight:600}</style>"
        f"<h1>见证人 {escape(witness.secret.name)}</h1><p>{escape(WORDS['witness_is'][0])}<br>{escape(WORDS['witness_is'][1])}</p>"
        f"<p><code>{escape(witness.secret.public().text())}</code></p><ul>{logs}</ul></html>"
    )


def read_out(witness: Witness, path: str) -> Answer:
    """Answer a reader: `/`, `/vkey`, `/<SHA-256 of the origin>/checkpoint`; 404 for anything else."""
    if path == "/":
        return 200, PAGE, page(witness)
    if path == "/vkey":
        return 200, PLAIN, witness.secret.public().text() + "\n"
    found = SEEN.fullmatch(path)
    log = next((log for log in witness.logs() if found and log.number == found[1]), None)
    seen = None if log is None else witness.seen(log)
    return (404, PLAIN, "not here\n") if seen is None else (200, PLAIN, seen)


class _Handler(BaseHTTPRequestHandler):
    timeout = REQUEST_SECONDS
    server: Site

    def _send(self, answer: Answer) -> None:
        code, kind, text = answer
        data = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        """Read out."""
        self._send(read_out(self.server.witness, self.path.partition("?")[0]))

    def do_POST(self) -> None:
        """Take a checkpoint."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._send((404, PLAIN, "not here\n"))
        elif not length.isdigit() or int(length) > BODY_BYTES_MAX:
            self._send((413, PLAIN, "too large\n"))
        else:
            body = self.rfile.read(int(length)).decode("utf-8", errors="replace")
            self._send(handed_in(self.server.witness, body, self.server.clock()))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: who asks is nobody's business."""


class Site(ThreadingHTTPServer):
    """A witness that listens at `address` (host, port)."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness, clock: Callable[[], int] = lambda: int(time.time())) -> None:
        self.witness, self.clock = witness, clock
        super().__init__(address, _Handler)
