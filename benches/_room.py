"""Where a bench runs: a PostgreSQL cluster of its own in a temporary folder, durable like a real one, gone afterwards.

Importing this module sets the surroundings and reads Django's settings, so that the bench can import journeys below it; the processes of
its clients inherit them. A guard, a small process that waits for the end of its standard input, stops the cluster and removes the folder
whatever ends the bench.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection, connections

from benches._frame import check, note
from linli.doors.commands.cluster import DATABASE, ROLE, Cluster
from linli.trust.evidence import keys

FOLDER = "LINLI_BENCH_FOLDER"  # set by the bench, inherited by its clients
BARE = "linli_bare"  # what every size begins with
GUARD: list[subprocess.Popen[bytes]] = []
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def _begin() -> None:
    """Set the surroundings before Django's settings are read."""
    if FOLDER not in os.environ:
        # Below /var/tmp and open to walk through: the server's own user must reach it when a bench runs as root.
        folder = Path(tempfile.mkdtemp(prefix="linli-bench-", dir="/var/tmp"))
        folder.chmod(0o711)
        for name in [name for name in os.environ if name.startswith("LINLI_")]:
            del os.environ[name]
        # The test clock is allowed so that visits can be prepared in the past; nothing moves it while something is measured.
        os.environ |= {FOLDER: str(folder), "LINLI_DATA": str(folder), "LINLI_CLOCK": "test", "LINLI_LOG_LEVEL": "warning"}
        # Its own session, so that Ctrl-C does not reach the guard before its work.
        command = [sys.executable, "-m", "benches._guard", str(folder)]
        GUARD.append(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True))
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.doors.site.settings"
    django.setup()


@contextmanager
def cluster(furnish: Callable[[], object] = lambda: None) -> Iterator[Cluster]:
    """Have a durable cluster while the body runs; all of it is gone afterwards.

    Every `fresh` database in it begins with the tables of this version and what `furnish` puts there.
    """
    own = Cluster(Path(os.environ[FOLDER]))
    note("starting a PostgreSQL cluster of its own")
    try:
        own.start()
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            for name in DURABLE:
                cursor.execute(f"SHOW {name}")
                check(cursor.fetchone()[0] == "on", f"{name} is off: nothing measured like this would be true")
        furnish()
        connections.close_all()
        with own.connect("postgres", admin=True) as admin:
            admin.execute(f"ALTER DATABASE {DATABASE} RENAME TO {BARE}".encode())
        yield own
    finally:
        connections.close_all()
        for guard in GUARD:
            guard.communicate(timeout=90)


@contextmanager
def fresh(own: Cluster) -> Iterator[None]:
    """Have a database while the body runs as each size begins with one."""
    connections.close_all()
    Path(os.environ["LINLI_DATA"], "keys", keys.LAST_NAME).unlink(
        missing_ok=True
    )  # what the log of the size before signed is none of this one's
    with own.connect("postgres", admin=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE {BARE}".encode())
    try:
        yield
    finally:
        connections.close_all()


def settle_down(own: Cluster) -> None:
    """Write down what waits in memory and gather statistics, so that a run does not pay for the one before."""
    with own.connect(DATABASE, admin=True) as admin:
        # Not of empty tables: one known to be empty is read from end to end, and plans kept by a connection go on so as it fills.
        filled = admin.execute("SELECT format('%I', relname) FROM pg_stat_user_tables WHERE n_live_tup > 0").fetchall()
        for (name,) in filled:
            admin.execute(f"VACUUM (ANALYZE) {name}".encode())
        admin.execute("CHECKPOINT")


_begin()
