"""Make today's forecast of the requests to come, where there is none yet, and tell what is expected at a place and how right it can be.

The worker of `linli serve` makes it once a day by itself.
"""

from __future__ import annotations

import argparse

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, complain, json_option
from linli.ground.steps.reads import now
from linli.journeys.foresee import foresee_cities
from linli.sight.forecast import reads as forecast

CITY, MILLI = 4, 1_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the place."""
    parser.add_argument("place", help="code of a city, district, street or community")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Make the forecast of the place's city and print what it says of the place."""
    require_tables()
    place: str = options.place
    if not (place.isascii() and place.isdigit() and len(place) in {4, 6, 9, 12}):
        complain("a place is a code of 4, 6, 9 or 12 digits: `linli places search NAME` finds it")
        return 2
    foresee_cities([place[:CITY]], now())
    made = forecast.newest(place)
    found = forecast.expected(made, place) if made else ()
    if made is None or not found:
        complain(f"no forecast says anything of {place}: nothing was ever asked there")
        return 1
    right = next(r for r in forecast.how_right(made) if r.digits == len(place) and not r.by_service)
    services = [
        {
            "service": e.service, "mean_milli": list(e.mean_milli), "low": list(e.low), "high": list(e.high), "week_milli": list(e.week_milli),
            "week_low": list(e.week_low), "week_high": list(e.week_high),
        }
        for e in found
    ]  # fmt: skip
    told = {
        "place": place, "first_day": made.first_day.isoformat(), "days": made.horizon, "made_at": made.made_at.isoformat(), "version": made.version,
        "ceiling_ppm": right.ceiling_ppm, "right_ppm": right.score.right_ppm if right.score else None, "services": services,
    }  # fmt: skip
    whole = found[0]
    words = f"{place}, 7 days from {made.first_day}: about {round(whole.week_milli[0] / MILLI)} requests, likely {whole.week_low[0]} to {whole.week_high[0]}"
    answer(options, told, f"{words}; nobody can be right more than {right.ceiling_ppm // 10_000} % of it day by day")
    return 0
