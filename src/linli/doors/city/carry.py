"""Carrying in quarters from records kept elsewhere: a table typed or sent as a file, looked at line by line, then carried in as a whole."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city.carry_pages import COLUMN_WORDS, WRONG_WORDS, BatchLine, CarriedLine, CarryPage, FaultLine, LookLine, LookShown
from linli.doors.city.scope import own_place
from linli.doors.city.screen import CITY_ROLES
from linli.doors.site.desk import frame_of, with_query
from linli.doors.site.forms import key_of, shown_again, text_of
from linli.doors.site.who import actor_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import carry as journey
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.quarter import closed_before
from linli.kernel.stats import wilson
from linli.sight.facts import sheets
from linli.sight.facts.sheets import Format
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.lines import HEADINGS, ROWS_MAX

SHOWN = 200  # lines and faults shown on a page
TEXT_LENGTH_MAX = 300_000
ENCODINGS = ("utf-8-sig", "gb18030")  # what spreadsheets on Chinese machines write


def _headings() -> tuple[str, ...]:
    return HEADINGS.get(get_language() or "", HEADINGS["zh-hans"])


def _told(request: HttpRequest) -> str:
    """Return the table that was sent, as a file or typed. Raises Refused(INPUT_INVALID, INPUT_TOO_LONG)."""
    file = request.FILES.get("file")
    if file is not None and file.size:
        return _decoded(file.read(4 * TEXT_LENGTH_MAX))
    text = request.POST.get("rows", "")
    if "\0" in text or "\ufffd" in text or len(request.POST.getlist("rows")) > 1:
        raise Refused(Refusal.INPUT_INVALID, field="rows")
    if len(text) > TEXT_LENGTH_MAX:
        raise Refused(Refusal.INPUT_TOO_LONG, field="rows", length_max=TEXT_LENGTH_MAX)
    return text


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if len(text) > TEXT_LENGTH_MAX:
            raise Refused(Refusal.INPUT_TOO_LONG, field="file", length_max=TEXT_LENGTH_MAX)
        return text
    raise Refused(Refusal.INPUT_INVALID, field="file")


def _marks(row: journey.Looked) -> tuple[str, ...]:
    found = []
    if row.known:
        found.append(_("以前带入过，一样的数"))
    if row.own:
        found.append(
            ngettext("这一季这里自己有 %(n)s 份评价，会合起来", "这一季这里自己有 %(n)s 份评价，会合起来", row.own) % {"n": row.own}
        )
    if row.old:
        found.append(_("太早了，只存着，不再下结论"))
    return tuple(found)


def _look_shown(seen: journey.Look, names: dict[str, str]) -> LookShown:
    lines = tuple(
        LookLine(
            row.line.number, names.get(row.line.place, row.line.place), row.line.place, row.line.quarter.code(), row.line.hits, row.line.n,
            wilson(row.line.hits, row.line.n), _marks(row),
        )
        for row in seen.lines[:SHOWN]
    )  # fmt: skip
    faults = tuple(
        FaultLine(f.line, gettext(COLUMN_WORDS[f.column]), gettext(WRONG_WORDS[f.wrong.value]), f.typed) for f in seen.faults[:SHOWN]
    )
    quarters = sorted({row.line.quarter for row in seen.lines})
    span = "–".join(dict.fromkeys((quarters[0].code(), quarters[-1].code()))) if quarters else ""
    return LookShown(
        lines, len(seen.lines) - len(lines), faults, len(seen.faults), seen.fresh, len(seen.lines) - seen.fresh, seen.empty,
        len({row.line.place for row in seen.lines}), span,
    )  # fmt: skip


def _page(request: HttpRequest, seen: journey.Look | None = None, text: str = "") -> HttpResponse:
    actor = actor_of(request)
    place = own_place(actor, CITY_ROLES)
    batches, chosen = warnings.carried_batches(place), request.GET.get("batch", "")
    if chosen and not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 18):
        raise NotFound
    rows = warnings.carried_together(place, int(chosen), limit=SHOWN) if chosen else ()
    codes = [*(row.line.place for row in (seen.lines[:SHOWN] if seen else ())), *(row.place for row in rows)]
    names = places.names([place, *codes, *(p.place for p in actor.posts)])
    page = CarryPage(
        frame_of(request, "city:cases", names), names.get(place, place), text, request.POST.get("source", "").strip(),
        _look_shown(seen, names) if seen else None,
        tuple(
            BatchLine(
                b.source, b.recorded_at, b.quarters, b.places, b.ratings, "–".join(dict.fromkeys((b.oldest.code(), b.newest.code()))),
                with_query(request.path, batch=str(b.first)) + "#batch", str(b.first) == chosen,
            )
            for b in batches
        ),
        tuple(CarriedLine(names.get(r.place, r.place), r.quarter.code(), r.hits, r.n, wilson(r.hits, r.n)) for r in rows),
        rows[0].source if rows else "", closed_before(now(), 1)[0].code(), ROWS_MAX, ",".join(_headings()),
    )  # fmt: skip
    return render(request, "city/carry.html", {"page": page, "frame": page.frame})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what was carried in for the actor's city and the form for more; `?batch=` shows the quarters of one time."""
    return _page(request)


def _again(request: HttpRequest) -> HttpResponse:
    """Show a refused table again with every fault in it; one that can not even be read is left out."""
    try:
        text = _told(request)
    except Refused:
        return _page(request)
    return _page(request, journey.look(actor_of(request), own_place(actor_of(request), CITY_ROLES), text) if text.strip() else None, text)


@require_POST
@shown_again(_again)
def look(request: HttpRequest) -> HttpResponse:
    """Look at a table and show what it would carry in, or every fault in it; nothing is written."""
    text = _told(request)
    if not text.strip():
        raise Refused(Refusal.INPUT_MISSING, field="rows")
    text_of(request, "source")
    actor = actor_of(request)
    seen = journey.look(actor, own_place(actor, CITY_ROLES), text)
    if seen.faults:
        raise Refused(Refusal.ROWS_WRONG, field="rows", count=len(seen.faults))
    if not seen.lines:
        raise Refused(Refusal.INPUT_MISSING, field="rows")
    return _page(request, seen, text)


@require_POST
@shown_again(_again)
def carry(request: HttpRequest) -> HttpResponse:
    """Carry in a table that was looked at, as a whole; the same form sent twice is answered once."""
    actor = actor_of(request)
    told = journey.carry(actor, own_place(actor, CITY_ROLES), _told(request), text_of(request, "source"), key_of(request))
    n = told["quarters"]
    said = ngettext("带入了 %(n)s 个季度的数。下一次盘点就照它下结论。", "带入了 %(n)s 个季度的数。下一次盘点就照它下结论。", n) % {"n": n}
    messages.success(request, said if n else _("这些数以前都带入过，没有新的。"))
    return redirect("city:quarters")


@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """Give an empty table to fill in: every community of the actor's city and the last closed quarter."""
    place = own_place(actor_of(request), CITY_ROLES)
    codes, last = places.codes_below(place, places.COMMUNITY), closed_before(now(), 1)[0].code()
    names = places.names(codes)
    head, *others = _headings()
    data = sheets.encoded(
        Format.CSV, (head, _("社区"), *others), [(code, names.get(code, ""), last, None, None) for code in codes], bom=True
    )
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="linli-quarters-{place}-{last}.csv"'
    return response
