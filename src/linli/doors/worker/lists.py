"""The work list: what runs out first comes first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from linli.doors.site.desk import Frame, community_of, frame_of, own_communities, policy_at, with_query
from linli.doors.site.templatetags.linli import day_of, span
from linli.doors.site.terms import ENDED_STATES, GROUPS, LEVELS, LIVE_STATES, STATES, TONES, say
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Clock, Figure, ListPage, Option, Pager, Tomorrow, Waiting, WorkRow
from linli.ground.places import reads as places
from linli.ground.policy.reads import Policy
from linli.ground.steps.reads import now
from linli.help.needs import figures
from linli.help.needs import reads as needs
from linli.help.needs.reads import Counts, NeedCard
from linli.help.supply import reads as supply
from linli.help.visits import reads as visits
from linli.kernel.actor import Role
from linli.kernel.stats import wilson
from linli.sight.forecast import reads as forecast

ROWS = 20


def clock_of(card: NeedCard) -> Clock:
    """Return a need's tightest clock as shown."""
    label = _("回话") if card.answered_at is None else _("办结")
    if card.due_at is None or card.left_s is None or card.started_at is None:
        return Clock(label, None, 0, met=card.ended_at is not None)
    whole_s = max(1, int((card.due_at - card.started_at).total_seconds()))
    return Clock(label, card.left_s, min(100, max(0, 100 - card.left_s * 100 // whole_s)), paused=card.paused)


def notes_of(card: NeedCard) -> tuple[str, ...]:
    """Return what a glance at a row should know, none of it personal: urgent, a special group, wishes, the way it came in."""
    found = [
        (card.urgent, _("急")),
        (bool(card.group), say(GROUPS, card.group)),
        (card.same_sex, _("要同性帮手")),
        (card.channel == "code", _("扫码来的")),
        (card.channel == "phone", _("代人登记")),
        (bool(card.dispatched_to), _("上级派来")),
    ]
    return tuple(words for holds, words in found if holds)


def row_of(card: NeedCard, names: Mapping[str, str]) -> WorkRow:
    """Return one line of a work list; `names` gives the words for place codes."""
    state = card.state.value
    return WorkRow(
        card.id, reverse("worker:need", args=[card.id]), card.number, _(card.service.name), notes_of(card), names.get(card.place, card.place),
        say(STATES, state), TONES.get(state, ""), clock_of(card), "" if card.level.value == "community" else say(LEVELS, card.level.value),
    )  # fmt: skip


def figures_of(counts: Counts, policy: Policy) -> tuple[Figure, ...]:
    """Return the three promises as shares with interval and n; each label carries the promise in force here."""
    least = policy.count("observations_min")
    rows = (
        (_("%(span)s内回话") % {"span": span(policy.minutes("answer_minutes") * 60)}, counts.answered_in_time, counts.answered),
        (_("急事和特殊群体，%(span)s内") % {"span": span(policy.minutes("answer_group_minutes") * 60)}, counts.care_in_time, counts.care_answered),
        (_("%(span)s内办结") % {"span": span(policy.minutes("handle_minutes") * 60)}, counts.handled_in_time, counts.ended),
    )  # fmt: skip
    return tuple(Figure(label, wilson(hits, n), n < least) for label, hits, n in rows)


def _options(table: Mapping[str, str], codes: tuple[str, ...], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(code, say(table, code), code == chosen) for code in codes)


def _chosen(request: HttpRequest, field: str, known: tuple[str, ...]) -> str:
    # A filter that does not exist filters nothing: old links stay useful.
    value = request.GET.get(field, "")
    return value if value in known else ""


def offset_of(request: HttpRequest) -> int:
    """Return from which row a page begins; what is no number begins at the first."""
    text = request.GET.get("from", "0")
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _selected(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["need"]) if "need" in request.GET else None
    except ValueError:
        return None


def waiting_of(community: str, unanswered: int, moment: datetime) -> tuple[Waiting, ...]:
    """Return what waits at a community's desk; one query."""
    url, found = reverse("worker:visits"), visits.on_hand(community, *day_of(moment), moment)
    rows = (
        Waiting(_("还没有回话的"), unanswered, "", loud=True),
        Waiting(_("两边说法不一，等调定的"), found.disputed, url, loud=True),
        Waiting(_("做完了，等电话回访的"), found.call_back, url, loud=True),
        Waiting(_("今天约好上门的"), found.today, url),
    )
    return tuple(row for row in rows if row.count)


def tomorrow_of(community: str, rules: Policy, moment: datetime) -> Tomorrow | None:
    """Return what the kept forecast expects of tomorrow, and who is free then; None where it expects nothing. Two queries."""
    day = day_of(moment)[1].date()
    found = forecast.ahead(community, day)
    if found is None or not found.high:
        return None
    free = supply.free_by_skill(community).get("")
    hands = free.by_weekday[day.weekday()] if free else 0
    if found.low == found.high:
        words = ngettext("明天估计有 %(n)s 件事", "明天估计有 %(n)s 件事", found.high) % {"n": found.high}
    elif found.low:
        words = _("明天估计有 %(low)s 到 %(high)s 件事") % {"low": found.low, "high": found.high}
    else:
        words = ngettext("明天估计最多 %(n)s 件事", "明天估计最多 %(n)s 件事", found.high) % {"n": found.high}
    service = needs.service(found.service)
    if service:
        words = _("%(expected)s，“%(service)s”居多") % {"expected": words, "service": _(service.short)}
    able = ngettext("能来的帮手有 %(n)s 位", "能来的帮手有 %(n)s 位", hands) % {"n": hands} if hands else _("还没有能来的帮手")
    short = hands * rules.count("visits_per_day_max") < found.high
    return Tomorrow(words, able, reverse("street:forecast", args=[community]), short)


def list_page(request: HttpRequest, community: str, moment: datetime) -> ListPage:
    """Gather the work list of a community; a constant number of queries."""
    services = needs.all_services()
    state = _chosen(request, "state", LIVE_STATES + ENDED_STATES)
    service = _chosen(request, "service", tuple(s.code for s in services))
    level = _chosen(request, "level", tuple(LEVELS))
    start = offset_of(request)
    cards = needs.work_list(
        community, moment, states=(state,) if state else LIVE_STATES, levels=(level,) if level else tuple(LEVELS), service=service,
        offset=start, limit=ROWS + 1,
    )  # fmt: skip
    names = places.names([community, *(c.place for c in cards), *(p.place for p in actor_of(request).posts)])
    policy = policy_at(community, moment)
    days = policy.days("stock_days")
    counts, hand = needs.counts(community, moment - timedelta(days=days), moment), figures.on_hand(community)
    kept = {"state": state, "service": service, "level": level}
    return ListPage(
        frame=_frame(request, names, hand.live),
        community=community,
        community_name=names.get(community, community),
        rows=tuple(row_of(card, names) for card in cards[:ROWS]),
        figures=figures_of(counts, policy),
        figures_days=days,
        states=_options(STATES, LIVE_STATES + ENDED_STATES, state),
        services=tuple(Option(s.code, _(s.short), s.code == service) for s in services),
        levels=_options(LEVELS, tuple(LEVELS), level),
        filtered=bool(state or service or level),
        open_count=hand.live,
        late_count=sum(1 for card in cards if card.left_s is not None and card.left_s < 0),
        pager=Pager(
            with_query(request.path, **kept) if start else "",
            with_query(request.path, **kept, **{"from": str(start + ROWS)}) if len(cards) > ROWS else "",
        ),
        selected=_selected(request),
        waiting=waiting_of(community, hand.unanswered, moment),
        tomorrow=tomorrow_of(community, policy, moment),
    )


def _frame(request: HttpRequest, names: dict[str, str], live: int) -> Frame:
    return frame_of(request, "worker:list", names, counts={"worker:list": live})


@require_GET
def work_list(request: HttpRequest) -> HttpResponse:
    """Show the work list of the actor's community, or lead somebody without one to their own board."""
    actor = actor_of(request)
    if not own_communities(actor) and "place" not in request.GET and "desk_place" not in request.session:
        return redirect("city:home" if any(p.role is Role.CITY for p in actor.posts) else "street:home")
    page = list_page(request, community_of(request), now())
    return render(request, "worker/list.html", {"page": page, "frame": page.frame})
