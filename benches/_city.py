"""A made-up city for the matcher: helpers at 83 a square kilometre, needs with a skill, a two-hour slot and one to three places. Drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.help.matching.core.arrays import Batch, Costs, Helpers, Needs, Pairs

HELPERS_A_KM2, SKILLS, SLOTS = 83, 8, 6
BLOCK_METRES = 600  # registers are read in order of place, so neighbours stand near each other
LAT, LON, DEGREE_METRES = 23.13, 113.26, 111_320
REACHES, SHARES = (500, 800, 1200), (0.2, 0.3, 0.5)
FREE = 0.45  # of the slots
COSTS = Costs(radius_metres=1200, metre_per_hundred=10, language=60, other_community=20)
LOAD, WORTH, URGENT, GROUP, WAITED, MORE = 15, 1_000, 500, 250, 5, 200  # points


@dataclass(frozen=True, slots=True)
class Spread:
    """Where people are: microdegrees, and the block as their community."""

    lat: np.ndarray
    lon: np.ndarray
    block: np.ndarray


def _spread(rng: np.random.Generator, many: int, side: float) -> Spread:
    north, east = rng.random(many) * side, rng.random(many) * side
    across = int(side // BLOCK_METRES) + 1
    block = (north // BLOCK_METRES).astype(np.int64) * across + (east // BLOCK_METRES).astype(np.int64)
    order = np.argsort(block, kind="stable")
    lat = (LAT * 1e6 + north / DEGREE_METRES * 1e6).astype(np.int32)
    lon = (LON * 1e6 + east / (DEGREE_METRES * np.cos(np.radians(LAT))) * 1e6).astype(np.int32)
    return Spread(lat[order], lon[order], block[order].astype(np.int32))


def _some(rng: np.random.Generator, many: int, bits: int, share: float) -> np.ndarray:
    found = np.zeros(many, np.uint64)
    for bit in range(bits):
        found |= (rng.random(many) < share).astype(np.uint64) << np.uint64(bit)
    return found


def _helpers(rng: np.random.Generator, many: int, side: float) -> Helpers:
    at = _spread(rng, many, side)
    skills = np.bitwise_or.reduce(np.uint64(1) << rng.integers(0, SKILLS, (3, many)).astype(np.uint64), axis=0)
    none = np.zeros(many + 1, np.int64)
    return Helpers(
        at.lat, at.lon, skills, _some(rng, many, 2, 0.3), _some(rng, many, 3, 0.3), rng.integers(1, 3, many).astype(np.int8),
        rng.random(many) < 0.02, at.block, rng.choice(REACHES, many, p=SHARES).astype(np.int32), _some(rng, many, SLOTS, FREE),
        rng.integers(1, 3, (many, 1)).astype(np.int8), (rng.integers(0, 5, many) * LOAD).astype(np.int32), none, np.zeros((0, 2), np.int32), none,
        np.zeros((0, 2), np.int32),
    )  # fmt: skip


def _needs(rng: np.random.Generator, many: int, side: float) -> Needs:
    at = _spread(rng, many, side)
    slot = rng.integers(0, SLOTS, many).astype(np.int32)
    worth = WORTH + URGENT * (rng.random(many) < 0.1) + GROUP * (rng.random(many) < 0.2) + WAITED * rng.integers(0, 73, many)
    rare = rng.random(many)
    return Needs(
        at.lat, at.lon, rng.integers(0, SKILLS, many).astype(np.int16), np.where(rare < 0.05, 0, -1).astype(np.int16),
        np.where(rng.random(many) < 0.1, 0, -1).astype(np.int16), np.where(rng.random(many) < 0.05, 1, 0).astype(np.int8), at.block,
        np.full(many, COSTS.radius_metres, np.int32), slot, (480 + slot * 120).astype(np.int32), (600 + slot * 120).astype(np.int32),
        rng.choice([1, 2, 3], many, p=[0.8, 0.15, 0.05]).astype(np.int8), np.ones(many, np.int8),
        np.stack([worth - MORE * copy for copy in range(3)], axis=1).astype(np.int64),
    )  # fmt: skip


def city(needs: int, helpers: int, seed: int) -> Batch:
    """Return the batch of one day."""
    rng = np.random.default_rng(seed)
    side = float(np.sqrt(helpers / HELPERS_A_KM2)) * 1000
    nobody, nothing = np.zeros(needs + 1, np.int64), np.zeros(0, np.int32)
    return Batch(
        _needs(rng, needs, side), _helpers(rng, helpers, side), Pairs(nobody, nothing, nobody, nothing, nothing), COSTS, SLOTS, SLOTS
    )
