"""Which days of a year differ in China: statutory holidays, lunar festivals, days off beside them and weekends that are worked instead.

From the `holidays` library: festivals of every year by the law and the lunar calendar, shifted days of the years that the State Council has
announced. For later years the shifted days are not known yet; `Known.last_year` says so, and an operator can set days by policy.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays
from holidays.countries.china import ChinaStaticHolidays

from linli.kernel.words import mark
from linli.sight.forecast.core.days import SATURDAY, Known, days_in, edited

# The festivals by the words of the library (zh_CN), which are the message ids of their names.
FESTIVALS = {
    "元旦": mark("元旦"), "农历除夕": mark("春节"), "春节": mark("春节"), "清明节": mark("清明节"), "劳动节": mark("劳动节"),
    "端午节": mark("端午节"), "中秋节": mark("中秋节"), "国庆节": mark("国庆节"),
}  # fmt: skip
DAY_OFF = "休息日"
YEARS = (2001, 2099)  # of the lunar calendar and the law as the library has them


def last_announced() -> int:
    """Return the last year whose shifted days are known."""
    return max(ChinaStaticHolidays.special_public_holidays)


@lru_cache(maxsize=16)
def _almanac(first: int, last: int) -> Known:
    found = holidays.country_holidays("CN", years=range(max(first, YEARS[0]), min(last, YEARS[1]) + 1), language="zh_CN")
    festivals: dict[date, str] = {}
    for day, names in found.items():
        plain = names.split("; ")[0].split("（")[0]
        if plain in FESTIVALS:
            festivals[day] = FESTIVALS[plain]
    worked = frozenset(found.weekend_workdays)
    free = _joined(festivals, frozenset(found), worked)
    return Known(free, frozenset(free), worked, last_announced())


def _joined(festivals: dict[date, str], off: frozenset[date], worked: frozenset[date]) -> dict[date, str]:
    # A holiday is a run of free days: the weekends and days off that touch a festival carry the name of the festival before them, or after.
    named = dict(festivals)
    for step in (1, -1):
        for start in sorted(festivals, reverse=step < 0):
            day = start + timedelta(days=step)
            while day not in named and (day in off or (day.weekday() >= SATURDAY and day not in worked)):
                named[day] = named[start]
                day += timedelta(days=step)
    return named


def known(first: date, last: date, *, off: str, worked: str) -> Known:
    """Return what is known of the days from `first` to `last`. `off` and `worked`: days that an operator set, as policy has them.

    Raises Absurd("days") for a text that names no days.
    """
    return edited(_almanac(first.year, last.year), off=days_in(off), worked=days_in(worked))
