"""Kills the programs of an installation at random moments under load, and looks whether anything was lost or doubled.

`make kill` does it 200 times on SQLite and 200 times on PostgreSQL: while events are sent, one of the web server (all
of it or one process), the worker, a compaction, a computation of all figures gets SIGKILL, and is started again. At the
end every acknowledged event must lie in the lake once and no other, and all figures must be those of a run that nobody
disturbed. A run that is broken off goes on where it stopped (on SQLite; a cluster of PostgreSQL begins anew).
`python tools/kill.py --kills 4 --databases sqlite` is a short one. It kills only groups that it has started.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import place
import postgres
from place import ROOT, Place

KILLS, SERVICES, SEED, EVENTS_SEED = 200, 8, 4, 77
SENT_AT_ONCE, PAUSE = 20, 0.1
VICTIMS = ("server", "server process", "worker", "compaction", "figures")
SOURCE = "urn:trial"
TROUBLE = (OSError, http.client.HTTPException, json.JSONDecodeError)


def main(argv: list[str]) -> int:
    """Returns 0 when nothing was lost or doubled and all figures are equal, else 1."""
    parser = argparse.ArgumentParser(description="Kill programs at random moments under load.")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--databases", default="sqlite,postgres", help="sqlite, postgres or both")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench" / "kill")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(argv)
    good = []
    for name in chosen.databases.split(","):
        folder = chosen.folder / name
        known = folder / f"result-{chosen.kills}.json"
        if known.is_file():
            print(f"{name}: done before: {known.read_text().strip()}")
            good.append(json.loads(known.read_text())["is_good"])
            continue
        with _database(name) as url:
            if url is None:
                print(f"{name}: skipped ({postgres.HOW_TO_GET}).", file=sys.stderr)
                continue
            if name != "sqlite":
                shutil.rmtree(folder, ignore_errors=True)
            told = Trial(folder, url, chosen.kills, chosen.seed).run()
        known.write_text(json.dumps(told) + "\n")
        print(f"{name}: {json.dumps(told)}", flush=True)
        good.append(told["is_good"])
    return 0 if good and all(good) else 1


@contextlib.contextmanager
def _database(name: str) -> Iterator[str | None]:
    """The address of the server of databases, the empty one for SQLite, or None where there is none."""
    if name == "sqlite":
        yield ""
    elif programs := postgres.programs():
        with postgres.private_cluster(programs) as url:
            yield url
    else:
        yield None


class Trial:
    """One database: a place that is killed, and one that nobody disturbs."""

    def __init__(self, folder: Path, url: str, kills: int, seed: int) -> None:
        self.folder, self.kills, self.url = folder, kills, url
        self.random = random.Random(seed)  # noqa: S311 - the same moments each time, as far as time allows
        self.place = self._place("killed", url)
        self.state: dict[str, Any] = {"kills": 0, "sent": 0, "of": dict.fromkeys(VICTIMS, 0)}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.ending, self.fault = threading.Event(), ""
        self.lock = threading.Lock()

    def _place(self, name: str, url: str) -> Place:
        (self.folder / name).mkdir(parents=True, exist_ok=True)
        return Place(self.folder / name, SERVICES, url, keys=self.folder / "person-keys.json")

    # ---- the whole -----------------------------------------------------------------------------------------------

    def run(self) -> dict[str, Any]:
        """Kill as often as wanted, then compare."""
        kept = self.folder / "state.json"
        if kept.is_file():
            self.state = json.loads(kept.read_text())
        begun = time.monotonic()
        self._make()
        sender = threading.Thread(target=self._send, daemon=True)
        try:
            self._start("server")
            self._start("worker")
            self.place.wait_for_server()
            sender.start()
            while self.state["kills"] < self.kills:
                self._kill(self.random.choice(VICTIMS))
                self.state["kills"] += 1
                self._keep()
                if self.state["kills"] % 10 == 0 or self.state["kills"] == self.kills:
                    print(f"  {self.state['kills']} of {self.kills} kills, {self.state['sent']:,} events", flush=True)
                if self.fault:
                    raise SystemExit(self.fault)
            self.ending.set()
            sender.join(timeout=180)
        finally:
            self.ending.set()
            for process in self.running.values():
                place.end(process, signal.SIGKILL)
        self._keep()
        return self._judged(time.monotonic() - begun)

    def _make(self) -> None:
        """The place that is killed, and beside it the one that is not: on SQLite the same files, before any event."""
        is_new = not (self.place.folder / "place.json").is_file()
        self.place.make()
        if is_new and not self.url:
            other = self._place("undisturbed", "").folder
            shutil.rmtree(other)
            shutil.copytree(self.place.folder, other)

    def _keep(self) -> None:
        with self.lock:
            writing = self.folder / ".state.json"
            writing.write_text(json.dumps(self.state))
            writing.rename(self.folder / "state.json")

    # ---- the load ------------------------------------------------------------------------------------------------

    def _events(self) -> Iterator[dict[str, Any]]:
        """Always the same events."""
        return place.documents(20_000, SERVICES, seed=EVENTS_SEED, source=SOURCE)

    def _send(self) -> None:
        """Send until told to end: what was not answered is sent again, until it is."""
        try:
            events = itertools.islice(self._events(), self.state["sent"], None)
            connection = self.place.connect()
            for body in place.batches(events, SENT_AT_ONCE):
                connection = self._deliver(body, connection)
                with self.lock:
                    self.state["sent"] += len(json.loads(body))
                if self.ending.wait(PAUSE):
                    return
        except Exception as fault:  # noqa: BLE001 - told by the thread that waits
            self.fault = f"The sender broke: {fault!r}"

    def _deliver(self, body: bytes, connection: http.client.HTTPConnection) -> http.client.HTTPConnection:
        while True:
            try:
                status, told, later = self.place.post(body, connection=connection)
            except TROUBLE:
                connection.close()
                connection = self.place.connect()
                time.sleep(0.05)
                continue
            if status == http.HTTPStatus.OK:
                if told["refused"]:
                    raise ValueError([one for one in told["answers"] if one["status"] == "refused"][:3])
                return connection
            if status not in (429, 500, 502, 503):
                raise ValueError(f"answered {status}: {told}")
            time.sleep(max(later, 0.05))

    # ---- the kills -----------------------------------------------------------------------------------------------

    def _start(self, name: str) -> None:
        if name == "server":
            self.running[name] = self.place.serve()
        elif name == "worker":
            self.running[name] = self.place.start("worker")

    def _kill(self, victim: str) -> None:
        """Once events go in again, let it work for a random moment, kill it, and start it again."""
        self.state["of"][victim] += 1
        before, patience = self.state["sent"], time.monotonic() + 60
        while self.state["sent"] == before and time.monotonic() < patience and not self.fault:
            time.sleep(0.02)
        if victim in ("compaction", "figures"):
            process = self._short(victim)
            try:
                # Most of its time goes into starting; so that work is met too, the moments lie late as well as early.
                process.wait(timeout=self.random.uniform(0.5, 6.0))
            except subprocess.TimeoutExpired:
                place.end(process, signal.SIGKILL)
            return
        time.sleep(self.random.uniform(0.05, 1.5))
        if victim == "server process":
            self._kill_child(self.running["server"].pid)
            return
        place.end(self.running[victim], signal.SIGKILL)
        self._start(victim)

    def _short(self, victim: str) -> subprocess.Popen[bytes]:
        if victim == "compaction":
            return self.place.start("compact")
        with (self.place.folder / "figures.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(ROOT / "tools" / "figures_of.py")], cwd=ROOT, env=self.place.environment,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _kill_child(self, parent: int) -> None:
        """One of the processes that answer; the server itself starts another."""
        children = Path(f"/proc/{parent}/task/{parent}/children")
        try:
            found = children.read_text().split()
        except FileNotFoundError:
            return
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(self.random.choice(found)), signal.SIGKILL)

    # ---- the end -------------------------------------------------------------------------------------------------

    def _judged(self, seconds: float) -> dict[str, Any]:
        """What came of it, beside a run that nobody disturbed."""
        sent = list(itertools.islice(self._events(), self.state["sent"]))
        ids = self.folder / "acknowledged.txt"
        ids.write_text("\n".join(sorted({each["id"] for each in sent})))
        found = self._figures(self.place, ids)
        with self._second() as other:
            self._undisturbed(other, sent)
            wanted = self._figures(other, ids)
        told = {
            "kills": self.state["kills"],
            "of": self.state["of"],
            "events": len(sent),
            "acknowledged": found["acknowledged"],
            "lost": found["lost"],
            "twice": found["twice"],
            "others": found["others"],
            "figures_equal": found["digest"] == wanted["digest"],
            "refreshed_equal": found["refreshed_equal"],
            "cells": found["digest"]["mart_month"][0],
            "seconds": round(seconds),
        }
        is_good = not (told["lost"] or told["twice"] or told["others"]) and told["figures_equal"] and found["is_right"]
        is_good = is_good and told["refreshed_equal"]
        return {**told, "is_good": bool(is_good and wanted["is_right"])}

    @contextlib.contextmanager
    def _second(self) -> Iterator[Place]:
        """A place that nobody disturbs, on the same kind of database."""
        if not self.url:
            yield self._place("undisturbed", "")
            return
        with _database("postgres") as url:
            assert url is not None
            yield self._place("undisturbed", url)

    def _undisturbed(self, other: Place, sent: list[dict[str, Any]]) -> None:
        other.make()
        server = other.serve()
        try:
            other.wait_for_server()
            connection = other.connect()
            for body in place.batches(iter(sent), 2_000):
                connection = self._to(other, body, connection)
        finally:
            place.end(server, signal.SIGKILL)

    def _to(self, other: Place, body: bytes, connection: http.client.HTTPConnection) -> http.client.HTTPConnection:
        status, told, _ = other.post(body, connection=connection)
        if status != http.HTTPStatus.OK:
            raise RuntimeError(f"answered {status}: {told}")
        return connection

    def _figures(self, where: Place, ids: Path) -> dict[str, Any]:
        command = [sys.executable, str(ROOT / "tools" / "figures_of.py"), str(ids), SOURCE]
        done = subprocess.run(command, cwd=ROOT, env=where.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"The figures of {where.folder} cannot be had: {done.stderr[-2000:]}")
        found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
