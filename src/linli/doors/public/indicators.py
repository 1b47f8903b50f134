"""What every indicator means: for anybody."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.sight.facts import reads as facts
from linli.sight.facts.indicator import Direction, Owner, Unit


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator in words."""

    code: str
    name: str
    says: str
    unit: str
    better: str
    owner: str
    source: str
    missing: bool
    personal: bool


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show what each indicator counts, in which unit, which way is better, who answers for it and where it comes from."""
    units = {
        Unit.COUNT: _("个数"), Unit.MINUTES: _("分钟"), Unit.PPM: _("百分比"), Unit.PER_1000: _("千分比"), Unit.MILLI: _("平均数"),
    }  # fmt: skip
    better = {Direction.UP: _("越高越好"), Direction.DOWN: _("越低越好"), Direction.NEUTRAL: _("不分好坏")}
    owners = {Owner.COMMUNITY: _("社区"), Owner.STREET: _("街道"), Owner.CIVIL: _("民政"), Owner.DATA: _("数据安全")}
    rows = tuple(
        Definition(
            i.code, gettext(i.zh), gettext(i.says), units[i.unit], better[i.direction], owners[i.owner], i.source, i.missing, i.personal
        )
        for i in facts.indicators()
    )
    return render(request, "public/indicators.html", {"rows": rows})
