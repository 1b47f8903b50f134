"""Addresses of the city board, under /city/."""

from __future__ import annotations

from django.urls import path

from linli.doors.city import city, papers

app_name = "city"
urlpatterns = [
    path("", city.home, name="home"),
    path("screen/", city.screen, name="screen"),
    path("cases/", city.cases, name="cases"),
    path("record/", city.record, name="record"),
    path("papers/", papers.papers, name="papers"),
    path("papers/draft/", papers.draft, name="paper-draft"),
    path("papers/<slug:paper>/publish/", papers.publish, name="paper-publish"),
]
