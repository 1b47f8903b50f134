"""The five steps of a need as residents see them: 收到、找人、接单、在路上、完成."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

STEPS = (gettext_noop("收到"), gettext_noop("找人"), gettext_noop("接单"), gettext_noop("在路上"), gettext_noop("完成"))
THERE = gettext_noop("在做")  # what the fourth step is called from the check-in on
# How many steps are behind a need in each state; the next one is where it stands now.
BEHIND = {"open": 1, "offered": 1, "matched": 2, "under_way": 3, "finished": 4, "disputed": 4, "closed": 5, "withdrawn": 0, "referred": 0}


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step: behind, now, or ahead."""

    words: str
    mark: str  # "done", "now" or ""


def steps_of(state: str, *, near: bool = False) -> tuple[StepShown, ...]:
    """Return the steps of a need in `state`; none for one that was withdrawn or referred. `near`: the time agreed is about to come."""
    on_the_way = near and str(state) == "matched"
    behind = BEHIND[str(state)] + on_the_way
    if not behind:
        return ()
    words = STEPS if behind < 3 or on_the_way else (*STEPS[:3], THERE, STEPS[4])
    return tuple(StepShown(gettext(word), "done" if i < behind else "now" if i == behind else "") for i, word in enumerate(words))
