"""Both boards, the street's under /street/ and the city's under /city/, and the programme that all staff read under /programme/."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("street/", include("linli.doors.city.urls_street")),
    path("city/", include("linli.doors.city.urls_city")),
    path("programme/", include("linli.doors.city.urls_programme")),
]
