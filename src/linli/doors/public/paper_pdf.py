"""A white paper as a PDF for paper and for screen readers: tagged, titled, every picture with its words. Drawn by typst from paper.typ."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.doors.public.charts import inked
from linli.doors.public.paper_shown import PaperShown
from linli.doors.worker.sheet import FONTS

HERE = Path(__file__).resolve().parent
TEMPLATE = HERE / "paper.typ"


def _words() -> dict[str, str]:
    return {
        "product": _("邻里"), "synthetic": _("演示，人物为虚构"), "contents": _("目录"), "name": _("指标"), "value": _("数值"), "interval": _("95% 区间"),
        "n": _("样本"), "note": _("注"), "notes": _("注释：每个数出自哪里"), "notes_lead": _("每个数都由同一批封存的事实数出来。分子、分母都是事实的条数或分钟数。"),
        "fraction": _("分子 / 分母"), "facts": _("事实集"), "record": _("存证检查点"), "digest": _("这一版的指纹"), "root": _("根哈希"),
        "as_of": _("封存于"), "formula": _("算式"), "correction": _("这一版更正了上一版"), "why": _("为什么"),
        "unchanged": _("这个地方的数都没有变。"),
        "digest_says": _("内容改一个字，指纹就变；指纹写在公开的存证里。"),
    }  # fmt: skip


def paper_pdf(paper: PaperShown, *, tagged: bool = True) -> bytes:
    """Return the PDF of an edition in the language of the moment: PDF/UA-1, or plain where a rare character has no glyph here."""
    data: dict[str, Any] = asdict(paper)
    for chapter in data["chapters"]:
        for chart in chapter["charts"]:
            chart["svg"] = inked(chart["svg"])
    language = (get_language() or "zh").lower()
    hant = language in {"zh-hant", "zh-tw", "zh-hk"}
    data |= {"words": _words(), "lang": language[:2], "region": "hk" if hant else "cn" if language.startswith("zh") else "us"}
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        return _compile(inputs, tagged=tagged)
    except typst.TypstError as error:
        # A rare character that no font here has: PDF/UA forbids it, a plain page may show a box.
        if tagged and "could not be displayed" in str(error):
            return _compile(inputs, tagged=False)
        raise


def _compile(inputs: dict[str, str], *, tagged: bool) -> bytes:
    standard: Literal["ua-1", "1.7"] = "ua-1" if tagged else "1.7"
    return typst.compile(TEMPLATE, root=HERE, font_paths=[FONTS], sys_inputs=inputs, pdf_standards=standard, format="pdf")
