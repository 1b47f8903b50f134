"""Load the shipped policy and set values; a change is a new row."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction

from linli.ground.policy.core import Value, check, gaps, resolve
from linli.ground.policy.models import PolicyValue
from linli.ground.policy.reads import policy
from linli.kernel.errors import Refusal, Refused
from linli.kernel.step import Step

DATA = Path(__file__).parent / "data"


def read_values(text: str, *, name: str) -> list[Value]:
    """Return the values of one data file. Raises ValueError naming the file, the set and the row at fault.

    A file is a list of [[set]] tables: place or region, starts_on, perhaps ends_on, source, weak, and [set.values] where a value is
    either plain or [value, source of its own].
    """
    values = []
    for number, table in enumerate(tomllib.loads(text)["set"], start=1):
        for key, entry in table["values"].items():
            row = f"{name}, set {number} ({table.get('region') or table.get('place') or 'nation'}), {key}"
            value = _row(table, key, entry, row=row)
            check(value, row=row)
            values.append(value)
    return values


def _row(table: dict[str, Any], key: str, entry: Any, *, row: str) -> Value:
    plain, source = (entry[0], entry[1]) if isinstance(entry, list) and len(entry) == 2 else (entry, table.get("source", ""))
    if not isinstance(plain, int | str):
        raise ValueError(f"{row}: a value is a whole number or a text, got {plain!r}")
    starts, ends = table.get("starts_on"), table.get("ends_on")
    if type(starts) is not date or (ends is not None and type(ends) is not date):
        raise ValueError(f"{row}: starts_on and ends_on are days, written 2026-01-31 without quotes")
    place, region = table.get("place", ""), table.get("region", "")
    return Value(key, place, starts, int(plain) if isinstance(plain, bool) else plain, str(source), ends, region, bool(table.get("weak")))


def shipped() -> list[Value]:
    """Return the values shipped with Linli. Raises ValueError naming file and row for a bad one."""
    return [value for path in sorted(DATA.glob("*.toml")) for value in read_values(path.read_text("utf-8"), name=path.name)]


def load_shipped(s: Step) -> int:
    """Write shipped values that are not there yet; return how many. What an office set at the same place and day stays.

    Raises ValueError where a shipped value was loaded before with another content: shipped rows are never edited, a change ships as a
    new row.
    """
    with connection.cursor() as cursor:  # two starting processes load one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('linli.policy.load'))")
    known = {(row.key, row.place_code, row.region, row.starts_on): row for row in PolicyValue.objects.all()}
    fresh = []
    for value in shipped():
        row = known.get((value.key, value.place, value.region, value.starts_on))
        if row is None:
            fresh.append(value)
        elif row.shipped and (row.value, row.ends_on) != (value.value, value.ends_on):
            where = f"{value.key} of {value.place or 'the nation'} from {value.starts_on}"
            raise ValueError(f"shipped policy {where} was loaded with {row.value!r}: ship a new row instead of editing")
    _write(s, fresh, shipped=True)
    if fresh:
        s.record("policy:loaded", place="", payload={"rows": len(fresh)})
    return len(fresh)


def set_value(s: Step, value: Value) -> None:
    """Set one value from a day on; see `set_values`."""
    set_values(s, [value])


def set_values(s: Step, values: Sequence[Value]) -> None:
    """Set values from a day on, as new rows, all or none; evidence says which. Weights change together, so that they add up.

    Raises Refused(INPUT_INVALID) with `field` = the key where a value does not fit it or the set in force that day would break
    (weights that do not add up, clocks out of order), with `field` = "starts_on" where that place and day has a value already.
    """
    for value in values:
        try:
            check(value, row=value.key)
        except ValueError:
            raise Refused(Refusal.INPUT_INVALID, field=value.key) from None
    for value in values:
        if not _keeps_whole(value, values):
            raise Refused(Refusal.INPUT_INVALID, field=value.key)
    try:
        with transaction.atomic():
            _write(s, values, shipped=False)
    except IntegrityError:
        raise Refused(Refusal.INPUT_INVALID, field="starts_on") from None
    for value in values:
        s.record(
            "policy:set", place=value.place,
            payload={"key": value.key, "region": value.region, "value": value.value, "starts_on": value.starts_on.isoformat()},
        )  # fmt: skip


def _keeps_whole(value: Value, values: Sequence[Value]) -> bool:
    # A whole set may not be broken; one that is not whole yet (an empty database) may be filled. A set of a kind of region is tried as
    # if it were the nation's own: nearer than the nation's values, further than any place's.
    known = list(policy(value.place, value.starts_on).values.values())
    tried = [replace(v, region="") for v in values if (v.place, v.region) == (value.place, value.region)]
    before, after = ({v.key: v for v in known}, resolve([*known, *tried], value.place, value.starts_on))
    return bool(gaps(before)) or not gaps(after)


def _write(s: Step, values: Sequence[Value], *, shipped: bool) -> None:
    PolicyValue.objects.bulk_create(
        PolicyValue(
            key=v.key, place_code=v.place, region=v.region, starts_on=v.starts_on, ends_on=v.ends_on, value=v.value, source=v.source,
            weak=v.weak, shipped=shipped, set_by=s.actor.ref, recorded_at=s.now,
        )
        for v in values
    )  # fmt: skip
