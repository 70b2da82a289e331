"""Who a person was becomes a keyed hash here, at the door; the raw identifier is written nowhere and logged nowhere.

The keys are the deployment's own and lie in a file apart from the database and the lake (IETVARS_PERSON_KEYS), so that
a copy of these without that file names nobody. A key can be rotated: from then on the newest one hashes, and an older
one is kept only while facts bear its hashes, so that a person can still be erased from them. Whoever is erased is never
joined again: his hashes stand in a list, and what comes later bears none. It must not know an event.
"""

import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ietvars.institution.deliveries import errors

Hasher = Callable[[str], tuple[int | None, int]]
"""Raw identifier to (hash, version); (None, 0) for one who was erased."""

_CODE_LENGTH = 12
_DASHES = "-‐‑‒–—−/ "
_BLOCK = 64
_SHORTEST = 32
_INNER = bytes(one ^ 0x36 for one in range(256))
_OUTER = bytes(one ^ 0x5C for one in range(256))


@dataclass(frozen=True)
class Key:
    """One key; version 1 is the first that this deployment ever had."""

    version: int
    made_at: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Ring:
    """The keys of this deployment, oldest first; the last one hashes. `erasure` tells those who were erased, whatever
    became of the other keys, and is never rotated; its version is 0."""

    keys: tuple[Key, ...]
    erasure: Key

    def hashes(self, raw: str) -> list[tuple[int, int]]:
        """(hash, version) of a person under every key that is kept, that of erasure first."""
        said = _normal(raw)
        return [(_hmac(key.secret)(said), key.version) for key in (self.erasure, *self.keys)]

    def hasher(self, erased: Collection[tuple[int, int]] = ()) -> Hasher:
        """What turns a raw identifier into (hash, version); (None, 0) for one who was erased."""
        key = self.keys[-1]
        made_of, version = _hmac(key.secret), key.version
        erased_of, gone = _hmac(self.erasure.secret), {made for made, of in erased if of == self.erasure.version}

        def key_of(raw: str) -> tuple[int | None, int]:
            said = _normal(raw)
            if gone and erased_of(said) in gone:
                return None, 0
            return made_of(said), version

        return key_of


def _normal(raw: str) -> bytes:
    """The same person written in another way is the same person: a code with its dash or without, capitals or not."""
    said = raw.strip().lower() if raw.isascii() else unicodedata.normalize("NFKC", raw).strip().casefold()
    if len(said) == _CODE_LENGTH and said[6] in _DASHES and said[:6].isdecimal() and said[7:].isdecimal():
        said = said[:6] + said[7:]
    return said.encode("utf-8", "surrogatepass")


def _hmac(secret: bytes) -> Callable[[bytes], int]:
    """HMAC-SHA256 under one key, cut to 63 bits. As `hmac.digest`, but the key is taken in once: half the time."""
    inner = hashlib.sha256(secret.ljust(_BLOCK, b"\0").translate(_INNER))
    outer = hashlib.sha256(secret.ljust(_BLOCK, b"\0").translate(_OUTER))

    def made(said: bytes) -> int:
        first, second = inner.copy(), outer.copy()
        first.update(said)
        second.update(first.digest())
        return int.from_bytes(second.digest()[:8], "big") >> 1

    return made


def ring(path: Path, now: datetime) -> Ring:
    """The keys in a file, which is made with a first key where there is none. Raises NoKeys."""
    if not path.exists():
        _write_first(path, _document(Ring((_made(1, now),), _made(0, now))))
    return _read(path)


_read_before: dict[Path, tuple[tuple[int, int], Ring]] = {}


def _read(path: Path) -> Ring:
    """The file, read again only when it was replaced."""
    try:
        state = path.stat()
        mark = (state.st_mtime_ns, state.st_ino)
        known = _read_before.get(path)
        if known is None or known[0] != mark:
            found = json.loads(path.read_text(encoding="ascii"))
            read = Ring(tuple(_key(one) for one in found["keys"]), _key(found["erasure"]))
            if not read.keys or any(len(one.secret) < _SHORTEST for one in (*read.keys, read.erasure)):
                raise errors.NoKeys
            known = _read_before[path] = (mark, read)
    except (OSError, ValueError, KeyError, TypeError):
        # Neither the text of the fault nor its chain may show what stood in the file.
        raise errors.NoKeys from None
    return known[1]


def rotate(path: Path, now: datetime) -> Ring:
    """Begin a new key; the ones before it stay until they are forgotten. Returns the new ring."""
    before = ring(path, now)
    _replace(path, Ring((*before.keys, _made(before.keys[-1].version + 1, now)), before.erasure))
    return _read(path)


def forget(path: Path, versions: Collection[int], now: datetime) -> list[int]:
    """Forget keys for ever, but never the newest. Returns the versions that are gone."""
    before = ring(path, now)
    gone = [one.version for one in before.keys[:-1] if one.version in versions]
    if gone:
        _replace(path, Ring(tuple(one for one in before.keys if one.version not in gone), before.erasure))
    return gone


def _made(version: int, now: datetime) -> Key:
    return Key(version, now.isoformat(timespec="seconds"), secrets.token_bytes(_SHORTEST))


def _key(said: dict[str, Any]) -> Key:
    return Key(int(said["version"]), said["made_at"], bytes.fromhex(said["key"]))


def _document(made: Ring) -> bytes:
    def row(one: Key) -> dict[str, Any]:
        return {"version": one.version, "made_at": one.made_at, "key": one.secret.hex()}

    said = {"keys": [row(one) for one in made.keys], "erasure": row(made.erasure)}
    return json.dumps(said, indent=1).encode("ascii")


def _write_first(path: Path, said: bytes) -> None:
    """Make the file, unless another process was first: the name appears with its content, by a link."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = _beside(path, said)
    with suppress(FileExistsError):
        os.link(made, path)
    made.unlink()
    _keep_folder(path)


def _replace(path: Path, made: Ring) -> None:
    _beside(path, _document(made)).replace(path)
    _keep_folder(path)


def _beside(path: Path, said: bytes) -> Path:
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(said)
        file.flush()
        os.fsync(file.fileno())
    return made


def _keep_folder(path: Path) -> None:
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
