"""Pure decisions about texts in several languages and about code lists as files. No Django, no tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ietvars.ground.terms import errors

LANGUAGES = ("lv", "en")
"""Languages of the interface, the first one first."""


def pick(texts: Mapping[str, str] | None, language: str) -> str:
    """Return the text in `language`, else in the first language that has one, else an empty text."""
    if not texts:
        return ""
    for code in (language, *LANGUAGES):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")


def faults(texts: object) -> tuple[str, ...]:
    """Say what keeps `texts` from being a language map (language code to text)."""
    if not isinstance(texts, dict):
        return ("a language map is an object of language codes and texts",)
    return tuple(
        f"{code!r}: a text is expected under a language code"
        for code, text in texts.items()
        if not (isinstance(code, str) and 2 <= len(code) <= 12 and isinstance(text, str))
    )


_LATVIAN_ORDER = "aābcčdeēfgģhiījkķlļmnņoōpqrŗsštuūvwxyzž"
_RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(_LATVIAN_ORDER)}


def sort_key(text: str) -> str:
    """Return a key that sorts Latvian text in alphabet order with any byte-wise collation.

    SQLite has no Latvian collation, so the key is stored beside the text on both databases.
    """
    return "".join(_RANK.get(letter, f"!{letter}") for letter in text.lower())[:240]


KEEPERS = ("administrator", "system")
"""Roles that may load code lists."""


@dataclass(frozen=True)
class TermFacts:
    """One entry of a code list as its file says it."""

    code: str
    label: Mapping[str, str]
    same_as: str = ""
    notation: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ListFacts:
    """A code list as its file says it; the order of the terms counts."""

    code: str
    title: Mapping[str, str]
    source: str
    terms: tuple[TermFacts, ...]


def read_list(name: str, document: Mapping[str, Any]) -> ListFacts:
    """Read a parsed file. `name` is only for the refusal's sentence. Raises BrokenCodeList."""
    try:
        terms = tuple(TermFacts(**entry) for entry in document["term"])
        found = ListFacts(code=document["code"], title=document["title"], source=document["source"], terms=terms)
    except (KeyError, TypeError) as fault:
        raise errors.BrokenCodeList(name=name, why=str(fault)) from fault
    for code, texts in ((found.code, found.title), *((term.code, term.label) for term in terms)):
        if wrong := faults(texts) or [f"{code}: no text in {lang}" for lang in LANGUAGES if not texts.get(lang)]:
            raise errors.BrokenCodeList(name=name, why=wrong[0])
    twice = [term.code for number, term in enumerate(terms) if term.code in {t.code for t in terms[:number]}]
    if twice:
        raise errors.BrokenCodeList(name=name, why=f"{twice[0]} stands twice")
    return found


def require_known(code: str, known: Iterable[str], list_code: str) -> None:
    """Refuse a code that is no term of the list. Raises UnknownTerm."""
    codes = tuple(known)
    if code not in codes:
        raise errors.UnknownTerm(term=code, list=list_code, known=", ".join(codes))
