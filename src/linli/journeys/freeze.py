"""Freezing facts: what was counted stays as it was, with a digest in the record, so that any figure can name what it stands on."""

from __future__ import annotations

from collections.abc import Iterable

from linli.ground.places import reads as places
from linli.help.needs.catalogue import catalogue
from linli.journeys.corridor import step
from linli.kernel.actor import Actor
from linli.sight.facts import verbs as facts
from linli.sight.facts.core import resolved

FREEZER = Actor.system("freeze")


def freeze(cities: Iterable[str]) -> dict[str, str]:
    """Freeze the facts of each city that has new ones; return the digest of each new fact set by city."""
    moved = resolved(places.moved())
    domains = {code: service.domain for code, service in catalogue().items()}
    found: dict[str, str] = {}
    for city in sorted(cities):
        with step(FREEZER, None, "sight.freeze", {}, place=city) as s:
            digest = facts.freeze(s, city, domains=domains, moved=moved)
            if digest is not None:
                found[city] = digest
    return found
