"""The fixed cast on one real street: 李奶奶 asks, 小王 helps, 陈工 coordinates, 何姐 dispatches, 林处 oversees, 老周 looks on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from linli.ground.people import reads as people
from linli.ground.places.models import Place
from linli.ground.steps import reads as steps_reads
from linli.ground.steps import verbs as steps
from linli.journeys import ground, populate
from linli.kernel.actor import Actor, Channel, Role

HOME, OTHER = "440104001001", "440104002001"
PLACES = {
    "44": "广东省", "4401": "广州市", "440104": "越秀区", "440104001": "洪桥街道", HOME: "三眼井社区", "440104002": "北京街道",
    OTHER: "盐运西社区",
}  # fmt: skip
BEGIN = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Guangzhou


@dataclass
class Street:
    """Everybody by name, and the keys of their forms."""

    people: dict[str, UUID]
    homes: dict[str, str]
    keys: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg]

    def actor(self, name: str, channel: Channel = Channel.WEB) -> Actor:
        """Return somebody of the cast with today's posts."""
        return people.actor_of(self.people[name], steps_reads.now(), channel=channel)

    def key(self) -> str:
        """Return a fresh form key."""
        return f"test-key-{next(self.keys):06d}"


def settle() -> Street:
    """Put the cast on the register, with the clock at BEGIN."""
    steps.move_clock(to=BEGIN - timedelta(days=60), speed=0)
    for code, name in {"": "中国", **PLACES}.items():
        Place.objects.get_or_create(code=code, defaults={"name": name, "pinyin": code, "initials": code})
    ground.import_policy()
    buildings = [populate.NewBuilding(f"{i} 栋", 23_130_000 + i * 900, 113_260_000 + i * 900) for i in range(1, 4)]
    skills = ("meal", "shopping", "talk", "repair", "escort", "clean", "teach", "bathing")
    rows = [
        populate.NewResident("李奶奶", 0, "1 单元 301", 1947, "f", "+8610090000001", group="alone", persona="li", elder_view=True, account=True),
        populate.NewResident("李晓梅", 1, "2 单元 101", 1975, "f", "+8610090000002", persona="daughter", account=True),
        populate.NewResident("小王", 2, "1 单元 502", 1996, "m", "+8610090000003", skills=skills, certificate="care", persona="wang", account=True),
        populate.NewResident("吴姐", 1, "1 单元 201", 1970, "f", "+8610090000004", skills=skills, certificate="care", persona="wu", account=True),
        populate.NewResident("陈工", 0, "2 单元 202", 1985, "m", "+8610090000005", persona="chen", account=True),
        populate.NewResident("何姐", 0, "2 单元 203", 1980, "f", "+8610090000006", persona="he", account=True),
        populate.NewResident("林处", 0, "2 单元 204", 1978, "m", "+8610090000007", persona="lin", account=True),
    ]  # fmt: skip
    home = populate.settle(
        populate.Settlement(
            HOME, buildings, rows, worker=4, posts=[(5, Role.DISPATCHER, HOME[:9]), (6, Role.CITY, HOME[:4])], guardians=[(0, 1)],
            paired=[(0, 2)], seeded=[0], specials=["silver_class"],
        )
    )  # fmt: skip
    others = [
        populate.NewResident("老周", 0, "1 单元 101", 1961, "m", "+8610090000011", persona="zhou", account=True),
        populate.NewResident("郑工", 0, "1 单元 102", 1982, "f", "+8610090000012", persona="zheng", account=True),
    ]
    away = populate.settle(populate.Settlement(OTHER, [populate.NewBuilding("1 栋", 23_150_000, 113_300_000)], others, worker=1))
    names = [row.persona for row in [*rows, *others]]
    steps.move_clock(to=BEGIN, speed=0)
    return Street(dict(zip(names, [*home.people, *away.people], strict=True)), dict(zip(names, [*home.homes, *away.homes], strict=True)))
