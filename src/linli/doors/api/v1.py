"""/api/v1: the same journeys as the pages, for programs. Every unsafe call carries an Idempotency-Key.

docs/interfaces/api.md walks through it; a test does what stands there.
"""

from __future__ import annotations

from ninja import NinjaAPI

from linli.doors.api import indicators, lending, mine, needs, places, visits
from linli.doors.api.problems import OnceEach, install

api = NinjaAPI(title="Linli 邻里", version="1", urls_namespace="api-1", docs_url=None, openapi_url="/openapi.json", parser=OnceEach())
install(api)
for part in (needs, visits, lending, mine, places, indicators):
    api.add_router("", part.router)
