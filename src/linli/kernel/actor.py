"""Who acts: a person with posts at places, a need-code sheet, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """A duty a person can hold at a place. Residents need no post: every person is one."""

    VOLUNTEER = "volunteer"  # 志愿者
    GRID_WORKER = "grid_worker"  # 网格员, 楼栋长
    WORKER = "worker"  # 社区工作者
    DISPATCHER = "dispatcher"  # 街道资源调度员
    CITY = "city"  # 市级管理员
    AUDITOR = "auditor"  # 审计
    OPERATOR = "operator"  # 运维


class Channel(StrEnum):
    """The door a step came through; kept on every need so that phone-less routes stay visible."""

    WEB = "web"
    CODE = "code"  # need-code sheet, no account
    PHONE = "phone"  # a worker entered it for a caller
    API = "api"
    SYSTEM = "system"
    STAGE = "stage"  # the synthetic district


@dataclass(frozen=True, slots=True)
class Post:
    """A role held at a place; it reaches every place below, because a child's code begins with its parent's."""

    role: Role
    place: str

    def covers(self, place: str) -> bool:
        """Tell whether this post reaches `place` (the place itself or anything below it)."""
        return place.startswith(self.place)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for a step. `ref` is opaque and stable: `person:<uuid>`, `code:<uuid>` or `system:<name>`."""

    ref: str
    person: UUID | None
    channel: Channel
    posts: tuple[Post, ...] = ()
    home: str | None = None

    def holds(self, role: Role, place: str) -> bool:
        """Tell whether the actor holds `role` at `place` or above it."""
        return any(post.role is role and post.covers(place) for post in self.posts)

    def holds_any(self, roles: frozenset[Role], place: str) -> bool:
        """Tell whether the actor holds one of `roles` at `place` or above it."""
        return any(post.role in roles and post.covers(place) for post in self.posts)

    @classmethod
    def of_person(cls, person: UUID, *, channel: Channel = Channel.WEB, posts: tuple[Post, ...] = (), home: str | None = None) -> Actor:
        """Return the actor for a signed-in person living at place code `home`."""
        return cls(f"person:{person}", person, channel, posts, home)

    @classmethod
    def of_code(cls, sheet: UUID, place: str) -> Actor:
        """Return the actor behind a scanned need-code sheet of `place`: nobody known, one place."""
        return cls(f"code:{sheet}", None, Channel.CODE, (), place)

    @classmethod
    def system(cls, name: str) -> Actor:
        """Return the actor for a process of Linli itself: clock, matcher, worker, stage."""
        return cls(f"system:{name}", None, Channel.SYSTEM)


STAFF = frozenset({Role.WORKER, Role.DISPATCHER, Role.CITY})
