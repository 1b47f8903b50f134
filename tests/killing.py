"""Killing a step at its boundary: a child process with its own connection ends, by signal 9 or by a lost server, at a chosen commit."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Literal

from django.db import connection

Boundary = Literal["before", "server", "after"]
FAILED = 7
NAME = "linli-killed"  # what the child calls itself to the server, to be told from whoever else is connected


def _child(act: Callable[[], object], boundary: Boundary, number: int) -> None:
    connection.connection = None  # the parent's; this process opens one of its own
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "application_name": NAME}
    commit, seen = connection._commit, [0]  # type: ignore[attr-defined]

    def at_the_boundary() -> None:
        seen[0] += 1
        if seen[0] != number:
            commit()
            return
        if boundary == "after":
            commit()
        if boundary == "server":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            commit()
        os.kill(os.getpid(), signal.SIGKILL)

    connection._commit = at_the_boundary  # type: ignore[attr-defined]
    act()


def killed(act: Callable[[], object], boundary: Boundary, number: int = 1) -> bool:
    """Run `act` in a child that ends at its commit `number`; tell whether it came that far. Waits until the server has let go of it."""
    pid = os.fork()
    if pid == 0:
        try:
            _child(act, boundary, number)
        except BaseException:  # noqa: BLE001 — the child says by its exit code alone how it ended
            os._exit(FAILED)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    _let_go()
    if boundary == "server" and code == FAILED:
        return True
    assert code in {0, -signal.SIGKILL}, f"the child ended with {code}"
    return code != 0


def _let_go() -> None:
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s", [NAME])
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.02)
    raise AssertionError("a killed child still holds its connection")


def fingerprint() -> dict[str, str]:
    """Return a hash of the content of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
        each = " UNION ALL ".join(f"SELECT '{name}', md5(string_agg(t::text, '\n' ORDER BY t::text)) FROM {name} t" for name in names)
        cursor.execute(each)
        return dict(cursor.fetchall())
