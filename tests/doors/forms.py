"""Every form of the pages, filled in as the person it is for would fill it in on the lived street."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from linli.ground.steps.reads import now
from linli.help.visits import reads as visits
from tests.cast import HOME, OTHER
from tests.lived import Lived
from tests.walk import address, client_of, routes

Fields = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its address, who sends it, what stands in it, which forms are sent before it, and how it is answered when all is right."""

    name: str
    route: str
    who: str | None
    fields: Fields = field(default_factory=dict)
    at: Mapping[str, object] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    answer: int = 302
    keyed: bool = True

    def url(self, lived: Lived) -> str:
        """Return its address on the lived street."""
        if self.at:
            known = {"waiting": visits.visit(lived.waiting_visit).need} if "waiting" in self.at.values() else {}
            found = {name: known.get(value) or getattr(lived, str(value), value) for name, value in self.at.items()}
            return reverse(self.route, kwargs=found)
        return address(lived, next(r for r in routes() if r.name == self.route))

    def filled(self, lived: Lived) -> dict[str, str | list[str]]:
        """Return its fields with the ids and moments of the lived street put in."""
        people, moment = lived.street.people, now() + timedelta(hours=8)
        known = {
            "@star": str(lived.star), "@li": str(people["li"]), "@wang": str(people["wang"]), "@wu": str(people["wu"]), "@home": lived.street.homes["li"], "@daughter": str(people["daughter"]),
            "@now": f"{moment:%Y-%m-%dT%H:%M}", "@next year": f"{moment + timedelta(days=365):%Y-%m-%d}",
            "@tomorrow": f"{moment + timedelta(days=1):%Y-%m-%d}", "@thing": str(lived.thing), "@blackout": str(lived.rests), "@alliance": str(lived.alliance),
        }  # fmt: skip
        own: dict[str, str | list[str]] = {}
        for name, value in self.fields.items():
            own[name] = known.get(value, value) if isinstance(value, str) else [known.get(v, v) for v in value]
        return ({"key": f"key-of-{self.name.replace(' ', '-')}"} if self.keyed else {}) | own


def _need(step: str, who: str, need: str, *, before: tuple[str, ...] = (), answer: int = 302, **fields: str) -> Form:
    return Form(f"need {step}", "worker:act", who, fields, {"need": need, "step": step}, before, answer)


def _visit(step: str, visit: str, *, answer: int = 302, **fields: str) -> Form:
    return Form(f"visit {step}", "worker:visit-act", "chen", fields, {"visit_id": visit, "step": step}, answer=answer)


def _mine(step: str, need: str, *, answer: int = 302, before: tuple[str, ...] = (), **fields: str | list[str]) -> Form:
    return Form(f"my need {step}", "resident:act", "li", fields, {"need": need, "step": step}, before, answer)


def _helping(step: str, visit: str, *, answer: int = 302, **fields: str) -> Form:
    return Form(f"my visit {step}", "resident:visit-act", "wang", fields, {"visit_id": visit, "step": step}, answer=answer)


def _booking(step: str, door: str, who: str, booking: str, *, answer: int = 302, **fields: str) -> Form:
    return Form(f"{door} booking {step}", f"{door}:booking-act", who, fields, {"booking": booking, "step": step}, answer=answer)


def _thing(step: str, **fields: str) -> Form:
    return Form(f"thing {step}", "worker:thing-act", "chen", fields, {"thing": "thing", "step": step})


