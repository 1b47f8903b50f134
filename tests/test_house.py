"""The contracts of the house can break: each deliberate breach, written into a copy, is caught by the contract that guards it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey

ROOT = Path(__file__).resolve().parents[1]

# (file in the package, bad line, name of the contract that must break)
BREACHES = [
    ("doors/resident/breach.py", "from linli.help.needs import verbs", "only journeys, exchange and the rooms on the ledger call verbs"),
    ("doors/worker/breach.py", "from linli.help.needs import models", "journeys, exchange, doors and stage open no models; doors and stage no cores"),
    ("doors/city/breach.py", "from linli.sight.wellbeing import core", "doors and stage decide nothing"),
    ("journeys/breach.py", "from linli.help.visits import models", "journeys, exchange, doors and stage open no models; doors and stage no cores"),
    ("help/needs/breach.py", "from linli.help.visits import reads", "rooms of help do not know each other"),
    ("help/needs/breach.py", "from linli.value.ledger import reads", "the house stands: doors over stage over journeys over wings over ground over kernel"),
    ("help/needs/breach.py", "from linli.journeys import corridor", "the house stands: doors over stage over journeys over wings over ground over kernel"),
    ("help/visits/breach.py", "from linli.ground.people import models", "ground is read, not opened"),
    ("help/matching/core/pairs.py", "import django.db", "cores and kernel are pure"),
    ("kernel/breach.py", "from linli.ground.places import reads", "the house stands: doors over stage over journeys over wings over ground over kernel"),
    ("value/timebank/breach.py", "from linli.value.ledger import models", "the ledger is used by its verbs and reads"),
    ("value/ledger/breach.py", "from linli.value.timebank import reads", "time bank and funds stand on the ledger"),
    ("ground/places/breach.py", "from linli.ground.people import reads", "people over policy over places; steps apart"),
    ("stage/breach.py", "from linli.help.needs import verbs", "only journeys, exchange and the rooms on the ledger call verbs"),
    ("sight/facts/breach.py", "from linli.sight.wellbeing import reads", "rooms of sight do not know each other"),
    ("trust/voice/breach.py", "from linli.trust.evidence import reads", "rooms of trust do not know each other"),
]  # fmt: skip


def lint(folder: Path) -> str:
    """Return what the contract checker prints for the package in `folder`."""
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "tests", "locale", "static", "data"))
    shutil.copy(ROOT / ".importlinter", folder / ".importlinter")
    return folder


def test_the_house_stands(copy: Path) -> None:
    said = lint(copy)
    assert "0 broken" in said, said


@pytest.mark.parametrize(("file", "line", "contract"), BREACHES)
def test_a_breach_is_caught(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / "src" / "linli" / file
    before = path.read_text() if path.exists() else None
    path.write_text((before or '"""A breach."""\n\n') + f"\n{line}\n")
    try:
        said = lint(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)
    assert f"{contract} BROKEN" in " ".join(said.split()), said


# A foreign key that leaves its room must stand here with its reason.
LISTED: set[tuple[str, str]] = set()
OUTSIDE = {"contenttypes", "auth", "sessions"}


def test_foreign_keys_stay_in_their_room() -> None:
    for model in apps.get_models():
        room = model._meta.app_label
        if room in OUTSIDE:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey):
                other = field.related_model._meta.app_label
                assert other == room or (room, other) in LISTED, f"{model.__name__}.{field.name} leaves {room} for {other}"


def test_every_room_has_its_furniture() -> None:
    package = ROOT / "src" / "linli"
    rooms = [p.parent for wing in ("ground", "help", "value", "trust", "sight") for p in (package / wing).glob("*/__init__.py")]
    assert len(rooms) >= 14
    for room in rooms:
        assert (room / "README.md").exists(), f"{room.name} has no README"
        assert (room / "core.py").exists() or (room / "core").is_dir(), f"{room.name} has no core"
        assert (room / "__init__.py").read_text().strip() == "", f"{room.name} hands something on"
        if room.name not in {"forecast", "rollup"}:  # rooms without tables
            assert all((room / f"{name}.py").exists() or (room / name).is_dir() for name in ("models", "verbs", "reads")), room.name
