"""Begin and end a signed-in session; the session id changes at both, so that nothing old opens anything."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import get_user_model, login, logout
from django.http import HttpRequest

from linli.kernel.errors import Refusal, Refused

BACKEND = "linli.doors.site.signin.AccountBackend"


def begin(request: HttpRequest, person: UUID) -> None:
    """Sign `person` in. Raises Refused(WRONG_SIGN_IN) where there is no open account."""
    account = get_user_model()._default_manager.filter(pk=person, is_active=True).first()
    if account is None:
        raise Refused(Refusal.WRONG_SIGN_IN)
    login(request, account, backend=BACKEND)


def end(request: HttpRequest) -> None:
    """Sign out; everything the session held is gone."""
    logout(request)
