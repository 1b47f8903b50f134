"""Policy trials 政策沙盒: what was tried, a form for a new one, and one trial with its outcomes. No page here sets a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.city import trial_words as words
from linli.doors.city.scope import PROVINCE, checked, own_place
from linli.doors.city.screen import CITY_ROLES
from linli.doors.city.trial_pages import (
    ChangeLine,
    KeyField,
    KeyGroup,
    Mark,
    NewTrialPage,
    OutcomeLine,
    TrialLine,
    TrialPage,
    TrialsPage,
)
from linli.doors.site.desk import frame_of, policy_at, with_query
from linli.doors.site.forms import key_of, number_of, shown_again, text_of
from linli.doors.site.templatetags.linli import typed
from linli.doors.site.who import actor_of
from linli.doors.worker.pages import Option
from linli.ground.places import reads as places
from linli.ground.policy.keys import KEYS
from linli.ground.steps.reads import now
from linli.journeys import trial as journey
from linli.kernel.errors import NotFound
from linli.kernel.stats import Interval
from linli.sight.trials import reads as trials
from linli.sight.trials.reads import Line, TrialCard
from linli.stage.trial_life import Size

BOX, EDGE = 240, 8  # width of a drawing, and what is left free on both sides
SEEDS, DAYS = (5, 6, 8, 12, 20), (3, 4, 7, 14)
SEEDS_FIRST, DAYS_FIRST = 8, 4
SURE = ("more", "less")
ENDED = ("done", "failed", "cancelled")


def _changes(card: TrialCard) -> tuple[ChangeLine, ...]:
    return tuple(ChangeLine(words.key_words(k), words.value_words(k, a), words.value_words(k, b)) for k, a, b in card.changes)


def _size_words(size: Mapping[str, int]) -> str:
    return _("%(communities)s 个社区、%(residents)s 位居民、%(helpers)s 位帮手，每天提 %(needs)s 件事") % {
        "communities": size["communities"], "residents": size["residents"], "helpers": size["helpers"], "needs": size["needs_a_day"],
    }  # fmt: skip


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the trials of the actor's city, the newest first."""
    actor = actor_of(request)
    place = own_place(actor, CITY_ROLES)
    cards = trials.trials_in(place)
    names = places.names([place, *(c.place for c in cards), *(p.place for p in actor.posts)])
    rows = tuple(
        TrialLine(
            reverse("city:trial", args=[card.id]), names.get(card.place, card.place), _changes(card), gettext(words.STATES[card.state.value]),
            words.TONES.get(card.state.value, ""), card.runs_done, card.runs, card.asked_at, card.days, card.state.value in ENDED,
        )
        for card in cards
    )  # fmt: skip
    page = TrialsPage(frame_of(request, "city:trials", names), names.get(place, place), rows, reverse("city:trial-new"))
    return render(request, "city/trials.html", {"page": page, "frame": page.frame})


def _field(request: HttpRequest, key: str, today: int | str) -> KeyField:
    problem = getattr(request, "linli_problem", None)
    return KeyField(
        key, words.key_words(key), words.value_words(key, today), str(today), words.bounds_words(key), KEYS[key].low, KEYS[key].high,
        typed(problem, key), getattr(problem, "field", "") == key,
    )  # fmt: skip


def _options(numbers: tuple[int, ...], chosen: str, first: int) -> tuple[Option, ...]:
    return tuple(Option(str(n), str(n), chosen=str(n) == (chosen or str(first))) for n in numbers)


def _form_place(request: HttpRequest) -> str:
    actor, asked = actor_of(request), request.POST.get("place") or request.GET.get("place", "")
    return checked(actor, asked, CITY_ROLES) if asked else own_place(actor, CITY_ROLES)


def _form(request: HttpRequest) -> HttpResponse:
    actor, place, problem = actor_of(request), _form_place(request), getattr(request, "linli_problem", None)
    own = own_place(actor, CITY_ROLES)
    rules = policy_at(place, now())
    below = places.children(own).rows
    names = places.names([own, place, *(p.place for p in actor.posts)])
    groups: list[KeyGroup] = []
    for topic, name in words.TOPICS.items():
        keys = [key for key in journey.FELT if KEYS[key].topic is topic and key in rules.values]
        fields = tuple(_field(request, key, rules.values[key].value) for key in keys)
        groups.append(
            KeyGroup(
                gettext(name),
                fields,
                not groups or any(f.typed for f in fields),
                gettext(words.HINTS[topic]) if topic in words.HINTS else "",
            )
        )
    rows = [
        Option(
            own,
            (_("%(place)s，全省的政策") if len(own) == PROVINCE else _("%(place)s，全市的政策")) % {"place": names.get(own, own)},
            chosen=place == own,
        )
    ]
    rows += [Option(row.code, row.name, chosen=row.code == place) for row in below if row.code != own]
    if all(not row.chosen for row in rows):
        rows.append(Option(place, names.get(place, place), chosen=True))
    page = NewTrialPage(
        frame_of(request, "city:trials", names), place, names.get(place, place), tuple(rows), tuple(groups), journey.CHANGES_MAX,
        _options(SEEDS, typed(problem, "seeds"), SEEDS_FIRST), _options(DAYS, typed(problem, "days"), DAYS_FIRST), _size_words(asdict(Size())),
    )  # fmt: skip
    return render(request, "city/trial_new.html", {"page": page, "frame": page.frame, "problem": problem})


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """Show the form for a trial: keys with the values in force at `?place=`, a place of the actor's city."""
    return _form(request)


