"""The volunteers of a community: who they are, what they can do, which certificates were seen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import community_of, frame_of, with_query
from linli.doors.site.forms import choice_of, date_of, key_of, shown_again, text_of
from linli.doors.site.terms import CERTIFICATES, LANGUAGES, SKILLS, WHY_NOT_ONE, say
from linli.doors.site.who import actor_of, rules_of
from linli.doors.worker.invite import lacks_at, lacks_of
from linli.doors.worker.lists import offset_of
from linli.doors.worker.pages import BarredLine, HelperLine, HelperPage, HelpersPage, Option, Pager
from linli.doors.worker.who import names_of, who_of
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.supply import reads as supply
from linli.help.supply.reads import HelperRow
from linli.help.visits import reads as visits
from linli.journeys import ask, helping, propose, why
from linli.kernel.actor import STAFF, Actor
from linli.kernel.disclosure import Purpose
from linli.kernel.errors import NotFound

ROWS, BARRED_SHOWN = 20, 10
WEEKDAYS = ("0", "1", "2", "3", "4", "5", "6")
SPOKEN = LANGUAGES | {"zh-hans": gettext_noop("普通话")}


def weekday_words() -> tuple[str, ...]:
    """Return the days of the week, Monday first."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


def slot_words(slot: tuple[int, int, int]) -> str:
    """Return a weekly slot as 周二 14:00–17:30."""
    day, start, end = slot
    return f"{weekday_words()[day]} {start // 60:02d}:{start % 60:02d}–{end // 60:02d}:{end % 60:02d}"


@require_GET
def helpers(request: HttpRequest) -> HttpResponse:
    """Show a page of the volunteers of a community; a constant number of queries."""
    actor, moment, community = actor_of(request), now(), community_of(request)
    start = offset_of(request)
    asked = request.GET.get("skill", "")
    skill = asked if asked in supply.known_skills() else ""
    day = request.GET.get("day", "")
    weekday = int(day) if day in WEEKDAYS else None
    found = supply.list_at(community, moment, offset=start, limit=ROWS + 1, skill=skill, weekday=weekday)
    rows = found[:ROWS]
    names = places.names([community, *(r.place for r in rows), *(p.place for p in actor.posts)])
    faces = names_of(actor, [r.person for r in rows], moment, purpose=Purpose.REGISTER)
    frame, lacks = frame_of(request, "worker:helpers", names), lacks_of(lacks_at(community, moment), names)
    kept = {name: value for name, value in (("skill", skill), ("day", day if weekday is not None else "")) if value}
    further = with_query(request.path, **kept, **{"from": str(start + ROWS)}) if len(found) > ROWS else ""
    pager = Pager(with_query(request.path, **kept) if start else "", further)
    lines = tuple(_line(r, faces[r.person], names, moment) for r in rows)
    page = HelpersPage(frame, names.get(community, community), lines, pager, lacks, _only(skill, weekday))
    return render(request, "worker/helpers.html", {"page": page, "frame": frame})


def _only(skill: str, weekday: int | None) -> str:
    day = weekday_words()[weekday] if weekday is not None else ""
    if skill and day:
        return _("只看会%(skill)s、%(day)s有空的") % {"skill": say(SKILLS, skill), "day": day}
    if skill:
        return _("只看会%(skill)s的") % {"skill": say(SKILLS, skill)}
    return _("只看%(day)s有空的") % {"day": day} if day else ""


def _line(row: HelperRow, name: str, names: dict[str, str], moment: datetime) -> HelperLine:
    valid = tuple(say(CERTIFICATES, kind) for kind, until in row.certificates.items() if until >= moment.date())
    return HelperLine(
        reverse("worker:helper", args=[row.person]), name, names.get(row.place, row.place), tuple(say(SKILLS, s) for s in row.skills), valid,
        row.paused, row.joined_at,
    )  # fmt: skip


def helper_for(actor: Actor, person: UUID, moment: datetime) -> HelperRow:
    """Return a volunteer of the actor's place. Raises NotFound for any other."""
    row = supply.helper(person, moment)
    if not actor.holds_any(STAFF, row.place):
        raise NotFound
    return row


def _waiting(actor: Actor, row: HelperRow, moment: datetime) -> list[needs.NeedCard]:
    """Return what waits for a helper in the volunteer's community and is the actor's to look at."""
    cards = needs.work_list(row.place[:12], moment, states=propose.WAITING, limit=BARRED_SHOWN)
    return [card for card in cards if ask.staff_of(actor, card)]


def show_one(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show one volunteer of the place, whatever form on the page led here. Raises NotFound for any other."""
    actor, moment = actor_of(request), now()
    row = helper_for(actor, person, moment)
    waiting = {card.id: card for card in _waiting(actor, row, moment)}
    spots = places.named({row.place, *(card.place for card in waiting.values()), *(p.place for p in actor.posts)})
    names = {code: name for code, (name, _point) in spots.items()}
    barred = why.barred(row, tuple(waiting.values()), rules_of(request, *{card.community for card in waiting.values()}), spots, moment)
    frame = frame_of(request, "worker:helpers", names)
    rests = [needs.service(code) for code in sorted(row.rests_from)]
    page = HelperPage(
        frame=frame, who=who_of(actor, person, moment, purpose=Purpose.REGISTER), place=names.get(row.place, row.place),
        skills=tuple(say(SKILLS, s) for s in row.skills), languages=tuple(say(SPOKEN, code) for code in row.languages), slots=tuple(slot_words(s) for s in row.slots),
        radius_metres=row.radius_metres, paused=row.paused,
        certificates=tuple((say(CERTIFICATES, kind), until) for kind, until in sorted(row.certificates.items())),
        kinds=tuple(Option(kind, say(CERTIFICATES, kind)) for kind in supply.known_certificates()), no_shows=visits.no_shows_of(person),
        resting=tuple(_(s.name) for s in rests if s is not None), certify_url=reverse("worker:certify", args=[person]),
        pause_url=reverse("worker:helper-pause", args=[person]), attest_url=reverse("worker:certificate-issue", args=[person]), barred=tuple(
            BarredLine(reverse("worker:need", args=[one.need]), waiting[one.need].number, _(waiting[one.need].service.name), say(WHY_NOT_ONE, one.code))
            for one in barred
        ),
    )  # fmt: skip
    return render(request, "worker/helper.html", {"page": page, "frame": frame})


@require_GET
def helper(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show one volunteer."""
    return show_one(request, person)


@require_POST
@shown_again(show_one)
def certify(request: HttpRequest, person: UUID) -> HttpResponse:
    """Record a certificate that was seen, until when it is good."""
    actor = actor_of(request)
    row = helper_for(actor, person, now())
    kind = choice_of(request, "kind", supply.known_certificates())
    helping.certify(actor, row.person, kind, text_of(request, "number"), date_of(request, "valid_until"), key_of(request))
    messages.success(request, _("证书已登记，到期前会再问。"))
    return redirect("worker:helper", person=row.person)


@require_POST
@shown_again(show_one)
def pause(request: HttpRequest, person: UUID) -> HttpResponse:
    """Let a volunteer rest, or be asked again, as they said on the phone; the form says which, so that sending it twice is once."""
    actor = actor_of(request)
    row = helper_for(actor, person, now())
    paused = choice_of(request, "paused", ("0", "1")) == "1"
    helping.pause_for(actor, row.person, paused, key_of(request))
    messages.success(request, _("先休息，不再邀请。") if paused else _("又可以邀请了。"))
    return redirect("worker:helper", person=row.person)
