"""Load facts: each counts once, however often it is loaded; what changed since is corrected by a fact of its own."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from secrets import token_bytes

from django.db import connection
from django.db.models import Max, Q

from linli.kernel.canon import digest as digest_of
from linli.kernel.step import Step
from linli.sight.facts import sets
from linli.sight.facts.core import CITY_DIGITS, FactIn, Loaded, day_of, month_bounds, month_of, problem_of
from linli.sight.facts.models import Aside, Fact, FactSet, SetKey
from linli.sight.facts.sets import Manifest, SetFile

BATCH = 2000
# Any number no other room uses: held until commit, so that facts get their numbers in the order they become visible in.
FACTS_LOCK = 5501_2025
COLUMNS = ("pk", "kind", "place_code", "service", "group", "channel", "tag", "good", "value", "subject", "occurred_at", "recorded_at")


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FACTS_LOCK])


def load(s: Step, facts: Iterable[FactIn]) -> Loaded:
    """Write facts not yet known, and a correction for each known one (same kind and reference) that reads differently now.

    What can not be true (in the future, ended before it began, nowhere) is put aside and counts nowhere.
    """
    _lock()
    added = corrected = known = aside = 0
    source = iter(facts)
    while batch := list(islice(source, BATCH)):
        # Where one reference comes twice in a batch, the last word counts.
        latest = {(fact.kind.value, fact.about): fact for fact in batch}
        doubled = len(batch) - len(latest)
        refused = [(fact, why) for fact in latest.values() if (why := problem_of(fact, s.now)) is not None]
        bad = {(fact.kind.value, fact.about) for fact, _ in refused}
        good = [fact for key, fact in latest.items() if key not in bad]
        _put_aside(s, refused)
        rows, corrections = _rows(s, good)
        Fact.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
        added, corrected, aside = added + len(rows) - corrections, corrected + corrections, aside + len(refused)
        known += doubled + len(good) - len(rows)
    return Loaded(added, corrected, known, aside)


def _put_aside(s: Step, refused: Collection[tuple[FactIn, str]]) -> None:
    Aside.objects.bulk_create(
        [
            Aside(
                kind=fact.kind.value, about=fact.about, place_code=fact.place[:24], problem=why, value=fact.value,
                occurred_at=fact.occurred_at, recorded_at=s.now,
            )
            for fact, why in refused
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _rows(s: Step, facts: Collection[FactIn]) -> tuple[list[Fact], int]:
    """Return the rows to write for `facts`, and how many of them correct a known one."""
    newest = {(row.kind, row.about): row for row in _newest(facts)}
    rows, corrections = [], 0
    for fact in facts:
        before = newest.get((fact.kind.value, fact.about))
        if before is None and not fact.gone:
            rows.append(_row(s, fact))
        elif before is not None and not _same(before, fact):
            rows.append(_row(s, fact, before))
            corrections += 1
    return rows, corrections


def _newest(facts: Collection[FactIn]) -> Iterator[Fact]:
    by_kind: dict[str, list[str]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind.value, []).append(fact.about)
    for kind, abouts in by_kind.items():
        yield from Fact.objects.filter(kind=kind, about__in=abouts, later=None)


def _same(row: Fact, fact: FactIn) -> bool:
    if row.gone or fact.gone:
        return row.gone and fact.gone
    return (
        row.place_code == fact.place
        and row.good == fact.good
        and row.value == fact.value
        and row.occurred_at == fact.occurred_at
        and (row.service, row.group, row.channel, row.tag, row.subject) == (fact.service, fact.group, fact.channel, fact.tag, fact.subject)
    )


def _row(s: Step, fact: FactIn, before: Fact | None = None) -> Fact:
    return Fact(
        kind=fact.kind.value, about=fact.about, revision=before.revision + 1 if before else 0, supersedes=before, gone=fact.gone,
        place_code=fact.place, service=fact.service, group=fact.group, channel=fact.channel, tag=fact.tag, subject=fact.subject,
        good=fact.good, value=fact.value, occurred_at=fact.occurred_at, recorded_at=s.now,
    )  # fmt: skip


def freeze(s: Step, city: str, *, domains: Mapping[str, str], moved: Mapping[str, str]) -> str | None:
    """Freeze a city's facts as a fact set and return its digest, or None where nothing is new since the last one.

    `domains` tells each service's domain, `moved` which community counts as which now. Only months that changed are written; the others'
    files are taken over. The digest goes into the evidence log; numbers of people mean nothing outside of the city's sets.
    """
    _lock()
    last = FactSet.objects.filter(city=city).order_by("-number").first()
    before = sets.manifest_in(last.manifest) if last else None
    mine = _mine(city, moved)
    newest: int = Fact.objects.filter(mine).aggregate(at=Max("pk"))["at"] or 0
    here = {old: new for old, new in sorted(moved.items()) if city in (old[:CITY_DIGITS], new[:CITY_DIGITS])}
    months = _changed(mine, before, last.last_fact if last else 0, here)
    if not newest or (before is not None and not months and before.moved == here):
        return None
    secret, kept = _secret(s, city), {f.month: f for f in before.files} if before else {}
    for month in sorted(months):
        file = _write_month(city, month, mine, secret=secret, domains=domains, moved=moved)
        kept.pop(month, None)
        if file is not None:
            kept[month] = file
    occurred: datetime | None = Fact.objects.filter(mine, later=None, gone=False).aggregate(at=Max("occurred_at"))["at"]
    manifest = Manifest(
        city, last.number + 1 if last else 1, occurred.astimezone(UTC).isoformat() if occurred else "", s.now.astimezone(UTC).isoformat(),
        here, tuple(kept[month] for month in sorted(kept)),
    )  # fmt: skip
    return _keep(s, manifest, newest, occurred)


def _mine(city: str, moved: Mapping[str, str]) -> Q:
    # What moved to another city is counted there, what moved here is counted here, whatever its old code says.
    gone = [old for old, new in moved.items() if old.startswith(city) and not new.startswith(city)]
    come = [old for old, new in moved.items() if new.startswith(city) and not old.startswith(city)]
    found = Q(place_code__startswith=city)
    for old in gone:
        found &= ~Q(place_code__startswith=old)
    for old in come:
        found |= Q(place_code__startswith=old)
    return found


def _changed(mine: Q, before: Manifest | None, last_fact: int, moved: Mapping[str, str]) -> set[str]:
    fresh = Fact.objects.filter(mine, pk__gt=last_fact)
    days = {day_of(at) for row in fresh.values_list("occurred_at", "supersedes__occurred_at").iterator() for at in row if at is not None}
    changed = {month_of(day) for day in days}
    if before is not None and before.moved != moved:
        turned = {old for old in {*before.moved, *moved} if before.moved.get(old) != moved.get(old)}
        for old in turned:
            moments = Fact.objects.filter(mine, place_code__startswith=old).values_list("occurred_at", flat=True)
            changed |= {month_of(day_of(at)) for at in moments.iterator()}
    if before is not None:
        changed |= {f.month for f in before.files if not (sets.folder() / f.path).is_file()}
    return changed


def _secret(s: Step, city: str) -> bytes:
    row, _ = SetKey.objects.get_or_create(city=city, defaults={"secret": token_bytes(32), "made_at": s.now})
    return bytes(row.secret)


def _write_month(city: str, month: str, mine: Q, *, secret: bytes, domains: Mapping[str, str], moved: Mapping[str, str]) -> SetFile | None:
    start, end = month_bounds(month)
    rows = Fact.objects.filter(mine, later=None, gone=False, occurred_at__gte=start, occurred_at__lt=end).order_by("pk")
    found = [sets.row_of(row, secret=secret, domains=domains, moved=moved) for row in rows.values_list(*COLUMNS).iterator(BATCH)]
    return sets.write(city, month, found) if found else None


def _keep(s: Step, manifest: Manifest, newest: int, occurred: datetime | None) -> str:
    text = manifest.text()
    digest = digest_of(manifest.plain())
    FactSet.objects.create(
        digest=digest, city=manifest.city, number=manifest.number, last_fact=newest, facts=manifest.facts, occurred_until=occurred,
        recorded_until=s.now, manifest=text,
    )  # fmt: skip
    _leave(sets.folder() / manifest.city / f"{digest}.json", text)
    s.record(
        "facts:set:frozen", place=manifest.city,
        payload={"digest": digest, "number": manifest.number, "facts": manifest.facts, "recorded": manifest.recorded_until},
    )  # fmt: skip
    return digest


def _leave(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
