"""The frame of staff pages: what somebody's posts let them open, and which community they are looking at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.doors.site.templatetags.linli import SHANGHAI, phrases
from linli.doors.site.who import actor_of
from linli.ground.people import reads as people
from linli.ground.policy import reads as policies
from linli.ground.policy.reads import Policy
from linli.kernel.actor import STAFF, Actor, Post, Role
from linli.kernel.errors import NotFound

COMMUNITY = 12  # digits of a community code
PROVINCE = 2
SESSION_PLACE = "desk_place"
ROLE_ORDER = (Role.WORKER, Role.DISPATCHER, Role.CITY)


def role_words(role: Role) -> str:
    """Return what a staff role is called."""
    return {Role.WORKER: _("社区工作者"), Role.DISPATCHER: _("街道调度"), Role.CITY: _("市级管理")}.get(role, role.value)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the side: where it leads, its icon and how many things wait there."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a staff page."""

    home: str
    nav: tuple[NavItem, ...]
    who: str


def community_of(request: HttpRequest) -> str:
    """Return the community code a desk page shows: `?place=`, else the last one chosen, else the actor's own.

    Raises NotFound where no post covers it, or where the actor has no community of their own and chose none.
    """
    actor = actor_of(request)
    asked = request.GET.get("place", "")
    if asked:
        if len(asked) != COMMUNITY or not (asked.isascii() and asked.isdigit()) or not actor.holds_any(STAFF, asked):
            raise NotFound
        request.session[SESSION_PLACE] = asked
        return asked
    kept = request.session.get(SESSION_PLACE, "")
    if kept and actor.holds_any(STAFF, kept):
        return str(kept)
    own = own_communities(actor)
    if not own:
        raise NotFound
    return own[0]


def own_communities(actor: Actor) -> tuple[str, ...]:
    """Return the communities where the actor is worker, in order of code."""
    return tuple(sorted(p.place for p in actor.posts if p.role is Role.WORKER and len(p.place) == COMMUNITY))


def _post_words(post: Post) -> str:
    # A city post at a province's two digits is the province's: it supervises red warnings.
    return _("省级管理") if post.role is Role.CITY and len(post.place) == PROVINCE else role_words(post.role)


def posts_words(actor: Actor, names: dict[str, str]) -> str:
    """Return a person's staff posts in words, e.g. 社区工作者 · 榕树里社区; `names` gives names of place codes."""
    posts = sorted((p for p in actor.posts if p.role in STAFF), key=lambda p: (ROLE_ORDER.index(p.role), p.place))
    return phrases(f"{_post_words(p)} · {names.get(p.place, p.place)}" for p in posts)


# (role that opens it, url name, icon); labels are looked up at the time of the page, in its language.
SIDES: tuple[tuple[Role, str, str], ...] = (
    (Role.WORKER, "worker:list", "list"),
    (Role.WORKER, "worker:visits", "walk"),
    (Role.WORKER, "worker:groups", "heart"),
    (Role.WORKER, "worker:helpers", "tool"),
    (Role.WORKER, "worker:things", "shop"),
    (Role.WORKER, "worker:sheets", "code"),
    (Role.WORKER, "worker:services", "book"),
    (Role.WORKER, "worker:cases", "alert"),
    (Role.WORKER, "worker:register", "me"),
    (Role.WORKER, "street:own", "town"),
    (Role.DISPATCHER, "street:home", "up"),
    (Role.DISPATCHER, "street:communities", "town"),
    (Role.DISPATCHER, "street:things", "shop"),
    (Role.DISPATCHER, "street:cases", "alert"),
    (Role.CITY, "city:home", "map"),
    (Role.CITY, "city:cases", "alert"),
    (Role.CITY, "city:stars", "star"),
    (Role.CITY, "city:matching", "heart"),
    (Role.CITY, "city:record", "safe"),
    (Role.CITY, "city:trials", "scales"),
)


def _labels() -> dict[str, str]:
    return {
        "worker:list": _("要办的事"), "worker:visits": _("今天的探访"), "worker:groups": _("特殊群体"), "worker:helpers": _("帮手"),
        "worker:sheets": _("需求码"), "worker:services": _("服务清单"), "worker:cases": _("预警与整改"), "worker:register": _("居民与楼栋"), "street:own": _("社区档案"),
        "street:home": _("升上来的事"), "street:communities": _("各社区"), "city:home": _("全市一览"),
        "programme:home": _("报告的目标"),
        "street:cases": _("预警"), "city:cases": _("预警"), "city:stars": _("服务星级"), "city:record": _("存证与时间池"), "worker:notices": _("通知"),
        "worker:things": _("借用与订房"), "street:things": _("联盟与借用"),
        "city:trials": _("政策沙盒"), "city:matching": _("供需对接"),
    }  # fmt: skip


def frame_of(request: HttpRequest, current: str, names: dict[str, str], *, counts: dict[str, int] | None = None) -> Frame:
    """Return the frame of a staff page whose url name is `current`; two queries (posts are read once a request; unread notices)."""
    actor, labels, counts = actor_of(request), _labels(), counts or {}
    if any(p.role is Role.CITY and len(p.place) == PROVINCE for p in actor.posts):
        labels["city:home"] = _("全省一览")
    roles = {p.role for p in actor.posts}
    items = [
        NavItem(labels[name], reverse(name), icon, name == current, counts.get(name, 0)) for role, name, icon in SIDES if role in roles
    ]
    if roles & STAFF:
        items.append(NavItem(labels["programme:home"], reverse("programme:home"), "check", current == "programme:home"))
    items.append(NavItem(labels["worker:notices"], reverse("worker:notices"), "bell", current == "worker:notices", people.unread(actor)))
    return Frame(items[0].url, tuple(items), posts_words(actor, names))


def policy_at(place: str, moment: datetime) -> Policy:
    """Return the policy in force at a place on the Beijing day of `moment`."""
    return policies.policy(place, moment.astimezone(SHANGHAI).date())


def with_query(url: str, **changes: str) -> str:
    """Return `url` with query fields; empty ones are left out."""
    kept = {name: value for name, value in changes.items() if value}
    return f"{url}?{urlencode(kept)}" if kept else url
