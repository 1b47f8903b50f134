"""A batch as columns of whole numbers: needs, helpers, who may never meet, what a pair costs. Pure; no row knows whose it is.

Rows stand in one agreed order (the caller's ids, sorted), so that the answer does not hang on the order in which things came in.
A point that is not known is `NOWHERE` in both columns: such a row meets only rows of its own community.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
MICRO = 1_000_000
METRES_PER_MICRODEGREE = 0.11132
NOWHERE = np.int32(-(2**31))
SKILLS_MAX = 63  # a set of skills, certificates or languages is one word of bits
SPAN_METRES_MAX = 1_500_000  # farther apart than any city of the country reaches
PLACES_MAX = 8
MINUTES_A_DAY = 1440


class Needs(NamedTuple):
    """Needs, a row each. -1: no skill, certificate or language is asked; sex 0: any."""

    lat: Array  # int32, microdegrees
    lon: Array
    skill: Array  # int16
    certificate: Array  # int16
    language: Array  # int16
    sex: Array  # int8
    community: Array  # int32
    reach: Array  # int32, metres
    slot: Array  # int32, below `slots` of the batch
    begins: Array  # int32, minutes from the batch's first midnight
    ends: Array
    places: Array  # int8: how many different helpers it takes
    least: Array  # int8: with fewer than these it is not served at all (two adults)
    worth: Array  # int64, (needs, most places): of its first, second … helper, never rising


class Helpers(NamedTuple):
    """Helpers, a row each; sets are bits of a word. `windows` bound where a visit may lie, `busy` where it may not."""

    lat: Array
    lon: Array
    skills: Array  # uint64
    certificates: Array  # uint64: those that hold for all of the batch
    languages: Array  # uint64; none known: no language costs anything
    sex: Array  # int8
    minor: Array  # bool
    community: Array  # int32
    reach: Array  # int32, metres
    free: Array  # uint64: bit s for slot s
    caps: Array  # int8, (helpers, days): jobs a day still has room for
    load: Array  # int32: what asking them costs before anything else
    window_rows: Array  # int64, (helpers + 1): whose windows are which; a helper without any is free at all times
    windows: Array  # int32, (windows, 2): minutes; a visit begins on the day its window begins
    busy_rows: Array  # int64, (helpers + 1)
    busy: Array  # int32, (spans, 2)


class Pairs(NamedTuple):
    """What is known of single pairs, rows of needs: helpers who may never be asked for it, and credit for those who know it."""

    barred_rows: Array  # int64, (needs + 1)
    barred: Array  # int32, helpers, rising within a row
    credit_rows: Array
    credited: Array
    credit: Array  # int32


class Costs(NamedTuple):
    """Policy's whole numbers."""

    radius_metres: int
    metre_per_hundred: int
    language: int
    other_community: int


class Batch(NamedTuple):
    """Everything that one run decides over. `slots` in all, `per_day` of them make a day."""

    needs: Needs
    helpers: Helpers
    pairs: Pairs
    costs: Costs
    slots: int
    per_day: int


class Edges(NamedTuple):
    """Who may be asked for what: row n of the table are `helpers[starts[n]:starts[n + 1]]` with their costs."""

    starts: Array  # int64, (needs + 1)
    helpers: Array  # int32, rising within a row
    costs: Array  # int32


class BadBatch(ValueError):
    """A batch that cannot be matched; the words name the column and the row."""


def _points(what: str, lat: Array, lon: Array) -> None:
    if not (np.issubdtype(lat.dtype, np.integer) and np.issubdtype(lon.dtype, np.integer)):
        for name, column in (("lat", lat), ("lon", lon)):
            odd = np.flatnonzero(~np.isfinite(column))
            if len(odd):
                raise BadBatch(f"{what}.{name}: row {odd[0]} is no number")
        raise BadBatch(f"{what}.lat, lon: whole microdegrees are wanted")
    half = np.flatnonzero((lat == NOWHERE) != (lon == NOWHERE))
    if len(half):
        raise BadBatch(f"{what}: row {half[0]} has half a point")
    known = lat != NOWHERE
    absurd = np.flatnonzero(known & ((np.abs(lat.astype(np.int64)) > 90 * MICRO) | (np.abs(lon.astype(np.int64)) > 180 * MICRO)))
    if len(absurd):
        raise BadBatch(f"{what}: row {absurd[0]} is not a point on Earth: {lat[absurd[0]]}, {lon[absurd[0]]} microdegrees")


def _lengths(what: str, table: Needs | Helpers, skip: frozenset[str]) -> None:
    rows = len(table.lat)
    for name, column in zip(table._fields, table, strict=True):
        wanted = rows + 1 if name.endswith("_rows") else rows
        if name not in skip and len(column) != wanted:
            raise BadBatch(f"{what}.{name} has {len(column)} rows, not {wanted}")


def _first(bad: Any, words: str) -> None:
    rows = np.flatnonzero(bad)
    if len(rows):
        raise BadBatch(f"{words}: row {rows[0]}")


def check(batch: Batch) -> None:
    """Raise BadBatch naming what is wrong with a batch: half or absurd points, lengths that differ, worths that rise, slots out of range."""
    needs, helpers = batch.needs, batch.helpers
    _lengths("needs", needs, frozenset())
    _lengths("helpers", helpers, frozenset({"windows", "busy"}))
    _points("needs", needs.lat, needs.lon)
    _points("helpers", helpers.lat, helpers.lon)
    if not (0 < batch.per_day <= batch.slots <= SKILLS_MAX and batch.slots % batch.per_day == 0):
        raise BadBatch(f"{batch.slots} slots in days of {batch.per_day}")
    if helpers.caps.shape != (len(helpers.lat), batch.slots // batch.per_day):
        raise BadBatch(f"helpers.caps has the shape {helpers.caps.shape}")
    _first((needs.slot < 0) | (needs.slot >= batch.slots), "needs.slot out of range")
    _first((needs.skill < -1) | (needs.skill > SKILLS_MAX), "needs.skill out of range")
    _first((needs.places < 0) | (needs.places > needs.worth.shape[1]) | (needs.places > PLACES_MAX), "needs.places out of range")
    _first((needs.reach < 0) | (needs.ends < needs.begins), "needs.reach or needs.ends out of range")
    _first((np.diff(needs.worth, axis=1) > 0).any(axis=1), "needs.worth rises")
    _first(helpers.caps.min(axis=1, initial=0) < 0, "helpers.caps below nought")
    known = np.concatenate([column[column != NOWHERE] for column in (needs.lat, helpers.lat)])
    wide = np.concatenate([column[column != NOWHERE] for column in (needs.lon, helpers.lon)])
    if len(known):
        span = max(np.ptp(known.astype(np.int64)), np.ptp(wide.astype(np.int64))) * METRES_PER_MICRODEGREE
        if span > SPAN_METRES_MAX:
            raise BadBatch(f"points lie {span / 1000:.0f} km apart: match one city at a time")
