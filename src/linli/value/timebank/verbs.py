"""Writes of the time bank, over the ledger's verbs: books, visits' hours, seed hours, corrections."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.step import Step
from linli.kernel.units import Unit
from linli.value.ledger import reads as ledger_reads
from linli.value.ledger import verbs as ledger
from linli.value.ledger.core.rules import Balance, HoldState
from linli.value.timebank.core import HourRules, Part, Side, Split, counted, givable, most_minutes, split
from linli.value.timebank.models import VisitHours, VisitPart
from linli.value.timebank.reads import BOOK, POOL, VISIT, person_ref, pool_ref

State = VisitHours.State


@dataclass(frozen=True, slots=True)
class _Books:
    """The accounts a visit touches, by side; no receiver where a need came without an account."""

    of: dict[Side, UUID]

    def locked(self, s: Step, holds: list[UUID]) -> dict[Side, Balance]:
        """Lock the holds and all books for the rest of the step; return the books' sums."""
        sums = ledger.lock(s, holds=holds, accounts=list(self.of.values()))
        return {side: sums[account] for side, account in self.of.items()}


def open_book(s: Step, person: UUID, place: str, rules: HourRules) -> UUID:
    """Return a person's time book, opened on first use and kept at the limits of `rules`.

    Where policy lowers a limit, what a person has stays theirs: the book's own limit comes down only as far as the book allows.
    """
    known = ledger_reads.account(person_ref(person), Unit.MINUTE, BOOK)
    return _book(s, person, place, rules, known=known)


def _book(s: Step, person: UUID, place: str, rules: HourRules, *, known: ledger_reads.AccountCard | None) -> UUID:
    floor, cap = -rules.overdraft_minutes, rules.cap_minutes
    if known is None or known.closed_at is not None:
        return ledger.open_account(s, person_ref(person), Unit.MINUTE, kind=BOOK, place=place, floor=floor, cap=cap)
    if (known.balance.floor, known.balance.cap) != (floor, cap):
        _limit(s, ledger.lock(s, accounts=[known.id])[known.id], rules)
    return known.id


def _limit(s: Step, sums: Balance, rules: HourRules) -> None:
    """Bring a locked book's limits to those of `rules`, as far as what is in it allows."""
    ledger.set_limits(s, sums.id, floor=min(-rules.overdraft_minutes, sums.available), cap=max(rules.cap_minutes, sums.expected))


def _open_pool(s: Step, place: str, known: ledger_reads.AccountCard | None) -> UUID:
    if known is not None and known.closed_at is None:
        return known.id
    # No floor: the pool issues the hours that helpers earn where the receiver has none.
    return ledger.open_account(s, pool_ref(place), Unit.MINUTE, kind=POOL, place=place, floor=None, cap=None)


def _books(s: Step, *, helper: UUID, receiver: UUID | None, place: str, rules: HourRules) -> _Books:
    community = place[:12]
    people = {Side.HELPER: helper, **({Side.RECEIVER: receiver} if receiver else {})}
    known = ledger_reads.accounts([pool_ref(community), *map(person_ref, people.values())], Unit.MINUTE)
    of = {side: _book(s, person, place, rules, known=known.get((person_ref(person), BOOK))) for side, person in people.items()}
    return _Books({**of, Side.POOL: _open_pool(s, community, known.get((pool_ref(community), POOL)))})


def _split(minutes: int, sums: dict[Side, Balance]) -> Split:
    receiver = sums.get(Side.RECEIVER)
    return split(minutes, can_pay=(receiver.spendable or 0) if receiver else 0, can_take=sums[Side.HELPER].room)


def _latest(visit: UUID) -> VisitHours | None:
    return VisitHours.objects.select_for_update().filter(visit=visit).order_by("-round").first()


