"""Pages for anybody."""

from __future__ import annotations

from django.urls import path

from linli.doors.public import certificate, code, goals, indicators, metrics, pages, papers, record, sign, things

app_name = "public"
urlpatterns = [
    path("", pages.index, name="index"),
    path("help/", pages.help_page, name="help"),
    path("indicators/", indicators.listed, name="indicators"),
    path("indicators/<str:code>/", indicators.one, name="indicator"),
    path("things/<slug:place>/", things.things, name="things"),
    path("goals/", goals.goals, name="goals"),
    path("view/", pages.view, name="view"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("sign-in/", sign.sign_in, name="sign-in"),
    path("sign-in/code/", sign.send_code, name="send-code"),
    path("sign-in/passkey/begin/", sign.passkey_begin, name="passkey-begin"),
    path("sign-in/passkey/finish/", sign.passkey_finish, name="passkey-finish"),
    path("sign-out/", sign.sign_out, name="sign-out"),
    path("register/", sign.register, name="register"),
    path("q/<str:token>/", code.sheet, name="sheet"),
    path("n/<str:token>/", code.follow, name="follow"),
    path("n/<str:token>/withdraw/", code.withdraw, name="follow-withdraw"),
    path("n/<str:token>/confirm/", code.confirm_minutes, name="follow-confirm"),
    path("certificates/", certificate.check, name="certificate"),
    path("certificates/context", certificate.context, name="certificate-context"),
    path("certificates/status/<int:number>", certificate.status, name="certificate-status"),
    path(".well-known/did.json", certificate.did, name="did"),
    path("check/", record.check, name="check"),
    path("papers/", papers.papers, name="papers"),
    path("papers/<slug:paper>/", papers.paper, name="paper"),
    path("papers/<slug:paper>/notes/<int:note>/", papers.note, name="paper-note"),
    path("papers/<slug:paper>/paper.pdf", papers.pdf, name="paper-pdf"),
    path("papers/<slug:paper>/paper.json", papers.as_json, name="paper-json"),
    path("papers/<slug:paper>/places.csv", papers.csv, name="paper-csv"),
    path("papers/<slug:paper>/places.parquet", papers.parquet, name="paper-parquet"),
]
