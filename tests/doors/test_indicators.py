"""Indicators on pages and over the interface: what is there, what is withheld, who may, what a page costs."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from linli.doors.city.indicator_words import MEASURED, formula_words
from linli.journeys.take_stock import take_stock
from linli.sight.facts.indicator import Shape
from linli.sight.facts.indicators import LISTED, near
from linli.sight.facts.sheets import BOM, safe
from tests.cast import HOME, Street
from tests.walk import client_of

MONTH = "from=2026-01-01&to=2027-01-01"


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_list_and_one_indicator_cost_no_more_than_twelve_statements(street: Street) -> None:
    take_stock()
    client, place = client_of(street, "chen"), HOME
    for url in (f"/street/places/{place}/indicators/", f"/street/places/{place}/indicators/needs_asked/"):
        assert cost(client, url) <= 12
        assert "提出的事" in client.get(url, headers={"accept-language": "zh-hans"}).content.decode()
    assert client.get("/street/places/330106001001/indicators/").status_code == 404
    assert client.get(f"/street/places/{place}/indicators/nothing/").status_code == 404


def test_files_have_typed_cells_and_no_formulas(street: Street) -> None:
    take_stock()
    client, url = client_of(street, "chen"), f"/street/places/{HOME}/indicators/?format="
    text = client.get(f"{url}csv").content.decode()
    assert text.startswith(f"{BOM}code,name,place")
    assert pq.read_table(io.BytesIO(client.get(f"{url}parquet").content)).num_rows >= 80
    rows = list(load_workbook(io.BytesIO(client.get(f"{url}xlsx").content)).active.values)
    asked = next(row for row in rows if row[0] == "needs_asked")
    assert isinstance(asked[6], int)
    assert [safe(text) for text in ("=1+1", "@x", "-2", "十")] == ["'=1+1", "'@x", "'-2", "十"]
    assert safe(-2) == -2


def test_the_interface_tags_what_it_answers(street: Street) -> None:
    take_stock()
    client = Client()
    url = f"/api/v1/places/{HOME[:4]}/indicators?{MONTH}"
    first = client.get(url)
    assert first.status_code == 200
    assert {"start", "end", "fact_set", "items"} <= set(first.json())
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get("/api/v1/indicators").json()["items"][0]["code"] == "needs_asked"
    sets = client.get("/api/v1/facts/sets").json()["items"]
    assert first.json()["fact_set"] in {row["digest"] for row in sets}
    assert client.get(f"/api/v1/places/{HOME}/indicators?from=2026-01-02&to=2026-01-05").status_code == 422


def test_every_indicator_is_explained_to_anybody(street: Street) -> None:
    client = Client()
    listed = client.get("/indicators/").content.decode()
    for line in LISTED:
        assert f'href="/indicators/{line.code}/"' in listed, line.code
        assert line.missing or formula_words(line), line.code
        assert near(line), line.code
    assert "按时回话率" in client.get("/indicators/?q=按时", headers={"accept-language": "zh-hans"}).content.decode()
    assert client.get("/indicators/nothing/").status_code == 404
    assert b'href="/indicators/"' in client.get("/indicators/nothing/").content
    take_stock()
    assert cost(client, "/indicators/helpers_per_1000/") <= 3
    said = client.get("/indicators/helpers_per_1000/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "在册帮手 ÷ 在册居民 × 1000" in said
    assert "还没有记录" in client.get("/indicators/backups/", headers={"accept-language": "zh-hans"}).content.decode()
    assert (
        "/street/places/440104001001/indicators/helpers_per_1000/"
        in client_of(street, "chen").get("/indicators/helpers_per_1000/").content.decode()
    )


def test_measures_said_by_hand_are_those_no_line_counts() -> None:
    used = {name for line in LISTED if line.shape is not Shape.QUANTILE for name in line.top}
    used |= {name for line in LISTED if line.shape is not Shape.COUNT for name in line.bottom}
    alone = {line.top[0] for line in LISTED if line.shape in {Shape.COUNT, Shape.AMOUNT}}
    assert set(MEASURED) == used - alone
