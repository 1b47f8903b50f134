"""What others find in a PDF of ours: `page` (PDF/UA-1, over a hundred rules), and the widths of embedded glyphs as fontTools reads them."""

from __future__ import annotations

import io
from typing import Any

import page
from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen
from pypdf import PdfReader

# `page` 0.11 takes glyphs without a width of their own (they have their dictionary's default) for glyphs of width 0. So this one finding
# is looked into with another reader of fonts, glyph by glyph; a font that is wrong is found there.
WIDTHS = "PDFUA1-FONT-GLYPH-WIDTH-001"


def findings(pdf: bytes) -> list[str]:
    """Return what is against PDF/UA-1 in a PDF, a line each; none: it conforms. Raises page.PageError for what is no PDF."""
    report = page.validate_pdf_bytes(pdf, profile="ua1")
    if report.rules.total < 100:
        raise AssertionError(f"only {report.rules.total} rules were looked at")
    found = [f"{f.rule_id}: {f.message}" for f in report.failures if f.rule_id != WIDTHS]
    return found + wrong_widths(pdf)


def wrong_widths(pdf: bytes) -> list[str]:
    """Return each glyph whose width in the PDF is not the one in its embedded font (CFF; others are not embedded by typst)."""
    found, seen = [], 0
    fonts = {str(f.get_object()["/BaseFont"]): f.get_object() for p in PdfReader(io.BytesIO(pdf)).pages for f in _fonts(p)}
    for name, font in fonts.items():
        below = font["/DescendantFonts"][0].get_object()
        cff = CFFFontSet()
        cff.decompile(io.BytesIO(below["/FontDescriptor"]["/FontFile3"].get_object().get_data()), None)
        shapes = cff[cff.fontNames[0]].CharStrings
        for number, width in _widths(below["/W"]):
            glyph = shapes[f"cid{number:05d}" if number else ".notdef"]
            glyph.draw(NullPen())
            seen += 1
            if abs(glyph.width - width) > 1:
                found.append(f"{name}: glyph {number} is {glyph.width} wide, told {width}")
    if not seen:
        raise AssertionError("no glyph was looked at")
    return found


def _fonts(of: Any) -> Any:
    return of["/Resources"].get("/Font", {}).values()


def _widths(told: Any) -> list[tuple[int, float]]:
    """Read /W: `first [w w …]` and `first last w`."""
    found: list[tuple[int, float]] = []
    rest = list(told)
    while rest:
        first, second = int(rest.pop(0)), rest.pop(0)
        if isinstance(second, list):
            found += [(first + at, float(width)) for at, width in enumerate(second)]
        else:
            width = float(rest.pop(0))
            found += [(number, width) for number in range(first, int(second) + 1)]
    return found
