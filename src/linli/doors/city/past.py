"""What a place was before: its codes and names in earlier editions of the tree, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from linli.doors.city.paper_list import day_words
from linli.ground.places import reads as places
from linli.ground.places.former import How, Turn, Was

SHOWN_MAX = 6
STAYED = (How.RENAMED, How.UNCLEAR)


@dataclass(frozen=True, slots=True)
class PastShown:
    """What changed, latest first, a sentence each; the days of the oldest and newest edition that were read. No lines: nothing changed."""

    lines: tuple[str, ...]
    since: str
    until: str


def _day(iso: str) -> str:
    return day_words(date.fromisoformat(iso))


def past_shown(code: str, name: str) -> PastShown:
    """Return what a place was in earlier editions; no query."""
    past = places.past(code, name)
    return PastShown(tuple(_said(turn) for turn in past.turns), _day(past.since), _day(past.until))


def _said(turn: Turn) -> str:
    day, found = _day(turn.earlier), []
    came = [w for w in turn.was if w.how not in (*STAYED, How.SPLIT)]
    parted = [w for w in turn.was if w.how is How.SPLIT]
    for w in turn.was:
        if w.how is How.RENAMED:
            found.append(_("直到 %(day)s 的版本，这里叫%(name)s，代码一样。") % {"day": day, "name": w.name})
        elif w.how is How.UNCLEAR:
            found.append(
                _("直到 %(day)s 的版本，这个代码写的是%(name)s；是改了名，还是代码给了别处，这些版本说不清。")
                % {"day": day, "name": w.name}
            )
    if came:
        words = {"day": day, "which": _which(came)}
        found.append(
            _("直到 %(day)s 的版本，并进来的是%(which)s。") % words
            if turn.stayed or len(came) > 1
            else _("直到 %(day)s 的版本，代码和名字是%(which)s。") % words
        )
    if parted:
        found.append(_("从%(which)s分出来；那时的版本是 %(day)s 的。") % {"day": day, "which": _which(parted)})
    if turn.lost:
        found.append(_("%(day)s 的版本里有 %(n)s 个代码后来没有了，只知道归这里，归下面哪一处说不清。") % {"day": day, "n": turn.lost})
    if not turn.was and not turn.stayed:
        found.append(_("%(day)s 的版本里还没有这个代码；那时它是什么，这些版本说不清。") % {"day": day})
    return " ".join(found)


def _which(rows: Sequence[Was]) -> str:
    told = [_("%(name)s（%(code)s）") % {"name": w.name, "code": w.code} for w in rows[:SHOWN_MAX]]
    words = _("、").join(told)
    return _("%(places)s等 %(n)s 处") % {"places": words, "n": len(rows)} if len(rows) > SHOWN_MAX else words
