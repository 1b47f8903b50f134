"""What is kept of an answer repeats it to the letter, and gives nobody a way in who reads the table."""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from linli.ground.people import seals
from linli.journeys import ask, sheets
from tests.cast import HOME, Street
from tests.lived import STRANGER


def kept_answers() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM steps_replay ORDER BY id")
        return json.dumps(cursor.fetchall(), ensure_ascii=False, default=str)


def test_tokens_in_answers_are_kept_sealed_and_repeated(street: Street) -> None:
    key = street.key()
    sheet = sheets.issue(street.actor("chen"), HOME, "1 栋", key)
    draft = ask.AskDraft(service="meal", sheet_token=sheet["token"], caller_name="王伯")
    asked_key = street.key()
    asked = ask.ask(STRANGER, draft, asked_key)
    assert sheets.issue(street.actor("chen"), HOME, "1 栋", key) == sheet
    assert ask.ask(STRANGER, draft, asked_key) == asked
    kept = kept_answers()
    assert asked["number"] in kept
    assert sheet["token"] not in kept
    assert asked["follow"] not in kept


def test_a_sealed_text_opens_only_where_it_belongs() -> None:
    sealed = seals.seal_kept("person:1 key-0001 follow", "天河")
    assert seals.unseal_kept("person:1 key-0001 follow", sealed) == "天河"
    with pytest.raises(InvalidTag):
        seals.unseal_kept("person:2 key-0001 follow", sealed)
