"""Reads bodies and life situations from a graph, and gathers what nobody understood. Pure: it writes nothing."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date

import pyoxigraph as ox
from django.utils.text import slugify

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_others import BodyTold, SituationTold, StepTold
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import RDF_TYPE, Graph, Node, Term
from ietvars.doors.machines.feeds.cpsv_ap.importing_names import MENTION, SERVICE, Names
from ietvars.doors.machines.feeds.cpsv_ap.importing_services import ServiceRead
from ietvars.doors.machines.feeds.cpsv_ap.importing_taking import UNDETERMINED, texts_of, whole
from ietvars.doors.machines.feeds.cpsv_ap.importing_words import Words, ending

ORGANISATIONS = tuple(map(v.iri, ("cv:PublicOrganisation", "org:Organization", "foaf:Agent")))
EVENTS = tuple(map(v.iri, ("cv:LifeEvent", "cv:BusinessEvent", "cv:Event")))
FOAF_NAME = v.Property("foaf:name", v.Kind.TEXT)
RDFS_LABEL = v.Property("rdfs:label", v.Kind.TEXT)
NAMES = (v.LABEL, v.TITLE, FOAF_NAME, RDFS_LABEL)


class Others:
    """Reads what stands around services."""

    def __init__(self, graph: Graph, words: Words, names: Names, *, language: str, source: str) -> None:
        self.graph, self.words, self.names = graph, words, names
        self.spoken, self.source = language or UNDETERMINED, source

    def state(self) -> dict[str, str]:
        """Name of the state whose catalogue of ours the graph is; empty for any other."""
        publisher = ox.NamedNode(f"{self.names.addresses.catalogue}#publisher")
        found = texts_of(self.graph.values(publisher, v.TITLE), self.spoken)
        return {} if "Ietvars" in found.values() else found

    def bodies(self) -> list[BodyTold]:
        """Bodies that services named, bodies above them, and every body of ours; those above first."""
        for organisation in list(self.graph.of_class(*ORGANISATIONS)):
            if self.names.is_ours(organisation) and "/id/body/" in organisation.value:
                self.names.body(organisation)
        waiting: list[Term] = list(self.names.bodies)
        found: dict[str, BodyTold] = {}
        while waiting:
            node: Term = waiting.pop()
            code = self.names.bodies[node]
            if code in found:
                continue
            found[code] = self._body(node, code)
            above = self.graph.take(node, v.SUB_ORGANISATION_OF) if not isinstance(node, ox.Literal) else []
            if above and not isinstance(above[0], ox.Literal):
                found[code] = _under(found[code], self.names.body(above[0]))
                waiting.append(above[0])
        return list(_above_first(found))

    def _body(self, node: Term, code: str) -> BodyTold:
        if isinstance(node, ox.Literal):
            return BodyTold(code=code, name={node.language or self.spoken: node.value}, source=self.source)
        graph = self.graph
        name: dict[str, str] = {}
        for each in NAMES:
            name = {**texts_of(graph.take(node, each), self.spoken), **name}
        told = {each: next((one.value for one in graph.take(node, each)), "") for each in _BODY_WORDS}
        for each in (v.SPATIAL, v.IDENTIFIER):
            graph.take(node, each)
        since, until = _day(told[v.SINCE]), _day(told[v.UNTIL])
        kinds = [self.words.term("body-kinds", one) for one in graph.take(node, v.BODY_KIND)]
        graph.forget_classes(node, *ORGANISATIONS)
        return BodyTold(
            code=code,
            kind=next(filter(None, kinds), ""),
            name=name or {self.spoken: ending(node.value)},
            short=texts_of(graph.take(node, v.ALT_LABEL), self.spoken),
            registration_code=told[v.REGISTRATION_CODE][:40],
            territory_code=told[v.TERRITORY_CODE][:20],
            since=since,
            until=until if until is None or since is None or since <= until else None,
            is_invented=told[v.IS_INVENTED] == "true",
            source=slugify(told[v.INVENTORY])[:60] or ("" if self.names.is_ours(node) else self.source),
        )

    def situations(self) -> list[SituationTold]:
        """Life situations of ours with their steps."""
        found = []
        for node in list(self.graph.of_class(*EVENTS)):
            code = self.names.situation(node)
            if code and MENTION not in self.graph.classes(node) and self.graph.values(node, v.HAS_STEP):
                found.append(self._situation(node, code))
        return sorted(found, key=lambda one: (one.position, one.code))

    def _situation(self, node: Node, code: str) -> SituationTold:
        keywords: dict[str, list[str]] = {}
        for word in self.graph.values(node, v.KEYWORD):
            if isinstance(word, ox.Literal):
                keywords.setdefault(word.language or self.spoken, []).append(word.value)
        steps = [self._step(part) for part in self.graph.values(node, v.HAS_STEP) if not isinstance(part, ox.Literal)]
        return SituationTold(
            code=code,
            title=texts_of(self.graph.values(node, v.TITLE), self.spoken),
            summary=texts_of(self.graph.values(node, v.DESCRIPTION), self.spoken),
            keywords=keywords,
            position=_number(self.graph.values(node, v.ORDER)),
            steps=tuple(sorted(steps, key=lambda step: step.position)),
        )

    def _step(self, node: Node) -> StepTold:
        values = self.graph.values
        service = next((one for one in values(node, v.SERVICE) if isinstance(one, ox.NamedNode)), None)
        return StepTold(
            position=_number(values(node, v.ORDER)),
            service=self.names.service(service, "") if service is not None else "",
            is_beside_previous=any(one.value == "true" for one in values(node, v.BESIDE_PREVIOUS)),
            is_optional=any(one.value == "true" for one in values(node, v.OPTIONAL)),
            title=texts_of(values(node, v.TITLE), self.spoken),
            text=texts_of(values(node, v.DESCRIPTION), self.spoken),
            deadline=texts_of(values(node, v.DEADLINE), self.spoken),
            turn_to=next((self.names.body(one) for one in values(node, v.TURN_TO)), ""),
            illustrative=tuple(one.value for one in values(node, v.ILLUSTRATIVE)),
        )

    # ---- what nobody understood ---------------------------------------------------------------------------------

    def left_of(self, read: ServiceRead, address: str) -> list[str]:
        """N-Triples about a service, by its IRI here, that nobody took; blank nodes get IRIs of their own."""
        own: Node = ox.NamedNode(read.iri)
        called: dict[Node, ox.NamedNode] = {own: ox.NamedNode(address)}
        lines: list[str] = []
        reached: set[Node] = set()
        for start in dict.fromkeys(read.nodes):
            if not self.graph.said.get(start) or (start != own and self._is_thing(start)):
                continue
            if start not in reached and start != own:
                lines.append(f"{called[own]} <{v.ALSO_ABOUT.iri}> {self._called(start, called, address)} .")
            waiting = [start]
            while waiting:
                node = waiting.pop()
                if node not in reached:
                    reached.add(node)
                    for predicate, value in self._said(node):
                        told = value if isinstance(value, ox.Literal) else self._called(value, called, address)
                        lines.append(f"{self._called(node, called, address)} <{predicate}> {told} .")
                        if not isinstance(value, ox.Literal) and predicate != RDF_TYPE and not self._is_thing(value):
                            waiting.append(value)
        return sorted(set(lines))

    def _said(self, node: Node) -> Iterator[tuple[str, Term]]:
        for predicate, values in self.graph.said.get(node, {}).items():
            for value in values:
                yield predicate, value

    def _called(self, node: Node, called: dict[Node, ox.NamedNode], address: str) -> ox.NamedNode:
        if node not in called:
            known = self.names.ours(node)
            if known is None:
                known = node if isinstance(node, ox.NamedNode) else ox.NamedNode(f"{address}#kept-{len(called)}")
            called[node] = known
        return called[node]

    def _is_thing(self, node: Node) -> bool:
        """Whether a node is more than a part of one service."""
        if node in self.names.bodies or self.names.is_service(node) or self.names.situation(node):
            return True
        return isinstance(node, ox.NamedNode) and bool(_TERM.search(node.value))

    def outside(self, services: Collection[ServiceRead]) -> dict[str, int]:
        """Class to the number of its things that belong to no service and were not taken."""
        mine = {node for read in services for node in read.nodes}
        found: Counter[str] = Counter()
        for node, told in self.graph.said.items():
            if not told or node in mine or node in self.names.bodies or self.names.is_ours(node):
                continue
            address = node.value if isinstance(node, ox.NamedNode) else ""
            if address.startswith((v.EU, v.OWN, "http://purl.org/adms/status/")):
                continue
            classes = self.graph.classes(node) - {SERVICE}
            for each in classes or {""}:
                if each not in _STUBS:
                    found[each] += 1
        return dict(sorted(found.items()))


_BODY_WORDS = (v.REGISTRATION_CODE, v.TERRITORY_CODE, v.SINCE, v.UNTIL, v.IS_INVENTED, v.INVENTORY)
_TERM = re.compile(r"/id/(term|canvas|catalogue)\b")
_STUBS = frozenset(map(v.iri, ("foaf:Document", "dct:Location", "dct:LinguisticSystem")))


def _under(one: BodyTold, above: str) -> BodyTold:
    return BodyTold(**{**one.__dict__, "above": above})


def _above_first(found: dict[str, BodyTold]) -> Iterator[BodyTold]:
    done: set[str] = set()
    for one in found.values():
        chain: list[BodyTold] = []
        upper: BodyTold | None = one
        while upper is not None and upper.code not in done and upper not in chain:
            chain.append(upper)
            upper = found.get(upper.above)
        for each in reversed(chain):
            done.add(each.code)
            yield each


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _number(values: Collection[Term]) -> int:
    told = next(iter(values), None)
    return (whole(told.value) if told is not None else None) or 0
