"""Databases apart: where made-up people live a trial. Made in the live database's cluster, told by their name, thrown away afterwards.

Nothing here ever names the live database in a CREATE or DROP: a name that is not a trial's is refused, and so is a process of a trial
that finds itself connected anywhere else. Whoever runs a trial holds a lock of the cluster for as long; without it what is left of one
that died is known for what it is, and the next one sweeps it away.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from linli.ground.people import reads as people

PREFIX = "linli_trial_"
NAME = re.compile(r"linli_trial_[0-9a-f]{8}_[0-9a-f]{8}_(base|run)")
MAINTENANCE = "postgres"  # the database every cluster has; databases are made and dropped from it


class NotApart(Exception):
    """Something of a trial was about to touch a database that is not a trial's."""


class Busy(Exception):
    """Another trial of this database runs: one at a time."""


def is_apart(name: str) -> bool:
    """Tell whether a database is a trial's, by its name."""
    return NAME.fullmatch(name) is not None


def require_apart() -> None:
    """Raise NotApart unless this process is connected to a trial's database in which nobody lives yet.

    The server is asked, not the settings: what counts is where statements really go.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
    if not is_apart(str(name)):
        raise NotApart(f"a trial is not lived in {name}")
    if "people_person" in connection.introspection.table_names() and people.anybody():
        raise NotApart(f"people live in {name} already")


def _mark() -> str:
    """Return what the names of this live database's trials have in common."""
    name = str(connection.settings_dict["NAME"])
    if name.startswith(PREFIX):
        raise NotApart("a trial does not begin another one")
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def reach() -> dict[str, str]:
    """Return how the cluster is reached by a trial, as libpq's variables; without the name of a database.

    In Linli's own cluster that is a role which the server does not let into the live database at all.
    """
    found = connection.settings_dict
    user = settings.LINLI_TRIAL_ROLE or found["USER"]
    rows = {"PGHOST": found["HOST"], "PGPORT": found["PORT"], "PGUSER": user, "PGPASSWORD": found["PASSWORD"]}
    return {name: str(value) for name, value in rows.items() if value}


def _connect() -> psycopg.Connection[Any]:
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    return psycopg.connect(dbname=MAINTENANCE, autocommit=True, connect_timeout=10, **{names[k]: v for k, v in reach().items()})  # type: ignore[arg-type]


@dataclass
class Apart:
    """The databases of one trial, through a connection that holds the lock."""

    link: psycopg.Connection[Any]
    mark: str
    token: str = field(default_factory=lambda: secrets.token_hex(4))

    def name(self, kind: str) -> str:
        """Return the name of this trial's database of a kind: `base` or `run`."""
        return f"{PREFIX}{self.mark}_{self.token}_{kind}"

    def make(self, kind: str, *, like: str | None = None) -> str:
        """Make an empty database, or a copy of this trial's database `like`; return its name. Raises ImproperlyConfigured, NotApart."""
        name = _checked(self.name(kind))
        source = f" TEMPLATE {_checked(self.name(like))}" if like else ""
        try:
            self.link.execute(f"CREATE DATABASE {name}{source}".encode())
        except psycopg.errors.InsufficientPrivilege:
            raise ImproperlyConfigured("trials need a database role that may make databases: ALTER ROLE … CREATEDB") from None
        return name

    def drop(self, kind: str) -> None:
        """Drop a database of this trial, whoever is still connected to it."""
        self._drop(self.name(kind))

    def _drop(self, name: str) -> None:
        """Drop a database with everybody in it. Raises psycopg.errors.ObjectInUse where somebody stays on.

        Not WITH (FORCE): that is refused to anybody but a superuser while the server's own vacuum happens to look in, which the
        plain command sends away by itself.
        """
        if self.link.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            return
        self.link.execute(f"ALTER DATABASE {_checked(name)} ALLOW_CONNECTIONS false".encode())
        self.link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user", [name])
        self.link.execute(f"DROP DATABASE {_checked(name)}".encode())

    def left(self) -> list[str]:
        """Return the names of all trial databases of this live database, one's own and what others left behind."""
        rows = self.link.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND pg_get_userbyid(datdba) = current_user ORDER BY 1",
            [f"{PREFIX}{self.mark}_"],
        )
        return [name for (name,) in rows if is_apart(name)]

    def sweep(self) -> int:
        """Drop every trial database of this live database; return how many. Only the holder of the lock may know that none is in use."""
        found = self.left()
        for name in found:
            self._drop(name)
        return len(found)


def _checked(name: str) -> str:
    if not is_apart(name) or name == connection.settings_dict["NAME"]:
        raise NotApart(f"{name} is no trial's database")
    return name


@contextmanager
def alone() -> Iterator[Apart]:
    """Hold the right to run a trial; what earlier ones left is swept away first, one's own at the end. Raises Busy, NotApart."""
    mark = _mark()
    with _connect() as link:
        row = link.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"{PREFIX}{mark}"]).fetchone()
        if row is None or not row[0]:
            raise Busy
        apart = Apart(link, mark)
        apart.sweep()
        try:
            yield apart
        finally:
            # Where the database itself went away, what is left is swept by the next holder of the lock.
            with suppress(psycopg.OperationalError):
                apart.sweep()


def sweep() -> bool:
    """Drop what trials that died left behind; tell False where one runs, whose databases are in use."""
    try:
        with alone():
            return True
    except Busy:
        return False
