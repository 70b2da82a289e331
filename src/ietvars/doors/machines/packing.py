"""What a call sends, unpacked where its header Content-Encoding says that it is packed.

The limit holds for what is sent and for what comes out of it, so that a small call cannot become a large one. Nothing
here knows what the bytes mean.
"""

import zlib

from django.http import HttpRequest

from ietvars.ground.errors import Refusal, sentence
from ietvars.institution.deliveries.errors import TooLarge

GZIP = ("gzip", "x-gzip")
"""Two names of one packing (RFC 9110, 8.4.1.3)."""


class UnknownPacking(Refusal):
    """A packing that nobody here unpacks, or several on one another."""

    code = "call-packing-unknown"
    message = sentence("The call is packed as “%(packing)s”. Send it as it is, or packed once by gzip.")


class DamagedPacking(Refusal):
    """Packed data that are broken, end in the middle, or are followed by something."""

    code = "call-packing-damaged"
    message = sentence(
        "The call says that it is packed by gzip and cannot be unpacked whole. Pack it anew and send again."
    )


def body(request: HttpRequest, limit: int) -> bytes:
    """The bytes of a call, at most so many. Raises TooLarge, UnknownPacking, DamagedPacking."""
    packing = request.headers.get("Content-Encoding", "").strip().lower()
    if packing not in ("", "identity", *GZIP):
        raise UnknownPacking(packing=packing)
    # Not `request.body`, whose limit is that of forms.
    found = request.read(limit + 1)
    if len(found) <= limit and packing in GZIP:
        found = _unpacked(found, limit + 1)
    if len(found) > limit:
        raise TooLarge(limit=limit)
    return found


def _unpacked(packed: bytes, most: int) -> bytes:
    """What was packed, or its first bytes where it is longer. One stream only: a chain of empty ones takes long."""
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: with the header and the checksum of gzip
    try:
        found = stream.decompress(packed, most)
    except zlib.error as fault:
        raise DamagedPacking from fault
    if len(found) < most and (not stream.eof or stream.unused_data):
        raise DamagedPacking
    return found
