"""One need: who, what was said, what to do now, who fits best; and the steps taken on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site.desk import frame_of, with_query
from linli.doors.site.forms import choice_of, go_back, id_of, key_of, shown_again, text_of
from linli.doors.site.templatetags.linli import daytime
from linli.doors.site.terms import CHANNELS, EVENTS, LEVELS, OFFERS, REFER, STATES, TONES, VISITS, WHY, WHY_NOT, counted, reason_words, say
from linli.doors.site.who import actor_of, rules_of
from linli.doors.worker.acts import UPPER, WAITING, Standing, acts_of, standing
from linli.doors.worker.lists import clock_of
from linli.doors.worker.nexts import next_of
from linli.doors.worker.pages import Event, Option, Who
from linli.doors.worker.panes import Candidate, Duplicate, NeedPage, NeedPane, NextStep, Reason, VisitLine
from linli.doors.worker.who import CALL, FACE, initial, neighbour, shown_as
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.needs.reads import NeedCard
from linli.help.needs.whole import Whole, whole
from linli.help.visits import reads as visits
from linli.help.visits.reads import Around, OfferRow, VisitRow
from linli.journeys import answer, ask, confirm, propose, visit
from linli.journeys.propose import HelpersForNeed
from linli.kernel.actor import Actor
from linli.kernel.disclosure import Purpose
from linli.kernel.errors import NotFound
from linli.trust.evidence import reads as evidence

PROPOSALS_SHOWN = 5
NOBODY = HelpersForNeed((), (), 0)


def need_for(actor: Actor, need: UUID) -> tuple[NeedCard, Standing]:
    """Return a need that is the actor's as staff, with their standing. Raises NotFound for any other, as for one that does not exist."""
    return _staffed(actor, needs.need(need, now()))


def _staffed(actor: Actor, card: NeedCard) -> tuple[NeedCard, Standing]:
    if not ask.staff_of(actor, card):
        raise NotFound
    return card, standing(actor, card)


def _who(card: NeedCard, shown: Mapping[UUID, people.Shown]) -> Who:
    if card.asker is None:
        words = _("扫码提的，没有登记姓名。") if card.sheet else _("打电话来的，没有登记；称呼和号码写在下面的原话里。")
        return Who(None, None, None, None, (), words)
    return shown_as(shown[card.asker])


def _candidates(found: HelpersForNeed, names: Mapping[UUID, str]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            choice.helper,
            names[choice.helper],
            initial(names[choice.helper]),
            tuple(Reason(counted(WHY, code, number), code != "walk") for code, number in choice.reasons),
        )
        for choice in found.choices
    )


def _history(flips: Iterable[needs.FlipRow], offers: Iterable[OfferRow], names: Mapping[UUID, str]) -> tuple[Event, ...]:
    """Return what happened to a need and who was asked, newest first."""
    found = [Event(f.at, say(EVENTS, f.event), reason_words(f.event, f.reason)) for f in flips]
    found += [Event(row.made_at, say(OFFERS, row.state.value) % {"name": names[row.helper]}) for row in offers]
    return tuple(sorted(found, key=lambda event: event.at, reverse=True))


def _visit_line(row: VisitRow, two: bool, names: Mapping[UUID, str]) -> VisitLine:
    words = _("%(when)s，约 %(minutes)s 分") % {"when": daytime(row.starts_at), "minutes": row.minutes_estimated}
    if two:
        words = _("%(name)s：%(words)s") % {"name": names[row.helper], "words": words}
    return VisitLine(reverse("worker:visit", args=[row.id]), words, say(VISITS, row.state.value))


def _wanted(card: NeedCard) -> str:
    if card.wanted_from and card.wanted_until:
        return _("希望 %(start)s 到 %(end)s 之间") % {"start": daytime(card.wanted_from), "end": daytime(card.wanted_until)}
    if card.wanted_from:
        return _("希望 %(start)s 以后") % {"start": daytime(card.wanted_from)}
    return _("希望 %(end)s 以前") % {"end": daytime(card.wanted_until)} if card.wanted_until else ""


def _wishes(card: NeedCard) -> tuple[str, ...]:
    found = (
        (card.urgent, _("急")),
        (card.same_sex, _("要同性帮手")),
        (card.adults > 1, _("两位成人一起去")),
        (bool(card.referred_to), _("转给了%(where)s") % {"where": say(REFER, card.referred_to)}),
    )
    return tuple(words for holds, words in found if holds)


