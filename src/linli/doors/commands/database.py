"""The database for as long as a command runs: a server that runs already is used, otherwise the embedded one is started for the time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from linli.doors.commands.cluster import Cluster
from linli.doors.site.config import config
from linli.doors.site.secrets import data_folder


@contextmanager
def database() -> Iterator[None]:
    """Have a database while the body runs. Raises ClusterError.

    Commands running side by side share the server; the last one that finds it was not `linli serve`'s stops it.
    """
    settings = config()
    if settings.database_url:
        yield
        return
    cluster = Cluster(settings.data)
    with (data_folder(settings.data) / "cluster.users").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        cluster.start()
        try:
            yield
        finally:
            connections.close_all()
            if _last_user(file.fileno()):
                cluster.stop()


def _last_user(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def steps_waiting() -> int:
    """Return how many steps the tables are behind this version."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def require_tables() -> None:
    """Raise ImproperlyConfigured where the tables are not those of this version."""
    if steps_waiting():
        raise ImproperlyConfigured("the tables are not those of this version: start `linli serve` once, it brings them up")
