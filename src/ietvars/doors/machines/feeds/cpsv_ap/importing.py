"""Brings linked data in: reads files in any of the four formats and any profile since 1.x, all of it or nothing.

What is understood becomes descriptions; what is not is kept beside its service, and both are told. It must not doubt a
description's content: that is what gaps, canvases and reviewers are for. Every step is an action of a room.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pyoxigraph as ox
from django.db import transaction
from django.utils.text import slugify

from ietvars.collaboration.situations import actions as situations
from ietvars.collaboration.situations import rules as situation_rules
from ietvars.collaboration.ties import actions as ties
from ietvars.collaboration.ties import queries as known_ties
from ietvars.collaboration.ties import rules as tie_rules
from ietvars.doors.machines.feeds.cpsv_ap import exporting, importing_leftovers, limits, parsing
from ietvars.doors.machines.feeds.cpsv_ap.exporting_others import BodyTold, SituationTold
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node
from ietvars.doors.machines.feeds.cpsv_ap.importing_faults import NOTES, Fault
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Graph, load
from ietvars.doors.machines.feeds.cpsv_ap.importing_names import MENTION, SERVICE, Names
from ietvars.doors.machines.feeds.cpsv_ap.importing_others import Others
from ietvars.doors.machines.feeds.cpsv_ap.importing_services import Reader, ServiceRead
from ietvars.doors.machines.feeds.cpsv_ap.importing_words import Words
from ietvars.doors.machines.feeds.cpsv_ap.upgrade import Upgrade
from ietvars.ground.bodies import actions as bodies
from ietvars.ground.bodies import queries as known_bodies
from ietvars.ground.deployment import actions as deployment_actions
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.linked import actions as linked
from ietvars.institution.linked import queries as kept
from ietvars.institution.linked import rules as linked_rules
from ietvars.institution.linked.rules import Found
from ietvars.institution.services import exchange
from ietvars.institution.services import queries as services

Progress = Callable[[str, int, int], None]


@dataclass
class Run:
    """What an import did."""

    files: list[str]
    triples: int = 0
    seconds: float = 0.0
    brought: exchange.Brought = field(default_factory=lambda: exchange.Brought((), (), ()))
    drafts: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    new_bodies: list[str] = field(default_factory=list)
    situations: list[str] = field(default_factory=list)
    ties: int = 0
    upgraded: Mapping[str, int] = field(default_factory=dict)
    kept: int = 0
    held_back: int = 0
    outside: Mapping[str, int] = field(default_factory=dict)
    read: Sequence[ServiceRead] = ()
    refusals: list[str] = field(default_factory=list)
    is_trial: bool = False

    @property
    def faults(self) -> list[Fault]:
        """Everything that was not in order, notes left aside."""
        return [one for read in self.read for one in read.faults if one.code not in NOTES]

    def document(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "document": "ietvars/import-cpsv-ap",
            "version": 1,
            "files": self.files,
            "is_trial": self.is_trial,
            "triples": self.triples,
            "seconds": round(self.seconds, 3),
            "services": {
                "read": len(self.read),
                "new": list(self.brought.new),
                "changed": list(self.brought.changed),
                "same": len(self.brought.same),
                "drafts": self.drafts,
                "left_out": self.left_out,
            },
            "bodies": {"new": self.new_bodies},
            "situations": self.situations,
            "ties": self.ties,
            "upgraded": dict(sorted(self.upgraded.items())),
            "kept": {"triples": self.kept, "held_back": self.held_back},
            "outside": dict(self.outside),
            "refusals": self.refusals,
            "faults": [
                {"service": read.whole.code, "iri": read.iri, "faults": [one.document() for one in read.faults]}
                for read in self.read
                if read.faults
            ],
        }


def bring(
    paths: Sequence[Path],
    *,
    by: Actor,
    now: datetime,
    language: str = "",
    holder: str = "",
    source: str = "",
    format: parsing.Format | None = None,  # noqa: A002 - the word of the trade
    is_trial: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Bring files in as one graph. `language` is that of texts that say none, `holder` the code of the body that holds
    what names no authority, `source` the name of the catalogue. A trial writes nothing in the end.

    Raises what parsing refuses, NotForYou, UnknownProvider.
    """
    linked_rules.require_importer(by)
    tell = progress or (lambda _what, _done, _of: None)
    begun = monotonic()
    run = Run(files=[path.name for path in paths], is_trial=is_trial)
    upgrade = Upgrade.begin()
    graph = load(
        paths, limits=limits.current(), change=upgrade.triple, format=format,
        tell=lambda count: tell("triples", count, count + 1),
    )  # fmt: skip
    run.triples = graph.size
    tell("triples", graph.size, graph.size)
    upgrade.graph(graph)
    run.upgraded = upgrade.counts
    name = slugify(source or paths[0].stem)[:60] or "cpsv-ap"
    with transaction.atomic():
        _Bringing(graph, run, name, by=by, now=now, tell=tell).bring(language=language.lower(), holder=holder)
        transaction.set_rollback(is_trial)
    run.seconds = monotonic() - begun
    return run


