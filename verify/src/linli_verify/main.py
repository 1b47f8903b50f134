"""The command `linli-verify`: receipt, checkpoint, log. Ends with 0 where all holds, 1 where something does not, 2 where it can not tell."""

from __future__ import annotations

import argparse
import json
import os
import sys
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TextIO

from linli_verify import certificate, tilelog, witness_main, words
from linli_verify import receipt as receipts
from linli_verify.note import BadNote, Key
from linli_verify.words import CERTIFICATE_FLAWS, FINDINGS, FLAWS, WORDS, say

HOLDS, BROKEN, UNKNOWN = 0, 1, 2
BEIJING = timezone(timedelta(hours=8))
INPUT_BYTES_MAX = 2_000_000
SHOWN_MAX = 50


class CanNotTell(Exception):
    """What was asked for can not be checked; carries a word of WORDS and the name it is about."""

    def __init__(self, word: str, name: str) -> None:
        super().__init__(word)
        self.word, self.name = word, name


def _write(stream: TextIO, text: str) -> None:
    # What a receipt says goes to a terminal: no mark in it may move the cursor, hide or reorder what people read.
    shown = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
    stream.write(shown.encode(stream.encoding or "utf-8", "replace").decode(stream.encoding or "utf-8"))


class Out:
    """Says things: lines for people, or one JSON object for programs."""

    def __init__(self, *, as_json: bool, language: int) -> None:
        self.as_json, self.language = as_json, language
        self.facts: dict[str, Any] = {}

    def line(self, word: str, table: dict[str, tuple[str, str]] | None = None, **facts: object) -> None:
        """Say a sentence to people."""
        if not self.as_json:
            _write(sys.stdout, say(table or WORDS, word, self.language, **facts) + "\n")

    def fact(self, **facts: object) -> None:
        """Keep facts for programs."""
        self.facts.update(facts)

    def end(self, code: int) -> int:
        """Print the JSON object where asked for; return the exit code."""
        if self.as_json:
            _write(sys.stdout, json.dumps({"ok": code == HOLDS, **self.facts}, ensure_ascii=False, sort_keys=True) + "\n")
        return code

    def moment(self, at: datetime) -> str:
        """Return a moment as people here read it."""
        return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S} {WORDS['beijing'][self.language]}"


