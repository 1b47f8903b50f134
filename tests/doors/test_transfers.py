"""The list of every transfer of hours: who may see it, what it leaves out, and the files that other programs check."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from linli.ground.steps.reads import now
from tests.cast import HOME, OTHER
from tests.lived import Lived
from tests.walk import client_of

CITY, URL = HOME[:4], "/street/places/{}/transfers/"


def test_the_office_sees_every_transfer_of_its_place_and_nobody_by_name(lived: Lived) -> None:
    text = client_of(lived.street, "lin").get(URL.format(CITY)).content.decode()
    assert "上门帮忙" in text
    assert "三眼井社区的一本时间本" in text
    assert "三眼井社区的时间池" in client_of(lived.street, "lin").get(URL.format(CITY) + "?month=2026-03&reason=seed").content.decode()
    assert not any(name in text for name in ("李奶奶", "小王", "吴姐"))
    street = client_of(lived.street, "he").get(URL.format(HOME[:9])).content.decode()
    assert "上门帮忙" in street


@pytest.mark.parametrize(
    ("who", "place"), [("he", CITY), ("he", OTHER), ("chen", HOME), ("wang", HOME), ("lin", "11"), ("zhou", HOME), (None, HOME)]
)
def test_a_place_of_others_does_not_exist(lived: Lived, who: str | None, place: str) -> None:
    assert client_of(lived.street, who).get(URL.format(place)).status_code in {302, 404}


def test_it_is_narrowed_down_and_bad_wishes_are_named(lived: Lived) -> None:
    lin = client_of(lived.street, "lin")
    assert "没有这样的一笔" in lin.get(URL.format(CITY) + "?month=2026-03&reason=visit").content.decode()
    assert "没有这样的一笔" in lin.get(URL.format(CITY) + "?minutes=99999").content.decode()
    assert "没有这样的一笔" in lin.get(URL.format(CITY) + "?month=2001-01").content.decode()
    for asked, named in (
        ("minutes=x", "多少分钟"),
        ("minutes=0", "多少分钟"),
        ("month=x", "月份"),
        ("format=doc", "格式"),
        ("reason=a%20b", "原因"),
    ):
        answer = lin.get(f"{URL.format(CITY)}?{asked}")
        assert answer.status_code == 422, asked
        assert named in answer.content.decode(), asked
    assert lin.get(URL.format(CITY) + "?after=x").status_code == 404


def test_files_hold_the_whole_month(lived: Lived, tmp_path: Path) -> None:
    lin, month = client_of(lived.street, "lin"), f"{now():%Y-%m}"
    sheet = load_workbook(io.BytesIO(lin.get(f"{URL.format(CITY)}?format=xlsx").content), read_only=True).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2  # the columns, and the one visit that both confirmed
    for kind, command in {
        "beancount": [str(Path(sys.executable).with_name("bean-check"))],
        "hledger": ["hledger", "check", "-s", "-f"],
    }.items():
        answer = lin.get(f"{URL.format(CITY)}?format={kind}&month={month}")
        assert answer["Content-Disposition"].endswith(f'-{month}.{kind}"')
        assert answer.content.count(b"transfer:") == len(rows) - 1
        path = tmp_path / f"book.{kind}"
        path.write_bytes(answer.content)
        if shutil.which(command[0]):
            assert subprocess.run([*command, str(path)], check=False, timeout=60).returncode == 0
