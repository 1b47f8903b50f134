"""Forecasts as they were made, what they said by place and service, and how right they were once the days had come."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Made(models.Model):
    """One forecast of a city: made at a moment, for `horizon` days from `first_day`, from so many days of history. Never edited."""

    id = models.UUIDField(primary_key=True)
    city = models.CharField(max_length=4, db_collation="C")
    first_day = models.DateField()
    horizon = models.PositiveSmallIntegerField()
    version = models.CharField(max_length=20)
    history_days = models.PositiveIntegerField()
    known_year = models.PositiveSmallIntegerField()  # the last year whose shifted days off were announced
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "first_day"], name="forecast_once"),
            models.CheckConstraint(condition=Q(horizon__range=(1, 60)), name="forecast_horizon"),
        ]


class Said(models.Model):
    """What a forecast said of one place and service ('': all services): a list of whole numbers a day, thousandths of a request or requests."""

    made = models.ForeignKey(Made, on_delete=models.CASCADE, related_name="said")
    place_code = models.CharField(max_length=24, db_collation="C")
    service = models.CharField(max_length=40, blank=True, default="")
    mean_milli = models.JSONField()
    low = models.JSONField()
    high = models.JSONField()
    week_milli = models.JSONField()
    week_low = models.JSONField()
    week_high = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["made", "place_code", "service"], name="forecast_said_once")]


class Depth(models.Model):
    """One level of a forecast (digits of its places; by service or all together): what nobody can pass there, and how right it was.

    `came` and what follows stand empty until the first week is over: requests, by how many thousandths the forecast was off, how many
    days of all lay in their range, and by how much the same day last week was off.
    """

    made = models.ForeignKey(Made, on_delete=models.CASCADE, related_name="depths")
    digits = models.PositiveSmallIntegerField()
    by_service = models.BooleanField()
    ceiling_ppm = models.IntegerField()
    tested_ppm = models.IntegerField(null=True)
    came = models.BigIntegerField(null=True)
    off_milli = models.BigIntegerField(null=True)
    naive_off = models.BigIntegerField(null=True)
    inside = models.BigIntegerField(null=True)
    days = models.BigIntegerField(null=True)
    scored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["made", "digits", "by_service"], name="forecast_depth_once"),
            models.CheckConstraint(condition=Q(inside__lte=F("days")) | Q(days=None), name="forecast_inside"),
            models.CheckConstraint(condition=Q(ceiling_ppm__range=(0, 1_000_000)), name="forecast_ceiling"),
        ]
