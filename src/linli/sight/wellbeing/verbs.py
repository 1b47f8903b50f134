"""Keep the index of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from linli.kernel.step import Step
from linli.sight.wellbeing.core import Score
from linli.sight.wellbeing.models import IndexRow


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
