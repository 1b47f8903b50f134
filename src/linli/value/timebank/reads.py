"""A person's time book and the pools, in minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linli.kernel.units import Unit
from linli.value.ledger import reads as ledger
from linli.value.timebank.core import LineKind, givable, kind_of
from linli.value.timebank.models import VisitHours

BOOK, POOL = "book", "pool"
RECENT = timedelta(days=30)
VISIT = "visit:"


@dataclass(frozen=True, slots=True)
class Book:
    """What a time book holds, in minutes.

    available: can be given now; held: kept back for visits to come; coming: held by others for this person's help; earned, given, seed:
    in all, what was taken back not counted; recent: earned in the 30 days before the moment asked for; cap: the most it may come to.
    """

    person: UUID
    available_minutes: int
    held_minutes: int
    coming_minutes: int
    earned_minutes: int
    given_minutes: int
    seed_minutes: int
    recent_minutes: int
    cap_minutes: int | None
    opened_at: datetime | None

    @property
    def givable_minutes(self) -> int:
        """Return how many of them can be given away: seed hours can not."""
        return givable(self.available_minutes, self.held_minutes, self.seed_minutes, self.given_minutes)


@dataclass(frozen=True, slots=True)
class BookLine:
    """One line: signed minutes, what it was for, the visit if any, the balance right after. `reverses`: it undoes an earlier line."""

    seq: int
    kind: LineKind
    minutes: int
    balance_minutes: int
    visit: UUID | None
    at: datetime
    reverses: bool


@dataclass(frozen=True, slots=True)
class Pool:
    """A community's pool in minutes: issued to helpers and as seeds, returned to it, held for visits to come."""

    place: str
    issued_minutes: int
    returned_minutes: int
    held_minutes: int


def person_ref(person: UUID) -> str:
    """Return a person's opaque owner reference in the ledger."""
    return f"person:{person}"


def pool_ref(community: str) -> str:
    """Return the owner reference of a community's pool."""
    return f"place:{community}"


def book(person: UUID, now: datetime) -> Book:
    """Return a person's time book at `now`; an empty one before its first use."""
    found = ledger.with_turnover(person_ref(person), Unit.MINUTE, BOOK, since=now - RECENT)
    if found is None:
        return Book(person, 0, 0, 0, 0, 0, 0, 0, None, None)
    row, sums = found
    visits, seeds = sums.get("visit", ledger.Turnover()), sums.get("seed", ledger.Turnover())
    return Book(
        person, row.balance.available, row.balance.debits_pending, row.balance.credits_pending, visits.came, visits.went, seeds.came,
        visits.came_since, row.balance.cap, row.opened_at,
    )  # fmt: skip


def lines(person: UUID, *, before: int | None = None, limit: int = 30) -> tuple[BookLine, ...]:
    """Return a page of a time book, newest first; the next page begins `before` the last line's `seq`."""
    row = ledger.account(person_ref(person), Unit.MINUTE, BOOK)
    if row is None:
        return ()
    return tuple(
        BookLine(
            line.seq, kind_of(line.reason, line.undoes, line.amount), line.amount, line.balance_after, _visit(line.about), line.occurred_at,
            line.reverses is not None,
        )
        for line in ledger.statement(row.id, before=before, limit=limit)
    )  # fmt: skip


def _visit(about: str) -> UUID | None:
    return UUID(about.removeprefix(VISIT)) if about.startswith(VISIT) else None


def pool(community: str) -> Pool:
    """Return a community's pool; zeros before its first use."""
    row = ledger.account(pool_ref(community), Unit.MINUTE, POOL)
    if row is None:
        return Pool(community, 0, 0, 0)
    return Pool(community, row.balance.debits_posted, row.balance.credits_posted, row.balance.debits_pending)


def seeded(community: str, since: datetime) -> int:
    """Return the minutes a community's pool has issued as seed hours; `since` only bounds what is read."""
    found = ledger.with_turnover(pool_ref(community), Unit.MINUTE, POOL, since=since)
    return found[1].get("seed", ledger.Turnover()).went if found else 0


def credited(visit: UUID) -> int | None:
    """Return the minutes credited to the helper of a visit, or None while nothing is posted."""
    return VisitHours.objects.filter(visit=visit, state=VisitHours.State.POSTED).values_list("posted_minutes", flat=True).first()


def holds_of(visit: UUID) -> tuple[ledger.HoldCard, ...]:
    """Return the ledger's holds of a visit's last round, in the order they pay."""
    row = VisitHours.objects.filter(visit=visit).order_by("-round").first()
    if row is None:
        return ()
    ids = list(row.parts.filter(hold__isnull=False).order_by("pk").values_list("hold", flat=True))
    found = ledger.holds([pk for pk in ids if pk])
    return tuple(found[pk] for pk in ids if pk)
