"""The database for as long as a command runs: a server that runs already is used, otherwise the embedded one is started for the time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

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
