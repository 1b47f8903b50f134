"""The demo's first white paper: one resident agreed to have a matter told, the city published its district's first month."""

from __future__ import annotations

from datetime import timedelta

from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.journeys import mine, publish
from linli.journeys.take_stock import take_stock
from linli.kernel.actor import Channel
from linli.kernel.ids import new_token
from linli.sight.facts import reads as facts
from linli.sight.papers import reads

TELLS, CITY = "li", "lin"
DAYS = 31
DAY_HOURS = timedelta(hours=8)  # Beijing days


def first_edition(place: str) -> None:
    """Publish one edition of `place` over its last days where none is; stock is taken first where no facts were frozen yet.

    Twice changes nothing.
    """
    personas, moment = people.personas(), now()
    if reads.published(limit=1) or not {TELLS, CITY} <= personas.keys():
        return
    if not facts.newest_sets(place):
        take_stock()
    teller, city = (people.actor_of(personas[name], moment, channel=Channel.STAGE) for name in (TELLS, CITY))
    mine.grant(teller, "helped", "public", "paper", None, new_token())
    end = (moment + DAY_HOURS).date() + timedelta(days=1)
    digest = publish.draft(city, place, end - timedelta(days=DAYS), end, "", new_token())["digest"]
    publish.publish(city, digest, new_token())
