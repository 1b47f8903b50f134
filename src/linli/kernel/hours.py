"""When two people say how long it took: accept, average, or dispute. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.units import PPM_ONE


@dataclass(frozen=True, slots=True)
class Agreed:
    """Both claims are plausible and near each other."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Disputed:
    """The claims can not be joined; a person decides. `why` is 'helper', 'resident' (far from the estimate) or 'gap'."""

    why: str


def settle_claims(estimate: int, helper: int, resident: int, *, share_ppm: int, gap_minutes: int) -> Agreed | Disputed:
    """Join the two claims of one visit, in whole minutes.

    Each claim must lie within `share_ppm` of the estimate; claims at most `gap_minutes` apart are averaged, rounded down so that no
    minute is made of nothing; everything else is disputed. (Practice of time banks: ± 25 %, a quarter of an hour.)
    """
    if min(estimate, helper, resident) < 1:
        raise ValueError("minutes must be positive")
    slack = estimate * share_ppm // PPM_ONE
    for who, claim in (("helper", helper), ("resident", resident)):
        if abs(claim - estimate) > slack:
            return Disputed(who)
    if abs(helper - resident) > gap_minutes:
        return Disputed("gap")
    return Agreed((helper + resident) // 2)
