"""White papers for everybody: the list, an edition as a page, as PDF, as the bytes its digest is of, and its table of places."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.doors.city.paper_list import day_words, listed
from linli.doors.public.paper_note import note_page
from linli.doors.public.paper_pdf import paper_pdf
from linli.doors.public.paper_shown import PaperShown, shown
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.who import actor_of
from linli.kernel.actor import Role
from linli.kernel.errors import NotFound
from linli.sight.papers import appendix, reads
from linli.sight.papers.paper import Paper
from linli.sight.papers.reads import EditionRow

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One edition with what one may do with it here."""

    row: EditionRow
    paper: PaperShown
    published_on: str
    may_publish: bool


@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """List what is published."""
    return render(request, "public/papers.html", {"rows": listed(reads.published())})


def _seen(request: HttpRequest, name: str) -> tuple[EditionRow, Paper]:
    """Return an edition that the visitor may read. A draft is there for its city only. Raises NotFound."""
    row, paper = reads.edition(name)
    if row.published_at is None and not actor_of(request).holds(Role.CITY, row.place):
        raise NotFound
    return row, paper


@require_GET
def paper(request: HttpRequest, paper: str) -> HttpResponse:
    """Show an edition."""
    row, found = _seen(request, paper)
    may = row.published_at is None and actor_of(request).holds(Role.CITY, row.place)
    day = day_words(row.published_at.astimezone(SHANGHAI).date()) if row.published_at else ""
    return render(request, "public/paper.html", {"page": PaperPage(row, shown(found, row.digest), day, may)})


def _kept(response: HttpResponse, row: EditionRow, ending: str) -> HttpResponse:
    response["Content-Disposition"] = f'{"inline" if ending == "pdf" else "attachment"}; filename="linli-{row.place}-{row.short}.{ending}"'
    return response


@require_GET
def note(request: HttpRequest, paper: str, note: int) -> HttpResponse:
    """Show what a citation of an edition stands on. Raises NotFound for a number it does not have."""
    row, found = _seen(request, paper)
    return render(request, "public/paper_note.html", {"page": note_page(found, row.digest, row.short, note)})


@require_GET
def pdf(request: HttpRequest, paper: str) -> HttpResponse:
    """Give an edition as PDF in the page's language."""
    row, found = _seen(request, paper)
    return _kept(HttpResponse(paper_pdf(shown(found, row.digest)), content_type="application/pdf"), row, "pdf")


@require_GET
def as_json(request: HttpRequest, paper: str) -> HttpResponse:
    """Give the canonical content: with the line linli.canon.v1 before it, its SHA-256 is the digest."""
    row, _found = _seen(request, paper)
    return _kept(HttpResponse(reads.content(row.digest), content_type="application/json"), row, "json")


@require_GET
def csv(request: HttpRequest, paper: str) -> StreamingHttpResponse:
    """Give the table of communities as CSV."""
    row, found = _seen(request, paper)
    response = StreamingHttpResponse(appendix.csv_pieces(found.communities), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="linli-{row.place}-{row.short}.csv"'
    return response


@require_GET
def parquet(request: HttpRequest, paper: str) -> HttpResponse:
    """Give the table of communities as Parquet."""
    row, found = _seen(request, paper)
    out = BytesIO()
    appendix.write_parquet(found.communities, out)
    return _kept(HttpResponse(out.getvalue(), content_type="application/vnd.apache.parquet"), row, "parquet")
