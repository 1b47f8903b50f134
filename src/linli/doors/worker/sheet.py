"""The need-code sheet as a PDF: a page a community pins on a stairwell door or an older resident keeps by the phone.

Drawn by typst from sheet.typ. Every character must show on a bare machine, so a font is shipped (fonts/SOURCE.json says from where);
installed fonts serve only characters it lacks.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import segno
import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

HERE = Path(__file__).resolve().parent
TEMPLATE = HERE / "sheet.typ"
FONTS = HERE / "fonts"
SHEETS_MAX = 400  # one building at most; a page each


@dataclass(frozen=True, slots=True)
class PrintSheet:
    """One page: where it hangs, the address behind its code, the number that names it on the phone."""

    place: str
    url: str
    number: str


def qr_svg(url: str) -> str:
    """Return the code for `url` as SVG text, error level Q: it must survive a stairwell's grease and a child's pen."""
    out = io.BytesIO()
    segno.make(url, error="q", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, border=4, dark="#14584d")
    return out.getvalue().decode()


def _words() -> dict[str, str | list[str]]:
    return {
        "product": _("邻里"),
        "title": _("要帮忙，扫一扫"),
        "alt": _("需求码：用手机相机扫它，就能说要什么帮助"),
        "lines": [
            _("打开手机相机或微信，对准上面的码。"),
            _("点一下要哪样帮助，再点“发送”。不用登记，不用下载。"),
            _("社区收到就回话。不会用手机，打下面的电话，一样有人办。"),
        ],
        "phone_label": _("社区电话"),
        "emergency_label": _("急事先打"),
        "emergency": _("110 · 119 · 120"),
        "lost": _("这张纸丢了或被撕了，告诉社区，换一张，旧的就停用。"),
        "number": _("编号"),
        "synthetic": _("演示，人物为虚构"),
    }


def sheets_pdf(sheets: Sequence[PrintSheet], *, community: str, phone: str, tagged: bool = True) -> bytes:
    """Return the PDF of `sheets`, PDF/UA-1 where every character can be shown, else plain PDF.

    Raises ValueError for none or more than SHEETS_MAX sheets.
    """
    if not 0 < len(sheets) <= SHEETS_MAX:
        raise ValueError(f"between 1 and {SHEETS_MAX} sheets, not {len(sheets)}")
    hant = (get_language() or "").lower() in {"zh-hant", "zh-tw", "zh-hk"}
    data = {
        "words": _words(),
        "community": community,
        "phone": phone or _("见社区公告栏"),
        "lang": (get_language() or "zh")[:2],
        "region": "tw" if hant else "cn",
        "synthetic": bool(settings.LINLI_DEMO),
        "sheets": [{"place": s.place, "url": s.url, "number": s.number, "qr": qr_svg(s.url)} for s in sheets],
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        return _compile(inputs, tagged=tagged)
    except typst.TypstError as error:
        # A rare character that no font here has: PDF/UA forbids it, a plain page may show a box. The code still works.
        if tagged and "could not be displayed" in str(error):
            return _compile(inputs, tagged=False)
        raise


def _compile(inputs: dict[str, str], *, tagged: bool) -> bytes:
    standard: Literal["ua-1", "1.7"] = "ua-1" if tagged else "1.7"
    return typst.compile(TEMPLATE, root=HERE, font_paths=[FONTS], sys_inputs=inputs, pdf_standards=standard, format="pdf")
