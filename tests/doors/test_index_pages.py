"""The index as pages show it: anybody can work it out again with a pencil; another choice shows what it moves; a new method counts the past anew."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse

from linli.ground.steps.reads import now
from linli.journeys.corridor import step
from linli.journeys.recast import recast
from linli.journeys.take_stock import STOCK, take_stock
from linli.kernel.units import PPM_ONE
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import FactIn, FactKind
from linli.sight.wellbeing import reads, verbs
from linli.sight.wellbeing.core import NO_PEERS, Count, Dimension, Weights, score
from linli.sight.wellbeing.reads import METHOD
from linli.trust.evidence import reads as evidence
from tests.cast import HOME, OTHER, Street
from tests.walk import client_of

DISTRICT, CITY = HOME[:6], HOME[:4]
KINDS = (FactKind.RATED, FactKind.NEED_ANSWERED, FactKind.CARE_ANSWERED, FactKind.NEED_ENDED)


class _Table(HTMLParser):
    """The rows of the dimensions' table as lists of what their cells say."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside, self._cell = False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._inside = "dims" in (dict(attrs).get("class") or "")
        if self._inside and tag == "tr":
            self.rows.append([])
        if self._inside and tag == "td":
            self._cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag != "td"
        self._inside = self._inside and tag != "table"

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data


def happened(place: str, good: int, of: int) -> list[FactIn]:
    return [
        FactIn(
            kind,
            f"{place}:{n}",
            place,
            n < good,
            now() - timedelta(days=2, minutes=n),
            (5 if n < good else 2) if kind is FactKind.RATED else 0,
        )
        for kind in KINDS
        for n in range(of)
    ]


@pytest.fixture
def counted(street: Street) -> Street:
    with step(STOCK, None, "sight.take_stock", {}) as s:
        facts.load(s, [*happened(HOME, 5, 9), *happened(OTHER, 33, 40)])
    take_stock()
    return street


def rows_of(page: HttpResponse) -> list[list[str]]:
    reader = _Table()
    reader.feed(page.content.decode())
    return [[re.sub(r"\s+", " ", cell).strip() for cell in row] for row in reader.rows if len(row) == 5]


def figure(words: str, pattern: str) -> float:
    found = re.search(pattern, words)
    assert found is not None, words
    return float(found.group(1))


def test_the_index_is_worked_out_with_a_pencil_from_what_the_page_says(counted: Street) -> None:
    page = client_of(counted, "he").get(f"/street/communities/{HOME}/")
    words = re.sub(r"\s+", " ", page.content.decode())
    prior = figure(words, r"补上 (\d+) 次记录")
    assert "全区另外 1 个社区" in words
    total = known = 0.0
    for name, counts, own, value, weight in rows_of(page):
        if own == "—":
            assert "还没有数据" in value, name
            continue
        hits, n = (int(part) for part in own.split(" / "))
        pulled = prior if "相像的社区" in counts else 0
        mine = (hits + pulled * (figure(counts, r"相像的社区 ([\d.]+)%") / 100 if pulled else 0)) / (n + pulled)
        assert mine * 100 == pytest.approx(figure(value, r"([\d.]+)%"), abs=0.11), name
        share = figure(weight, r"(\d+)%")
        total, known = total + share * mine, known + share
    shown = figure(words, r'<small>健康指数</small><div class="figure">([\d.]+)<')
    assert 100 * total / known == pytest.approx(shown, abs=0.11)
    assert known >= 60


def test_every_choice_is_made_otherwise_once_and_the_page_says_what_moves(counted: Street) -> None:
    he, lin = (client_of(counted, who) for who in ("he", "lin"))
    page = he.get(f"/street/places/{HOME[:9]}/choices/").content.decode()
    for words in ("“响应”加重一半", "满意占到六成", "几乎不向相像的社区靠拢", "三眼井社区", "没有换过"):
        assert words in page
    assert "盐运西社区" not in page  # another street's
    assert "盐运西社区" in lin.get(f"/street/places/{DISTRICT}/choices/").content.decode()
    assert f"/street/places/{DISTRICT}/choices/" in lin.get("/city/").content.decode()
    for wrong in (CITY, HOME, "990101"):
        assert lin.get(f"/street/places/{wrong}/choices/").status_code == 404
    for who in ("zhou", "chen", "li"):
        assert client_of(counted, who).get(f"/street/places/{HOME[:9]}/choices/").status_code == 404
    assert client_of(counted, "he").get(f"/street/places/{OTHER[:9]}/choices/").status_code == 404


def test_a_street_without_any_index_says_so(street: Street) -> None:
    assert "还没有哪个社区有指数" in client_of(street, "he").get(f"/street/places/{HOME[:9]}/choices/").content.decode()


def test_a_new_method_counts_the_past_anew_and_keeps_the_old_figures(counted: Street) -> None:
    known = {d: Count(4, 8) for d in Dimension}
    weighed = Weights({d: (PPM_ONE // 2 if d is Dimension.SATISFACTION else PPM_ONE // 14) for d in Dimension}, 12, 600_000)
    odd = PPM_ONE - sum(weighed.by_dimension.values())
    weighed = Weights({**weighed.by_dimension, Dimension.SAFETY: weighed.by_dimension[Dimension.SAFETY] + odd}, 12, 600_000)
    days = [now().date() - timedelta(days=n) for n in (3, 2, 1)]
    with step(STOCK, None, "sight.take_stock", {}, place=DISTRICT) as s:
        for day in days:
            old = {
                place: score(known if place == HOME else {d: Count(6, 8) for d in Dimension}, NO_PEERS, weighed) for place in (HOME, OTHER)
            }
            verbs.keep(s, old, day=day, method="health-1", starts_at=s.now)
    assert recast(CITY) == len(days)
    assert recast(CITY) == 0
    history = reads.history(HOME)
    assert [row.day for row in history][: len(days)] == days
    assert {row.method for row in history} == {METHOD}
    assert [row.prior for row in history] == [12] * len(history)
    assert [(row.likeness.value, row.peer_places) for row in history[: len(days)]] == [("district", 1)] * len(days)
    assert (history[0].value_ppm or 0) > 500_000  # pulled toward the neighbour's 75 %
    assert dict(reads.by_method(HOME)[0][1])["health-1"] == 500_000
    assert reads.history(CITY)[0].day == days[0]
    assert evidence.state().waiting > 0
    page = client_of(counted, "he").get(f"/street/places/{HOME[:9]}/choices/").content.decode()
    assert "没有换过" in page  # the street itself had no row by the old method


def test_what_a_later_method_scored_is_never_scored_again_by_an_earlier_one(counted: Street) -> None:
    assert reads.behind(CITY, "health-1") == {}
