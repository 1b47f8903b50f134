"""Index values as they were computed, with the counts they came from."""

from __future__ import annotations

from django.db import models

from linli.sight.wellbeing.core import Likeness


class IndexRow(models.Model):
    """The index of one place on one day, by one method. A new day is a new row, and so is the same day by another method."""

    place_code = models.CharField(max_length=24, db_collation="C")
    day = models.DateField()
    method = models.CharField(max_length=40)
    value_ppm = models.IntegerField(null=True)
    low_ppm = models.IntegerField()
    high_ppm = models.IntegerField()
    known_ppm = models.IntegerField()
    prior = models.IntegerField(default=0)  # 0 in rows of a method that did not keep it
    likeness = models.CharField(max_length=12, default=Likeness.NONE.value)
    peer_places = models.IntegerField(default=0)
    dimensions = models.JSONField()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "day", "method"], name="index_once"),
            models.CheckConstraint(condition=models.Q(value_ppm=None) | models.Q(value_ppm__range=(0, 1_000_000)), name="index_range"),
            models.CheckConstraint(
                condition=models.Q(
                    low_ppm__gte=0, high_ppm__gte=models.F("low_ppm"), high_ppm__lte=1_000_000, known_ppm__range=(0, 1_000_000)
                ),
                name="index_interval",
            ),
            models.CheckConstraint(
                condition=models.Q(value_ppm=None) | models.Q(value_ppm__gte=models.F("low_ppm"), value_ppm__lte=models.F("high_ppm")),
                name="index_inside",
            ),
            models.CheckConstraint(
                condition=models.Q(likeness__in=[step.value for step in Likeness], prior__gte=0, peer_places__gte=0)
                & (
                    models.Q(likeness=Likeness.NONE.value, peer_places=0)
                    | ~models.Q(likeness=Likeness.NONE.value) & models.Q(peer_places__gt=0)
                ),
                name="index_peers",
            ),
        ]
