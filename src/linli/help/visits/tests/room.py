"""The cast of the visits' tests, and short words for what they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from linli.help.visits import reads, verbs
from linli.help.visits.core import Way
from linli.kernel.actor import Actor
from linli.kernel.tests.fakes import FakeStep

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
HOME = "440104001001"
STAIRS = HOME + "01003"
LI, WANG, WU, CHEN, ZHOU = (UUID(int=n) for n in range(1, 6))  # asks · helps · helps too · works here · looks on
WINDOW, EARLY, TRIES = 5, 30, 6
SHARE, GAP = 250_000, 15


@dataclass
class Room:
    """Time passes only when told; every step is kept."""

    now: datetime = NOW
    steps: list[FakeStep] = field(default_factory=list)

    def step(self, who: UUID | None = CHEN) -> FakeStep:
        """Return a step of somebody now."""
        actor = Actor.of_person(who, home=HOME) if who else Actor.system("clock")
        self.steps.append(FakeStep(actor, self.now))
        return self.steps[-1]

    def wait(self, **span: int) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def offer(self, need: int = 1, helper: UUID = WANG, *, resident: UUID | None = LI, starts: int = 60, minutes: int = 40) -> UUID:
        """Offer a need that begins in `starts` minutes."""
        begins = self.now + timedelta(minutes=starts)
        new = verbs.NewOffer(
            UUID(int=1000 + need),
            helper,
            resident,
            "medicine",
            STAIRS,
            begins,
            minutes,
            12,
            3,
            (("walk", 3),),
            self.now + timedelta(minutes=30),
        )
        made = verbs.offer(self.step(), new)
        assert made is not None
        return made

    def book(self, need: int = 1, helper: UUID = WANG, *, resident: UUID | None = LI, starts: int = 60, minutes: int = 40) -> UUID:
        """Offer and accept."""
        made = self.offer(need, helper, resident=resident, starts=starts, minutes=minutes)
        return verbs.accept(self.step(helper), made, starts_at=reads.offer(made).starts_at).id

    def arrive(self, visit: UUID) -> None:
        """Come at the time and check in with the number shown."""
        row = reads.visit(visit)
        self.now = max(self.now, row.starts_at)
        code = reads.code_for(visit, self.now, window_minutes=WINDOW).code
        verbs.check_in(self.step(row.helper), visit, code, window_minutes=WINDOW, early_minutes=EARLY, tries_max=TRIES)

    def leave(self, visit: UUID, *, after: int = 40) -> None:
        """Stay for `after` minutes, then check out with nothing on the list."""
        self.wait(minutes=after)
        verbs.check_out(self.step(reads.visit(visit).helper), visit, items=0)

    def done(self, need: int = 1, helper: UUID = WANG) -> UUID:
        """Take a visit as far as both can state their minutes."""
        visit = self.book(need, helper)
        self.arrive(visit)
        self.leave(visit)
        return visit

    def claim(self, visit: UUID, side: str, minutes: int, *, way: Way = Way.SELF, by: UUID | None = None) -> verbs.Claimed:
        """State one side's minutes."""
        who = by or (reads.visit(visit).helper if side == "helper" else LI)
        return verbs.claim(self.step(who), visit, minutes, side=side, way=way, share_ppm=SHARE, gap_minutes=GAP)

    def state(self, visit: UUID) -> str:
        """Return where a visit stands."""
        return reads.visit(visit).state.value