def lock_for_visits(
    s: Step, visits: Collection[UUID], *, helpers: Collection[UUID], receiver: UUID | None, place: str, rules: HourRules
) -> None:
    """Lock the holds and books of several visits to one person at once, for a step that holds or posts for one after the other.

    Without it two steps could wait for each other's books in a ring.
    """
    books = [_books(s, helper=helper, receiver=receiver, place=place, rules=rules) for helper in sorted(helpers)]
    held = VisitPart.objects.filter(hours__visit__in=visits, hours__state=State.HELD, hold__isnull=False).values_list("hold", flat=True)
    ledger.lock(s, holds=[hold for hold in held if hold], accounts=sorted({account for one in books for account in one.of.values()}))


def hold_for_visit(
    s: Step, visit: UUID, *, helper: UUID, receiver: UUID | None, place: str, minutes: int, rules: HourRules, kin: bool = False,
    expires_at: datetime | None = None,
) -> None:  # fmt: skip
    """Hold what a visit of `minutes` (the estimate) can come to at most: the receiver's own hours first, the pool for the rest.

    `kin`: the two are next of kin; then nothing is held or credited unless `rules.count_own_kin`. Held until `expires_at` (default:
    `rules.hold_days` from now). Never refused for lack of hours. Raises Refused(SAME_ACCOUNT) where somebody would help themselves,
    Refused(STATE_FORBIDS) where hours are held or posted for the visit already.
    """
    if helper == receiver:
        raise Refused(Refusal.SAME_ACCOUNT)
    last = _latest(visit)
    if last is not None and last.state in {State.HELD, State.POSTED}:
        raise Refused(Refusal.STATE_FORBIDS)
    counts = rules.count_own_kin or not kin
    row = VisitHours.objects.create(
        visit=visit, round=last.round + 1 if last else 1, helper=helper, receiver=receiver, place_code=place, counts=counts,
        state=State.HELD, recorded_at=s.now,
    )  # fmt: skip
    wanted = counted(most_minutes(minutes, rules.claims_share_ppm), rules) if counts else 0
    if not wanted:
        return
    books = _books(s, helper=helper, receiver=receiver, place=place, rules=rules)
    until = expires_at or s.now + timedelta(days=rules.hold_days)
    for number, part in enumerate(_split(wanted, books.locked(s, [])).parts):
        hold = ledger.hold(
            s, debit=books.of[part.debit], credit=books.of[part.credit], amount=part.minutes, expires_at=until, reason="visit",
            about=f"{VISIT}{visit}", key=f"{VISIT}{visit}:{row.round}:hold:{number}",
        )  # fmt: skip
        VisitPart.objects.create(hours=row, hold=hold, debit=part.debit, credit=part.credit, minutes=part.minutes)


def post_for_visit(s: Step, visit: UUID, minutes: int, rules: HourRules) -> int:
    """Credit the helper with the minutes both agreed on; return what was credited. What was held and is not needed returns by itself.

    Where holds expired in the meantime (both confirmed very late), or the agreed minutes are more than was held, the rest is paid at
    once, the receiver's own hours first, then the pool: help that was given is never lost. Raises NotFound where no hours were ever
    held for the visit, Refused(ALREADY_CONFIRMED) where they are posted, Refused(STATE_FORBIDS) where they were given back.
    """
    row = _latest(visit)
    if row is None:
        raise NotFound
    if row.state != State.HELD:
        raise Refused(Refusal.ALREADY_CONFIRMED if row.state == State.POSTED else Refusal.STATE_FORBIDS)
    return _post(s, row, minutes, rules)


def _post(s: Step, row: VisitHours, minutes: int, rules: HourRules) -> int:
    wanted = counted(minutes, rules) if row.counts else 0
    credit, honour = 0, 0
    parts = list(row.parts.filter(hold__isnull=False).order_by("pk"))
    if wanted or parts:
        books = _books(s, helper=row.helper, receiver=row.receiver, place=row.place_code, rules=rules)
        books.locked(s, [part.hold for part in parts if part.hold])
        left, credit = _post_held(s, row, parts, wanted)
        if left:
            late = _split(left, books.locked(s, []))
            _pay(s, row, books, late.parts)
            credit, honour = credit + late.to(Side.HELPER), late.honour_minutes
    VisitHours.objects.filter(pk=row.pk, state=row.state).update(
        state=State.POSTED, posted_minutes=credit, honour_minutes=honour, ended_at=s.now
    )
    return credit


