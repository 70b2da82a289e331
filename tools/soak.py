"""Lets an installation take events in for twenty minutes at half of the rate that it can, and looks at its memory.

`make soak`: the rate over HTTP is measured first; then senders keep to half of it, while the worker lays events into
the lake. Every ten seconds the memory of server and worker is read. It is steady when, after a time of warming up, the
line through it rises by less than MOST_GROWTH_MB in an hour and a tenth of itself over the soak; the rate must have
been kept as well, which it is not where the machine has other work. Samples are kept as JSON; a soak that was broken
off goes on with the minutes that are left. `--minutes 0.5` is a short one.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bench_intake
import place
from place import ROOT, Place

MINUTES, WARMING, EVERY_SECONDS, CALL = 20.0, 0.25, 10.0, 500
MOST_GROWTH_MB, MOST_SHARE = 60.0, 0.10
MEASURED_EVENTS = 100_000
LEAST_KEPT = 0.9
"""Part of the rate that must have gone in: memory under a smaller load than the one that was meant says little."""

LEAST_MINUTES = 5.0
"""A shorter soak says nothing of memory: all that it sees is the warming up."""

SOURCE = "urn:trial:{}"


def main(argv: list[str]) -> int:
    """Returns 0 when memory was steady and every event was answered, else 1."""
    parser = argparse.ArgumentParser(description="Take events in for long, at half the rate, and look at memory.")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--rate", type=float, default=0.0, help="events a second; measured first when not given")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench" / "soak")
    chosen = parser.parse_args(argv)
    # Told to end, it ends what it started, as it does at Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    state = _state(chosen.folder, chosen.minutes)
    if not state["rate"]:
        if not chosen.rate:
            state["measured"] = bench_intake.rate(chosen.folder / "measuring", events=MEASURED_EVENTS)
            shutil.rmtree(chosen.folder / "measuring", ignore_errors=True)
        state["rate"] = chosen.rate or state["measured"] / 2
        _keep(chosen.folder, state)
    print(f"Taking in {state['rate']:,.0f} events a second for {chosen.minutes:g} minutes.", flush=True)
    Soak(chosen.folder, state, chosen.minutes).run()
    told = judged(state)
    _keep(chosen.folder, {**state, "result": told})
    print(json.dumps(told))
    return 0 if told["is_good"] else 1


def _state(folder: Path, minutes: float) -> dict[str, Any]:
    """Where an earlier run stopped, unless it was finished."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "state.json"
    known: dict[str, Any] = json.loads(kept.read_text()) if kept.is_file() else {}
    if known.get("minutes") == minutes and "result" not in known:
        return known
    shutil.rmtree(folder / "place", ignore_errors=True)
    return {"minutes": minutes, "rate": 0.0, "measured": 0.0, "sent": 0, "rounds": 0, "seconds": 0.0, "samples": []}


def _keep(folder: Path, state: dict[str, Any]) -> None:
    writing = folder / ".state.json"
    writing.write_text(json.dumps(state))
    writing.rename(folder / "state.json")


