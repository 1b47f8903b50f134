"""The one authentication backend: an account by its person."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser

from linli.ground.people import reads as people
from linli.ground.steps.reads import now


class AccountBackend(BaseBackend):
    """Finds the account of a session; checking the way in is journeys.signing's."""

    def get_user(self, user_id: str) -> AbstractBaseUser | None:  # type: ignore[override]
        """Return the open account of a session with its posts of today, or None: a closed account is out at once. One query."""
        return people.account_of(UUID(str(user_id)), now())
