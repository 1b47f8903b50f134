"""What a thing's row says of its terms, and which communities share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from linli.help.supply.core.things import KINDS, Terms
from linli.help.supply.models import Member, Thing


def terms_of(row: Thing) -> Terms:
    """Return on what terms a thing is lent."""
    hours = tuple((int(a), int(b), int(c)) for a, b, c in row.hours)
    return Terms(KINDS[row.kind], hours, row.minutes_max, row.only_group, row.certificate, row.shared, row.retired_at is not None)


def members_at(moment: datetime) -> Q:
    """Return the condition for memberships that hold at a moment."""
    return Q(since__lte=moment) & (Q(until=None) | Q(until__gt=moment))


def allied(one: str, other: str, moment: datetime) -> bool:
    """Tell whether two communities share by an alliance at a moment; a community shares with itself. One query."""
    if one == other:
        return True
    rows = Member.objects.filter(members_at(moment), community_code__in=[one, other]).values_list("alliance", flat=True)
    found = list(rows)
    return len(found) == 2 and found[0] == found[1]


def circles(communities: Collection[str], moment: datetime) -> dict[str, frozenset[str]]:
    """Return for each of `communities` all that share with it, itself among them; one query."""
    known = Member.objects.filter(members_at(moment))
    rows = known.filter(alliance__in=known.filter(community_code__in=communities).values("alliance")).values_list(
        "alliance", "community_code"
    )
    by_alliance: dict[object, set[str]] = {}
    for alliance, community in rows:
        by_alliance.setdefault(alliance, set()).add(community)
    found = {community: frozenset([community]) for community in communities}
    for members in by_alliance.values():
        found |= {community: frozenset(members) for community in members if community in found}
    return found
