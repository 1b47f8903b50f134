"""Fixtures of the stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import cast, serving
from tests.lived import Lived
from tests.stand import STAND


@pytest.fixture
def street(db: None) -> cast.Street:
    """The cast on one real street, inside the test's transaction."""
    return cast.settle()


@pytest.fixture
def living_street(transactional_db: None) -> cast.Street:
    """The cast on one real street, committed: for threads, other processes and racing steps."""
    return cast.settle()


@pytest.fixture
def _stand(django_db_setup: None, django_db_blocker: Any) -> Lived:
    return STAND.enter(django_db_blocker)


@pytest.fixture
def lived(_stand: Lived, db: None) -> Lived:  # in this order: the test's own savepoint lies within the street's transaction
    """The street after some days: every page has something to show. It stands for the tests in a row that want it."""
    return _stand


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Function | None) -> None:
    """Take the street down before a test that does not look at it, and at the end."""
    if nextitem is None or "lived" not in nextitem.fixturenames:
        STAND.leave()


@pytest.fixture
def served() -> Iterator[serving.Served]:
    """A data folder of its own for real processes."""
    with serving.served_folder() as own:
        yield own
