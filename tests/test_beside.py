"""A command that runs beside `linli serve` leaves the database of the other alone when it ends."""

from __future__ import annotations

from pathlib import Path

from linli.doors.commands import database, serve
from linli.doors.site.config import config


def test_a_command_that_ends_beside_serve_is_not_the_last_user(tmp_path: Path) -> None:
    settings = config().model_copy(update={"data": tmp_path})
    with serve._alone(settings), (tmp_path / "cluster.users").open("w") as file:
        assert not database._last_user(file.fileno())
    with (tmp_path / "cluster.users").open("w") as file:
        assert database._last_user(file.fileno())
