"""Editions, drafts and published, and the tables that go with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from linli.kernel.canon import PREFIX
from linli.kernel.errors import NotFound
from linli.sight.papers import core
from linli.sight.papers.models import Edition, Publication
from linli.sight.papers.paper import Number, Paper, PlaceLine

LISTED_MAX = 50
SHORT = 16  # hexadecimal digits of a digest that stand in an address


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition as it is listed; `published_at` is None for a draft, `corrected_by` the digest of the published edition after it."""

    digest: str
    place: str
    start: date
    end: date
    fact_set: str
    checkpoint_size: int
    corrects: str
    corrected_by: str
    drafted_at: datetime
    published_at: datetime | None

    @property
    def short(self) -> str:
        """Return what names the edition in an address."""
        return self.digest[:SHORT]


def _row(r: Edition) -> EditionRow:
    return EditionRow(
        r.digest, r.place_code, r.starts_on, r.ends_on, r.fact_set, r.checkpoint_size, r.corrects_id or "", r.after or "", r.drafted_at,  # type: ignore[attr-defined]
        r.at,  # type: ignore[attr-defined]
    )  # fmt: skip


def _rows() -> QuerySet[Edition]:
    later = Publication.objects.filter(edition__corrects=OuterRef("pk")).order_by("at").values("edition_id")[:1]
    return Edition.objects.annotate(after=Subquery(later), at=F("publication__at"))


def published(*, limit: int = LISTED_MAX) -> tuple[EditionRow, ...]:
    """Return what is published, the newest first; one query."""
    return tuple(_row(r) for r in _rows().defer("content").filter(publication__isnull=False).order_by("-publication__at", "digest")[:limit])


def editions_below(place: str, *, limit: int = LISTED_MAX) -> tuple[EditionRow, ...]:
    """Return drafts and published editions of a place and below, the newest first; one query."""
    return tuple(_row(r) for r in _rows().defer("content").filter(place_code__startswith=place).order_by("-drafted_at", "digest")[:limit])


def edition(name: str) -> tuple[EditionRow, Paper]:
    """Return an edition by its digest or the beginning of it; one query. Raises NotFound, also where a beginning fits two."""
    row = _found(name)
    return _row(row), core.read(row.content.encode())


def content(name: str) -> bytes:
    """Return the canonical JSON of an edition, without its version line. Raises NotFound."""
    return _found(name).content.encode().removeprefix(PREFIX)


def _found(name: str) -> Edition:
    found = list(_rows().filter(digest__startswith=name)[:2]) if len(name) >= SHORT else []
    if len(found) != 1:
        raise NotFound
    return found[0]


def newest_published(place: str, start: date, end: date) -> tuple[str, Paper] | None:
    """Return digest and content of the newest published edition of just this place and period, or None."""
    rows = Edition.objects.filter(place_code=place, starts_on=start, ends_on=end, publication__isnull=False)
    row = rows.order_by("-publication__at", "-digest").first()
    return (row.digest, core.read(row.content.encode())) if row else None


def _around(place: str) -> Q:
    """Return the condition of editions at, above or below a place: they may tell the same communities."""
    above = [place[:digits] for digits in (0, 2, 4, 6, 9) if digits < len(place)]
    return Q(publication__isnull=False) & (Q(place_code__startswith=place) | Q(place_code__in=above))


def crossing(place: str, start: date, end: date) -> tuple[str, ...]:
    """Return the digests of published editions that tell streets or communities of a place over days that cross [start, end)
    (`core.nests`); one query."""
    rows = Edition.objects.filter(_around(place), tells_small=True, starts_on__lt=end, ends_on__gt=start)
    found = rows.values_list("digest", "starts_on", "ends_on")
    return tuple(digest for digest, first, last in found if not core.nests((start, end), (first, last)))


def beside(place: str, start: date, end: date) -> tuple[Paper, ...]:
    """Return the published editions of just these days at, above or below a place; one query."""
    rows = Edition.objects.filter(_around(place), starts_on=start, ends_on=end)
    return tuple(core.read(text.encode()) for text in rows.values_list("content", flat=True))


def other_sets(paper: Paper) -> tuple[str, ...]:
    """Return the fact sets of the published editions of just these days at, above or below the place, but for the paper's own; one query."""
    sets = {other.cited.fact_set for other in beside(paper.place, paper.start, paper.end)}
    return tuple(sorted(sets - {paper.cited.fact_set}))


def behind(paper: Paper, rows: Mapping[str, Number], others: Iterable[Mapping[str, Number]]) -> dict[str, Number]:
    """Return what the places below bring to one figure as the edition may tell it (`core.behind`)."""
    return core.behind(paper, rows, others)


def overlapping(lines: Iterable[PlaceLine]) -> tuple[tuple[PlaceLine, ...], ...]:
    """Return places in groups within which intervals overlap, the highest group first."""
    return core.overlapping(lines)
