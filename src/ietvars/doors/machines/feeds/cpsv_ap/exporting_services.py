"""Turns one described service into nodes of CPSV-AP 3.2.0, with what the profile lacks in our own vocabulary.

Pure: a description comes in, nodes go out. Every class, code and field that the official shapes ask for stands there,
so that the graph conforms with and without the ontology. What a service does not say is not made up, with two
exceptions that bear a mark: a description is taken from the title, and calendar days are reckoned from working days.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import Named, texts, texts_or
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node, Said, clean, link, tag
from ietvars.institution.services.exchange import Whole

ONLINE = frozenset({"online", "app"})
"""Channels that the address of a stage leads to."""

WEEK = 5
"""Working days in a week."""


@dataclass(frozen=True)
class Tied:
    """A tie as its source tells it."""

    kind: str
    target: str
    note: Mapping[str, str]


@dataclass(frozen=True)
class Around:
    """What rooms above services know of one: the situations it is a step of, its ties, triples nobody understood."""

    situations: Sequence[str] = ()
    ties: Sequence[Tied] = ()


NOTHING = Around()


def calendar_days(working_days: int) -> int:
    """At most so many calendar days pass in so many working days, public holidays aside."""
    weeks, rest = divmod(working_days, WEEK)
    return weeks * 7 + (rest + 2 if rest else 0)


def service(one: Whole, named: Named, around: Around = NOTHING) -> Iterator[Node]:
    """The nodes of a service: itself, then its stages, channels, participations, costs and so on."""
    address = named.addresses.service(one.code)
    parts: list[Node] = []
    said = _head(one, named)
    said += _codes(one, named, around)
    said += _time(one)
    said += _life(one, named)
    said += _stages(one, address, named, parts)
    said += _costs(one, address, named, parts)
    said += _entries(one, address, named, parts)
    said += _ties(address, named, around, parts)
    classes = ("cpsv:PublicService", "ietv:CommonDescription") if one.is_template else ("cpsv:PublicService",)
    yield address, classes, said
    yield from parts


def mention(one: Whole, named: Named) -> Node:
    """A service that is only named: what the shapes ask of it wherever it stands."""
    return named.addresses.service(one.code), ("cpsv:PublicService", "ietv:Mention"), _required(one, named)


def _required(one: Whole, named: Named) -> list[Said]:
    said: list[Said] = [(v.IDENTIFIER, one.code, "")]
    said += texts_or(v.TITLE, one.facts.title, one.code)
    said += texts(v.DESCRIPTION, one.facts.summary) or texts_or(v.DESCRIPTION, one.facts.title, one.code)
    if one.holder:
        said.append((v.AUTHORITY, named.body(one.holder), None))
    return said


def _head(one: Whole, named: Named) -> list[Said]:
    facts = one.facts
    said = _required(one, named)
    if not any(facts.summary.values()):
        # The description above was taken from the title; whoever reads this takes it for no summary.
        said.append((v.OWN_DESCRIPTION, "false", "^^xsd:boolean"))
    said += texts(v.RECEIVES, facts.receives)
    said += texts(v.APPLY_WITHIN, facts.apply_within)
    said += texts(v.APPEAL, facts.appeal)
    said += [
        (v.KEYWORD, clean(word), tag(language)) for language, words in facts.keywords.items() for word in words if word
    ]
    said.append((v.PART_OF, named.addresses.catalogue, None))
    return said


def _codes(one: Whole, named: Named, around: Around) -> list[Said]:
    facts = one.facts
    said: list[Said] = []
    if facts.kind:
        said.append((v.CLASSIFIED_BY, named.term("service-kinds", facts.kind), None))
    if facts.area:
        said.append((v.THEMATIC_AREA, named.term("areas", facts.area), None))
        term = named.lists.get("areas", {}).get(facts.area)
        more = term.facts if term else {}
        if more.get("theme"):
            said.append((v.SECTOR, named.eu("data-theme", str(more["theme"])), None))
        if more.get("activity"):
            said.append((v.TYPE, named.eu("main-activity", str(more["activity"])), None))
    said += [(v.AUDIENCE, named.term("target-groups", code), None) for code in facts.audience]
    said += [(v.GROUPED_BY, named.event(code), None) for code in facts.life_events]
    said += [(v.GROUPED_BY, named.addresses.situation(code), None) for code in around.situations]
    said += [(v.LANGUAGE, named.language(code), None) for code in facts.languages]
    return said


def _time(one: Whole) -> list[Said]:
    facts = one.facts
    if facts.is_immediate:
        return [(v.IS_IMMEDIATE, "true", "^^xsd:boolean"), (v.PROCESSING_TIME, "PT0S", "^^xsd:duration")]
    if facts.term_days is None:
        return []
    return [
        (v.WORKING_DAYS, str(facts.term_days), "^^xsd:integer"),
        (v.PROCESSING_TIME, f"P{calendar_days(facts.term_days)}D", "^^xsd:duration"),
    ]


def _life(one: Whole, named: Named) -> list[Said]:
    """State, template, canvas, review: how the description itself fares."""
    said: list[Said] = [(v.ADMS_STATUS, named.concept(v.STATUS[one.state]), None)]
    if one.template:
        said.append((v.VARIES, named.addresses.service(one.template), None))
    said += [(v.OWN_FIELD, name, "") for name in one.own_fields]
    if not one.is_offered:
        said.append((v.IS_OFFERED, "false", "^^xsd:boolean"))
    said += texts(v.NOT_OFFERED, one.not_offered_because)
    if one.canvas and one.canvas[0] != one.template:
        # A local service is made from the common description that it varies; that one's canvas is said there.
        code, number = one.canvas
        address = named.addresses.canvas(code, number)
        said.append((v.MADE_IN, named.concept(address, "ietv:CanvasVersion", notation=f"{code}/{number}"), None))
    if one.facts.reviewed_on:
        said.append((v.REVIEWED_ON, one.facts.reviewed_on.isoformat(), "^^xsd:date"))
    if one.review_months:
        said.append((v.REVIEW_MONTHS, str(one.review_months), "^^xsd:integer"))
    said += [(v.ILLUSTRATIVE, name, "") for name in one.facts.illustrative]
    if one.source:
        said.append((v.INVENTORY, one.source, ""))
    return said


def _stages(one: Whole, address: str, named: Named, parts: list[Node]) -> list[Said]:
    links: list[Said] = []
    if one.since and one.holder:
        holder = f"{address}#holder"
        links.append((v.PARTICIPATION, holder, None))
        said = _participation(one, "role-holder", one.holder, "holder", named)
        parts.append((holder, ("cv:Participation",), [*said, (v.SINCE, one.since.isoformat(), "^^xsd:date")]))
    for name, stage in one.facts.stages.items():
        place = f"{address}#{name}"
        links.append((v.HAS_STAGE, place, None))
        told: list[Said] = [(v.STAGE, named.term("stages", name), None), *texts(v.DESCRIPTION, stage.text)]
        if stage.url:
            told.append((v.URL, named.page(stage.url), None))
        parts.append((place, ("ietv:Stage",), told))
        for number, channel in enumerate(stage.channels, start=1):
            if not channel:
                continue
            way = f"{place}-{channel}"
            links.append((v.CHANNEL, way, None))
            about: list[Said] = [
                (v.IDENTIFIER, f"{one.code}-{name}-{channel}", ""),
                (v.TYPE, named.term("channels", channel), None),
                (v.AT_STAGE, place, None),
                (v.ORDER, str(number), "^^xsd:integer"),
            ]
            about += [(v.OWNED_BY, named.body(code), None) for code in stage.providers]
            if stage.url and channel in ONLINE:
                about.append((v.CHANNEL_URL, link(stage.url), None))
            parts.append((way, ("cv:Channel",), about))
        for number, provider in enumerate(stage.providers, start=1):
            gives = f"{place}-by-{provider}"
            links.append((v.PARTICIPATION, gives, None))
            said = _participation(one, "role-provider", provider, f"{name}-by-{provider}", named)
            said += [(v.AT_STAGE, place, None), (v.ORDER, str(number), "^^xsd:integer")]
            parts.append((gives, ("cv:Participation",), said))
    return links


def _participation(one: Whole, role: str, body: str, name: str, named: Named) -> list[Said]:
    return [
        (v.IDENTIFIER, f"{one.code}-{name}", ""),
        *texts(v.DESCRIPTION, v.ROLE_WORDS[role]),
        (v.ROLE, named.role(role), None),
        (v.PARTICIPANT, named.body(body), None),
    ]


def _costs(one: Whole, address: str, named: Named, parts: list[Node]) -> list[Said]:
    links: list[Said] = []
    for number, fee in enumerate(one.facts.fees, start=1):
        place = f"{address}#fee-{number}"
        links.append((v.COST, place, None))
        said: list[Said] = [
            (v.IDENTIFIER, f"{one.code}-fee-{number}", ""),
            (v.AT_STAGE, f"{address}#{fee.stage}", None),
            (v.ORDER, str(number), "^^xsd:integer"),
        ]
        if fee.amount is not None:
            said.append((v.HAS_VALUE, f"{fee.amount:f}", "^^xsd:double"))
        said.append((v.CURRENCY, named.eu("currency", fee.currency), None))
        said += texts(v.DESCRIPTION, fee.text)
        parts.append((place, ("cv:Cost",), said))
    return links


def _entries(one: Whole, address: str, named: Named, parts: list[Node]) -> list[Said]:
    """Conditions, evidence, outputs, legal acts and numbers elsewhere."""
    links: list[Said] = []
    facts = one.facts

    def part(link_by: v.Property, kind: str, number: int, class_: str, said: list[Said]) -> None:
        place = f"{address}#{kind}-{number}"
        links.append((link_by, place, None))
        parts.append((place, (class_,), [*said, (v.ORDER, str(number), "^^xsd:integer")]))

    for number in range(1, max(map(len, facts.eligibility.values()), default=0) + 1):
        told = {language: rows[number - 1] for language, rows in facts.eligibility.items() if len(rows) >= number}
        name = f"{one.code}-requirement-{number}"
        part(v.HOLDS_REQUIREMENT, "requirement", number, "cv:Requirement",
             [(v.IDENTIFIER, name, ""), *texts_or(v.TITLE, told, name)])  # fmt: skip
    for number, entry in enumerate(facts.evidence, start=1):
        said = _entry(one, "evidence", number, entry, named)
        if entry.get("held_by"):
            said.append((v.HELD_BY, named.body(str(entry["held_by"])), None))
        part(v.INPUT_TYPE, "evidence", number, "cv:EvidenceType", said)
    for number, entry in enumerate(facts.outputs, start=1):
        said = _entry(one, "output", number, entry, named)
        if entry.get("code") in named.lists.get("outputs", {}):
            said.append((v.TYPE, named.term("outputs", str(entry["code"])), None))
        part(v.PRODUCES, "output", number, "cv:Output", said)
    for number, entry in enumerate(facts.legal_acts, start=1):
        said = texts(v.TITLE, entry.get("title") or {})
        if entry.get("url"):
            said.append((v.PAGE, named.page(str(entry["url"])), None))
        part(v.LEGAL_RESOURCE, "law", number, "eli:LegalResource", said)
    for number, (scheme, value) in enumerate(facts.identifiers, start=1):
        part(v.ADMS_IDENTIFIER, "number", number, "adms:Identifier",
             [(v.SCHEME, scheme, ""), (v.NOTATION, clean(value), "")])  # fmt: skip
    return links


def _entry(one: Whole, kind: str, number: int, entry: Mapping[str, Any], named: Named) -> list[Said]:
    name = f"{one.code}-{kind}-{number}"
    said: list[Said] = [(v.IDENTIFIER, name, "")]
    said += texts_or(v.TITLE, entry.get("title") or {}, str(entry.get("code") or name))
    return [*said, (v.ENTRY_CODE, clean(str(entry["code"])), "")] if entry.get("code") else said


def _ties(address: str, named: Named, around: Around, parts: list[Node]) -> list[Said]:
    links: list[Said] = []
    for tie in around.ties:
        other = named.addresses.service(tie.target)
        links.append((v.TIES[tie.kind], other, None))
        if any(tie.note.values()):
            place = f"{address}#{tie.kind}-{tie.target}"
            links.append((v.HAS_TIE, place, None))
            said: list[Said] = [(v.TIE_KIND, tie.kind, ""), (v.SERVICE, other, None), *texts(v.NOTE, tie.note)]
            parts.append((place, ("ietv:Tie",), said))
    return links
