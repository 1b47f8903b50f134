"""Freezing facts: what was counted stays as it was, with a digest in the record, so that any figure can name what it stands on."""

from __future__ import annotations

from collections.abc import Iterable

from linli.ground.places import reads as places
from linli.help.needs.catalogue import catalogue
from linli.journeys.corridor import step
from linli.kernel.actor import Actor
from linli.sight.facts import reads as facts_reads
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import resolved

FREEZER = Actor.system("freeze")


def freeze(cities: Iterable[str]) -> dict[str, str]:
    """Freeze the facts of each city that has new ones; return the digest of each new fact set by city.

    Facts under a code of an earlier edition of the tree count at what it became; what people here merged goes before that.
    """
    merged = places.moved()
    domains = {code: service.domain for code, service in catalogue().items()}
    found: dict[str, str] = {}
    for city in sorted(cities):
        # What no fact names is left out: a manifest says what was counted as something else, not what might have been.
        before = places.former_codes(city)
        used = facts_reads.told(before)
        moved = resolved({old: new for old, new in before.items() if old in used} | merged)
        with step(FREEZER, None, "sight.freeze", {}, place=city) as s:
            digest = facts.freeze(s, city, domains=domains, moved=moved)
            if digest is not None:
                found[city] = digest
    return found
