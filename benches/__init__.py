"""Benches: how fast, measured how. `./run bench NAME` runs one; docs/benches.md tells what each measures."""

import os
from pathlib import Path

# What the matching engine compiles is kept beside the sources.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).resolve().parents[1] / ".numba_cache"))
