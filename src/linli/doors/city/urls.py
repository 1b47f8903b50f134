"""The boards: the street's under /street/, the city's under /city/, the programme of all staff under /programme/, the nation's big screen under /nation/."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("street/", include("linli.doors.city.urls_street")),
    path("city/", include("linli.doors.city.urls_city")),
    path("programme/", include("linli.doors.city.urls_programme")),
    path("nation/", include("linli.doors.city.urls_nation")),
]
