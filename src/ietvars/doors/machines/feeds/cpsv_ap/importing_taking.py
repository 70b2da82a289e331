"""Takes values out of a graph for one service, and notes what could not be taken: what all readers of parts share.

It must not know a part of a description; which those are stands in the files beside it.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.importing_faults import Fault
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Graph, Node, Term
from ietvars.doors.machines.feeds.cpsv_ap.importing_names import Names
from ietvars.doors.machines.feeds.cpsv_ap.importing_words import Words

Texts = dict[str, str]

UNDETERMINED = "und"
"""Language of a text that does not say one."""

WEB = re.compile(r"https?://[^\s/]")
OURS = re.compile(r"/id/service/[\w-]+#")
MOST_URL, MOST_NAME = 400, 200


class Shared:
    """What is the same for all services of a file; things that several share are read once."""

    def __init__(self, graph: Graph, words: Words, names: Names, *, language: str, source: str, holder: str) -> None:
        self.graph, self.words, self.names = graph, words, names
        self.language, self.source, self.holder = language, source, holder
        self.ways: dict[Node, tuple[str, str]] = {}
        self.entries: dict[Node, dict[str, Any]] = {}


class Taking:
    """One service while it is read."""

    def __init__(self, reader: Shared, node: ox.NamedNode) -> None:
        self.reader, self.graph, self.words, self.names = reader, reader.graph, reader.words, reader.names
        self.node = node
        self.nodes: list[Node] = [node]
        self.faults: list[Fault] = []
        self.untagged = 0
        self.spoken = UNDETERMINED

    def texts(self, node: Node, name: v.Property) -> Texts:
        """A text in each language; what says no language is in that of the service."""
        found: Texts = {}
        left: list[Term] = []
        for value in self.graph.take(node, name):
            if not isinstance(value, ox.Literal) or not value.value.strip():
                left += [value] if not isinstance(value, ox.Literal) else []
                continue
            language = (value.language or "").lower()[:12]
            if not language:
                self.untagged += 1
            text = value.value if language else value.value.strip()
            if found.setdefault(language or self.spoken, text) != text:
                left.append(value)
                self.fault("second-text", value.value[:60])
        self.graph.give_back(node, name, left)
        return found

    def _keywords(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for value in self.graph.take(self.node, v.KEYWORD):
            if isinstance(value, ox.Literal):
                self.untagged += not value.language
                found.setdefault((value.language or self.spoken).lower()[:12], []).append(value.value)
        return found

    def fault(self, code: str, what: str = "") -> None:
        """Note a fault of this service once."""
        one = Fault(self.node.value, code, what)
        if one not in self.faults:
            self.faults.append(one)

    def word(self, name: v.Property, node: Term | None = None) -> str:
        """The first plain value, taken out."""
        found = self.graph.take(node or self.node, name) if not isinstance(node, ox.Literal) else []
        return found[0].value if found else ""

    def _strings(self, name: v.Property) -> list[str]:
        return [one.value for one in self.graph.take(self.node, name)]

    def _day(self, name: v.Property, node: Node | None = None) -> date | None:
        for value in self.graph.take(node or self.node, name):
            try:
                return date.fromisoformat(value.value[:10])
            except ValueError:
                self.fault("bad-value", value.value[:60])
        return None

    def _url(self, node: Node, name: v.Property) -> str:
        for value in self.graph.take(node, name):
            if WEB.match(value.value) and len(value.value) <= MOST_URL:
                return value.value
            self.fault("bad-address", value.value[:80])
            self.graph.give_back(node, name, [value])
        return ""

    def _ordered(self, name: v.Property) -> list[Node]:
        """Things of the service by their order, taken as understood; texts in their place are given back."""
        told = self.graph.take(self.node, name)
        self.graph.give_back(self.node, name, [one for one in told if isinstance(one, ox.Literal)])
        parts: list[Node] = [one for one in told if not isinstance(one, ox.Literal)]
        self.nodes += parts
        return sorted(parts, key=self._place)

    def _place(self, part: Term) -> int:
        told = self.graph.values(part, v.ORDER)
        return (whole(told[0].value) if told else None) or 0

    def _own(self, part: Term, class_: str, *names: v.Property) -> None:
        """Take what we say of such a thing anyway."""
        if isinstance(part, ox.Literal):
            return
        if part not in self.nodes:
            self.nodes.append(part)
        self.graph.forget_classes(part, v.iri(class_))
        for name in names:
            self.graph.take(part, name)


def whole(text: str) -> int | None:
    """A whole number that fits into a table; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= 7 else None


def texts_of(values: Sequence[Term], spoken: str) -> Texts:
    """Literals as a text in each language."""
    found: Texts = {}
    for value in values:
        if isinstance(value, ox.Literal) and value.value.strip():
            found.setdefault((value.language or spoken).lower()[:12], value.value)
    return found
