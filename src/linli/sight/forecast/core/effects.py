"""What makes a day differ from its weekday: days off, festivals, weekends that are worked, the season, the weather. Pure numpy.

Factors are learned service by service and lean on 1 where little was seen: a festival on what all days off do, these on a Sunday.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.sight.forecast.core.days import SATURDAY, SUNDAY, Days, Kind
from linli.sight.forecast.core.profile import TINY
from linli.sight.forecast.core.tree import Floats

PRIOR = 100.0  # requests that "like a Sunday" counts for
AROUND = 29  # days of the moving mean that a day is held against
YEAR, SEASON_LEAST, SEASON_AROUND, SEASON_TRUST = 364, 400, 43, 0.5  # a year of whole weeks; a season is believed by half
SEASON_TOP = 1.0
WEATHER_PRIOR, WEATHER_TOP = 50.0, 1.0
WORKED, OFF = 0, 1  # columns of the factors; festivals follow in the order of their names


@dataclass(frozen=True, slots=True)
class Effects:
    """By service: factors of worked weekends, days off and each festival (services, 2 + festivals), and how weather moves it (services)."""

    kinds: Floats
    weather: Floats


def around(known: Floats, ordinary: Floats, profile_days: Floats) -> Floats:
    """Return the level around each day: requests over what the profile expects, in a window of ordinary days."""
    plain, there = np.nan_to_num(known) * ordinary, ~np.isnan(known) * ordinary * profile_days
    return _window(plain, AROUND) / np.maximum(_window(there, AROUND), TINY)


def _window(values: Floats, width: int) -> Floats:
    half, run = width // 2, np.cumsum(values, axis=1)
    padded = np.pad(run, ((0, 0), (half + 1, half)), mode="edge")
    padded[:, : half + 1] = 0
    found: Floats = padded[:, width:] - padded[:, :-width]
    return found


def reference(profile: Floats, days: Days, first: int, until: int) -> Floats:
    """Return what each day would be like without factors: a day off like a Sunday (never more than its weekday), a worked weekend like a weekday."""
    plain = profile[:, days.weekday[first:until]]
    kind = days.kind[first:until]
    off = np.minimum(plain, profile[:, SUNDAY, None])
    worked = np.broadcast_to(profile[:, :SATURDAY].mean(axis=1)[:, None], plain.shape)
    found: Floats = np.where(kind == Kind.OFF, off, np.where(kind == Kind.WORKED, worked, plain))
    return found


def learned(known: Floats, profile: Floats, days: Days, weather: Floats | None) -> Effects:
    """Return the factors of services from their histories (services, days; NaN: missing)."""
    until = known.shape[1]
    kind, festival = days.kind[:until], days.festival[:until]
    ordinary = (kind == Kind.ORDINARY).astype(np.float64)
    level = around(known, ordinary, profile[:, days.weekday[:until]])
    expected = np.where(np.isnan(known), 0.0, level * reference(profile, days, 0, until))
    plain = np.nan_to_num(known)

    def factor(here: Floats, lean: Floats) -> Floats:
        found: Floats = (plain @ here + PRIOR * lean) / (expected @ here + PRIOR)
        return found

    one = np.ones(len(known))
    off = (kind == Kind.OFF).astype(np.float64)
    every = factor(off, one)
    columns = [factor((kind == Kind.WORKED).astype(np.float64), one), every]
    columns += [factor(off * (festival == at + 1), every) for at in range(len(days.names))]
    moves = np.zeros(len(known)) if weather is None else _moved(plain, expected, ~np.isnan(known) * ordinary, weather[:until])
    return Effects(np.stack(columns, axis=1), moves)


def _moved(plain: Floats, expected: Floats, counted: Floats, weather: Floats) -> Floats:
    # The level around a day has that weather in it too, on average: both are held against their own means.
    off, weight = np.log((plain + 0.5) / (expected + 0.5)), expected * counted
    whole = np.maximum(weight.sum(axis=1, keepdims=True), TINY)
    beside = weather - (weight @ weather)[:, None] / whole
    mean = (weight * off).sum(axis=1, keepdims=True) / whole
    found: Floats = (weight * (off - mean) * beside).sum(axis=1) / ((weight * beside * beside).sum(axis=1) + WEATHER_PRIOR)
    return np.clip(found, -WEATHER_TOP, WEATHER_TOP)


def weather_factor(effects: Effects, weather: Floats | None, first: int, until: int) -> Floats:
    """Return by how much weather moves each service on days [first, until); ones where none is told."""
    if weather is None:
        return np.ones((len(effects.weather), until - first))
    found: Floats = np.exp(np.clip(effects.weather[:, None] * weather[first:until], -WEATHER_TOP, WEATHER_TOP))
    return found


def day_factors(profile: Floats, kinds: Floats, days: Days, first: int, until: int) -> Floats:
    """Return the factor of each day [first, until) on a level: `kinds` (nodes, columns) as in Effects, by node."""
    kind, festival = days.kind[first:until], days.festival[first:until]
    column = np.where(kind == Kind.WORKED, WORKED, np.where(festival > 0, OFF + festival, OFF))
    found: Floats = reference(profile, days, first, until) * np.where(kind == Kind.ORDINARY, 1.0, kinds[:, column])
    return found


def season(known: Floats, profile: Floats, days: Days, horizon: int) -> Floats:
    """Return by how much the season moves each service until each day ahead, by the years before; ones where there is no whole year."""
    until = known.shape[1]
    if until < SEASON_LEAST:
        return np.ones((len(known), horizon))
    ordinary = (days.kind[:until] == Kind.ORDINARY).astype(np.float64)
    plain, there = np.nan_to_num(known) * ordinary, ~np.isnan(known) * ordinary * profile[:, days.weekday[:until]]
    smooth = (_window(plain, SEASON_AROUND) + 1) / (_window(there, SEASON_AROUND) + 1)
    logs, years = np.log(smooth), 0
    moved = np.zeros((len(known), horizon))
    for back in range(YEAR, until - SEASON_AROUND, YEAR):
        at = until - 1 - back
        moved += logs[:, at + 1 : at + 1 + horizon] - logs[:, at, None]
        years += 1
    found: Floats = np.exp(np.clip(SEASON_TRUST * moved / max(1, years), -SEASON_TOP, SEASON_TOP))
    return found
