"""The service catalogue: domains and services with their standards, as data. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

DATA = Path(__file__).parent / "data" / "catalogue.toml"
MINUTES_MIN, MINUTES_MAX = 5, 1440
# No more than a helper can keep in mind at a door.
CHECKLIST_MAX = 8


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of the catalogue: `short` is the word on a tile, `minutes` the typical length, `checklist` what done well means."""

    code: str
    domain: str
    short: str
    name: str
    icon: str
    minutes: int
    skill: str
    checklist: tuple[str, ...]
    certificate: str = ""
    same_sex: bool = False
    two_adults: bool = False
    two_adults_alone: bool = False
    special: bool = False
    redeemable: bool = True
    urgent: bool = False
    errand: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """One of the eight domains."""

    code: str
    name: str


def read(text: str) -> tuple[dict[str, Domain], dict[str, Service]]:
    """Return domains and services of a catalogue in the order they are shown. Raises ValueError naming the service at fault."""
    tables = tomllib.loads(text)
    found_domains = {row["code"]: Domain(**row) for row in tables["domain"]}
    found: dict[str, Service] = {}
    for row in tables["service"]:
        service = _service(row)
        problem = _problem(service, found_domains, found)
        if problem:
            raise ValueError(f"service {service.code}: {problem}")
        found[service.code] = service
    return found_domains, found


def _service(row: dict[str, Any]) -> Service:
    try:
        return Service(**{**row, "checklist": tuple(row["checklist"])})
    except (TypeError, KeyError) as error:
        raise ValueError(f"service {row.get('code', '?')}: {error}") from None


def _problem(service: Service, known: Mapping[str, Domain], before: Mapping[str, Service]) -> str | None:
    if service.code in before:
        return "stands there twice"
    if service.domain not in known:
        return f"unknown domain {service.domain!r}"
    if not MINUTES_MIN <= service.minutes <= MINUTES_MAX:
        return f"minutes from {MINUTES_MIN} to {MINUTES_MAX}"
    if not 1 <= len(service.checklist) <= CHECKLIST_MAX:
        return f"a checklist has 1 to {CHECKLIST_MAX} items"
    return None


@cache
def catalogue() -> Mapping[str, Service]:
    """Return the shipped catalogue by code, in the order services are shown."""
    return MappingProxyType(read(DATA.read_text("utf-8"))[1])


@cache
def domains() -> Mapping[str, Domain]:
    """Return the domains by code."""
    return MappingProxyType(read(DATA.read_text("utf-8"))[0])
