"""The community health index: eight dimensions, each a share with an interval, weighed by policy. Pure.

A community's own share is pulled toward that of its peers by a policy weight, so that three ratings do not make a verdict; the
interval says how sure it is. Peers are other communities of the district that are alike: same kind of region, size and age structure;
where too few are, the likeness is loosened step by step, and the step is kept. A dimension without any record is missing: it never
counts as good, it takes part in no mean, and the page says so. An index is given only where dimensions of a least total weight,
satisfaction among them, have data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from linli.kernel.stats import Share, shrunk, wilson
from linli.kernel.units import PPM_ONE


class Dimension(StrEnum):
    """The eight dimensions of report §5.5, in the order they are shown."""

    FACILITIES = "facilities"  # kinds of facility on the register, of twelve
    COVERAGE = "coverage"  # special-group members with a named helper
    RESPONSE = "response"  # needs answered within their clock
    SATISFACTION = "satisfaction"  # ratings of four and five stars
    PARTICIPATION = "participation"  # residents who asked or helped
    VITALITY = "vitality"  # needs met by a neighbour's confirmed visit
    SHARING = "sharing"  # bookings of shared rooms and things that took place
    SAFETY = "safety"  # urgent and special-group needs answered within their shorter clock


@dataclass(frozen=True, slots=True)
class Count:
    """Hits over observations of one dimension."""

    hits: int
    n: int


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the dimensions in ppm, the strength of the peers' prior, and the least known weight for an index."""

    by_dimension: Mapping[Dimension, int]
    prior: int
    known_min_ppm: int


class Likeness(StrEnum):
    """How peers were chosen, from the closest likeness to the loosest."""

    ALIKE = "alike"  # region kind, size and age structure
    SIZE = "size"  # region kind and size
    REGION = "region"  # region kind
    DISTRICT = "district"  # every other community of the district
    NONE = "none"  # a wider place is its own measure


@dataclass(frozen=True, slots=True)
class Profile:
    """What makes communities alike: kind of region, residents on the register, and how many of them are sixty or older."""

    region: str
    residents: int
    elders: int


