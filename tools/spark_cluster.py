"""A standalone Spark cluster on this machine, for trying out `LAKE_ENGINE=spark`: a master and some workers.

PyPI's PySpark has no start scripts, so the daemons are started by its `spark-class`, with Java 17. They listen on
loopback only and end with this process.

    python tools/spark_cluster.py --workers 2
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from place import end, free_port

HOST = "127.0.0.1"
PATIENCE_S = 120


@dataclass
class Cluster:
    """A running cluster."""

    master: str
    ui: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def workers_seen(self) -> int:
        """Workers that the master counts as alive."""
        with urllib.request.urlopen(f"{self.ui}/json/", timeout=10) as answer:  # noqa: S310 (our own, on loopback)
            told = json.load(answer)
        return sum(worker["state"] == "ALIVE" for worker in told["workers"])


@contextmanager
def running(*, workers: int = 2, cores: int = 1, memory: str = "1g", folder: Path | None = None) -> Iterator[Cluster]:
    """Start a master and workers, and stop them afterwards. `folder` takes their logs and what they put aside."""
    own = None if folder else tempfile.mkdtemp(prefix="ietvars-spark-cluster-")
    place = folder or Path(own or "")
    place.mkdir(parents=True, exist_ok=True)
    port, ui = free_port(), free_port()
    cluster = Cluster(f"spark://{HOST}:{port}", f"http://{HOST}:{ui}")
    try:
        named = ["--host", HOST, "--port", str(port), "--webui-port", str(ui)]
        cluster.processes.append(_start("org.apache.spark.deploy.master.Master", named, place, "master"))
        _wait(cluster, lambda: cluster.workers_seen() >= 0)
        for number in range(workers):
            given = ["--host", HOST, "--webui-port", "0", "--cores", str(cores), "--memory", memory]
            given += ["--work-dir", str(place / f"worker-{number}"), cluster.master]
            cluster.processes.append(_start("org.apache.spark.deploy.worker.Worker", given, place, f"worker-{number}"))
        _wait(cluster, lambda: cluster.workers_seen() == workers)
        yield cluster
    finally:
        for process in reversed(cluster.processes):
            end(process)
        if own:
            shutil.rmtree(own, ignore_errors=True)


def _start(what: str, arguments: list[str], folder: Path, name: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(folder / "aside"),
        "SPARK_DAEMON_MEMORY": "512m",
        "PYSPARK_PYTHON": sys.executable,
    }
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [str(home / "bin" / "spark-class"), what, *arguments],
            stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=folder, start_new_session=True,
        )  # fmt: skip


def _wait(cluster: Cluster, is_ready: object) -> None:
    """Wait until the cluster is as it should be. Raises RuntimeError when a daemon ends or it takes too long."""
    assert callable(is_ready)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if any(process.poll() is not None for process in cluster.processes):
            raise RuntimeError("A daemon of Spark has ended; its log says why.")
        try:
            if is_ready():
                return
        except OSError:
            pass
        time.sleep(0.3)
    raise RuntimeError(f"The cluster was not ready after {PATIENCE_S} s.")


def main() -> None:
    """Run a cluster until Ctrl+C."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cores", type=int, default=1, help="of each worker")
    parser.add_argument("--memory", default="2g", help="of each worker")
    given = parser.parse_args()
    with running(workers=given.workers, cores=given.cores, memory=given.memory) as cluster:
        print(f"LAKE_ENGINE=spark LAKE_MASTER={cluster.master}", flush=True)
        print("Stop with Ctrl+C.", file=sys.stderr, flush=True)
        stop: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, _frame: stop.append(number))
        try:
            while not stop and all(process.poll() is None for process in cluster.processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
