"""Takes out of a text what must never be written down: personal codes, telephone numbers, addresses, accounts. Pure.

It rather takes out too much: a case number that looks like a telephone number is lost, a telephone number is not kept.
Days and spans of years stay, since people speak of deadlines. Sources of the forms: Law on the Register of Natural
Persons, section 4 and its transitional provisions (ddmmyy-nnnnn, and 32nnnn-nnnnn since 2017-07-01); the numbering plan
(eight digits, 2 mobile, 6 fixed, 8 free, 9 paid, +371); ISO 13616 (LV and 19 more signs).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ietvars.ground.errors import sentence


class Kind(StrEnum):
    """What was taken out."""

    CODE = "personal-code"
    TELEPHONE = "telephone"
    ADDRESS = "e-mail"
    ACCOUNT = "account"


WORDS: dict[Kind, str] = {
    Kind.CODE: sentence("personal code"),
    Kind.TELEPHONE: sentence("telephone number"),
    Kind.ADDRESS: sentence("e-mail address"),
    Kind.ACCOUNT: sentence("bank account"),
}

STANDS_FOR = {
    "lv": {
        Kind.CODE: "[personas kods]",
        Kind.TELEPHONE: "[tālrunis]",
        Kind.ADDRESS: "[e-pasts]",
        Kind.ACCOUNT: "[konts]",
    },
    "en": {
        Kind.CODE: "[personal code]",
        Kind.TELEPHONE: "[telephone]",
        Kind.ADDRESS: "[e-mail]",
        Kind.ACCOUNT: "[account]",
    },
}
"""What stands in the place of each, in the language of the one who wrote."""


@dataclass(frozen=True)
class Masked:
    """The text as it may be written, and how much of what was taken out."""

    text: str = field(repr=False)
    found: dict[str, int]


_DASH = r"[-‐‑‒–—―−﹣－⁻_/]"
_GAP = r"[\s.·]{0,2}"
_AT = r"(?:[@＠]|\(at\)|\[at\]|\(a\)|\(et\)|\[et\])"
_NAME = r"[\w.+'%&!#$*=?^`{|}~-]+"

_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.ADDRESS,
        re.compile(
            rf"{_NAME}[@＠][\w-]+(?:[.．][\w-]+)*|{_NAME}\s?{_AT}\s?[\w-]+(?:\s?[.．]\s?[\w-]+)+", re.IGNORECASE
        ),
    ),
    (Kind.ACCOUNT, re.compile(r"\bLV\s?\d{2}(?:\s?[A-Z0-9]){17}\b", re.IGNORECASE)),
    # With a dash, whatever the six digits are; with blanks between digits too.
    (Kind.CODE, re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{5}}\s{{0,2}}{_DASH}{{1,2}}\s{{0,2}}\d(?:{_GAP}\d){{4}}(?!\d)")),
    # Without one, only what can be a code: 32 and nine more, or a day, a month and seven more.
    (
        Kind.CODE,
        re.compile(
            rf"(?<!\d)(?:3{_GAP}2(?:{_GAP}\d){{4}}|(?:0{_GAP}[1-9]|[12]{_GAP}\d|3{_GAP}[01]){_GAP}"
            rf"(?:0{_GAP}[1-9]|1{_GAP}[0-2])(?:{_GAP}\d){{2}})[\s.,:;()\[\]]{{0,3}}\d(?:{_GAP}\d){{4}}(?!\d)"
        ),
    ),
    (
        Kind.TELEPHONE,
        re.compile(
            r"\b(?:t[āa]lr\w*|tel|telef\w*|mob|mobil\w*|zvan\w*|phone|call)\b[\s.:,-]{0,4}(?:[a-zāčēģīķļņšūž]{1,6}\s)?"
            r"\+?\d(?:[\s().–-]{0,2}\d){5,13}(?!\d)",
            re.IGNORECASE,
        ),
    ),
    (Kind.TELEPHONE, re.compile(r"(?<![\w+])\(?(?:\+|00)\s?\(?\d(?:[\s().–-]{0,2}\d){6,13}(?!\d)")),
    (Kind.TELEPHONE, re.compile(r"(?<!\d)(?:371[\s().–-]{0,2})?[2689](?:[\s().–-]{0,2}\d){7}(?!\d)")),
)
"""In this order: what is longer or surer comes first."""

_YEAR = r"(?:19|20|21)\d{2}"
_KEPT = re.compile(
    # A day, and what a clock says after it; a span of years.
    rf"{_YEAR}[-./]\s?(?:0?[1-9]|1[0-2])[-./]\s?(?:0?[1-9]|[12]\d|3[01])(?:\s\d{{1,2}})?"
    rf"|(?:0?[1-9]|[12]\d|3[01])[-./]\s?(?:0?[1-9]|1[0-2])[-./]\s?{_YEAR}(?:\s\d{{1,2}})?"
    rf"|{_YEAR}\s?[-–./]\s?{_YEAR}"
)


def mask(text: str, language: str = "lv") -> Masked:
    """The text with a word in brackets for each thing that must not be kept."""
    stands_for = STANDS_FOR.get(language, STANDS_FOR["lv"])
    found: Counter[str] = Counter()

    def instead_of(kind: Kind) -> Callable[[re.Match[str]], str]:
        def put(match: re.Match[str]) -> str:
            said = match[0]
            if kind is Kind.TELEPHONE and _KEPT.fullmatch(said.strip()):
                return said
            found[kind.value] += 1
            # The word before a number ("tālrunis 2...") is no secret and keeps the sentence readable.
            lead = re.match(r"[^\d+(]*", said) if kind is Kind.TELEPHONE else None
            return f"{lead[0] if lead else ''}{stands_for[kind]}"

        return put

    for kind, pattern in _PATTERNS:
        text = pattern.sub(instead_of(kind), text)
    return Masked(text, dict(found))


def total(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """How much of each was taken out of several texts."""
    added: Counter[str] = Counter()
    for one in counts:
        added.update(one)
    return dict(added)
