"""The small Python client against the product's own API: batches, retries, and the same event counted once."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.test import Client as Browser

from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import queries, senders
from tests.world import NOW

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db

FILE = Path(__file__).resolve().parents[3] / "clients" / "python" / "ietvars_client.py"
AT = datetime(2026, 6, 20, 10, tzinfo=UTC)


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client as a program imports it, without its pauses."""
    spec = importlib.util.spec_from_file_location("ietvars_client", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.time, "sleep", lambda _seconds: None)
    return module


class Server:
    """The product behind a real socket, on the connection of the test, that first fails as often as it is told to."""

    def __init__(self) -> None:
        self.fails: list[tuple[int, dict[str, str]]] = []
        self.calls = 0
        self.packings: list[str] = []
        shared = connections["default"]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805 - the server is `self` here
                self.calls += 1
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                if self.fails:
                    status, headers, content = *self.fails.pop(0), b"{}"
                else:
                    connections["default"] = shared
                    kind = handler.headers["Content-Type"]
                    self.packings.append(handler.headers.get("Content-Encoding", ""))
                    given = {"Authorization": handler.headers["Authorization"], "Content-Encoding": self.packings[-1]}
                    told = Browser().post(handler.path, body, content_type=kind, headers=given)
                    status, headers, content = told.status_code, {}, told.content
                handler.send_response(status)
                for name, value in headers.items():
                    handler.send_header(name, value)
                handler.end_headers()
                handler.wfile.write(content)

            def log_message(self, *_given: Any) -> None:
                """Be quiet."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    connections["default"].inc_thread_sharing()
    made = Server()
    yield made
    made.stop()
    connections["default"].dec_thread_sharing()


@pytest.fixture
def secret(world: World, settings: Any, tmp_path: Path) -> str:
    settings.PERSON_KEYS = tmp_path / "person-keys.json"
    world.service("benefit", holder="agency")
    return senders.make(code="desk", title="Desk", body=world.body("agency"), by=SYSTEM, now=NOW)[1]


def client(ours: Any, server: Server, secret: str, **said: Any) -> Any:
    return ours.Client(server.address, code="desk", secret=secret, source="urn:agency:desk", **said)


def test_events_go_out_in_batches_and_the_answers_are_counted(ours: Any, server: Server, secret: str) -> None:
    with client(ours, server, secret, batch=2) as sending:
        for number in range(5):
            sending.add(ours.event("opened", case=f"case-{number}", service="benefit", at=AT, person="010190-12345"))
        sending.add(ours.event("opened", case="case-9", service="nothing", at=AT))
    assert (server.calls, sending.accepted, sending.known) == (3, 5, 0)
    assert [one["code"] for one in sending.refused] == ["unknown-service"]
    assert queries.waiting_count() == 5


def test_the_same_events_sent_by_two_runs_count_once(ours: Any, server: Server, secret: str) -> None:
    for accepted, known in ((1, 0), (0, 1)):
        with client(ours, server, secret) as sending:
            sending.add(ours.event("opened", case="case-1", service="benefit", at=AT))
        assert (sending.accepted, sending.known) == (accepted, known)


def test_what_is_sent_back_or_breaks_off_is_sent_again(ours: Any, server: Server, secret: str) -> None:
    server.fails = [(429, {"Retry-After": "1"}), (503, {}), (500, {})]
    with client(ours, server, secret) as sending:
        sending.add(ours.event("opened", case="case-1", service="benefit", at=AT))
    assert (server.calls, sending.accepted) == (4, 1)


@pytest.mark.parametrize(
    ("count", "said", "packings"), [(40, {}, ["gzip"]), (1, {}, [""]), (40, {"packs": False}, [""])]
)
def test_large_batches_are_packed_unless_told_otherwise(
    ours: Any, server: Server, secret: str, count: int, said: dict[str, Any], packings: list[str]
) -> None:
    with client(ours, server, secret, **said) as sending:
        sending.add_all(
            ours.event("opened", case=f"case-{number}", service="benefit", at=AT) for number in range(count)
        )
    assert (sending.accepted, server.packings) == (count, packings)


def test_a_packed_batch_that_breaks_off_is_sent_again_packed(ours: Any, server: Server, secret: str) -> None:
    server.fails = [(503, {})]
    with client(ours, server, secret) as sending:
        sending.add_all(ours.event("opened", case=f"case-{number}", service="benefit", at=AT) for number in range(40))
    assert (server.calls, sending.accepted, server.packings) == (2, 40, ["gzip"])


def test_a_wrong_secret_fails_at_once_with_the_servers_words_and_the_events(
    ours: Any, server: Server, secret: str
) -> None:
    sending = client(ours, server, "wrong")
    sending.add(ours.event("opened", case="case-1", service="benefit", at=AT))
    with pytest.raises(ours.Failed) as failed:
        sending.close()
    assert server.calls == 1
    assert len(failed.value.unsent) == 1
    assert str(failed.value)


def test_a_time_without_its_zone_is_refused_before_it_is_sent(ours: Any) -> None:
    with pytest.raises(ValueError, match="zone"):
        ours.event("opened", case="1", service="benefit", at=datetime(2026, 6, 20))  # noqa: DTZ001