FORMS = (
    Form("sign in", "public:sign-in", None, {"phone": "10090000001", "password": "wrong"}, answer=422, keyed=False),
    Form("send code", "public:send-code", None, {"phone": "13800002222"}, answer=200, keyed=False),
    Form(
        "register", "public:register", None,
        {"place": HOME, "name": "新来的", "phone": "13800002222", "code": "000000", "door": "1 单元 1", "birth_year": "1990", "sex": "f"},
        before=("send code",), answer=422,
    ),
    Form(
        "ask by sheet", "public:sheet", None,
        {"service": "talk", "words": "想说说话", "name": "王伯", "phone": "13800003333"},
    ),
    Form("follow withdraw", "public:follow-withdraw", None),
    Form("follow confirm", "public:follow-confirm", None, {"minutes": "30"}, answer=404),
    Form("check certificate", "public:certificate", None, {"certificate": "{}"}, answer=200, keyed=False),
    Form("add checkpoint", "log:add-checkpoint", None, answer=400, keyed=False),
    Form("certificate", "resident:certificate-issue", "wang", {"span": "year"}),
    Form("revoke certificate", "resident:certificate-revoke", "wang"),
    Form("issue certificate", "worker:certificate-issue", "chen", {"since": "2026-05-01", "until": "2026-05-11"}),
    Form("wrong certificate", "worker:certificate-revoke", "chen", {"why": "mistake"}),
    Form("check", "public:check", None, {"receipt": "{}"}, answer=200, keyed=False),
    Form("ask", "resident:send", "daughter", {"for": "@daughter", "when": "pick", "wanted_from": "@now", "words": "做一顿饭"}),
    _mine("withdraw", "open", reason="不用了"), _mine("reopen", "closed", reason="又坏了"), _mine("cancel", "booked", reason="有事"),
    _mine("confirm", "waiting", minutes="30"), _mine("dispute", "waiting", reason="没有来"),
    _mine("rate", "waiting", stars="4", tag=["on_time"]), _mine("block", "closed", helper="@wang"),
    _mine("rectified", "closed", true="1", before=("rectify plan", "rectify show")),
    Form("rest", "resident:pause", "wang", {"paused": "1"}),
    Form("borrow", "resident:thing-ask", "wang", {"day": "@tomorrow", "at": "10:00", "length": "3", "for": "@wang"}),
    _booking("agree", "resident", "li", "held"), _booking("decline", "resident", "li", "held"), _booking("cancel", "resident", "li", "borrowed"),
    Form(
        "thing", "worker:thing-enter", "chen",
        {"kind": "room", "name": "二楼小间", "units": "1", "place": "@home", "weekday": ["0", "1"], "opens": "540", "closes": "1020", "shared": "1"},
    ),
    _thing("blackout", reason="粉刷"), _thing("restore", blackout="@blackout"), _thing("retire"),
    _booking("hold", "worker", "chen", "waits", answer=422, thing="@thing"), _booking("approve", "worker", "zheng", "held"),
    _booking("agree", "worker", "chen", "held"), _booking("decline", "worker", "chen", "held"),
    _booking("hand-out", "worker", "chen", "borrowed", answer=422), _booking("take-back", "worker", "chen", "borrowed", answer=422, condition="good"),
    _booking("refuse", "worker", "chen", "waits", reason="没有"), _booking("cancel", "worker", "chen", "borrowed", reason="本人说不要了"),
    Form("borrow for li", "worker:borrow-ask", "chen", {"kind": "room", "day": "@tomorrow", "at": "10:00", "length": "60", "for": "@li"}),
    Form("alliance", "street:alliance-form", "lin", {"name": "再来一个", "agreement": "纪要", "community": [HOME, OTHER]}, answer=422),
    Form("leave alliance", "street:alliance-change", "lin", {"alliance": "@alliance", "community": HOME, "step": "leave"}),
    Form("join", "resident:join", "daughter", {"skill": ["talk"], "radius": "1000", "language": ["cantonese"], "slot": ["0-am"]}),
    Form("accept", "resident:accept", "wu"), Form("decline", "resident:decline", "wu", {"reason": "busy"}),
    _helping("check-in", "booked_visit", code="0000", answer=422), _helping("tick", "booked_visit", item="0", done="1", answer=422),
    _helping("check-out", "booked_visit", answer=422), _helping("confirm", "booked_visit", minutes="30", answer=422),
    _helping("dispute", "waiting_visit", reason="说不清"), _helping("cancel", "booked_visit", reason="有事"),
    Form("grant", "resident:grant", "li", {"data_class": "name", "audience": "neighbours", "purpose": "neighbourliness"}),
    Form("token", "resident:programs", "li", {"label": "血压计"}, answer=200),
    Form(
        "caller", "worker:caller", "chen",
        {"step": "need", "service": "meal", "words": "做饭", "place": HOME, "phone": "13800004444", "caller_name": "王伯", "door": "1 单元 9"},
    ),
    Form("offer", "worker:offer", "chen", {"helper": "@wang"}, {"need": "by_sheet"}, answer=422),
    _need("answer", "chen", "open"), _need("pause", "chen", "open", reason="等本人"), _need("resume", "chen", "open", before=("need pause",)),
    _need("refer", "chen", "open", where="12345", reason="归他们管"),
    _need("dispatch", "lin", "sent", to_place=HOME, reason="就近", before=("need settle",)),
    _need("object", "zheng", "sent", reason="不归我们", answer=422), _need("settle", "lin", "sent", upheld="yes", reason="确实"),
    _need("withdraw", "chen", "open", reason="本人说不要了"), _need("reopen", "chen", "closed", reason="没办好"),
    _visit("paper", "booked_visit", called_back_at="@now", arrived_at="@now"), _visit("cancel", "booked_visit", reason="下雨"),
    _visit("confirm", "waiting_visit", minutes="30"), _visit("settle", "disputed_visit", minutes="40", reason="问过"),
    _visit("correct", "done_visit", minutes="20", reason="多算了"),
    Form("certify", "worker:certify", "chen", {"kind": "care", "number": "A-1", "valid_until": "@next year"}),
    Form("helper rest", "worker:helper-pause", "chen", {"paused": "1"}),
    Form("sheet", "worker:sheet-issue", "chen", {"place": ["@home"]}, answer=200),
    Form("household sheet", "worker:sheet-household", "chen", {"phone": "+8610090000001"}, answer=200),
    Form("revoke sheet", "worker:sheet-revoke", "chen"),
    Form("declare", "worker:declare", "zheng", {"service": "silver_class"}),
    Form("warning plan", "street:case-act", "chen", {"text": "逐户回访"}, {"warning": "warning", "step": "plan"}),
    Form("warning proof", "street:case-act", "chen", {"text": "换了帮手", "file_hash": "a" * 64}, {"warning": "warning", "step": "show"}, ("warning plan",)),
    Form("star appeal", "street:star-appeal", "chen", {"grade": "@star", "grounds": "有两份评错了社区"}),
    Form("star decide", "city:star-decide", "lin", {"stars": "3", "reason": "核过，是评错了"}, before=("star appeal",)),
    Form("grade stars", "city:stars-grade", "lin"),
    Form("grave", "street:grave-report", "he", {"incident": "money", "grounds": "三户说代买的钱没有还"}),
    Form("rectify plan", "worker:rectify", "chen", {"text": "换人"}, {"rectification": "rectification", "step": "plan"}),
    Form("rectify show", "worker:rectify", "chen", {"text": "换了"}, {"rectification": "rectification", "step": "show"}, ("rectify plan",)),
    Form("find", "worker:find", "chen", {"phone": "+8610090000001"}, keyed=False),
    Form(
        "enter resident", "worker:enter-resident", "chen",
        {"name": "新邻居", "place": "@home", "phone": "13800005555", "door": "9 单元 9", "birth_year": "1950", "sex": "f", "groups": ["alone"]},
    ),
    Form("enter building", "worker:enter-building", "chen", {"building": "九栋"}),
    Form("pair", "worker:pair", "chen", {"helper": "@wu"}), Form("seed", "worker:seed", "chen", {"reason": "独居"}, answer=302),
    Form("family", "worker:family", "chen", {"phone": "+8610090000003", "grounds": "household_book"}),
    Form("end family", "worker:family-end", "chen", {"guardian": "@daughter"}),
    Form("end family oneself", "resident:family-end", "li", {"ward": "@li", "guardian": "@daughter"}),
    Form("give hours", "resident:give-send", "wang", {"to": "pool", "minutes": "12"}),
    Form("approve", "street:approve", "he", {"place": HOME, "service": "after_school"}),
    Form("assign", "programme:assign", "lin", {"place": HOME[:4], "owner": "市民政局", "said": "on_way", "words": "每周看", "occurred_on": "2026-01-02"}),
    Form("decide risk", "programme:risk-decide", "lin", {"place": HOME[:4], "event": "mitigate", "reason": "换一种考核"}),
    Form("look at quarters", "city:quarters-look", "lin", {"source": "问卷", "rows": f"{HOME},2025Q1,30,40"}, answer=200, keyed=False),
    Form("carry in quarters", "city:quarters-carry", "lin", {"source": "问卷", "rows": f"{HOME},2025Q1,30,40"}),
    Form("try a policy", "city:trial-ask", "lin", {"place": "440104", "answer_minutes": "60", "seeds": "5", "days": "3"}),
    Form("call off", "city:trial-cancel", "lin", at={"trial": "waiting_trial"}),
    Form("draft white paper", "city:paper-draft", "lin", {"place": HOME[:6], "start": "2026-05-01", "end": "2026-05-11"}),
    Form("publish white paper", "city:paper-publish", "lin", at={"paper": "white_draft"}),
)  # fmt: skip
BY_NAME = {form.name: form for form in FORMS}


def send(lived: Lived, form: Form, client: Client | None = None, **changed: object) -> HttpResponse:
    """Send a form after those that come before it; `changed` replaces fields, None leaves one out."""
    for name in form.before:
        first = BY_NAME[name]
        client_of(lived.street, first.who).post(first.url(lived), first.filled(lived))
    fields = {name: value for name, value in (form.filled(lived) | changed).items() if value is not None}
    return (client or client_of(lived.street, form.who)).post(form.url(lived), fields)  # type: ignore[return-value]
