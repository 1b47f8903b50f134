"""Two taps at the very same moment, on a street whose records are committed."""

from __future__ import annotations

import threading

from django.db import connections
from django.test import Client

from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from tests.cast import Street
from tests.walk import client_of


def test_two_taps_at_once_are_one_need(living_street: Street) -> None:
    answers: list[int] = []
    begin = threading.Barrier(2)

    def tap(client: Client) -> None:
        begin.wait()
        answers.append(client.post("/home/ask/meal/", {"key": "two-taps-at-once", "when": "soon"}).status_code)
        connections.close_all()

    taps = [threading.Thread(target=tap, args=(client_of(living_street, "li"),)) for _ in range(2)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert answers == [302, 302]
    assert len(needs.of_person(living_street.people["li"], now())) == 1
