"""Write an edition down, and publish it."""

from __future__ import annotations

from django.db import connection

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.step import Step
from linli.sight.papers import core, reads
from linli.sight.papers.models import Edition, Publication
from linli.sight.papers.paper import Paper

PAPERS_LOCK = 7_214_011


def draft(s: Step, paper: Paper) -> str:
    """Keep an edition as a draft and return its digest; the same content again is the same draft.

    An edition it corrects must be known by its digest.
    """
    core.checked(paper)
    kept = core.content(paper)
    digest = core.digest_of(kept)
    Edition.objects.bulk_create(
        [
            Edition(
                digest=digest, place_code=paper.place, starts_on=paper.start, ends_on=paper.end, fact_set=paper.cited.fact_set,
                checkpoint_size=paper.cited.checkpoint_size, corrects_id=paper.correction.digest if paper.correction else None,
                content=kept.decode(), drafted_at=s.now, tells_small=core.tells_small(paper),
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return digest


def publish(s: Step, digest: str) -> None:
    """Publish a draft.

    Raises NotFound, Refused(STATE_FORBIDS) where it is published, corrects what a later edition corrected, or tells streets or communities
    over days that another published edition tells in another cut.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PAPERS_LOCK])  # two drafts of one period must not both become the newest
    row = Edition.objects.filter(digest=digest).first()
    if row is None:
        raise NotFound
    same = Publication.objects.filter(edition__place_code=row.place_code, edition__starts_on=row.starts_on, edition__ends_on=row.ends_on)
    newest = same.order_by("-at", "-edition__digest").values_list("edition_id", flat=True).first()
    if row.tells_small and reads.crossing(row.place_code, row.starts_on, row.ends_on):
        raise Refused(Refusal.STATE_FORBIDS)
    if newest == digest or newest != row.corrects_id or same.filter(edition=row).exists():
        raise Refused(Refusal.STATE_FORBIDS)
    Publication.objects.create(edition=row, actor_ref=s.actor.ref, at=s.now)
    s.record(
        "paper:published", place=row.place_code,
        payload={
            "digest": digest, "fact_set": row.fact_set, "checkpoint_size": row.checkpoint_size, "corrects": row.corrects_id,
            "from": row.starts_on.isoformat(), "to": row.ends_on.isoformat(),
        },
    )  # fmt: skip
