"""Offers and visits: accept, check in, tick, check out, confirm, rate, and the receipt."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from linli.doors.api.auth import actor_of, bearer, own
from linli.doors.api.needs import FACE, face
from linli.doors.api.paging import SIZE, id_cursor, page
from linli.doors.api.problems import PROBLEMS
from linli.doors.api.shapes import (
    CodeIn,
    Confirmed,
    Key,
    MinutesIn,
    Rated,
    RatingIn,
    Reason,
    TickIn,
    VisitDone,
)
from linli.doors.api.shapes_visits import OfferAccepted, OfferOut, VisitFull, VisitList
from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.help.visits.reads import VisitRow
from linli.journeys import accept, confirm, rate, visit
from linli.kernel.disclosure import Purpose
from linli.trust.evidence import reads as evidence

router = Router(auth=bearer, tags=["visits"])


def shown(row: VisitRow) -> dict[str, Any]:
    """Return a visit without anything personal."""
    return {
        "id": row.id, "need": row.need, "service": row.service, "place": row.place, "state": row.state.value, "starts_at": row.starts_at,
        "minutes_estimated": row.minutes_estimated, "checked_in_at": row.checked_in_at, "checked_out_at": row.checked_out_at,
        "helper_minutes": row.helper_minutes, "resident_minutes": row.resident_minutes, "minutes_final": row.minutes_final,
        "together": row.together, "waits_until": row.waits_until,
    }  # fmt: skip


@router.get("/me/offers", response={200: list[OfferOut], **PROBLEMS}, operation_id="myOffers")
def my_offers(request: HttpRequest) -> Any:
    """List what one is asked now, the soonest first; never more than a matcher asks one helper at once."""
    return [
        {
            "id": o.id, "need": o.need, "service": o.service, "place": o.place[:12], "starts_at": o.starts_at, "minutes": o.minutes,
            "expires_at": o.expires_at,
        }
        for o in visits.offers_for(own(request), now())
    ]  # fmt: skip


@router.post("/offers/{uuid:offer}/accept", response={200: OfferAccepted, **PROBLEMS}, operation_id="acceptOffer")
def accept_offer(request: HttpRequest, offer: UUID, key: Key) -> Any:
    """Accept an offer made to oneself."""
    return accept.accept(actor_of(request), offer, key)


@router.post("/offers/{uuid:offer}/decline", response={204: None, **PROBLEMS}, operation_id="declineOffer")
def decline_offer(request: HttpRequest, offer: UUID, key: Key, body: Reason) -> Any:
    """Decline an offer; the reason is remembered for matching."""
    accept.decline(actor_of(request), offer, body.reason, key)
    return 204, None


@router.get("/me/visits", response={200: VisitList, **PROBLEMS}, operation_id="myVisits")
def my_visits(request: HttpRequest, before: str = "") -> Any:
    """List the visits one gives or receives, newest booked first."""
    return page(visits.of_people([own(request)], before=id_cursor(before), limit=SIZE + 1), shown, lambda row: row.id)


@router.get("/visits/{uuid:visit_id}", response={200: VisitFull, **PROBLEMS}, operation_id="getVisit")
def get_visit(request: HttpRequest, visit_id: UUID) -> Any:
    """Return one visit to its sides and its workers, with what is open to them."""
    actor = actor_of(request)
    row = visit.visit_for(actor, visit_id)
    both = visits.outing(row)
    sides = [p for p in (*(one.helper for one in both), row.resident) if p is not None]
    seen = people.disclose(actor, sides, wanted=FACE, purpose=Purpose.VISIT, now=now())
    service, done = needs.service(row.service), visits.ticked(row.id)
    items = [{"item": n, "words": words, "done": n in done} for n, words in enumerate(service.checklist if service else ())]
    resident = face(seen[row.resident]) if row.resident else None
    helpers = [{"visit": one.id, "state": one.state.value, **face(seen[one.helper])} for one in both]
    return shown(row) | {"helper": face(seen[row.helper]), "helpers": helpers, "resident": resident, "checklist": items}


@router.post("/visits/{uuid:visit_id}/check-in", response={200: VisitDone, **PROBLEMS}, operation_id="checkIn")
def check_in(request: HttpRequest, visit_id: UUID, key: Key, body: CodeIn) -> Any:
    """Check in with the number shown at the resident's side."""
    return visit.check_in(actor_of(request), visit_id, body.code, key)


@router.post("/visits/{uuid:visit_id}/ticks", response={200: VisitDone, **PROBLEMS}, operation_id="tick")
def tick(request: HttpRequest, visit_id: UUID, key: Key, body: TickIn) -> Any:
    """Tick an item of the checklist, or take the tick away."""
    return visit.tick(actor_of(request), visit_id, body.item, body.done, key)


@router.post("/visits/{uuid:visit_id}/check-out", response={200: VisitDone, **PROBLEMS}, operation_id="checkOut")
def check_out(request: HttpRequest, visit_id: UUID, key: Key) -> Any:
    """Check out when the checklist is done."""
    return visit.check_out(actor_of(request), visit_id, key)


@router.post("/visits/{uuid:visit_id}/confirm", response={200: Confirmed, **PROBLEMS}, operation_id="confirmVisit")
def confirm_visit(request: HttpRequest, visit_id: UUID, key: Key, body: MinutesIn) -> Any:
    """State how long it took; hours are posted when both sides have and agree."""
    return confirm.confirm(actor_of(request), visit_id, body.minutes, key)


@router.post("/visits/{uuid:visit_id}/dispute", response={200: Confirmed, **PROBLEMS}, operation_id="disputeVisit")
def dispute_visit(request: HttpRequest, visit_id: UUID, key: Key, body: Reason) -> Any:
    """Dispute a visit with a reason; a worker who is no party decides."""
    return confirm.dispute(actor_of(request), visit_id, body.reason, key)


@router.post("/visits/{uuid:visit_id}/cancel", response={200: VisitDone, **PROBLEMS}, operation_id="cancelVisit")
def cancel_visit(request: HttpRequest, visit_id: UUID, key: Key, body: Reason) -> Any:
    """Cancel a booked visit with a reason; somebody else is looked for."""
    return visit.cancel(actor_of(request), visit_id, body.reason, key)


@router.post("/visits/{uuid:visit_id}/rating", response={200: Rated, **PROBLEMS}, operation_id="rateVisit")
def rate_visit(request: HttpRequest, visit_id: UUID, key: Key, body: RatingIn) -> Any:
    """Rate a visit one received."""
    return rate.rate(actor_of(request), visit_id, body.stars, body.tags, key)


@router.get("/visits/{uuid:visit_id}/receipt", response={200: dict[str, Any], **PROBLEMS}, operation_id="getReceipt")
def get_receipt(request: HttpRequest, visit_id: UUID) -> Any:
    """Give the receipt as a file that linli-verify checks offline; 409 until the record is published."""
    row = visit.visit_for(actor_of(request), visit_id)
    found = evidence.receipt(f"visit:{row.id}", now=now())
    return HttpResponse(found.file(), content_type="application/json")
