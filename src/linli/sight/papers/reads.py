"""Editions, drafts and published, and the tables that go with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, OuterRef, QuerySet, Subquery

from linli.kernel.canon import PREFIX
from linli.kernel.errors import NotFound
from linli.sight.papers import core
from linli.sight.papers.models import Edition, Publication
from linli.sight.papers.paper import Paper, PlaceLine

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


def overlapping(lines: Iterable[PlaceLine]) -> tuple[tuple[PlaceLine, ...], ...]:
    """Return places in groups within which intervals overlap, the highest group first."""
    return core.overlapping(lines)
