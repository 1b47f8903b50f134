"""The address of the API's first version."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from linli.doors.api.v1 import api

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