def _same(others: Iterable[NeedCard], said: Mapping[UUID, str | None], names: Mapping[str, str]) -> tuple[Duplicate, ...]:
    """Return the needs that look like this one; what was said in them opens with the same look."""
    return tuple(
        Duplicate(
            reverse("worker:need", args=[o.id]), o.number, o.opened_at, names.get(o.place, o.place), say(CHANNELS, o.channel),
            say(STATES, o.state.value), TONES.get(o.state.value, ""), said[o.id] or "", _("和 %(number)s 是同一件") % {"number": o.number},
        )
        for o in others
    )  # fmt: skip


def _targets(actor: Actor, card: NeedCard) -> tuple[Option, ...]:
    """Return the communities a need may be sent to: those of its street, by whoever is above it."""
    if not actor.holds_any(UPPER, card.community) or card.state.value not in WAITING:
        return ()
    return tuple(Option(p.code, p.name, p.code == card.community) for p in places.children(card.community[:9]).rows)


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was read for the pane of one need."""

    whole: Whole
    others: tuple[NeedCard, ...]
    around: Around
    found: HelpersForNeed
    places: Mapping[str, str]
    asker: Who
    faces: Mapping[UUID, str]
    said: Mapping[UUID, str | None]


def _seen(request: HttpRequest, need: UUID, moment: datetime) -> Seen:
    """Read one need and what is around it: every room is asked once, every look is logged by disclosure. Raises NotFound."""
    actor, about = actor_of(request), whole(need, moment)
    card = _staffed(actor, about.card)[0]
    others = tuple(other for other in about.alike if ask.staff_of(actor, other))
    around = visits.around([need]).get(need, Around())
    known = places.named({card.place, card.community, *(o.place for o in others), *(p.place for p in actor.posts)})
    found = NOBODY
    if card.state.value in WAITING:
        rules, point = rules_of(request, card.community)[card.community], known[card.place][1] if card.place in known else None
        seated = frozenset(row.helper for row in around.visits if row.waits_until is not None)
        found = propose.helpers_for(card, rules, moment, point=point, offers=around.offers, beside=seated, limit=PROPOSALS_SHOWN)
    helpers = tuple({c.helper for c in found.choices} | {o.helper for o in around.offers})
    asked = (
        people.Asked((card.asker,) if card.asker else (), CALL, Purpose.QUEUE), people.Asked(helpers, FACE, Purpose.QUEUE),
    )  # fmt: skip
    (asker, faces), said = people.disclose_all(actor, asked, words=[ask.sealed_words(o) for o in (card, *others)], now=moment)
    names = {code: name for code, (name, _point) in known.items()}
    return Seen(about, others, around, found, names, _who(card, asker), {pk: r.name or neighbour() for pk, r in faces.items()}, said)


def pane_of(actor: Actor, seen: Seen, who: Standing, moment: datetime, back: str) -> NeedPane:
    """Put what was read into words."""
    card, objection, found, asked, both = seen.whole.card, seen.whole.objection, seen.found, seen.around.offers, seen.around.visits
    visited = next((row for row in both if row.state.value == "booked"), seen.around.visit)
    said, looking = seen.said[card.id], card.state.value in WAITING
    candidates, acts = _candidates(found, seen.faces), acts_of(card, who, objection, _targets(actor, card))
    step = next_of(card, acts, objection, candidates[0] if candidates else None, asked, visit=visited, moment=moment)
    return NeedPane(
        id=card.id, url=reverse("worker:need", args=[card.id]), number=card.number, title=_(card.service.name),
        state=say(STATES, card.state.value), tone=TONES.get(card.state.value, ""), place=seen.places.get(card.place, card.place),
        level="" if card.level.value == "community" else say(LEVELS, card.level.value), channel=say(CHANNELS, card.channel), who=seen.asker,
        said=said, said_closed=said is None and card.words_sealed is not None, wanted=_wanted(card), wishes=_wishes(card),
        clock=clock_of(card), due_at=card.due_at, opened_at=card.opened_at, answered_at=card.answered_at, next=_main(step),
        duplicates=_same(seen.others, seen.said, seen.places), withdraw_url=next((a.url for a in acts if a.code == "withdraw"), ""),
        acts=tuple(act for act in acts if act != step.act), candidates=candidates,
        not_now=tuple(counted(WHY_NOT, code, n) for code, n in found.not_now), looking=looking, visits=tuple(_visit_line(row, row.together is not None, seen.faces) for row in both),
        events=_history(seen.whole.history, asked, seen.faces), record_number=evidence.number_of(f"need:{card.id}"),
        record_url=reverse("worker:record", args=["need", card.id]), offer_url=reverse("worker:offer", args=[card.id]), back=back,
    )  # fmt: skip


def _main(step: NextStep) -> NextStep:
    return replace(step, act=replace(step.act, main=True)) if step.act is not None else step


def _show(request: HttpRequest, need: UUID, **_step: object) -> HttpResponse:
    actor, moment = actor_of(request), now()
    seen = _seen(request, need, moment)
    card = seen.whole.card
    pane = pane_of(actor, seen, standing(actor, card), moment, reverse("worker:need", args=[card.id]))
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        return render(request, "worker/need_pane.html", {"pane": pane})
    current = "worker:list" if not actor.holds_any(UPPER, card.community) else "street:home"
    page = NeedPage(frame_of(request, current, dict(seen.places)), pane)
    return render(request, "worker/need.html", {"page": page, "frame": page.frame})


@require_GET
def need(request: HttpRequest, need: UUID) -> HttpResponse:
    """Show one need: as the pane for htmx, else as a page of its own."""
    return _show(request, need)


@require_GET
def by_number(request: HttpRequest, number: str) -> HttpResponse:
    """Lead from the number people read out to the need. Raises NotFound beyond the actor's posts."""
    actor, moment = actor_of(request), now()
    card = needs.by_number(number, "", moment)
    if not ask.staff_of(actor, card):
        raise NotFound
    return redirect("worker:need", need=card.id)


