"""The nation's big screen through its doors: every level, month and measure; what is not there is told in words; only places are shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.http import HttpResponse
from django.test import Client

from linli.doors.commands import nation_table
from linli.ground.steps.reads import now
from linli.journeys.take_stock import take_stock
from linli.kernel.errors import NotFound
from linli.sight.rollup import files, reads, verbs
from linli.sight.rollup.files import Progress
from linli.sight.rollup.reads import months_until
from tests.cast import HOME
from tests.lived import Lived
from tests.nation import CODES, make_nation
from tests.walk import client_of, faults_of

STREET, DISTRICT = HOME[:9], HOME[:6]


@pytest.fixture
def nation(lived: Lived, tmp_path: Path, settings: object) -> Iterator[Client]:
    settings.LINLI_DATA = tmp_path  # type: ignore[attr-defined]
    take_stock()
    make_nation()
    return client_of(lived.street)  # type: ignore[return-value]


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("place", ["", "44/", "4401/", "440105/", "440105002/", f"{DISTRICT}/", f"{STREET}/"])
def test_every_level_opens_for_anybody(nation: Client, place: str) -> None:
    answer = nation.get(f"/nation/{place}")
    assert answer.status_code == 200
    assert not faults_of(text(answer), language="zh-hans")
    assert "合成数据" in text(answer) or place.startswith(DISTRICT)


def test_own_figures_are_marked_and_added_above(nation: Client) -> None:
    assert "本系统实时算出" in text(nation.get("/nation/"))
    assert 'class="tile b' in text(nation.get(f"/nation/{DISTRICT}/"))
    assert "本系统实时算出" not in text(nation.get("/nation/11/"))
    first = reads.months_until(f"{now():%Y-%m}", 12)[0]
    assert "本系统实时算出" not in text(nation.get(f"/nation/?month={first}"))


def test_places_and_measures_that_are_not_there_are_not_found(nation: Client) -> None:
    for url in ("/nation/99/", "/nation/4/", "/nation/44x1/", f"/nation/{HOME}/", "/nation/?dim=luck"):
        assert nation.get(url).status_code == 404, url


def test_a_month_without_figures_says_which_there_are(nation: Client) -> None:
    for month in ("1999-01", "2999-12", "soon"):
        answer = nation.get("/nation/", {"month": month})
        assert answer.status_code == 404
        assert f"{month} 没有数据" in text(answer)
        assert 'role="alert"' in text(answer)


def test_months_are_links_to_walk_along(nation: Client) -> None:
    months = reads.months_until(f"{now():%Y-%m}", 12)
    page = text(nation.get(f"/nation/44/?month={months[5]}&dim=response"))
    assert f"/nation/44/?month={months[4]}&amp;dim=response" in page
    assert 'data-move="ArrowLeft"' in page
    assert 'data-move="ArrowRight"' in page
    assert 'data-move="ArrowRight"' not in text(nation.get("/nation/"))


def test_few_observations_are_withheld(nation: Client) -> None:
    page = text(nation.get("/nation/440105002/?dim=sharing"))
    assert page.count("次数太少，不显示") >= 8
    assert "没有可以排的" in page


def test_only_places_are_shown(lived: Lived, nation: Client) -> None:
    page = text(nation.get(f"/nation/{STREET}/"))
    for person in ("li", "wang", "chen"):
        assert str(lived.street.people[person]) not in page


@pytest.mark.django_db
def test_the_table_of_the_nation_has_every_community_and_the_same_digest_each_time(nation: Client, tmp_path: Path) -> None:
    month = months_until(f"{now():%Y-%m}", 2)[0]
    first, again = (nation_table.write(tmp_path / name, month) for name in "ab")
    assert first.rows == len(CODES)
    assert first.sha256 == again.sha256
    table = pq.read_table(first.files[1]).to_pylist()
    assert [row["place"] for row in table] == CODES
    described = json.loads(first.files[2].read_text())
    assert (described["rows"], described["csv_sha256"]) == (len(CODES), first.sha256)
    assert hashlib.sha256(first.files[0].read_bytes()).hexdigest() == first.sha256
    for row in table:
        few, apart = row["place"].startswith("440105002"), row["place"].startswith("440104")
        assert (row["sharing_n"], row["sharing_hits"] is None) == ((None, True) if few else (0 if apart else 40, False))
    with pytest.raises(NotFound):
        nation_table.write(tmp_path, "1999-01")


def test_without_figures_it_says_so_and_shows_own_cities(lived: Lived, tmp_path: Path, settings: object) -> None:
    settings.LINLI_DATA = tmp_path  # type: ignore[attr-defined]
    settings.LINLI_DEMO = False  # type: ignore[attr-defined]
    client = client_of(lived.street)
    page = text(client.get("/nation/"))
    assert "这里没有全国的数据" in page
    assert 'http-equiv="refresh"' not in page
    verbs.new_cells(files.being_made(reads.folder()), 4)
    verbs.tell(files.being_made(reads.folder()), Progress(1, 4, 2_000))
    page = text(client.get("/nation/"))
    assert "已好 25%，大约还要 6 秒" in page


def test_what_is_left_is_reckoned_from_the_pace_so_far() -> None:
    assert Progress(0, 10, 0).left_s is None
    assert Progress(5, 10, 4_000).left_s == 4
    assert Progress(10, 10, 9_000).left_s == 0
