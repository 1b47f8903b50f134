"""Linli's own PostgreSQL cluster: made, started, recovered and stopped by its process number; on a socket only.

The server never runs as root: started by root it runs as `postgres` (or `nobody`). Peer authentication with a map lets in exactly the
server's user and the user who runs Linli; where that user has no name (a bare number in a container) a password kept in the data
folder takes its place.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from linli.doors.commands.processes import command_words, end_all, every_pid, is_running, is_taken, wait_until
from linli.doors.commands.programs import EXTENSIONS, ClusterError, Programs, choose, open_to_all
from linli.doors.site.secrets import DATABASE_PASSWORD, TRIAL_ROLE, data_folder, secret, socket_folder

ADMIN = "linli_admin"
ROLE = DATABASE = "linli"
START_SECONDS_MAX = 300.0  # recovery after a crash reads at most max_wal_size again
STOP_SECONDS_MAX = 60.0
LOG_BYTES_MAX = 10_000_000
NAMELESS_STAND_IN = 65534  # `nobody`, inside a namespace of one process
# Servers that this process started: it must take them off the process table when they end, whichever object asks.
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Whom the server runs as. `name` is "" where the number has none; `drop` tells whether rights are dropped to get there."""

    name: str
    uid: int
    gid: int
    drop: bool


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


def server_user() -> ServerUser:
    """Return the user of the server: oneself, or for root an unprivileged one. Raises ClusterError where root finds none."""
    uid = os.geteuid()
    if uid != 0:
        return ServerUser(_name_of(uid), uid, os.getegid(), drop=False)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(name, found.pw_uid, found.pw_gid, drop=True)
    raise ClusterError("root needs an unprivileged user for the database: add a user 'postgres', or set LINLI_DATABASE_URL")