Step = Callable[[Actor, UUID, HttpRequest, str], object]


def _where(request: HttpRequest) -> str:
    return choice_of(request, "where", tuple(REFER))


STEPS: Mapping[str, Step] = {
    "answer": lambda actor, need, _r, key: answer.answer(actor, need, key),
    "pause": lambda actor, need, r, key: answer.pause(actor, need, text_of(r, "reason"), key),
    "resume": lambda actor, need, _r, key: answer.resume(actor, need, key),
    "refer": lambda actor, need, r, key: answer.refer(actor, need, _where(r), text_of(r, "reason", needed=False), key),
    "dispatch": lambda actor, need, r, key: answer.dispatch(actor, need, text_of(r, "to_place"), text_of(r, "reason"), key),
    "object": lambda actor, need, r, key: answer.object_to(actor, need, text_of(r, "reason"), key),
    "settle": lambda actor, need, r, key: answer.settle_objection(
        actor, need, choice_of(r, "upheld", ("yes", "no")) == "yes", text_of(r, "reason"), key
    ),
    "withdraw": lambda actor, need, r, key: ask.withdraw(actor, need, text_of(r, "reason"), key),
    "reopen": lambda actor, need, r, key: confirm.reopen(actor, need, text_of(r, "reason"), key),
}


@require_POST
@shown_again(_show)
def act(request: HttpRequest, need: UUID, step: str) -> HttpResponse:
    """Take one of the steps of the pane, then return to where the form stood."""
    actor = actor_of(request)
    card, _standing = need_for(actor, need)
    if step not in STEPS:
        raise NotFound
    STEPS[step](actor, card.id, request, key_of(request))
    messages.success(request, _done(step, card.number))
    return go_back(request, reverse("worker:need", args=[card.id]))


def _done(step: str, number: str) -> str:
    words = {
        "answer": _("%(number)s：已记下回话。"), "pause": _("%(number)s：时钟已暂停，原因写进了经过。"), "resume": _("%(number)s：时钟接着走。"),
        "refer": _("%(number)s：已转出，最先接到的社区仍负责问到底。"), "dispatch": _("%(number)s：已派下去，两边都收到了通知。"),
        "object": _("%(number)s：异议已提交，等上级复核。"), "settle": _("%(number)s：异议已有结论。"),
        "withdraw": _("%(number)s：已撤回。"), "reopen": _("%(number)s：重新打开，时钟从现在走。"),
    }  # fmt: skip
    return words[step] % {"number": number}


@require_POST
@shown_again(_show)
def offer(request: HttpRequest, need: UUID) -> HttpResponse:
    """Offer the need to the helper the worker picked."""
    actor = actor_of(request)
    card, _standing = need_for(actor, need)
    propose.offer_to(actor, card.id, id_of(request, "helper"), key_of(request))
    messages.success(request, _("已发出邀请，接不接由本人定；有回音会通知您。"))
    return go_back(request, reverse("worker:need", args=[card.id]))


@require_GET
def record(request: HttpRequest, kind: str, ref: UUID) -> HttpResponse:
    """Lead to the public check of a need's or a visit's receipt. Raises Refused(NOT_PUBLISHED_YET) until it is signed."""
    actor = actor_of(request)
    if kind == "need":
        need_for(actor, ref)
    elif kind != "visit" or not visit.works_at(actor, visit.visit_for(actor, ref)):
        raise NotFound
    text = evidence.encode_qr(evidence.receipt(f"{kind}:{ref}", now=now()))
    return redirect(with_query(reverse("public:check"), r=text))
