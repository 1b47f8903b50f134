"""Every test run brings its own PostgreSQL cluster in a temporary folder and ends it by pid."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "src"))


def _begin() -> None:
    """Set the surroundings before Django's settings are read; workers of xdist share the cluster of the first process."""
    if "LINLI_TEST_CLUSTER" in os.environ:
        return
    # Below /var/tmp: the server's own user must reach it when the suite runs as root.
    folder = Path(tempfile.mkdtemp(prefix="linli-test-", dir="/var/tmp"))  # noqa: S108
    folder.chmod(0o755)
    os.environ.update({"LINLI_TEST_CLUSTER": str(folder), "LINLI_DATA": str(folder), "LINLI_CLOCK": "test", "LINLI_DEMO": "true"})
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.doors.site.settings"  # set here, so that settings are read after the lines above
    for name in ("LINLI_DATABASE_URL", "LINLI_PRODUCTION"):
        os.environ.pop(name, None)
    subprocess.run([sys.executable, "-m", "tools.messages", "compile"], cwd=ROOT, check=True)
    from linli.doors.commands.cluster import Cluster  # noqa: PLC0415 — after the surroundings are set

    cluster = Cluster(folder, durable=False)

    def end() -> None:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(cluster.socket, ignore_errors=True)

    atexit.register(end)
    cluster.start()


_begin()
django.setup()


@pytest.fixture(autouse=True)
def _clock_back() -> object:
    """Give every test the real time to begin with; what a test moves is taken back."""
    yield
    Path(os.environ["LINLI_DATA"], "clock.json").unlink(missing_ok=True)
