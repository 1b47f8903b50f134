"""The boards: the street's under /street/, the city's under /city/, the nation's big screen under /nation/."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("street/", include("linli.doors.city.urls_street")),
    path("city/", include("linli.doors.city.urls_city")),
    path("nation/", include("linli.doors.city.urls_nation")),
]
