"""Helpers: what may be registered. Pure."""

from __future__ import annotations

from collections.abc import Iterable

SKILLS = ("meal", "shopping", "escort", "repair", "talk", "bathing", "care", "clean", "teach", "childcare", "haircut")
CERTIFICATES = ("care", "first_aid", "electrician", "teacher")
RADIUS_METRES_MIN, RADIUS_METRES_MAX = 100, 20_000

Slot = tuple[int, int, int]


def bad_skill(skills: Iterable[str]) -> str | None:
    """Return the first skill that is not known, or None."""
    return next((skill for skill in skills if skill not in SKILLS), None)


def bad_slot(slots: Iterable[Slot]) -> Slot | None:
    """Return the first weekly slot (weekday 0–6, from minute, until minute) that can not be, or None."""
    return next((slot for slot in slots if not (0 <= slot[0] <= 6 and 0 <= slot[1] < slot[2] <= 1440)), None)


def good_point(lat_micro: int | None, lon_micro: int | None) -> bool:
    """Tell whether two numbers of microdegrees are a point on Earth, or none at all."""
    if lat_micro is None or lon_micro is None:
        return lat_micro is None and lon_micro is None
    return abs(lat_micro) <= 90_000_000 and abs(lon_micro) <= 180_000_000
