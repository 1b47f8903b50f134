"""A real cluster of Spark on this machine: a master, two workers with an executor each, bound to loopback, gone without a trace after it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pyspark
from pyspark import SparkContext
from pyspark.sql import SparkSession

EXECUTORS = 2


@contextmanager
def cluster(folder: Path) -> Iterator[SparkSession]:
    """Run a cluster whose files all lie in `folder`. Raises FileNotFoundError where there is no java."""
    surroundings = {
        "SPARK_HOME": str(Path(pyspark.__file__).parent), "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable, "SPARK_LOCAL_DIRS": str(folder / "local"),
    }  # fmt: skip
    wanted = {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.executor.memory": "512m", "spark.network.timeout": "900s", "spark.rpc.askTimeout": "900s",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0", "spark.scheduler.maxRegisteredResourcesWaitingTime": "900s", "spark.sql.shuffle.partitions": "2", "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlinli.folder={folder}",
    }  # fmt: skip
    with mock.patch.dict(os.environ, surroundings):
        builder = SparkSession.builder.master(f"local-cluster[{EXECUTORS},1,1024]").appName("linli")
        for key, value in wanted.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        gateway, work = SparkContext._gateway, Path(pyspark.__file__).parent / "work" / session.sparkContext.applicationId
        try:
            yield session
        finally:
            session.stop()
            _end(gateway)
            shutil.rmtree(work, ignore_errors=True)  # workers of such a cluster write among the packages, wherever they are told to


def _end(gateway: object) -> None:
    # The driver's java ends when its standard input does; without this it would stay as long as the tests run.
    java: subprocess.Popen[bytes] = gateway.proc  # type: ignore[attr-defined]
    gateway.shutdown()  # type: ignore[attr-defined]
    java.stdin.close()
    java.wait(timeout=60)
    SparkContext._gateway = SparkContext._jvm = None
