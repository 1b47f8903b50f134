"""Sources as a Chinese page says them: what can be looked up is named, our own choices are called so, no English remark is left."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from linli.doors.site.sources import cited
from linli.ground.policy.verbs import shipped
from linli.sight.facts.indicators import LISTED

REMARK = re.compile(r"[A-Za-z]{3,}")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("report §5.5.2, F297: satisfaction under 70 %", "报告 §5.5.2 F297"),
        ("operating choice: three ratings make no verdict", "本系统自定"),
        ("北京市接诉即办工作条例 (2021) art. 12: an objection is reviewed", "北京市接诉即办工作条例第 12 条"),
        ("report §4.1.2, F171: five grades; the bar is an operating choice", "报告 §4.1.2 F171；本系统自定"),
        ("mission N5; report §3.3.3, F140", "报告 §3.3.3 F140；设计要求 N5"),
        ("practice of time banks (Project NEXUS): gaps are averaged", "各地通行做法"),
    ],
)
def test_a_source_is_said_in_the_language_of_the_page(source: str, says: str) -> None:
    with translation.override("zh-hans"):
        assert cited(source) == says
    with translation.override("en"):
        assert cited(source) == source


def test_no_source_that_ships_leaves_an_english_remark_on_a_chinese_page() -> None:
    sources = {value.source for value in shipped()} | {indicator.source for indicator in LISTED}
    assert len(sources) > 100
    with translation.override("zh-hans"):
        assert {source: said for source in sources if REMARK.search(said := cited(source))} == {}
        assert all(cited(source) for source in sources)
