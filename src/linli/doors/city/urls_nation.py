"""Addresses of the nation's big screen, under /nation/."""

from __future__ import annotations

from django.urls import path

from linli.doors.city import nation

app_name = "nation"
urlpatterns = [
    path("", nation.home, name="home"),
    path("<slug:place>/", nation.place, name="place"),
]