@dataclass(frozen=True, slots=True)
class Kinship:
    """Where one size or age structure ends and the next begins, and how many peers a comparison needs at least."""

    sizes: tuple[int, ...]  # residents, rising
    elder_shares_ppm: tuple[int, ...]  # rising
    peers_min: int


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of one place: how they are alike, how many there are, and their counts added up."""

    likeness: Likeness
    places: int
    counts: Mapping[Dimension, Count]


NO_PEERS = Peers(Likeness.NONE, 0, {})
SATISFACTION_LEAST_PPM = PPM_ONE // 2  # report §5.4.2, F286


@dataclass(frozen=True, slots=True)
class Scored:
    """One dimension of one place: None where nothing is known."""

    dimension: Dimension
    weight_ppm: int
    hits: int
    n: int
    peers_ppm: int | None
    share: Share | None


@dataclass(frozen=True, slots=True)
class Score:
    """The index of one place; `value_ppm` is None where too little is known."""

    value_ppm: int | None
    low_ppm: int
    high_ppm: int
    known_ppm: int
    dimensions: tuple[Scored, ...]
    prior: int = 0
    likeness: Likeness = Likeness.NONE
    peer_places: int = 0


def score(counts: Mapping[Dimension, Count], peers: Peers, weights: Weights) -> Score:
    """Return the index of a place from its own counts and those of its peers.

    index = Σ w·share / Σ w over dimensions with data; the interval adds the dimensions' half widths in quadrature, as for
    independent shares. Without any rating there is no index: residents' satisfaction is at least half of it. Raises ValueError where
    the weights do not add up to one million or satisfaction weighs less than half.
    """
    if sum(weights.by_dimension.values()) != PPM_ONE:
        raise ValueError("weights must add up to 1000000 ppm")
    if weights.by_dimension[Dimension.SATISFACTION] < SATISFACTION_LEAST_PPM:
        raise ValueError("satisfaction must weigh at least one half")
    scored = tuple(_dimension(d, counts.get(d), peers.counts.get(d), weights) for d in Dimension)
    known = [(s.weight_ppm, s.share) for s in scored if s.share is not None]
    known_ppm = sum(weight for weight, _ in known)
    basis = weights.prior, peers.likeness, peers.places
    if known_ppm < weights.known_min_ppm or not any(s.dimension is Dimension.SATISFACTION and s.n for s in scored):
        return Score(None, 0, PPM_ONE, known_ppm, scored, *basis)
    value = round(sum(weight * share.value_ppm for weight, share in known) / known_ppm)
    half = sqrt(sum((weight / known_ppm * (share.high_ppm - share.low_ppm) / 2) ** 2 for weight, share in known))
    return Score(value, max(0, round(value - half)), min(PPM_ONE, round(value + half)), known_ppm, scored, *basis)


def _dimension(dimension: Dimension, own: Count | None, peers: Count | None, weights: Weights) -> Scored:
    weight = weights.by_dimension[dimension]
    hits, n = (own.hits, own.n) if own else (0, 0)
    if n == 0:
        return Scored(dimension, weight, 0, 0, None, None)
    pool = wilson(peers.hits, peers.n) if peers else None
    share = shrunk(hits, n, peers_ppm=pool.value_ppm, weight=weights.prior) if pool else wilson(hits, n)
    return Scored(dimension, weight, hits, n, pool.value_ppm if pool else None, share)


def added(many: Iterable[Mapping[Dimension, Count]]) -> dict[Dimension, Count]:
    """Return the counts of several places added up by dimension."""
    total: dict[Dimension, Count] = {}
    for counts in many:
        for dimension, count in counts.items():
            known = total.get(dimension, Count(0, 0))
            total[dimension] = Count(known.hits + count.hits, known.n + count.n)
    return total


def _band(value: int, bars: Sequence[int]) -> int:
    return sum(value >= bar for bar in bars)


def _kin(profile: Profile, kinship: Kinship) -> tuple[tuple[Likeness, tuple[object, ...]], ...]:
    size = _band(profile.residents, kinship.sizes)
    age = _band(profile.elders * PPM_ONE // max(1, profile.residents), kinship.elder_shares_ppm)
    return (
        (Likeness.ALIKE, (profile.region, size, age)),
        (Likeness.SIZE, (profile.region, size)),
        (Likeness.REGION, (profile.region,)),
        (Likeness.DISTRICT, ()),
    )


def peers_of(counts: Mapping[str, Mapping[Dimension, Count]], profiles: Mapping[str, Profile], kinship: Kinship) -> dict[str, Peers]:
    """Return the peers of each community: the closest likeness that has at least `peers_min` others; itself is never among them.

    `counts` and `profiles` are by community code of one district. Where even the district has fewer others, those few are taken; a lone
    community has none. Cost grows with the number of communities: groups are added up once, and each takes itself out again.
    """
    steps = {place: _kin(profiles[place], kinship) for place in counts}
    groups: dict[tuple[Likeness, tuple[object, ...]], list[str]] = {}
    for place, kin in steps.items():
        for step in kin:
            groups.setdefault(step, []).append(place)
    sums = {step: added(counts[place] for place in places) for step, places in groups.items()}
    found: dict[str, Peers] = {}
    for place, kin in steps.items():
        step = next((step for step in kin if len(groups[step]) > kinship.peers_min), kin[-1])
        others = len(groups[step]) - 1
        found[place] = Peers(step[0], others, _without(sums[step], counts[place])) if others else NO_PEERS
    return found


def _without(total: Mapping[Dimension, Count], own: Mapping[Dimension, Count]) -> dict[Dimension, Count]:
    nothing = Count(0, 0)
    return {d: Count(c.hits - own.get(d, nothing).hits, c.n - own.get(d, nothing).n) for d, c in total.items()}


def score_district(
    counts: Mapping[str, Mapping[Dimension, Count]], profiles: Mapping[str, Profile], weights: Weights, kinship: Kinship
) -> dict[str, Score]:
    """Return the index of every community of a district, of its streets and of the district, by place code.

    A community is compared with its peers; a street or district is the sum of what is below it and its own measure.
    """
    peers = peers_of(counts, profiles, kinship)
    scores = {place: score(own, peers[place], weights) for place, own in counts.items()}
    for digits in (9, 6):
        below: dict[str, list[Mapping[Dimension, Count]]] = {}
        for place, own in counts.items():
            below.setdefault(place[:digits], []).append(own)
        scores |= {place: score(added(many), NO_PEERS, weights) for place, many in below.items()}
    return scores
