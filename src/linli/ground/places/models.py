"""The tree of places, what happened to single places, and which data were loaded."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import Case, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Left, Length

from linli.ground.places.core import LENGTHS, Level

CODE_LENGTH_MAX = 24
NAME_LENGTH_MAX = 80


class Place(models.Model):
    """One place. Never deleted: what ceased keeps its row with `valid_until` and, where it was merged, `merged_into`."""

    code = models.CharField(primary_key=True, max_length=CODE_LENGTH_MAX, db_collation="C")
    level = models.GeneratedField(
        expression=Case(*(When(Q(code__length=length), then=Value(int(level))) for level, length in LENGTHS.items())),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
