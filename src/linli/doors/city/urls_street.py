"""Addresses of the street board, under /street/."""

from __future__ import annotations

from django.urls import path

from linli.doors.city import cases, choices, forecast, indicators, lending, places, stars, street, transfers

app_name = "street"
urlpatterns = [
    path("", street.home, name="home"),
    path("communities/", street.communities, name="communities"),
    path("approve/", street.approve, name="approve"),
    path("places/<slug:place>/", places.place, name="place"),
    path("places/<slug:place>/indicators/", indicators.listed, name="indicators"),
    path("places/<slug:place>/indicators/<slug:code>/", indicators.one, name="indicator"),
    path("places/<slug:place>/transfers/", transfers.transfers, name="transfers"),
    path("places/<slug:place>/forecast/", forecast.expected, name="forecast"),
    path("places/<slug:place>/choices/", choices.choices, name="choices"),
    path("things/", lending.home, name="things"),
    path("things/form/", lending.form, name="alliance-form"),
    path("things/change/", lending.change, name="alliance-change"),
    path("community/", places.own_community, name="own"),
    path("communities/<slug:place>/", places.community, name="community"),
    path("cases/", cases.street_cases, name="cases"),
    path("cases/<uuid:warning>/", cases.case, name="case"),
    path("cases/<uuid:warning>/<slug:step>/", cases.case_act, name="case-act"),
    path("communities/<slug:place>/grave/", cases.grave, name="grave"),
    path("communities/<slug:place>/grave/report/", cases.grave_report, name="grave-report"),
    path("communities/<slug:place>/star/", stars.star, name="star"),
    path("communities/<slug:place>/star/appeal/", stars.star_appeal, name="star-appeal"),
]
