"""Addresses of the city board, under /city/."""

from __future__ import annotations

from django.urls import path

from linli.doors.city import city, trials

app_name = "city"
urlpatterns = [
    path("", city.home, name="home"),
    path("screen/", city.screen, name="screen"),
    path("cases/", city.cases, name="cases"),
    path("record/", city.record, name="record"),
    path("trials/", trials.home, name="trials"),
    path("trials/new/", trials.new, name="trial-new"),
    path("trials/ask/", trials.ask, name="trial-ask"),
    path("trials/<uuid:trial>/", trials.trial, name="trial"),
    path("trials/<uuid:trial>/cancel/", trials.cancel, name="trial-cancel"),
]
