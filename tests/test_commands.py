"""The command line as a real process, about a street that has lived: what it says, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from linli.doors.commands import watch
from linli.doors.commands.cluster import Cluster
from linli.ground.steps import verbs as steps
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, confirm, propose, rate, visit
from linli.journeys.keep_record import keep_record
from linli_verify.witness import Witness
from tests.cast import Street

LINLI = str(Path(sys.executable).with_name("linli"))


def linli(*words: str, code: int | None = 0, **surroundings: str | None) -> subprocess.CompletedProcess[str]:
    """Run `linli` beside this test, on its database and its clock; it must end with `code`, where one is given."""
    asked = connection.settings_dict
    host = str(asked["HOST"]).replace("/", "%2F")
    env = os.environ | {"LINLI_DATABASE_URL": f"postgresql://{asked['USER']}:{asked['PASSWORD']}@{host}/{asked['NAME']}"} | surroundings
    ran = subprocess.run(
        [LINLI, *words], env={k: v for k, v in env.items() if v is not None}, capture_output=True, text=True, timeout=90, check=False
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    assert code is None or ran.returncode == code, ran.stdout + ran.stderr
    return ran


def helped(street: Street) -> UUID:
    """Let 小王 help 李奶奶 once, from asking to rating; return the visit."""
    need = UUID(ask.ask(street.actor("li"), ask.AskDraft(service="talk"), street.key())["need"])
    answer.answer(street.actor("chen"), need, street.key())
    offer = UUID(propose.offer_to(street.actor("chen"), need, street.people["wang"], street.key())["offer"])
    made = UUID(accept.accept(street.actor("wang"), offer, street.key())["visit"])
    row = visits.visit(made)
    steps.move_clock(to=row.starts_at, speed=0)
    visit.check_in(street.actor("wang"), made, visit.code_shown(street.actor("li"), made, row.starts_at).code, street.key())
    steps.move_clock(by=timedelta(minutes=row.minutes_estimated))
    service = needs.service(row.service)
    assert service is not None
    for item in range(len(service.checklist)):
        visit.tick(street.actor("wang"), made, item, True, street.key())
    visit.check_out(street.actor("wang"), made, street.key())
    confirm.confirm(street.actor("wang"), made, row.minutes_estimated, street.key())
    confirm.confirm(street.actor("li"), made, row.minutes_estimated, street.key())
    rate.rate(street.actor("li"), made, 5, ["on_time"], street.key())
    return made


@pytest.fixture
def _no_key_left() -> Iterator[None]:
    """Begin and end without a signing key: the log of this test is not that of the next."""
    key = Path(settings.LINLI_MASTER_KEY_FILE).with_name("evidence")
    key.unlink(missing_ok=True)
    yield
    key.unlink(missing_ok=True)


def behind_the_guards(table: str, change: str) -> None:
    """Change rows as somebody does who owns the database: with the triggers away for the moment."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
        assert cursor.rowcount == 1
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.usefixtures("_no_key_left")
def test_a_lived_street_is_matched_counted_signed_and_verified_and_a_change_is_found(living_street: Street) -> None:
    made = helped(living_street)
    waiting = UUID(ask.ask(living_street.actor("li"), ask.AskDraft(service="meal"), living_street.key())["need"])

    assert json.loads(linli("match", "--json").stdout)["offers"] >= 1
    assert visits.offers_of_need(waiting)

    counted = json.loads(linli("take-stock", "--json").stdout)
    assert counted["facts"] >= 5  # asked, answered, handled, visited, rated
    # Taking stock of 越秀区 is the last step of making it: on this database the district stands, and nobody is settled twice.
    assert linli("stage", "build").stdout == "the district stands already\n"

    signed = json.loads(linli("publish", "--json").stdout)
    assert signed["integrated"] == signed["size"] > 10
    again = linli("publish").stdout
    assert again == f"0 entries got their place; {signed['size']} stand signed\n"

    assert linli("verify", "ledger").stdout == "ledger: everything adds up\n"
    assert json.loads(linli("verify", "evidence", "--json").stdout) == {"book": "evidence", "ok": True, "findings": []}

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_transfer WHERE about = %s", [f"visit:{made}"])
        (transfer,) = cursor.fetchone()
    behind_the_guards("ledger_transfer", f"amount = amount + 1 WHERE id = '{transfer}'")
    behind_the_guards("evidence_entry", "place_code = '440104002001' WHERE id = (SELECT min(id) + 3 FROM evidence_entry)")
    lines = linli("verify", "ledger", code=1).stdout.splitlines()
    assert any(line.startswith(f"ledger_transfer {transfer}: ") for line in lines), lines
    found = json.loads(linli("verify", "evidence", "--json", code=1).stdout)
    assert not found["ok"]
    assert {row["table"] for row in found["findings"]} & {"entry", "leaf"}
    assert all(row["row"] and row["told"] for row in found["findings"])


def test_made_up_people_never_stand_beside_real_ones(db: None) -> None:
    told = linli("stage", "build", code=2, LINLI_DEMO="false", LINLI_CLOCK="real").stderr
    assert "for the demo only" in told


def test_an_empty_folder_has_nothing_to_verify() -> None:
    with tempfile.TemporaryDirectory(prefix="linli-test-commands-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        env = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")} | {"LINLI_DATA": name}
        ran = subprocess.run([LINLI, "verify", "ledger"], env=env, capture_output=True, text=True, timeout=90, check=False)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "linli serve" in ran.stderr
        assert Cluster(folder).pid() is None  # the server was there for the command only


def test_a_changed_file_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PACKAGE", tmp_path)
    page, note = tmp_path / "page.html", tmp_path / "note.txt"
    page.write_text("a")
    before = watch.newest()
    note.write_text("not looked at")
    assert watch.newest() == before
    page.write_text("b")
    os.utime(page, ns=(1, 1))
    assert watch.newest() != before


def test_an_operator_names_witnesses_and_reads_what_they_say(living_street: Street, tmp_path: Path) -> None:
    keep_record()
    somebody = Witness.new(tmp_path / "w", "family.example/w")
    vkey = somebody.secret.public().text()
    linli("witness", "add", "http://127.0.0.1:9", vkey)
    rows = json.loads(linli("witness", "ask", "--json").stdout)["witnesses"]
    assert [(row["name"], row["outcome"]) for row in rows] == [("family.example/w", "away")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM evidence_entry WHERE kind = 'witness:named'")
        assert cursor.fetchone() == (1,)
