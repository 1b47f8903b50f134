"""Addresses of the street board, under /street/."""

from __future__ import annotations

from django.urls import path

from linli.doors.city import choices, places, street

app_name = "street"
urlpatterns = [
    path("", street.home, name="home"),
    path("communities/", street.communities, name="communities"),
    path("approve/", street.approve, name="approve"),
    path("places/<slug:place>/", places.place, name="place"),
    path("places/<slug:place>/choices/", choices.choices, name="choices"),
    path("community/", places.own_community, name="own"),
    path("communities/<slug:place>/", places.community, name="community"),
    path("warnings/<uuid:warning>/close/", places.warning_close, name="warning-close"),
]
