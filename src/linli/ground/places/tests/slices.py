"""Real places for tests of any room: a slice of the built-in tree, loaded in milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from django.db import transaction

from linli.ground.places import builtin, loading
from linli.ground.places.builtin import Block

GUANGDONG, GUANGZHOU, YUEXIU = "44", "4401", "440104"
HONGQIAO, SANYANJING = "440104001", "440104001007"  # 洪桥街道, 三眼井社区
DAY = datetime(2026, 5, 1, 8, tzinfo=UTC)


@cache
def _slice(prefix: str) -> tuple[Block, ...]:
    return tuple(builtin.blocks((prefix,)))


def load_slice(prefix: str = YUEXIU) -> int:
    """Load the built-in places above and below `prefix` (越秀区 by default) and the nation; return how many were not there yet."""
    with transaction.atomic():
        return loading.add_missing(_slice(prefix), total=0, progress=None).added
