"""The one authentication backend: an account by its person."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser


class AccountBackend(BaseBackend):
    """Finds the account of a session; checking the way in is journeys.signing's."""

    def get_user(self, user_id: str) -> AbstractBaseUser | None:  # type: ignore[override]
        """Return the active account of a session, or None: a closed account is out at once."""
        return get_user_model()._default_manager.filter(pk=UUID(str(user_id)), is_active=True).first()
