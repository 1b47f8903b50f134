"""What whoever watches the machine is told, and who is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from linli.doors.site import counters, secrets
from linli.ground.steps.reads import outbox_state
from linli.help.needs import figures
from linli.trust.evidence import reads as evidence
from tests.lived import Lived
from tests.walk import client_of

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9]+(\.[0-9]+)?')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Counters of this test alone."""
    monkeypatch.setattr(counters, "folder", lambda: tmp_path)
    return tmp_path


def read(client: Client, **more: str) -> dict[str, int]:
    """Return each sample by its name and labels; times are left out."""
    answer = client.get("/metrics", **more)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert all(LINE.fullmatch(line) for line in lines if not line.startswith("#")), lines
    return {name: int(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#") if value.isdigit()}


def test_work_is_told_as_it_stands(standing: Lived, folder: Path) -> None:
    told = read(client_of(standing.street))
    log, box = evidence.state(), outbox_state()
    needs = {f'linli_needs{{state="{state}",level="{level}"}}': n for state, level, n in figures.standing()}
    assert needs
    assert {name: n for name, n in told.items() if name.startswith("linli_needs{")} == needs
    assert (told["linli_up"], told["linli_tree_size"], told["linli_evidence_waiting"]) == (1, log.size, log.waiting)
    assert (told["linli_outbox_waiting"], told["linli_outbox_failed"]) == (box.waiting, box.failed)
    assert "linli_clocks_overdue" in told
    assert log.size > 0
    assert "linli_seconds_since_publication" in told


def test_requests_are_counted_by_door_and_never_by_address(standing: Lived, folder: Path) -> None:
    client = client_of(standing.street, "li")
    for url in ("/home/", "/home/", "/sign-in/", "/nowhere/at/all/", f"/home/need/{standing.street.people['li']}/"):
        client.get(url)
    for url in ("/healthz", "/metrics"):
        client.get(url)
    # The middleware was built before the folder was put aside: what it counted stands in the folder of the run.
    answer = client.get("/metrics").content.decode()
    assert str(standing.street.people["li"]) not in answer
    assert "nowhere" not in answer


def test_counts_add_up_over_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = counters.Counters(tmp_path)
    for door, spent_us, status in (("resident", 4_000, 200), ("resident", 5_001, 200), ("resident", 9_000_000, 500), ("none", 1, 404)):
        mine.add(door, spent_us, status)
    monkeypatch.setattr("os.getpid", lambda: 4_000_001)  # as after a fork
    mine.add("resident", 400_000, 302)
    assert len(list(tmp_path.glob("*.counters"))) == 2
    (tmp_path / "old.counters").write_bytes(b"of another version")
    found = {row.door: row for row in counters.counted(tmp_path)}
    resident = found["resident"]
    assert resident.buckets == (1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    assert resident.sum_us == 4_000 + 5_001 + 9_000_000 + 400_000
    assert resident.kinds == (2, 1, 0, 1)
    assert found["none"].kinds == (0, 0, 1, 0)
    assert sum(found["worker"].buckets) == 0


def test_a_histogram_is_cumulative(standing: Lived, folder: Path) -> None:
    counters.Counters(folder).add("worker", 30_000, 200)
    counters.Counters(folder).add("worker", 7_000_000, 200)
    told = read(client_of(standing.street))
    steps = [told[f'linli_request_seconds_bucket{{door="worker",le="{le}"}}'] for le in ("0.025", "0.050", "3.200", "+Inf")]
    assert steps == [0, 1, 1, 2]
    assert told['linli_request_seconds_count{door="worker"}'] == 2
    assert told['linli_requests_total{door="worker",status="2xx"}'] == 2


def test_only_who_watches_is_told(standing: Lived, folder: Path, settings: object) -> None:
    token = f"Bearer {secrets.secret('metrics')}"
    client = client_of(standing.street, "operator")
    assert client.get("/metrics").status_code == 200  # from this machine
    for way in ({"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, {"HTTP_AUTHORIZATION": "Bearer wrong"}):
        assert client.get("/metrics", **way).status_code == 404, way  # type: ignore[arg-type]
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION=token).status_code == 200
    settings.LINLI_PRODUCTION = True  # type: ignore[attr-defined]
    assert client.get("/metrics").status_code == 404  # a proxy on this machine brings everybody
    assert client.get("/metrics", HTTP_AUTHORIZATION=token).status_code == 200
    assert client.post("/metrics", HTTP_AUTHORIZATION=token).status_code == 405
