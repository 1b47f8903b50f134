"""A street that has lived: needs in every state, visits done and disputed, an objection, a warning, a rectification, a sheet, a record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.supply import lending
from linli.help.visits import reads as visits
from linli.journeys import (
    accept,
    answer,
    ask,
    borrow,
    certificates,
    confirm,
    escalate,
    judge,
    loans,
    propose,
    publish,
    rate,
    sheets,
    stars,
    things,
    visit,
)
from linli.journeys.corridor import step
from linli.journeys.keep_record import keep_record
from linli.journeys.programme import import_programme
from linli.journeys.take_stock import STOCK, take_stock
from linli.kernel.actor import Actor, Channel
from linli.kernel.quarter import Quarter
from linli.sight.papers import reads as paper_reads
from linli.sight.papers import verbs as paper_verbs
from linli.sight.warnings import reads as warnings
from linli.sight.warnings.verbs import Carried
from linli.sight.wellbeing import reads as wellbeing
from linli.trust.voice import reads as voice
from tests.cast import HOME, OTHER, Street
from tests.played import played
from tests.tried import asked as trial_asked
from tests.tried import tried

CITY, LAST = HOME[:4], Quarter(2026, 1)  # the quarter before the street's days
STRANGER = Actor("anonymous", None, Channel.CODE)


def asked(street: Street, service: str = "medicine", **more: object) -> UUID:
    """李奶奶 asks."""
    return UUID(ask.ask(street.actor("li"), ask.AskDraft(service=service, **more), street.key())["need"])  # type: ignore[arg-type]


def offered(street: Street, need: UUID, helper: str = "wang") -> UUID:
    """陈工 offers the need to a helper."""
    return UUID(propose.offer_to(street.actor("chen"), need, street.people[helper], street.key())["offer"])


def booked(street: Street, need: UUID, helper: str = "wang") -> UUID:
    """陈工 answers and offers, the helper accepts."""
    answer.answer(street.actor("chen"), need, street.key())
    return UUID(accept.accept(street.actor(helper), offered(street, need, helper), street.key())["visit"])


def checked_out(street: Street, need: UUID, helper: str = "wang") -> UUID:
    """Take a need as far as both can state their minutes."""
    made = booked(street, need, helper)
    row = visits.visit(made)
    steps.move_clock(to=row.starts_at, speed=0)
    visit.check_in(street.actor(helper), made, visit.code_shown(street.actor("li"), made, now()).code, street.key())
    steps.move_clock(by=timedelta(minutes=row.minutes_estimated))
    service = needs.service(row.service)
    assert service is not None
    for item in range(len(service.checklist)):
        visit.tick(street.actor(helper), made, item, True, street.key())
    visit.check_out(street.actor(helper), made, street.key())
    return made


def both_say(street: Street, made: UUID, helper_minutes: int, resident_minutes: int) -> None:
    """Both sides state their minutes."""
    confirm.confirm(street.actor("wang"), made, helper_minutes, street.key())
    confirm.confirm(street.actor("li"), made, resident_minutes, street.key())


def lends(street: Street) -> UUID:
    """Both communities enter what they lend and share it by an alliance; return the wheelchair of the first."""
    every_day = tuple((day, 480, 1260) for day in range(7))
    found = [
        things.enter_thing(
            street.actor(who), things.ThingForm(kind, name, street.homes[who], units, every_day, ask_first=who == "zheng"), street.key()
        )["thing"]
        for who, kind, name, units in (
            ("chen", "wheelchair", "便民轮椅", 2),
            ("zheng", "walker", "银色助行器", 1),
            ("chen", "room", "二楼活动室", 1),
        )
    ]
    things.form_alliance(street.actor("lin"), HOME[:6], "两街联盟", "联席会议纪要", (HOME, OTHER), street.key())
    return UUID(found[0])


def borrowed(street: Street, who: str, kind: str, *, thing: UUID | None = None, days: int = 2) -> UUID:
    """Somebody asks for a thing from tomorrow, ten in the morning, on: one they chose, or any."""
    begin = now().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=1)
    wish = borrow.Wish(kind, begin, begin + timedelta(days=days), thing)
    return UUID(borrow.ask(street.actor(who), wish, street.key())["booking"])


def leaves(count: int) -> None:
    """Put `count` entries more into the record: with 300 the log has a full tile and one above the first level."""
    with step(STOCK, None, "sight.take_stock", {}, place=HOME) as s:
        for n in range(count):
            s.record("need:opened", place=HOME, payload={"need": str(UUID(int=n)), "channel": "web"})


def papers(street: Street) -> tuple[str, str]:
    """Publish a white paper of the district and draft one of the street's city; return what names them in addresses."""
    day, lin = (now() + timedelta(hours=8)).date(), street.actor("lin")
    start, end = day - timedelta(days=9), day + timedelta(days=1)
    done = publish.draft(lin, HOME[:6], start, end, "", street.key())["digest"]
    publish.publish(lin, done, street.key())
    with step(STOCK, None, "sight.take_stock", {}, place=HOME) as s:
        kept = paper_verbs.draft(s, replace(paper_reads.edition(done)[1], place=HOME[:4], name="广州市"))
    return done[:16], kept[:16]


