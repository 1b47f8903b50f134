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
