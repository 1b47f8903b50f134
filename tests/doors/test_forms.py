"""Every form does what it is for when it is filled in right: the other tests of forms would prove nothing else."""

from __future__ import annotations

import pytest

from tests.doors.conftest import taken_back
from tests.doors.forms import FORMS, send
from tests.lived import Lived
from tests.test_doors import STEPS_OF_DOORS


def test_every_form_is_answered_as_it_should_be(standing: Lived) -> None:
    wrong = []
    for form in FORMS:
        with taken_back():
            answer = send(standing, form)
        if answer.status_code != form.answer:
            wrong.append((form.name, form.answer, answer.status_code))
    assert not wrong


@pytest.mark.parametrize("door", ["public", "resident", "worker", "street", "city"])
def test_no_form_is_forgotten(door: str) -> None:
    known = {form.route for form in FORMS}
    without_fields = {
        "public:view", "public:passkey-begin", "public:passkey-finish", "public:sign-out", "resident:notices-read", "resident:withdraw",
        "resident:unblock", "resident:programs-revoke", "resident:passkey-begin", "resident:passkey-finish", "worker:notices-read",
    }  # fmt: skip
    assert not [name for name in STEPS_OF_DOORS if name.startswith(f"{door}:") and name not in known | without_fields]
