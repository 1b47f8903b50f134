"""A made-up month of the street's city, played and kept: what the pages about fairness show on the lived street."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np

from linli.ground.steps.reads import now
from linli.help.matching.core.play import NEVER, Way, play
from linli.help.matching.core.spread import carried, waited, walked
from linli.help.matching.tests.test_month import drawn, month
from linli.journeys import fairness
from linli.journeys.plans import policy_at
from tests.cast import HOME

FIRST = date(2026, 6, 1)


def made_up(*, needs: int = 40, helpers: int = 20, slow: int = 1) -> fairness.Drawn:
    """Return a made-up month; what really happened took `slow` times as long as the engine takes, and in the second street four times that."""
    made = month(*drawn(11, needs=needs, helpers=helpers))
    # What really happened is made without the night, so that how long a street waits hangs on the street alone.
    terms = replace(fairness.terms_of(policy_at(HOME[:4], now())), quiet=None, opens=0)
    played = play(made, terms, Way.ENGINE)
    waits = waited(made, played)
    real = np.where(waits == NEVER, NEVER, waits * slow * np.where(made.came.street == 1, 4, 1))
    return fairness.Drawn(made, real, walked(made, played, 65), carried(made, played), FIRST, 1_000_000)


def played(**how: int) -> UUID:
    """Play and keep a made-up month of the street's city."""
    rules = policy_at(HOME[:4], now())
    kept = fairness.keep(fairness.made_of(HOME[:4], made_up(**how), rules), rules)
    assert kept is not None
    return kept
