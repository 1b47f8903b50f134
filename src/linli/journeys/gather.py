"""Gathering facts: what the rooms say happened in a time, and what stands on their registers, told as figures count it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from linli.ground.people import happened as people
from linli.ground.places import reads as places
from linli.ground.policy import reads as policies
from linli.ground.policy.core import day_of
from linli.help.needs import happened as needs
from linli.help.needs.catalogue import catalogue
from linli.help.needs.core import State
from linli.help.needs.happened import NeedNow
from linli.help.supply import happened as supply
from linli.help.visits import happened as visits
from linli.help.visits.happened import VisitNow
from linli.kernel.disclosure import Group
from linli.sight.facts import reads as facts
from linli.sight.facts.core import FactIn, FactKind, Stock
from linli.sight.warnings import happened as warnings
from linli.trust.evidence import happened as evidence
from linli.trust.voice import happened as voice
from linli.trust.voice import reads as ratings
from linli.trust.voice.core import is_good
from linli.value.timebank import happened as hours

K = FactKind
# What each turn of a need or visit is to figures.
NEED_TURNS = {
    "withdraw": K.NEED_WITHDRAWN, "refer": K.NEED_REFERRED, "reopen": K.NEED_REOPENED, "escalate": K.NEED_ESCALATED,
    "dispatch": K.NEED_DISPATCHED,
}  # fmt: skip
VISIT_TURNS = {
    "no_show": K.NO_SHOW, "cancel": K.VISIT_CANCELLED, "dispute": K.VISIT_DISPUTED, "settle": K.VISIT_SETTLED, "correct": K.VISIT_CORRECTED,
}  # fmt: skip
GROUP_STOCKS = {
    Group.ALONE: (Stock.GROUP_ALONE, Stock.PAIRED_ALONE),
    Group.DISABLED: (Stock.GROUP_DISABLED, Stock.PAIRED_DISABLED),
    Group.CHILD: (Stock.GROUP_CHILD, Stock.PAIRED_CHILD),
    Group.LOW_INCOME: (Stock.GROUP_LOW_INCOME, Stock.PAIRED_LOW_INCOME),
}


def gather(start: datetime, end: datetime) -> Iterator[FactIn]:
    """Yield the facts of what changed in [start, end): each with its own reference, so that gathering twice counts once."""
    for need in needs.changed(start, end):
        yield from _need(need)
    yield from _need_turns(start, end)
    yield from _offers(start, end)
    tolerance = policies.policy("", day_of(end)).minutes("punctual_minutes")
    for visit in visits.changed(start, end):
        yield from _visit(visit, tolerance)
    for turn in visits.turns(start, end, tuple(VISIT_TURNS)):
        about = f"visit:{turn.visit}:{turn.number}"
        yield FactIn(VISIT_TURNS[turn.event], about, turn.community, True, turn.at, service=turn.service, subject=turn.helper)
    yield from _helpers(start, end)
    yield from _bookings(start, end)
    yield from _hours(start, end)
    yield from _voice(start, end)
    yield from _data(start, end)
    yield from _warnings(start, end)


def minutes_between(start: datetime, end: datetime) -> int:
    """Return whole minutes from `start` to `end`, the rest left off; negative where they stand the wrong way round."""
    return (end - start) // timedelta(minutes=1)


def _need(need: NeedNow) -> Iterator[FactIn]:
    # A need that was opened again is answered and handled anew: each round counts by itself, from its own beginning.
    first = f"need:{need.id}"
    about = f"{first}:{need.round}" if need.round else first
    common = {"service": need.service, "group": need.group, "channel": need.channel, "tag": "urgent" if need.urgent else ""}
    yield FactIn(K.NEED_ASKED, first, need.community, True, need.asked_at, **common)  # type: ignore[arg-type]
    if need.asker is not None:
        yield FactIn(K.TOOK_PART, first, need.community, True, need.asked_at, subject=need.asker, tag="asked")
    if need.answered_at is not None and need.answered_in_time is not None:
        waited = minutes_between(need.began_at, need.answered_at)
        kinds = [K.NEED_ANSWERED, *([K.CARE_ANSWERED] if need.urgent or need.group else [])]
        for kind in kinds:
            yield FactIn(kind, about, need.community, need.answered_in_time, need.answered_at, waited, **common)  # type: ignore[arg-type]
    if need.ended_at is not None and need.handled_in_time is not None and need.state is not State.WITHDRAWN:
        took = minutes_between(need.began_at, need.ended_at)
        met = need.state is State.CLOSED
        yield FactIn(K.NEED_ENDED, about, need.community, met, need.ended_at, took, **common)  # type: ignore[arg-type]
        yield FactIn(K.NEED_HANDLED, about, need.community, need.handled_in_time, need.ended_at, took, **common)  # type: ignore[arg-type]


def _need_turns(start: datetime, end: datetime) -> Iterator[FactIn]:
    for turn in needs.turns(start, end, tuple(NEED_TURNS)):
        yield FactIn(
            NEED_TURNS[turn.event], f"need:{turn.need}:{turn.number}", turn.community, True, turn.at, service=turn.service,
            group=turn.group, channel=turn.channel, tag=turn.level,
        )  # fmt: skip
    for row in needs.objections(start, end):
        about = f"need:{row.need}:{row.id}"
        yield FactIn(K.OBJECTION_MADE, about, row.community, True, row.made_at, service=row.service)
        if row.settled_at is not None:
            took, tag = minutes_between(row.made_at, row.settled_at), "in_time" if row.in_time else "late"
            yield FactIn(K.OBJECTION_SETTLED, about, row.community, row.upheld, row.settled_at, took, row.service, tag=tag)


def _offers(start: datetime, end: datetime) -> Iterator[FactIn]:
    for offer in visits.offers(start, end):
        waited, accepted = minutes_between(offer.made_at, offer.ended_at), offer.state.value == "accepted"
        yield FactIn(
            K.OFFER_ENDED, f"need:{offer.need}:{offer.id}", offer.community, accepted, offer.ended_at, waited, offer.service, offer.helper,
            tag=offer.state.value,
        )  # fmt: skip


def _visit(visit: VisitNow, tolerance_minutes: int) -> Iterator[FactIn]:
    about, place, service = f"visit:{visit.id}", visit.community, visit.service
    yield FactIn(K.VISIT_BOOKED, about, place, True, visit.booked_at, service=service, subject=visit.helper)
    if visit.checked_in_at is not None:
        late = max(0, minutes_between(visit.starts_at, visit.checked_in_at))
        yield FactIn(
            K.CHECKED_IN, about, place, late <= tolerance_minutes, visit.checked_in_at, late, service, visit.helper, tag=visit.check_in_way
        )
    if visit.done_at is None:
        return
    whole = visit.ticked >= len(catalogue()[service].checklist)
    yield FactIn(K.VISIT_DONE, about, place, whole, visit.done_at, visit.minutes or 0, service, visit.helper)
    if visit.resident_way:
        yield FactIn(K.CONFIRMED, about, place, True, visit.done_at, service=service, tag=visit.resident_way)
    for person, tag in ((visit.helper, "helped"), (visit.resident, "asked")):
        if person is not None:
            yield FactIn(K.TOOK_PART, f"visit:{visit.id}:{person}", place, True, visit.done_at, subject=person, tag=tag)


def _helpers(start: datetime, end: datetime) -> Iterator[FactIn]:
    for person, community, at in supply.joined(start, end):
        yield FactIn(K.HELPER_JOINED, f"helper:{person}", community, True, at, subject=person)
    for number, person, community, kind, at in supply.certified(start, end):
        yield FactIn(K.CERTIFIED, f"certificate:{number}", community, True, at, subject=person, tag=kind)


def _bookings(start: datetime, end: datetime) -> Iterator[FactIn]:
    for row in supply.bookings_ended(start, end):
        out = minutes_between(row.began_at, row.ended_at) if row.began_at is not None else 0
        yield FactIn(
            K.BOOKING_ENDED, f"booking:{row.id}", row.community, row.took_place, row.ended_at, max(0, out), group=row.group,
            channel=row.channel, tag="returned" if row.took_place else row.event,
        )  # fmt: skip


def _hours(start: datetime, end: datetime) -> Iterator[FactIn]:
    for row in hours.rounds(start, end):
        about = f"visit:{row.visit}:{row.round}"
        if row.held_minutes:
            yield FactIn(K.HOURS_HELD, about, row.community, True, row.began_at, row.held_minutes)
        if row.ended_at is None:
            continue
        if row.state in {"posted", "corrected"}:
            # A corrected round was posted when it began to count; what was taken back stands beside it.
            yield FactIn(K.HOURS_POSTED, about, row.community, True, row.ended_at, row.posted_minutes)
        if row.honour_minutes:
            yield FactIn(K.HOURS_HONOUR, about, row.community, True, row.ended_at, row.honour_minutes)
        if row.state == "voided":
            yield FactIn(K.HOURS_RETURNED, about, row.community, True, row.ended_at, row.held_minutes)
        if row.state == "corrected":
            yield FactIn(K.HOURS_CORRECTED, about, row.community, True, row.ended_at, row.posted_minutes)
    for moved in hours.seeded(start, end):
        yield FactIn(K.HOURS_SEEDED, f"transfer:{moved.id}", moved.community, True, moved.at, moved.amount)


def _voice(start: datetime, end: datetime) -> Iterator[FactIn]:
    for rating in ratings.given_between(start, end):
        good = is_good(rating.stars)
        yield FactIn(K.RATED, f"visit:{rating.visit}", rating.place[:12], good, rating.at, rating.stars, rating.service)
    for row in voice.rectifications(start, end):
        about = f"visit:{row.visit}"
        yield FactIn(K.RECTIFY_OPENED, about, row.community, True, row.opened_at, service=row.service)
        if row.ended_at is not None:
            took, in_time = minutes_between(row.opened_at, row.ended_at), row.ended_at <= row.due_at
            yield FactIn(K.RECTIFY_ENDED, about, row.community, in_time, row.ended_at, took, row.service)
    for number, visit, community, service, at in voice.rejected(start, end):
        yield FactIn(K.RECTIFY_REJECTED, f"visit:{visit}:{number}", community, True, at, service=service)


def _data(start: datetime, end: datetime) -> Iterator[FactIn]:
    for row in people.consents(start, end):
        yield FactIn(K.CONSENT_GRANTED, f"consent:{row.id}", row.community, True, row.granted_at)
        if row.withdrawn_at is not None:
            yield FactIn(K.CONSENT_WITHDRAWN, f"consent:{row.id}", row.community, True, row.withdrawn_at)


def _warnings(start: datetime, end: datetime) -> Iterator[FactIn]:
    for row in warnings.changed(start, end):
        about = f"warning:{row.id}"
        yield FactIn(K.WARNING_OPENED, about, row.place, True, row.opened_at, tag=row.level)
        if row.planned_at is not None:
            in_time, took = row.planned_at <= row.plan_due_at, minutes_between(row.opened_at, row.planned_at)
            yield FactIn(K.WARNING_PLANNED, about, row.place, in_time, row.planned_at, took, tag=row.level)
        if row.closed_at is not None:
            # What went one level up ended here, but nobody closed it: if it was once told as closed, that is taken back.
            took, gone = minutes_between(row.opened_at, row.closed_at), not row.closed
            yield FactIn(K.WARNING_CLOSED, about, row.place, True, row.closed_at, took, tag=row.level, gone=gone)


def daily(start: datetime, end: datetime, promise: timedelta) -> Iterator[FactIn]:
    """Yield one fact a community and Beijing day for what comes in thousands: looks at data, evidence entries, their wait for a signature.

    [start, end) are whole days that are over. An entry that no checkpoint covers yet has waited until `end`; one written before the log
    was ever signed (while it was being set up, or in a past that was made up) waited for nobody.
    """
    signing = evidence.first_signed()
    for community, day, n in people.looks(start, end):
        yield FactIn(K.LOOKED, f"looks:{community}:{day}", community, True, _noon(day), n)
    counted: dict[tuple[str, str], tuple[int, timedelta | None]] = {}
    for entry in evidence.written(start, end):
        key = (entry.community, day_of(entry.at).isoformat())
        n, longest = counted.get(key, (0, None))
        if signing is not None and entry.at >= signing:
            longest = max(longest or timedelta(0), (entry.signed_at or end) - entry.at)
        counted[key] = (n + 1, longest)
    for (community, day), (n, longest) in counted.items():
        yield FactIn(K.EVIDENCED, f"entries:{community}:{day}", community, True, _noon(day), n)
        if longest is not None:
            waited = longest // timedelta(minutes=1)
            yield FactIn(K.SIGN_LAG, f"lag:{community}:{day}", community, longest <= promise, _noon(day), waited)


def midnight(day: date) -> datetime:
    """Return the moment a Beijing day begins."""
    return datetime.fromisoformat(f"{day.isoformat()}T00:00:00+08:00")


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+08:00")


def registers(moment: datetime) -> Iterator[FactIn]:
    """Yield what stands on the registers at `moment`: one fact a community, stock and Beijing day, told as of that day's beginning."""
    day = day_of(moment)
    at = midnight(day)
    living, sheets, specials, books = needs.live(moment), needs.sheets(), needs.specials(), hours.books()
    helpers, known = supply.register(day), people.registers(moment)
    below = places.counts_below(known)
    for community, row in known.items():
        supplied = helpers.get(community, supply.NOBODY)
        live, late = living.get(community, (0, 0))
        opened, minutes = books.get(community, (0, 0))
        grids, buildings = below.get(community, (0, 0))
        found = {
            Stock.RESIDENTS: row.residents, Stock.AGED_60: row.aged_60, Stock.AGED_80: row.aged_80, Stock.HOUSEHOLDS: row.households,
            Stock.GRIDS: grids, Stock.BUILDINGS: buildings, Stock.ACCOUNTS: row.accounts, Stock.GUARDED: row.guarded,
            Stock.WORKERS: row.workers, Stock.GRID_WORKERS: row.grid_workers, Stock.CONSENTS: row.consents,
            Stock.HELPERS: supplied.helpers, Stock.HELPERS_PAUSED: supplied.paused, Stock.HELPERS_CERTIFIED: supplied.certified,
            Stock.NEEDS_LIVE: live, Stock.NEEDS_LATE: late, Stock.SPECIALS: specials.get(community, 0),
            Stock.SHEETS: sheets.get(community, 0), Stock.BOOKS: opened, Stock.BOOK_MINUTES: max(0, minutes),
        }  # fmt: skip
        for group, stocks in GROUP_STOCKS.items():
            found |= dict(zip(stocks, row.groups.get(group, (0, 0)), strict=True))
        for stock, n in found.items():
            yield FactIn(K.STOCK, f"{stock.value}:{community}:{day.isoformat()}", community, True, at, n, tag=stock.value)


def of_the_day(start: datetime, moment: datetime) -> Iterator[FactIn]:
    """Yield what is told once a day, at the first look of a Beijing day: the registers, and the days since the last such look."""
    today = midnight(day_of(moment))
    if facts.looked_on(today):
        return
    promise = timedelta(minutes=policies.policy("", day_of(moment)).minutes("publish_minutes"))
    begin = midnight(day_of(facts.last_of(K.EVIDENCED) or start))
    yield from daily(begin, today, promise)
    yield from registers(moment)