class _Bringing:
    """One run inside its transaction."""

    def __init__(self, graph: Graph, run: Run, source: str, *, by: Actor, now: datetime, tell: Progress) -> None:
        self.graph, self.run, self.source, self.by, self.now, self.tell = graph, run, source, by, now, tell
        lists = exporting.term_lists()
        self.words = Words(lists, graph)
        self.names = Names(
            graph,
            exporting.addresses(),
            source=source,
            services=set(services.all_services().values_list("code", flat=True)),
            bodies={body.code: body.source for body in known_bodies.all_bodies()},
            origins=kept.by_origin(),
            canvas=lambda code, number: canvases.version(code, number) is not None,
        )

    def bring(self, *, language: str, holder: str) -> None:
        reader = Reader(self.graph, self.words, self.names, language=language, source=self.source, holder=holder)
        nodes = [node for node in self.graph.of_class(SERVICE) if MENTION not in self.graph.classes(node)]
        read: list[ServiceRead] = []
        for number, node in enumerate(nodes, start=1):
            if isinstance(node, ox.NamedNode):
                read.append(reader.service(node))
            else:
                self.run.left_out.append(f"_:{node.value}")
            if number % exchange.PIECE == 0:
                self.tell("services read", number, len(nodes))
        self.tell("services read", len(nodes), len(nodes))
        others = Others(self.graph, self.words, self.names, language=language, source=self.source)
        told_situations = others.situations()
        self._bodies(others.bodies())
        if (name := others.state()) and not deployment.name():
            deployment_actions.call(name=name, by=self.by, now=self.now)
        self.run.read = read
        wanted = self._ready(read)
        self.run.brought = exchange.bring_in(
            told=[one.whole for one in wanted], why=self.source, by=self.by, now=self.now
        )
        self.tell("services written", len(wanted), len(wanted))
        self.run.drafts = [one.whole.code for one in wanted if one.whole.state == "draft"]
        self._ties(wanted)
        self._situations(told_situations)
        self._leftovers(wanted, others)
        self.run.outside = others.outside(read)

    def _bodies(self, told: Sequence[BodyTold]) -> None:
        for one in told:
            if known_bodies.by_code(one.code) is not None:
                continue
            bodies.establish(
                code=one.code,
                kind=one.kind or "agency",
                name=one.name,
                short=one.short,
                parent=known_bodies.by_code(one.above) if one.above else None,
                since=one.since,
                until=one.until,
                registration_code=one.registration_code,
                territory_code=one.territory_code,
                is_invented=one.is_invented,
                source=one.source,
                by=self.by,
                now=self.now,
            )
            self.run.new_bodies.append(one.code)

    def _ready(self, read: Sequence[ServiceRead]) -> list[ServiceRead]:
        """Those that can be written, without what the rooms would refuse."""
        # The annotation comes from another room, where the type checker does not follow it.
        held = dict(services.with_holder(services.all_services()).values_list("code", "holder_code"))  # type: ignore[misc]
        withdrawn = set(services.all_services().filter(state="withdrawn").values_list("code", flat=True))
        templates = set(services.all_services().filter(is_template=True).values_list("code", flat=True))
        templates |= {one.whole.code for one in read if one.whole.is_template}
        numbers = self._numbers(read)
        found = []
        for one in read:
            whole = one.whole
            if held.get(whole.code) and held[whole.code] != whole.holder:
                one.faults.append(Fault(one.iri, "held-by-another", str(held[whole.code])))
                self.run.left_out.append(whole.code)
                continue
            if whole.code in withdrawn:
                # Somebody took it out of view for a reason; only a person puts it back.
                one.faults.append(Fault(one.iri, "withdrawn-here"))
                whole = replace(whole, state="withdrawn")
            if whole.template and whole.template not in templates:
                one.faults.append(Fault(one.iri, "unknown-service", whole.template))
                whole = replace(whole, template="", own_fields=())
            free = []
            for number in whole.facts.identifiers:
                if numbers.setdefault(number, whole.code) == whole.code:
                    free.append(number)
                else:
                    one.faults.append(Fault(one.iri, "number-taken", number[1]))
            one.whole = replace(whole, facts=replace(whole.facts, identifiers=tuple(free)))
            found.append(one)
        return found

    def _numbers(self, read: Sequence[ServiceRead]) -> dict[tuple[str, str], str]:
        """Numbers elsewhere that are taken, with the code of the service that bears them."""
        codes = dict(services.all_services().values_list("pk", "code"))
        schemes = {scheme for one in read for scheme, _ in one.whole.facts.identifiers}
        return {
            (scheme, number): codes[pk] for scheme in schemes for number, pk in services.by_identifier(scheme).items()
        }

    def _ties(self, read: Sequence[ServiceRead]) -> None:
        told = [(one, tie, self.names.service(ox.NamedNode(tie.target), "")) for one in read for tie in one.ties]
        known = services.by_codes({code for one, _, target in told for code in (one.whole.code, target)})
        for one, tie, target in told:
            source, other = known.get(one.whole.code), known.get(target)
            kind = tie_rules.read_kind(tie.kind)
            if source is None or other is None:
                one.faults.append(Fault(one.iri, "unknown-service", tie.target))
            elif known_ties.between(kind, source, other) is None:
                try:
                    ties.tie(kind=kind, source=source, target=other, note=tie.note, by=self.by, now=self.now)
                    self.run.ties += 1
                except Refusal as refusal:
                    self.run.refusals.append(f"{source.code}: {refusal}")

    def _situations(self, told: Sequence[SituationTold]) -> None:
        before = {one.code: one for one in exporting.all_situations()}
        for one in told:
            if before.get(one.code) == one:
                continue
            steps = tuple(
                situation_rules.StepFacts(
                    **{name: getattr(step, name) for name in _STEP},
                )
                for step in one.steps
            )
            facts = situation_rules.SituationFacts(
                title=one.title, summary=one.summary, keywords=one.keywords, steps=steps
            )
            try:
                situations.describe(code=one.code, facts=facts, position=one.position, by=self.by, now=self.now)
                self.run.situations.append(one.code)
            except Refusal as refusal:
                self.run.refusals.append(f"{one.code}: {refusal}")

    def _leftovers(self, read: Sequence[ServiceRead], others: Others) -> None:
        address = self.names.addresses.service
        left = {one.whole.code: others.left_of(one, address(one.whole.code)) for one in read}
        lines = {code: told for code, told in left.items() if told}

        def nodes(codes: Collection[str], also: str) -> Iterator[Node]:
            return exporting.some(codes, also=also, in_any_state=True)

        given, held = importing_leftovers.parted(lines, nodes)
        found: dict[str, Found] = {}
        for one in read:
            code = one.whole.code
            origin = "" if self.names.is_ours(ox.NamedNode(one.iri)) else one.iri
            found[code] = Found(origin, "\n".join(given.get(code, ())), "\n".join(held.get(code, ())))
            for name, kept_lines in (("unknown-kept", given.get(code)), ("faulty-kept", held.get(code))):
                if kept_lines:
                    one.faults.append(Fault(one.iri, name, str(len(kept_lines))))
        linked.keep(told=found, source=self.source, by=self.by, now=self.now)
        self.run.kept = sum(map(len, given.values()))
        self.run.held_back = sum(map(len, held.values()))


_STEP = ("title", "text", "deadline", "service", "is_beside_previous", "is_optional", "turn_to", "illustrative")
