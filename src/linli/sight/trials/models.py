"""Trials of policy sets and what each run came to. Nothing here is about a person, and nothing here is a policy in force."""

from __future__ import annotations

from django.db import models

from linli.sight.trials.core import Arm, State

TRIES_MAX = 3  # a trial whose worker died as often is not begun again


class Trial(models.Model):
    """One comparison asked for: the set in force (`rules`), what is changed in it, how many seeds and days, and where it stands."""

    id = models.UUIDField(primary_key=True)
    place_code = models.CharField(max_length=24, db_collation="C")
    policy_on = models.DateField()
    rules = models.JSONField()  # key -> value, the whole set A
    changes = models.JSONField()  # key -> value, where B differs
    days = models.PositiveSmallIntegerField()
    seeds = models.PositiveSmallIntegerField()
    size = models.JSONField()  # how large the made-up district is, whole numbers by name
    inputs_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    tries = models.PositiveSmallIntegerField(default=0)
    runs_done = models.PositiveSmallIntegerField(default=0)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=40, default="")  # a code, where it failed
    assumptions = models.JSONField(default=dict)  # how the made-up people behave, shares in ppm by name
    digest = models.CharField(max_length=64, default="")  # of inputs and outcomes, once done

    class Meta:
        indexes = [
            models.Index(fields=["place_code", "-asked_at"], name="trial_place"),
            models.Index(fields=["asked_at"], name="trial_waiting", condition=models.Q(state__in=["waiting", "running"])),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="trial_state"),
            models.CheckConstraint(condition=models.Q(seeds__range=(1, 40), days__range=(1, 60)), name="trial_size"),
            models.CheckConstraint(condition=models.Q(runs_done__lte=2 * models.F("seeds")), name="trial_runs"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running"], ended_at=None)
                | ~models.Q(state__in=["waiting", "running"]) & models.Q(ended_at__isnull=False),
                name="trial_ended",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | ~models.Q(digest="") & models.Q(runs_done=2 * models.F("seeds")), name="trial_done"
            ),
            models.CheckConstraint(condition=models.Q(state="failed") & ~models.Q(why="") | ~models.Q(state="failed"), name="trial_failed"),
        ]


class TrialRun(models.Model):
    """One run: an arm lived with one seed, and its outcomes (whole numbers, null where the run does not know)."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT)
    arm = models.CharField(max_length=1)
    seed = models.PositiveIntegerField()
    outcomes = models.JSONField()
    needs = models.PositiveIntegerField()
    took_ms = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "arm", "seed"], name="trial_run_once"),
            models.CheckConstraint(condition=models.Q(arm__in=[a.value for a in Arm]), name="trial_run_arm"),
        ]
