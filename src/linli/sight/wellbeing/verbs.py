"""Keep the index of a day; grade a year with stars, hear appeals, make it final."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_id
from linli.kernel.quarter import Quarter
from linli.kernel.step import Step
from linli.kernel.text import clean
from linli.sight.wellbeing.core import STARS_MAX, Score, Starred
from linli.sight.wellbeing.models import IndexRow, StarAppeal, StarGrade, StarRun

TEXT_LENGTH_MAX = 1000


def keep(s: Step, scores: Mapping[str, Score], *, day: date, method: str, starts_at: datetime) -> None:
    """Keep the scores of `day` by place code; taking stock again the same day replaces the day's rows by the newer count."""
    IndexRow.objects.bulk_create(
        [
            IndexRow(
                place_code=place, day=day, method=method, value_ppm=x.value_ppm, low_ppm=x.low_ppm, high_ppm=x.high_ppm,
                known_ppm=x.known_ppm, starts_at=starts_at, recorded_at=s.now, prior=x.prior, likeness=x.likeness.value,
                peer_places=x.peer_places,
                dimensions=[
                    {
                        "code": d.dimension.value, "weight_ppm": d.weight_ppm, "hits": d.hits, "n": d.n, "peers_ppm": d.peers_ppm,
                        "value_ppm": d.share.value_ppm if d.share else None,
                        "low_ppm": d.share.low_ppm if d.share else None, "high_ppm": d.share.high_ppm if d.share else None,
                    }
                    for d in x.dimensions
                ],
            )
            for place, x in scores.items()
        ],
        update_conflicts=True,
        unique_fields=["place_code", "day", "method"],
        update_fields=[
            "value_ppm", "low_ppm", "high_ppm", "known_ppm", "prior", "likeness", "peer_places", "dimensions", "starts_at", "recorded_at",
        ],
        batch_size=1000,
    )  # fmt: skip


def note_recast(s: Step, city: str, *, method: str, days: int) -> None:
    """Record that days of a city were scored anew by a method that came later; the rows of the old method stay."""
    s.record("index:recast", place=city, payload={"method": method, "days": days})


def grade(
    s: Step, place: str, last: Quarter, found: Mapping[str, Starred], *, appeal_days: int, brought: Mapping[str, int] | None = None
) -> UUID:
    """Keep the provisional stars of the year up to quarter `last` for communities below `place`; return the run, known or new.

    `brought`: how many of a community's ratings were carried in from elsewhere.
    """
    known: UUID | None = StarRun.objects.filter(place_code=place, last_quarter=last.first_day()).values_list("pk", flat=True).first()
    if known is not None:
        return known
    until = s.now + timedelta(days=appeal_days)
    run = StarRun.objects.create(
        pk=new_id(s.now), place_code=place, last_quarter=last.first_day(), graded_at=s.now, graded_by=s.actor.ref, appeal_until=until
    )
    StarGrade.objects.bulk_create(
        [
            StarGrade(
                run=run, place_code=code, hits=x.hits, n=x.n, brought=(brought or {}).get(code, 0), low_ppm=x.share.low_ppm if x.share else 0,
                value_ppm=x.share.value_ppm if x.share else 0, high_ppm=x.share.high_ppm if x.share else 1_000_000, stars=x.stars,
                holds=x.stars,
            )
            for code, x in sorted(found.items())
        ],
        batch_size=2000,
    )  # fmt: skip
    graded = sum(x.stars > 0 for x in found.values())
    s.record("stars:graded", place=place, payload={"run": str(run.pk), "last": last.code(), "places": len(found), "graded": graded})
    return run.pk


def _text(text: str, field: str) -> str:
    try:
        kept = clean(text, length_max=TEXT_LENGTH_MAX, lines=True)
    except ValueError:
        raise Refused(Refusal.INPUT_TOO_LONG, field=field, length_max=TEXT_LENGTH_MAX) from None
    if not kept:
        raise Refused(Refusal.REASON_REQUIRED, field=field)
    return kept


def _grade(pk: int) -> StarGrade:
    row = StarGrade.objects.select_for_update(of=("self",)).select_related("run").filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def appeal(s: Step, grade_id: int, grounds: str) -> None:
    """Appeal against one's stars while the window is open.

    Raises NotFound, Refused(APPEAL_OVER, ALREADY_APPEALED, REASON_REQUIRED, INPUT_TOO_LONG).
    """
    row = _grade(grade_id)
    said = _text(grounds, "grounds")
    if row.run.final_at is not None or s.now >= row.run.appeal_until:
        raise Refused(Refusal.APPEAL_OVER)
    if StarAppeal.objects.filter(grade=row).exists():
        raise Refused(Refusal.ALREADY_APPEALED)
    StarAppeal.objects.create(grade=row, grounds=said, made_by=s.actor.ref, made_at=s.now)
    s.record("stars:appealed", place=row.place_code, payload={"run": str(row.run_id), "stars": row.stars})


def decide(s: Step, grade_id: int, *, upheld: bool, stars: int, reason: str) -> None:
    """Answer an appeal; where it is upheld, `stars` hold from now on. Nobody decides on an appeal of their own.

    Raises NotFound, Refused(PARTY_TO_IT, STATE_FORBIDS, INPUT_INVALID, REASON_REQUIRED, INPUT_TOO_LONG).
    """
    row = _grade(grade_id)
    found = StarAppeal.objects.select_for_update().filter(grade=row).first()
    if found is None:
        raise NotFound
    if found.made_by == s.actor.ref:
        raise Refused(Refusal.PARTY_TO_IT)
    if found.decided_at is not None:
        raise Refused(Refusal.STATE_FORBIDS)
    if upheld and (not 1 <= stars <= STARS_MAX or stars == row.stars):
        raise Refused(Refusal.INPUT_INVALID, field="stars")
    holds = stars if upheld else row.stars
    StarAppeal.objects.filter(pk=found.pk).update(upheld=upheld, reason=_text(reason, "reason"), decided_by=s.actor.ref, decided_at=s.now)
    StarGrade.objects.filter(pk=row.pk).update(holds=holds)
    s.record("stars:decided", place=row.place_code, payload={"run": str(row.run_id), "upheld": upheld, "stars": holds})


def finish(s: Step, run: UUID) -> bool:
    """Make the stars of a run final once its window is over and every appeal answered; False where it is too early or done."""
    row = StarRun.objects.select_for_update().filter(pk=run, final_at=None, appeal_until__lte=s.now).first()
    if row is None or StarAppeal.objects.filter(grade__run=row, decided_at=None).exists():
        return False
    StarRun.objects.filter(pk=run).update(final_at=s.now)
    s.record("stars:final", place=row.place_code, payload={"run": str(run)})
    return True
