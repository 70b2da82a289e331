"""Kills the programs of an installation at random moments under load, and looks whether anything was lost or doubled.

`make kill` does it 200 times on SQLite and 200 times on PostgreSQL: while events are sent, one of the web server (all
of it or one process), the worker, a compaction, a computation of all figures, a measuring gets SIGKILL, and is started
again. At the end every acknowledged event must lie in the lake once and no other, and all figures must be those of a
run that nobody disturbed. A kill counts only where the process still lived; what each was at is counted and told. A run
that is broken off goes on where it stopped. `python tools/kill.py --kills 4 --databases sqlite` is a short one. It
kills only groups that it has started.
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
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import place
import postgres
import soak
from place import ROOT, Place

KILLS, SERVICES, SEED, EVENTS_SEED = 200, 8, 4, 77
SENT_AT_ONCE, PAUSE = 20, 0.1
VICTIMS = ("server", "server process", "worker", "compaction", "figures", "measure")
LONGEST = {"compaction": 0.3, "figures": 2.5, "measure": 1.0}
"""Seconds that a program of one task lives at most after it has begun to work: less than the work takes, mostly."""

LOADING, IDLE = "loading", "idle"
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
    # Told to end, it ends what it started, as it does at Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    good = []
    for name in chosen.databases.split(","):
        folder = chosen.folder / name
        known = folder / f"result-{chosen.kills}.json"
        if known.is_file():
            print(f"{name}: done before: {known.read_text().strip()}")
            good.append(json.loads(known.read_text())["is_good"])
            continue
        with _database(name, folder) as url:
            if url is None:
                print(f"{name}: skipped ({postgres.HOW_TO_GET}).", file=sys.stderr)
                continue
            told = Trial(folder, url, chosen.kills, chosen.seed).run()
        known.write_text(json.dumps(told) + "\n")
        _forget_cluster(folder)
        print(f"{name}: {json.dumps(told)}", flush=True)
        good.append(told["is_good"])
    return 0 if good and all(good) else 1


@contextlib.contextmanager
def _database(name: str, folder: Path | None = None) -> Iterator[str | None]:
    """The address of the server of databases, the empty one for SQLite, or None where there is none.

    The cluster of a folder is kept until its trial has ended, so that a trial goes on where it was broken off.
    """
    if name == "sqlite":
        yield ""
        return
    programs = postgres.programs()
    if programs is None:
        yield None
    elif folder is None:
        with postgres.private_cluster(programs) as url:
            yield url
    else:
        told = folder / "cluster"
        kept = Path(told.read_text()) if told.is_file() else None
        if kept is None or not kept.is_dir():
            shutil.rmtree(folder, ignore_errors=True)  # what a cluster that is gone held cannot be gone on with
            folder.mkdir(parents=True)
            # Not in the folder: the user of the cluster may not be able to look into that one.
            kept = Path(tempfile.mkdtemp(prefix="ietvars-kill-"))
            told.write_text(str(kept))
        with postgres.private_cluster(programs, kept=kept) as url:
            yield url


def _forget_cluster(folder: Path) -> None:
    told = folder / "cluster"
    if told.is_file():
        shutil.rmtree(told.read_text(), ignore_errors=True)
        told.unlink()


class Trial:
    """One database: a place that is killed, and one that nobody disturbs."""

    def __init__(self, folder: Path, url: str, kills: int, seed: int) -> None:
        self.folder, self.kills, self.url = folder, kills, url
        self.seed = seed
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.place = self._place("killed", url)
        self.state: dict[str, Any] = {"kills": 0, "ended": 0, "sent": 0, "of": dict.fromkeys(VICTIMS, 0), "at": {}}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.since: dict[str, datetime] = {}
        self.ending, self.fault, self.is_calling = threading.Event(), "", False
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
                # The same moments each time, as far as time allows, also for a run that goes on.
                self.random.seed(f"{self.seed} {self.state['kills']} {self.state['ended']}")
                victim = self.random.choice(VICTIMS)
                moment = self._kill(victim)
                if self.fault:
                    raise SystemExit(self.fault)
                if not moment:  # it was through before: that was no kill
                    self.state["ended"] += 1
                    continue
                self.state["kills"] += 1
                self.state["of"][victim] += 1
                self.state["at"] = Counter(self.state["at"]) + Counter([f"{victim}: {moment}"])
                self._keep()
                if self.state["kills"] % 10 == 0 or self.state["kills"] == self.kills:
                    print(f"  {self.state['kills']} of {self.kills} kills, {self.state['sent']:,} events", flush=True)
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
                self.is_calling = True
                status, told, later = self.place.post(body, connection=connection)
            except TROUBLE:
                self.is_calling = False
                connection.close()
                connection = self.place.connect()
                time.sleep(0.05)
                continue
            self.is_calling = False
            if status == http.HTTPStatus.OK:
                if told["refused"]:
                    raise ValueError([one for one in told["answers"] if one["status"] == "refused"][:3])
                return connection
            if status not in (429, 500, 502, 503):
                raise ValueError(f"answered {status}: {told}")
            time.sleep(max(later, 0.05))

    # ---- the kills -----------------------------------------------------------------------------------------------

    def _start(self, name: str) -> None:
        self.since[name] = datetime.now(UTC)
        if name == "server":
            self.running[name] = self.place.serve()
        elif name == "worker":
            self.running[name] = self.place.start("worker")

    def _kill(self, victim: str) -> str:
        """Once events go in again, let it work for a random moment, kill it, and start it again.

        Returns what it was at; nothing where it had ended by itself.
        """
        before, patience = self.state["sent"], time.monotonic() + 60
        while self.state["sent"] == before and not self.fault:
            if time.monotonic() > patience:
                self.fault = "For a minute no event was taken in."
            time.sleep(0.02)
        if victim in LONGEST:
            return self._kill_short(victim)
        if victim == "worker" and self.random.random() < 0.75:
            # It idles between jobs; most of the moments should lie in them.
            patience = time.monotonic() + 10
            while self._moment_of_worker() in (LOADING, IDLE) and time.monotonic() < patience:
                time.sleep(0.05)
        time.sleep(self.random.uniform(0.0, 1.2))
        if victim == "worker":
            moment = self._moment_of_worker()
        else:
            # Calls are short beside the pauses between them: half of the kills wait for one.
            patience = time.monotonic() + (5 if self.random.random() < 0.5 else 0)
            while not self.is_calling and time.monotonic() < patience:
                time.sleep(0.001)
            moment = "a call" if self.is_calling else IDLE
        if victim == "server process":
            return moment if self._kill_child(self.running["server"].pid) else ""
        if self.running[victim].poll() is not None:
            self.fault = f"The {victim} ended by itself, with {self.running[victim].returncode}."
            return ""
        place.end(self.running[victim], signal.SIGKILL)
        self._start(victim)
        return moment

    def _kill_short(self, victim: str) -> str:
        """Let it load, which takes longest, then kill it at a random moment of its work; sometimes while it loads."""
        process = self._short(victim)
        if self.random.random() < 0.1:
            time.sleep(self.random.uniform(0.0, 1.5))
        else:
            patience = time.monotonic() + 30
            while process.poll() is None and self._moment(process) == LOADING and time.monotonic() < patience:
                time.sleep(0.01)
            time.sleep(self.random.uniform(0.0, LONGEST[victim]))
        moment = self._moment(process)
        lived = process.poll() is None
        place.end(process, signal.SIGKILL)
        if not lived or process.returncode != -signal.SIGKILL:
            if process.returncode > 0:
                self.fault = f"The {victim} failed by itself, with {process.returncode}: see {self.place.folder}."
            return ""
        return moment

    def _moment(self, process: subprocess.Popen[bytes]) -> str:
        """What a group is at, seen from outside: the data sets it holds alone, or whether it has its database open."""
        group = {str(pid) for pid in soak.group(process.pid)}
        if held := _held(group, self.place.folder / "lake"):
            return " and ".join(held)
        own = ("socket:",) if self.url else (str(self.place.folder / "ietvars.sqlite3"),)
        for pid in group:
            with contextlib.suppress(OSError):
                if any(str(link.readlink()).startswith(own) for link in Path(f"/proc/{pid}/fd").iterdir()):
                    return "its database"
        return LOADING

    def _moment_of_worker(self) -> str:
        moment = self._moment(self.running["worker"])
        if moment != "its database":
            return moment
        return self._job() or IDLE

    def _job(self) -> str:
        """The kind of the job that the worker of now has begun and not ended."""
        asked = "SELECT kind FROM ground_job WHERE state = 'running' AND started_at >= {} ORDER BY started_at DESC"
        if self.url:
            import psycopg

            with psycopg.connect(self.url) as link:
                row = link.execute(asked.format("%s").encode(), [self.since["worker"]]).fetchone()
        else:
            since = self.since["worker"].replace(tzinfo=None).isoformat(" ")
            path = self.place.folder / "ietvars.sqlite3"
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as file:
                row = file.execute(asked.format("?"), [since]).fetchone()
        return f"job {row[0]}" if row else ""

    def _short(self, victim: str) -> subprocess.Popen[bytes]:
        if victim in ("compaction", "measure"):
            return self.place.start("compact" if victim == "compaction" else "measure")
        with (self.place.folder / "figures.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(ROOT / "tools" / "figures_of.py")], cwd=ROOT, env=self.place.environment,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _kill_child(self, parent: int) -> bool:
        """One of the processes that answer; the server itself starts another. Returns whether there was one."""
        children = Path(f"/proc/{parent}/task/{parent}/children")
        try:
            found = children.read_text().split()
        except FileNotFoundError:
            return False
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(self.random.choice(found)), signal.SIGKILL)
                return True
        return False

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
            "ended": self.state["ended"],
            "of": self.state["of"],
            "at": dict(sorted(self.state["at"].items())),
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


def _held(pids: set[str], lake: Path) -> list[str]:
    """Data sets that one of these processes holds alone, by the locks that the system tells of."""
    names = {str(path.stat().st_ino): path.stem for path in lake.glob("*.lock")}
    found = set()
    for line in Path("/proc/locks").read_text().splitlines():
        said = line.split()
        if said[1] == "FLOCK" and said[4] in pids and (name := names.get(said[5].rpartition(":")[2])):
            found.add(name)
    return sorted(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
