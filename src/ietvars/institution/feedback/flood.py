"""How many messages one sender may leave in an hour, and all together, counted without keeping who it was.

The cache holds a count under a keyed hash of the sender's network. The salt of the hash is made anew each day and lives
in the cache only, so that a count cannot be joined with one of another day, nor an address guessed from it later. At
most as many senders are counted as messages are taken, so a flood cannot fill the cache.
"""

import ipaddress
import secrets
from datetime import datetime

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from ietvars.institution.feedback import errors, rules

DAY = 26 * 60 * 60
"""Seconds for which a day's salt is kept: a little longer than the day."""


def require_calm(sender: str, now: datetime, limits: rules.Limits) -> None:
    """Count one message of a sender, or refuse it. `sender` is an IP address; it goes no further than this function."""
    one, everybody = _key(sender, now), f"feedback:all:{now:%Y%m%d%H}"
    if cache.get(one, 0) >= limits.sender:
        raise errors.TooMany
    if cache.get(everybody, 0) >= limits.all:
        raise errors.TooManyInAll
    for key in (one, everybody):
        if not cache.add(key, 1, rules.seconds_left(now)):
            cache.incr(key)


def _key(sender: str, now: datetime) -> str:
    salt = cache.get_or_set(f"feedback:salt:{now:%Y%m%d}", lambda: secrets.token_hex(16), DAY)
    told = salted_hmac("ietvars.feedback.sender", f"{salt}\n{network(sender)}", algorithm="sha256").hexdigest()
    return f"feedback:{now:%H}:{told}"


def network(sender: str) -> str:
    """The network that counts as one sender: an IPv4 address, or the first 64 bits of an IPv6 one."""
    try:
        address = ipaddress.ip_address(sender)
    except ValueError:
        return sender
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
