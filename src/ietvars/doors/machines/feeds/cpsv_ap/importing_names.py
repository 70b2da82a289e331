"""Gives the things of a graph their codes here, the same each time the same catalogue is brought in.

An IRI of this house holds its code; an IRI that came before keeps the code it got; everything else is named after its
identifier or its address. It must not read what things say of themselves, apart from that.
"""

import re
from collections.abc import Callable, Collection, Mapping

import pyoxigraph as ox
from django.utils.text import slugify

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import Addresses
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Graph, Node, Term
from ietvars.doors.machines.feeds.cpsv_ap.importing_words import ending

_SLUG = re.compile(r"[-a-zA-Z0-9_]+")
_LIKE_OURS = re.compile(r"/id/(?:service|body)/([\w-]+)$", re.ASCII)
_MOST = {"service": 120, "body": 80, "situation": 80}

SERVICE = v.iri("cpsv:PublicService")
MENTION = v.iri("ietv:Mention")


class Names:
    """Codes by IRI. `services` and `bodies` are the codes that are taken: of bodies with the source they came from."""

    def __init__(
        self,
        graph: Graph,
        addresses: Addresses,
        *,
        source: str,
        services: Collection[str],
        bodies: Mapping[str, str],
        origins: Mapping[str, str],
        canvas: Callable[[str, int], bool],
    ) -> None:
        self.graph, self.addresses, self.source = graph, addresses, source
        self._taken = set(services)
        self._bodies_here = bodies
        self._origins = origins
        self.has_canvas = canvas
        self._services: dict[str, str] = {}
        self.bodies: dict[Term, str] = {}
        self._body_codes: set[str] = set()

    def is_ours(self, node: Term) -> bool:
        """Whether the IRI is one of this installation."""
        return isinstance(node, ox.NamedNode) and node.value.startswith(f"{self.addresses.base}id/")

    def is_service(self, node: Term) -> bool:
        """Whether a service stands behind the IRI: here, in the file, or brought in before."""
        if not isinstance(node, ox.NamedNode):
            return False
        own = self._own(node, "service")
        if own:
            return own in self._taken or SERVICE in self.graph.classes(node)
        return SERVICE in self.graph.classes(node) or node.value in self._services or node.value in self._origins

    def service(self, node: ox.NamedNode, identifier: str) -> str:
        """Code of a service."""
        if node.value not in self._services:
            code = self._own(node, "service") or self._origins.get(node.value, "")
            if not code:
                told = identifier or next((one.value for one in self.graph.values(node, v.IDENTIFIER)), "")
                code = self._free(_LIKE_OURS, node.value, told, self._taken, _MOST["service"])
            self._taken.add(code)
            self._services[node.value] = code
        return self._services[node.value]

    def body(self, value: Term) -> str:
        """Code of a body; empty for an empty text. A body of the same source and code is the same body."""
        if value not in self.bodies:
            code = self._own(value, "body") if isinstance(value, ox.NamedNode) else ""
            if not code:
                foreign = {one for one, source in self._bodies_here.items() if source != self.source}
                told = value.value if isinstance(value, ox.Literal) else ""
                address = "" if isinstance(value, ox.Literal) else value.value
                code = self._free(_LIKE_OURS, address, told, foreign | self._body_codes, _MOST["body"])
            self._body_codes.add(code)
            self.bodies[value] = code
        return self.bodies[value]

    def is_described(self, value: Term) -> bool:
        """Whether the file, or this house, says who a body is."""
        if isinstance(value, ox.Literal):
            return True
        own = self._own(value, "body") if isinstance(value, ox.NamedNode) else ""
        return own in self._bodies_here or any(self.graph.values(value, name) for name in (v.LABEL, v.TITLE))

    def situation(self, value: Term) -> str:
        """Code of a life situation of ours; empty for anything else."""
        return self._own(value, "situation") if isinstance(value, ox.NamedNode) else ""

    def ours(self, node: Node) -> ox.NamedNode | None:
        """The IRI here of a service or body that has got a code; None for anything else."""
        if isinstance(node, ox.NamedNode) and node.value in self._services:
            return ox.NamedNode(self.addresses.service(self._services[node.value]))
        return ox.NamedNode(self.addresses.body(self.bodies[node])) if node in self.bodies else None

    def _own(self, node: ox.NamedNode, kind: str) -> str:
        start = f"{self.addresses.base}id/{kind}/"
        code = node.value[len(start) :] if node.value.startswith(start) else ""
        return code if _SLUG.fullmatch(code) and len(code) <= _MOST[kind] else ""

    @staticmethod
    def _free(pattern: re.Pattern[str], address: str, told: str, taken: Collection[str], most: int) -> str:
        like = pattern.search(address)
        wanted = like[1] if like else slugify(told) or slugify(ending(address)) or "unnamed"
        wanted = wanted[: most - 4].strip("-")
        code, number = wanted, 2
        while code in taken:
            code, number = f"{wanted}-{number}", number + 1
        return code
