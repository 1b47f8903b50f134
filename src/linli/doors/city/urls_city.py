"""Addresses of the city board, under /city/."""

from __future__ import annotations

from django.urls import path

from linli.doors.city import carry, cases, city, matching, month, papers, stars, trials

app_name = "city"
urlpatterns = [
    path("", city.home, name="home"),
    path("screen/", city.screen, name="screen"),
    path("cases/", cases.city_cases, name="cases"),
    path("quarters/", carry.home, name="quarters"),
    path("quarters/sheet.csv", carry.sheet, name="quarters-sheet"),
    path("quarters/look/", carry.look, name="quarters-look"),
    path("quarters/carry/", carry.carry, name="quarters-carry"),
    path("stars/", stars.stars, name="stars"),
    path("stars/grade/", stars.stars_grade, name="stars-grade"),
    path("stars/<int:grade>/decide/", stars.star_decide, name="star-decide"),
    path("matching/", matching.home, name="matching"),
    path("matching/fairness/", month.fairness, name="fairness"),
    path("matching/rule/", month.rule, name="rule"),
    path("record/", city.record, name="record"),
    path("trials/", trials.home, name="trials"),
    path("trials/new/", trials.new, name="trial-new"),
    path("trials/ask/", trials.ask, name="trial-ask"),
    path("trials/<uuid:trial>/", trials.trial, name="trial"),
    path("trials/<uuid:trial>/cancel/", trials.cancel, name="trial-cancel"),
    path("papers/", papers.papers, name="papers"),
    path("papers/draft/", papers.draft, name="paper-draft"),
    path("papers/<slug:paper>/publish/", papers.publish, name="paper-publish"),
]
