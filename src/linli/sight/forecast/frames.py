"""A city's forecast as a function from one table to another, so that a cluster of Spark runs it city by city. Nothing here says where.

`grouped.applyInArrow(partial(frames.forecast, today=…), schema)` on a table of `ASKED` grouped by city; one process calls it on a city's rows alike.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linli.sight.forecast import almanac
from linli.sight.forecast.core.city import Asked, CityLevel, history_from, of_city
from linli.sight.forecast.core.days import NO_DAYS
from linli.sight.forecast.core.foresee import HORIZON, VERSION
from linli.sight.forecast.core.tree import Absurd

ASKED = pa.schema([("city", pa.string()), ("place", pa.string()), ("service", pa.string()), ("day", pa.date32()), ("n", pa.int64())])
LISTS = ("mean_milli", "low", "high", "week_milli", "week_low", "week_high")
# A row a place and service ('': all together), as `models.Said`; what is said of the level stands in each of its rows. A city that cannot be
# foreseen has one row with why (`refused`) and nothing else.
SAID = pa.schema(
    [("city", pa.string()), ("refused", pa.string()), ("first_day", pa.date32()), ("version", pa.string()), ("history_days", pa.int32())]
    + [("digits", pa.int32()), ("place", pa.string()), ("service", pa.string())]
    + [(name, pa.list_(pa.int64())) for name in LISTS]
    + [("ceiling_ppm", pa.int64()), ("tested_ppm", pa.int64())]
)


def forecast(asked: pa.Table, *, today: date, off: str = NO_DAYS, worked: str = NO_DAYS) -> pa.Table:
    """Return what one city's requests (`ASKED`, whole days before `today`) let expect from `today` on (`SAID`).

    The first day that any row has is the first that counts. `off` and `worked` as policy has them. A city whose rows cannot be is refused
    by name in its row, so that the others go on.
    """
    city = str(asked["city"][0].as_py())
    try:
        earliest = pc.min(asked["day"]).as_py()
        if earliest is None:
            raise Absurd("days", "none")
        first = history_from(earliest, today)
        known = almanac.known(first, today + timedelta(days=HORIZON), off=off, worked=worked)
        rows = asked.filter(pc.greater_equal(asked["day"], pa.scalar(first, pa.date32())))
        days = rows["day"].cast(pa.int32()).to_numpy().astype(np.int64) - (first - date(1970, 1, 1)).days
        levels = of_city(
            city, Asked(rows["place"].to_pylist(), rows["service"].to_pylist(), days, rows["n"].to_numpy()), first, today, known
        )
    except Absurd as error:
        return pa.Table.from_pylist([{"city": city, "refused": str(error)}], SAID)
    return pa.concat_tables([_said(city, today, (today - first).days, level) for level in levels])


def _said(city: str, today: date, history_days: int, found: CityLevel) -> pa.Table:
    many = len(found.places)
    same = {
        "city": city, "refused": None, "first_day": today, "version": VERSION, "history_days": history_days, "digits": found.digits,
        "ceiling_ppm": found.level.ceiling_ppm, "tested_ppm": found.level.tested_ppm,
    }  # fmt: skip
    columns = {name: pa.array([value] * many, SAID.field(name).type) for name, value in same.items()}
    columns |= {"place": pa.array(found.places, pa.string()), "service": pa.array(found.services, pa.string())}
    for name in LISTS:
        values = getattr(found.level, name)
        ends = np.arange(0, values.size + 1, values.shape[1], dtype=np.int32) if values.size else np.zeros(many + 1, np.int32)
        columns[name] = pa.ListArray.from_arrays(ends, np.ascontiguousarray(values).ravel())
    return pa.table([columns[field.name] for field in SAID], schema=SAID)
