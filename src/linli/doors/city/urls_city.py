"""Addresses of the city board, under /city/."""

from __future__ import annotations

from django.urls import path

from linli.doors.city import city

app_name = "city"
urlpatterns = [
    path("", city.home, name="home"),
    path("screen/", city.screen, name="screen"),
    path("cases/", city.cases, name="cases"),
    path("record/", city.record, name="record"),
]
