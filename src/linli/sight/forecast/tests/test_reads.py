"""What reads make of numbers that are kept, without a database."""

from __future__ import annotations

from linli.sight.forecast.reads import Expected, week_of


def row(milli: int, low: int, high: int) -> Expected:
    return Expected("440104001001", "meal", (), (), (), (milli, 0), (low, 0), (high, 0))


def test_the_weeks_of_several_services_are_as_wide_as_what_is_apart() -> None:
    assert week_of([row(5_000, 2, 9)]) == (5_000, 2, 9)
    mean, low, high = week_of([row(5_000, 2, 9), row(5_000, 1, 8)])
    assert (mean, low, high) == (10_000, 5, 15)  # 10 - √(3² + 4²), 10 + √(4² + 3²)
    assert week_of([]) == (0, 0, 0)
    assert week_of([row(200, 0, 1)] * 2)[1] == 0
