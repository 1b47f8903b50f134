"""Every door's addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("linli.doors.public.urls")),
    path("log/", include("linli.doors.public.log_urls")),
    path("home/", include("linli.doors.resident.urls")),
    path("desk/", include("linli.doors.worker.urls")),
    path("", include("linli.doors.city.urls")),
    path("demo/", include("linli.doors.demo.urls")),
    path("api/v1/", include("linli.doors.api.urls")),
]

handler400 = "linli.doors.site.middleware.unreadable"
handler404 = "linli.doors.site.middleware.nowhere"
