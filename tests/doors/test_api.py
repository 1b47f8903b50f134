"""/api/v1 beyond the walk: keys, pages, tokens, and one shape for every no."""

from __future__ import annotations

import json
import uuid
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from linli.ground.people import reads as people
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.journeys import tokens
from linli.journeys.accounts import open_account
from linli.journeys.ground import ResidentForm, enter_resident
from linli.kernel.actor import Actor
from tests.cast import HOME, OTHER
from tests.doors.program import BASE, UNSAFE, Program, operations, program_of, promised, said_why
from tests.lived import Lived
from tests.walk import client_of


def test_the_document_is_openapi_3_1_and_every_unsafe_call_wants_a_key() -> None:
    assert promised()["openapi"].startswith("3.1")
    names = [op["operationId"] for _, _, op in operations()]
    assert len(names) == len(set(names))
    for method, path, op in operations():
        wants = [p["required"] for p in op.get("parameters", []) if p["name"] == "Idempotency-Key"]
        assert wants == ([True] if method in UNSAFE else []), path
        assert op["description"], path
        assert {"400", "401", "403", "404", "405", "409", "413", "415", "422", "429"} < set(op["responses"]), path


def test_a_call_without_a_key_is_refused_by_name(standing: Lived) -> None:
    li = program_of(standing.street, "li")
    for body in ({"service": "meal"}, None):
        answer = li.call("POST", "/needs", body)
        assert answer.status_code == 422
        assert (said_why(answer)["code"], said_why(answer)["field"]) == ("input_missing", "Idempotency-Key")
    for key in ("short", "k" * 121, "has a blank", "键键键键键键键键"):
        answer = li.call("POST", "/needs", {"service": "meal"}, key=key)
        assert (answer.status_code, said_why(answer)["field"]) == (422, "Idempotency-Key")


def test_a_key_is_answered_once(standing: Lived) -> None:
    daughter = program_of(standing.street, "daughter")
    first = daughter.call("POST", "/needs", {"service": "meal"}, key="the-same-key")
    again = daughter.call("POST", "/needs", {"service": "meal"}, key="the-same-key")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    other = daughter.call("POST", "/needs", {"service": "talk"}, key="the-same-key")
    assert (other.status_code, said_why(other)["code"]) == (409, "key_reused")
    assert len(needs.of_person(standing.street.people["daughter"], now())) == 1


