"""The settings of the demo: a data folder of its own, made-up people, a clock that may be moved."""

from __future__ import annotations

import os

from linli.doors.site.config import default_data

DEMO = {"LINLI_DEMO": "true", "LINLI_CLOCK": "test", "LINLI_CODE_SENDER": "console"}


def enter_demo() -> None:
    """Set the surroundings of the demo, before settings are read; what is set by hand stays."""
    os.environ.setdefault("LINLI_DATA", str(default_data().with_name("linli-demo")))
    for name, value in DEMO.items():
        os.environ.setdefault(name, value)
