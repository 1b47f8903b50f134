"""Fixtures of the stories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import cast, serving
from tests import lived as lived_street


@pytest.fixture
def street(db: None) -> cast.Street:
    """The cast on one real street, inside the test's transaction."""
    return cast.settle()


@pytest.fixture
def living_street(transactional_db: None) -> cast.Street:
    """The cast on one real street, committed: for threads, other processes and racing steps."""
    return cast.settle()


@pytest.fixture
def lived(street: cast.Street) -> lived_street.Lived:
    """The street after some days: every page has something to show."""
    return lived_street.live(street)


@pytest.fixture
def served() -> Iterator[serving.Served]:
    """A data folder of its own for real processes."""
    with serving.served_folder() as own:
        yield own
