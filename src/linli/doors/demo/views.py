"""Sign in as a made-up person with one click. Exists only in demo mode; the rights table hides it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

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
    """One made-up person: who they are and what a visitor can try as them."""

    code: str
    name: str
    what: str
    tries: str
    icon: str


PERSONAS = (
    Persona("li", "李奶奶", gettext_noop("七十九岁，独居"), gettext_noop("点一样要帮的事；看帮手什么时候到；确认时长，存凭证"), "home"),
    Persona("wang", "小王", gettext_noop("志愿者"), gettext_noop("接一件事；对码签到，做清单，签退；看时间本"), "heart"),
    Persona("chen", "陈工", gettext_noop("社区工作者"), gettext_noop("看钟最紧的事；挑合适的人派；代人登记；打印需求码"), "list"),
    Persona("he", "何姐", gettext_noop("街道调度员"), gettext_noop("看升上来的事；派给社区；复核异议"), "map"),
    Persona("lin", "林处", gettext_noop("市级管理员"), gettext_noop("看健康指数和预警；一层层点下去"), "eye"),
    Persona("daughter", "李晓梅", gettext_noop("李奶奶的女儿"), gettext_noop("替母亲提一件事；替她确认"), "child"),
    Persona("zhou", "老周", gettext_noop("别的社区的居民"), gettext_noop("到处看看：别人的事，一件也看不见"), "me"),
)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """List the personas that are there."""
    known = people.personas()
    cards = people.cards(list(known.values()), now())
    labels = places.labels([cards[pk].place[:12] for pk in known.values()])
    rows = [
        {
            "code": p.code,
            "name": p.name,
            "what": gettext(p.what),
            "tries": gettext(p.tries),
            "icon": p.icon,
            "place": labels.get(cards[known[p.code]].place[:12], ""),
        }
        for p in PERSONAS
        if p.code in known
    ]
    clock = shown_time()
    return render(request, "demo/home.html", {"rows": rows, "moment": now(), "speed": clock.speed if clock else 1})


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
