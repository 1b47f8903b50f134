"""Indicators and fact sets: for anybody, nothing of a person, small counts withheld."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja import Query, Router

from linli.doors.api.paging import page
from linli.doors.api.problems import PROBLEMS
from linli.doors.api.shapes import FactSetList, IndicatorFigures, IndicatorList
from linli.kernel.canon import digest
from linli.kernel.errors import NotFound, Refusal, Refused
from linli.sight.facts import reads as facts

router = Router(auth=None, tags=["sight"])
SETS = 50
COMMUNITY, STREET = 12, 9
Digest = Annotated[str, Query(max_length=64, pattern=r"^[0-9a-f]*$")]


def _answered(request: HttpRequest, found: Mapping[str, Any]) -> HttpResponse | None:
    """Return 304 where the caller has this very answer already, else None."""
    response = get_conditional_response(request, etag=f'"{digest(found)}"')
    return response if isinstance(response, HttpResponse) else None


def _with_tag(request: HttpRequest, response: HttpResponse, found: Mapping[str, Any]) -> Any:
    known = _answered(request, found)
    if known is not None:
        return known
    response["ETag"] = f'"{digest(found)}"'
    return found


@router.get("/indicators", response={200: IndicatorList, **PROBLEMS}, operation_id="listIndicators")
def list_indicators(request: HttpRequest, response: HttpResponse) -> Any:
    """List every indicator with its definition; `missing` ones are asked for by the report and recorded nowhere yet."""
    items = [
        {
            "code": i.code, "topic": i.topic.value, "name": i.zh, "name_en": i.en, "says": i.says, "says_en": i.says_en,
            "unit": i.unit.value, "shape": i.shape.value, "direction": i.direction.value, "numerator": list(i.top),
            "denominator": list(i.bottom), "source": i.source, "owner": i.owner.value, "grain": i.grain, "missing": i.missing,
        }
        for i in facts.indicators()
    ]  # fmt: skip
    return _with_tag(request, response, {"items": items})


@router.get("/places/{place}/indicators", response={200: IndicatorFigures, **PROBLEMS}, operation_id="placeIndicators")
def place_indicators(
    request: HttpRequest,
    response: HttpResponse,
    place: str,
    since: Annotated[date, Query(alias="from")],
    until: Annotated[date, Query(alias="to")],
    fact_set: Digest = "",
) -> Any:
    """Return every indicator of a place over the Beijing days [from, to); streets and communities by whole months only."""
    if not (place.isascii() and place.isdigit() and len(place) in (2, 4, 6, STREET, COMMUNITY)):
        raise NotFound
    whole_months = since.day == 1 and until.day == 1
    if since >= until or (len(place) >= STREET and not whole_months):
        # Days chosen at will would give a hidden count away by subtraction.
        raise Refused(Refusal.INPUT_INVALID, field="to")
    found = facts.figures(place, since, until, fact_set=fact_set or None)
    first = next(iter(found.values()))
    items = [
        {
            "code": f.code, "unit": f.unit.value, "value": f.value, "numerator": f.numerator, "denominator": f.denominator, "low": f.low,
            "high": f.high, "withheld": f.withheld.value,
        }
        for f in found.values()
    ]  # fmt: skip
    answer = {
        "place": place, "start": since.isoformat(), "end": until.isoformat(), "fact_set": first.fact_set,
        "as_of": first.as_of.isoformat() if first.as_of else None, "items": items,
    }  # fmt: skip
    return _with_tag(request, response, answer)


@router.get("/facts/sets", response={200: FactSetList, **PROBLEMS}, operation_id="listFactSets")
def list_fact_sets(request: HttpRequest, response: HttpResponse, before: Digest = "") -> Any:
    """List the frozen fact sets, newest first; each digest stands in the evidence log as `facts:set:frozen`."""
    rows = facts.fact_sets(before=before, limit=SETS + 1)
    found = page(
        rows,
        lambda r: {
            "digest": r.digest, "city": r.city, "number": r.number, "facts": r.facts, "recorded_until": r.recorded_until.isoformat(),
            "occurred_until": r.occurred_until.isoformat() if r.occurred_until else None,
        },
        lambda r: r.digest,
        SETS,
    )  # fmt: skip
    return _with_tag(request, response, found)
