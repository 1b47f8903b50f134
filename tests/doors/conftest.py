"""One lived street for a whole file of tests: each test, and each try of a test, takes back what it did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import pytest
from django.db import transaction

from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.journeys import ground
from linli.journeys.accounts import open_account
from linli.kernel.actor import Actor, Role
from tests import cast
from tests.lived import Lived, live


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo in the database whatever the block does."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _operator(lived: Lived) -> None:
    """Put somebody on the street who keeps the machines running and is nobody's neighbour."""
    street, system = lived.street, Actor.system("operator")
    made = ground.enter_resident(system, ground.ResidentForm("运维小唐", cast.OTHER, "+8610090000019"), street.key())
    street.people["operator"] = UUID(made["person"])
    open_account(system, street.people["operator"], None, street.key())
    ground.grant_post(system, street.people["operator"], Role.OPERATOR, "", street.key())


@pytest.fixture(scope="module")
def _stands(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[tuple[Lived, datetime]]:
    with django_db_blocker.unblock(), taken_back():  # type: ignore[attr-defined]
        lived = live(cast.settle())
        _operator(lived)
        yield lived, now()


@pytest.fixture
def standing(_stands: tuple[Lived, datetime], db: None) -> Lived:
    """The lived street of this file, as if nobody had touched it."""
    lived, moment = _stands
    steps.move_clock(to=moment, speed=0)
    return lived
