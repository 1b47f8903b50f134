"""Certificates of volunteer service before anybody: check one, whether it was revoked, and by which key they are signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from linli.ground.steps.reads import now
from linli.trust.certificates import reads as certificates

FILE_BYTES_MAX = 20_000
FLAWS = {
    "form": gettext_noop("写法不对：不是一份完整的服务证明，或者少了、多了字。"),
    "issuer": gettext_noop("不是这里开的。请到开证明的那个社区的网站去核对。"),
    "signature": gettext_noop("签名对不上：内容被改过。"),
}
WHY = {
    "mistake": gettext_noop("社区说开错了"),
    "corrected": gettext_noop("时长后来更正过"),
    "asked": gettext_noop("本人要求作废"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a genuine certificate says."""

    name: str
    since: date | None
    until: date | None
    visits: int
    minutes: int
    organiser: str


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _said(found: dict[str, object]) -> Said:
    visits, minutes = (value if isinstance(value, int) else 0 for value in (found.get("visits"), found.get("minutes")))
    name, organiser = str(found.get("volunteer", "")), str(found.get("organiser", ""))
    return Said(name, _day(found.get("since")), _day(found.get("until")), visits, minutes, organiser)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Say whether a certificate is genuine, what it says, and whether it still stands. Nothing of it is kept."""
    text = request.POST.get("certificate", "")
    upload = request.FILES.get("file")
    if upload is not None and not isinstance(upload, list):
        text = upload.read(FILE_BYTES_MAX).decode("utf-8", errors="replace")
    verdict = certificates.verdict(text[:FILE_BYTES_MAX].strip()) if text.strip() else None
    facts = {
        "verdict": verdict, "certificate": text[:FILE_BYTES_MAX], "said": _said(verdict.said) if verdict and not verdict.flaw else None,
        "why": gettext(FLAWS.get(verdict.flaw, FLAWS["form"])) if verdict and verdict.flaw else "",
        "revoked": gettext(WHY[verdict.revoked_why]) if verdict and verdict.revoked_why else "",
    }  # fmt: skip
    return render(request, "public/certificate.html", facts)


def _open_json(document: dict[str, object], kind: str) -> JsonResponse:
    response = JsonResponse(document, content_type=kind, json_dumps_params={"ensure_ascii": False})
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@require_GET
def status(request: HttpRequest, number: int) -> HttpResponse:
    """Give a signed list of what was revoked."""
    return _open_json(certificates.status(number, now()), "application/vc")


@require_GET
def context(request: HttpRequest) -> HttpResponse:
    """Give what our own words in a certificate mean."""
    return _open_json(certificates.context(), "application/ld+json")


@require_GET
def did(request: HttpRequest) -> HttpResponse:
    """Give the document that says which key signs certificates."""
    return _open_json(certificates.did(), "application/did+json")
