"""Runs as rows: kept once, never changed, let go of; their inputs come back whole, and every tampering is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from tests.raw import refused as database_refuses

from linli.help.matching import reads, verbs
from linli.help.matching.core import choose, whatif
from linli.help.matching.core.columns import Wanted, columns
from linli.help.matching.core.outcome import Fine
from linli.help.matching.core.snapshot import BadSnapshot, Inputs, answer_of, pack, seal, unpack, unseal
from linli.help.matching.models import MatchRun
from linli.help.matching.tests.test_core import HOME, NEED, NEXT, RULES, WANG, WORTHS
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.tests.fakes import FakeStep

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
CITY = HOME[:4]
# Of three needs two can be met: nobody comes to the one in the next community.
NEEDS = [
    Wanted(replace(NEED, id=UUID(int=n), place=(NEXT if n == 9 else HOME) + "01001", skill="talk" if n == 9 else "meal"), 1)
    for n in (3, 5, 9)
]
PEOPLE = [replace(WANG, id=UUID(int=20 + n), skills=frozenset({"meal"})) for n in range(2)]


def inputs() -> Inputs:
    made = columns(NEEDS, PEOPLE, RULES, WORTHS, NOW)
    return Inputs(made.batch, Fine(), made.skills, made.communities)


def step(minutes: int = 0) -> FakeStep:
    return FakeStep(Actor.system("matcher"), NOW + timedelta(minutes=minutes))


def new(**changes: object) -> verbs.NewRun:
    given = inputs()
    outcome = choose.run(given.batch, given.fine)
    digest, sealed = seal(pack(given))
    more = [{"community": HOME, "skill": "meal", "helpers": 2, "served": 2, "waiting": 3}]
    run = verbs.NewRun(CITY, "exact-1", {"radius_metres": 1200}, 3, 2, 4, 2, outcome.value, outcome.bound, 7, 0, "w" * 64, digest, sealed, answer_of(outcome), more)  # fmt: skip
    return replace(run, **changes)  # type: ignore[arg-type]


def test_inputs_come_back_whole_and_give_the_same_answer() -> None:
    given = inputs()
    packed = pack(given)
    again = unpack(packed)
    assert pack(again) == packed
    assert (again.skills, again.communities, again.fine) == (("meal", "talk"), (HOME, NEXT), Fine())
    assert answer_of(choose.run(again.batch, again.fine)) == answer_of(choose.run(given.batch, given.fine)) == [[0, 0], [1, 1]]
    assert not any(str(w.need.id).encode() in packed for w in NEEDS)
    backwards = columns(NEEDS[::-1], PEOPLE[::-1], RULES, WORTHS, NOW)
    assert pack(Inputs(backwards.batch, Fine(), backwards.skills, backwards.communities)) == packed


def test_bytes_that_are_no_run_are_named() -> None:
    packed = pack(inputs())
    digest, sealed = seal(packed)
    assert unseal(sealed, digest) == packed
    for spoilt, says in (
        (packed[1:], "another version"), (packed + b"x", "more follows"), (packed[:-1], "cut short"), (packed.replace(b"int8", b"foo8", 1), "foo8"),
        (packed.replace(b'"slots"', b'"sluts"', 1), "should follow"),
    ):  # fmt: skip
        with pytest.raises(BadSnapshot, match=says):
            unpack(spoilt)
    with pytest.raises(BadSnapshot, match="not what was matched"):
        unseal(sealed, "0" * 64)
    with pytest.raises(BadSnapshot, match="cannot be read"):
        unseal(b"nothing", digest)


def test_what_more_helpers_would_change() -> None:
    given = inputs()
    (one,) = whatif.more(given, choose.run(given.batch, given.fine), most=3, helpers_max=5)
    assert (given.communities[one.community], given.skills[one.skill]) == (NEXT, "talk")
    assert (one.helpers, one.served, one.waiting) == (1, 1, 1)
    nobody = columns(NEEDS, [], RULES, WORTHS, NOW)
    lone = Inputs(nobody.batch, Fine(), nobody.skills, nobody.communities)
    found = whatif.more(lone, choose.run(lone.batch, lone.fine), most=3, helpers_max=1)
    assert [(one.helpers, one.served, one.waiting) for one in found] == [(1, 1, 2), (1, 1, 1)]
    assert not np.any(whatif.served(lone.batch, choose.run(lone.batch, lone.fine)))


@pytest.mark.django_db
def test_a_run_is_kept_and_never_changed() -> None:
    s = step()
    pk = verbs.keep(s, new())
    assert pk is not None
    assert s.kinds() == ["match:run"]
    (row,) = reads.last_runs(CITY)
    assert (row.id, row.needs, row.served, row.asked, row.gap_ppb) == (pk, 3, 2, 2, 0)
    assert row.more == (reads.MoreRow(HOME, "meal", 2, 2, 3),)
    kept = reads.kept(pk)
    assert kept.answer == ((0, 0), (1, 1))
    assert unpack(unseal(kept.inputs, row.inputs_digest)).communities == (HOME, NEXT)
    assert reads.last_runs("3101") == ()
    with pytest.raises(NotFound):
        reads.kept(UUID(int=1))
    with database_refuses("never changed"):
        MatchRun.objects.filter(pk=pk).update(asked=5)


@pytest.mark.django_db
def test_a_run_of_nothing_is_not_kept() -> None:
    assert verbs.keep(step(), new(needs=0)) is None
    assert verbs.keep(step(), new(answer=[], served=0)) is not None  # they wait, and nobody can be asked: that is news once
    assert verbs.keep(step(2), new(answer=[], served=0)) is None
    assert verbs.keep(step(4), new(answer=[], served=0, waiting_digest="v" * 64)) is not None
    assert verbs.keep(step(6), new()) is not None
    assert len(reads.last_runs(CITY, limit=9)) == 3


@pytest.mark.django_db
def test_old_runs_go() -> None:
    for minutes in (0, 10):
        assert verbs.keep(step(minutes), new())
    assert verbs.forget(step(20), NOW + timedelta(minutes=5)) == 1
    assert len(reads.last_runs(CITY)) == 1
