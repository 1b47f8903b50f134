"""The lived street with many of everything: twenty neighbours who ask and help, twenty rows on every list."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from uuid import UUID

from linli.ground.people import reads as people
from linli.ground.steps import verbs as steps
from linli.ground.steps.reads import now
from linli.help.needs import reads as needs
from linli.help.visits import reads as visits
from linli.journeys import accept, answer, ask, borrow, confirm, ground, helping, propose, rate, sheets, things, visit
from linli.journeys.accounts import open_account
from linli.journeys.corridor import step
from linli.journeys.escalate import run_due
from linli.journeys.take_stock import STOCK
from linli.kernel.actor import Actor, Channel
from linli.sight.warnings import verbs as warnings
from linli.sight.warnings.core import Call, Level, Reason
from tests.cast import HOME, OTHER
from tests.lived import LAST, Lived
from tests.tried import asked as trial_asked

MANY, OPEN_MAX = 20, 5
FORM = helping.HelperForm(("talk", "meal", "shopping", "repair"), 5000)


def actor(person: UUID) -> Actor:
    """Return somebody with today's posts."""
    return people.actor_of(person, now(), channel=Channel.WEB)


def neighbours(lived: Lived, many: int = MANY) -> list[UUID]:
    """Enter neighbours with accounts, in a special group, who help too."""
    street, found = lived.street, []
    for n in range(many):
        form = ground.ResidentForm(
            f"邻居{n}",
            street.homes["li"],
            f"+86100900010{n:02d}",
            f"{n + 1} 单元 101",
            1950,
            "f",
            groups=("alone",),
            helper=street.people["wang"],
        )
        person = UUID(ground.enter_resident(street.actor("chen"), form, street.key())["person"])
        open_account(Actor.system("operator"), person, None, street.key())
        helping.join(actor(person), FORM, street.key())
        found.append(person)
    return found


def helped(lived: Lived, asker: UUID, helper: UUID, service: str, *, to_the_end: bool) -> UUID:
    """Ask, offer and book; to the end: until both have confirmed and a bad rating was given."""
    street = lived.street
    need = UUID(ask.ask(actor(asker), ask.AskDraft(service=service), street.key())["need"])
    offer = UUID(propose.offer_to(street.actor("chen"), need, helper, street.key())["offer"])
    made = UUID(accept.accept(actor(helper), offer, street.key())["visit"])
    if not to_the_end:
        return made
    row = visits.visit(made)
    steps.move_clock(to=row.starts_at, speed=0)
    visit.check_in(actor(helper), made, visit.code_shown(actor(asker), made, now()).code, street.key())
    steps.move_clock(by=timedelta(minutes=row.minutes_estimated))
    service_row = needs.service(row.service)
    assert service_row is not None
    for item in range(len(service_row.checklist)):
        visit.tick(actor(helper), made, item, True, street.key())
    visit.check_out(actor(helper), made, street.key())
    confirm.confirm(actor(helper), made, row.minutes_estimated, street.key())
    confirm.confirm(actor(asker), made, row.minutes_estimated, street.key())
    rate.rate(actor(asker), made, 1, ["late"], street.key())
    return made


def _risen(lived: Lived, found: list[UUID]) -> None:
    """Let needs climb to the city, be sent to the other community and be objected to."""
    street = lived.street
    asked = [UUID(ask.ask(actor(p), ask.AskDraft(service="talk"), street.key())["need"]) for p in found]
    for _ in range(2):
        last = max(due for need in asked if (due := needs.need(need, now()).due_at) is not None)
        steps.move_clock(to=last, speed=0)
        run_due()
    for need in asked:
        answer.dispatch(street.actor("lin"), need, OTHER, "那边有人", street.key())
        answer.object_to(street.actor("zheng"), need, "不在我们这里", street.key())


def _own(lived: Lived) -> None:
    """Let the daughter ask for herself as often as she may, each time offered to somebody."""
    street = lived.street
    for _ in range(OPEN_MAX - 1):
        need = UUID(ask.ask(street.actor("daughter"), ask.AskDraft(service="meal"), street.key())["need"])
        propose.offer_to(street.actor("chen"), need, street.people["wu"], street.key())


def one_of_each(lived: Lived) -> None:
    """Add what the lived street has none of: an offer to 小王, somebody 李奶奶 does not want, a need of the daughter's own."""
    street = lived.street
    steps.move_clock(by=timedelta(days=1))  # 小王 is busy today
    propose.offer_to(street.actor("chen"), lived.open, street.people["wang"], street.key())
    helping.block(street.actor("li"), street.people["wu"], street.key())
    own = UUID(ask.ask(street.actor("daughter"), ask.AskDraft(service="meal"), street.key())["need"])
    propose.offer_to(street.actor("chen"), own, street.people["wu"], street.key())


def _lending(lived: Lived, found: list[UUID]) -> None:
    """Let everybody borrow the same wheelchair one after another, and the community lend many things more."""
    street, chen = lived.street, lived.street.actor("chen")
    for n, person in enumerate(found):
        things.enter_thing(chen, things.ThingForm("toolbox", f"工具箱 {n}", street.homes["li"]), street.key())
        begin = now().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=5 + n)
        wish = borrow.Wish("wheelchair", begin, begin + timedelta(days=1), lived.thing)
        borrow.ask(actor(person), wish, street.key())
        borrow.ask(actor(person), borrow.Wish("oxygen", begin, begin + timedelta(days=1)), street.key())
    for n in range(2):
        begin = now().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=2 + n)
        borrow.ask(street.actor("daughter"), borrow.Wish("room", begin, begin + timedelta(hours=2)), street.key())


def crowd(lived: Lived) -> None:
    """Fill the street. The clock stands where it stood before the last bookings begin."""
    street = lived.street
    found = neighbours(lived)
    for person in found:
        steps.move_clock(by=timedelta(days=1))  # nobody helps more than a few times a day
        helped(lived, person, street.people["wang"], "meal", to_the_end=True)
    _risen(lived, found)
    _own(lived)
    wang = street.people["wang"]
    for n, person in enumerate(found):
        helped(lived, person, found[n - 1], "shopping", to_the_end=False)
        need = UUID(ask.ask(actor(person), ask.AskDraft(service="repair"), street.key())["need"])
        propose.offer_to(street.actor("chen"), need, wang, street.key())
        helping.block(street.actor("li"), person, street.key())
        sheets.issue(street.actor("chen"), street.homes["li"], f"{n} 栋", street.key())
        looking = actor(street.people["chen"])
        people.disclose(looking, [street.people["li"]], wanted=frozenset(people.DataClass), purpose=people.Purpose.QUEUE, now=now())
    for place, level in product((HOME, OTHER), Level):
        with step(STOCK, None, "sight.take_stock", {}, place=place) as s:
            warnings.open_case(s, place, Call(level, Reason.INTERVAL, 3, 40, 1), LAST.plus(-1), bar_ppm=800_000, plan_days=7)
    _lending(lived, found)
    for helpers in ("1", "2", "5"):
        trial_asked(street, offers_at_once=helpers)
