"""Which addresses may be asked, what an answer says of a link, and which faults last. Pure, never imports Django.

An owner is told of a link only when nobody can doubt it: the server has said several times, over several days, that
the page is not there, or the name of the server is known to nobody. A server that is busy, refuses machines or is down
for a night says nothing about the page.
"""

import ipaddress
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import quote, urlsplit, urlunsplit

LASTING_TIMES = 3
"""Checks that must have found the same before it is told."""

LASTING_DAYS = 3
"""Days that must lie between the first and the last of them."""

AGAIN_AFTER = {True: timedelta(days=7), False: timedelta(hours=20)}
"""After how long a link is asked again: a fine one weekly, another one daily (20 hours, so that a daily round fits)."""

ASKED_AT_MOST_EVERY = timedelta(hours=1)
"""A link is not asked again sooner, whoever asks for it."""

PORTS = frozenset({80, 443, 8080, 8443})
"""Ports at which pages for people stand; any other is left alone."""

LONGEST = 1000
"""Letters of an address that are kept; longer ones are not asked."""


class Outcome(StrEnum):
    """What one check found."""

    FINE = "fine"
    GONE = "gone"
    NO_HOST = "no-host"
    UNCLEAR = "unclear"
    INNER = "inner"
    UNREADABLE = "unreadable"


HARD = frozenset({Outcome.GONE, Outcome.NO_HOST})
"""Outcomes that leave no doubt once they last."""

SAYS_NOTHING = frozenset({Outcome.UNCLEAR, Outcome.INNER, Outcome.UNREADABLE})
"""Outcomes that neither confirm a fault nor clear it."""


def of_status(status: int) -> Outcome:
    """What the status of an answer says. Only 404 and 410 say that a page is gone (RFC 9110, 15.5.5 and 15.5.11)."""
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return Outcome.GONE
    return Outcome.FINE if status < HTTPStatus.MULTIPLE_CHOICES else Outcome.UNCLEAR


@dataclass(frozen=True)
class Seen:
    """One check of a link."""

    at: datetime
    outcome: Outcome
    status: int | None = None


@dataclass(frozen=True)
class Fault:
    """A fault that lasts: what it is, since when it is seen, when last, how often."""

    outcome: Outcome
    first_seen: datetime
    last_seen: datetime
    times: int
    status: int | None = None


def lasting(checks: Iterable[Seen], *, times: int = LASTING_TIMES, days: int = LASTING_DAYS) -> Fault | None:
    """The lasting fault of a link, if it has one: enough hard outcomes, far enough apart, since it was last fine."""
    hard: list[Seen] = []
    for check in sorted(checks, key=lambda one: one.at):
        if check.outcome in HARD:
            hard.append(check)
        elif check.outcome not in SAYS_NOTHING:
            hard.clear()
    if len(hard) < times or hard[-1].at - hard[0].at < timedelta(days=days):
        return None
    return Fault(hard[-1].outcome, hard[0].at, hard[-1].at, len(hard), hard[-1].status)


def is_due(last: Seen | None, now: datetime) -> bool:
    """Whether a link is asked again in an ordinary round."""
    return last is None or now - last.at >= AGAIN_AFTER[last.outcome is Outcome.FINE]


@dataclass(frozen=True)
class Target:
    """An address as a machine asks for it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def place(self) -> str:
        """Host and port, as the setting of allowed hosts names them."""
        return f"{self.host}:{self.port}"


def target(url: str) -> Target | None:
    """What to ask for at an address; None when it cannot be read, is no web address, or carries a name and password."""
    if len(url) > LONGEST or _UNFIT.search(url):
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        ascii_host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not ascii_host or parts.username is not None:
        return None
    path = urlunsplit(("", "", quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE), ""))
    return Target(parts.scheme, ascii_host, port or (443 if parts.scheme == "https" else 80), path)


_SAFE = "/%:=&?~#+!$,;'@()*[]"
_UNFIT = re.compile(r"[\x00-\x20\x7f]")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet; one that wraps another is judged by what it wraps."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_allowed(where: Target, addresses: Sequence[str], allowed: frozenset[str]) -> bool:
    """Whether a machine may be asked: all its addresses are public and the port is one for pages, or it is allowed."""
    if where.place in allowed or where.host in allowed:
        return True
    return where.port in PORTS and bool(addresses) and all(is_public(address) for address in addresses)


def in_turn(urls: Iterable[str]) -> list[str]:
    """The addresses in an order that goes from host to host, so that no server is asked in a row while others wait."""
    by_host: dict[str, deque[str]] = defaultdict(deque)
    for url in urls:
        found = target(url)
        by_host[found.host if found else ""].append(url)
    order = []
    while by_host:
        for host in list(by_host):
            order.append(by_host[host].popleft())
            if not by_host[host]:
                del by_host[host]
    return order


def is_offline(answered: Sequence[bool], hosts: int, outcomes: Iterable[Outcome]) -> bool:
    """Whether it is us who are cut off: several hosts were sought and none answered, not even with a refusal."""
    sought = [outcome for outcome in outcomes if outcome not in (Outcome.INNER, Outcome.UNREADABLE)]
    return hosts >= LEAST_HOSTS and bool(sought) and not any(answered)


LEAST_HOSTS = 3
"""Silence of fewer hosts than this may be their own."""