@require_POST
@shown_again(_form)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a trial; it is run in the background."""
    actor, place = actor_of(request), _form_place(request)
    changes = {key: typed for key in journey.FELT if (typed := text_of(request, key, needed=False))}
    seeds = number_of(request, "seeds", low=journey.SEEDS[0], high=journey.SEEDS[1])
    days = number_of(request, "days", low=journey.DAYS[0], high=journey.DAYS[1])
    made = journey.ask(actor, journey.Draft(place, changes, seeds, days, asdict(Size())), key_of(request))
    messages.success(request, _("已排上，在后台跑。这一页可以关掉，过几分钟再来看。"))
    return redirect("city:trial", trial=made["trial"])


def _mark(found: Interval | None, low: int, high: int) -> Mark | None:
    if found is None:
        return None
    wide = max(1, high - low)

    def at(value: int) -> int:
        return EDGE + (value - low) * (BOX - 2 * EDGE) // wide

    return Mark(at(found.low), at(found.mean), at(found.high))


def outcome_line(line: Line) -> OutcomeLine:
    """Return one outcome as shown; its drawing has a scale of its own, from the lowest to the highest end of both arms."""
    name, counts = (gettext(text) for text in words.OUTCOMES[line.outcome])
    known = [found for found in (line.a, line.b) if found is not None]
    low, high = min((f.low for f in known), default=0), max((f.high for f in known), default=0)
    a, b = (words.number_words(f.mean, line.unit) if f else "—" for f in (line.a, line.b))
    a_range, b_range = (words.range_words(f, line.unit) if f else "" for f in (line.a, line.b))
    found = line.difference
    drawn = _("%(name)s：A %(a)s（%(a_range)s），B %(b)s（%(b_range)s）") % {
        "name": name, "a": a, "a_range": a_range, "b": b, "b_range": b_range,
    }  # fmt: skip
    return OutcomeLine(
        name, counts, a, a_range, b, b_range, words.number_words(found.mean, line.unit, sign=True) if found else "—",
        words.range_words(found, line.unit, sign=True) if found else "", gettext(words.VERDICTS[line.verdict]), line.verdict in SURE,
        _mark(line.a, low, high), _mark(line.b, low, high), drawn,
    )  # fmt: skip


def _own(request: HttpRequest, trial: UUID) -> TrialCard:
    card = trials.trial(trial)
    if not actor_of(request).holds_any(CITY_ROLES, card.place):
        raise NotFound
    return card


def _show(request: HttpRequest, trial: UUID) -> HttpResponse:
    actor, card = actor_of(request), _own(request, trial)
    runs = trials.runs_of(trial)
    lines, state = trials.compared(runs), card.state.value
    names = places.names([card.place, *(p.place for p in actor.posts)])
    again = {"place": card.place}
    page = TrialPage(
        frame=frame_of(request, "city:trials", names),
        url=reverse("city:trial", args=[trial]),
        cancel_url=reverse("city:trial-cancel", args=[trial]),
        again_url=with_query(reverse("city:trial-new"), **again),
        place_name=names.get(card.place, card.place),
        on=card.on.isoformat(),
        changes=_changes(card),
        state=state,
        state_words=gettext(words.STATES[state]),
        tone=words.TONES.get(state, ""),
        why=gettext(words.WHY[card.why]) if card.why else "",
        runs_done=card.runs_done,
        runs=card.runs,
        seeds=card.seeds,
        days=card.days,
        size_words=_size_words(card.size),
        needs=sum(run.needs for run in runs),
        outcomes=tuple(outcome_line(line) for line in lines) if len(runs) > 1 else (),
        findings=tuple(
            words.finding_words(line.outcome, line.difference, line.unit)
            for line in lines
            if line.verdict in SURE and line.difference is not None
        ),
        assumptions=words.assumption_words(card.assumptions),
        asked_at=card.asked_at,
        took_seconds=sum(run.took_ms for run in runs) // 1000,
        inputs_digest=card.inputs_digest,
        digest=card.digest,
        can_cancel=state not in ENDED,
        compared=len(lines),
    )
    return render(request, "city/trial.html", {"page": page, "frame": page.frame})


@require_GET
def trial(request: HttpRequest, trial: UUID) -> HttpResponse:
    """Show one trial of the actor's city: how it stands, what came out, on which assumptions."""
    return _show(request, trial)


@require_POST
@shown_again(_show)
def cancel(request: HttpRequest, trial: UUID) -> HttpResponse:
    """Call a trial off."""
    _own(request, trial)
    journey.cancel(actor_of(request), trial, key_of(request))
    messages.success(request, _("停了。已经跑完的几次还留着。"))
    return redirect("city:trial", trial=trial)
