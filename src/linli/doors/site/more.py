"""What more helpers would change, in words: from a kept run of the matcher, for the community, the street and the city."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.doors.site.terms import SKILLS, say
from linli.help.matching.reads import MoreRow


def skill_words(skill: str) -> str:
    """Return what a skill is called; '' is any."""
    return say(SKILLS, skill) if skill else _("什么都行")


def more_words(more: MoreRow, names: Mapping[str, str]) -> str:
    """Return what more helpers of a skill in a community would change."""
    where = names.get(more.community, more.community)
    said = {"where": where, "skill": skill_words(more.skill), "n": more.helpers, "served": more.served, "waiting": more.waiting}
    if not more.served:
        return _("%(where)s：有 %(waiting)s 件事要会“%(skill)s”的，眼下没人可问；多 %(n)s 位也不够，要看时间和证书。") % said
    return (
        ngettext(
            "%(where)s：再多 %(n)s 位会“%(skill)s”的帮手，就能多帮上 %(served)s 件事（那里有 %(waiting)s 件没人可问）。",
            "%(where)s：再多 %(n)s 位会“%(skill)s”的帮手，就能多帮上 %(served)s 件事（那里有 %(waiting)s 件没人可问）。",
            more.helpers,
        )
        % said
    )
