"""Turns bodies, life situations, code lists, canvases and the catalogue itself into nodes of CPSV-AP 3.2.0.

Pure like its neighbour: values come in, nodes go out. It must not know a format or a request.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import LIFE_EVENTS, Named, texts, texts_or
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Node, Said, clean, tag
from ietvars.ground.terms.rules import LANGUAGES, pick

Texts = Mapping[str, str]

TRUE = ("true", "^^xsd:boolean")

CATALOGUE_TITLE = {"lv": "Pakalpojumu katalogs", "en": "Catalogue of services"}
CATALOGUE_ABOUT = {
    "lv": "Valsts pārvaldes pakalpojumi: turētāji, posmi, kanāli un sniedzēji.",
    "en": "Services of the state: their holders, stages, channels and providers.",
}


@dataclass(frozen=True)
class BodyTold:
    """A body as its register tells it; `above` is the code of the body right above."""

    code: str
    kind: str = ""
    name: Texts = field(default_factory=dict)
    short: Texts = field(default_factory=dict)
    above: str = ""
    registration_code: str = ""
    territory_code: str = ""
    since: date | None = None
    until: date | None = None
    is_invented: bool = False
    source: str = ""


@dataclass(frozen=True)
class StepTold:
    """One step of a life situation; service and body by their codes."""

    position: int
    service: str = ""
    is_beside_previous: bool = False
    is_optional: bool = False
    title: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    deadline: Texts = field(default_factory=dict)
    turn_to: str = ""
    illustrative: tuple[str, ...] = ()


@dataclass(frozen=True)
class SituationTold:
    """A life situation with its steps."""

    code: str
    title: Texts
    summary: Texts = field(default_factory=dict)
    keywords: Mapping[str, Sequence[str]] = field(default_factory=dict)
    position: int = 0
    steps: tuple[StepTold, ...] = ()


def body(one: BodyTold, named: Named, area: str) -> Node:
    """A body with all classes and fields that the shapes ask of an organisation and of an agent."""
    said: list[Said] = [
        (v.IDENTIFIER, one.code, ""),
        *texts_or(v.LABEL, one.name, one.code),
        *texts_or(v.TITLE, one.name, one.code),
        *texts(v.ALT_LABEL, one.short),
        (v.SPATIAL, named.place(area), None),
    ]
    if one.kind:
        said.append((v.BODY_KIND, named.term("body-kinds", one.kind), None))
    if one.above:
        said.append((v.SUB_ORGANISATION_OF, named.addresses.body(one.above), None))
    if one.registration_code:
        said.append((v.REGISTRATION_CODE, clean(one.registration_code), ""))
    if one.territory_code:
        said.append((v.TERRITORY_CODE, clean(one.territory_code), ""))
    if one.since:
        said.append((v.SINCE, one.since.isoformat(), "^^xsd:date"))
    if one.until:
        said.append((v.UNTIL, one.until.isoformat(), "^^xsd:date"))
    if one.is_invented:
        said.append((v.IS_INVENTED, *TRUE))
    if one.source:
        said.append((v.INVENTORY, one.source, ""))
    return named.addresses.body(one.code), ("cv:PublicOrganisation", "org:Organization", "foaf:Agent"), said


def situation(one: SituationTold, named: Named) -> Iterator[Node]:
    """A life situation as an event, with its ordered steps."""
    address = named.addresses.situation(one.code)
    said = _event(one)
    said += texts(v.DESCRIPTION, one.summary)
    said += [(v.KEYWORD, clean(word), tag(language)) for language, words in one.keywords.items() for word in words]
    if one.code in named.lists.get(LIFE_EVENTS, {}):
        said.append((v.TYPE, named.term(LIFE_EVENTS, one.code), None))
    said.append((v.ORDER, str(one.position), "^^xsd:integer"))
    for code in dict.fromkeys(step.service for step in one.steps if step.service):
        said.append((v.HAS_RELATED_SERVICE, named.addresses.service(code), None))
    said += [(v.HAS_STEP, f"{address}#step-{step.position}", None) for step in one.steps]
    yield address, _EVENT, said
    for step in one.steps:
        yield f"{address}#step-{step.position}", ("ietv:Step",), _step(step, named)


_EVENT = ("cv:LifeEvent", "cv:Event")


def _event(one: SituationTold) -> list[Said]:
    return [(v.IDENTIFIER, one.code, ""), *texts_or(v.TITLE, one.title, one.code)]


def event_mention(one: SituationTold, named: Named) -> Node:
    """A life situation that is only named."""
    return named.addresses.situation(one.code), (*_EVENT, "ietv:Mention"), _event(one)


def _step(step: StepTold, named: Named) -> list[Said]:
    said: list[Said] = [(v.ORDER, str(step.position), "^^xsd:integer")]
    if step.service:
        said.append((v.SERVICE, named.addresses.service(step.service), None))
    if step.is_beside_previous:
        said.append((v.BESIDE_PREVIOUS, *TRUE))
    if step.is_optional:
        said.append((v.OPTIONAL, *TRUE))
    said += texts(v.TITLE, step.title) + texts(v.DESCRIPTION, step.text) + texts(v.DEADLINE, step.deadline)
    if step.turn_to:
        said.append((v.TURN_TO, named.body(step.turn_to), None))
    return said + [(v.ILLUSTRATIVE, name, "") for name in step.illustrative]


def catalogue(name: Texts, named: Named, landing_page: str) -> Iterator[Node]:
    """The catalogue as a dataset, published by the state that this installation describes."""
    address = named.addresses.catalogue
    publisher = f"{address}#publisher"
    state = name if any(name.values()) else {"lv": "Ietvars", "en": "Ietvars"}
    titles = {
        language: f"{text}: {pick(state, language)}" if any(name.values()) else text
        for language, text in CATALOGUE_TITLE.items()
    }
    yield address, ("dcat:Dataset",), [
        (v.IDENTIFIER, "catalogue", ""),
        *texts(v.TITLE, titles),
        *texts(v.DESCRIPTION, CATALOGUE_ABOUT),
        (v.PUBLISHER, publisher, None),
        *((v.LANGUAGE, named.language(code), None) for code in LANGUAGES),
        (v.LANDING_PAGE, named.page(landing_page), None),
    ]  # fmt: skip
    yield publisher, ("foaf:Agent",), [(v.IDENTIFIER, "publisher", ""), *texts(v.TITLE, state)]


def scheme(code: str, title: Texts, source: str, named: Named) -> Node:
    """A code list as a concept scheme, without its terms."""
    said: list[Said] = [(v.IDENTIFIER, code, ""), *texts_or(v.TITLE, title, code), *texts_or(v.LABEL, title, code)]
    if source:
        said.append((v.SOURCE, clean(source), ""))
    return named.addresses.scheme(code), ("skos:ConceptScheme",), said


@dataclass(frozen=True)
class CanvasTold:
    """A published version of a canvas: its parts by path, each with its level."""

    code: str
    number: int
    title: Texts
    about: Texts
    valid_from: date | None
    parts: Sequence[tuple[str, str]]


def canvas(one: CanvasTold, named: Named) -> Node:
    """A version of a canvas: what it is for, and what it asks of which part."""
    said: list[Said] = [
        (v.IDENTIFIER, f"{one.code}/{one.number}", ""),
        *texts_or(v.TITLE, one.title, one.code),
        *texts(v.DESCRIPTION, one.about),
    ]
    if one.valid_from:
        said.append((v.SINCE, one.valid_from.isoformat(), "^^xsd:date"))
    said += [(v.ASKS[level], path, "") for path, level in one.parts if level in v.ASKS]
    return named.addresses.canvas(one.code, one.number), ("ietv:CanvasVersion",), said
