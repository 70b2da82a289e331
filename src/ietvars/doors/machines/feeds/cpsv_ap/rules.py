"""The facts of the profile as values: which class has which property, how often, of what kind. Never imports Django.

Read once from profile.toml. Knows nothing of graphs, queries or sentences; `validating` turns a rule into SPARQL and
`sentences` a fault into words.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary

FILE = Path(__file__).with_name("profile.toml")

TEXT, DURATION, DOUBLE, LITERAL = "text", "duration", "double", "literal"
DATATYPES = {
    TEXT: "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    DURATION: "http://www.w3.org/2001/XMLSchema#duration",
    DOUBLE: "http://www.w3.org/2001/XMLSchema#double",
}


class Constraint(StrEnum):
    """What a rule asks, by the name that reports of SHACL use."""

    MIN = "MinCount"
    MAX = "MaxCount"
    DATATYPE = "Datatype"
    CLASS = "Class"


@dataclass(frozen=True)
class Rule:
    """One thing asked of one property of one class. `bound` is a class or datatype where the constraint has one."""

    owner: str
    path: str
    constraint: Constraint
    bound: str = ""


@dataclass(frozen=True)
class Name:
    """What people call a class or a property."""

    lv: str
    en: str


@dataclass(frozen=True)
class Profile:
    """All facts, IRIs written out. `subclasses` maps a class to the one above it; `terms` are all known IRIs."""

    name: str
    rules: tuple[Rule, ...]
    subclasses: Mapping[str, str]
    names: Mapping[str, Name]
    classes: frozenset[str]
    properties: frozenset[str]

    def called(self, iri: str) -> Name:
        """What people call a class or a property."""
        return self.names.get(iri) or Name(short(iri), short(iri))

    def above(self, owner: str) -> tuple[str, ...]:
        """The class and all classes above it, nearest first."""
        found = [owner]
        while (upper := self.subclasses.get(found[-1])) is not None:
            found.append(upper)
        return tuple(found)


@cache
def profile() -> Profile:
    """The profile that ships."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    classes = {vocabulary.iri(owner): properties for owner, properties in told["classes"].items()}
    rules = tuple(
        rule
        for owner, properties in classes.items()
        for path, asked in properties.items()
        for rule in _rules(owner, vocabulary.iri(path), asked)
    )
    return Profile(
        name=told["profile"],
        rules=rules,
        subclasses={vocabulary.iri(low): vocabulary.iri(high) for low, high in told["subclasses"].items()},
        names={vocabulary.iri(term): Name(*names) for term, names in told["names"].items()},
        classes=frozenset(classes),
        properties=frozenset(vocabulary.iri(path) for properties in classes.values() for path in properties),
    )


def _rules(owner: str, path: str, asked: str) -> list[Rule]:
    """The rules of one entry such as "1..* text"."""
    many, kind = asked.split()
    least, _, most = many.partition("..")
    found = []
    if least == "1":
        found.append(Rule(owner, path, Constraint.MIN))
    if (most or least) == "1":
        found.append(Rule(owner, path, Constraint.MAX))
    if kind in DATATYPES:
        found.append(Rule(owner, path, Constraint.DATATYPE, DATATYPES[kind]))
    elif kind != LITERAL:
        found.append(Rule(owner, path, Constraint.CLASS, vocabulary.iri(kind)))
    return found


def short(iri: str) -> str:
    """An IRI as people write it: dct:title; whole where its namespace is not known."""
    for prefix, whole in vocabulary.PREFIXES.items():
        if iri.startswith(whole) and len(iri) > len(whole):
            return f"{prefix}:{iri[len(whole) :]}"
    return iri
