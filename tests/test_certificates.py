"""A certificate of volunteer service, from the helper's page to strangers: issued, shown, checked outside, revoked; others never see it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.journeys import certificates as journey
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.trust.certificates import reads as certificates
from linli.trust.certificates import verbs
from tests.cast import Street
from tests.test_receipt_walk import visited
from tests.walk import client_of

ROOT = Path(__file__).resolve().parents[1]
NODE = str(Path(sys.executable).with_name("node")) if Path(sys.executable).with_name("node").exists() else shutil.which("node")


def days(street: Street) -> dict[str, str]:
    today = now().astimezone(journey.BEIJING).date()
    return {"since": (today - timedelta(days=60)).isoformat(), "until": today.isoformat()}


def issued(street: Street, client: Client, **more: str) -> UUID:
    answer = client.post("/home/book/certificates/issue/", {"span": "days", **days(street), "key": street.key(), **more})
    assert answer.status_code == 302, answer.content.decode()
    return UUID(answer["Location"].rstrip("/").rsplit("/", 1)[1])


def file_of(client: Client, certificate: UUID) -> str:
    answer = client.get(f"/home/book/certificates/{certificate}/certificate.json")
    assert answer.status_code == 200
    return answer.content.decode()


def outside(client: Client, text: str, *, number: int = 1) -> dict[str, Any]:
    """Let an outside verifier read a certificate with what we publish."""
    assert NODE is not None
    site = settings.LINLI_PUBLIC_URL.rstrip("/")
    did = json.loads(client.get("/.well-known/did.json").content)
    documents = {did["id"]: did} | {
        f"{site}{path}": json.loads(client.get(path).content) for path in (f"/certificates/status/{number}", "/certificates/context")
    }
    ran = subprocess.run(
        [NODE, str(ROOT / "tests/outside/check.mjs")], input=json.dumps({"certificate": json.loads(text), "documents": documents}),
        capture_output=True, text=True, cwd=ROOT, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def alone(client: Client, folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Let `linli-verify` read a certificate beside files saved from our site."""
    names = {"did.json": "/.well-known/did.json", "status.json": "/certificates/status/1"}
    for name, path in names.items():
        (folder / name).write_bytes(client.get(path).content)
    command = [
        sys.executable,
        "-m",
        "linli_verify",
        "certificate",
        "-",
        "--did",
        str(folder / "did.json"),
        "--status",
        str(folder / "status.json"),
    ]
    return subprocess.run([*command, "--lang", "en"], input=text, capture_output=True, text=True, check=False, timeout=60)


def test_wang_s_certificate_holds_at_strangers_until_it_is_revoked(street: Street, tmp_path: Path) -> None:
    visited(street)
    wang, stranger = client_of(street, "wang"), client_of(street)
    assert "还没有开过" in wang.get("/home/book/certificates/").content.decode()
    made = issued(street, wang)
    text = file_of(wang, made)
    said = json.loads(text)["credentialSubject"]
    assert (said["volunteer"], said["minutes"], said["visits"]) == (
        street.names["wang"] if hasattr(street, "names") else said["volunteer"],
        42,
        1,
    )
    page = wang.get(f"/home/book/certificates/{made}/").content.decode()
    code = re.search(r"linlic1\.[A-Za-z0-9_-]+", page)
    assert code is not None
    assert "<svg" in page
    assert str(street.people["li"]) not in text

    assert outside(stranger, text) == {"verified": True, "revoked": False, "error": ""}
    changed = text.replace('"minutes":42', '"minutes":4200')
    assert changed != text
    assert not outside(stranger, changed)["verified"]
    for words in (text, code[0]):
        shown = stranger.post("/certificates/", {"certificate": words}).content.decode()
        assert "这份证明是真的，现在有效" in shown
        assert said["volunteer"] in shown
    for data, code_, word in (
        (text, 0, "stands"),
        (code[0], 0, "stands"),
        (changed, 1, "changed"),
        ("{}", 1, "no whole"),
        ("x", 1, "no whole"),
    ):
        ran = alone(stranger, tmp_path, data)
        assert ran.returncode == code_, ran.stdout + ran.stderr
        assert word in ran.stdout
    assert "内容被改过" in stranger.post("/certificates/", {"certificate": changed}).content.decode()
    assert "写法不对" in stranger.post("/certificates/", {"certificate": code[0][:-9]}).content.decode()

    again = wang.post(f"/home/book/certificates/{made}/revoke/", {"key": street.key()})
    assert again.status_code == 302
    assert "本人要求作废" in stranger.post("/certificates/", {"certificate": text}).content.decode()
    assert outside(stranger, text)["revoked"] is True
    assert "was revoked" in alone(stranger, tmp_path, text).stdout
    assert wang.post(f"/home/book/certificates/{made}/revoke/", {"key": street.key()}).status_code == 422
    assert "作废" in wang.get("/home/book/certificates/").content.decode()


