"""Which steps a need offers its viewer now. The journeys check again; a button that would be refused is not drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.doors.site.terms import ENDED_STATES, REFER, say
from linli.doors.worker.pages import Act, Option
from linli.help.needs.reads import NeedCard, ObjectionRow
from linli.kernel.actor import Actor, Role

WAITING = ("open", "offered")
BEFORE_START = ("open", "offered", "matched")
UPPER = frozenset({Role.DISPATCHER, Role.CITY})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the viewer is to a need that is theirs as staff: above its community, or of the community it was sent to."""

    upper: bool
    sent_here: bool


def standing(actor: Actor, card: NeedCard) -> Standing:
    """Return the viewer's standing; a post reaches everything below its place."""
    sent = bool(card.dispatched_to) and actor.holds(Role.WORKER, card.dispatched_to)
    return Standing(actor.holds_any(UPPER, card.community), sent)


def _act(card: NeedCard, code: str, label: str, **more: object) -> Act:
    return Act(code, label, reverse("worker:act", args=[card.id, code]), **more)  # type: ignore[arg-type]


def _with_reason(card: NeedCard, code: str, label: str, **more: object) -> Act:
    return _act(card, code, label, **{"field": "reason", "field_label": _("原因"), "button": _("就这样办"), **more})


def _refer(card: NeedCard) -> Act:
    options = tuple(Option(code, say(REFER, code)) for code in REFER)
    return _with_reason(
        card, "refer", _("转出去"), options=options, second_field="where", second_label=_("转给谁"),
        needed=False, help=_("110、119、120、122 不用写原因；转 12345 要写。转出以后，最先接到的社区仍负责问到底。"),
    )  # fmt: skip


def _dispatch(card: NeedCard, communities: tuple[Option, ...]) -> Act:
    return _with_reason(
        card, "dispatch", _("派给社区"), options=communities, second_field="to_place", second_label=_("派给哪个社区"),
        help=_("对方可以提出异议，由您复核。最先接到的社区仍负责问到底。"),
    )  # fmt: skip


def _settle(card: NeedCard) -> Act:
    options = (Option("yes", _("异议成立，收回派单")), Option("no", _("异议不成立，照办")))
    return _with_reason(card, "settle", _("复核异议"), options=options, second_field="upheld", second_label=_("结论"))


def acts_of(card: NeedCard, who: Standing, objection: ObjectionRow | None, communities: tuple[Option, ...]) -> tuple[Act, ...]:
    """Return the steps that may be taken; which of them is the next best is said by nexts.py."""
    return tuple(_ended(card)) if card.state.value in ENDED_STATES else tuple(_live(card, who, objection, communities))


def _ended(card: NeedCard) -> Iterator[Act]:
    if card.state.value == "referred" and card.answered_at is None:
        yield _act(card, "answer", _("问过平安了"))
    yield _with_reason(card, "reopen", _("重新打开"), help=_("没有真正办好，或又出了同样的事，就接着办。"))


def _live(card: NeedCard, who: Standing, objection: ObjectionRow | None, communities: tuple[Option, ...]) -> Iterator[Act]:
    state, objected = card.state.value, objection is not None and objection.settled_at is None
    if objected and who.upper:
        yield _settle(card)
    if card.answered_at is None:
        yield _act(card, "answer", _("已回话，接着办"))
    if who.upper and state in WAITING and card.level.value != "community" and not objected and communities:
        yield _dispatch(card, communities)
    if who.sent_here and state in WAITING and not objected:
        yield _with_reason(card, "object", _("提出异议"), help=_("说清为什么不该派到这里，上级在时限内复核。"))
    yield from _clock_acts(card)
    if state in BEFORE_START:
        yield _refer(card)
        yield _with_reason(card, "withdraw", _("撤回"), help=_("本人说不要了，或查明是同一件事。"))


def _clock_acts(card: NeedCard) -> Iterator[Act]:
    if card.paused:
        yield _act(card, "resume", _("时钟接着走"))
    elif card.due_at is not None:
        yield _with_reason(card, "pause", _("暂停时钟"), help=_("只有等本人、等材料这类原因才暂停；原因会写进经过。"))
