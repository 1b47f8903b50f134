"""Who pays, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.units import PPM_ONE
from linli.value.timebank.core import HourRules, LineKind, Side, counted, givable, kind_of, most_minutes, split

RULES = HourRules(cap_minutes=90_000, overdraft_minutes=0, claims_share_ppm=250_000, hold_days=14)
MINUTES = st.integers(0, 2_000)


@given(MINUTES, st.integers(-500, 2_000), st.one_of(st.none(), st.integers(-500, 2_000)))
def test_a_split_pays_every_minute_once(minutes: int, can_pay: int, can_take: int | None) -> None:
    found = split(minutes, can_pay=can_pay, can_take=can_take)
    own = sum(part.minutes for part in found.parts if part.debit is Side.RECEIVER)
    assert sum(part.minutes for part in found.parts) + found.honour_minutes == minutes
    assert own == min(max(0, can_pay), minutes)  # her own hours first, and all of them
    assert can_take is None or found.to(Side.HELPER) <= max(0, can_take)
    assert len(found.parts) <= 2
    assert all(part.minutes > 0 and part.debit is not part.credit for part in found.parts)


@given(MINUTES, MINUTES)
def test_without_a_cap_the_helper_gets_every_minute(minutes: int, can_pay: int) -> None:
    found = split(minutes, can_pay=can_pay, can_take=None)
    assert (found.to(Side.HELPER), found.honour_minutes) == (minutes, 0)


@given(MINUTES, st.integers(0, PPM_ONE), st.sampled_from([0, 1, 15, 30, 60]))
def test_counting_goes_to_the_nearest_step(minutes: int, earn_ppm: int, step: int) -> None:
    found = counted(minutes, replace(RULES, earn_ppm=earn_ppm, round_minutes=step))
    assert found % max(1, step) == 0
    assert abs(found - minutes * earn_ppm // PPM_ONE) * 2 <= max(1, step)


@given(MINUTES, MINUTES, st.sampled_from([1, 15, 60]))
def test_more_help_never_counts_less(one: int, more: int, step: int) -> None:
    rules = replace(RULES, round_minutes=step)
    assert counted(one, rules) <= counted(one + more, rules)


def test_an_hour_is_an_hour() -> None:
    assert counted(60, RULES) == 60
    assert counted(30, replace(RULES, round_minutes=60)) == 60
    assert counted(29, replace(RULES, round_minutes=60)) == 0


def test_so_much_is_held() -> None:
    assert most_minutes(60, 250_000) == 75


@pytest.mark.parametrize(
    ("reason", "undoes", "minutes", "kind"),
    [
        ("visit", "", 60, LineKind.EARNED),
        ("visit", "", -60, LineKind.GIVEN),
        ("seed", "", 600, LineKind.SEED),
        ("correction", "visit", 60, LineKind.RETURNED),
        ("correction", "visit", -60, LineKind.TAKEN_BACK),
        ("gift", "", 5, LineKind.GIFT_IN),
        ("gift", "", -5, LineKind.GIFT_OUT),
        ("donation", "", -5, LineKind.DONATED),
        ("clearing", "", 5, LineKind.OTHER),
    ],
)
def test_every_line_has_a_plain_name(reason: str, undoes: str, minutes: int, kind: LineKind) -> None:
    assert kind_of(reason, undoes, minutes) is kind


@pytest.mark.parametrize(
    ("available", "held", "seeded", "spent", "own"),
    [
        (600, 0, 600, 0, 0),  # seed hours only
        (540, 60, 600, 0, 0),  # a visit to come is held from them
        (650, 0, 600, 50, 100),  # 100 earned, 50 of the seed hours used
        (90, 0, 0, 0, 90),
        (-30, 0, 0, 30, 0),  # in debt
        (40, 0, 600, 700, 40),  # the seed hours are long used up
    ],
)
def test_seed_hours_can_not_be_given(available: int, held: int, seeded: int, spent: int, own: int) -> None:
    assert givable(available, held, seeded, spent) == own
