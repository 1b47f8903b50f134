"""Addresses of the resident's pages."""

from __future__ import annotations

from django.urls import path

from linli.doors.resident import asking, book, certificates, community, giving, helping, home, me, need, passed, programs, things

app_name = "resident"
urlpatterns = [
    path("", home.home, name="home"),
    path("notices/", home.notices, name="notices"),
    path("notices/read/", home.read_notices, name="notices-read"),
    path("ask/", asking.choose, name="ask"),
    path("ask/<slug:service>/", asking.send, name="send"),
    path("need/<uuid:need>/", need.need, name="need"),
    path("need/<uuid:need>/now/", need.at_this_moment, name="now"),
    path("need/<uuid:need>/code/", need.code, name="code"),
    path("need/<uuid:need>/<slug:step>/", need.act, name="act"),
    path("things/", things.things, name="things"),
    path("things/<slug:kind>/", things.kind, name="thing-kind"),
    path("things/<slug:kind>/ask/", things.ask, name="thing-ask"),
    path("bookings/<uuid:booking>/", things.booking, name="booking"),
    path("bookings/<uuid:booking>/<slug:step>/", things.act, name="booking-act"),
    path("help/", helping.home, name="help"),
    path("help/join/", helping.join, name="join"),
    path("help/why/", passed.passed, name="why"),
    path("help/pause/", helping.pause, name="pause"),
    path("offer/<uuid:offer>/accept/", helping.take, name="accept"),
    path("offer/<uuid:offer>/decline/", helping.leave, name="decline"),
    path("visit/<uuid:visit_id>/", helping.one, name="visit"),
    path("visit/<uuid:visit_id>/receipt/", need.receipt, name="receipt"),
    path("visit/<uuid:visit_id>/receipt.json", need.receipt_file, name="receipt-file"),
    path("visit/<uuid:visit_id>/<slug:step>/", helping.act, name="visit-act"),
    path("book/", book.show, name="book"),
    path("book/give/", giving.show, name="give"),
    path("book/give/send/", giving.send, name="give-send"),
    path("book/certificates/", certificates.listed, name="certificates"),
    path("book/certificates/issue/", certificates.issue, name="certificate-issue"),
    path("book/certificates/<uuid:certificate>/", certificates.one, name="certificate"),
    path("book/certificates/<uuid:certificate>/certificate.json", certificates.as_file, name="certificate-file"),
    path("book/certificates/<uuid:certificate>/revoke/", certificates.revoke, name="certificate-revoke"),
    path("community/", community.community, name="community"),
    path("me/", me.me, name="me"),
    path("me/looks/", me.looks, name="looks"),
    path("me/family/end/", me.end_family, name="family-end"),
    path("me/grant/", me.grant, name="grant"),
    path("me/withdraw/", me.withdraw, name="withdraw"),
    path("me/unblock/", need.unblock, name="unblock"),
    path("me/programs/", programs.programs, name="programs"),
    path("me/programs/revoke/", programs.revoke, name="programs-revoke"),
    path("me/passkey/begin/", me.passkey_begin, name="passkey-begin"),
    path("me/passkey/finish/", me.passkey_finish, name="passkey-finish"),
]
