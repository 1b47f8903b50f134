"""The five steps of a need as residents see them: 收到、找人、接单、在做、完成."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

STEPS = (gettext_noop("收到"), gettext_noop("找人"), gettext_noop("接单"), gettext_noop("在做"), gettext_noop("完成"))
# How many steps are behind a need in each state; the next one is where it stands now.
BEHIND = {"open": 1, "offered": 1, "matched": 2, "under_way": 3, "finished": 4, "disputed": 4, "closed": 5, "withdrawn": 0, "referred": 0}


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step: behind, now, or ahead."""

    words: str
    mark: str  # "done", "now" or ""


def steps_of(state: str) -> tuple[StepShown, ...]:
    """Return the steps of a need in `state`; none for one that was withdrawn or referred."""
    behind = BEHIND[str(state)]
    if not behind:
        return ()
    return tuple(StepShown(gettext(words), "done" if i < behind else "now" if i == behind else "") for i, words in enumerate(STEPS))
