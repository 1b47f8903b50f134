"""docs/interfaces/api.md does what it says: every call of the page is made, every answer is as shown and as openapi.json promises."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from linli.ground.steps import verbs as steps
from linli.journeys.keep_record import keep_record
from linli.journeys.take_stock import take_stock
from tests.cast import Street
from tests.doors.program import Program, program_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "interfaces" / "api.md"
BLOCK = re.compile(r"^```(http|json)\n(.*?)^```$|^<!-- (.*?) -->$", re.M | re.S)
ANYTHING = "…"


def filled(text: str, known: dict[str, Any]) -> str:
    """Put what is known into `{name}`."""
    return re.sub(r"\{([a-z_]+)\}", lambda m: str(known[m.group(1)]) if m.group(1) in known else m.group(0), text)


def met(shown: Any, given: Any, known: dict[str, Any]) -> None:
    """Hold an answer to what the page shows, and remember what it names."""
    if shown == ANYTHING:
        return
    if isinstance(shown, dict):
        for name, value in shown.items():
            met(value, given[name], known)
    elif isinstance(shown, str) and (name := re.fullmatch(r"\{([a-z_]+)\}", shown)):
        known.setdefault(name.group(1), given)
        assert given == known[name.group(1)]
    else:
        assert shown == given


@dataclass
class Walk:
    """Goes through the page from top to bottom."""

    known: dict[str, Any] = field(default_factory=dict)
    given: Any = None
    calls: int = 0

    def http(self, text: str) -> None:
        if "{item}" in text:
            for line in self.known["checklist"]:
                self._call(filled(text, self.known | {"item": line["item"]}))
        else:
            self._call(filled(text, self.known))

    def _call(self, text: str) -> None:
        head, _, body = text.strip().partition("\n\n")
        first, *rest = head.splitlines()
        method, url = first.split()
        headers = dict(line.split(": ", 1) for line in rest)
        answer = Program().call(method, url.removeprefix("/api/v1"), body.encode() if body else None, **headers)
        assert answer.status_code == 200, (text, answer.content.decode())
        self.given, self.calls = json.loads(answer.content), self.calls + 1

    def json(self, text: str) -> None:
        met(json.loads(text), self.given, self.known)

    def aside(self, words: str) -> None:
        """Do what the page says happens meanwhile."""
        if words == "the record is published":
            keep_record()
            take_stock()
        else:
            when = re.fullmatch(r"the clock moves on to (.+)", filled(words, self.known))
            assert when, words
            steps.move_clock(to=datetime.fromisoformat(when.group(1)), speed=0)


def test_the_page_does_what_it_says(street: Street) -> None:
    names = {name: program_of(street, name).token for name in ("li", "chen", "wang")}
    walk = Walk({**names, "helper": str(street.people["wang"])})
    for kind, text, words in BLOCK.findall(PAGE.read_text("utf-8")):
        getattr(walk, kind or "aside")(text or words)
    assert walk.calls >= 22
