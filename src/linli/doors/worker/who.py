"""Who somebody is, as one viewer may see them; every look goes through disclosure and is logged there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.doors.site.terms import GROUPS, say
from linli.doors.worker.pages import Who
from linli.ground.people import reads as people
from linli.kernel.actor import Actor
from linli.kernel.disclosure import DataClass, Purpose

CALL = frozenset({DataClass.NAME, DataClass.PHONE, DataClass.DOOR, DataClass.AGE, DataClass.GROUPS, DataClass.WORDS})
FACE = frozenset({DataClass.NAME})


def who_of(actor: Actor, person: UUID, moment: datetime, *, purpose: Purpose = Purpose.QUEUE) -> Who:
    """Return one person with all that a call needs, as far as it is open to `actor`."""
    return shown_as(people.disclose(actor, [person], wanted=CALL, purpose=purpose, now=moment)[person])


def shown_as(shown: people.Shown) -> Who:
    """Return what disclosure opened, in words."""
    closed = "" if shown.classes else _("姓名和电话没有对您打开：由所在社区的工作者联系，或等升级授权。")
    return Who(shown.name, shown.phone, shown.door, shown.age, tuple(say(GROUPS, g.value) for g in shown.groups or ()), closed)


def names_of(actor: Actor, persons: Iterable[UUID], moment: datetime, *, purpose: Purpose = Purpose.QUEUE) -> dict[UUID, str]:
    """Return the names open to `actor`, one look for all; somebody whose name is closed is called a neighbour."""
    shown = people.disclose(actor, persons, wanted=FACE, purpose=purpose, now=moment)
    return {person: row.name or neighbour() for person, row in shown.items()}


def neighbour() -> str:
    """Return what somebody is called whose name is not open."""
    return _("一位邻居")


def initial(name: str) -> str:
    """Return what stands in the round face."""
    return _("邻") if name == neighbour() else name[:1]
