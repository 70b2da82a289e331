"""An installation of its own for trials: a folder, a database, a small state, one sender, and the processes around it.

`bench_intake`, `soak` and `kill` use it. Processes run in groups of their own, so that all of a group can be killed at
once, as a machine that loses its power would; only groups started here are ever touched. It must not measure or judge.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
IETVARS = str(Path(sys.executable).with_name("ietvars"))
SENDER, BODIES = "desk-{}", 6
PREFIX, BATCH_TYPE = "lv.ietvars.delivery.", "application/cloudevents-batch+json"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNTIL = date(2025, 12, 31)


@dataclass
class Place:
    """An installation in `folder`, on SQLite there or on the database of `url`."""

    folder: Path
    services: int
    url: str = ""
    secret: str = ""
    port: int = 0
    keys: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IETVARS_", "LAKE_"))}
        own = {
            "DATABASE_URL": self.url or f"sqlite:///{self.folder / 'ietvars.sqlite3'}",
            "IETVARS_VAR": str(self.folder),
            "IETVARS_SAMPLE": "0",
            "IETVARS_PERSON_KEYS": str(self.keys or self.folder / "person-keys.json"),
            "DJANGO_SETTINGS_MODULE": "ietvars.settings",
        }
        return {**kept, **own}

    def make(self) -> None:
        """Tables, bodies, services and one sender for all of them; nothing where that was done before."""
        told = self.folder / "place.json"
        if not told.is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.command("prepare")
            command = [sys.executable, str(ROOT / "tools" / "place.py"), str(self.services)]
            done = self._run(command)
            told.write_text(done.stdout.strip().splitlines()[-1])
        self.secret = json.loads(told.read_text())["secret"]

    def command(self, *words: str) -> str:
        """What a command of the product prints. Raises RuntimeError when it fails."""
        return self._run([IETVARS, *words]).stdout

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A command of the product in a group of its own; what it says goes to a log in the folder."""
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [IETVARS, *words], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def serve(self, workers: int = 2) -> subprocess.Popen[bytes]:
        """The web server as `ietvars run` starts it, without what is done before and beside."""
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "gunicorn", "ietvars.doors.wsgi:application", "--preload"]
        options = {"--bind": f"127.0.0.1:{self.port}", "--workers": str(workers), "--worker-class": "sync"}
        options |= {"--worker-tmp-dir": str(self.folder), "--log-level": "error"}
        words = [part for option in options.items() for part in option]
        with (self.folder / "server.log").open("ab") as log:
            return subprocess.Popen(
                [*command, *words, "--no-control-socket"], cwd=ROOT, env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def wait_for_server(self, seconds: float = 60.0) -> None:
        """Until it answers. Raises RuntimeError."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/api/v1/deliveries/schema")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("The server does not answer.")

    def post(self, body: bytes, *, connection: http.client.HTTPConnection) -> tuple[int, dict[str, Any], float]:
        """One call with events: status, answer, and after how many seconds to come again."""
        given = base64.b64encode(f"{SENDER.format('all')}:{self.secret}".encode()).decode()
        headers = {"Content-Type": BATCH_TYPE, "Authorization": f"Basic {given}"}
        connection.request("POST", "/api/v1/deliveries/events", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        return answer.status, json.loads(said) if said else {}, float(answer.headers.get("Retry-After") or 0)

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the server."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    """End a group that was started here, and wait for it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# ---- events as institutions send them ------------------------------------------------------------------------------


def documents(cases: int, services: int, *, seed: int = 1, source: str = "urn:trial") -> Iterator[dict[str, Any]]:
    """CloudEvents of a simulated state of so many services, in the order of their arrival, some of them twice."""
    from ietvars.doors.machines.feeds.simulated import making, nation, streaming
    from ietvars.institution.deliveries import facts

    invented = nation.invented(seed, services=services, bodies=BODIES)
    steps = {number: code for each in invented.offerings for number, code in each.steps}
    plan = making.Plan(invented, seed=seed, cases=cases, until=UNTIL, months=6)
    keys: dict[int | bytes, str] = {}

    def key(mark: int | bytes, letter: str) -> str:
        return keys.setdefault(mark, f"{letter}{len(keys)}")

    for event in streaming.events(plan):
        kind = facts.Type(event.type)
        data: dict[str, Any] = {
            "service": f"service-{event.service_id}",
            "channel": facts.CHANNELS[event.channel] or None,
            "stage": facts.Stage(event.stage).name.lower() if event.stage else None,
            "origin": facts.Origin(event.origin).name.lower(),
            "person": None if event.person_key is None else key(event.person_key, "p"),
            "step": steps.get(event.activity),
            "evidence": None if event.evidence is None else f"evidence-{event.evidence % 4}",
            "cost_eur": None if event.cost_cents is None else event.cost_cents / 100,
            "caused_by": None if event.caused_by_case_id is None else key(event.caused_by_case_id, "c"),
            "corrects": None if event.corrects is None else key(event.corrects, "e"),
            "kind": facts.Contact(event.contact).name.lower() if event.contact else None,
        }
        if event.rating is not None:
            data |= {"rating": event.rating / 10, "scale": "0-100", "method": "after-delivery"}
        yield {
            "specversion": "1.0",
            "type": PREFIX + kind.name.lower().replace("_", "-"),
            "source": source,
            "id": key(event.event_id, "e"),
            "subject": key(event.case_id, "c"),
            "time": (EPOCH + timedelta(microseconds=event.occurred_us)).isoformat(),
            "data": {name: value for name, value in data.items() if value is not None},
        }


def batches(events: Iterator[dict[str, Any]], size: int) -> Iterator[bytes]:
    """Bodies of calls with so many events each."""
    waiting: list[dict[str, Any]] = []
    for event in events:
        waiting.append(event)
        if len(waiting) == size:
            yield json.dumps(waiting).encode()
            waiting = []
    if waiting:
        yield json.dumps(waiting).encode()


# ---- what is made in it --------------------------------------------------------------------------------------------


def _fill(services: int) -> dict[str, str]:
    """Bodies, services and a sender, by the same actions as everybody; the secret of the sender."""
    import django

    django.setup()
    sys.path.insert(0, str(ROOT))
    from ietvars.doors.machines.feeds.simulated.nation import STEPS
    from ietvars.ground.people.rules import SYSTEM
    from ietvars.institution.deliveries import actions as deliveries
    from ietvars.institution.deliveries import senders
    from ietvars.institution.services import queries as catalogue
    from tests.world import NOW, World

    world = World()
    top = world.body("ministry", kind="ministry")
    for number in range(1, services + 1):
        world.service(f"service-{number}", holder=world.body(f"body-{number % BODIES}", below="ministry").code)
    # So that numbers do not depend on which event comes first.
    names = [(service.pk, step) for service in catalogue.all_services() for step in STEPS]
    deliveries.name_steps(steps=names, by=SYSTEM, now=NOW)
    deliveries.name_evidence(codes=[f"evidence-{number}" for number in range(4)], by=SYSTEM, now=NOW)
    _, secret = senders.make(code=SENDER.format("all"), title="Trial", body=top, by=SYSTEM, now=NOW)
    return {"secret": secret}


if __name__ == "__main__":
    print(json.dumps(_fill(int(sys.argv[1]))))
