"""Addresses of the community desk, under /desk/."""

from __future__ import annotations

from django.urls import path

from linli.doors.worker import caller, cases, family, groups, helpers, invite, lists, needs, notices, register, services, sheets, visits

app_name = "worker"
urlpatterns = [
    path("", lists.work_list, name="list"),
    path("needs/<uuid:need>/", needs.need, name="need"),
    path("needs/<uuid:need>/offer/", needs.offer, name="offer"),
    path("needs/<uuid:need>/<slug:step>/", needs.act, name="act"),
    path("number/<slug:number>/", needs.by_number, name="number"),
    path("record/<slug:kind>/<uuid:ref>/", needs.record, name="record"),
    path("caller/", caller.caller, name="caller"),
    path("visits/", visits.visits_today, name="visits"),
    path("visits/<uuid:visit_id>/", visits.visit_page, name="visit"),
    path("visits/<uuid:visit_id>/<slug:step>/", visits.visit_act, name="visit-act"),
    path("groups/", groups.groups, name="groups"),
    path("helpers/", helpers.helpers, name="helpers"),
    path("helpers/invite/", invite.invite, name="invite"),
    path("helpers/<uuid:person>/", helpers.helper, name="helper"),
    path("helpers/<uuid:person>/certify/", helpers.certify, name="certify"),
    path("helpers/<uuid:person>/pause/", helpers.pause, name="helper-pause"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/issue/", sheets.issue, name="sheet-issue"),
    path("sheets/household/", sheets.issue_household, name="sheet-household"),
    path("sheets/<uuid:sheet>/revoke/", sheets.revoke, name="sheet-revoke"),
    path("services/", services.services, name="services"),
    path("services/declare/", services.declare, name="declare"),
    path("cases/", cases.cases, name="cases"),
    path("rectify/<uuid:rectification>/<slug:step>/", cases.rectify, name="rectify"),
    path("register/", register.register, name="register"),
    path("register/find/", register.find, name="find"),
    path("register/resident/", register.enter_resident, name="enter-resident"),
    path("register/building/", register.enter_building, name="enter-building"),
    path("people/<uuid:person>/", register.member, name="member"),
    path("people/<uuid:person>/pair/", register.pair, name="pair"),
    path("people/<uuid:person>/seed/", register.seed, name="seed"),
    path("people/<uuid:person>/family/", family.enter, name="family"),
    path("people/<uuid:person>/family/end/", family.end, name="family-end"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read, name="notices-read"),
]
