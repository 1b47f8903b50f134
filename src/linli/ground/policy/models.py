"""Policy values as rows that are never changed: a new rule is a new row with its own start. A trigger refuses edits and deletes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.ground.policy.core import Region


class PolicyValue(models.Model):
    """One value of one key at a place (or for a kind of region), from a day on."""

    key = models.CharField(max_length=60)
    place_code = models.CharField(max_length=24, db_collation="C")
    region = models.CharField(max_length=8, default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    value = models.JSONField()
    source = models.CharField(max_length=300)
    weak = models.BooleanField(default=False)
    shipped = models.BooleanField(default=False)
    set_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "place_code", "region", "starts_on"], name="policy_once"),
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="policy_ends"),
            models.CheckConstraint(condition=Q(region="") | Q(place_code="", region__in=[r.value for r in Region]), name="policy_region"),
            models.CheckConstraint(condition=~Q(source=""), name="policy_source"),
        ]
        indexes = [models.Index(fields=["place_code"], name="policy_place")]
