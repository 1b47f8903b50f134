"""Forecast or match many cities at once, from Parquet files that each city wrote, here or on a cluster of Spark.

`counts` and `batch` write what one city has; `forecast` and `match` read a folder of such files and write a folder of results. With `--spark`
the same functions run in the cluster's executors, city by city, and give the same numbers.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import UUID

from linli.doors.commands.database import require_tables
from linli.doors.commands.output import answer, complain, json_option
from linli.doors.site.desk import policy_at
from linli.doors.site.templatetags.linli import day_of
from linli.ground.steps.reads import now
from linli.journeys import cities
from linli.kernel.errors import NotFound

CITY = 4


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to do, from where and to where."""
    doing = parser.add_subparsers(dest="doing", metavar="WHAT", required=True)
    counts = doing.add_parser("counts", help="write what was asked in a city, by community, service and day")
    counts.add_argument("city", help="code of a city, 4 digits")
    batch = doing.add_parser("batch", help="write what a kept run of the matcher was made of")
    batch.add_argument("run_id", type=UUID, metavar="RUN", help="id of the run")
    for child in (counts, batch):
        child.add_argument("--out", type=Path, required=True, metavar="FILE", help="Parquet file to write; it may not be there yet")
        json_option(child)
    for name, words in (("forecast", "foresee every city of a folder from today on"), ("match", "match every city of a folder")):
        child = doing.add_parser(name, help=words)
        child.add_argument("--from", dest="source", type=Path, required=True, metavar="FOLDER", help="folder of Parquet files")
        child.add_argument(
            "--to", dest="target", type=Path, required=True, metavar="FOLDER", help="folder to write; it may not be there yet"
        )
        child.add_argument("--spark", default="", metavar="MASTER", help="cluster to run on, such as spark://host:7077; without it, here")
        json_option(child)


def run(options: argparse.Namespace) -> int:
    """Write or read, and say how many went through."""
    require_tables()
    try:
        if options.doing == "counts":
            return _counts(options)
        if options.doing == "batch":
            cities.write_batch(options.run_id, options.out)
            answer(options, {"file": str(options.out)}, f"written to {options.out}")
            return 0
        return _through(options)
    except (cities.NotThere, cities.NoSpark) as error:
        complain(str(error))
        return 2
    except NotFound:
        complain(f"no run {options.run_id} is kept here: runs are kept for as many days as policy says (match_run_days)")
        return 1


def _counts(options: argparse.Namespace) -> int:
    if not (options.city.isascii() and options.city.isdigit() and len(options.city) == CITY):
        complain("a city is a code of 4 digits")
        return 2
    rows = cities.write_counts(options.city, now(), options.out)
    answer(options, {"file": str(options.out), "rows": rows}, f"{rows} rows written to {options.out}")
    return 0


def _through(options: argparse.Namespace) -> int:
    if options.doing == "forecast":
        rules = policy_at("", now())
        days = {"off": rules.text("days_off"), "worked": rules.text("days_worked")}
        gone = cities.forecast(options.source, options.target, day_of(now())[0].date(), master=options.spark, **days)
    else:
        gone = cities.match(options.source, options.target, master=options.spark)
    for city, why in gone.refused.items():
        complain(f"{city}: {why}")
    answer(options, {"cities": gone.cities, "refused": gone.refused}, f"{gone.cities} cities, {len(gone.refused)} of them refused")
    return 1 if gone.refused else 0
