"""The stable IRIs of things, and the concepts that a document names and must therefore type.

CPSV-AP asks for the class of every code, language, area and page in the same graph, so whatever is named here is
remembered and told at the end of the document as a small node. An IRI is made from a code alone and never changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf.locale import LANG_INFO

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node, Said, clean, link, tag
from ietvars.ground.terms.rules import LANGUAGES

LIFE_EVENTS, BUSINESS_EVENTS = "life-events", "business-events"


@dataclass(frozen=True)
class Addresses:
    """IRIs below a base, which ends in a slash."""

    base: str

    def service(self, code: str) -> str:
        """A service, or the common description of several."""
        return f"{self.base}id/service/{code}"

    def body(self, code: str) -> str:
        """An institution, municipality, company or partner."""
        return f"{self.base}id/body/{code}"

    def situation(self, code: str) -> str:
        """A life situation with its steps."""
        return f"{self.base}id/situation/{code}"

    def term(self, scheme: str, code: str) -> str:
        """A term of a code list."""
        return f"{self.base}id/term/{scheme}/{code}"

    def scheme(self, code: str) -> str:
        """A code list."""
        return f"{self.base}id/term/{code}"

    def canvas(self, code: str, number: int) -> str:
        """A version of a canvas."""
        return f"{self.base}id/canvas/{code}/{number}"

    @property
    def catalogue(self) -> str:
        """The catalogue as a dataset."""
        return f"{self.base}id/catalogue"


@dataclass(frozen=True)
class Term:
    """What is said of a term of a code list."""

    label: Mapping[str, str]
    same_as: str = ""
    notation: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


Lists = Mapping[str, Mapping[str, Term]]
"""Code of each list to its terms by code."""


def texts(name: v.Property, told: Mapping[str, str]) -> list[Said]:
    """A text in each of its languages."""
    return [(name, clean(text), tag(language)) for language, text in told.items() if text]


def texts_or(name: v.Property, told: Mapping[str, str], otherwise: str) -> list[Said]:
    """A text that must be there: its own languages, else a code in the first language of the house."""
    return texts(name, told) or [(name, clean(otherwise), tag(LANGUAGES[0]))]


class Named:
    """What a document has named so far, with the nodes that type it."""

    def __init__(self, addresses: Addresses, lists: Lists) -> None:
        self.addresses = addresses
        self.lists = lists
        self.terms: dict[tuple[str, str], str] = {}
        self.others: dict[str, Node] = {}
        self.bodies: set[str] = set()

    def term(self, scheme: str, code: str) -> str:
        """IRI of a term of ours."""
        found = self.terms.get((scheme, code))
        if found is None:
            found = self.terms[scheme, code] = self.addresses.term(scheme, code)
        return found

    def event(self, code: str) -> str:
        """IRI of a life or business event by the code that services bear."""
        return self.term(BUSINESS_EVENTS if code in self.lists.get(BUSINESS_EVENTS, {}) else LIFE_EVENTS, code)

    def body(self, code: str) -> str:
        """IRI of a body."""
        self.bodies.add(code)
        return self.addresses.body(code)

    def concept(self, address: str, *classes: str, label: Mapping[str, str] | None = None, notation: str = "") -> str:
        """IRI of a concept of somebody else's table."""
        if address not in self.others:
            said: list[Said] = [(v.NOTATION, notation, "")] if notation else []
            self.others[address] = (address, classes or ("skos:Concept",), said + texts(v.LABEL, label or {}))
        return address

    def eu(self, table: str, code: str, *classes: str, label: Mapping[str, str] | None = None) -> str:
        """IRI of a concept in a table of the EU Publications Office."""
        return self.concept(f"{v.EU}{table}/{code}", *classes, label=label, notation=code)

    def language(self, code: str) -> str:
        """IRI of a language."""
        known = v.EU_LANGUAGES.get(code)
        label = {"en": str(LANG_INFO[code]["name"])} if code in LANG_INFO else {"en": code}
        classes = ("dct:LinguisticSystem", "skos:Concept")
        if known is None:
            return self.concept(self.addresses.term("languages", code), *classes, label=label, notation=code)
        return self.eu("language", known, *classes, label=label)

    def role(self, name: str) -> str:
        """IRI of a role of ours in a participation."""
        return self.concept(v.OWN + name, "skos:Concept", label=v.ROLE_WORDS[name])

    def place(self, address: str) -> str:
        """IRI of an area."""
        return self.concept(address, "dct:Location")

    def page(self, address: str) -> str:
        """IRI of a page in the web."""
        address = link(address)
        return self.concept(address, "foaf:Document")

    def nodes(self) -> Iterator[Node]:
        """All that was named, typed; in the order of its IRIs, so that a document is the same each time."""
        for scheme, code in sorted(self.terms):
            yield term_node(self.addresses, scheme, code, self.lists.get(scheme, {}).get(code))
        for address in sorted(self.others):
            yield self.others[address]


def term_node(addresses: Addresses, scheme: str, code: str, term: Term | None) -> Node:
    """A term as a concept; an event is an event of CPSV-AP too."""
    classes: tuple[str, ...] = ("skos:Concept",)
    said: list[Said] = [(v.NOTATION, code, "")]
    label = term.label if term else {}
    if scheme in (LIFE_EVENTS, BUSINESS_EVENTS):
        classes += ("cv:LifeEvent" if scheme == LIFE_EVENTS else "cv:BusinessEvent", "cv:Event")
        said += [(v.IDENTIFIER, code, ""), *texts_or(v.TITLE, label, code)]
    said += texts(v.LABEL, label)
    said.append((v.IN_SCHEME, addresses.scheme(scheme), None))
    if term and term.same_as:
        said.append((v.EXACT_MATCH, link(term.same_as), None))
    return addresses.term(scheme, code), classes, said
