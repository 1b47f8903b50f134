"""Check a record, and the public log for those who check it by themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.ground.steps.reads import now
from linli.journeys import witness
from linli.kernel.errors import NotFound
from linli.trust.evidence import reads as evidence

FILE_BYTES_MAX, HANDED_IN_BYTES_MAX = 200_000, 64_000
# What is wrong with a receipt, in words; a code without words is shown as it is.
FLAWS = {
    "format": gettext_noop("写法不对：不是一张完整的凭证，或者少了、多了字。"),
    "key": gettext_noop("不是这里签的：钥匙对不上。"),
    "signature": gettext_noop("签名对不上：检查点被改过。"),
    "checkpoint": gettext_noop("大小或来处和检查点写的不一样。"),
    "entry": gettext_noop("有一条在记录树里找不到：内容被改过。"),
    "fork": gettext_noop("签名没错，却和公开的记录对不上。"),
}


def _about_log() -> dict[str, object]:
    state = evidence.state()
    return {
        "log": state, "vkey": evidence.vkey() if state.published else "", "witnesses": evidence.witnesses(), "watched": evidence.watched(),
        "flaws": [(flaw, gettext(words)) for flaw, words in FLAWS.items()],
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Say whether a pasted or uploaded receipt holds, and where it is broken. Nothing of it is kept."""
    text = request.POST.get("receipt", request.GET.get("r", ""))
    upload = request.FILES.get("file")
    if upload is not None and not isinstance(upload, list):
        text = upload.read(FILE_BYTES_MAX).decode("utf-8", errors="replace")
    verdict = evidence.check(text[:FILE_BYTES_MAX]) if text.strip() else None
    why = gettext(FLAWS[verdict.flaw]) if verdict and verdict.flaw in FLAWS else (verdict.flaw if verdict else "")
    return render(request, "public/check.html", {"verdict": verdict, "why": why, "receipt": text, **_about_log()})


def _bytes(content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@require_GET
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Give the newest signed checkpoint."""
    response = _bytes(evidence.resource("checkpoint"), "text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_GET
def witnessed(request: HttpRequest) -> HttpResponse:
    """Give the newest checkpoint that the witnesses signed, with their lines."""
    response = _bytes(evidence.resource("witnessed"), "text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@csrf_exempt  # a program of another city calls; it carries no cookie, and what it may do hangs on its signature alone
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Take in the checkpoint of a log that we are a witness of."""
    if len(request.body) > HANDED_IN_BYTES_MAX:
        return HttpResponse(status=413)
    said = witness.handed_in(request.body, now())
    sized = said.status == 409 and said.text.strip().isdigit()
    response = _bytes(said.text.encode(), "text/x.tlog.size" if sized else "text/plain; charset=utf-8")
    response.status_code = said.status
    return response


@require_GET
def seen(request: HttpRequest, number: str) -> HttpResponse:
    """Give what we saw last of another log, with our line under it."""
    return _bytes(evidence.seen(number).encode(), "text/plain; charset=utf-8")


@require_GET
def witness_vkey(request: HttpRequest) -> HttpResponse:
    """Give the key that we sign as a witness with."""
    return _bytes(evidence.own_vkey().encode() + b"\n", "text/plain; charset=utf-8")


@require_GET
def vkey(request: HttpRequest) -> HttpResponse:
    """Give the log's public key."""
    return _bytes(evidence.vkey().encode() + b"\n", "text/plain; charset=utf-8")


@require_GET
def tile(request: HttpRequest, rest: str) -> HttpResponse:
    """Give a tile or a bundle of leaves; full ones never change."""
    try:
        content = evidence.resource(f"tile/{rest}")
    except NotFound:
        return HttpResponse(status=404)
    response = _bytes(content, "application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=3600" if ".p/" in rest else "public, max-age=31536000, immutable"
    return response
