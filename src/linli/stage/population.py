"""The people of a synthetic district: households, ages, names, groups, helpers. Pure and seeded; nobody in it is real.

The age structure follows the 2020 census of old inner districts of Guangzhou in broad bands (about a quarter is 60 and older); phones
begin with +86 100, which no carrier issues to people; names are drawn from common characters and are marked synthetic everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Broad age bands (from, to, weight) of an old inner district.
AGES = ((0, 9, 8), (10, 17, 6), (18, 29, 12), (30, 44, 22), (45, 59, 25), (60, 69, 14), (70, 79, 8), (80, 95, 5))
SURNAMES = "陈李黄张梁林刘吴罗杨何周郑王谢许邓冯叶曾蔡彭潘袁苏卢余杜唐郭"
GIVEN = "志伟秀英建国美玲俊杰文华丽娟永强桂兰晓东雪梅家豪婉仪嘉敏子轩思琪浩然欣怡国栋淑芬海涛玉珍明辉惠珍少芳锦洪月娥"
SKILLS = ("meal", "shopping", "escort", "repair", "talk", "bathing", "care", "clean", "teach", "childcare")


@dataclass(frozen=True, slots=True)
class Resident:
    """One made-up resident."""

    name: str
    phone: str
    birth_year: int
    sex: str
    building: str
    door: str
    alone: bool
    group: str  # "", "alone", "disabled", "child", "low_income"
    skills: tuple[str, ...]  # empty: not a helper
    lat_micro: int
    lon_micro: int


@dataclass(frozen=True, slots=True)
class Building:
    """A building with a made-up point inside the district."""

    code: str
    name: str
    lat_micro: int
    lon_micro: int


@dataclass(frozen=True, slots=True)
class CommunityPlan:
    """How many residents and helpers a community gets, and about where it lies."""

    code: str
    residents: int
    helpers: int
    lat_micro: int
    lon_micro: int


def spread(communities: Sequence[str], *, residents: int, helpers: int, home: str, seed: int) -> list[CommunityPlan]:
    """Share `residents` and `helpers` out over communities; `home` (where the personas live) gets three times the common share.

    Points lie on a jittered grid over the real extent of 越秀区 (about 23.11–23.17 N, 113.23–113.32 E): near enough to walk, and plainly
    not surveyed.
    """
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.6, 1.4, len(communities)) * np.array([3.0 if code == home else 1.0 for code in communities])
    people = np.floor(weights / weights.sum() * residents).astype(int)
    people[0] += residents - int(people.sum())
    hands = np.floor(weights / weights.sum() * helpers).astype(int)
    hands[0] += helpers - int(hands.sum())
    side = int(np.ceil(np.sqrt(len(communities))))
    plans = []
    for i, code in enumerate(communities):
        row, column = divmod(i, side)
        lat = 23_112_000 + int(row * 56_000 / side) + int(rng.integers(0, 2500))
        lon = 113_235_000 + int(column * 80_000 / side) + int(rng.integers(0, 2500))
        plans.append(CommunityPlan(code, int(people[i]), int(hands[i]), lat, lon))
    return plans


def buildings(plan: CommunityPlan, *, seed: int) -> list[Building]:
    """Return two grids of buildings for a community, about 24 residents to a building (at least four buildings)."""
    rng = np.random.default_rng([seed, int(plan.code)])
    count = max(4, plan.residents // 24)
    made = []
    for i in range(count):
        grid, number = i % 2 + 1, i // 2 + 1
        made.append(
            Building(
                f"{plan.code}{grid:02d}{number:03d}",
                f"{i + 1} 栋",
                plan.lat_micro + int(rng.integers(-1800, 1800)),
                plan.lon_micro + int(rng.integers(-1800, 1800)),
            )
        )
    return made


def _age(rng: np.random.Generator, adult: bool) -> int:
    bands = [band for band in AGES if band[0] >= 18 or not adult]
    weights = np.array([band[2] for band in bands], dtype=float)
    low, high, _ = bands[int(rng.choice(len(bands), p=weights / weights.sum()))]
    return int(rng.integers(low, high + 1))


def _group(rng: np.random.Generator, age: int, alone: bool) -> str:
    if age >= 65 and alone:
        return "alone"
    draw = rng.random()
    if draw < 0.02:
        return "disabled"
    if age < 16 and draw < 0.05:
        return "child"
    return "low_income" if draw < 0.035 else ""


def residents(plan: CommunityPlan, houses: Sequence[Building], *, year: int, first_phone: int, seed: int) -> list[Resident]:
    """Return a community's residents, household after household; helpers are adults of 18 to 74."""
    rng = np.random.default_rng([seed, int(plan.code), 1])
    people: list[Resident] = []
    helpers_left = plan.helpers
    door = 0
    while len(people) < plan.residents:
        size = min(int(rng.choice([1, 2, 3, 4, 5], p=[0.28, 0.3, 0.25, 0.12, 0.05])), plan.residents - len(people))
        house = houses[door % len(houses)]
        words = f"{1 + door % 3} 单元 {101 + (door // len(houses)) % 9 + 100 * (door % 8)}"
        surname = SURNAMES[int(rng.integers(len(SURNAMES)))]
        for member in range(size):
            age = _age(rng, adult=member == 0)
            sex = "f" if rng.random() < 0.51 else "m"
            given = "".join(GIVEN[int(i)] for i in rng.integers(0, len(GIVEN), int(rng.integers(1, 3))))
            helps = (
                helpers_left > 0 and 18 <= age <= 74 and rng.random() < min(1.0, 1.6 * helpers_left / max(1, plan.residents - len(people)))
            )
            skills = tuple(sorted(rng.choice(SKILLS, int(rng.integers(3, 7)), replace=False))) if helps else ()
            helpers_left -= bool(helps)
            people.append(
                Resident(
                    (surname if member != 1 else SURNAMES[int(rng.integers(len(SURNAMES)))]) + given,
                    f"+86100{first_phone + len(people):08d}",
                    year - age,
                    sex,
                    house.code,
                    words,
                    size == 1,
                    _group(rng, age, size == 1),
                    skills,
                    house.lat_micro,
                    house.lon_micro,
                )
            )
        door += 1
    return people
