"""Warnings as cases with clocks."""

from __future__ import annotations

from django.db import models

from linli.kernel.units import PPM_ONE
from linli.sight.warnings.core import Level


class Warning(models.Model):
    """One warning of one place, with the figures that opened it."""

    id = models.UUIDField(primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    level = models.CharField(max_length=8)
    dimension = models.CharField(max_length=20)
    state = models.CharField(max_length=8)
    value_ppm = models.IntegerField()
    low_ppm = models.IntegerField()
    high_ppm = models.IntegerField()
    n = models.IntegerField()
    bar_ppm = models.IntegerField()
    plan = models.CharField(max_length=1000, default="")
    findings = models.CharField(max_length=1000, default="")
    opened_at = models.DateTimeField()
    plan_due_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "level", "dimension"], condition=~models.Q(state="closed"), name="warning_one_open"
            ),
            models.CheckConstraint(condition=models.Q(state__in=["open", "planned", "closed"]), name="warning_state"),
            models.CheckConstraint(condition=models.Q(plan_due_at__gt=models.F("opened_at")), name="warning_due"),
            models.CheckConstraint(condition=models.Q(level__in=[level.value for level in Level]), name="warning_level"),
            models.CheckConstraint(
                condition=models.Q(
                    low_ppm__gte=0,
                    value_ppm__gte=models.F("low_ppm"),
                    high_ppm__gte=models.F("value_ppm"),
                    high_ppm__lte=PPM_ONE,
                    n__gt=0,
                ),
                name="warning_figures",
            ),
            models.CheckConstraint(condition=models.Q(value_ppm__lt=models.F("bar_ppm"), bar_ppm__lte=PPM_ONE), name="warning_under_bar"),
            models.CheckConstraint(
                condition=models.Q(state="open", planned_at=None, plan="")
                | ~models.Q(state="open") & models.Q(planned_at__isnull=False) & ~models.Q(plan=""),
                name="warning_planned",
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False) & ~models.Q(findings="")
                | ~models.Q(state="closed") & models.Q(closed_at=None),
                name="warning_closed",
            ),
        ]


class WarningFlip(models.Model):
    """One change of state."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT)
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    event = models.CharField(max_length=8)
    actor_ref = models.CharField(max_length=60)
    at = models.DateTimeField()
