"""The time bank: what a visit counts for, who pays, how much a book can take. Pure.

Hours are never bought, bear no interest and never become money (志愿服务条例 art. 2, 37): nothing here knows another unit than the minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.units import PPM_ONE


@dataclass(frozen=True, slots=True)
class HourRules:
    """Policy's numbers for a place and day, filled in by the journey.

    `cap_minutes`: a book holds at most; `overdraft_minutes`: it may go below zero by; `claims_share_ppm`: agreed claims may exceed the
    estimate by, so much more is held; `hold_days`: what is held returns after; `round_minutes`: hours count in steps of;
    `earn_ppm`: share of an hour that is credited (1 h = 1 credit: 1,000,000); `count_own_kin`: visits to one's own kin are credited.
    """

    cap_minutes: int
    overdraft_minutes: int
    claims_share_ppm: int
    hold_days: int
    round_minutes: int = 1
    earn_ppm: int = PPM_ONE
    count_own_kin: bool = False


class Side(StrEnum):
    """One of the books a visit touches."""

    HELPER = "helper"
    RECEIVER = "receiver"
    POOL = "pool"


@dataclass(frozen=True, slots=True)
class Part:
    """One movement of a visit: minutes from one book to another."""

    debit: Side
    credit: Side
    minutes: int


@dataclass(frozen=True, slots=True)
class Split:
    """How a visit's minutes are paid. `honour_minutes` are served but not booked: the helper's book is full and nobody had to pay."""

    parts: tuple[Part, ...]
    honour_minutes: int

    def to(self, side: Side) -> int:
        """Return the minutes that go to `side`."""
        return sum(part.minutes for part in self.parts if part.credit is side)


class LineKind(StrEnum):
    """What a line of a time book is, in plain words of the door."""

    EARNED = "earned"  # 帮人所得
    GIVEN = "given"  # 请人帮忙
    SEED = "seed"  # 种子时间
    GIFT_IN = "gift_in"  # 家人送来
    GIFT_OUT = "gift_out"  # 送给家人
    DONATED = "donated"  # 捐给社区时间池
    RETURNED = "returned"  # 更正退回
    TAKEN_BACK = "taken_back"  # 更正收回
    OTHER = "other"


def givable(available: int, held: int, seeded: int, spent: int) -> int:
    """Return how many minutes can be given away: what stands there and is not seed hours. `seeded` and `spent` are sums over the book's life.

    Seed hours are the pool's, for asking neighbours: visits use them up first, what is `held` for visits to come counts as such.
    """
    return max(0, available - max(0, seeded - spent - held))


def most_minutes(estimate: int, claims_share_ppm: int) -> int:
    """Return the most a visit can come to by agreeing claims: so much is held for it."""
    return estimate + estimate * claims_share_ppm // PPM_ONE


def counted(minutes: int, rules: HourRules) -> int:
    """Return what `minutes` of help count for: the credited share, in whole steps of `round_minutes`, the nearest, a half step up."""
    earned = minutes * rules.earn_ppm // PPM_ONE
    step = max(1, rules.round_minutes)
    return (earned + step // 2) // step * step


def split(minutes: int, *, can_pay: int, can_take: int | None) -> Split:
    """Split a visit's counted minutes between the books.

    The receiver's own hours pay first, as far as they reach (`can_pay`, overdraft included); the pool pays the rest, so nobody is refused
    a base service for lack of hours. The helper's book takes what fits (`can_take`, None: no cap); what does not fit goes to the pool
    where the receiver paid it, and is an honour where the pool would only pay itself.
    """
    own = min(max(0, can_pay), minutes)
    helper = minutes if can_take is None else min(max(0, can_take), minutes)
    own_to_helper = min(own, helper)
    wanted = (
        Part(Side.RECEIVER, Side.HELPER, own_to_helper),
        Part(Side.POOL, Side.HELPER, helper - own_to_helper),
        Part(Side.RECEIVER, Side.POOL, own - own_to_helper),
    )
    parts = tuple(part for part in wanted if part.minutes)
    return Split(parts, minutes - sum(part.minutes for part in parts))


def kind_of(reason: str, undoes: str, minutes: int) -> LineKind:
    """Return what a line is: by its reason code, whether it undoes another ('' or that one's reason), and its sign."""
    if undoes:
        return LineKind.RETURNED if minutes > 0 else LineKind.TAKEN_BACK
    if reason == "visit":
        return LineKind.EARNED if minutes > 0 else LineKind.GIVEN
    if reason == "gift":
        return LineKind.GIFT_IN if minutes > 0 else LineKind.GIFT_OUT
    return {"seed": LineKind.SEED, "donation": LineKind.DONATED}.get(reason, LineKind.OTHER)
