"""Numbers for whoever watches the machine, in the text format of Prometheus: counts of work and of requests, nobody's data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from linli.doors.site import counters, secrets
from linli.ground.steps.reads import now, outbox_state
from linli.help.needs import figures
from linli.kernel.errors import NotFound
from linli.trust.evidence import reads as evidence

CONTENT = "text/plain; version=0.0.4; charset=utf-8"
LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
TOKEN = "metrics"  # noqa: S105 — the name of the file, not what is in it


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, kind and words, and samples as (suffix, labels, value as written)."""

    name: str
    kind: str
    words: str
    samples: tuple[tuple[str, dict[str, str], str], ...]


def text_of(families: Iterable[Family]) -> str:
    """Return metrics as text; values of labels are escaped."""
    lines = []
    for family in families:
        lines += [f"# HELP {family.name} {family.words}", f"# TYPE {family.name} {family.kind}"]
        lines += [f"{family.name}{suffix}{_labels(labels)} {value}" for suffix, labels, value in family.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    escaped = {name: value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for name, value in labels.items()}
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped.items()) + "}"


def _one(name: str, words: str, value: int) -> Family:
    return Family(name, "gauge", words, (("", {}, str(value)),))


def _work(moment: datetime) -> Iterator[Family]:
    live = tuple(("", {"state": state, "level": level}, str(n)) for state, level, n in figures.standing())
    yield Family("linli_needs", "gauge", "Needs that have not ended, by state and by the level that answers for them.", live)
    yield _one("linli_clocks_overdue", "Clocks that ran out and were not acted on yet.", figures.overdue(moment))
    box = outbox_state()
    yield _one("linli_outbox_waiting", "Pieces of later work that wait.", box.waiting)
    yield _one("linli_outbox_failed", "Pieces of later work that were given up.", box.failed)
    log = evidence.state()
    yield _one("linli_evidence_waiting", "Evidence entries without a place in the tree.", log.waiting)
    yield _one("linli_tree_size", "Leaves of the evidence tree.", log.size)
    yield _one("linli_tree_published_size", "Leaves under the newest signed checkpoint.", log.published)
    if log.published_at is not None:
        since = max(0, int((moment - log.published_at).total_seconds()))
        yield _one("linli_seconds_since_publication", "Seconds since the newest checkpoint was signed.", since)


def _seconds(value: int, parts: int) -> str:
    # Written from whole numbers: 12500 µs is 0.012500.
    digits = len(str(parts)) - 1
    return f"{value // parts}.{value % parts:0{digits}d}"


def _requests() -> Iterator[Family]:
    seen = counters.counted(counters.folder())
    by_kind = [("", {"door": d.door, "status": f"{kind}xx"}, str(n)) for d in seen for kind, n in zip(counters.KINDS, d.kinds, strict=True)]
    yield Family("linli_requests_total", "counter", "Requests answered, by door and kind of status.", tuple(by_kind))
    samples = []
    for d in seen:
        so_far = 0
        bounds = [*(_seconds(bound, 1000) for bound in counters.BOUNDS_MS), "+Inf"]
        for bound, n in zip(bounds, d.buckets, strict=True):
            so_far += n
            samples.append(("_bucket", {"door": d.door, "le": bound}, str(so_far)))
        samples += [("_sum", {"door": d.door}, _seconds(d.sum_us, 1_000_000)), ("_count", {"door": d.door}, str(so_far))]
    yield Family("linli_request_seconds", "histogram", "How long answers took, by door.", tuple(samples))


def _may_look(request: HttpRequest) -> bool:
    sent = request.headers.get("Authorization", "")
    if sent.startswith("Bearer "):
        return compare_digest(sent.removeprefix("Bearer ").encode(), secrets.secret(TOKEN).encode())
    # In production a proxy stands on the same machine and everybody comes from it: there only the token opens.
    near = request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.headers for name in FORWARDED)
    return near and not settings.LINLI_PRODUCTION


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the numbers of the machine to who may watch it. Raises NotFound for anybody else, as where nothing is."""
    if not _may_look(request):
        raise NotFound
    families = [_one("linli_up", "1 while the web process answers.", 1), *_work(now()), *_requests()]
    return HttpResponse(text_of(families), content_type=CONTENT)