class Soak:
    """One soak: senders, samples of memory, and what they come to."""

    def __init__(self, folder: Path, state: dict[str, Any], minutes: float) -> None:
        self.folder, self.state, self.minutes = folder, state, minutes
        self.place = Place(folder / "place", bench_intake.SERVICES)
        self.ending = threading.Event()
        self.faults: list[str] = []
        self.status: Counter[int] = Counter()

    def run(self) -> None:
        """Until the minutes are over."""
        self.place.make()
        server, worker = self.place.serve(), self.place.start("worker")
        sender = threading.Thread(target=self._send, daemon=True)
        try:
            self.place.wait_for_server()
            sender.start()
            every = min(EVERY_SECONDS, self.minutes * 60 / 12)
            while self.state["seconds"] < self.minutes * 60 and not self.faults:
                time.sleep(every)
                self.state["seconds"] += every
                sample = {"seconds": self.state["seconds"], "server": memory(server), "worker": memory(worker)}
                self.state["samples"].append({**sample, "sent": self.state["sent"]})
                self.state["status"] = dict(self.status)
                _keep(self.folder, self.state)
                if len(self.state["samples"]) % 6 == 0:
                    _tell(sample, self.state["sent"])
        finally:
            self.ending.set()
            place.end(server)
            place.end(worker)
        if self.faults:
            raise SystemExit(self.faults[0])

    def _send(self) -> None:
        try:
            connection = self.place.connect()
            begun, sent = time.monotonic(), 0
            for body in self._bodies():
                wait = sent / self.state["rate"] - (time.monotonic() - begun)
                if self.ending.wait(max(0.0, wait)):
                    return
                status, told, later = self.place.post(body, connection=connection)
                self.status[status] += 1
                while status == http.HTTPStatus.TOO_MANY_REQUESTS and not self.ending.wait(max(later, 0.1)):
                    status, told, later = self.place.post(body, connection=connection)
                    self.status[status] += 1
                if self.ending.is_set():
                    return
                if status != http.HTTPStatus.OK or told["refused"]:
                    self.faults.append(f"A call was answered {status}: {str(told)[:300]}")
                    return
                sent += CALL
                self.state["sent"] += CALL
        except Exception as fault:  # noqa: BLE001 - told by the thread that waits
            if not self.ending.is_set():
                self.faults.append(f"The sender broke: {fault!r}")

    def _bodies(self) -> Iterator[bytes]:
        """The same events again and again, each round from another source, since known ones would not be written."""
        template = [
            json.loads(body) for body in place.batches(place.documents(12_000, bench_intake.SERVICES), CALL)
        ]  # fmt: skip
        while True:
            source = SOURCE.format(self.state["rounds"])
            for events in template:
                yield json.dumps([{**event, "source": source} for event in events]).encode()
            self.state["rounds"] += 1


def _tell(sample: dict[str, float], sent: int) -> None:
    megabytes = f"server {sample['server']:.0f} MB, worker {sample['worker']:.0f} MB"
    print(f"  {sample['seconds']:6.0f} s  {sent:>11,} events  {megabytes}", flush=True)


def memory(process: subprocess.Popen[bytes]) -> float:
    """Memory of a group in MB, shared pages in their parts."""
    total = 0.0
    for pid in group(process.pid):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return total


def group(leader: int) -> list[int]:
    """Processes of a group that was started here."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[2]) == leader:
            found.append(int(path.parent.name))
    return found


def judged(state: dict[str, Any]) -> dict[str, Any]:
    """Whether memory was steady, by the slope of a line through the samples after warming up, and the rate was kept."""
    samples = [each for each in state["samples"] if each["seconds"] >= WARMING * state["minutes"] * 60]
    told: dict[str, Any] = {
        "minutes": state["minutes"],
        "rate": round(state["rate"]),
        "measured": round(state["measured"]),
        "events": state["sent"],
        "status": state.get("status", {}),
        "kept": round(state["sent"] / (state["rate"] * state["minutes"] * 60), 3),
    }
    is_good = state["sent"] > 0 and len(samples) > 2
    if state["minutes"] >= LEAST_MINUTES:
        is_good = is_good and told["kept"] >= LEAST_KEPT
    for name in ("server", "worker"):
        slope, middle = fitted([(each["seconds"], each[name]) for each in samples])
        grown = slope * (1 - WARMING) * state["minutes"] * 60
        told[name] = {"mb": round(middle), "mb_an_hour": round(slope * 3600, 1), "grown_mb": round(grown, 1)}
        if state["minutes"] >= LEAST_MINUTES:
            is_good = is_good and (grown <= MOST_SHARE * middle or slope * 3600 <= MOST_GROWTH_MB)
    return {**told, "is_good": bool(is_good)}


def fitted(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Slope a second by least squares, and the mean."""
    if len(points) < 2:
        return 0.0, points[0][1] if points else 0.0
    x, y = sum(each[0] for each in points) / len(points), sum(each[1] for each in points) / len(points)
    spread = sum((each[0] - x) ** 2 for each in points)
    return sum((each[0] - x) * (each[1] - y) for each in points) / spread, y


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
