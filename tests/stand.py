"""A street that has lived, kept standing while the tests that look at it follow one another.

To live takes longer than to look. The street is lived once in an open transaction; each test has a savepoint in it, and what it
changes goes back when it ends. The first test that wants no such street ends the transaction.
"""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

from django.db import transaction

from tests import cast
from tests.lived import Lived, live

BESIDE = ("clock.json", "keys/evidence.last")  # what the street's life leaves beside the database, and every test's end takes away


class Stand:
    """The street that stands, or none."""

    def __init__(self) -> None:
        self.whole: Any = None
        self.gate: Any = None  # pytest-django's, which keeps tests that name no database away from it
        self.lived: Lived | None = None
        self.beside: dict[Path, bytes] = {}

    def enter(self, gate: Any) -> Lived:
        """Return the street as it has lived, with its clock; a copy, so that no test counts on another's keys."""
        self.gate = gate
        if self.lived is None:
            with gate.unblock():
                self._raise()
        for path, content in self.beside.items():
            path.write_bytes(content)
        return copy.deepcopy(self.lived)  # type: ignore[return-value]

    def _raise(self) -> None:
        self.whole = transaction.atomic()
        self.whole._from_testcase = True  # as a test's own transaction: steps within may call themselves durable
        self.whole.__enter__()
        try:
            self.lived = live(cast.settle())
        finally:
            if self.lived is None:  # its life broke off: nothing may stand
                self.leave()
        paths = [Path(os.environ["LINLI_DATA"], name) for name in BESIDE]
        self.beside = {path: path.read_bytes() for path in paths if path.exists()}

    def leave(self) -> None:
        """Take the street down, if one stands."""
        if self.whole is None:
            return
        whole, self.whole, self.lived = self.whole, None, None
        with self.gate.unblock():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


STAND = Stand()
