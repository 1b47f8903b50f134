"""Where a rule or formula comes from, as a reader of the page's language can follow it.

Sources are kept in English beside their numbers. A Chinese page names what can be looked up (sections and figures of the report, laws and
programmes by their own names) and says where a number is our own choice; the whole remark stands on the English page and in the data.
"""

from __future__ import annotations

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

PLACES = re.compile(r"§\s?[\d.]+(?:\(\d+\))?|\bF\d{3}\b")
ROWS = re.compile(r"mission,? ((?:[A-Z]\d+(?:, )?)+)")
NAMED = re.compile(
    r"[\u4e00-\u9fff\uff08\u300a\u3014][\u4e00-\u9fff\uff08\uff09\u300a\u300b\u3014\u3015\d]*"
)  # Chinese names, with their brackets
REGULATIONS = re.compile(r"\u6761\u4f8b")  # what has articles
ARTICLE = re.compile(r"art\. (\d+)")


def cited(source: str) -> str:
    """Return a source in the words of the page."""
    if not (get_language() or "").startswith("zh"):
        return source
    found = []
    if places := list(dict.fromkeys(PLACES.findall(source))):
        found.append(_("报告 %(places)s") % {"places": " ".join(places)})
    if rows := ROWS.search(source):
        found.append(_("设计要求 %(rows)s") % {"rows": rows.group(1)})
    for name in dict.fromkeys(NAMED.findall(source)):
        article = ARTICLE.search(source)
        found.append(
            _("%(law)s第 %(article)s 条") % {"law": name, "article": article.group(1)} if article and REGULATIONS.search(name) else name
        )
    if "practice of" in source:
        found.append(_("各地通行做法"))
    if "choice" in source or not found:
        found.append(_("本系统自定"))
    return _("；").join(found)
