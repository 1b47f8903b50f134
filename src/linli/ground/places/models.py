"""The tree of places, what happened to single places, and which data were loaded.

Two more indexes and two keys stand in migration 0002, because a model can not say them: a GIN index over the characters of a name, a
GiST index over the points of communities, `parent_code` and `merged_into` as foreign keys to the same table.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Left, Length
from django.db.models.lookups import Exact

from linli.ground.places.core import LENGTHS, UDEG, Datum, Level, RegionKind

CODE_LENGTH_MAX = 24
NAME_LENGTH_MAX = 80
SYLLABLE_LENGTH_MAX = 6  # zhuang


def _by_length(values: dict[Level, Value | Left]) -> Case:
    return Case(*(When(Exact(Length("code"), Value(LENGTHS[level])), then=value) for level, value in values.items()), default=None)


def _sorted_by(column: str) -> tuple[models.Index, models.Index]:
    # Nine tenths of the rows are communities. Apart from the others they are sorted by the text first, which builds twice as fast.
    communities = Q(level=int(Level.COMMUNITY))
    return (
        models.Index(fields=[column, "code"], name=f"place_{column}_community", condition=communities),
        models.Index(fields=["level", column, "code"], name=f"place_{column}_other", condition=~communities),
    )


class Place(models.Model):
    """One place. Never deleted: what ceased keeps its row with `valid_until` and, where it was merged, `merged_into`.

    Points are WGS-84 whatever was handed in; `datum` tells what that was. `pinyin` is the sort key.
    """

    code = models.CharField(primary_key=True, max_length=CODE_LENGTH_MAX, db_collation="C")
    level = models.GeneratedField(
        expression=_by_length({level: Value(int(level)) for level in Level}), output_field=models.SmallIntegerField(), db_persist=True
    )
    parent_code = models.GeneratedField(
        expression=_by_length(
            {Level.PROVINCE: Value("")} | {level: Left("code", LENGTHS[Level(level - 1)]) for level in Level if level > Level.PROVINCE}
        ),
        output_field=models.CharField(max_length=CODE_LENGTH_MAX, db_collation="C"),
        db_persist=True,
    )
    name = models.CharField(max_length=NAME_LENGTH_MAX, db_collation="C")
    pinyin = models.CharField(max_length=NAME_LENGTH_MAX * SYLLABLE_LENGTH_MAX, db_collation="C")
    initials = models.CharField(max_length=NAME_LENGTH_MAX, db_collation="C")
    lat_udeg = models.IntegerField(null=True)
    lon_udeg = models.IntegerField(null=True)
    datum = models.CharField(max_length=5, default="", db_default="")
    region_kind = models.CharField(max_length=5, default="", db_default="")
    synthetic = models.BooleanField(default=False, db_default=False)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    merged_into = models.CharField(max_length=CODE_LENGTH_MAX, db_collation="C", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["level", "code"], name="place_level"),
            *_sorted_by("name"),
            *_sorted_by("pinyin"),
            *_sorted_by("initials"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(level__isnull=False) & ~Q(code__regex="[^0-9]"), name="place_code"),
            models.CheckConstraint(condition=~Q(name=""), name="place_has_name"),
            models.CheckConstraint(
                condition=Q(lat_udeg=None, lon_udeg=None, datum="")
                | Q(
                    lat_udeg__range=(-90 * UDEG, 90 * UDEG),
                    lon_udeg__range=(-180 * UDEG, 180 * UDEG),
                    datum__in=[datum.value for datum in Datum],
                ),
                name="place_point",
            ),
            # Said by itself: the check above comes to NULL, and so lets pass, where only one of the two is NULL.
            models.CheckConstraint(
                condition=Q(lat_udeg=None, lon_udeg=None) | Q(lat_udeg__isnull=False, lon_udeg__isnull=False), name="place_point_whole"
            ),
            models.CheckConstraint(condition=Q(region_kind__in=["", *(kind.value for kind in RegionKind)]), name="place_region_kind"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="place_valid"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | (Q(valid_until__isnull=False) & ~Q(merged_into=F("code"))), name="place_merged"
            ),
            # Two grids of one community, two buildings of one grid: people tell them apart by name only.
            models.UniqueConstraint(
                fields=["parent_code", "name"], condition=Q(level__gte=int(Level.GRID), valid_until=None), name="place_name_once"
            ),
        ]


class PlaceChange(models.Model):
    """What happened to one place: the row stays, the place changes. `old` and `new` are names, codes, points or kinds by `kind`."""

    code = models.CharField(max_length=CODE_LENGTH_MAX, db_collation="C")
    kind = models.CharField(max_length=10)
    old = models.CharField(max_length=NAME_LENGTH_MAX, default="")
    new = models.CharField(max_length=NAME_LENGTH_MAX, default="")
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField()
    actor_ref = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["code", "recorded_at"], name="place_change_code")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["renamed", "merged", "closed", "located", "region"]), name="place_change_kind")
        ]


class DivisionsLoad(models.Model):
    """One load of the whole built-in tree; the same data are not loaded twice."""

    package = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64, unique=True)
    added = models.PositiveIntegerField()
    renamed = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
