"""/api/v1: the same journeys as the pages, for programs. Every unsafe call carries an Idempotency-Key."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, NinjaAPI, Query
from ninja.errors import ValidationError

from linli.doors.api.auth import LIVES, Bearer, issue
from linli.doors.api.shapes import (
    BookOut,
    CodeIn,
    Confirmed,
    Done,
    IndexOut,
    MinutesIn,
    NeedAsked,
    NeedIn,
    OfferAccepted,
    PlaceOut,
    Problem,
    RatingIn,
    Reason,
    SignIn,
    Token,
    Withdrawn,
)
from linli.doors.site.middleware import describe
from linli.ground.places import reads as places
from linli.ground.steps.reads import now
from linli.journeys import accept, ask, confirm, rate, signing, visit
from linli.kernel.actor import Actor, Channel
from linli.kernel.errors import LinliError, NotFound, Refusal, Refused
from linli.sight.wellbeing import reads as wellbeing
from linli.value.timebank import reads as timebank

api = NinjaAPI(title="Linli 邻里", version="1", urls_namespace="api-1", docs_url=None, openapi_url="/openapi.json")
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=120)]
PROBLEMS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 413: Problem, 422: Problem, 429: Problem}
bearer = Bearer()


@api.exception_handler(LinliError)
def on_refusal(request: HttpRequest, error: LinliError) -> Any:
    """Answer the error family in the one shape."""
    status, body = describe(error)
    return api.create_response(request, body, status=status)


@api.exception_handler(ValidationError)
def on_bad_input(request: HttpRequest, error: ValidationError) -> Any:
    """Name the first field at fault, in words of the caller's language."""
    first = error.errors[0] if error.errors else {}
    field = ".".join(str(part) for part in first.get("loc", ())[1:] if part not in {"data", "body"})
    status, body = describe(Refused(Refusal.INPUT_MISSING if first.get("type") == "missing" else Refusal.INPUT_INVALID, field=field))
    return api.create_response(request, body, status=status)


@api.get("/places", response={200: list[PlaceOut], **PROBLEMS}, auth=None, operation_id="searchPlaces", tags=["places"])
def search_places(request: HttpRequest, q: Annotated[str, Query(min_length=1, max_length=40)], within: str = "", limit: int = 20) -> Any:
    """Search places by Chinese name, pinyin or code."""
    if within and not within.isdigit():
        raise Refused(Refusal.PLACE_UNKNOWN, field="within")
    found = places.search(q, within=within, limit=max(1, min(limit, 50)))
    return [{"code": p.code, "name": p.name, "level": p.level} for p in found]


@api.post("/tokens", response={200: Token, **PROBLEMS}, auth=None, operation_id="signIn", tags=["sign-in"])
def sign_in(request: HttpRequest, body: SignIn) -> Any:
    """Sign in with phone and password; the token goes into `Authorization: Bearer …`."""
    return {"token": issue(signing.by_password(body.phone, body.password)), "lives_seconds": int(LIVES.total_seconds())}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


@api.post("/needs", response={200: NeedAsked, **PROBLEMS}, auth=bearer, operation_id="askNeed", tags=["needs"])
def ask_need(request: HttpRequest, key: Key, body: NeedIn) -> Any:
    """Ask for help for oneself or a ward."""
    return ask.ask(_actor(request), ask.AskDraft(**body.dict(exclude={"sheet_token"})), key)


@api.post("/sheets/{token}/needs", response={200: NeedAsked, **PROBLEMS}, auth=None, operation_id="askBySheet", tags=["needs"])
def ask_by_sheet(request: HttpRequest, token: str, key: Key, body: NeedIn) -> Any:
    """Ask for help from a need-code sheet, without an account."""
    stranger = Actor("anonymous", None, Channel.CODE)
    draft = ask.AskDraft(**body.dict(exclude={"sheet_token", "for_person"}), sheet_token=token)
    return ask.ask(stranger, draft, key)


@api.post("/needs/{need}/withdraw", response={200: Withdrawn, **PROBLEMS}, auth=bearer, operation_id="withdrawNeed", tags=["needs"])
def withdraw_need(request: HttpRequest, need: UUID, key: Key, body: Reason) -> Any:
    """Take back a need that is not under way."""
    return ask.withdraw(_actor(request), need, body.reason, key)


@api.post("/offers/{offer}/accept", response={200: OfferAccepted, **PROBLEMS}, auth=bearer, operation_id="acceptOffer", tags=["visits"])
def accept_offer(request: HttpRequest, offer: UUID, key: Key) -> Any:
    """Accept an offer made to oneself."""
    return accept.accept(_actor(request), offer, key)


@api.post("/offers/{offer}/decline", response={200: Done, **PROBLEMS}, auth=bearer, operation_id="declineOffer", tags=["visits"])
def decline_offer(request: HttpRequest, offer: UUID, key: Key, body: Reason) -> Any:
    """Decline an offer; the reason is remembered for matching."""
    accept.decline(_actor(request), offer, body.reason, key)
    return {"ok": True}


@api.post("/visits/{visit_id}/check-in", response={200: Done, **PROBLEMS}, auth=bearer, operation_id="checkIn", tags=["visits"])
def check_in(request: HttpRequest, visit_id: UUID, key: Key, body: CodeIn) -> Any:
    """Check in with the number shown at the resident's side."""
    visit.check_in(_actor(request), visit_id, body.code, key)
    return {"ok": True}


@api.post("/visits/{visit_id}/check-out", response={200: Done, **PROBLEMS}, auth=bearer, operation_id="checkOut", tags=["visits"])
def check_out(request: HttpRequest, visit_id: UUID, key: Key) -> Any:
    """Check out when the checklist is done."""
    visit.check_out(_actor(request), visit_id, key)
    return {"ok": True}


@api.post("/visits/{visit_id}/confirm", response={200: Confirmed, **PROBLEMS}, auth=bearer, operation_id="confirmVisit", tags=["visits"])
def confirm_visit(request: HttpRequest, visit_id: UUID, key: Key, body: MinutesIn) -> Any:
    """State how long it took; hours are posted when both sides have and agree."""
    return confirm.confirm(_actor(request), visit_id, body.minutes, key)


@api.post("/visits/{visit_id}/rating", response={200: Done, **PROBLEMS}, auth=bearer, operation_id="rateVisit", tags=["visits"])
def rate_visit(request: HttpRequest, visit_id: UUID, key: Key, body: RatingIn) -> Any:
    """Rate a visit one received."""
    rate.rate(_actor(request), visit_id, body.stars, body.tags, key)
    return {"ok": True}


@api.get("/me/book", response={200: BookOut, **PROBLEMS}, auth=bearer, operation_id="myBook", tags=["hours"])
def my_book(request: HttpRequest) -> Any:
    """Return one's own time book."""
    person = _actor(request).person
    if person is None:
        raise NotFound
    book = timebank.book(person, now())
    return {
        "available_minutes": book.available_minutes, "held_minutes": book.held_minutes, "earned_minutes": book.earned_minutes,
        "given_minutes": book.given_minutes,
    }  # fmt: skip


@api.get("/places/{place}/index", response={200: IndexOut, **PROBLEMS}, auth=None, operation_id="placeIndex", tags=["sight"])
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
