"""Places and how they fare: for anybody, nothing personal."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from linli.doors.api.paging import page
from linli.doors.api.problems import PROBLEMS
from linli.doors.api.shapes import IndexOut, PlaceList, PlaceOut
from linli.ground.places import reads as places
from linli.kernel.errors import NotFound
from linli.sight.wellbeing import reads as wellbeing

router = Router(auth=None, tags=["places"])
CHILDREN = 200
Search = Annotated[str, Query(min_length=1, max_length=40)]
Digits = Annotated[str, Query(max_length=17, pattern=r"^[0-9]*$")]
Limit = Annotated[int, Query(ge=1, le=50)]


@router.get("/places", response={200: list[PlaceOut], **PROBLEMS}, operation_id="searchPlaces")
def search_places(request: HttpRequest, q: Search, within: Digits = "", limit: Limit = 20) -> Any:
    """Search places by Chinese name, pinyin or code; the best first."""
    return [{"code": p.code, "name": p.name, "level": p.level} for p in places.search(q, within=within, limit=limit)]


@router.get("/places/{place}", response={200: PlaceOut, **PROBLEMS}, operation_id="getPlace")
def get_place(request: HttpRequest, place: str) -> Any:
    """Return one place."""
    row = places.place(place)
    return {"code": row.code, "name": row.name, "level": row.level}


@router.get("/places/{place}/children", response={200: PlaceList, **PROBLEMS}, operation_id="placesBelow")
def places_below(request: HttpRequest, place: str, after: Digits = "") -> Any:
    """List the places one level below."""
    found = places.children(place, after=after, limit=CHILDREN)
    items = page(found.rows, lambda row: {"code": row.code, "name": row.name, "level": row.level}, lambda row: row.code, CHILDREN)
    return items | {"next": found.after or None}


@router.get("/places/{place}/index", response={200: IndexOut, **PROBLEMS}, operation_id="placeIndex", tags=["sight"])
def place_index(request: HttpRequest, place: str) -> Any:
    """Return the newest health index of a place."""
    found = wellbeing.index(place)
    if found is None:
        raise NotFound
    return {
        "place": found.place, "day": found.day.isoformat(), "method": found.method, "value_ppm": found.value_ppm, "low_ppm": found.low_ppm,
        "high_ppm": found.high_ppm, "known_ppm": found.known_ppm,
        "dimensions": [
            {"code": d.code.value, "weight_ppm": d.weight_ppm, "hits": d.hits, "n": d.n, "value_ppm": d.value_ppm, "low_ppm": d.low_ppm, "high_ppm": d.high_ppm}
            for d in found.dimensions
        ],
    }  # fmt: skip
