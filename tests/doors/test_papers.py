"""White papers at the doors: drafts are the city's alone, what is published is everybody's, and the PDF is one that a screen reader can read."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from linli.doors.public.charts import Mark, intervals, line
from linli.doors.public.paper_pdf import paper_pdf
from linli.doors.public.paper_shown import shown
from linli.ground.policy.reads import policy
from linli.ground.steps.reads import now
from linli.journeys import mine, publish
from linli.journeys import programme as journey
from linli.kernel.canon import PREFIX
from linli.kernel.errors import NotAllowed, Refused
from linli.sight.facts import reads as facts
from linli.sight.papers import reads
from linli.sight.papers.paper import Change, Correction
from linli.sight.programme import reads as programme
from tests.cast import HOME
from tests.lived import Lived
from tests.pdfs import findings
from tests.walk import client_of

DISTRICT = HOME[:6]


def refused_in(response: Any) -> str:
    return str(response.content.decode())


def test_a_draft_is_the_citys_alone_and_a_paper_everybodys(lived: Lived) -> None:
    draft, done = (reverse("public:paper", args=[name]) for name in (lived.white_draft, lived.white_paper))
    for who in (None, "li", "chen", "he", "zhou"):
        client = client_of(lived.street, who)
        assert client.get(draft).status_code == 404
        for ending in ("pdf", "json", "csv", "parquet"):
            assert client.get(reverse(f"public:paper-{ending}", args=[lived.white_draft])).status_code == 404
            assert client.get(reverse(f"public:paper-{ending}", args=[lived.white_paper])).status_code == 200
        assert client.get(done).status_code == 200
        listed = client.get(reverse("public:papers")).content.decode()
        assert lived.white_paper in listed
        assert lived.white_draft not in listed
    assert client_of(lived.street, "lin").get(draft).status_code == 200


def test_the_city_writes_and_publishes_and_nobody_else(lived: Lived) -> None:
    street = lived.street
    publishing = reverse("city:paper-publish", args=[lived.white_draft])
    for who in ("li", "chen", "he"):
        client = client_of(street, who)
        assert client.post(publishing, {"key": street.key()}).status_code in {403, 404}
        with pytest.raises(NotAllowed):
            publish.publish(street.actor(who), lived.white_draft, street.key())
    client = client_of(street, "lin")
    day = (now() + timedelta(hours=8)).date()
    form = {"place": DISTRICT, "start": (day - timedelta(days=4)).isoformat(), "end": day.isoformat(), "why": "", "key": street.key()}
    made = client.post(reverse("city:paper-draft"), form)
    assert made.status_code == 302
    assert "草稿" in client.get(made["Location"]).content.decode()
    assert client.post(publishing, {"key": street.key()}).status_code == 302
    assert client_of(street, "zhou").get(reverse("public:paper", args=[lived.white_draft])).status_code == 200
    entry = client.get(reverse("city:papers")).content.decode()
    assert made["Location"] in entry


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"place": "119999"}, "place_unknown"), ({"days": 0}, "input_invalid"), ({"days": 400}, "input_invalid"),
        ({"end": 2}, "input_invalid"), ({"place": HOME}, "input_invalid"), ({"why": ""}, "reason_required"),
        ({"why": "长" * 401}, "input_too_long"),
    ],
)  # fmt: skip
def test_what_can_not_be_a_paper_is_refused(lived: Lived, change: dict[str, Any], code: str) -> None:
    row, _paper = reads.edition(lived.white_paper)
    asked = {"place": DISTRICT, "days": 10, "end": 0, "why": "补了评价"} | change
    end = row.end + timedelta(days=asked["end"])
    actor = publish.Actor.system("test") if asked["place"] == "119999" else lived.street.actor("lin")
    with pytest.raises(Refused, match=code):
        publish.draft(actor, asked["place"], end - timedelta(days=asked["days"]), end, asked["why"], lived.street.key())


def test_a_correction_names_the_edition_before_it(lived: Lived) -> None:
    row, _paper = reads.edition(lived.white_paper)
    lin, street = lived.street.actor("lin"), lived.street
    later = publish.draft(lin, DISTRICT, row.start, row.end, "补了评价", street.key())["digest"]
    publish.publish(lin, later, street.key())
    client = client_of(street)
    assert "后来更正过" in client.get(reverse("public:paper", args=[lived.white_paper])).content.decode()
    page = client.get(reverse("public:paper", args=[later[:16]])).content.decode()
    assert "补了评价" in page
    for language in ("zh-hans", "en"):
        assert findings(client.get(reverse("public:paper-pdf", args=[later[:16]]), headers={"accept-language": language}).content) == []
    assert reverse("public:paper", args=[lived.white_paper]) in page


def test_the_digest_is_what_anybody_computes(lived: Lived) -> None:
    row, _paper = reads.edition(lived.white_paper)
    content = client_of(lived.street).get(reverse("public:paper-json", args=[lived.white_paper])).content
    assert hashlib.sha256(PREFIX + content).hexdigest() == row.digest
    assert json.loads(content)["place"] == DISTRICT
    page = client_of(lived.street).get(reverse("public:paper", args=[lived.white_paper])).content.decode()
    assert row.digest in page
    assert row.fact_set in page


def test_every_mark_on_the_page_leads_to_its_note(lived: Lived) -> None:
    page = client_of(lived.street).get(reverse("public:paper", args=[lived.white_paper])).content.decode()
    marks, notes = set(re.findall(r'href="#(note-\d+)"', page)), set(re.findall(r'id="(note-\d+)"', page))
    assert marks
    assert marks == notes
    assert page.count('role="img"') == page.count('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360')
    assert len(re.findall(r"<h1", page)) == 1


def test_a_citation_leads_to_what_it_was_added_up_from(lived: Lived) -> None:
    row, found = reads.edition(lived.white_paper)
    client = client_of(lived.street)
    note = next(n for n in found.notes if n.code == "needs_asked")
    page = client.get(reverse("public:paper-note", args=[lived.white_paper, note.number])).content.decode()
    for said in (row.digest, found.cited.fact_set, f"{note.numerator:,}", "needs_asked ="):
        assert said in page
    middle = next(n for n in found.notes if n.code == "answer_median")
    ranked = client.get(reverse("public:paper-note", args=[lived.white_paper, middle.number])).content.decode()
    assert "样本" in ranked
    assert "分子" not in ranked  # a middle one is no fraction
    below = facts.figures_below(DISTRICT, row.start, row.end, fact_set=found.cited.fact_set)
    assert sum(figures["needs_asked"].value or 0 for figures in below.values()) == note.numerator
    assert client.get(reverse("public:paper-note", args=[lived.white_paper, 999])).status_code == 404
    assert client.get(reverse("public:paper-note", args=[lived.white_draft, 1])).status_code == 404
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("public:paper-note", args=[lived.white_paper, note.number]))
    assert len(queries) <= 12


def test_an_edition_over_days_that_cross_another_tells_no_place_below_and_says_so(lived: Lived) -> None:
    row, _found = reads.edition(lived.white_paper)
    lin = lived.street.actor("lin")
    later = publish.draft(lin, DISTRICT, row.start + timedelta(days=1), row.end, "", lived.street.key())["digest"]
    paper = reads.edition(later)[1]
    assert {n.withheld for line in (*paper.below, *paper.communities) for n in line.numbers} <= {
        "crossed",
        "no_data",
        "too_few",
        "no_record",
    }
    assert "crossed" in {n.withheld for line in paper.below for n in line.numbers}
    publish.publish(lin, later, lived.street.key())
    assert "发布过的另一版用别的起止日子" in client_of(lived.street).get(reverse("public:paper", args=[later[:16]])).content.decode()


def test_risks_are_a_chapter_with_their_state_and_what_triggers_them(lived: Lived) -> None:
    _row, found = reads.edition(lived.white_paper)
    assert [risk.code for risk in found.risks] == [
        row.risk.code for row in programme.register(DISTRICT, journey.risk_bars(policy(DISTRICT, now().date())), needed=1, least=1)
    ]
    page = client_of(lived.street).get(reverse("public:paper", args=[lived.white_paper])).content.decode()
    chapter = page[page.index('id="risks"') : page.index('id="cases"')]
    assert "数据孤岛" in chapter
    assert "邻居帮成率低于" in chapter
    assert "本系统没有这项记录" in chapter


def test_only_somebody_who_agreed_is_told_and_never_who(lived: Lived) -> None:
    street, (row, before) = lived.street, reads.edition(lived.white_paper)
    assert before.cases == ()
    consent = mine.grant(street.actor("li"), "helped", "public", "paper", None, street.key())["consent"]
    found = publish.gather(DISTRICT, row.start, row.end, now())
    assert len(found.cases) == 1
    with_case = publish.draft(street.actor("lin"), DISTRICT, row.start, row.end, "加一件事", street.key())["digest"]
    text = reads.content(with_case).decode()
    for never in ("李奶奶", street.people["li"].hex, str(street.people["li"]), "单元 301"):
        assert never not in text
    mine.withdraw_consent(street.actor("li"), mine.UUID(consent), street.key())
    assert publish.gather(DISTRICT, row.start, row.end, now()).cases == ()


# The PDF ------------------------------------------------------------------------------------------------------------


def elements(node: Any) -> Iterator[Any]:
    """Walk the tree of tags."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from elements(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_pdf_is_tagged_and_says_everything_a_picture_shows(lived: Lived, language: str) -> None:
    row, paper = reads.edition(lived.white_paper)
    with translation.override(language):
        told = shown(paper, row.digest)
        pdf = paper_pdf(told)
    assert findings(pdf) == []  # by a checker that is not ours
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"] == True  # noqa: E712 — a PDF boolean
    assert str(root["/Lang"]).lower().startswith(language[:2])
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == f"{told.title} · {told.period}"
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfuaid:part[>=\"]+1", xmp)
    roles = root["/StructTreeRoot"].get("/RoleMap", {})
    tags = [(str(roles.get(e["/S"], e["/S"])), e) for e in elements(root["/StructTreeRoot"]["/K"])]
    figures = [e for tag, e in tags if tag == "/Figure"]
    assert len(figures) >= sum(len(chapter.charts) for chapter in told.chapters)
    assert all(str(e.get("/Alt", "")).strip() for e in figures)
    heads = [e for tag, e in tags if tag == "/TH"]
    assert heads
    assert all("/Scope" in str(e.get("/A").get_object() if e.get("/A") is not None else "") for e in heads)
    levels = [int(tag[2:]) for tag, _e in tags if re.fullmatch(r"/H[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels))
    text = "".join(page.extract_text() for page in reader.pages)
    assert "\ufffd" not in text
    assert row.digest in text.replace("\n", "")


def test_the_checker_finds_what_is_wrong(lived: Lived) -> None:
    row, paper = reads.edition(lived.white_paper)
    changed = replace(paper, correction=Correction("0" * 64, "补了评价", (Change("satisfaction", 700_000, 800_000),)))
    assert findings(paper_pdf(shown(changed, row.digest))) == []
    plain = paper_pdf(shown(paper, row.digest), tagged=False)
    assert any("ID" in found for found in findings(plain))


def test_charts_draw_what_they_are_given_and_escape_words() -> None:
    marks = [Mark("<a>", 800_000, 700_000, 900_000), Mark("b", None), Mark("c", 500_000, 500_000, 500_000)]
    for drawn in (line(marks, 'x"<y>'), intervals(marks, 'x"<y>')):
        assert 'aria-label="x&quot;&lt;y&gt;"' in drawn
        assert "<a>" not in drawn
    assert intervals(marks, "").count('class="dot"') == 2
    assert line(marks[:1], "") == intervals(marks[1:2], "") == ""