def test_a_worker_issues_for_who_asks_and_revokes_what_was_wrong(street: Street) -> None:
    visited(street)
    chen, wang = client_of(street, "chen"), client_of(street, "wang")
    where = f"/desk/helpers/{street.people['wang']}/certificate/"
    late = chen.post(where, {"since": "2030-01-01", "until": "2029-01-01", "key": street.key()})
    assert late.status_code == 422
    assert "日子不对" in late.content.decode()
    answer = chen.post(where, {**days(street), "key": street.key()})
    assert answer.status_code == 302
    made = UUID(answer["Location"].rstrip("/").rsplit("/", 1)[1])
    assert "志愿服务记录证明" in chen.get(answer["Location"]).content.decode()
    assert "服务证明" in wang.get("/home/notices/").content.decode()
    assert f"/home/book/certificates/{made}/" in wang.get("/home/book/certificates/").content.decode()
    assert "社区工作者" in wang.get("/home/me/looks/").content.decode()
    gone = chen.post(f"/desk/certificates/{made}/revoke/", {"why": "mistake", "key": street.key()})
    assert gone.status_code == 302
    assert certificates.certificate(made).revoked_why == "mistake"


def test_nobody_else_sees_or_makes_one(street: Street) -> None:
    visited(street)
    made = issued(street, client_of(street, "wang"))
    for name in ("zhou", "li", "daughter"):
        other = client_of(street, name)
        for tail in ("", "certificate.json"):
            assert other.get(f"/home/book/certificates/{made}/{tail}").status_code == 404
        assert other.post(f"/home/book/certificates/{made}/revoke/", {"key": street.key()}).status_code == 404
        with pytest.raises(NotFound):
            journey.issue(
                street.actor(name), street.people["wang"], *map(type(now().date()).fromisoformat, days(street).values()), street.key()
            )
    assert client_of(street, "zheng").get(f"/desk/certificates/{made}/").status_code == 404


def test_nothing_is_certified_where_nothing_was_done_and_what_was_issued_stays(street: Street) -> None:
    visited(street)
    today = now().astimezone(journey.BEIJING).date()
    with pytest.raises(Refused) as nothing:
        journey.issue(street.actor("li"), street.people["li"], today - timedelta(days=30), today, street.key())
    assert nothing.value.code is Refusal.NOTHING_TO_CERTIFY
    key = street.key()
    one = journey.issue(street.actor("wang"), street.people["wang"], today - timedelta(days=30), today, key)
    assert journey.issue(street.actor("wang"), street.people["wang"], today - timedelta(days=30), today, key) == one
    for statement in ("UPDATE certificates_certificate SET minutes = 9000", "DELETE FROM certificates_certificate"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_lists_of_statuses_follow_each_other_and_a_day_has_its_limit(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    visited(street)
    monkeypatch.setattr(verbs, "LIST_FULL", 2)
    wang, stranger = client_of(street, "wang"), client_of(street)
    made = [issued(street, wang) for _ in range(3)]
    texts = [json.loads(file_of(wang, one))["credentialStatus"]["statusListCredential"].rsplit("/", 1)[1] for one in made]
    assert texts == ["1", "1", "2"]
    wang.post(f"/home/book/certificates/{made[2]}/revoke/", {"key": street.key()})
    assert stranger.get("/certificates/status/3").status_code == 404
    assert outside(stranger, file_of(wang, made[2]), number=2)["revoked"] is True
    assert outside(stranger, file_of(wang, made[0]))["revoked"] is False
    for _ in range(17):
        issued(street, wang)
    full = wang.post("/home/book/certificates/issue/", {"span": "days", **days(street), "key": street.key()})
    assert full.status_code == 422
    assert "一天最多开 20 份" in full.content.decode()
    steps.move_clock(by=timedelta(days=1, minutes=1))
    issued(street, wang)
