"""The list of measures: every whole number that indicators are made of."""

from __future__ import annotations

from linli.sight.facts.core import FactKind as F
from linli.sight.facts.core import Stock as S
from linli.sight.facts.measures import PHONELESS, count, load, most, people, quantile, rows, stock, total

URGENT = {"tag": "urgent"}
GROUPS = ("alone", "disabled", "child", "low_income")
DOMAINS = ("elder", "child", "health", "home", "disabled", "culture", "safety", "hardship")
CHANNELS = ("web", "code", "phone")
LEVELS = ("street", "city")
BAD_STARS = (1, 2)  # open a rectification

# asking
count("asked", F.NEED_ASKED)
count("asked_urgent", F.NEED_ASKED, **URGENT)
count("asked_phoneless", F.NEED_ASKED, channel=PHONELESS)
count("asked_groups", F.NEED_ASKED, grp=GROUPS)
for _name in DOMAINS:
    count(f"asked_domain_{_name}", F.NEED_ASKED, domain=_name)
for _name in GROUPS:
    count(f"asked_group_{_name}", F.NEED_ASKED, grp=_name)
for _name in CHANNELS:
    count(f"asked_channel_{_name}", F.NEED_ASKED, channel=_name)
for _name in ("meal", "medicine", "escort"):
    count(f"asked_service_{_name}", F.NEED_ASKED, service=_name)

# answering
count("answered", F.NEED_ANSWERED)
count("answered_in_time", F.NEED_ANSWERED, good=True)
quantile("answer_p50", 5, F.NEED_ANSWERED)
quantile("answer_p90", 9, F.NEED_ANSWERED)
count("urgent_answered", F.NEED_ANSWERED, **URGENT)
count("urgent_in_time", F.NEED_ANSWERED, good=True, **URGENT)
quantile("urgent_p50", 5, F.NEED_ANSWERED, **URGENT)
quantile("urgent_p90", 9, F.NEED_ANSWERED, **URGENT)
count("groups_answered", F.NEED_ANSWERED, grp=GROUPS)
count("groups_in_time", F.NEED_ANSWERED, good=True, grp=GROUPS)
quantile("groups_p50", 5, F.NEED_ANSWERED, grp=GROUPS)
count("alone_answered", F.NEED_ANSWERED, grp="alone")
count("alone_in_time", F.NEED_ANSWERED, good=True, grp="alone")
quantile("alone_p50", 5, F.NEED_ANSWERED, grp="alone")
count("phoneless_answered", F.NEED_ANSWERED, channel=PHONELESS)
count("phoneless_in_time", F.NEED_ANSWERED, good=True, channel=PHONELESS)
count("care_answered", F.CARE_ANSWERED)
count("care_in_time", F.CARE_ANSWERED, good=True)

# handling
count("ended", F.NEED_ENDED)
count("met", F.NEED_ENDED, good=True)
count("handled", F.NEED_HANDLED)
count("handled_in_time", F.NEED_HANDLED, good=True)
quantile("handle_p50", 5, F.NEED_HANDLED)
quantile("handle_p90", 9, F.NEED_HANDLED)
count("withdrawn", F.NEED_WITHDRAWN)
count("referred", F.NEED_REFERRED)
count("reopened", F.NEED_REOPENED)
count("escalated", F.NEED_ESCALATED)
for _name in LEVELS:
    count(f"escalated_{_name}", F.NEED_ESCALATED, tag=_name)
count("dispatched", F.NEED_DISPATCHED)
count("objections", F.OBJECTION_MADE)
count("objections_settled", F.OBJECTION_SETTLED)
count("objections_upheld", F.OBJECTION_SETTLED, good=True)
count("objections_in_time", F.OBJECTION_SETTLED, tag="in_time")
stock("needs_live", S.NEEDS_LIVE)
rows("looked_at_registers")
stock("needs_late", S.NEEDS_LATE)

# visits and offers
count("offers_ended", F.OFFER_ENDED)
for _name in ("accepted", "declined", "lapsed"):
    count(f"offers_{_name}", F.OFFER_ENDED, tag=_name)
quantile("offer_p50", 5, F.OFFER_ENDED, tag=("accepted", "declined"))
count("offers_answered", F.OFFER_ENDED, tag=("accepted", "declined"))
count("booked", F.VISIT_BOOKED)
count("visits", F.VISIT_DONE)
total("visit_minutes", F.VISIT_DONE)
quantile("visit_p50", 5, F.VISIT_DONE)
count("to_checklist", F.VISIT_DONE, good=True)
count("checked_in", F.CHECKED_IN)
count("punctual", F.CHECKED_IN, good=True)
count("by_paper", F.CHECKED_IN, tag="paper")
count("confirmed", F.CONFIRMED)
count("confirmed_self", F.CONFIRMED, tag="self")
count("confirmed_call", F.CONFIRMED, tag="call_back")
count("no_shows", F.NO_SHOW)
count("cancelled", F.VISIT_CANCELLED)
count("disputed", F.VISIT_DISPUTED)
count("settled", F.VISIT_SETTLED)
count("corrected", F.VISIT_CORRECTED)