class Cluster:
    """One cluster in one data folder."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        """Take the data folder. `durable=False` is for throw-away test clusters only: a power cut may lose them."""
        self.data, self.durable = data.absolute(), durable
        self.folder, self.socket, self.log = self.data / "pg", socket_folder(self.data), self.data / "postgres.log"
        self.user = server_user()
        # Part of every process title of this cluster, so that its processes are known without any special right.
        self.title = f"linli-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]}"

    # ── what is there ──

    def programs(self) -> Programs:
        """Return the programs that fit this folder. Raises ClusterError."""
        version = self.folder / "PG_VERSION"
        try:
            major = int(version.read_text()) if version.exists() else None
        except PermissionError:
            raise ClusterError(f"{self.folder} belongs to another user: run this as the one who made it") from None
        return choose(self.data, major=major, drop=self.user.drop)

    def pid(self) -> int | None:
        """Return the number of the running server of this folder, or None; a stale pid file does not count."""
        _bury()
        pid = _noted_pid(self.folder / "postmaster.pid")
        # A number may have gone to a stranger since: only a server of this very folder counts.
        return pid if str(self.folder) in command_words(pid) and is_running(pid) else None

    def connect(self, database: str = DATABASE, *, admin: bool = False) -> psycopg.Connection[tuple[Any, ...]]:
        """Open a connection that commits by itself, as `linli` or as the cluster's administrator."""
        password = secret(DATABASE_PASSWORD, self.data) if not self.user.name else None
        role = ADMIN if admin else ROLE
        return psycopg.connect(host=str(self.socket), dbname=database, user=role, password=password, autocommit=True, connect_timeout=5)

    # ── making ──

    def create(self) -> bool:
        """Make the cluster where it is missing; tell whether it was made now. One cut short by a power failure is begun anew."""
        data_folder(self.data)
        if self.user.drop and not open_to_all(self.data):
            raise ClusterError(
                f"the database user {self.user.name} cannot reach {self.data}: choose another LINLI_DATA, such as /var/lib/linli"
            )
        if (self.folder / "PG_VERSION").exists():
            return False
        fresh = self.data / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        _own_folder(fresh, 0o700, self.user)
        self._initdb(fresh)
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'linli.conf'\n")
        _sync(fresh / "postgresql.conf")
        # The rename is the moment the cluster exists: before it, nothing of worth can be inside.
        fresh.rename(self.folder)
        _sync(self.data)
        return True

    def _initdb(self, folder: Path) -> None:
        command = [
            self.programs().path("initdb"), "-D", str(folder), "-U", ADMIN, "--encoding=UTF8", "--locale=C", "--data-checksums",
            f"--auth={'peer' if self.user.name else 'scram-sha-256'}", *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        if not self.user.name:
            secret(DATABASE_PASSWORD, self.data)
            command += [f"--pwfile={self.data / 'keys' / DATABASE_PASSWORD}"]
            command = ["unshare", "--user", f"--map-user={NAMELESS_STAND_IN}", *command]
        # C.UTF-8 knows which characters are letters (trigrams of Chinese names need it); a system without it has only C.
        ran = self._ran([*command, "--lc-ctype=C.UTF-8"])
        if "invalid locale" in ran.stderr:
            shutil.rmtree(folder)
            _own_folder(folder, 0o700, self.user)
            ran = self._ran(command)
        if ran.returncode:
            raise ClusterError(f"initdb failed: {ran.stderr.strip()[-600:]}")

    def _ran(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env=_surroundings(), **self._as_user())
        except (OSError, subprocess.SubprocessError) as error:
            raise ClusterError(f"cannot start {command[0]} as {self.user.name or self.user.uid}: {error}") from None

    def _as_user(self) -> dict[str, Any]:
        return {"user": self.user.uid, "group": self.user.gid, "extra_groups": []} if self.user.drop else {}

    def _write_settings(self) -> None:
        # Written anew at each start, so that a newer Linli brings its own; ALTER SYSTEM of an operator still wins.
        self._write("linli.conf", _settings(self.socket, self.title, self.durable))
        names = sorted({self.user.name, _name_of(os.geteuid())})
        self._write("pg_hba.conf", "local all all peer map=linli\n" if self.user.name else "local all all scram-sha-256\n")
        self._write("pg_ident.conf", "".join(f'linli "{name}" {role}\n' for name in names if name for role in (ROLE, ADMIN, TRIAL_ROLE)))

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        if self.user.drop:
            os.chown(path, self.user.uid, self.user.gid)
        path.chmod(0o600)

    # ── starting and stopping ──

    def start(self) -> bool:
        """Start the server, recovering from a crash where there was one, and wait until it answers; tell False where it ran already.

        Afterwards role, database and extensions are there. Raises ClusterError with the end of the server's log where it stays down.
        """
        with self._locked():
            self.create()
            begun = self.pid() is None
            if begun:
                self._clear_orphans()
                self._launch()
            self._furnish()
        return begun

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (data_folder(self.data) / "cluster.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _clear_orphans(self) -> None:
        # Children of a killed server hold its memory; they end by themselves within moments, and until then no new one may start.
        mark = f"postgres: {self.title}:"
        orphans = [pid for pid in every_pid() if " ".join(command_words(pid)).startswith(mark)]
        if not wait_until(lambda: not any(map(is_running, orphans)), 3.0):
            end_all(orphans, first=signal.SIGQUIT)
        # PostgreSQL judges left-over lock files itself, except empty ones and those whose number is still taken: by a stranger, or by the
        # killed server itself where nobody has asked yet how it ended.
        for left in (self.folder / "postmaster.pid", self.socket / ".s.PGSQL.5432.lock"):
            pid = _noted_pid(left)
            if left.exists() and (pid == 0 or is_taken(pid)):
                left.unlink()

    def _launch(self) -> None:
        _own_folder(self.socket, 0o711 if self.user.drop else 0o700, self.user)
        self._write_settings()
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.rename(self.log.with_suffix(".log.1"))
        begun_at = self.log.stat().st_size if self.log.exists() else 0
        command = [self.programs().path("postgres"), "-D", str(self.folder)]
        with self.log.open("ab") as out:
            try:
                # A session of its own: Ctrl-C at the terminal is for Linli, which then stops the server in order.
                process = subprocess.Popen(
                    command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, env=_surroundings(),
                    **self._as_user(),
                )  # fmt: skip
            except (OSError, subprocess.SubprocessError) as error:
                raise ClusterError(f"cannot start {command[0]} as {self.user.name or self.user.uid}: {error}") from None
        _CHILDREN[process.pid] = process
        self._wait_until_ready(process, begun_at)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], begun_at: int) -> None:
        status = self.folder / "postmaster.pid"

        def settled() -> bool:
            lines = status.read_text().splitlines() if status.exists() else []
            return process.poll() is not None or (len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready")

        if not wait_until(settled, START_SECONDS_MAX) or process.poll() is not None:
            with self.log.open("rb") as file:
                file.seek(begun_at)
                tail = file.read().decode(errors="replace")[-800:]
            raise ClusterError(f"the database did not start; the end of {self.log}:\n{tail}")

    def _furnish(self) -> None:
        with self.connect("postgres", admin=True) as admin:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                self._furnish_trials(admin)
                return
            # Databases are copies of template1, so each comes with the extensions.
            with self.connect("template1", admin=True) as template:
                for name in EXTENSIONS:
                    template.execute(f"CREATE EXTENSION IF NOT EXISTS {name}".encode())
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                admin.execute(f"CREATE ROLE {ROLE} LOGIN".encode())
            if not self.user.name:
                admin.execute(f"ALTER ROLE {ROLE} PASSWORD '{secret(DATABASE_PASSWORD, self.data)}'".encode())
            admin.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}".encode())
            self._furnish_trials(admin)

    def _furnish_trials(self, admin: psycopg.Connection[tuple[Any, ...]]) -> None:
        # Policy trials live in databases of their own, made and dropped by a role of their own that cannot enter the live one.
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [TRIAL_ROLE]).fetchone():
            return
        admin.execute(f"REVOKE CONNECT ON DATABASE {DATABASE} FROM PUBLIC".encode())
        admin.execute(f"CREATE ROLE {TRIAL_ROLE} LOGIN CREATEDB".encode())
        if not self.user.name:
            admin.execute(f"ALTER ROLE {TRIAL_ROLE} PASSWORD '{secret(DATABASE_PASSWORD, self.data)}'".encode())

    def stop(self) -> None:
        """Stop the server cleanly (fast shutdown) and wait for its end; where it does not run, nothing happens."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        if not wait_until(lambda: not is_running(pid), STOP_SECONDS_MAX):
            raise ClusterError(f"the database (process {pid}) did not stop within {STOP_SECONDS_MAX:.0f} s")
        _bury()


def _bury() -> None:
    for pid, child in list(_CHILDREN.items()):
        if child.poll() is not None:
            del _CHILDREN[pid]


def _noted_pid(lock: Path) -> int:
    """Return the process number in a lock file of PostgreSQL, 0 where there is none."""
    try:
        return int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def _surroundings() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _own_folder(folder: Path, mode: int, owner: ServerUser) -> None:
    """Make `folder` with `mode`, for `owner` where rights are dropped. Raises ClusterError where it is somebody else's."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid not in {os.geteuid(), owner.uid}:
        raise ClusterError(f"{folder} belongs to somebody else: remove it or choose another LINLI_DATA")
    if owner.drop:
        os.chown(folder, owner.uid, owner.gid)
    folder.chmod(mode)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _settings(socket: Path, title: str, durable: bool) -> str:
    rows = {
        "listen_addresses": "", "unix_socket_directories": str(socket), "unix_socket_permissions": "0777", "cluster_name": title,
        "max_connections": 60, "shared_buffers": "256MB", "work_mem": "16MB", "maintenance_work_mem": "128MB", "max_wal_size": "2GB",
        "timezone": "UTC", "log_timezone": "UTC", "jit": "off", "logging_collector": "off", "log_min_messages": "warning",
        # Neither statements nor the values of a refused row: they would carry names into the log.
        "log_min_error_statement": "panic", "log_error_verbosity": "terse",
        "fsync": "on" if durable else "off", "synchronous_commit": "on" if durable else "off", "full_page_writes": "on" if durable else "off",
    }  # fmt: skip
    return "".join(f"{name} = '{value}'\n" for name, value in rows.items())
