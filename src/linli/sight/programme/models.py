"""The report's figures, what our months yield, who is named for what, and the history of risks."""

from __future__ import annotations

from django.db import models

from linli.sight.programme.core.risks import Event, State

UNITS = ("ppm", "minutes", "count")


class FigureRow(models.Model):
    """One number of the report, as shipped."""

    code = models.CharField(primary_key=True, max_length=4, db_collation="C")
    section = models.CharField(max_length=10)
    zh = models.CharField(max_length=80)
    en = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    scope = models.CharField(max_length=40)
    year = models.CharField(max_length=7)
    comparator = models.CharField(max_length=2)
    value = models.BigIntegerField()
    decimals = models.SmallIntegerField()
    unit = models.CharField(max_length=20)
    area = models.CharField(max_length=12)
    base = models.CharField(max_length=4, default="")
    same = models.CharField(max_length=4, default="")
    strict = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(decimals__range=(0, 6)), name="programme_decimals"),
            models.CheckConstraint(condition=models.Q(comparator__in=["=", ">=", "<=", "+", "-", "~"]), name="programme_comparator"),
        ]


class ActualRow(models.Model):
    """One indicator of one place in one month, as last counted. The running month is counted again until it is over and its facts are in."""

    place_code = models.CharField(max_length=24, db_collation="C")
    indicator = models.CharField(max_length=60)
    month = models.DateField()
    unit = models.CharField(max_length=8)
    value = models.BigIntegerField()
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)
    hits = models.BigIntegerField()
    n = models.BigIntegerField()
    whole = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "indicator", "month"], name="programme_actual_once"),
            models.CheckConstraint(condition=models.Q(unit__in=UNITS), name="programme_actual_unit"),
            models.CheckConstraint(
                condition=models.Q(low=None, high=None) | models.Q(low__lte=models.F("value"), high__gte=models.F("value")),
                name="programme_actual_interval",
            ),
            models.CheckConstraint(
                condition=models.Q(value__gte=0, n__gt=0, hits__range=(0, models.F("n"))), name="programme_actual_counts"
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="programme_actual_span"),
        ]


class NoteRow(models.Model):
    """Who answers for a figure at a place, and what they say of it: a new row each time, never an edit."""

    id = models.UUIDField(primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    figure = models.ForeignKey(FigureRow, on_delete=models.PROTECT)
    owner = models.CharField(max_length=60)
    said = models.CharField(max_length=8)
    words = models.CharField(max_length=500, default="")
    actor_ref = models.CharField(max_length=60)
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(said__in=["none", "on_way", "behind", "done"]), name="programme_note_said"),
            models.CheckConstraint(condition=~models.Q(owner=""), name="programme_note_owner"),
        ]
        indexes = [models.Index(fields=["place_code", "figure", "recorded_at"], name="programme_note_place")]


class RiskRow(models.Model):
    """One event of one risk at one place: raised or eased by its trigger, or decided by a person with a reason."""

    place_code = models.CharField(max_length=24, db_collation="C")
    risk = models.CharField(max_length=12)
    seq = models.IntegerField()
    event = models.CharField(max_length=8)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=500, default="")
    evidence = models.JSONField()
    actor_ref = models.CharField(max_length=60)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "risk", "seq"], name="programme_risk_once"),
            models.CheckConstraint(condition=models.Q(event__in=[e.value for e in Event]), name="programme_risk_event"),
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="programme_risk_state"),
            models.CheckConstraint(condition=models.Q(event__in=["raise", "ease"]) | ~models.Q(reason=""), name="programme_risk_reason"),
        ]
