"""A need that nobody answers climbs community → street → city in real processes: on time, once, and whatever is killed or set wrong.

One story in one served folder with the test clock standing still, so that every moment is exact however busy the machine is. The clock
process is given two rounds wherever nothing is to happen.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.doors.commands.processes import wait_until
from linli.ground.steps.core import ShownTime
from linli.journeys.loops import POLL_SECONDS
from tests.serving import FIRST_SECONDS, Browser, Served

HOME = "440104001007"
STREET, CITY = HOME[:9], HOME[:4]
PASSWORD = "柳树下的石凳-46"
SOON_SECONDS = 60.0
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@dataclass
class Story:
    """A served folder, somebody who asks and somebody at the desk; the levels each need was seen at, in order."""

    served: Served
    token: str
    desk: Browser
    seen: dict[str, list[str]]
    keys: int = 0

    def ask(self, service: str) -> tuple[str, datetime]:
        """Ask; return the need and when its answer is promised."""
        self.keys += 1
        told = self.served.call("POST", "/needs", self.token, f"climb-{self.keys:03d}", service=service)
        self.seen[told["need"]] = []
        due = self.served.rows("SELECT due_at FROM needs_clock WHERE need_id = %s AND kind = 'answer'", told["need"])[0][0]
        assert timedelta(0) <= due - datetime.fromisoformat(told["answer_by"]) < timedelta(milliseconds=1)  # promised to the millisecond
        return told["need"], due

    def level(self, need: str) -> str:
        """Return who answers for a need now, as its asker is told; it was never seen lower than before."""
        level = str(self.served.call("GET", f"/needs/{need}", self.token)["level"])
        self.seen[need].append(level)
        order = ["community", "street", "city"]
        assert self.seen[need] == sorted(self.seen[need], key=order.index)
        return level

    def rises(self, need: str, level: str) -> None:
        """Wait until a need has come up to `level`."""
        assert wait_until(lambda: self.level(need) == level, SOON_SECONDS), self.served.said()

    def nothing_happens(self) -> None:
        """Give every process some rounds and see that no need moves and nobody is told anything."""
        before = self.state()
        time.sleep(3 * POLL_SECONDS)
        assert self.state() == before

    def state(self) -> list[object]:
        """Return all that a clock could change twice."""
        return [
            self.served.rows(f"SELECT * FROM {table} ORDER BY id")
            for table in ("needs_need", "needs_needflip", "needs_clock", "people_notice")
        ]

    def climbs(self, need: str) -> list[str]:
        """Return the climbs of a need in order, as clock:level."""
        found = self.served.rows("SELECT reason FROM needs_needflip WHERE need_id = %s AND event = 'escalate' ORDER BY id", need)
        return [reason for (reason,) in found]

    def told(self, need: str, level: str) -> Counter[tuple[str, str]]:
        """Return who was told, and how often, that a need left `level`: (role, place), and ("asker", "")."""
        found = self.served.rows(
            "SELECT CASE WHEN person IS NULL THEN role ELSE 'asker' END, place_code FROM people_notice"
            " WHERE kind = 'need.escalated' AND about = %s AND facts->>'from' = %s",
            f"need:{need}", level,
        )  # fmt: skip
        return Counter((role, place) for role, place in found)

    def moments(self, need: str) -> list[datetime]:
        """Return when a need climbed."""
        found = self.served.rows("SELECT at FROM needs_needflip WHERE need_id = %s AND event = 'escalate' ORDER BY id", need)
        return [at for (at,) in found]

    def advance(self, span: str) -> datetime:
        """Move the time on with the command; return what time it is."""
        return datetime.fromisoformat(self.served.told("clock", "advance", span)["now"])

    def turn(self, by: timedelta) -> datetime:
        """Turn the clock of the folder as the command does, quicker and backwards too; return what time it is."""
        path = self.served.folder / "clock.json"
        clock = ShownTime.from_plain(json.loads(path.read_text()))
        turned = ShownTime(clock.real_at, clock.shown_at + by, clock.speed)
        fresh = path.with_name("clock.turned")
        fresh.write_text(json.dumps(turned.as_plain()))
        fresh.replace(path)
        return turned.shown_at

    def killed_and_back(self, meanwhile: str = "") -> None:
        """Kill everybody at one moment and start again; `meanwhile` the time moves on."""
        self.served.kill_all()
        if meanwhile:
            self.advance(meanwhile)
        self.served.start(FIRST_SECONDS)


def begun(served: Served) -> Story:
    """Serve, let the time stand still, and put 陈工 at the desk and 李奶奶 on the register."""
    served.start(FIRST_SECONDS)
    served.told("clock", "speed", "0")
    worker = served.told("user", "create", "--name", "陈工", "--place", HOME, "--phone", "13800000001", "--password", typed=f"{PASSWORD}\n")
    served.told("user", "grant", worker["person"], "worker", HOME)
    served.told("user", "create", "--name", "李奶奶", "--place", HOME, "--phone", "13800000002", "--password", typed=f"{PASSWORD}\n")
    signed = served.call("POST", "/tokens", key="climb-sign-in", phone="13800000002", password=PASSWORD)
    issued = served.call("POST", "/me/tokens", signed["token"], "climb-token", label="climb")
    desk = Browser(served)
    desk.send("/sign-in/", "/sign-in/", phone="13800000001", password=PASSWORD)
    return Story(served, issued["token"], desk, {})


def climbs_through_kills(story: Story) -> str:
    """Go up level by level while everybody is killed in between, the second time with the deadline in the outage."""
    need, answer_by = story.ask("meal")
    assert story.level(need) == "community"
    story.killed_and_back()
    assert story.advance("1h59m59s") == answer_by - SECOND
    story.nothing_happens()
    assert story.level(need) == "community"
    assert story.advance("1s") == answer_by
    story.rises(need, "street")
    assert story.moments(need) == [answer_by]
    story.killed_and_back(meanwhile="2h")
    story.rises(need, "city")
    assert story.moments(need) == [answer_by, answer_by + 2 * HOUR]
    story.nothing_happens()
    assert story.climbs(need) == ["answer:community", "answer:street"]
    both = {("worker", HOME): 1, ("dispatcher", STREET): 1, ("asker", ""): 1}
    assert story.told(need, "community") == both
    assert story.told(need, "street") == both | {("city", CITY): 1}
    kept = story.served.rows("SELECT count(*) FROM evidence_entry WHERE kind = 'need:escalated' AND ref = %s", f"need:{need}")
    assert kept == [(2,)]
    return need


def stands_still_for_a_reason(story: Story) -> str:
    """Pause a clock at the desk: it does not climb, however long; after it runs on it climbs when its rest is over."""
    need, _answer_by = story.ask("talk")
    story.turn(30 * MINUTE)
    page = f"/desk/needs/{need}/"
    story.desk.send(page, f"{page}pause/", reason="等她女儿回电话", next=page)
    story.turn(5 * HOUR)
    assert wait_until(lambda: len(story.climbs(first_of(story))) == 3, SOON_SECONDS)  # the city is reminded of the other one
    story.nothing_happens()
    assert story.climbs(need) == []
    assert story.level(need) == "community"
    story.desk.send(page, f"{page}resume/", next=page)
    assert story.served.rows("SELECT reason FROM needs_needflip WHERE need_id = %s AND event = 'pause'", need) == [("等她女儿回电话",)]
    story.turn(90 * MINUTE - SECOND)
    story.nothing_happens()
    assert story.level(need) == "community"
    due = story.turn(SECOND)
    story.rises(need, "street")
    assert story.moments(need) == [due]
    return need


def first_of(story: Story) -> str:
    return next(iter(story.seen))


def set_back_by_an_hour(story: Story) -> None:
    """Set the clock back: nothing happens again, then or when the hour is lived a second time."""
    story.turn(-HOUR)
    story.nothing_happens()
    story.turn(HOUR - SECOND)
    story.nothing_happens()


def jumps_by_a_year(story: Story) -> None:
    """Jump a year ahead: every clock that ran fires once, the longest overdue first, and what they start runs from there."""
    for service in ("shopping", "medicine"):
        story.ask(service)
        story.turn(7 * MINUTE)
    due = story.served.rows(
        "SELECT need_id, kind || ':' || level FROM needs_clock WHERE fired_at IS NULL AND stopped_at IS NULL ORDER BY due_at, id"
    )
    last = story.served.rows("SELECT max(id) FROM needs_needflip")[0][0]
    assert len(due) == 8  # four needs, each with its promise to answer and its promise to handle
    there = story.advance("365d")
    fired = "SELECT need_id, reason FROM needs_needflip WHERE event = 'escalate' AND id > %s ORDER BY id"
    assert wait_until(lambda: len(story.served.rows(fired, last)) >= len(due), SOON_SECONDS), story.served.said()
    story.nothing_happens()
    assert story.served.rows(fired, last) == due
    assert story.served.rows("SELECT DISTINCT at FROM needs_needflip WHERE id > %s", last) == [(there,)]
    levels = dict(story.served.rows("SELECT id::text, level FROM needs_need"))
    assert [levels[need] for need in story.seen] == ["city", "city", "street", "street"]
    again = story.served.rows("SELECT min(due_at) FROM needs_clock WHERE fired_at IS NULL AND stopped_at IS NULL")
    assert again == [(there + 2 * HOUR,)]


def test_an_unanswered_need_climbs_on_time_and_once_whatever_happens(served: Served) -> None:
    story = begun(served)
    first = climbs_through_kills(story)
    second = stands_still_for_a_reason(story)
    set_back_by_an_hour(story)
    jumps_by_a_year(story)
    assert list(story.seen)[:2] == [first, second]
    ran = served.run("verify", "evidence")
    assert ran.returncode == 0, ran.stdout + ran.stderr
