"""Load the shipped policy and set values; a change is a new row."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from linli.ground.policy.core import Value, check
from linli.ground.policy.models import PolicyValue
from linli.kernel.errors import Refusal, Refused
from linli.kernel.step import Step

DATA = Path(__file__).parent / "data"


def shipped() -> list[Value]:
    """Return the values shipped with Linli. Raises ValueError naming file and row for a bad one."""
    values = []
    for path in sorted(DATA.glob("*.toml")):
        tables = tomllib.loads(path.read_text("utf-8"))["set"]
        for table in tables:
            for name, entry in table["values"].items():
                number, source = entry if isinstance(entry, list) else (entry, table["source"])
                value = Value(name, table["place"], table["starts_on"], number, source, weak=bool(table.get("weak")))
                check(value, row=f"{path.name}: place {table['place']!r}")
                values.append(value)
    return values


def load_shipped(s: Step) -> int:
    """Write shipped values not yet there; return how many. Values that an office set stay."""
    return _write(s, shipped())


def set_value(s: Step, value: Value) -> None:
    """Set a value from a date on. Raises Refused(INPUT_INVALID) naming the key where it does not fit or the row exists."""
    try:
        check(value, row=value.key)
    except ValueError:
        raise Refused(Refusal.INPUT_INVALID, field=value.key) from None
    if not _write(s, [value]):
        raise Refused(Refusal.INPUT_INVALID, field="starts_on")


def _write(s: Step, values: Iterable[Value]) -> int:
    before = PolicyValue.objects.count()
    PolicyValue.objects.bulk_create(
        [
            PolicyValue(
                key=v.key, place_code=v.place, starts_on=v.starts_on, ends_on=v.ends_on, value=v.value, source=v.source, weak=v.weak,
                recorded_at=s.now,
            )
            for v in values
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    fresh = PolicyValue.objects.count() - before
    if fresh:
        s.record("policy:loaded", place="", payload={"rows": fresh})
    return fresh

