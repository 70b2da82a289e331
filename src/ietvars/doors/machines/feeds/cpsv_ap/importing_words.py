"""Finds the term of our code lists that a concept or a word of another catalogue means. It never guesses nearly.

A term is found by its own IRI, by the IRI it says is the same, by its code, or by a label in any language, its own or
that of a list it names as matching; letters count, case and signs do not.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import Lists, Term
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Graph
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Term as Value

_OWN = re.compile(r"/id/term/([\w-]+)/([\w-]+)$")
_END = re.compile(r"[^/#?=:]+(?=[/#]*$)")

ALSO = {
    "channels": {
        "eservice": "online", "homepage": "online", "website": "online", "web": "online", "webaddress": "online",
        "portal": "online", "internet": "online", "telephone": "phone", "letter": "post", "post": "post",
        "counter": "in-person", "office": "in-person", "officevisit": "in-person", "mobileapp": "app",
        "mobileapplication": "app", "videocall": "video",
    },
    "target-groups": {
        "citizen": "natural-person", "citizens": "natural-person", "person": "natural-person",
        "individual": "natural-person", "business": "enterprise", "businesses": "enterprise", "company": "enterprise",
    },
}  # fmt: skip
"""Words of other catalogues that no label of ours has; our own list, from catalogues that were read."""

LONGEST = {"areas": 60, "service-kinds": 40, "channels": 40, "body-kinds": 40}
"""Letters that a code has room for where it is kept; 80 elsewhere."""

LANGUAGES = {iri: code for code, iri in v.EU_LANGUAGES.items()} | {
    "ENGLISH": "en", "LATVIAN": "lv", "ESTONIAN": "et", "LITHUANIAN": "lt", "FINNISH": "fi", "SWEDISH": "sv",
    "GERMAN": "de", "FRENCH": "fr", "RUSSIAN": "ru", "POLISH": "pl", "SPANISH": "es", "ITALIAN": "it", "DUTCH": "nl",
}  # fmt: skip
"""A language by the EU's code or its English name."""


def plain(word: str) -> str:
    """Letters and digits of a word in lower case, without diacritics."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in folded if letter.isalnum())


def ending(address: str) -> str:
    """The last name in an IRI."""
    found = _END.search(unquote(address))
    return found[0] if found else ""


class Words:
    """Our code lists, turned around."""

    def __init__(self, lists: Lists, graph: Graph) -> None:
        self.lists = lists
        self.graph = graph
        self._words = {code: _turned(code, terms) for code, terms in lists.items()}
        self._same = {code: {term.same_as: key for key, term in terms.items() if term.same_as}
                      for code, terms in lists.items()}  # fmt: skip

    def term(self, scheme: str, value: Value) -> str:
        """Code of the term that a concept or text means; empty when none does. A code of ours that is in no list
        stays what it is."""
        if isinstance(value, ox.Literal):
            return self._words.get(scheme, {}).get(plain(value.value), "")
        if isinstance(value, ox.NamedNode):
            own = _OWN.search(value.value)
            if own:
                return own[2] if own[1] == scheme and len(own[2]) <= LONGEST.get(scheme, 80) else ""
            if same := self._same.get(scheme, {}).get(value.value):
                return same
        for name in (v.NOTATION, v.LABEL, v.TITLE, v.IDENTIFIER):
            for text in self.graph.values(value, name):
                if isinstance(text, ox.Literal) and (found := self._words.get(scheme, {}).get(plain(text.value))):
                    return found
        return self._words.get(scheme, {}).get(plain(ending(value.value)), "")

    def theme(self, address: str) -> str:
        """The one area that the EU theme means; empty when several or none do."""
        code = ending(address) if address.startswith(f"{v.EU}data-theme/") else ""
        fitting = [key for key, term in self.lists.get("areas", {}).items() if code and term.facts.get("theme") == code]
        return fitting[0] if len(fitting) == 1 else ""

    def language(self, value: Value) -> str:
        """ISO code of a language; empty when it is not known."""
        word = value.value if isinstance(value, ox.Literal) else ending(value.value)
        if isinstance(value, ox.NamedNode) and (own := _OWN.search(value.value)):
            return own[2] if own[1] == "languages" else ""
        known = LANGUAGES.get(word.strip().upper(), "")
        return known or (word.lower() if word.lower() in v.EU_LANGUAGES else "")


def _turned(scheme: str, terms: Mapping[str, Term]) -> dict[str, str]:
    found: dict[str, str] = {word: code for word, code in ALSO.get(scheme, {}).items() if code in terms}
    for code, term in reversed(list(terms.items())):
        for word in _labels(term):
            found[plain(word)] = code
    for code in terms:
        found[plain(code)] = code
    return found


def _labels(term: Term) -> Iterator[str]:
    yield from (text for text in term.label.values() if text)
    for match in term.facts.get("matches", ()):
        if match.get("label"):
            yield str(match["label"])
