"""Sends delivery events to Ietvars. One file, nothing but the standard library: copy it beside your own program.

    from ietvars_client import Client, event

    client = Client("https://ietvars.example", code="case-system", secret="...", source="urn:agency:case-system")
    client.add(event("opened", case="2026-000123", service="passport", channel="online", person="010190-12345"))
    client.add(event("delivered", case="2026-000123", service="passport", channel="e-address"))
    client.close()
    for answer in client.refused:
        print(answer["id"], answer["detail"])

Events go out in batches. What the server accepted lies on its disk. A call that breaks off is sent again: every event
has an id, so the same one never counts twice. Without an id of your own one is made of the event's content, so that
the same event sent by two runs of your program is one event too.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

TYPE = "lv.ietvars.delivery."
BATCH = 1_000
PACKED_FROM = 4_096  # bytes: smaller calls gain nothing
MOST_TRIES = 8
LONGEST_WAIT = 60.0


class Failed(Exception):
    """The server refused the whole call, or could not be reached in the end. `unsent` holds the events."""

    def __init__(self, says: str, unsent: list[dict[str, Any]]) -> None:
        super().__init__(says)
        self.unsent = unsent


def event(
    what: str, *, case: str, service: str, at: datetime | None = None, id: str = "", **data: Any
) -> dict[str, Any]:
    """One event: what happened (opened, step, decided, delivered, ...) in which case of which service, and when.

    `data` are further fields, e.g. channel, stage, step, person, rating: see /api/v1/deliveries/schema of the server.
    """
    moment = at or datetime.now(timezone.utc)
    if moment.tzinfo is None:
        raise ValueError("The time of an event needs its zone, e.g. datetime.now(timezone.utc).")
    said = {"service": service, **{name: value for name, value in data.items() if value is not None}}
    return {"id": id, "type": TYPE + what, "time": moment.isoformat(), "subject": case, "data": said}


class Client:
    """Collects events and sends them in batches; use it in a `with` block or call `close` at the end.

    Larger batches go out packed by gzip, unless `packs` says otherwise, e.g. for a proxy that does not let them pass.
    """

    def __init__(
        self, server: str, *, code: str, secret: str, source: str, batch: int = BATCH, packs: bool = True
    ) -> None:
        self._address = server.rstrip("/") + "/api/v1/deliveries/events"
        self._credentials = "Basic " + base64.b64encode(f"{code}:{secret}".encode()).decode()
        self._source = source
        self._batch = batch
        self._packs = packs
        self._waiting: list[dict[str, Any]] = []
        self.accepted = 0
        self.known = 0
        self.refused: list[dict[str, Any]] = []

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: Any, fault: Any, trace: Any) -> None:
        if kind is None:
            self.close()

    def add(self, one: dict[str, Any]) -> None:
        """Take an event to be sent; when a batch is full, it goes out. Raises Failed."""
        whole = {"specversion": "1.0", "source": self._source, **one}
        whole["id"] = whole["id"] or _id(whole)
        self._waiting.append(whole)
        if len(self._waiting) >= self._batch:
            self.send()

    def add_all(self, many: Iterable[dict[str, Any]]) -> None:
        """Take many events. Raises Failed."""
        for one in many:
            self.add(one)

    def close(self) -> None:
        """Send what is left. Raises Failed."""
        self.send()

    def send(self) -> None:
        """Send what waits now. Raises Failed; then it still waits."""
        if not self._waiting:
            return
        told = self._post(json.dumps(self._waiting).encode())
        self._waiting = []
        self.accepted += told["accepted"]
        self.known += told["known"]
        self.refused += [answer for answer in told["answers"] if answer["status"] == "refused"]

    def _post(self, body: bytes) -> Any:
        says = ""
        headers = {"Authorization": self._credentials, "Content-Type": "application/cloudevents-batch+json"}
        if self._packs and len(body) >= PACKED_FROM:
            body = gzip.compress(body, 6)
            headers["Content-Encoding"] = "gzip"
        for attempt in range(MOST_TRIES):
            request = urllib.request.Request(self._address, body, headers)
            pause = min(LONGEST_WAIT, 0.5 * 2**attempt)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as fault:
                says = _detail(fault)
                if fault.code != 429 and fault.code < 500:
                    break
                pause = min(LONGEST_WAIT, float(fault.headers.get("Retry-After") or pause))
            except (urllib.error.URLError, TimeoutError, ConnectionError, ValueError) as fault:
                says = str(fault)
            if attempt < MOST_TRIES - 1:
                time.sleep(pause)
        raise Failed(says, list(self._waiting))


def _id(whole: dict[str, Any]) -> str:
    """An id that follows from the content: the same event is the same id."""
    said = json.dumps({**whole, "id": ""}, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _detail(fault: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(fault)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{fault.code} {fault.reason}"
