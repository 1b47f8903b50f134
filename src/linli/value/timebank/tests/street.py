"""The cast of the time bank's tests, and short words for what they do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.tests.fakes import FakeStep
from linli.value.ledger import reads as ledger_reads
from linli.value.ledger import verbs as ledger
from linli.value.timebank import reads, verbs
from linli.value.timebank.core import HourRules

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
COMMUNITY = "440104001001"
STAIRS = COMMUNITY + "01003"
LI, WANG, CHEN, ZHOU = (UUID(int=n) for n in range(1, 5))
RULES = HourRules(cap_minutes=90_000, overdraft_minutes=0, claims_share_ppm=250_000, hold_days=14)


@dataclass
class Street:
    """李奶奶 asks, 小王 helps, 陈工 coordinates, 老周 looks on; time passes only when told."""

    rules: HourRules = RULES
    now: datetime = NOW
    count: int = 0

    def step(self) -> FakeStep:
        """Return a step of 陈工 now."""
        return FakeStep(Actor.of_person(CHEN, home=COMMUNITY), self.now)

    def with_rules(self, **changed: int | bool) -> Street:
        """Change the policy."""
        self.rules = replace(self.rules, **changed)  # type: ignore[arg-type]
        return self

    def seeds(self, person: UUID, minutes: int) -> None:
        """Give seed hours."""
        self.count += 1
        verbs.seed(self.step(), person, place=STAIRS, minutes=minutes, rules=self.rules, key=f"seed-{self.count:04}")

    def hold(self, visit: int, minutes: int, *, helper: UUID = WANG, receiver: UUID | None = LI, kin: bool = False) -> None:
        """Hold for a visit."""
        verbs.hold_for_visit(
            self.step(), UUID(int=visit), helper=helper, receiver=receiver, place=STAIRS, minutes=minutes, rules=self.rules, kin=kin
        )

    def post(self, visit: int, minutes: int) -> int:
        """Credit a visit."""
        return verbs.post_for_visit(self.step(), UUID(int=visit), minutes, self.rules)

    def void(self, visit: int) -> None:
        """Give a visit's hours back."""
        verbs.void_for_visit(self.step(), UUID(int=visit))

    def correct(self, visit: int, minutes: int) -> int:
        """Correct a visit."""
        return verbs.correct_visit(self.step(), UUID(int=visit), minutes, self.rules)

    def wait(self, **span: int) -> None:
        """Let time pass; the clock gives back what has run out."""
        self.now += timedelta(**span)
        ledger.expire_due(self.step())

    def available(self, person: UUID) -> int:
        """Return a person's available minutes."""
        return reads.book(person, self.now).available_minutes

    def whole(self) -> bool:
        """Tell whether the book is whole."""
        return ledger_reads.verify() == []
