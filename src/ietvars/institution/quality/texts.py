"""The texts of a description one by one, with their sentences and words. Pure; it must not judge any of them.

Languages are those the checks can read: Latvian and English. Texts in others are left alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

Span = tuple[int, int]
"""Start and end in a text, as slices count."""

LANGUAGES = ("lv", "en")

WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
"""A word: letters, joined by hyphens or apostrophes; numbers are none."""

_END = re.compile(r"[.!?…]+[”»\")]*(?=\s|$)|\n+")
_NO_END = re.compile(
    r"(?:\b(?:u\.\s?c|u\.\s?tml|t\.\s?i|t\.\s?sk|piem|sk|skat|plkst|nr|pk|dz|st|tālr|e\.g|i\.e|etc|no|vs|mr|mrs|dr|prof"
    r"|[^\W\d_])|\b\d{1,4})$",
    re.IGNORECASE,
)
"""What stands before a full stop that ends no sentence: abbreviations, single letters, ordinal numbers."""


@dataclass(frozen=True)
class Text:
    """One text as it stands in a description: the path of its part, its language, and which entry of several it is."""

    part: str
    language: str
    value: str
    index: int | None = None

    @property
    def whole(self) -> Span:
        """The span of all of it."""
        return 0, len(self.value)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words, in order."""
        return tuple(WORD.findall(self.value))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Spans of the sentences, without the blanks around them. A line ends a sentence too."""
        stops = (found for found in _END.finditer(self.value) if found.group()[0] != "." or not self._goes_on(found))
        cuts = [0, *(found.end() for found in stops), len(self.value)]
        return tuple(span for span in (self._trimmed(a, b) for a, b in pairwise(cuts)) if span[0] < span[1])

    def _goes_on(self, stop: re.Match[str]) -> bool:
        """Whether the sentence goes on after a full stop: by what stands before it, or by a small letter after it."""
        after = self.value[stop.end() :].lstrip(" ")[:1]
        return bool(after) and (after.islower() or bool(_NO_END.search(self.value[: stop.start()])))

    def _trimmed(self, start: int, end: int) -> Span:
        piece = self.value[start:end]
        return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def of(description: Mapping[str, Any]) -> tuple[Text, ...]:
    """Every text of a description (paths of parts to values) in every language; empty ones are left out."""
    return tuple(text for part, value in description.items() for text in _of_part(part, value) if text.value.strip())


def _of_part(part: str, value: Any) -> Iterator[Text]:
    if isinstance(value, Mapping):
        for language, said in value.items():
            if isinstance(said, str):
                yield Text(part, language, said)
            elif isinstance(said, list | tuple):
                yield from (Text(part, language, one, at) for at, one in enumerate(said) if isinstance(one, str))
    elif isinstance(value, list | tuple):
        for at, entry in enumerate(value):
            said = (entry.get("text") or entry.get("title")) if isinstance(entry, Mapping) else None
            if isinstance(said, Mapping):
                yield from (Text(part, lang, one, at) for lang, one in said.items() if isinstance(one, str))