@dataclass(frozen=True, slots=True)
class Lived:
    """The street and the ids that its pages are opened with."""

    street: Street
    closed: UUID
    disputed: UUID
    sent: UUID
    booked: UUID
    open: UUID
    by_sheet: UUID
    done_visit: UUID
    disputed_visit: UUID
    waiting_visit: UUID
    booked_visit: UUID
    offer: UUID
    warning: UUID
    star: int
    rectification: UUID
    sheet: UUID
    sheet_token: str
    follow: str
    trial: UUID
    waiting_trial: UUID
    white_paper: str
    white_draft: str
    certificate: UUID
    thing: UUID
    rests: UUID
    alliance: UUID
    borrowed: UUID
    held: UUID
    waits: UUID


def live(street: Street) -> Lived:
    """Live two days on the street; the clock stands a little after the last story."""
    chen, thing = street.actor("chen"), lends(street)
    closed = asked(street)
    done = checked_out(street, closed)
    both_say(street, done, 40, 44)
    rate.rate(street.actor("li"), done, 1, ["late"], street.key())
    disputed = asked(street, "meal")
    disputed_visit = checked_out(street, disputed)
    both_say(street, disputed_visit, 40, 120)
    waiting_visit = checked_out(street, asked(street, "shopping"))
    confirm.confirm(street.actor("wang"), waiting_visit, 30, street.key())
    sent = asked(street, "talk", words="想找人说说话")
    for _ in range(2):
        due = needs.need(sent, now()).due_at
        assert due is not None
        steps.move_clock(to=due, speed=0)
        escalate.run_due()
    answer.dispatch(street.actor("lin"), sent, OTHER, "那边有人", street.key())
    answer.object_to(street.actor("zheng"), sent, "不在我们这里", street.key())
    open_need = asked(street, "repair", words="水管漏水 <b>急</b>")
    waiting = asked(street, "medicine")
    booked_visit = booked(street, waiting)
    offer = offered(street, open_need, "wu")
    issued = sheets.issue(chen, street.homes["li"], "1 栋", street.key())
    by_sheet = ask.ask(STRANGER, ask.AskDraft(service="meal", sheet_token=issued["token"], caller_name="王伯"), street.key())
    answer.declare_service(chen, "after_school", HOME, street.key())
    taken, held, waits = (
        borrowed(street, "li", "wheelchair", thing=thing),
        borrowed(street, "li", "walker"),
        borrowed(street, "daughter", "oxygen"),
    )
    loans.place_waiting()
    blackout = things.black_out(chen, thing, (now() + timedelta(days=9), None), "换轮胎", street.key(), unit=2)["blackout"]
    import_programme()
    judge.carry_in(
        street.actor("lin"), CITY, [Carried(HOME, LAST, 6, 40), Carried(OTHER, LAST, 38, 40)], "2026 年第一季度问卷", street.key()
    )
    take_stock()
    warning = warnings.open_in(HOME, now())[0].id
    stars.grade(street.actor("lin"), CITY, street.key())
    star = wellbeing.star_of(HOME)
    assert star is not None
    played()
    keep_record()
    paper, paper_draft = papers(street)
    today = now().astimezone(certificates.BEIJING).date()
    wang = street.actor("wang")
    certificate = certificates.issue(wang, street.people["wang"], today - timedelta(days=30), today, street.key())["certificate"]
    return Lived(
        street=street, closed=closed, disputed=disputed, sent=sent, booked=waiting, open=open_need, by_sheet=UUID(by_sheet["need"]),
        done_visit=done, disputed_visit=disputed_visit, waiting_visit=waiting_visit, booked_visit=booked_visit, offer=offer, warning=warning, star=star.id,
        rectification=voice.open_rectifications(HOME, now())[0].id, sheet=UUID(issued["sheet"]), sheet_token=issued["token"],
        follow=by_sheet["follow"], trial=tried(street), waiting_trial=trial_asked(street, offers_at_once="1"),
        white_paper=paper, white_draft=paper_draft, certificate=UUID(certificate),
        thing=thing, rests=UUID(blackout), alliance=lending.alliances(HOME, now())[0].id,
        borrowed=taken, held=held, waits=waits,
    )  # fmt: skip
