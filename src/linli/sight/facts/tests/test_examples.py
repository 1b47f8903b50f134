"""Every share, ratio, mean, median and percentile of the registry, counted by hand from one small month.

The month below is told in plain facts. What each indicator must say of it stands in EXAMPLES: worked out with a pencil from the
definition in words (numerator, denominator, the figure rounded half up in its unit), never by the code that is tested here. An
indicator without an example fails. Facts of other months, another city and an older look at the registers lie beside it, and count nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import override_settings

from linli.sight.facts import counting, sets
from linli.sight.facts.core import FactIn, FactKind, Stock
from linli.sight.facts.counting import Asked
from linli.sight.facts.figure import About, figure_of
from linli.sight.facts.indicator import Shape
from linli.sight.facts.indicators import LISTED, REGISTRY

K = FactKind
CITY, HOME, NEXT, AWAY = "4401", "440104001001", "440104001002", "440305001001"
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
NOON = datetime(2026, 6, 10, 4, tzinfo=UTC)
MAY_LAST, JULY_FIRST = datetime(2026, 5, 31, 15, 59, tzinfo=UTC), datetime(2026, 6, 30, 16, tzinfo=UTC)  # 23:59 and 0:00 in Beijing
# Made-up services, so that the list of what people ask for stays readable; "medicine" is one the registry names.
DOMAINS = {
    "meal": "elder", "minding": "child", "escort": "health", "medicine": "health", "repair": "home", "ramp": "disabled", "choir": "culture",
    "watch": "safety", "parcel": "hardship",
}  # fmt: skip
WANG, LIU, ZHAO = UUID(int=1), UUID(int=2), UUID(int=3)
ASKERS = [UUID(int=n) for n in range(11, 17)]


def spoken() -> Iterator[FactIn]:
    """Yield needs: asked, answered, ended and what else became of them."""
    # service, group, channel, urgent, minutes to the answer and in time, minutes to the end and met and in time (None: not ended)
    for number, (service, group, channel, urgent, waited, soon, ended) in enumerate(
        (
            ("meal", "alone", "web", True, 10, True, (200, True, True)),
            ("meal", "alone", "phone", False, 45, True, (400, True, True)),
            ("escort", "disabled", "code", True, 25, False, (900, True, True)),
            ("medicine", "", "web", True, 70, True, (1500, True, True)),
            ("repair", "", "web", False, 100, True, (5000, False, False)),
            ("minding", "child", "phone", False, 130, False, (600, True, True)),
            ("ramp", "disabled", "web", False, 15, True, None),
            ("choir", "", "web", False, None, False, None),
            ("watch", "low_income", "code", True, 5, True, (100, False, True)),
            ("parcel", "low_income", "phone", False, 55, True, (800, True, True)),
        )
    ):
        about, place, tag = f"need:{number}", (HOME, NEXT)[number % 2], "urgent" if urgent else ""
        yield FactIn(K.NEED_ASKED, about, place, True, NOON, 0, service, None, group, channel, tag)
        if waited is not None:
            yield FactIn(K.NEED_ANSWERED, about, place, soon, NOON, waited, service, None, group, channel, tag)
            if urgent or group:
                yield FactIn(K.CARE_ANSWERED, about, place, soon, NOON, waited, service, None, group, channel, tag)
        if ended is not None:
            took, met, in_time = ended
            yield FactIn(K.NEED_ENDED, about, place, met, NOON, took, service, None, group, channel, tag)
            yield FactIn(K.NEED_HANDLED, about, place, in_time, NOON, took, service, None, group, channel, tag)
    # Forty more were asked on the page by nobody of a group, and nothing has come of them yet.
    more = {"meal": 4, "medicine": 1, "repair": 3, "ramp": 4, "choir": 6, "watch": 8, "parcel": 14}
    for service, times in more.items():
        for number in range(times):
            yield FactIn(K.NEED_ASKED, f"more:{service}:{number}", HOME, True, NOON, 0, service, None, "", "web")
    yield FactIn(K.NEED_WITHDRAWN, "need:6:1", HOME, True, NOON)
    for number, level in enumerate(("street", "city", "street")):
        yield FactIn(K.NEED_ESCALATED, f"up:{number}", HOME, True, NOON, tag=level)
    for number, (upheld, tag) in enumerate(((True, "in_time"), (False, "in_time"), (False, "in_time"), (False, "late"))):
        yield FactIn(K.OBJECTION_SETTLED, f"objection:{number}", HOME, upheld, NOON, 100, tag=tag)


def helped() -> Iterator[FactIn]:
    """Yield offers, visits and who took part."""
    for number, (tag, minutes) in enumerate(
        (
            ("accepted", 2), ("accepted", 4), ("accepted", 8), ("accepted", 9), ("accepted", 20), ("accepted", 60), ("declined", 5),
            ("declined", 12), ("declined", 30), ("lapsed", 120), ("lapsed", 120), ("withdrawn", 1),
        )
    ):  # fmt: skip
        yield FactIn(K.OFFER_ENDED, f"offer:{number}", HOME, tag == "accepted", NOON, minutes, "meal", WANG, tag=tag)
    for number in range(8):
        yield FactIn(K.VISIT_BOOKED, f"visit:{number}", HOME, True, NOON, 0, "meal", WANG)
    yield FactIn(K.NO_SHOW, "visit:7:1", HOME, True, NOON, 0, "meal", WANG)
    for number, (late, punctual, way) in enumerate(
        ((0, True, "code"), (0, True, "code"), (0, True, "paper"), (3, True, "code"), (5, True, "code"), (12, False, "paper"), (20, False, "code"))
    ):  # fmt: skip
        yield FactIn(K.CHECKED_IN, f"visit:{number}", HOME, punctual, NOON, late, "meal", WANG, tag=way)
    done = ((WANG, 30, True), (WANG, 45, True), (WANG, 50, True), (LIU, 60, True), (LIU, 90, False), (ZHAO, 120, True))
    for number, (helper, minutes, whole) in enumerate(done):
        yield FactIn(K.VISIT_DONE, f"visit:{number}", (HOME, NEXT)[number % 2], whole, NOON, minutes, "meal", helper)
        yield FactIn(K.TOOK_PART, f"visit:{number}:{helper}", HOME, True, NOON, subject=helper, tag="helped")
    for number, way in enumerate(("self", "self", "self", "self", "guardian", "call_back")):
        yield FactIn(K.CONFIRMED, f"visit:{number}", HOME, True, NOON, tag=way)
    for number in range(2):
        yield FactIn(K.VISIT_DISPUTED, f"visit:{number}:1", HOME, True, NOON, 0, "meal", WANG)
    # Six neighbours asked, the first of them twice; ZHAO, who helps, asked too.
    for number, person in enumerate((*ASKERS, ASKERS[0], ZHAO)):
        yield FactIn(K.TOOK_PART, f"need:{number}", NEXT, True, NOON, subject=person, tag="asked")


def said() -> Iterator[FactIn]:
    """Yield ratings and rectifications, the record, and warnings."""
    for number, stars in enumerate((5, 5, 5, 4, 2, 1)):
        yield FactIn(K.RATED, f"visit:{number}", HOME, stars >= 4, NOON, stars, "meal")
    for number in range(4):
        yield FactIn(K.RECTIFY_OPENED, f"visit:{number}", HOME, True, NOON)
    for number, (minutes, in_time) in enumerate(((600, True), (1440, True), (9000, False))):
        yield FactIn(K.RECTIFY_ENDED, f"visit:{number}", HOME, in_time, NOON, minutes)
    for place, entries in ((HOME, 45), (NEXT, 18)):
        yield FactIn(K.EVIDENCED, f"entries:{place}", place, True, NOON, entries)
    for number, (minutes, in_time) in enumerate(((3, True), (7, True), (61, False), (2, True))):
        yield FactIn(K.SIGN_LAG, f"lag:{number}", HOME, in_time, NOON, minutes)
    for place, looks in ((HOME, 12), (NEXT, 8)):
        yield FactIn(K.LOOKED, f"looks:{place}", place, True, NOON, looks)
    for number in range(5):
        yield FactIn(K.WARNING_OPENED, f"warning:{number}", HOME, True, NOON, tag="blue")
    for number, in_time in enumerate((True, True, False)):
        yield FactIn(K.WARNING_PLANNED, f"warning:{number}", HOME, in_time, NOON, 100, tag="blue")
    for number, minutes in enumerate((1000, 3001)):
        yield FactIn(K.WARNING_CLOSED, f"warning:{number}", HOME, True, NOON, minutes, tag="blue")


def stood() -> Iterator[FactIn]:
    """Yield what stands on the registers of the two communities at the last look, and what stood there ten days before."""
    last = {
        Stock.RESIDENTS: (600, 400), Stock.AGED_60: (120, 80), Stock.HOUSEHOLDS: (250, 150), Stock.ACCOUNTS: (200, 100),
        Stock.WORKERS: (1, 2), Stock.CONSENTS: (90, 60), Stock.HELPERS: (12, 8), Stock.HELPERS_PAUSED: (2, 1),
        Stock.HELPERS_CERTIFIED: (5, 0), Stock.BOOKS: (25, 15), Stock.GROUP_ALONE: (14, 6), Stock.PAIRED_ALONE: (8, 2),
        Stock.GROUP_DISABLED: (12, 0), Stock.PAIRED_DISABLED: (3, 0), Stock.GROUP_CHILD: (2, 3), Stock.PAIRED_CHILD: (1, 1),
        Stock.GROUP_LOW_INCOME: (10, 5), Stock.PAIRED_LOW_INCOME: (6, 3),
    }  # fmt: skip
    for stock, both in last.items():
        for place, n in zip((HOME, NEXT), both, strict=True):
            yield FactIn(K.STOCK, f"{stock.value}:{place}:old", place, True, NOON - timedelta(days=10), n + 7, tag=stock.value)
            yield FactIn(K.STOCK, f"{stock.value}:{place}", place, True, NOON, n, tag=stock.value)


def beside() -> Iterator[FactIn]:
    """Yield one fact of every kind in the last minute of May, in the first of July, and in another city."""
    for kind in K:
        tag = Stock.RESIDENTS.value if kind is K.STOCK else "urgent"
        for name, place, at in (("may", HOME, MAY_LAST), ("july", HOME, JULY_FIRST), ("away", AWAY, NOON)):
            yield FactIn(kind, f"{name}:{kind.value}", place, True, at, 5, "meal", UUID(int=99), "alone", "phone", tag)


# code: (numerator, denominator, value). A value is in parts per million for shares and ratios, in thousandths for means, in minutes
# for times; a time's numerator is the time itself.
EXAMPLES: dict[str, tuple[int, int, int]] = {
    # Fifty asked: ten told of one by one, forty more. Of the ten: 4 urgent, 5 by code or phone, 7 of groups.
    "needs_per_1000": (50, 1000, 50_000),
    "needs_urgent_share": (4, 50, 80_000),
    "needs_phoneless_share": (5, 50, 100_000),
    "needs_groups_share": (7, 50, 140_000),
    "needs_elder_share": (6, 50, 120_000),  # 2 + 4
    "needs_childcare_share": (1, 50, 20_000),
    "needs_health_share": (3, 50, 60_000),  # an escort, 2 for medicine
    "needs_home_share": (4, 50, 80_000),
    "needs_disabled_share": (5, 50, 100_000),
    "needs_culture_share": (7, 50, 140_000),
    "needs_safety_share": (9, 50, 180_000),
    "needs_hardship_share": (15, 50, 300_000),
    "needs_medicine_share": (2, 50, 40_000),
    # Answers of all: 5 10 15 25 45 55 70 100 130, two of them late. The ninth tenth lies 7.2 steps up: 100 + 0.2 × 30.
    "answered_in_time": (7, 9, 777_778),
    "answer_median": (45, 9, 45),
    "answer_p90": (106, 9, 106),
    # Urgent: 5 10 25 70, that of 25 late. Between 10 and 25: 17.5; 2.7 steps up: 25 + 0.7 × 45 = 56.5. Halves go up.
    "urgent_in_time": (3, 4, 750_000),
    "urgent_median": (18, 4, 18),
    "urgent_p90": (57, 4, 57),
    # Groups: 5 10 15 25 45 55 130, those of 25 and 130 late. Alone: 10 45, the middle 27.5.
    "groups_in_time": (5, 7, 714_286),
    "groups_median": (25, 7, 25),
    "alone_in_time": (2, 2, 1_000_000),
    "alone_median": (28, 2, 28),
    "phoneless_in_time": (3, 5, 600_000),  # by code or phone: 45 25 130 5 55, two late
    "care_in_time": (6, 8, 750_000),  # the seven of groups and one urgent without a group
    "escalations_per_need": (3, 50, 60_000),
    # Ended: 100 200 400 600 800 900 1500 5000; the last late and not by a neighbour, nor the first. 6.3 steps up: 1500 + 0.3 × 3500.
    "met_share": (6, 8, 750_000),
    "handled_in_time": (7, 8, 875_000),
    "handle_median": (700, 8, 700),
    "handle_p90": (2550, 8, 2550),
    "withdrawn_per_need": (1, 50, 20_000),
    "objections_upheld": (1, 4, 250_000),
    "objections_in_time": (3, 4, 750_000),
    # Eight booked, seven checked in, six done: 30 45 50 60 90 120 minutes.
    "visit_median": (55, 6, 55),
    "to_checklist": (5, 6, 833_333),
    "punctual": (5, 7, 714_286),
    "paper_share": (2, 7, 285_714),
    "confirmed_self_share": (4, 6, 666_667),
    "confirmed_call_share": (1, 6, 166_667),
    "no_shows_per_booked": (1, 8, 125_000),
    "disputes_per_visit": (2, 6, 333_333),
    # Twelve offers ended: 6 accepted, 3 declined, 2 lapsed, 1 withdrawn. Answers: 2 4 5 8 9 12 20 30 60.
    "offers_accepted_share": (6, 12, 500_000),
    "offers_declined_share": (3, 12, 250_000),
    "offers_lapsed_share": (2, 12, 166_667),
    "offer_median": (9, 9, 9),
    # Three helped: WANG 30 + 45 + 50 = 125, LIU 60 + 90 = 150, ZHAO 120; together 395. A tenth of three, rounded up, is one.
    "helpers_per_1000": (20, 1000, 20_000),
    "helpers_active_share": (3, 20, 150_000),
    "helpers_again_share": (2, 3, 666_667),
    "helpers_paused_share": (3, 20, 150_000),
    "helpers_certified_share": (5, 20, 250_000),
    "load_top_share": (150, 395, 379_747),
    "load_gini": (60, 1185, 50_633),  # differences of the pairs: 5 + 30 + 25 = 60, over 3 × 395
    "time_books_per_1000": (40, 1000, 40_000),
    # Six ratings: 5 5 5 4 2 1, together 22.
    "satisfaction": (4, 6, 666_667),
    "stars_mean": (22, 6, 3667),
    "rated_per_visit": (6, 6, 1_000_000),
    "five_star_share": (3, 6, 500_000),
    "low_share": (2, 6, 333_333),
    "rectified_in_time": (2, 3, 666_667),
    "rectified_per_opened": (3, 4, 750_000),
    "rectify_median": (1440, 3, 1440),
    # On the registers: 20 live alone, 12 disabled, 5 children, 15 of low income, 52 in all; with a helper 10 + 3 + 2 + 9 = 24.
    "groups_covered": (24, 52, 461_538),
    "alone_covered": (10, 20, 500_000),
    "disabled_covered": (3, 12, 250_000),
    "child_covered": (2, 5, 400_000),
    "low_income_covered": (9, 15, 600_000),
    "alone_per_aged": (20, 200, 100_000),
    "aged_60_share": (200, 1000, 200_000),
    "household_size": (1000, 400, 2500),
    "workers_per_1000": (3, 1000, 3000),
    "accounts_share": (300, 1000, 300_000),
    # Who took part: six askers, ZHAO who asked and helped, WANG and LIU.
    "participation": (9, 1000, 9000),
    "mutual_aid": (3, 1000, 3000),
    "askers": (7, 1000, 7000),
    "entries_per_visit": (63, 6, 10_500_000),
    "sign_lag": (61, 4, 61),
    "signed_in_time": (3, 4, 750_000),
    "consents_per_1000": (150, 1000, 150_000),
    "looks_per_1000": (20, 1000, 20_000),
    "plans_in_time": (2, 3, 666_667),
    "warnings_closed_per_opened": (2, 5, 400_000),
    "warning_median": (2001, 2, 2001),  # between 1000 and 3001, a half up
}


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, int]:
    """Return the measures of the city in June, counted from the month above as it would lie in frozen files."""
    folder: Path = tmp_path_factory.mktemp("example")
    files = []
    with override_settings(LINLI_DATA=folder):
        facts = [fact for told in (spoken, helped, said, stood, beside) for fact in told()]
        rows = [
            sets.row_of(
                (n, f.kind.value, f.place, f.service, f.group, f.channel, f.tag, f.good, f.value, f.subject, f.occurred_at, f.occurred_at),
                secret=b"example", domains=DOMAINS, moved={},
            )
            for n, f in enumerate(facts)
        ]  # fmt: skip
        # A month's file may hold a neighbour's days: what counts is the day, not where it lies.
        files = [str(sets.folder() / sets.write(CITY, "2026-06", rows).path)]
    return counting.count(Asked(tuple(files), "", JUNE, JULY, len(CITY)))[CITY, ""]


def test_every_share_ratio_mean_and_time_has_an_example() -> None:
    plain = {Shape.COUNT, Shape.AMOUNT}
    assert set(EXAMPLES) == {line.code for line in LISTED if line.shape not in plain and not line.missing}


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_indicator_says_what_was_counted_by_hand(counts: Mapping[str, int], code: str) -> None:
    about = About(CITY, JUNE, JULY, "example", NOON)
    found = figure_of(REGISTRY[code], counts, about, hide=False, least=0)
    assert (found.numerator, found.denominator, found.value) == EXAMPLES[code]
