"""What closed quarters held and what was made of it; warnings as cases with clocks; who was called back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.kernel.units import PPM_ONE
from linli.sight.warnings.core import Heard, Level, Reason, State


class CarriedQuarter(models.Model):
    """What a place brings along from before it came here, or from a survey on paper: good ratings of all, with their source."""

    place_code = models.CharField(max_length=24, db_collation="C")
    quarter = models.DateField()
    hits = models.IntegerField()
    n = models.IntegerField()
    source = models.CharField(max_length=200)
    actor_ref = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "quarter"], name="carried_once"),
            models.CheckConstraint(condition=Q(hits__gte=0, n__gte=F("hits"), n__gt=0), name="carried_figures"),
            models.CheckConstraint(condition=~Q(source=""), name="carried_source"),
        ]


class Judgement(models.Model):
    """What a closed quarter held and what was found, as known at `recorded_at`; a late fact makes a new row, the old one stays."""

    place_code = models.CharField(max_length=24, db_collation="C")
    quarter = models.DateField()
    hits = models.IntegerField()
    n = models.IntegerField()
    bar_ppm = models.IntegerField()
    error_ppm = models.IntegerField()
    evidence_milli = models.BigIntegerField()
    level = models.CharField(max_length=8, default="")
    reason = models.CharField(max_length=10, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place_code", "quarter", "recorded_at"], name="judgement_once"),
            models.CheckConstraint(condition=Q(hits__gte=0, n__gte=F("hits")), name="judgement_figures"),
            models.CheckConstraint(condition=Q(n__gt=0) | Q(level="") | Q(level="card"), name="judgement_empty"),
        ]


class Warning(models.Model):
    """One case of one place, with what opened it. Figures are null where no figures did (a grave incident)."""

    id = models.UUIDField(primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    level = models.CharField(max_length=8)
    dimension = models.CharField(max_length=20)
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=10, default=Reason.INDEX.value, db_default=Reason.INDEX.value)
    quarter = models.DateField(null=True)
    quarters = models.PositiveSmallIntegerField(default=0, db_default=0)
    value_ppm = models.IntegerField(null=True)
    low_ppm = models.IntegerField(null=True)
    high_ppm = models.IntegerField(null=True)
    n = models.IntegerField()
    bar_ppm = models.IntegerField()
    grave = models.CharField(max_length=12, default="", db_default="")
    grounds = models.CharField(max_length=1000, default="", db_default="")
    came_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="went_to")
    plan = models.CharField(max_length=1000, default="")
    planned_by = models.CharField(max_length=60, default="", db_default="")
    proof = models.CharField(max_length=1000, default="", db_default="")
    file_hash = models.CharField(max_length=64, default="", db_default="")
    shown_by = models.CharField(max_length=60, default="", db_default="")
    findings = models.CharField(max_length=1000, default="")
    opened_at = models.DateTimeField()
    plan_due_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True)
    rectify_due_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    call_due_at = models.DateTimeField(null=True)
    checkpoint_size = models.BigIntegerField(null=True)
    checkpoint_root = models.CharField(max_length=64, default="", db_default="")
    reminded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_code", "level", "dimension"], condition=~Q(state__in=["closed", "risen"]), name="warning_one_open"
            ),
            models.UniqueConstraint(
                fields=["place_code", "level", "dimension", "quarter"],
                condition=Q(reason__in=["interval", "persists", "running", "years"]),
                name="warning_once_a_quarter",
            ),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="warning_state"),
            models.CheckConstraint(condition=Q(plan_due_at__gt=F("opened_at")), name="warning_due"),
            models.CheckConstraint(condition=Q(level__in=[level.value for level in Level]), name="warning_level"),
            models.CheckConstraint(condition=Q(reason__in=[reason.value for reason in Reason]), name="warning_reason"),
            models.CheckConstraint(
                condition=Q(value_ppm=None, low_ppm=None, high_ppm=None, n=0)
                | Q(low_ppm__gte=0, value_ppm__gte=F("low_ppm"), high_ppm__gte=F("value_ppm"), high_ppm__lte=PPM_ONE, n__gt=0),
                name="warning_figures",
            ),
            models.CheckConstraint(
                condition=Q(bar_ppm__lte=PPM_ONE) & (Q(value_ppm=None) | Q(value_ppm__lt=F("bar_ppm"))), name="warning_under_bar"
            ),
            models.CheckConstraint(
                condition=Q(dimension="grave") & ~Q(grave="") & ~Q(grounds="") | ~Q(dimension="grave") & Q(grave="", value_ppm__isnull=False),
                name="warning_grave",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["overdue", "false"], came_from__isnull=False)
                | ~Q(reason__in=["overdue", "false"]) & Q(came_from=None),
                name="warning_came_from",
            ),
            models.CheckConstraint(
                condition=Q(state="open", planned_at=None, plan="")
                | Q(state="risen", planned_at=None, plan="")
                | ~Q(state="open") & Q(planned_at__isnull=False) & ~Q(plan=""),
                name="warning_planned",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "risen"], closed_at__isnull=False) & (Q(state="risen") | ~Q(findings=""))
                | ~Q(state__in=["closed", "risen"]) & Q(closed_at=None),
                name="warning_closed",
            ),
            # Cases of the first method (reason "index") were closed without proof and call-back; they stay as they ended.
            models.CheckConstraint(
                condition=Q(shown_at__isnull=False, planned_at__isnull=False, drawn_at__isnull=True, checkpoint_size=None, checkpoint_root="")
                & ~Q(proof="") & ~Q(shown_by="") & Q(state__in=["shown", "risen"])
                | Q(shown_at__isnull=False, planned_at__isnull=False, drawn_at__isnull=False, checkpoint_size__isnull=False,
                    call_due_at__isnull=False)
                & ~Q(proof="") & ~Q(shown_by="") & ~Q(checkpoint_root="") & Q(state__in=["calling", "closed", "risen"])
                | Q(shown_at=None, drawn_at=None, proof="", shown_by="", checkpoint_root="", checkpoint_size=None)
                & (Q(state__in=["open", "planned", "risen"]) | Q(state="closed", reason="index")),
                name="warning_proved",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["plan_due_at"], condition=Q(state="open"), name="warning_plan_due")]


class CallBack(models.Model):
    """One person drawn to be asked whether it was put right, in the drawn order."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    person = models.UUIDField()
    result = models.CharField(max_length=10, default="")
    note = models.CharField(max_length=300, default="")
    called_by = models.CharField(max_length=60, default="")
    called_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warning", "number"], name="call_back_number"),
            models.UniqueConstraint(fields=["warning", "person"], name="call_back_person"),
            models.CheckConstraint(
                condition=Q(result="", called_at=None, called_by="")
                | Q(result__in=[h.value for h in Heard], called_at__isnull=False) & ~Q(called_by=""),
                name="call_back_result",
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
