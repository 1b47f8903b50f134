"""Policy values as rows that are never changed: a new rule is a new row with its own start."""

from __future__ import annotations

from django.db import models


class PolicyValue(models.Model):
    """One value of one key at a place, from a date on."""

    key = models.CharField(max_length=60)
    place_code = models.CharField(max_length=24, db_collation="C")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    value = models.JSONField()
    source = models.CharField(max_length=300)
    weak = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "place_code", "starts_on"], name="policy_once")]
        indexes = [models.Index(fields=["place_code"], name="policy_place")]
