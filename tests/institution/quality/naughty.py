"""A real HTTP server in a thread that misbehaves in every way a link checker meets, and counts who asked what when."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEAD, GET = "HEAD", "GET"


class Naughty(BaseHTTPRequestHandler):
    """Each path is a way to misbehave; `/fine` is not."""

    protocol_version = "HTTP/1.1"
    server: NaughtyServer

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Nothing: a test prints no log."""

    def _answer(self) -> None:
        self.server.asked.append((self.command, self.path, time.monotonic()))
        name, _, rest = self.path.lstrip("/").partition("/")
        getattr(self, f"_{name.partition('?')[0]}", self._missing)(rest)

    def _say(self, status: int, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _fine(self, rest: str) -> None:
        self._say(200)

    def _missing(self, rest: str) -> None:
        self._say(404)

    def _status(self, rest: str) -> None:
        self._say(int(rest.partition("/")[0]))

    def _onlyget(self, rest: str) -> None:
        self._say(200 if self.command == GET else int(rest))

    def _rest(self, rest: str) -> None:
        self._say(429, (("Retry-After", rest),))

    def _to(self, rest: str) -> None:
        self._say(302, (("Location", f"/{rest}"),))

    def _away(self, rest: str) -> None:
        self._say(301, (("Location", f"http://{rest}"),))

    def _scheme(self, rest: str) -> None:
        self._say(302, (("Location", f"{rest}:///etc/passwd"),))

    def _loop(self, rest: str) -> None:
        self._say(302, (("Location", "/loop"),))

    def _silent(self, rest: str) -> None:
        self.server.over.wait(20)

    def _drip(self, rest: str) -> None:
        """One byte of a header a tenth of a second, for ever."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not self.server.over.wait(0.1):
            try:
                self.wfile.write(b"x")
            except OSError:
                return

    def _hundreds(self, rest: str) -> None:
        """Nothing but interim answers."""
        while not self.server.over.wait(0.01):
            try:
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            except OSError:
                return

    def _flood(self, rest: str) -> None:
        """A body without end."""
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()
        if self.command == GET:
            with_block = b"x" * 65536
            while not self.server.over.is_set():
                try:
                    self.server.sent += self.wfile.write(with_block)
                except OSError:
                    return

    def _headers(self, rest: str) -> None:
        self._say(200, tuple((f"X-{number}", "x" * 1000) for number in range(500)))

    def _garbage(self, rest: str) -> None:
        self.wfile.write(b"\x00\xff\xfe not http at all\r\n\r\n")
        self.close_connection = True

    def _hangup(self, rest: str) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True


class NaughtyServer(ThreadingHTTPServer):
    """Keeps what was asked; `sent` counts bytes of endless bodies."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Naughty)
        self.asked: list[tuple[str, str, float]] = []
        self.sent = 0
        self.over = threading.Event()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.place}/{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what half of these tests are about."""


@contextmanager
def naughty() -> Iterator[NaughtyServer]:
    """The server, running until the block ends."""
    server = NaughtyServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
