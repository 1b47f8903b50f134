"""A signing key of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def key_folder(tmp_path: Path, settings: Settings) -> Path:
    """Give each test a key folder of its own."""
    settings.LINLI_MASTER_KEY_FILE = tmp_path / "keys" / "master"
    return tmp_path / "keys"
