"""Every transfer of hours of a place and month, newest first, and the same list as files for a spreadsheet or another book-keeper's program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.doors.city.indicators import TYPES, month_before, month_of
from linli.doors.city.scope import checked
from linli.doors.site.desk import Frame, frame_of, with_query
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.units import Unit
from linli.sight.facts import reads as facts
from linli.sight.facts import sheets
from linli.sight.facts.sheets import Format
from linli.value.ledger import listed
from linli.value.ledger.listed import PLAIN, Listed, Wanted

SHOWN = 50
SHORT = 6  # digits of an account's id that tell two books of a list apart
MINUTES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """A transfer in words: when, what for, from whose book to whose, minutes, what the receiving one then held."""

    at: datetime
    reason: str
    undoes: bool
    source: str
    source_after: int
    target: str
    target_after: int
    minutes: int


@dataclass(frozen=True, slots=True)
class TransfersPage:
    """A page of transfers. `reasons`: (code, words) to choose from; `files`: (name, address)."""

    frame: Frame
    place: str
    place_name: str
    month: str
    before: str
    after: str
    reason: str
    minutes: str
    reasons: tuple[tuple[str, str], ...]
    count: int
    sum_minutes: int
    rows: tuple[Row, ...]
    next_url: str
    files: tuple[tuple[str, str], ...]


def _reasons() -> dict[str, str]:
    return {"visit": _("上门帮忙"), "seed": _("种子时间"), "gift": _("送给家人"), "donation": _("捐给社区时间池"), "correction": _("更正")}


def _whose(kind: str, account: UUID, place: str, names: dict[str, str]) -> str:
    where = names.get(place[:12], place[:12])
    if kind == "pool":
        return _("%(place)s的时间池") % {"place": where}
    return _("%(place)s的一本时间本 %(short)s") % {"place": where, "short": account.hex[-SHORT:]}


def _row(row: Listed, names: dict[str, str]) -> Row:
    return Row(
        row.recorded_at, _reasons().get(row.reason, row.reason), row.reverses is not None,
        _whose(row.debit_kind, row.debit, row.debit_place, names), row.debit_after,
        _whose(row.credit_kind, row.credit, row.credit_place, names), row.credit_after, row.amount,
    )  # fmt: skip


def _wanted(request: HttpRequest, place: str, first: date) -> Wanted:
    text = request.GET.get("minutes", "")
    if text and not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= MINUTES_MAX):
        raise Refused(Refusal.INPUT_INVALID, field="minutes")
    reason = request.GET.get("reason", "")
    if reason and not (reason.isascii() and reason.isidentifier() and len(reason) <= 40):
        raise Refused(Refusal.INPUT_INVALID, field="reason")
    return Wanted(place, first, facts.after(first), reason, Unit.MINUTE, int(text or 1))


def _cursor(request: HttpRequest) -> int | None:
    text = request.GET.get("after", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound
    return int(text)


@require_GET
def transfers(request: HttpRequest, place: str) -> HttpResponse:
    """Show the transfers of a place and month, or (`format`) hand them out as a file. Raises NotFound for a place of others."""
    actor, first = actor_of(request), month_of(request)
    checked(actor, place)
    wanted = _wanted(request, place, first)
    if request.GET.get("format"):
        return _file(request, wanted)
    before = _cursor(request)
    found = listed.page(wanted, before=before, limit=SHOWN + 1)
    rows, more = found[:SHOWN], len(found) > SHOWN
    touched = {at[:12] for row in rows for at in (row.debit_place, row.credit_place)}
    names = places.names([place, *sorted(touched), *(p.place for p in actor.posts)])
    url, month = reverse("street:transfers", args=[place]), f"{first:%Y-%m}"
    asked = {"reason": wanted.reason, "minutes": request.GET.get("minutes", "")}
    later, said, total = facts.after(first), _reasons(), listed.total(wanted)
    page = TransfersPage(
        frame=frame_of(request, "city:record", names), place=place, place_name=names.get(place, place), month=month,
        before=with_query(url, month=f"{month_before(first):%Y-%m}", **asked),
        after=with_query(url, month=f"{later:%Y-%m}", **asked) if later <= now().astimezone(SHANGHAI).date() else "",
        reason=wanted.reason, minutes=asked["minutes"],
        reasons=tuple((code, said.get(code, code)) for code in listed.reasons(wanted)), count=total.count, sum_minutes=total.amount,
        rows=tuple(_row(row, names) for row in rows),
        next_url=with_query(url, month=month, after=str(rows[-1].seq), **asked) if more else "",
        files=tuple((name, with_query(url, month=month, format=name, **asked)) for name in ("xlsx", "csv", "parquet", *PLAIN)),
    )  # fmt: skip
    return render(request, "city/transfers.html", {"page": page, "frame": page.frame})


def _file(request: HttpRequest, wanted: Wanted) -> HttpResponse:
    kind = request.GET["format"]
    if kind in PLAIN:
        title = f"Linli {wanted.place} {wanted.start:%Y-%m}" + (", made-up people" if settings.LINLI_DEMO else "")
        lines = listed.book(kind, wanted.place, wanted.start, wanted.end, title)
        response = HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
    elif kind in set(Format):
        content = sheets.encoded(Format(kind), listed.COLUMNS, listed.table(wanted), bom=True)
        response = HttpResponse(content, content_type=TYPES[Format(kind)])
    else:
        raise Refused(Refusal.INPUT_INVALID, field="format")
    response["Content-Disposition"] = f'attachment; filename="linli-hours-{wanted.place}-{wanted.start:%Y-%m}.{kind}"'
    return response
