"""How a place is found by what somebody typed. One statement per try; every branch of it walks an index and stops at its limit.

Names are matched from their beginning, level by level, through an index that begins with level and name (for communities with the name),
pinyin and initials likewise; a part inside a name through the GIN index over single characters. Higher places come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from linli.ground.places.core import (
    Kind,
    Level,
    Wanted,
    heads,
    subtree_range,
    successor,
    whole_initials,
    whole_names,
    whole_pinyin,
)

SCOPES_MAX = 5
HEADS_MAX = 4  # 广东省 | 广州市 | 越秀区 | 洪桥街道 | 三眼井
INSIDE_MAX = 60  # rows looked at for a part inside a name
LAST = "\U0010ffff"  # after every character, in byte order


class How(StrEnum):
    """Why a place was found; the order is that of the results."""

    WHOLE = "whole"  # the name, but for an ending such as 区
    BEGINS = "begins"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Found:
    """A place found."""

    rank: int
    level: int
    sort: str
    code: str
    how: How


@dataclass(frozen=True, slots=True)
class _Try:
    """One branch: rows of each level whose `column` is one of `whole`, or begins with `begin`."""

    rank: int
    column: str
    whole: tuple[str, ...] = ()
    begin: str = ""


def _tries(wanted: Wanted) -> list[_Try]:
    tries = []
    for i, text in enumerate(wanted.texts):
        if wanted.kind is Kind.NAME:
            tries += [_Try(i, "name", whole_names(text)), _Try(4 + i, "name", begin=text)]
        elif wanted.kind is Kind.CODE:
            tries += [_Try(i, "code", (text,)), _Try(4 + i, "code", begin=text)]
        elif wanted.kind is Kind.PINYIN:
            tries += [
                _Try(0, "pinyin", whole_pinyin(text)), _Try(1, "initials", whole_initials(text)),
                _Try(4, "pinyin", begin=text), _Try(5, "initials", begin=text),
            ]  # fmt: skip
    return tries


def _branch(branch: _Try, scope: str, *, deepest: Level, limit: int) -> Iterator[tuple[str, list[Any]]]:
    """Yield a statement for the communities and one for the other levels: their indexes are two."""
    # The range of codes stands there as a constant, so that the planner can take the narrower of the two ranges.
    low, high = subtree_range(scope)
    values: list[Any]
    if branch.whole:
        # The empty text keeps the planner from walking all codes in order until it has met enough names.
        test, values, order = f"p.{branch.column} = ANY(%s)", [list(branch.whole)], "p.code || ''"
    else:
        end = successor(branch.begin) if branch.column == "code" else branch.begin + LAST
        test, values, order = f"p.{branch.column} >= %s AND p.{branch.column} < %s", [branch.begin, end], f"p.{branch.column}, p.code"
    # Spliced in are numbers and names of columns from this file; what somebody typed is a parameter.
    rows = (
        f"(SELECT {branch.rank} AS rank, p.level, p.{branch.column} AS sort, p.code FROM places_place p WHERE {test}"  # noqa: S608
        f" AND p.code >= %s AND p.code < %s AND p.valid_until IS NULL AND %%s ORDER BY {order} LIMIT {int(limit)})"
    )
    values = [*values, low, high]
    if deepest >= Level.COMMUNITY:
        yield rows.replace("%%s", "p.level = 5"), values
    levels = f"generate_series(1, {int(deepest)}) AS l (level)"
    yield f"SELECT f.* FROM {levels}, LATERAL {rows.replace('%%s', 'p.level = l.level AND p.level <> 5')} f", values  # noqa: S608


def _run(branches: Iterable[tuple[str, list[Any]]]) -> list[tuple[int, int, str, str]]:
    statements, values = zip(*branches, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), [value for some in values for value in some])
        rows: list[tuple[int, int, str, str]] = cursor.fetchall()
    return rows


def _straight(wanted: Wanted, scopes: Sequence[str], limit: int) -> list[Found]:
    rows = _run(
        part for scope in scopes for branch in _tries(wanted) for part in _branch(branch, scope, deepest=Level.BUILDING, limit=limit)
    )
    # A place found twice counts by its better rank; among whole names code order, else the order of the names.
    found = [
        Found(rank, level, sort if rank >= 4 else "", code, How.BEGINS if rank >= 4 else How.WHOLE) for rank, level, sort, code in rows
    ]
    best: dict[str, Found] = {}
    for row in sorted(found, key=lambda f: (f.rank, f.level, f.sort, f.code)):
        best.setdefault(row.code, row)
    return list(best.values())[:limit]


_INSIDE = (
    "(SELECT 8, p.level, p.name, p.code FROM places_place p WHERE string_to_array(p.name, NULL) @> %s::text[]"
    " AND strpos(p.name, %s) > 1 AND p.code >= %s AND p.code < %s AND p.valid_until IS NULL LIMIT %s)"
)


def _inside(text: str, scopes: Sequence[str], known: set[str]) -> list[Found]:
    values = [sorted(set(text)), text]
    branches: list[tuple[str, list[Any]]] = [(_INSIDE, [*values, *subtree_range(scope), INSIDE_MAX]) for scope in scopes]
    found = (Found(rank, level, name, code, How.INSIDE) for rank, level, name, code in _run(branches) if code not in known)
    return sorted(found, key=lambda f: (f.level, f.code))


def find(wanted: Wanted, within: str, limit: int) -> list[Found]:
    """Return up to `limit` living places below `within`, best first.

    Where the text as a whole finds nothing, its beginning is taken for the name of a place above (广州越秀洪桥). Where more than 60 names
    hold the text inside, those met first are looked at.
    """
    scopes: Sequence[str] = [within]
    for step in range(HEADS_MAX + 1):
        found = _straight(wanted, scopes, limit)
        if wanted.kind is Kind.NAME and len(found) < limit:
            found += _inside(wanted.texts[0], scopes, {f.code for f in found})
        if found or wanted.kind not in {Kind.NAME, Kind.PINYIN}:
            return found[:limit]
        # Only the place searched in may be named as its own beginning (广州越秀洪桥 below 广州市); later that would be no step down.
        passed = tuple(scopes) if step else ()
        steps = (_above(wanted.kind, text, scopes, passed=passed) for text in wanted.texts)
        scopes, rest = next((tried for tried in steps if tried[0]), ([], ""))
        if not scopes:
            return []
        wanted = Wanted(wanted.kind, (rest,))
    return []


def _above(kind: Kind, text: str, scopes: Sequence[str], *, passed: Sequence[str]) -> tuple[list[str], str]:
    """Return the places from province to street that the longest possible beginning of the text names, and the rest of the text."""
    column, whole = ("name", whole_names) if kind is Kind.NAME else ("pinyin", whole_pinyin)
    names = {name: head for head in reversed(heads(text)) for name in whole(head)}
    if not names:
        return [], text
    whole_heads = _Try(0, column, tuple(names))
    rows = _run(part for scope in scopes for part in _branch(whole_heads, scope, deepest=Level.STREET, limit=SCOPES_MAX))
    below = [(names[name], level, code) for _, level, name, code in rows if code not in passed]
    if not below:
        return [], text
    longest = max((head for head, _, _ in below), key=len)
    picked = sorted((level, code) for head, level, code in below if head == longest)
    return [code for _, code in picked[:SCOPES_MAX]], text[len(longest) :]
