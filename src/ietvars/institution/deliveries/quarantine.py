"""How a refused event is kept: whole enough to be mended and replayed, with nothing in it that could name a person.

Every text is masked as feedback is, and the person is replaced by what stands for him in the inbox, the keyed hash, so
that a replay joins him all the same. Pure; it must not write.
"""

import hashlib
import json
import math
import re
from typing import Any

from ietvars.institution.deliveries import rules
from ietvars.institution.deliveries.events import KeyOf

HIDDEN = "[…]"
"""What stands for anything personal. The reading refuses it, so that nothing is replayed before it was mended."""
LONGEST_KEPT = 1_000
MOST_KEPT = 40
DEEPEST = 4

_HASHED = re.compile(r"hashed:(\d{1,4}):(\d{1,19})")


def masked(document: Any, key_of: KeyOf) -> Any:
    """A refused document as it may be kept: attributes and data cut to what an event has, and masked."""
    return {} if document is None else _kept(document, key_of, DEEPEST)


def _kept(value: Any, key_of: KeyOf, deep: int) -> Any:
    if isinstance(value, dict):
        found = list(value.items())[:MOST_KEPT] if deep else []
        return {words(str(name)): _named(name, part, key_of, deep) for name, part in found}
    if isinstance(value, list):
        return [_kept(part, key_of, deep - 1) for part in value[:MOST_KEPT]] if deep else []
    if isinstance(value, str):
        return words(value)
    if isinstance(value, bool) or value is None:
        return value
    # A number may be a personal code without its dash; and what is no number at all no database takes as JSON.
    return HIDDEN if rules.PERSONAL.search(str(value)) or not math.isfinite(value) else value


def _named(name: Any, value: Any, key_of: KeyOf, deep: int) -> Any:
    if name == "person" and value is not None:
        if not isinstance(value, str) or not 0 < len(value) <= rules.LONGEST_PERSON:
            return HIDDEN
        key, version = key_of(value)
        return hashed(key, version) if key is not None else None
    if isinstance(value, str):
        return words(value, describes=name in rules.DESCRIBING)
    return _kept(value, key_of, deep - 1)


def words(text: str, *, describes: bool = False) -> str:
    """A text that somebody wrote, with nothing personal in it; where words describe something, no name is sought."""
    text = rules.CONTROL.sub(" ", text[:LONGEST_KEPT])
    if not describes:
        text = rules.NAME.sub(HIDDEN, text)
    return rules.PERSONAL.sub(HIDDEN, text)


def hashed(key: int, version: int) -> str:
    """What stands for a person in a refused document."""
    return f"hashed:{version}:{key}"


def without(document: Any, word: str) -> Any:
    """A refused document without a person."""
    if isinstance(document, dict):
        return {name: without(value, word) for name, value in document.items()}
    if isinstance(document, list):
        return [without(value, word) for value in document]
    return None if document == word else document


def unhashed(key_of: KeyOf) -> KeyOf:
    """Like `key_of`, but one that was hashed when it was laid aside is taken as it is. For replays only."""

    def found(raw: str) -> tuple[int | None, int]:
        match = _HASHED.fullmatch(raw)
        return (int(match[2]), int(match[1])) if match else key_of(raw)

    return found


def fingerprint(sender_id: int, kept: Any) -> str:
    """What makes a refused event the same again."""
    said = json.dumps([sender_id, kept], sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(said.encode("ascii"), digest_size=16).hexdigest()
