"""Load the shipped policy and set values; a change is a new row."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

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
    values = shipped()
    before = {(row.key, row.place_code, row.region, row.starts_on): row for row in PolicyValue.objects.filter(shipped=True)}
    for value in values:
        row = before.get((value.key, value.place, value.region, value.starts_on))
        if row is not None and (row.value, row.ends_on) != (value.value, value.ends_on):
            raise ValueError(f"shipped policy {value.key} of {value.place or 'the nation'} from {value.starts_on} was loaded with {row.value!r}")
    fresh = _write(s, [v for v in values if (v.key, v.place, v.region, v.starts_on) not in before], shipped=True)
    if fresh:
        s.record("policy:loaded", place="", payload={"rows": fresh})
    return fresh


def set_value(s: Step, value: Value) -> None:
    """Set a value from a day on, as a new row; evidence says which.

    Raises Refused(INPUT_INVALID) with `field` = the key where the value does not fit it or would break the set in force that day
    (weights that do not add up, clocks out of order), with `field` = "starts_on" where that place and day has a value already.
    """
    try:
        check(value, row=value.key)
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field=value.key) from None
    if not _keeps_whole(value):
        raise Refused(Refusal.INPUT_INVALID, field=value.key)
    if not _write(s, [value], shipped=False):
        raise Refused(Refusal.INPUT_INVALID, field="starts_on")
    s.record(
        "policy:set", place=value.place,
        payload={"key": value.key, "region": value.region, "value": value.value, "starts_on": value.starts_on.isoformat()},
    )  # fmt: skip


def _keeps_whole(value: Value) -> bool:
    # A set that was whole may not be broken by one value; one that is not whole yet (an empty database) may be filled.
    known = policy(value.place, value.starts_on).values
    return bool(gaps(known)) or not gaps(resolve([*known.values(), value], value.place, value.starts_on))


def _write(s: Step, values: Sequence[Value], *, shipped: bool) -> int:
    before = PolicyValue.objects.count()
    PolicyValue.objects.bulk_create(
        [
            PolicyValue(
                key=v.key, place_code=v.place, region=v.region, starts_on=v.starts_on, ends_on=v.ends_on, value=v.value, source=v.source,
                weak=v.weak, shipped=shipped, set_by=s.actor.ref, recorded_at=s.now,
            )
            for v in values
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return PolicyValue.objects.count() - before