def _post_held(s: Step, row: VisitHours, parts: list[VisitPart], wanted: int) -> tuple[int, int]:
    """Post the live holds as far as they are needed, void the others; return the minutes left to pay and those the helper got."""
    known = _living(s, [part.hold for part in parts if part.hold])
    left, credit = wanted, 0
    for part in parts:
        assert part.hold is not None
        if known[part.hold].state is not HoldState.OPEN:
            continue
        key = f"{VISIT}{row.visit}:{row.round}:end:{part.pk}"
        amount = min(left, part.minutes)
        if not amount:
            ledger.void(s, part.hold, reason="unused", key=key)
            continue
        transfer = ledger.post(s, part.hold, amount=amount, key=key)
        VisitPart.objects.filter(pk=part.pk, transfer=None).update(transfer=transfer, posted_minutes=amount)
        left -= amount
        credit += amount if part.credit == Side.HELPER else 0
    return left, credit


def _living(s: Step, ids: list[UUID]) -> dict[UUID, ledger_reads.HoldCard]:
    """Return locked holds as they stand now: those whose time is over have expired."""
    known = ledger_reads.holds(ids)
    if any(hold.state is HoldState.OPEN and hold.expires_at <= s.now for hold in known.values()):
        ledger.expire_due(s, holds=ids)
        known = ledger_reads.holds(ids)
    return known


def _pay(s: Step, row: VisitHours, books: _Books, parts: tuple[Part, ...]) -> None:
    for number, part in enumerate(parts):
        transfer = ledger.transfer(
            s, debit=books.of[part.debit], credit=books.of[part.credit], amount=part.minutes, reason="visit", about=f"{VISIT}{row.visit}",
            key=f"{VISIT}{row.visit}:{row.round}:pay:{number}",
        )  # fmt: skip
        VisitPart.objects.create(
            hours=row, transfer=transfer, debit=part.debit, credit=part.credit, minutes=part.minutes, posted_minutes=part.minutes
        )


def void_for_visit(s: Step, visit: UUID, reason: str = "cancelled") -> None:
    """Give back what is held for a visit that will not be credited; where nothing is held, nothing happens. `reason` is a code ([a-z_])."""
    row = _latest(visit)
    if row is None or row.state != State.HELD:
        return
    parts = [(part.pk, part.hold) for part in row.parts.order_by("pk") if part.hold]
    ids = [hold for _, hold in parts]
    ledger.lock(s, holds=ids)
    known = _living(s, ids)
    for pk, hold in parts:
        if known[hold].state is HoldState.OPEN:
            ledger.void(s, hold, reason=reason, key=f"{VISIT}{visit}:{row.round}:end:{pk}")
    VisitHours.objects.filter(pk=row.pk, state=State.HELD).update(state=State.VOIDED, ended_at=s.now)


def correct_visit(s: Step, visit: UUID, minutes: int, rules: HourRules) -> int:
    """Correct a visit's hours to `minutes`: reverse what was posted, pay anew (0: nothing); return what the helper is credited with now.

    Works from every state: held hours are posted, voided ones paid. What the helper has spent already they owe: their book goes below zero
    by it and comes back as they earn. What returns to the receiver is theirs even where it lifts a full book over its cap. Raises NotFound.
    """
    row = _latest(visit)
    if row is None:
        raise NotFound
    if row.state == State.HELD:
        return _post(s, row, minutes, rules)
    books = _books(s, helper=row.helper, receiver=row.receiver, place=row.place_code, rules=rules)
    if row.state == State.POSTED:
        _take_back(s, row, books)
    anew = VisitHours.objects.create(
        visit=visit, round=row.round + 1, helper=row.helper, receiver=row.receiver, place_code=row.place_code, counts=row.counts,
        state=State.HELD, recorded_at=s.now,
    )  # fmt: skip
    credit = _post(s, anew, minutes, rules)
    for side, sums in books.locked(s, []).items():
        if side is not Side.POOL:
            _limit(s, sums, rules)
    return credit