def _read(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(INPUT_BYTES_MAX)
        with Path(name).open("rb") as file:
            return file.read(INPUT_BYTES_MAX)
    except OSError:
        raise CanNotTell("no_file", name) from None


def _key(text: str) -> Key:
    """Return the key of an option: the vkey itself, or a file that holds it."""
    try:
        return Key.read(text)
    except BadNote:
        pass
    try:
        return Key.read(_read(text).decode(errors="replace").strip())
    except (BadNote, CanNotTell):
        raise CanNotTell("bad_key", text) from None


def _at(seconds: int | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _about_log(out: Out, origin: str, size: int, seconds: int | None) -> None:
    at = _at(seconds)
    out.line("log", origin=origin, size=size)
    if at is not None:
        out.line("signed_at", at=out.moment(at))
    out.fact(origin=origin, size=size, signed_at=at.isoformat() if at else None)


def _more(payload: dict[str, Any]) -> str:
    said = [f"{name}={value}" for name, value in payload.items() if isinstance(value, int | str) and not _is_id(str(value))]
    return "".join(f"  {part}" for part in said)


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _receipt(options: argparse.Namespace, out: Out) -> int:
    data = _read(options.file)
    pinned = None if options.vkey is None else _key(options.vkey)
    witnesses = [_key(text) for text in options.witness]
    try:
        if data.startswith(receipts.QR.encode()):
            data = receipts.unpack(data.decode("ascii", errors="replace").removesuffix("\n"))
        checked = receipts.check(data, pinned, witnesses)
    except receipts.Broken as broken:
        name = words.kind_of(broken.name, out.language)
        out.line("receipt_bad", why=say(FLAWS, broken.where, out.language, entry=broken.entry, name=name))
        out.fact(where=broken.where, entry=broken.entry or None)
        return BROKEN
    out.line("receipt_ok")
    out.line("about", ref=checked.ref)
    for entry in checked.entries:
        kind, at = words.kind_of(entry["kind"], out.language), _spoken(out, entry["occurred_at"])
        out.line("line", index=entry["index"], at=at, kind=kind, more=_more(entry["payload"]))
    _about_log(out, checked.origin, checked.size, checked.at)
    out.line("pinned" if pinned else "unpinned", vkey=checked.vkey)
    shown = [{name: value for name, value in entry.items() if name not in {"path", "salt"}} for entry in checked.entries]
    out.fact(ref=checked.ref, root=b64encode(checked.root).decode(), pinned=pinned is not None, vkey=checked.vkey, entries=shown)
    return HOLDS


def _spoken(out: Out, text: str) -> str:
    try:
        return out.moment(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return text


def _checkpoint(options: argparse.Namespace, out: Out) -> int:
    key = _key(options.vkey)
    try:
        note, signed = tilelog.signed_by(_read(options.file).decode(errors="replace"), key, [_key(text) for text in options.witness])
    except BadNote as error:
        out.line("checkpoint_bad", why=say(FLAWS, "signature", out.language))
        out.fact(where="signature", why=str(error))
        return BROKEN
    out.line("checkpoint_ok")
    _about_log(out, signed.origin, signed.size, note.at)
    for name, at in note.witnesses:
        seen = _at(at)
        out.line("witnessed", name=name, at=out.moment(seen) if seen else "")
    if note.unknown:
        out.line("unknown", names=", ".join(note.unknown))
    out.fact(root=b64encode(signed.root).decode(), unknown=list(note.unknown), witnesses=[name for name, _ in note.witnesses])
    if len(note.witnesses) < options.need:
        out.line("too_few", least=options.need, count=len(note.witnesses))
        return BROKEN
    return HOLDS


def _log(options: argparse.Namespace, out: Out) -> int:
    key = _key(options.vkey)
    old = None if options.old is None else _read(options.old).decode(errors="replace")
    try:
        audit = tilelog.audit(options.place, key, old, _progress(out))
    except BadNote as error:
        out.line("checkpoint_bad", why=say(FLAWS, "signature", out.language))
        out.fact(where="signature", why=str(error))
        return BROKEN
    except tilelog.Missing:
        raise CanNotTell("no_checkpoint", options.place) from None
    except OSError:
        raise CanNotTell("no_net", options.place) from None
    _about_log(out, audit.checkpoint.origin, audit.checkpoint.size, audit.at)
    out.fact(root=b64encode(audit.checkpoint.root).decode(), findings=[{"what": f.what, "where": f.where} for f in audit.findings])
    if audit.findings:
        out.line("log_bad", count=len(audit.findings))
        for finding in audit.findings[:SHOWN_MAX]:
            out.line(finding.what, FINDINGS, where=finding.where)
        return BROKEN
    out.line("log_ok", size=audit.checkpoint.size)
    if old is not None:
        out.line("old_ok")
    return HOLDS


def _certificate(options: argparse.Namespace, out: Out) -> int:
    status = None if options.status is None else _read(options.status)
    try:
        checked = certificate.check(_read(options.file), _read(options.did), status)
    except certificate.Broken as broken:
        out.line("certificate_bad", why=say(CERTIFICATE_FLAWS, broken.where, out.language))
        out.fact(where=broken.where)
        return BROKEN
    said = checked.said
    out.line("certificate_ok")
    out.line("certificate_says", **{name: said.get(name, "") for name in ("volunteer", "since", "until", "visits", "minutes", "organiser")})
    out.fact(said=said, issuer=checked.issuer, issued_at=checked.issued_at, revoked=checked.revoked)
    out.line("issuer", name=checked.issuer)
    if checked.revoked is None:
        out.line("status_not_asked")
        return HOLDS
    out.line("revoked" if checked.revoked else "stands")
    return BROKEN if checked.revoked else HOLDS


def _told(options: argparse.Namespace, out: Out) -> int:
    def say(word: str, **facts: object) -> None:
        out.line(word, **facts)
        out.fact(what=word, **facts)

    try:
        done: int = options.say_with(options, say)
    except BadNote as error:
        raise CanNotTell("bad_key", str(error)) from None
    except OSError as error:
        raise CanNotTell("no_file", error.filename or str(error)) from None
    return done


def _progress(out: Out) -> Any:
    if out.as_json or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\n" if done == total else "\r"
        sys.stderr.write(say(WORDS, "progress", out.language, done=done, total=total) + end)
        sys.stderr.flush()

    return show


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="linli-verify",
        description="核对邻里的凭证、检查点和总账，不需要联网，也不需要邻里本身。 Checks Linli receipts, checkpoints and logs without Linli.",
        epilog="结束码 exit codes: 0 有效 holds · 1 无效 does not hold · 2 没法核对 could not check",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="给程序读的输出 one JSON object")
    common.add_argument("--lang", choices=("zh", "en"), help="语言 language (default: LANG)")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser(
        "receipt", parents=[common], help="核对一份凭证（文件或二维码文字） check a receipt: its file, or the text of its QR code"
    )
    one.add_argument("file", help="文件，- 表示标准输入 file, or - for standard input")
    one.add_argument("--vkey", help="社区公布的公钥，或存有它的文件 the key your community published, or a file that holds it")
    one.add_argument(
        "--witness", action="append", default=[], metavar="VKEY", help="见证人的公钥，可多次 key of a witness; may be repeated"
    )
    one.set_defaults(run=_receipt)
    two = commands.add_parser("checkpoint", parents=[common], help="核对一个检查点 check a checkpoint")
    two.add_argument("file", help="文件，- 表示标准输入 file, or - for standard input")
    two.add_argument("--vkey", required=True, help="总账的公钥 key of the log")
    two.add_argument(
        "--witness", action="append", default=[], metavar="VKEY", help="见证人的公钥，可多次 key of a witness; may be repeated"
    )
    two.add_argument("--need", type=int, default=0, metavar="N", help="至少要几位见证人签过 how many witnesses must have signed")
    two.set_defaults(run=_checkpoint)
    three = commands.add_parser("log", parents=[common], help="核对整本总账 audit a whole log")
    three.add_argument(
        "place", metavar="DIR_OR_URL", help="文件夹或网址，里面有 checkpoint 和 tile/ folder or address that holds checkpoint and tile/"
    )
    three.add_argument("--vkey", required=True, help="总账的公钥 key of the log")
    three.add_argument("--old", metavar="FILE", help="您以前保存的检查点 a checkpoint you kept from earlier")
    three.set_defaults(run=_log)
    four = commands.add_parser("certificate", parents=[common], help="核对一份服务证明 check a certificate of volunteer service")
    four.add_argument("file", help="文件（或二维码文字），- 表示标准输入 its file, or the text of its QR code; - is standard input")
    four.add_argument("--did", required=True, metavar="FILE", help="社区网站的 /.well-known/did.json the issuer's key, from their site")
    four.add_argument("--status", metavar="FILE", help="作废的名单，网址写在证明里 the list of revoked ones; the certificate says where")
    four.set_defaults(run=_certificate)
    witness_main.arguments(commands, common)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    chosen = {"zh": words.ZH, "en": words.EN, None: words.language_of(dict(os.environ))}[options.lang]
    out = Out(as_json=options.json, language=chosen)
    try:
        return out.end(_told(options, out) if hasattr(options, "say_with") else options.run(options, out))
    except CanNotTell as unknown:
        why = say(WORDS, unknown.word, chosen, name=unknown.name)
        _write(sys.stderr, say(WORDS, "cannot", chosen, why=why) + "\n")
        out.fact(where=unknown.word, why=why)
        return out.end(UNKNOWN)
