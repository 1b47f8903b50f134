"""Wait for the end of standard input, which comes when the bench ends in any way, then end what it started."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from linli.doors.commands.cluster import Cluster

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.stdin.buffer.read()
    cluster = Cluster(folder)
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(cluster.socket, ignore_errors=True)
