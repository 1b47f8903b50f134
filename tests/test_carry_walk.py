"""Carrying in quarters through the city's page: looked at first, every fault named, carried in once and as a whole, marked ever after."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.ground.steps.reads import now
from linli.journeys import carry, stars
from linli.journeys.take_stock import take_stock
from linli.kernel.errors import NotAllowed, Refusal, Refused
from linli.kernel.quarter import Quarter
from linli.sight.warnings import reads as warnings
from linli.sight.wellbeing import reads as wellbeing
from tests.cast import HOME, OTHER, Street
from tests.walk import client_of

CITY, PAGE, SOURCE = HOME[:4], "/city/quarters/", "街道季度问卷，台账第 3 册"
LAST = Quarter(2026, 1)  # the street's days begin in the second quarter
TABLE = "\n".join(
    ["地点代码,季度,满意,份数", f"{HOME},2026Q1,6,40", *(f"{OTHER},{LAST.plus(-n).code()},36,40" for n in range(4)), f"{HOME},2019Q4,9,10"]
)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_table_is_looked_at_carried_in_once_and_marked_wherever_it_is_shown(street: Street) -> None:
    lin = client_of(street, "lin", linli_language="zh-hans")
    seen = text_of(lin.post(f"{PAGE}look/", {"rows": TABLE, "source": SOURCE}))
    assert "会带入这些" in seen
    assert "太早了，只存着" in seen  # 2019: no verdict looks back so far
    assert warnings.carried(CITY, Quarter(2000, 1)) == ()  # a look writes nothing
    form = {"rows": TABLE, "source": SOURCE, "key": street.key()}
    for _ in range(2):  # sent twice, answered once
        answer = lin.post(f"{PAGE}carry/", form)
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert {(r.place, r.quarter.code(), r.hits, r.n, r.source) for r in warnings.carried(CITY, Quarter(2000, 1))} >= {
        (HOME, "2026Q1", 6, 40, SOURCE)
    }
    (batch,) = warnings.carried_batches(CITY)
    assert (batch.quarters, batch.places, batch.ratings, batch.oldest.code()) == (6, 2, 210, "2019Q4")
    listed = text_of(lin.get(f"{PAGE}?batch={batch.first}"))
    assert SOURCE in listed
    assert "三眼井社区" in listed
    take_stock()
    (case,) = warnings.open_in(HOME, now())
    assert case.brought
    shown = text_of(lin.get(f"/street/cases/{case.id}/"))
    assert f"其中 6/40 是带入的：{SOURCE}" in shown
    assert "dot called brought" in shown
    assert "含带入的数" in text_of(lin.get("/city/cases/"))
    stars.grade(street.actor("lin"), CITY, street.key())
    star = wellbeing.star_of(OTHER)
    assert star is not None
    assert (star.brought, star.n) == (160, 160)
    assert "其中 160 份是从别处带来的" in text_of(lin.get(f"/street/communities/{OTHER}/star/"))
    assert "带入 160" in text_of(lin.get("/city/stars/"))


def test_each_bad_row_is_named_and_nothing_is_changed(street: Street) -> None:
    lin = client_of(street, "lin", linli_language="zh-hans")
    lin.post(f"{PAGE}carry/", {"rows": TABLE, "source": SOURCE, "key": street.key()})
    bad = f"{TABLE}\n330106001001,2026Q1,1,2\n{OTHER},2026Q3,1,2\n{OTHER},2025Q1,x,2".replace(f"{HOME},2026Q1,6,40", f"{HOME},2026Q1,7,40")
    for step in ("look", "carry"):
        answer = lin.post(f"{PAGE}{step}/", {"rows": bad, "source": "别的", "key": street.key()})
        shown = text_of(answer)
        assert answer.status_code == 422
        for line, wrong in (
            (2, "以前带入过，数不一样"), (8, "您管的地方里没有这个社区"), (9, "这一季还没有过完"), (10, "要写整数"),
        ):  # fmt: skip
            assert f"第 {line} 行" in shown
            assert wrong in shown
        assert "7,40" in shown  # what was typed is still there
    assert len(warnings.carried(CITY, Quarter(2000, 1))) == 6
    assert "别的" not in {r.source for r in warnings.carried(CITY, Quarter(2000, 1))}
    with pytest.raises(Refused, match=f"^{Refusal.ROWS_WRONG.value}$"):
        carry.carry(street.actor("lin"), CITY, bad, "别的", street.key())


def test_a_file_of_a_chinese_spreadsheet_is_read_and_an_unreadable_one_refused(street: Street) -> None:
    lin = client_of(street, "lin", linli_language="zh-hans")

    def sent(data: bytes) -> Any:
        return lin.post(f"{PAGE}look/", {"file": SimpleUploadedFile("q.csv", data), "rows": "", "source": SOURCE})

    assert "三眼井社区" in text_of(sent(TABLE.encode("gb18030")))
    assert "三眼井社区" in text_of(sent(f"\ufeff{TABLE}".encode()))
    assert sent(b"PK\x03\x04\x00\x00").status_code == 422
    assert lin.post(f"{PAGE}look/", {"rows": TABLE}).status_code == 422  # from where?
    for language in ("zh-hant", "en"):  # a table handed out in one language comes back as it is
        lin.cookies["linli_language"] = language
        filled = lin.get(f"{PAGE}sheet.csv").content.decode().replace("2026Q1,,", "2026Q1,3,4")
        assert lin.post(f"{PAGE}look/", {"rows": filled, "source": SOURCE}).status_code == 200, language
    lin.cookies["linli_language"] = "zh-hans"
    empty = lin.get(f"{PAGE}sheet.csv").content.decode()
    assert f"{HOME},三眼井社区,2026Q1,," in empty
    assert lin.post(f"{PAGE}look/", {"rows": empty, "source": SOURCE}).status_code == 422  # nothing filled in


def test_only_the_city_looks_and_carries_in(street: Street) -> None:
    for name in ("chen", "he", "zhou"):
        assert client_of(street, name).get(PAGE).status_code == 404
        with pytest.raises(NotAllowed):
            carry.look(street.actor(name), CITY, TABLE)
        with pytest.raises(NotAllowed):
            carry.carry(street.actor(name), CITY, TABLE, SOURCE, street.key())
