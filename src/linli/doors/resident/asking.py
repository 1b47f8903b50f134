"""Asking for help: choose what, then one page to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.doors.resident.home import promise_minutes
from linli.doors.site.forms import choice_of, flag_of, key_of, moment_of, text_of
from linli.doors.site.templatetags.linli import SHANGHAI
from linli.doors.site.who import actor_of, home_of, person_of, rules_of, wards_of
from linli.doors.site.words import sentence
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.needs.catalogue import Service
from linli.journeys import ask
from linli.kernel.disclosure import DataClass, Purpose
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.kernel.ids import new_token

PICK = "pick"
PICKED_LASTS = timedelta(hours=2)
# Parts of a day one can choose, as (code, days from today, from hour, until hour), Beijing time.
SPANS = (("today_am", 0, 8, 12), ("today_pm", 0, 13, 18), ("tomorrow_am", 1, 8, 12), ("tomorrow_pm", 1, 13, 18))


@dataclass(frozen=True, slots=True)
class When:
    """One choice of time."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class For:
    """Somebody a need can be asked for."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SendPage:
    """One page to send: what, where, for whom, and what was typed; `field_shown` is the field at fault where the page has it, else ''."""

    service: Service
    place: str
    promise_minutes: int
    whens: tuple[When, ...]
    when: str
    choices: tuple[For, ...]
    whom: str
    kept: Mapping[str, str]
    key: str
    wrong: str
    field_shown: str


def spans(moment: datetime) -> dict[str, tuple[datetime, datetime]]:
    """Return the parts of today and tomorrow that are not over, as UTC."""
    midnight = moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    found = {}
    for code, days, start, end in SPANS:
        begin, until = (midnight + timedelta(days=days, hours=hour) for hour in (start, end))
        if until - moment > timedelta(hours=1):
            found[code] = (max(begin.astimezone(UTC), moment), until.astimezone(UTC))
    return found


def _whens(moment: datetime) -> tuple[When, ...]:
    words = {
        "today_am": _("今天上午"), "today_pm": _("今天下午"), "tomorrow_am": _("明天上午"), "tomorrow_pm": _("明天下午"),
    }  # fmt: skip
    return (When("soon", _("越快越好")), *(When(code, words[code]) for code in spans(moment)), When(PICK, _("我来定时间")))


def choices_for(request: HttpRequest, moment: datetime) -> tuple[For, ...]:
    """Return whom a form can be for: oneself and those one acts for; () where there are none. One look."""
    actor, wards = actor_of(request), wards_of(request)
    if not wards:
        return ()
    shown = people.disclose(actor, wards, wanted=frozenset({DataClass.NAME}), purpose=Purpose.CARE, now=moment)
    return (For(str(actor.person), _("我自己")), *(For(str(ward), shown[ward].name or _("家人")) for ward in wards))


def _whom(request: HttpRequest, choices: tuple[For, ...]) -> str:
    asked = request.POST.get("for", request.GET.get("for", ""))
    return asked if asked in {c.id for c in choices} else ""


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Show every service of one's community by domain."""
    moment, person, home = now(), person_of(request), home_of(request)
    services = needs.services_at(home[:12])
    domains = [(d, [s for s in services if s.domain == d.code]) for d in needs.all_domains()]
    choices = choices_for(request, moment)
    whom = _whom(request, choices)
    name = next((c.name for c in choices if c.id == whom and whom != str(person)), "")
    context = {"domains": [(d, rows) for d, rows in domains if rows], "whom": whom, "whom_name": name, "tab": "home"}
    return render(request, "resident/choose.html", context)


def _service(home: str, code: str) -> Service:
    found = next((s for s in needs.services_at(home[:12]) if s.code == code), None)
    if found is None:
        raise NotFound
    return found


def _times(request: HttpRequest, moment: datetime) -> tuple[datetime | None, datetime | None]:
    known = spans(moment)
    when = choice_of(request, "when", ("soon", PICK, *known)) if "when" in request.POST else "soon"
    if when != PICK:
        return known.get(when, (None, None))
    start = moment_of(request, "wanted_from")
    try:
        return start, start + PICKED_LASTS if start else None
    except OverflowError:  # the last evening of the year 9999 has no two hours left
        raise Refused(Refusal.TIME_TOO_FAR, field="wanted_from") from None


def _draft(request: HttpRequest, service: Service, whom: str, moment: datetime) -> ask.AskDraft:
    start, end = _times(request, moment)
    return ask.AskDraft(
        service=service.code, words=text_of(request, "words", needed=False), for_person=UUID(whom) if whom else None, wanted_from=start,
        wanted_until=end, urgent=flag_of(request, "urgent"), same_sex=flag_of(request, "same_sex"),
    )  # fmt: skip


def _promise(request: HttpRequest, answer: dict[str, object]) -> None:
    if answer.get("emergency"):
        messages.error(request, _("听起来是急事：请先打 %(number)s。社区这边同时跟上。") % {"number": answer["emergency"]})
    # By when somebody answers stands on the page of the need, which comes next.
    messages.success(request, _("收到了，单号 %(number)s。") % {"number": answer["number"]})


# Where on the page a refused field stands.
FIELDS = {"wanted_from": "wanted_from", "wanted_until": "wanted_from", "words": "words"}


def _send_page(request: HttpRequest, service: str, moment: datetime, refused: Refused | None = None) -> SendPage:
    person = person_of(request)
    choices = choices_for(request, moment)
    whom = _whom(request, choices)
    card = people.card(UUID(whom) if whom else person, moment)
    return SendPage(
        service=_service(card.place, service), place=places.near(card.place), promise_minutes=promise_minutes(rules_of(request, card.place)[card.place], card.groups),
        whens=_whens(moment), when=request.POST.get("when", "soon"), choices=choices, whom=whom or str(person), kept=request.POST,
        key=request.POST.get("key") or new_token(), wrong=sentence(refused) if refused else "",
        field_shown=FIELDS.get(refused.field or "", "") if refused else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, service: str) -> HttpResponse:
    """Show one page to send, and send; what was refused keeps everything typed."""
    actor, moment = actor_of(request), now()
    page = _send_page(request, service, moment)
    if request.method == "GET":
        return render(request, "resident/send.html", {"page": page, "tab": "home"})
    try:
        asked_for = request.POST.get("for", "")
        if asked_for and asked_for != page.whom:
            raise Refused(Refusal.INPUT_INVALID, field="for")  # never a need for somebody else than was meant
        whom = page.whom if page.choices and page.whom != str(actor.person) else ""
        answer = ask.ask(actor, _draft(request, page.service, whom, moment), key_of(request))
    except Refused as refused:
        context = {"page": _send_page(request, service, moment, refused), "tab": "home"}
        return render(request, "resident/send.html", context, status=422)
    _promise(request, answer)
    return redirect("resident:need", need=answer["need"])