def test_lists_are_read_to_the_end_by_their_cursors(standing: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("needs", "visits", "mine", "lending", "paging"):
        monkeypatch.setattr(f"linli.doors.api.{module}.SIZE", 2)
    monkeypatch.setattr("linli.doors.api.paging.page.__defaults__", (2,))
    for name, url, cursor in (
        ("li", "/me/needs", "before"), ("wang", "/me/visits", "before"), ("chen", "/me/notices", "before"), ("wang", "/me/book/lines", "before"),
        ("chen", f"/places/{HOME}/needs", "after"), ("daughter", "/me/bookings", "before"), ("li", "/things", "after"),
    ):  # fmt: skip
        program, seen, pages, at = program_of(standing.street, name), [], 0, ""
        while pages == 0 or at:
            body = json.loads(program.call("GET", f"{url}?{urlencode({cursor: at})}").content)
            seen += [json.dumps(item, sort_keys=True) for item in body["items"]]
            pages, at = pages + 1, body["next"] or ""
        assert len(seen) == len(set(seen)), url
        assert pages == max(1, (len(seen) + 1) // 2), url
        assert len(seen) >= 3 or url == "/me/book/lines", url
        broken = program.call("GET", f"{url}?{cursor}=nonsense")
        assert (broken.status_code, said_why(broken)["field"]) == (422, cursor)


def test_a_token_is_listed_without_itself_and_revoked_at_once(standing: Lived) -> None:
    street = standing.street
    li = program_of(street, "li")
    made = json.loads(li.call("POST", "/me/tokens", {"label": "血压计"}, key="one-more-token").content)
    again = json.loads(li.call("POST", "/me/tokens", {"label": "血压计"}, key="one-more-token").content)
    assert made["token"] == again["token"]
    other = Program(made["token"])
    rows = json.loads(other.call("GET", "/me/tokens").content)
    assert {row["label"] for row in rows} == {"试验", "血压计"}
    assert made["token"] not in json.dumps(rows)
    assert program_of(street, "zhou").call("DELETE", f"/me/tokens/{made['id']}", key="not-my-token").status_code == 404
    assert li.call("DELETE", f"/me/tokens/{made['id']}", key="end-this-token").status_code == 200
    answer = other.call("GET", "/me")
    assert (answer.status_code, said_why(answer)["code"]) == (401, "sign_in_first")


def test_a_token_grows_old_and_opens_nothing_else(standing: Lived) -> None:
    street = standing.street
    li = program_of(street, "li")
    assert li.call("GET", "/me").status_code == 200
    steps.move_clock(by=tokens.LIVES)
    assert li.call("GET", "/me").status_code == 401
    assert Program("linli_" + "0" * 64).call("GET", "/me").status_code == 401
    assert Program().call("GET", "/me").status_code == 401
    session = client_of(street, "li")
    assert session.get(f"{BASE}/me").status_code == 401
    assert Client(headers={"Authorization": f"Bearer {li.token}"}).get("/home/").status_code == 302


def test_phone_and_password_give_a_token_for_some_hours(standing: Lived) -> None:
    street = standing.street
    made = enter_resident(street.actor("chen"), ResidentForm("程序员", HOME, "13800001111"), street.key())
    open_account(Actor.system("operator"), uuid.UUID(made["person"]), "a long pass phrase", street.key())
    wrong = Program().call("POST", "/tokens", {"phone": "13800001111", "password": "no"}, key="first-sign-in")
    assert (wrong.status_code, said_why(wrong)["field"]) == (422, "password")
    right = json.loads(
        Program().call("POST", "/tokens", {"phone": "13800001111", "password": "a long pass phrase"}, key="second-sign-in").content
    )
    assert right["lives_seconds"] == 12 * 3600
    assert json.loads(Program(right["token"]).call("GET", "/me").content)["home"] == HOME


def test_no_token_stands_in_the_database(standing: Lived) -> None:
    li = program_of(standing.street, "li")
    secret = json.loads(li.call("POST", "/me/tokens", {"label": "x"}, key="secret-token").content)["token"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM steps_replay WHERE answer::text LIKE %s", [f"%{secret[6:]}%"])
        assert cursor.fetchone() == (0,)
    assert people.token_owner(secret, now()) == standing.street.people["li"]


def test_somebody_elses_thing_looks_like_nothing(standing: Lived) -> None:
    zhou = program_of(standing.street, "zhou")
    nothing = str(uuid.uuid4())
    known = {
        "need": str(standing.open), "visit_id": str(standing.booked_visit), "offer": str(standing.offer), "token_id": nothing, "token": nothing,
        "place": OTHER, "helper": str(standing.street.people["wang"]),
    }  # fmt: skip
    bodies = {
        "check-in": {"code": "0000"},
        "ticks": {"item": 0},
        "confirm": {"minutes": 5},
        "rating": {"stars": 5},
        "offers": {"helper": known["helper"]},
    }
    tried = 0
    for method, path, _ in operations():
        wanted = {name for name in known if f"{{{name}}}" in path}
        if not wanted & {"need", "visit_id", "offer"}:
            continue
        body = (
            None
            if method == "get" or path.endswith(("accept", "answer", "check-out"))
            else bodies.get(path.rpartition("/")[2], {"reason": "x"})
        )
        answers = []
        for ids in (known, dict.fromkeys(known, nothing)):
            url = path.removeprefix(BASE).format(**{name: ids[name] for name in wanted})
            answers.append(zhou.call(method.upper(), url, body, key="zhou-tries-this"))
        assert [a.status_code for a in answers] == [404, 404], path
        assert answers[0].content == answers[1].content
        tried += 1
    assert tried >= 17


def test_places_and_sheets_are_open_to_strangers(standing: Lived) -> None:
    stranger = Program()
    assert json.loads(stranger.call("GET", f"/places/{HOME}").content)["code"] == HOME
    below = json.loads(stranger.call("GET", f"/places/{HOME[:9]}/children").content)
    assert [row["code"] for row in below["items"]] == [HOME]
    assert stranger.call("GET", "/places/999999").status_code == 404
    asked = json.loads(
        stranger.call(
            "POST", f"/sheets/{standing.sheet_token}/needs", {"service": "talk", "caller_name": "王伯"}, key="from-the-door"
        ).content
    )
    followed = json.loads(stranger.call("GET", f"/follow/{asked['follow']}").content)
    assert followed["state"] == "open"
    assert stranger.call("POST", f"/follow/{asked['follow']}/withdraw", key="not-needed-now").status_code == 200
    gone = stranger.call("POST", "/sheets/forged/needs", {"service": "talk"}, key="forged-sheet-1")
    assert (gone.status_code, said_why(gone)["code"]) == (422, "sheet_unknown")


def test_every_no_has_the_one_shape(standing: Lived) -> None:
    li = program_of(standing.street, "li")
    client, token = li.client, {"Authorization": f"Bearer {li.token}", "Idempotency-Key": "one-shape-of-no"}
    for answer, status in (
        (client.get(f"{BASE}/nowhere"), 404), (client.get(f"{BASE}/needs/no-id"), 404), (client.put(f"{BASE}/me", headers=token), 405),
        (client.post(f"{BASE}/needs", {"service": "meal"}, headers=token), 415),
        (client.generic("POST", f"{BASE}/needs", b"{", "application/json", headers=token), 400),
        (client.generic("POST", f"{BASE}/needs", b"[]", "application/json", headers=token), 422),
        (client.generic("POST", f"{BASE}/needs", b" " * 10_000_000, "application/json", headers=token), 413),
    ):  # fmt: skip
        assert answer.status_code == status, answer.content  # type: ignore[attr-defined]
        assert answer["Content-Type"] == "application/json; charset=utf-8"  # type: ignore[index]
        said_why(answer)  # type: ignore[arg-type]
    assert "Allow" in client.put(f"{BASE}/me", headers=token)
