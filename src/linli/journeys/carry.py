"""Carrying in quarters from records kept elsewhere: a table is looked at first, line by line, and carried in as a whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.ground.people.core import permits
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import judge
from linli.journeys.judge import COMMUNITY_DIGITS, LOOK_BACK_QUARTERS
from linli.kernel.actor import Actor
from linli.kernel.errors import NotAllowed, Refusal, Refused
from linli.kernel.quarter import Quarter, closed_before
from linli.sight.facts import reads as facts_reads
from linli.sight.warnings import reads as warnings_reads
from linli.sight.warnings.lines import Fault, Line, Wrong, read
from linli.sight.warnings.verbs import Carried

ACTION = "quarter.carry_in"


@dataclass(frozen=True, slots=True)
class Looked:
    """One line that could be carried in. `known`: it was already, with the same figures; `own`: ratings this system has of that quarter,
    to which it would be added; `old`: so long ago that no verdict looks back to it.
    """

    line: Line
    known: bool
    own: int
    old: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What a table would carry in, and every fault in it, in order of lines; `empty` lines have no numbers."""

    lines: tuple[Looked, ...]
    faults: tuple[Fault, ...]
    empty: int

    @property
    def fresh(self) -> int:
        """Return how many quarters would be new."""
        return sum(not row.known for row in self.lines)


def look(actor: Actor, place: str, text: str) -> Look:
    """Look at a table of quarters of communities at or below `place`, as the city; nothing is written. Raises NotAllowed."""
    if not permits(actor, ACTION, place):
        raise NotAllowed(ACTION)
    told, moment = read(text), now()
    inside = frozenset(places.codes_below(place, places.COMMUNITY)) if len(place) < COMMUNITY_DIGITS else frozenset({place})
    first = min((line.quarter for line in told.lines), default=Quarter.at(moment))
    before = {(row.place, row.quarter): (row.hits, row.n) for row in warnings_reads.carried(place, first)} if told.lines else {}
    faults = list(told.faults)
    good = []
    for line in told.lines:
        wrong = _wrong(line, inside, before, moment)
        if wrong is None:
            good.append(line)
        else:
            typed = line.place if wrong is Wrong.PLACE_UNKNOWN else line.quarter.code()
            faults.append(Fault(line.number, "place" if wrong is Wrong.PLACE_UNKNOWN else "quarter", wrong, typed))
    last = max((line.quarter for line in good), default=first)
    own = facts_reads.ratings_by_quarter(place, first.begins(), last.ends()) if good else {}
    oldest = closed_before(moment, LOOK_BACK_QUARTERS)[0]
    rows = tuple(
        Looked(
            line, (line.place, line.quarter) in before, own[line.place, line.quarter.first_day()].n if (line.place, line.quarter.first_day()) in own else 0,
            line.quarter < oldest,
        )
        for line in good
    )  # fmt: skip
    return Look(rows, tuple(sorted(faults, key=lambda fault: (fault.line, fault.column))), told.empty)


def _wrong(line: Line, inside: frozenset[str], before: dict[tuple[str, Quarter], tuple[int, int]], moment: datetime) -> Wrong | None:
    if line.place not in inside:
        return Wrong.PLACE_UNKNOWN
    if line.quarter >= Quarter.at(moment):
        return Wrong.QUARTER_OPEN
    if before.get((line.place, line.quarter), (line.hits, line.n)) != (line.hits, line.n):
        return Wrong.OTHER_BEFORE
    return None


def carry(actor: Actor, place: str, text: str, source: str, key: str) -> dict[str, Any]:
    """Carry in every line of a table with its source, or nothing; return {"quarters"}, how many are new.

    Raises NotAllowed, Refused(INPUT_MISSING) for a table without lines, Refused(ROWS_WRONG) where `look` finds a fault, and like `judge.carry_in`.
    """
    seen = look(actor, place, text)
    if seen.faults:
        raise Refused(Refusal.ROWS_WRONG, field="rows", count=len(seen.faults))
    if not seen.lines:
        raise Refused(Refusal.INPUT_MISSING, field="rows")
    rows = [Carried(row.line.place, row.line.quarter, row.line.hits, row.line.n) for row in seen.lines]
    return judge.carry_in(actor, place, rows, source, key)
