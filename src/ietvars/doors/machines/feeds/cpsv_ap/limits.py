"""How much a file of linked data may ask of this machine. The defaults are those of docs/howto/settings.md.

Imported by the child process that reads untrusted files, so nothing of Django is loaded before `current()` is called.
"""

from dataclasses import asdict, dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The most bytes of a file, triples in it, seconds of work and bytes of memory."""

    bytes: int = 512 * MIB
    triples: int = 2_000_000
    seconds: int = 300
    memory: int = 3072 * MIB

    def plain(self) -> dict[str, int]:
        """As JSON, for the child process."""
        return asdict(self)


def current() -> Limits:
    """The limits of this installation, from its settings."""
    from django.conf import settings  # not loaded by the child process, which is handed its limits

    given = settings.RDF_LIMITS
    return Limits(
        bytes=given["bytes"], triples=given["triples"], seconds=given["seconds"], memory=given["memory"] * MIB
    )
