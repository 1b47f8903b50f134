"""What a journey is held against: pgbench's TPC-B on the same server in the same run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benches._frame import BenchFailed, Size, note
from linli.doors.commands.cluster import ROLE, Cluster
from linli.doors.site.secrets import database_password

DATABASE = "tpcb"
SCALES = {Size.SMALL: 1, Size.CITY: 50, Size.FULL: 50}
SECONDS = {Size.SMALL: 1, Size.CITY: 10, Size.FULL: 30}
MISSING = "pgbench is not there, so nothing is held against TPC-B: sudo apt-get install postgresql"


@dataclass(frozen=True, slots=True)
class Tpcb:
    """A filled TPC-B database and the program that runs it."""

    program: str
    cluster: Cluster
    scale: int
    clients: int
    seconds: int

    @property
    def named(self) -> str:
        """Return what figures are held against, in words."""
        return f"pgbench TPC-B, scale {self.scale}, {self.clients} clients"

    def per_second(self) -> float:
        """Run it once; return transactions a second, connecting left out. Raises BenchFailed."""
        said = _run(self.program, self.cluster, "-n", f"-c{self.clients}", "-j2", f"-T{self.seconds}")
        found = re.search(r"tps = ([0-9.]+)", said)
        failed = re.search(r"number of failed transactions: (\d+)", said)
        if found is None or (failed is not None and failed[1] != "0"):
            raise BenchFailed(f"pgbench: {said[-400:]}")
        return float(found[1])


def program(beside: Path) -> str | None:
    """Return pgbench: the one beside the server's programs, else one on the path or of an installed server; None where there is none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)
    for path in (beside / "pgbench", *installed):
        if os.access(path, os.X_OK):
            return str(path)
    return shutil.which("pgbench")


def _run(pgbench: str, cluster: Cluster, *arguments: str) -> str:
    command = [pgbench, "-h", str(cluster.socket), "-U", ROLE, *arguments, DATABASE]
    password = database_password(cluster.data)
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | ({"PGPASSWORD": password} if password else {})
    )
    if ran.returncode:
        raise BenchFailed(f"pgbench: {ran.stderr.strip()[-400:]}")
    return ran.stdout


def fill(cluster: Cluster, size: Size, clients: int) -> Tpcb | None:
    """Make and fill the TPC-B database; None, with a word on how to install it, where pgbench is not there."""
    found = program(cluster.programs().folder)
    if found is None:
        note(MISSING)
        return None
    note(f"filling TPC-B at scale {SCALES[size]}")
    with cluster.connect("postgres", admin=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}".encode())
    _run(found, cluster, "-i", "-q", "-s", str(SCALES[size]))
    return Tpcb(found, cluster, SCALES[size], clients, SECONDS[size])
