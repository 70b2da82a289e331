"""Asks other machines whether a page is still there. The only module of the institution that opens a connection.

Polite: says who it is, asks for the head of a page first, waits between two questions to one host, leaves a host alone
that asks for it. Careful: every address that a name or a redirect leads to is looked up, judged by `links.is_allowed`
and connected to as looked up, so that no name can lead into an inner network between the two; a question has one limit
of time for all of it; nothing of a page's body is read. It must not judge a link: that is `links`.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urljoin

from ietvars.institution.quality import links
from ietvars.institution.quality.links import Outcome, Target

MOST_HOPS = 5
"""Redirects that are followed."""

LONGEST_REST = 3600
"""Seconds for which a host that asks for rest is left alone at most; it is asked in the next round anyway."""

REDIRECTS = (301, 302, 303, 307, 308)
ASKS_FOR_REST = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True)
class Manners:
    """How the questions are asked: seconds between two to one host, seconds for one, inner hosts that may be asked."""

    pause: float = 1.0
    timeout: float = 10.0
    allowed: frozenset[str] = frozenset()
    agent: str = "Ietvars link check"


@dataclass(frozen=True)
class Answer:
    """What a question brought. `answered` says that a server spoke at all; `note` is a short reason for machines."""

    outcome: Outcome
    status: int | None = None
    note: str = ""
    answered: bool = False


class _Refused(Exception):
    """No question may be asked, or none was answered; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.note)
        self.answer = answer


Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """IP addresses of a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass
class Asker:
    """Asks one question after the other and remembers when each host was asked last."""

    manners: Manners = field(default_factory=Manners)
    resolve: Resolve = resolve
    _asked: dict[str, float] = field(default_factory=dict)
    _resting: dict[str, float] = field(default_factory=dict)

    def ask(self, url: str) -> Answer:
        """Whether a page stands at an address: its head first, and the page itself where the head says no."""
        try:
            answer = self._follow("HEAD", url)
            if answer.outcome is Outcome.FINE or answer.status in ASKS_FOR_REST:
                return answer
            # Many servers answer HEAD wrongly: only what they say of the page itself counts.
            return self._follow("GET", url)
        except _Refused as refused:
            return refused.answer

    def _follow(self, method: str, url: str) -> Answer:
        for _hop in range(MOST_HOPS + 1):
            where = links.target(url)
            if where is None:
                raise _Refused(Answer(Outcome.UNREADABLE, note="address"))
            status, location = self._question(method, where)
            if status not in REDIRECTS or not location:
                return Answer(links.of_status(status), status, answered=True)
            url = urljoin(url, location)
        return Answer(Outcome.UNCLEAR, status, "redirects", answered=True)

    def _question(self, method: str, where: Target) -> tuple[int, str]:
        """Status and the address it sends on to. Raises _Refused when there is no answer."""
        if self._resting.get(where.host, 0.0) > time.monotonic():
            raise _Refused(Answer(Outcome.UNCLEAR, note="resting", answered=True))
        addresses = self._looked_up(where)
        self._wait(where.host)
        connection = _Connection(where, addresses[0], self.manners.timeout)
        watch = threading.Timer(self.manners.timeout, connection.cut)
        watch.daemon = True
        watch.start()
        try:
            connection.request(method, where.path, headers={"User-Agent": self.manners.agent, "Accept": "*/*"})
            with connection.getresponse() as response:
                self._let_rest(where.host, response)
                said = response.status, response.headers.get("Location", "")
        except ssl.SSLError as fault:
            raise _Refused(Answer(Outcome.UNCLEAR, note="tls", answered=True)) from fault
        except TimeoutError as fault:
            raise _Refused(Answer(Outcome.UNCLEAR, note="timeout")) from fault
        except (OSError, HTTPException, ValueError) as fault:
            # What the watch cut off ends as a broken connection.
            note = "timeout" if connection.was_cut else "connection"
            raise _Refused(Answer(Outcome.UNCLEAR, note=note)) from fault
        finally:
            watch.cancel()
            connection.close()
        if connection.was_cut:  # half an answer may look like a whole one
            raise _Refused(Answer(Outcome.UNCLEAR, note="timeout"))
        return said

    def _looked_up(self, where: Target) -> Sequence[str]:
        """Addresses of a host that may be asked."""
        try:
            addresses = self.resolve(where.host, where.port)
        except socket.gaierror as fault:
            unknown = fault.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
            raise _Refused(Answer(Outcome.NO_HOST if unknown else Outcome.UNCLEAR, note="name")) from fault
        except (OSError, UnicodeError) as fault:
            raise _Refused(Answer(Outcome.UNCLEAR, note="name")) from fault
        if not links.is_allowed(where, addresses, self.manners.allowed):
            raise _Refused(Answer(Outcome.INNER, note="inner"))
        return addresses

    def _wait(self, host: str) -> None:
        ready = self._asked.get(host, 0.0) + self.manners.pause
        time.sleep(max(0.0, ready - time.monotonic()))
        self._asked[host] = time.monotonic()

    def _let_rest(self, host: str, response: HTTPResponse) -> None:
        """Leave a host alone that says it is asked too much, for as long as it says (RFC 9110, 10.2.3)."""
        if response.status in ASKS_FOR_REST:
            said = response.headers.get("Retry-After", "")
            rest = min(int(said), LONGEST_REST) if said.isascii() and said.isdecimal() and len(said) < 9 else 60
            self._resting[host] = time.monotonic() + rest


class _Connection(HTTPConnection):
    """A connection to an address that was looked up and judged before; the name is only said, never looked up again."""

    def __init__(self, where: Target, address: str, timeout: float) -> None:
        super().__init__(where.host, where.port, timeout=timeout)
        self._where, self._address = where, address
        self.was_cut = False

    def connect(self) -> None:
        """Connect, with TLS where the address asks for it."""
        self.sock = socket.create_connection((self._address, self._where.port), self.timeout)
        if self._where.scheme == "https":
            context = ssl.create_default_context()
            # Shaking hands apart from wrapping, so that the watch can cut a server that does it for ever.
            self.sock = tls = context.wrap_socket(
                self.sock, server_hostname=self._where.host, do_handshake_on_connect=False
            )
            tls.do_handshake()

    def cut(self) -> None:
        """End it from another thread: whoever waits for the rest is let go."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
