"""Runs of the matcher. A run knows rows, not people: whose a row is stands nowhere here."""

from __future__ import annotations

from django.db import models


class MatchRun(models.Model):
    """One batch of one city: what it was, what came of it, how near the best that is, and what is needed to run it again."""

    id = models.UUIDField(primary_key=True)
    city_code = models.CharField(max_length=24, db_collation="C")
    at = models.DateTimeField()
    engine = models.CharField(max_length=20)
    policy = models.JSONField()  # the numbers that decided, by name
    policy_digest = models.CharField(max_length=64)
    needs = models.PositiveIntegerField()
    helpers = models.PositiveIntegerField()
    edges = models.PositiveIntegerField()
    served = models.PositiveIntegerField()  # needs that somebody was asked for
    asked = models.PositiveIntegerField()
    value = models.BigIntegerField()
    bound = models.BigIntegerField()
    milliseconds = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    waiting_digest = models.CharField(max_length=64)  # of whose needs they were: a batch that changes nothing is not kept twice
    inputs_digest = models.CharField(max_length=64)
    inputs = models.BinaryField()
    answer = models.JSONField()  # [need's row, helper's row], rising
    more = models.JSONField()  # what more helpers would change: community, skill, helpers, served, waiting

    class Meta:
        indexes = [models.Index(fields=["city_code", "-at"], name="match_run_city"), models.Index(fields=["at"], name="match_run_at")]
        constraints = [
            models.CheckConstraint(condition=models.Q(value__lte=models.F("bound")), name="match_run_bound"),
            models.CheckConstraint(
                condition=models.Q(served__lte=models.F("asked")) & models.Q(served__lte=models.F("needs")), name="match_run_served"
            ),
            models.CheckConstraint(condition=models.Q(needs__gte=1), name="match_run_of_something"),
        ]


class MatchMonth(models.Model):
    """A city's last month, played by the engine and by the control beside what really happened: figures, and what is needed to play it again."""

    id = models.UUIDField(primary_key=True)
    city_code = models.CharField(max_length=24, db_collation="C")
    day = models.DateField()  # of Beijing, on which it was played: one a day
    at = models.DateTimeField()
    first_day = models.DateField()
    days = models.PositiveSmallIntegerField()
    engine = models.CharField(max_length=20)
    policy = models.JSONField()  # the numbers that decided, by name
    policy_digest = models.CharField(max_length=64)
    needs = models.PositiveIntegerField()
    helpers = models.PositiveIntegerField()
    sampled_ppm = models.PositiveIntegerField()  # share of the city's needs that were played: whole streets
    answers = models.JSONField()  # how helpers answered: yes_ppm, no_ppm, deciles of minutes
    figures = models.JSONField()  # whole numbers by way, street and group
    milliseconds = models.PositiveIntegerField()
    inputs_digest = models.CharField(max_length=64)
    inputs = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["day"], name="match_month_day")]
        constraints = [
            models.UniqueConstraint(fields=["city_code", "day"], name="match_month_once"),
            models.CheckConstraint(condition=models.Q(sampled_ppm__range=(1, 1_000_000)), name="match_month_share"),
            models.CheckConstraint(condition=models.Q(needs__gte=1, days__gte=1), name="match_month_of_something"),
        ]
