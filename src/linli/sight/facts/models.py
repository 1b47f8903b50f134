"""The star table: one row per fact, with both clocks."""

from __future__ import annotations

from django.db import models

from linli.sight.facts.core import FactKind


class Fact(models.Model):
    """Something that happened, as figures count it. Never edited; a correction is a fact of its own."""

    kind = models.CharField(max_length=24)
    about = models.CharField(max_length=80)
    place_code = models.CharField(max_length=24, db_collation="C")
    service = models.CharField(max_length=40, default="")
    subject = models.UUIDField(null=True)
    good = models.BooleanField()
    value = models.BigIntegerField(default=0)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about"], name="fact_once"),
            models.CheckConstraint(condition=models.Q(kind__in=[kind.value for kind in FactKind]), name="fact_kind"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="fact_value"),
            models.CheckConstraint(condition=~models.Q(kind=FactKind.RATED.value) | models.Q(value__range=(1, 5)), name="fact_stars"),
        ]
        indexes = [models.Index(fields=["place_code", "occurred_at"], name="fact_place_time")]
