"""The star table: one row per fact, with both clocks; what was put aside; and the fact sets that were frozen."""

from __future__ import annotations

from django.db import models

from linli.sight.facts.core import FactKind, Problem


class Fact(models.Model):
    """Something that happened, as figures count it. Never edited; a correction is a fact of its own that `supersedes` the one before.

    `revision` counts corrections of one (kind, about) from 0. A fact counts where none supersedes it and it is not `gone`.
    """

    kind = models.CharField(max_length=24)
    about = models.CharField(max_length=80)
    revision = models.PositiveSmallIntegerField(default=0, db_default=0)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="later")
    gone = models.BooleanField(default=False, db_default=False)
    place_code = models.CharField(max_length=24, db_collation="C")
    service = models.CharField(max_length=40, default="")
    group = models.CharField(max_length=20, default="", db_default="")
    channel = models.CharField(max_length=8, default="", db_default="")
    tag = models.CharField(max_length=24, default="", db_default="")
    subject = models.UUIDField(null=True)
    good = models.BooleanField()
    value = models.BigIntegerField(default=0)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about", "revision"], name="fact_once"),
            models.CheckConstraint(condition=models.Q(kind__in=[kind.value for kind in FactKind]), name="fact_kind"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="fact_value"),
            models.CheckConstraint(condition=~models.Q(kind=FactKind.RATED.value) | models.Q(value__range=(1, 5)), name="fact_stars"),
            models.CheckConstraint(
                condition=models.Q(revision=0, supersedes=None) | models.Q(revision__gt=0, supersedes__isnull=False), name="fact_corrects"
            ),
        ]
        indexes = [
            models.Index(fields=["place_code", "occurred_at"], name="fact_place_time"),
            models.Index(fields=["kind", "occurred_at"], name="fact_kind_time"),
        ]


class Aside(models.Model):
    """A fact that can not be true as it was told, with the reason. It counts nowhere until what it came from is put right."""

    kind = models.CharField(max_length=24)
    about = models.CharField(max_length=80)
    place_code = models.CharField(max_length=24, db_collation="C")
    problem = models.CharField(max_length=10)
    value = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about", "problem"], name="aside_once"),
            models.CheckConstraint(condition=models.Q(problem__in=[p.value for p in Problem]), name="aside_problem"),
        ]
        indexes = [models.Index(fields=["place_code"], name="aside_place")]


class SetKey(models.Model):
    """The key under which one city's fact sets number people: outside of them the numbers mean nothing, and no id leaves."""

    city = models.CharField(max_length=4, primary_key=True, db_collation="C")
    secret = models.BinaryField()
    made_at = models.DateTimeField()


class FactSet(models.Model):
    """One frozen edition of a city's facts: the manifest's canonical text and its digest, which stands in the evidence log."""

    digest = models.CharField(max_length=64, primary_key=True)
    city = models.CharField(max_length=4, db_collation="C")
    number = models.PositiveIntegerField()
    last_fact = models.BigIntegerField()
    facts = models.BigIntegerField()
    occurred_until = models.DateTimeField(null=True)
    recorded_until = models.DateTimeField()
    manifest = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "number"], name="fact_set_number")]
        indexes = [models.Index(fields=["city", "-number"], name="fact_set_newest")]
