"""Begin and end a signed-in session; the session id changes at both, so that nothing old opens anything."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import login, logout
from django.http import HttpRequest

from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.kernel.errors import Refusal, Refused

BACKEND = "linli.doors.site.signin.AccountBackend"


def begin(request: HttpRequest, person: UUID) -> None:
    """Sign `person` in. Raises Refused(WRONG_SIGN_IN) where there is no open account."""
    account = people.account_of(person, now())
    if account is None:
        raise Refused(Refusal.WRONG_SIGN_IN)
    login(request, account, backend=BACKEND)


def end(request: HttpRequest) -> None:
    """Sign out; everything the session held is gone."""
    logout(request)
