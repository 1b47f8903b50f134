"""Addresses of the programme, under /programme/."""

from __future__ import annotations

from django.urls import path

from linli.doors.city import benefits, programme, risks, target

app_name = "programme"
urlpatterns = [
    path("", programme.home, name="home"),
    path("duties/", programme.duties, name="duties"),
    path("conflicts/", programme.conflicts, name="conflicts"),
    path("targets/<slug:figure>/", target.target, name="target"),
    path("targets/<slug:figure>/assign/", target.assign, name="assign"),
    path("benefits/", benefits.benefits, name="benefits"),
    path("risks/", risks.risks, name="risks"),
    path("risks/<slug:risk>/", risks.risk, name="risk"),
    path("risks/<slug:risk>/decide/", risks.decide, name="risk-decide"),
]
