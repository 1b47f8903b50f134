"""Every test run brings its own PostgreSQL cluster in a temporary folder; whatever ends the run, the cluster ends with it.

The first process makes the folder and a guard: a small process that waits for the end of its standard input, which comes when the
first process ends in any way (Ctrl-C and kill -9 too), then stops the cluster and removes the folder. The server itself is started by
the first test that wants a database, so that tests of pure rules do not wait for it; workers of xdist share it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.db import connection
from hypothesis import settings

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "src"))
from linli.doors.site import secrets  # noqa: E402 — found only now

# How long one example takes says something about the machine, not about the rule.
settings.register_profile("linli", deadline=None)
settings.load_profile("linli")
FOLDER = "LINLI_TEST_FOLDER"  # set by the first process, inherited by workers
GUARD: list[subprocess.Popen[bytes]] = []


def _begin() -> None:
    """Set the surroundings before Django's settings are read."""
    # What the matching engine compiles outlasts the run's own folder.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".numba_cache"))
    if FOLDER in os.environ:
        _as_worker(Path(os.environ[FOLDER]), os.environ.get("PYTEST_XDIST_WORKER", ""))
        return
    # Below /var/tmp and open to walk through: the server's own user must reach it when the suite runs as root.
    folder = Path(tempfile.mkdtemp(prefix="linli-test-", dir="/var/tmp"))
    folder.chmod(0o711)
    (folder / "static").mkdir()  # as `linli serve` leaves it; the site warns where it is missing
    for name in [name for name in os.environ if name.startswith("LINLI_") and name not in {"LINLI_LONG", "LINLI_LOG_LEVEL"}]:
        del os.environ[name]
    os.environ.update({FOLDER: str(folder), "LINLI_DATA": str(folder), "LINLI_CLOCK": "test", "LINLI_DEMO": "true"})
    command = [sys.executable, str(Path(__file__).resolve()), str(folder)]
    # Its own session, so that Ctrl-C does not reach the guard before its work.
    GUARD.append(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True))
    subprocess.run([sys.executable, "-m", "tools.messages", "compile"], cwd=ROOT, check=True)


def _as_worker(folder: Path, worker: str) -> None:
    """Give a worker of xdist a data folder of its own, with its own clock and keys; only the cluster is shared."""
    if not worker:
        return
    host, password = str(secrets.socket_folder(folder)).replace("/", "%2F"), secrets.database_password(folder)
    own = folder / worker
    own.mkdir(mode=0o711, exist_ok=True)
    (own / "static").mkdir(exist_ok=True)
    os.environ |= {"LINLI_DATA": str(own), "LINLI_DATABASE_URL": f"postgresql://linli:{password}@{host}/linli"}


def _guard(folder: Path) -> None:
    """Wait for the end of standard input, then end what was started and remove the folder."""
    from linli.doors.commands.cluster import Cluster  # noqa: PLC0415 — only the guard needs it

    sys.stdin.buffer.read()
    cluster = Cluster(folder, durable=False)
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(cluster.socket, ignore_errors=True)


def pytest_unconfigure() -> None:
    """End the cluster before the run says it is over."""
    for guard in GUARD:
        guard.communicate(timeout=90)


@pytest.fixture(scope="session")
def cluster() -> object:
    """Return the run's PostgreSQL cluster, started by whoever asks first; its role may make test databases."""
    from linli.doors.commands.cluster import Cluster  # noqa: PLC0415 — after the surroundings are set

    own = Cluster(Path(os.environ[FOLDER]), durable=False)
    own.start()
    with own.connect("postgres", admin=True) as admin:
        admin.execute("ALTER ROLE linli CREATEDB")
    return own


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, cluster: object) -> None:
    """Have the cluster run before pytest-django makes this process's test database in it."""


@pytest.fixture(autouse=True, scope="session")
def _guards_let_tests_clean_up() -> Iterator[None]:
    """Let the emptying of tables after a test of committed work pass the triggers that keep posted rows for ever."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def behind_the_guards(self: Any, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            guarded = [name for (name,) in cursor.fetchall()]
        switched = [[f"ALTER TABLE {name} {way} TRIGGER USER" for name in guarded] for way in ("DISABLE", "ENABLE")]
        flush(self, switched[0] + statements + switched[1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", behind_the_guards)
        yield


@pytest.fixture(autouse=True)
def _clock_back() -> Iterator[None]:
    """Give every test the real time and an unsigned log to begin with; what a test moves or signs goes with its rows."""
    yield
    Path(os.environ["LINLI_DATA"], "clock.json").unlink(missing_ok=True)
    Path(os.environ["LINLI_DATA"], "keys", "evidence.last").unlink(missing_ok=True)


if __name__ == "__main__":
    _guard(Path(sys.argv[1]))
else:
    _begin()
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.doors.site.settings"
    django.setup()
    del os.environ["DJANGO_SETTINGS_MODULE"]  # a worker that inherits it would read the settings before its own surroundings are set
