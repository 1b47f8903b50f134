"""Signing in, one's tokens, one's time book, one's notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.doors.api.auth import actor_of, bearer, own
from linli.doors.api.paging import SIZE, id_cursor, number_cursor, page
from linli.doors.api.problems import PROBLEMS
from linli.doors.api.shapes import BookOut, Ident, Key, Label, LineList, Me, NoticeList, SignIn, Token, TokenRow
from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.journeys import tokens
from linli.value.timebank import reads as timebank

router = Router(auth=bearer, tags=["mine"])


def _token(made: dict[str, Any]) -> dict[str, Any]:
    return made | {"lives_seconds": tokens.left_seconds(datetime.fromisoformat(made["until"]))}


@router.post("/tokens", response={200: Token, **PROBLEMS}, auth=None, operation_id="signIn", tags=["sign-in"])
def sign_in(request: HttpRequest, key: Key, body: SignIn) -> Any:
    """Sign in with phone and password; the token goes into `Authorization: Bearer …` and lives some hours."""
    return _token(tokens.sign_in(body.phone, body.password, body.label, key))


@router.get("/me/tokens", response={200: list[TokenRow], **PROBLEMS}, operation_id="myTokens", tags=["sign-in"])
def my_tokens(request: HttpRequest) -> Any:
    """List one's tokens that still open something."""
    return [{"id": t.id, "label": t.label, "issued_at": t.issued_at, "until": t.until} for t in people.tokens_of(own(request), now())]


@router.post("/me/tokens", response={200: Token, **PROBLEMS}, operation_id="issueToken", tags=["sign-in"])
def issue_token(request: HttpRequest, key: Key, body: Label) -> Any:
    """Issue a token that lives long, for a program of one's own."""
    return _token(tokens.issue(actor_of(request), own(request), body.label, key))


@router.delete("/me/tokens/{uuid:token_id}", response={200: Ident, **PROBLEMS}, operation_id="revokeToken", tags=["sign-in"])
def revoke_token(request: HttpRequest, token_id: UUID, key: Key) -> Any:
    """End a token; it opens nothing from the next request on."""
    return tokens.revoke(actor_of(request), own(request), token_id, key)


@router.get("/me", response={200: Me, **PROBLEMS}, operation_id="me")
def me(request: HttpRequest) -> Any:
    """Say who the token acts for: no name and no number, but home, posts and wards."""
    actor, person = actor_of(request), own(request)
    posts = [{"role": post.role.value, "place": post.place} for post in actor.posts]
    return {"person": person, "home": actor.home or "", "posts": posts, "wards": list(people.wards_of(person, now()))}


@router.get("/me/book", response={200: BookOut, **PROBLEMS}, operation_id="myBook", tags=["hours"])
def my_book(request: HttpRequest) -> Any:
    """Return one's own time book."""
    book = timebank.book(own(request), now())
    return {
        "available_minutes": book.available_minutes, "held_minutes": book.held_minutes, "earned_minutes": book.earned_minutes,
        "given_minutes": book.given_minutes,
    }  # fmt: skip


@router.get("/me/book/lines", response={200: LineList, **PROBLEMS}, operation_id="myBookLines", tags=["hours"])
def my_book_lines(request: HttpRequest, before: str = "") -> Any:
    """List the lines of one's time book, newest first."""
    rows = timebank.lines(own(request), before=number_cursor(before), limit=SIZE + 1)
    return page(
        rows,
        lambda r: {
            "seq": r.seq,
            "kind": r.kind.value,
            "minutes": r.minutes,
            "balance_minutes": r.balance_minutes,
            "visit": r.visit,
            "at": r.at,
        },
        lambda r: r.seq,
    )


@router.get("/me/notices", response={200: NoticeList, **PROBLEMS}, operation_id="myNotices")
def my_notices(request: HttpRequest, before: str = "") -> Any:
    """List the messages to oneself and to the posts one holds, newest first."""
    rows = people.notices(actor_of(request), before=id_cursor(before), limit=SIZE + 1)
    return page(
        rows,
        lambda r: {"id": r.id, "kind": r.kind, "about": r.about, "facts": r.facts, "at": r.at, "read_at": r.read_at},
        lambda r: r.id,
    )
