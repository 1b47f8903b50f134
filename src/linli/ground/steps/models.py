"""The corridor's own tables: answers kept by key, and work left for later."""

from __future__ import annotations

from django.db import models


class Replay(models.Model):
    """One answered key. The same key with the same inputs gets the same answer, for ever; keys do not expire."""

    key = models.CharField(max_length=120)
    actor_ref = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    inputs_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_ref", "key"], name="replay_actor_key")]


class Outbox(models.Model):
    """One piece of work left by a step in its own transaction; the worker takes it when due."""

    topic = models.CharField(max_length=60)
    payload = models.JSONField()
    due_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(done_at=None) | models.Q(failed_at=None), name="outbox_one_end")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="outbox_waiting", condition=models.Q(done_at=None, failed_at=None)),
            models.Index(fields=["failed_at"], name="outbox_failed", condition=models.Q(failed_at__isnull=False)),
        ]
