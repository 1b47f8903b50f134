"""Sign in as a made-up person with one click. Exists only in demo mode; the rights table hides it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_POST

from linli.doors.site import session
from linli.ground.people import reads as people
from linli.ground.places import reads as places
from linli.ground.steps.reads import now, shown_time
from linli.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Persona:
    """One made-up person: who they are, what a visitor does as them, and their turn in the loop (0: looks on beside it)."""

    code: str
    name: str
    what: str
    tries: str
    turn: int = 0


# In the order of the loop: one asks, one finds somebody, one helps; then everybody who looks on.
PERSONAS = (
    Persona("li", "李奶奶", gettext_noop("七十九岁，独居"), gettext_noop("点一样要帮的事，看什么时候有人回话。"), 1),
    Persona(
        "chen", "陈工", gettext_noop("社区工作者"), gettext_noop("名单上钟最紧的就是李奶奶那件：回个话，看谁最合适、为什么，派给小王。"), 2
    ),
    Persona(
        "wang",
        "小王",
        gettext_noop("志愿者，住隔壁楼"),
        gettext_noop("点“我去”。到了门口，输李奶奶手机上的四个数，做完清单，签退，报时长。"),
        3,
    ),
    Persona("daughter", "李晓梅", gettext_noop("李奶奶的女儿"), gettext_noop("替母亲提一件事，替她确认。")),
    Persona("he", "何姐", gettext_noop("街道调度员"), gettext_noop("没按时回话的事自己升到这里：派下去，复核异议。")),
    Persona("lin", "林处", gettext_noop("市级管理员"), gettext_noop("看健康指数和预警，一层层点到每一笔。")),
    Persona(
        "feng",
        "冯厅",
        gettext_noop("省级管理员"),
        gettext_noop("看全省各市的数，结红牌和责任牌。除了要她打电话回访的，谁的姓名电话她都看不见。"),
    ),
    Persona("zhou", "老周", gettext_noop("别的社区的居民"), gettext_noop("到处看看：别人的事，一件也看不见。")),
)
COMMANDS = (".venv/bin/linli clock advance 30m", ".venv/bin/linli clock advance 3h")


@dataclass(frozen=True, slots=True)
class PersonaShown:
    """A persona in the page's language, with the community they live in."""

    code: str
    name: str
    what: str
    tries: str
    turn: int
    place: str


@dataclass(frozen=True, slots=True)
class DemoPage:
    """The start page: who takes part in the loop, who looks on, what time it is there and how it is moved."""

    loop: tuple[PersonaShown, ...]
    beside: tuple[PersonaShown, ...]
    place: str
    moment: datetime
    speed: int
    commands: tuple[str, ...]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the personas that are there, in the order of the loop."""
    known, moment = people.personas(), now()
    cards = people.cards(list(known.values()), moment)
    names = places.names([cards[pk].place[:12] for pk in known.values()])
    shown = tuple(
        PersonaShown(p.code, p.name, gettext(p.what), gettext(p.tries), p.turn, names.get(cards[known[p.code]].place[:12], ""))
        for p in PERSONAS
        if p.code in known
    )
    clock = shown_time()
    first = cards[known["li"]].place[:12] if "li" in known else ""
    page = DemoPage(
        loop=tuple(p for p in shown if p.turn), beside=tuple(p for p in shown if not p.turn), place=places.labels([first]).get(first, ""),
        moment=moment, speed=clock.speed if clock else 1, commands=COMMANDS,
    )  # fmt: skip
    return render(request, "demo/home.html", {"page": page})


@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """Sign in as a persona. Raises NotFound for any other person: nobody else can be entered this way."""
    person = people.personas().get(request.POST.get("persona", ""))
    if person is None or request.POST.get("persona") not in {p.code for p in PERSONAS}:
        raise NotFound
    session.end(request)
    session.begin(request, person)
    response = redirect("public:index")
    elder = people.card(person, now()).elder_view
    response.set_cookie("linli_elder", "1" if elder else "0", samesite="Lax")
    return response