# helpers
stock("helpers", S.HELPERS)
stock("helpers_paused", S.HELPERS_PAUSED)
stock("helpers_certified", S.HELPERS_CERTIFIED)
count("joined", F.HELPER_JOINED)
count("certified", F.CERTIFIED)
people("helpers_active", F.VISIT_DONE)
load("helpers_helped", lambda t: t.minutes.count())
load("helpers_again", lambda t: (t.visits >= 2).sum())
load("load_minutes", lambda t: t.minutes.sum())
load("load_top", lambda t: t.minutes.sum(where=t.rank * 10 < t.helpers))
load("gini_top", lambda t: 2 * (t.least * t.minutes).sum() - (t.helpers.max() + 1) * t.minutes.sum())
load("gini_bottom", lambda t: t.helpers.max() * t.minutes.sum())

# hours
for _kind, _name in (
    (F.HOURS_HELD, "held"), (F.HOURS_POSTED, "posted"), (F.HOURS_HONOUR, "honour"), (F.HOURS_RETURNED, "returned"),
    (F.HOURS_CORRECTED, "taken_back"), (F.HOURS_SEEDED, "seeded"),
):  # fmt: skip
    total(f"hours_{_name}", _kind)
    count(f"hours_{_name}_n", _kind)
stock("books", S.BOOKS)
stock("book_minutes", S.BOOK_MINUTES)

# voice
count("rated", F.RATED)
count("satisfied", F.RATED, good=True)
total("stars", F.RATED)
count("stars_5", F.RATED, value=5)
count("rated_low", F.RATED, value=BAD_STARS)
count("rectify_opened", F.RECTIFY_OPENED)
count("rectify_ended", F.RECTIFY_ENDED)
count("rectify_in_time", F.RECTIFY_ENDED, good=True)
quantile("rectify_p50", 5, F.RECTIFY_ENDED)
count("rectify_rejected", F.RECTIFY_REJECTED)

# groups
for _name, _held, _paired in (
    ("alone", S.GROUP_ALONE, S.PAIRED_ALONE),
    ("disabled", S.GROUP_DISABLED, S.PAIRED_DISABLED),
    ("child", S.GROUP_CHILD, S.PAIRED_CHILD),
    ("low_income", S.GROUP_LOW_INCOME, S.PAIRED_LOW_INCOME),
):
    stock(f"group_{_name}", _held)
    stock(f"paired_{_name}", _paired)
stock("groups_all", S.GROUP_ALONE, S.GROUP_DISABLED, S.GROUP_CHILD, S.GROUP_LOW_INCOME)
stock("paired_all", S.PAIRED_ALONE, S.PAIRED_DISABLED, S.PAIRED_CHILD, S.PAIRED_LOW_INCOME)

# people
for _stock in (
    S.RESIDENTS, S.AGED_60, S.AGED_80, S.HOUSEHOLDS, S.GRIDS, S.BUILDINGS, S.ACCOUNTS, S.GUARDED, S.WORKERS, S.GRID_WORKERS, S.SPECIALS,
    S.SHEETS, S.CONSENTS,
):  # fmt: skip
    stock(_stock.value, _stock)
people("took_part", F.TOOK_PART)
people("asked_people", F.TOOK_PART, tag="asked")
people("helped_people", F.TOOK_PART, tag="helped")

# trust
count("consents_granted", F.CONSENT_GRANTED)
count("consents_withdrawn", F.CONSENT_WITHDRAWN)
total("looks", F.LOOKED)
total("evidenced", F.EVIDENCED)
most("sign_lag", F.SIGN_LAG)
count("sign_days", F.SIGN_LAG)
count("sign_days_in_time", F.SIGN_LAG, good=True)

# warnings
count("warned", F.WARNING_OPENED)
for _name in ("blue", "yellow", "red"):
    count(f"warned_{_name}", F.WARNING_OPENED, tag=_name)
count("plans", F.WARNING_PLANNED)
count("plans_in_time", F.WARNING_PLANNED, good=True)
count("warnings_closed", F.WARNING_CLOSED)
quantile("warning_p50", 5, F.WARNING_CLOSED)