def reverse_visit(s: Step, visit: UUID, rules: HourRules) -> None:
    """Take all of a visit's hours back: `correct_visit` to nothing."""
    correct_visit(s, visit, 0, rules)


def _take_back(s: Step, row: VisitHours, books: _Books) -> None:
    """Reverse every transfer of a posted round, opening the limits of both books as far as that needs."""
    for part in row.parts.filter(transfer__isnull=False).order_by("pk"):
        assert part.transfer is not None
        assert part.posted_minutes is not None
        sums = books.locked(s, [])
        gives, gets = sums[Side(part.credit)], sums[Side(part.debit)]
        if gives.spendable is not None and gives.spendable < part.posted_minutes:
            ledger.set_limits(s, gives.id, floor=gives.available - part.posted_minutes, cap=gives.cap)
        if gets.room is not None and gets.room < part.posted_minutes:
            ledger.set_limits(s, gets.id, floor=gets.floor, cap=gets.expected + part.posted_minutes)
        ledger.reverse(s, part.transfer, reason="correction", key=f"{VISIT}{row.visit}:{row.round}:reverse:{part.pk}")
    VisitHours.objects.filter(pk=row.pk, state=State.POSTED).update(state=State.CORRECTED, ended_at=s.now)


def seed(s: Step, person: UUID, *, place: str, minutes: int, rules: HourRules, key: str) -> UUID:
    """Give seed hours from the community's pool to a person of a special group; return the transfer.

    `key` is the caller's: the same key gives once. Raises Refused(NOT_POSITIVE), Refused(OVER_CAP) where the book has no room for them.
    """
    books = _books(s, helper=person, receiver=None, place=place, rules=rules)
    return ledger.transfer(
        s, debit=books.of[Side.POOL], credit=books.of[Side.HELPER], amount=minutes, reason="seed", about="", key=f"seed:{key}"
    )


def give(
    s: Step, giver: UUID, receiver: UUID, *, places: tuple[str, str], minutes: int, rules: tuple[HourRules, HourRules], key: str
) -> UUID:
    """Give minutes of one's own book to another's; return the transfer. `places` and `rules` are the giver's and the receiver's.

    Only what is there, not promised and no seed hours can be given: nobody gives on credit. Raises Refused(SAME_ACCOUNT, NOT_POSITIVE, OVER_LIMIT with
    the `minutes` that can be given, OVER_CAP where the receiver's book has no room).
    """
    if giver == receiver:
        raise Refused(Refusal.SAME_ACCOUNT)
    source, target = (open_book(s, person, place, rule) for person, place, rule in zip((giver, receiver), places, rules, strict=True))
    _require_own(s, source, target, minutes)
    return ledger.transfer(s, debit=source, credit=target, amount=minutes, reason="gift", about="", key=f"gift:{key}")


def donate(s: Step, giver: UUID, *, place: str, minutes: int, rules: HourRules, key: str) -> UUID:
    """Give minutes of one's own book to the community's pool; return the transfer. Raises as `give`."""
    books = _books(s, helper=giver, receiver=None, place=place, rules=rules)
    source, target = books.of[Side.HELPER], books.of[Side.POOL]
    _require_own(s, source, target, minutes)
    return ledger.transfer(s, debit=source, credit=target, amount=minutes, reason="donation", about="", key=f"donation:{key}")


def _require_own(s: Step, source: UUID, target: UUID, minutes: int) -> None:
    sums = ledger.lock(s, accounts=[source, target])[source]
    reasons = ledger_reads.turnover(source, since=s.now)
    seeds, visits = (reasons.get(reason, ledger_reads.Turnover()) for reason in ("seed", "visit"))
    own = givable(sums.available, sums.debits_pending, seeds.came, visits.went)
    if minutes > own:
        raise Refused(Refusal.OVER_LIMIT, field="minutes", minutes=own)
