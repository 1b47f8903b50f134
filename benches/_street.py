"""Streets of made-up people on real communities of Guangzhou, settled as the product settles them; and what must hold afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from benches._frame import check
from linli.ground.places import reads as places
from linli.ground.places import verbs as place_verbs
from linli.ground.steps.reads import held_at, now
from linli.journeys import populate
from linli.journeys.corridor import step
from linli.journeys.ground import LOADER, import_policy
from linli.journeys.keep_record import keep_record
from linli.kernel.actor import Actor, Channel, Post, Role
from linli.trust.evidence import reads as evidence
from linli.value.ledger import reads as ledger

CITY = "4401"
PAIRS = 100  # askers of one community, each with a helper of their own: what a community of about 2,000 has open on a busy day
SERVICES = ("talk", "meal", "shopping")
SEEDED_EVERY = 4  # every fourth asker is an older person living alone, with seed hours: both ways to pay are walked
DAYS_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody who asks, somebody of the same community who helps, and the community's worker."""

    number: int
    asker: UUID
    asker_home: str
    helper: UUID
    helper_home: str
    worker: UUID
    service: str

    @property
    def community(self) -> str:
        """Return the code of the community."""
        return self.asker_home[:12]

    def ask(self) -> Actor:
        """Return the asker as an actor."""
        return Actor.of_person(self.asker, channel=Channel.WEB, posts=(), home=self.asker_home)

    def help(self) -> Actor:
        """Return the helper as an actor."""
        return Actor.of_person(self.helper, channel=Channel.WEB, posts=(Post(Role.VOLUNTEER, self.community),), home=self.helper_home)

    def work(self) -> Actor:
        """Return the community's worker as an actor."""
        return Actor.of_person(self.worker, channel=Channel.WEB, posts=(Post(Role.WORKER, self.community),), home=self.community)

    def key(self, what: str) -> str:
        """Return the form's key for one act of this pair."""
        return f"bench-{what}-{self.number:07d}"


def furnish() -> None:
    """Bring in the real places of the city and the shipped policy."""
    with held_at(now() - timedelta(days=DAYS_BEFORE)):
        with step(LOADER, None, "ground.load", {}) as s:
            place_verbs.load_divisions(s, within=(CITY,))
        import_policy()


def settle(count: int, seed: int) -> list[Pair]:
    """Settle `count` pairs, a hundred to a community, in a furnished database; the same seed settles the same."""
    rng = np.random.default_rng(seed)
    pairs: list[Pair] = []
    with held_at(now() - timedelta(days=DAYS_BEFORE)):
        for community in places.codes_below(CITY, places.COMMUNITY):
            if len(pairs) == count:
                break
            pairs += _community(community, min(PAIRS, count - len(pairs)), len(pairs), rng)
    check(len(pairs) == count, f"{count} pairs find no place in {CITY}")
    return pairs


def _community(community: str, count: int, first: int, rng: np.random.Generator) -> list[Pair]:
    houses = [
        populate.NewBuilding(f"{i + 1} 栋", 23_130_000 + int(rng.integers(0, 4_000)), 113_260_000 + int(rng.integers(0, 4_000)))
        for i in range(4)
    ]
    askers = [
        populate.NewResident(f"住户{i}", i % 4, f"{100 + i}", 1940 + i % 40, "f", group="" if i % SEEDED_EVERY else "alone")
        for i in range(count)
    ]
    helpers = [populate.NewResident(f"帮手{i}", i % 4, f"{400 + i}", 1975 + i % 20, "m", skills=SERVICES) for i in range(count)]
    worker = populate.NewResident("网格员", 0, "999", 1985, "m")
    settled = populate.settle(
        populate.Settlement(
            community, houses, [*askers, *helpers, worker], worker=2 * count, seeded=[i for i in range(count) if i % SEEDED_EVERY == 0]
        )
    )
    people, homes = settled.people, settled.homes
    services = rng.choice(SERVICES, count)
    return [
        Pair(first + i, people[i], homes[i], people[count + i], homes[count + i], people[2 * count], str(services[i])) for i in range(count)
    ]


def ask_sql(statement: str, *values: Any) -> Any:
    """Return the one value a statement answers with."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def check_books() -> None:
    """Raise BenchFailed unless all sums are zero per unit, no limit is broken, keys are unique and a replay of the book agrees."""
    sums: dict[str, int] = {}
    for row in ledger.trial_balance():
        sums[row.unit] = sums.get(row.unit, 0) + row.credits_posted - row.debits_posted
    check(set(sums.values()) <= {0}, f"the book's sums are {sums}, not zero")
    # verify replays every movement: running balances, floors and caps at each moment, unique keys, guards in place.
    check(ledger.verify() == [], "the book does not agree with its replay")


def check_record(actions: dict[str, int], kinds: dict[str, int]) -> None:
    """Raise BenchFailed unless each action was answered so often, each kind of entry was left so often, and all of it is in the tree."""
    for action, wanted in actions.items():
        answered = ask_sql("SELECT count(*) FROM steps_replay WHERE action = %s AND answer IS NOT NULL", action)
        distinct = ask_sql("SELECT count(DISTINCT (actor_ref, key)) FROM steps_replay WHERE action = %s", action)
        check(answered == distinct == wanted, f"{answered} answers of {action} under {distinct} keys, not {wanted}")
    for kind, wanted in kinds.items():
        left = ask_sql("SELECT count(*) FROM evidence_entry WHERE kind = %s", kind)
        check(left == wanted, f"{left} entries of {kind}, not {wanted}")
    keep_record()
    entries, size = ask_sql("SELECT count(*) FROM evidence_entry"), evidence.state()
    check(ask_sql("SELECT count(*) FROM evidence_waiting") == 0, "entries wait that nobody integrates")
    check(size.size == entries, f"the tree has {size.size} leaves, not {entries}")
    check(evidence.verify() == [], "the tree does not agree with its entries")
