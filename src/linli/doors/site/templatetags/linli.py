"""Filters and tags that every page may use: moments, spans, hours, shares, icons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from django import template
from django.utils.dateformat import format as date_words
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from linli.doors.site.sources import cited
from linli.ground.steps.reads import now
from linli.kernel.ids import new_token
from linli.kernel.stats import Share
from linli.kernel.units import hours_and_minutes

register = template.Library()
SHANGHAI = timezone(timedelta(hours=8))  # one zone for all of China, no summer time since 1991

# One stroke weight, 24 × 24, drawn for Linli. Always shown beside a word.
ICONS = {
    "home": "M3 11l9-8 9 8v10h-6v-6H9v6H3z",
    "heart": "M12 20s-8-5-8-11a4.5 4.5 0 0 1 8-3 4.5 4.5 0 0 1 8 3c0 6-8 11-8 11z",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
    "town": "M4 20V9l5-4 5 4v11M14 20v-8h6v8M2 20h20",
    "me": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c1-5 4-6 8-6s7 1 8 6",
    "meal": "M4 11h16a8 8 0 0 1-16 0zM9 3v4M13 3v4M8 21h8",
    "bath": "M4 12h16v3a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5zM7 12V6a2 2 0 0 1 4 0",
    "pill": "M6.5 8.5h11a3.5 3.5 0 0 1 0 7h-11a3.5 3.5 0 0 1 0-7zM12 8.5v7",
    "walk": "M9 3.2a1.8 1.8 0 1 0 .01 0M9 8v6l4 3 2 4M9 10l-3 3M9 11l4 1M17 10v11",
    "tool": "M14 4l6 6-9 9H5v-6z",
    "child": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM5 20c1-4 4-5 7-5s6 1 7 5",
    "talk": "M4 5h16v11H9l-5 4z",
    "more": "M5 12h.01M12 12h.01M19 12h.01",
    "phone": "M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z",
    "clean": "M12 3v8M8 11h8l2 10H6zM10 15v6M14 15v6",
    "book": "M4 5c3-1.500 6-1.500 8 0 2-1.500 5-1.500 8 0v14c-3-1.500-6-1.500-8 0-2-1.500-5-1.500-8 0zM12 5v14",
    "shop": "M5 8h14l-1 12H6zM9 8V6a3 3 0 0 1 6 0v2",
    "safe": "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
    "hair": "M6 4a3 3 0 1 0 .01 0M6 14a3 3 0 1 0 .01 0M8.500 8.500L20 19M8.500 15.500L20 5",
    "check": "M5 13l4 4L19 7",
    "alert": "M12 4l9 16H3zM12 10v4M12 17h.01",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
    "code": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
    "list": "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
    "map": "M9 4L3 6v14l6-2 6 2 6-2V4l-6 2zM9 4v14M15 6v14",
    "bell": "M6 10a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7zM10 21h4",
    "eye": "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    "star": "M12 4l2.500 5 5.500.8-4 3.900.9 5.500L12 16.600 7.100 19.200l.9-5.500-4-3.900 5.500-.8z",
    "back": "M15 5l-7 7 7 7",
    "next": "M9 5l7 7-7 7",
    "up": "M12 20V5M6 11l6-6 6 6",
    "exit": "M10 4H5v16h5M14 8l4 4-4 4M8 12h10",
    "scales": "M12 4v16M8 20h8M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
    "print": "M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw the icon called `name`; hidden from readers because a word always stands beside it. Raises KeyError for an unknown one."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICONS[name])


@register.simple_tag
def form_key() -> SafeString:
    """Write the hidden field that makes a double tap one step: the form carries its own key."""
    return format_html('<input type="hidden" name="key" value="{}">', new_token())


@register.simple_tag
def new_key() -> str:
    """Return a fresh form key for a step a script takes."""
    return new_token()


def day_of(moment: datetime) -> tuple[datetime, datetime]:
    """Return the beginning and end of the Beijing day that holds `moment`."""
    here = moment.astimezone(SHANGHAI)
    start = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


register.filter("cited", cited)


@register.filter
def typed(problem: object, field: str) -> str:
    """Return what had been typed into a field of a form that was refused."""
    return str(getattr(problem, "typed", {}).get(field, ""))


@register.filter
def clocktime(moment: datetime | None) -> str:
    """Show a moment as 14:02, Beijing time."""
    return moment.astimezone(SHANGHAI).strftime("%H:%M") if moment else ""


@register.filter
def daytime(moment: datetime | None) -> str:
    """Show a moment as 今天 14:02, 昨天 09:30 or 11月3日 14:02."""
    if moment is None:
        return ""
    here, today = moment.astimezone(SHANGHAI), now().astimezone(SHANGHAI).date()
    days = (today - here.date()).days
    # A context of their own: within a line they are written small in English, while 今天 also heads a page.
    words = {0: pgettext("moment", "今天"), 1: pgettext("moment", "昨天"), -1: pgettext("moment", "明天")}
    return f"{words.get(days) or day(moment)} {here:%H:%M}"


@register.filter
def day(moment: datetime | None) -> str:
    """Show a moment as 11月3日."""
    # The message is a date format of Django: n is the month's number, j the day, M the month's short name.
    return date_words(moment.astimezone(SHANGHAI), _("n月j日")) if moment else ""


@register.filter
def span(seconds: int | None) -> str:
    """Show a span of seconds the way one says it: 12 分, 1 时 20 分, 2 天."""
    if seconds is None:
        return ""
    minutes = max(0, abs(int(seconds)) // 60)
    if minutes < 60:
        return _("%(n)s 分") % {"n": minutes}
    if minutes < 60 * 24:
        hours, rest = divmod(minutes, 60)
        return _("%(h)s 时 %(m)s 分") % {"h": hours, "m": rest} if rest else _("%(h)s 时") % {"h": hours}
    return ngettext("%(n)s 天", "%(n)s 天", minutes // 1440) % {"n": minutes // 1440}


@register.filter
def left(seconds: int | None) -> str:
    """Show what a clock still has, or by how much it ran over: 剩 12 分, 超 4 分."""
    if seconds is None:
        return ""
    return (_("剩 %(span)s") if seconds >= 0 else _("超 %(span)s")) % {"span": span(seconds)}


@register.filter
def minutes(value: int | None) -> str:
    """Show minutes as 12 小时 30 分."""
    if value is None:
        return ""
    hours, rest = hours_and_minutes(value)
    if hours and rest:
        return _("%(h)s 小时 %(m)s 分") % {"h": hours, "m": abs(rest)}
    return ngettext("%(h)s 小时", "%(h)s 小时", abs(hours)) % {"h": hours} if hours else _("%(m)s 分") % {"m": rest}


@register.filter
def hours_part(value: int | None) -> int:
    """Return the whole hours of so many minutes."""
    return hours_and_minutes(value or 0)[0]


@register.filter
def rest_part(value: int | None) -> int:
    """Return the minutes beyond the whole hours."""
    return abs(hours_and_minutes(value or 0)[1])


@register.filter
def phone(number: str | None) -> str:
    """Show a phone number the way people write it: 138 0013 8000, without the country."""
    digits = (number or "").removeprefix("+86")
    if len(digits) == 11 and digits.isdigit():
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return digits


@register.filter
def phone_hidden(number: str | None) -> str:
    """Show a phone number so that its owner knows it and a passer-by does not: 138 •••• 8000."""
    written = phone(number)
    return f"{written[:3]} •••• {written[-4:]}" if len(written) >= 8 else "••••"


@register.filter
def percent(value_ppm: int | None) -> str:
    """Show a share in parts per million as 96.4%."""
    return "—" if value_ppm is None else f"{value_ppm / 10_000:.1f}%"


@register.filter
def points(value_ppm: int | None) -> str:
    """Show an index in parts per million as points of a hundred: 82.4."""
    return "—" if value_ppm is None else f"{value_ppm / 10_000:.1f}"


@register.filter
def whole(value_ppm: int | None) -> str:
    """Show an index or share in parts per million as whole points of a hundred: 82."""
    return "—" if value_ppm is None else f"{value_ppm / 10_000:.0f}"


@register.filter
def share(value: Share | None) -> str:
    """Show a share with its interval and n: 96.4%（93.0–98.2，n=112）; without data it says so."""
    if value is None:
        return _("还没有数据")
    return _("%(value)s（%(low)s–%(high)s，n=%(n)s）") % {
        "value": percent(value.value_ppm), "low": f"{value.low_ppm / 10_000:.0f}", "high": f"{value.high_ppm / 10_000:.0f}", "n": value.n,
    }  # fmt: skip


@register.filter
def translated(text: str) -> str:
    """Show a word kept as data (catalogue, place kinds) in the page's language."""
    return _(text) if text else ""


@register.filter
def listed(words: Iterable[str]) -> str:
    """Show words in a row the way the page's language does: 送餐、代购."""
    return _("、").join(words)


@register.filter
def phrases(words: Iterable[str]) -> str:
    """Show phrases in a row: 水温试过；地面防滑."""
    return _("；").join(words)
