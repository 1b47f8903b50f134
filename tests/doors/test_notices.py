"""Where a notice leads: for every kind and every reader of the cast a page that opens, or none."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from linli.doors.site.notices import KINDS, leads
from linli.ground.people.reads import NoticeRow
from linli.ground.steps.reads import now
from tests.cast import HOME
from tests.lived import Lived
from tests.walk import client_of

# The asker, her guardian, two helpers, the worker of the community and of another, the street's dispatcher, the city, a neighbour.
READERS = ("li", "daughter", "wang", "wu", "chen", "zheng", "he", "lin", "zhou")

# Who is told what about: kind -> (what it is about on the lived street, those whom a journey tells it, or told it, of this one).
TOLD: dict[str, tuple[str, tuple[str, ...]]] = {
    "need.opened": ("need:open", ("chen",)),
    "need.answered": ("need:booked", ("li",)),
    "need.paused": ("need:open", ("li",)),
    "need.referred": ("need:open", ("li",)),
    "need.dispatched": ("need:sent", ("zheng",)),
    "need.duty_stays": ("need:sent", ("chen",)),
    "need.escalated": ("need:sent", ("li", "chen", "he", "lin")),
    "need.objection": ("need:sent", ("he", "lin")),
    "need.objection_settled": ("need:sent", ("zheng",)),
    "need.reopened": ("need:closed", ("chen",)),
    "service.declared": ("place:home", ("he",)),
    "service.approved": ("place:home", ("chen",)),
    "offer.made": ("offer:offer", ("wang", "wu")),
    "need.one_of_two": ("need:open", ("li", "chen")),
    "need.not_two": ("visit:booked_visit", ("li", "chen")),
    "visit.one_went": ("visit:booked_visit", ("li", "chen")),
    "visit.both": ("visit:booked_visit", ("wang",)),
    "visit.waits_again": ("visit:booked_visit", ("wang",)),
    "visit.released": ("visit:booked_visit", ("wang",)),
    "visit.alone": ("visit:booked_visit", ("wang",)),
    "visit.booked": ("visit:booked_visit", ("li", "daughter", "chen")),
    "visit.cancelled": ("visit:booked_visit", ("li", "wang", "chen")),
    "visit.no_show": ("visit:booked_visit", ("li", "wang", "chen")),
    "visit.finished": ("visit:waiting_visit", ("li",)),
    "visit.disputed": ("visit:disputed_visit", ("chen",)),
    "visit.confirmed": ("visit:done_visit", ("li", "wang")),
    "visit.corrected": ("visit:done_visit", ("li", "wang")),
    "rectify.opened": ("rectification:rectification", ("chen",)),
    "rectify.shown": ("rectification:rectification", ("li",)),
    "warning.opened": ("warning:warning", ("chen", "he")),
    "warning.planned": ("warning:warning", ("he",)),
    "warning.closed": ("warning:warning", ("chen",)),
    "risk.raised": ("risk:form", ("lin",)),
    "warning.shown": ("warning:warning", ("he",)),
    "warning.drawn": ("warning:warning", ("he",)),
    "warning.risen_late": ("warning:warning", ("chen", "he", "lin")),
    "warning.risen_false": ("warning:warning", ("chen", "he", "lin")),
    "warning.late": ("warning:warning", ("chen", "he", "lin")),
    "warning.grave": ("warning:warning", ("chen", "he", "lin")),
    "stars.graded": ("stars:place", ("chen",)),
    "stars.appealed": ("stars:place", ("lin",)),
    "stars.decided": ("stars:place", ("chen",)),
    "hours.seeded": ("person:li", ("li",)),
    "family.entered": ("family:li", ("li",)),
    "family.ended": ("family:li", ("li",)),
    "certificate.issued": ("certificate:certificate", ("wang",)),
    "certificate.revoked": ("certificate:certificate", ("wang",)),
    "hours.gift": ("person:li", ("li",)),
    "booking.asked": ("booking:waits", ("chen",)),
    "booking.offered": ("booking:held", ("li", "daughter")),
    "booking.to_approve": ("booking:held", ("zheng",)),
    "booking.booked": ("booking:borrowed", ("li", "daughter", "chen")),
    "booking.released": ("booking:held", ("li", "daughter")),
    "booking.refused": ("booking:waits", ("daughter",)),
    "booking.cancelled": ("booking:borrowed", ("li", "daughter", "chen")),
    "booking.not_fetched": ("booking:borrowed", ("li", "daughter", "chen")),
    "booking.unanswered": ("booking:waits", ("chen", "he")),
    "booking.due_soon": ("booking:borrowed", ("li", "daughter")),
    "booking.overdue": ("booking:borrowed", ("li", "daughter", "chen")),
    "alliance.joined": ("alliance:alliance", ("chen", "zheng")),
}  # fmt: skip


def about(lived: Lived, what: str) -> str:
    kind, _, name = what.partition(":")
    ref: object = (
        HOME
        if kind in {"place", "stars"}
        else f"{HOME[:4]}:{name}"
        if kind == "risk"
        else lived.street.people[name]
        if kind in {"person", "family"}
        else getattr(lived, name)
    )
    return f"{kind}:{ref}"


def links(lived: Lived, reader: str, *, desk: bool) -> dict[str, str]:
    """Return where each kind leads a reader."""
    rows = {kind: NoticeRow(uuid4(), kind, about(lived, what), {}, now(), None) for kind, (what, _who) in TOLD.items()}
    found = leads(lived.street.actor(reader), tuple(rows.values()), now(), desk=desk)
    return {kind: found[row.id] for kind, row in rows.items()}


def test_every_kind_stands_in_the_table() -> None:
    assert set(TOLD) == set(KINDS)


@pytest.mark.parametrize("desk", [False, True])
@pytest.mark.parametrize("reader", READERS)
def test_a_notice_leads_to_what_its_reader_may_open(lived: Lived, reader: str, desk: bool) -> None:
    client, found = client_of(lived.street, reader), links(lived, reader, desk=desk)
    opened = {url: client.get(url, follow=True).status_code for url in set(found.values()) - {""}}
    assert {url: status for url, status in opened.items() if status != 200} == {}
    assert [kind for kind, (_what, who) in TOLD.items() if reader in who and not found[kind]] == []


def test_the_desk_leads_to_the_desk_and_the_phone_to_ones_own(lived: Lived) -> None:
    assert links(lived, "chen", desk=True)["visit.disputed"] == f"/desk/visits/{lived.disputed_visit}/"
    assert links(lived, "li", desk=False)["visit.booked"] == f"/home/need/{lived.booked}/"
    assert links(lived, "daughter", desk=False)["visit.booked"] == f"/home/need/{lived.booked}/"
    assert links(lived, "wang", desk=False)["visit.cancelled"] == f"/home/visit/{lived.booked_visit}/"
    assert links(lived, "he", desk=True)["warning.opened"] == f"/street/cases/{lived.warning}/"
    assert links(lived, "he", desk=True)["visit.disputed"] == ""  # a visit is the community's
    assert links(lived, "zheng", desk=True)["need.opened"] == ""  # another community's


def test_what_is_gone_leads_nowhere(lived: Lived) -> None:
    rows = [
        NoticeRow(uuid4(), "x", f"{kind}:{UUID(int=1)}", {}, now(), None)
        for kind in ("need", "visit", "rectification", "warning", "person", "odd")
    ]
    assert set(leads(lived.street.actor("chen"), rows, now(), desk=True).values()) == {""}


@pytest.mark.parametrize(
    ("reader", "page"),
    [("li", "/home/notices/"), ("chen", "/home/notices/"), ("chen", "/desk/notices/"), ("he", "/desk/notices/"), ("lin", "/desk/notices/")],
)
def test_every_link_of_the_page_of_notices_opens(lived: Lived, reader: str, page: str) -> None:
    client = client_of(lived.street, reader)
    shown = client.get(page).context
    urls = {row.url for row in (shown["page"].rows if page.startswith("/desk") else shown["rows"])} - {""}
    assert urls
    assert {url: status for url in urls if (status := client.get(url, follow=True).status_code) != 200} == {}
