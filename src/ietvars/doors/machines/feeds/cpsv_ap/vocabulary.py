"""The words of the linked data: namespaces, the properties in use, and our own vocabulary for what CPSV-AP lacks.

A property is named once, here: by its short IRI for Turtle and XML, and by its key for JSON-LD. Our own terms have
their labels and meanings here too, from which `/ns` and docs/howto/linked-data.md are made. Nothing is decided here.
"""

from dataclasses import dataclass
from enum import StrEnum

OWN = "https://ietvars.example/ns#"
"""Namespace of our own vocabulary; one for all deployments, so that they understand each other."""

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "locn": "http://www.w3.org/ns/locn#",
    "time": "http://www.w3.org/2006/time#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "epo": "http://data.europa.eu/a4g/ontology#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "ietv": OWN,
}

EU = "http://publications.europa.eu/resource/authority/"
"""Tables of the EU Publications Office."""

EU_LANGUAGES = {
    "bg": "BUL", "cs": "CES", "da": "DAN", "de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA", "et": "EST",
    "fi": "FIN", "fr": "FRA", "ga": "GLE", "hr": "HRV", "hu": "HUN", "it": "ITA", "lt": "LIT", "lv": "LAV",
    "mt": "MLT", "nl": "NLD", "no": "NOR", "pl": "POL", "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK",
    "sl": "SLV", "sv": "SWE", "uk": "UKR",
}  # fmt: skip
"""Code of a language here (ISO 639-1) to its code in the EU's table (ISO 639-3, upper case)."""

STATUS = {
    "draft": "http://purl.org/adms/status/UnderDevelopment",
    "published": "http://purl.org/adms/status/Completed",
    "withdrawn": "http://purl.org/adms/status/Deprecated",
    "retired": "http://purl.org/adms/status/Withdrawn",
}
"""State of a service to a term of ADMS status 1.0."""


def iri(short: str) -> str:
    """The whole IRI of a short one, e.g. dct:title."""
    prefix, _, name = short.partition(":")
    return PREFIXES[prefix] + name


def shortened(whole: str) -> str:
    """The short IRI of a whole one where it can be written so in every format, else the whole one in angle brackets."""
    for prefix, space in PREFIXES.items():
        name = whole[len(space) :]
        if whole.startswith(space) and name.isidentifier():
            return f"{prefix}:{name}"
    return f"<{whole}>"


class Kind(StrEnum):
    """What a property holds."""

    TEXT = "text"
    LINK = "link"
    PLAIN = "plain"
    DATE = "xsd:date"
    TIME = "xsd:dateTime"
    WHOLE = "xsd:integer"
    YES_NO = "xsd:boolean"
    NUMBER = "xsd:double"
    DURATION = "xsd:duration"


class Property:
    """One property: its short and whole IRI, its key in JSON-LD, and what it holds."""

    __slots__ = ("about", "iri", "key", "kind", "short")

    def __init__(self, short: str, kind: Kind, key: str = "", about: str = "", whole: str = "") -> None:
        self.short = short
        self.iri = whole or iri(short)
        self.key = key or short.partition(":")[2]
        self.kind = kind
        self.about = about

    @classmethod
    def unknown(cls, whole: str) -> "Property":
        """A property that this house has no name for, by its whole IRI."""
        return BY_IRI.get(whole) or cls(shortened(whole), Kind.PLAIN, whole, whole=whole)

    def __repr__(self) -> str:
        return self.short


def _text(short: str, key: str = "", about: str = "") -> Property:
    return Property(short, Kind.TEXT, key, about)


def _link(short: str, key: str = "", about: str = "") -> Property:
    return Property(short, Kind.LINK, key, about)


def _plain(short: str, key: str = "", about: str = "") -> Property:
    return Property(short, Kind.PLAIN, key, about)


# ---- of CPSV-AP and what it stands on ---------------------------------------------------------------------------

IDENTIFIER = _plain("dct:identifier")
TITLE = _text("dct:title")
DESCRIPTION = _text("dct:description")
LABEL = _text("skos:prefLabel")
ALT_LABEL = _text("skos:altLabel")
KEYWORD = _text("dcat:keyword")
AUTHORITY = _link("cv:hasCompetentAuthority")
CHANNEL = _link("cv:hasChannel")
COST = _link("cv:hasCost")
INPUT_TYPE = _link("cv:hasInputType")
INPUT = _link("cpsv:hasInput")
PRODUCES = _link("cpsv:produces")
FOLLOWS_RULE = _link("cpsv:follows", "followsRule")
HOLDS_REQUIREMENT = _link("cv:holdsRequirement")
LEGAL_RESOURCE = _link("cv:hasLegalResource")
PARTICIPATION = _link("cv:hasParticipation")
PARTICIPANT = _link("cv:hasParticipant")
ROLE = _link("cv:role")
GROUPED_BY = _link("cv:isGroupedBy")
RELATED_SERVICE = _link("cv:relatedService")
HAS_RELATED_SERVICE = _link("cv:hasRelatedService")
REQUIRES = _link("dct:requires")
CLASSIFIED_BY = _link("cv:isClassifiedBy")
SECTOR = _link("cv:sector")
THEMATIC_AREA = _link("cv:thematicArea")
AUDIENCE = _link("dct:audience")
TYPE = _link("dct:type", "kindOf")
LANGUAGE = _link("dct:language")
SPATIAL = _link("dct:spatial")
PART_OF = _link("dct:isPartOf")
ADMS_STATUS = _link("adms:status")
ADMS_IDENTIFIER = _link("adms:identifier", "otherIdentifier")
PROCESSING_TIME = Property("cv:processingTime", Kind.DURATION)
OWNED_BY = _link("cv:ownedBy")
HAS_VALUE = Property("cv:hasValue", Kind.NUMBER)
CURRENCY = _link("cv:currency")
PAGE = _link("foaf:page")
PUBLISHER = _link("dct:publisher")
LANDING_PAGE = _link("dcat:landingPage")
CREATOR = _link("dct:creator")
SUB_ORGANISATION_OF = _link("org:subOrganizationOf")
IN_SCHEME = _link("skos:inScheme")
NOTATION = _plain("skos:notation")
EXACT_MATCH = _link("skos:exactMatch")
CLOSE_MATCH = _link("skos:closeMatch")
TOP_CONCEPT_OF = _link("skos:topConceptOf")
SOURCE = _plain("dct:source", "sourceText")

# ---- our own ----------------------------------------------------------------------------------------------------

HAS_STAGE = _link("ietv:hasStage", about="One of the three legal stages of a service: request, execution, receipt.")
STAGE = _link("ietv:stage", about="Which legal stage a stage node is: a term of the code list of stages.")
AT_STAGE = _link("ietv:atStage", about="The stage to which a channel, a cost or a participation belongs.")
URL = _link("ietv:url", "url", "Where a stage is done online.")
CHANNEL_URL = _link("ietv:channelUrl", about="Where a channel is reached online.")
ORDER = Property("ietv:order", Kind.WHOLE, about="Place of a thing among its like, from 1.")
RECEIVES = _text("ietv:receives", about="What the person gets, in a few words.")
OWN_DESCRIPTION = Property(
    "ietv:hasOwnDescription", Kind.YES_NO, about="False where the description repeats the title for want of a summary."
)
APPEAL = _text("ietv:appeal", about="How a decision can be contested.")
APPLY_WITHIN = _text("ietv:applyWithin", about="Until when a person may ask for the service.")
WORKING_DAYS = Property("ietv:workingDays", Kind.WHOLE, about="Working days from the request to the result.")
IS_IMMEDIATE = Property("ietv:isImmediate", Kind.YES_NO, about="Whether the result is given at once.")
IS_OFFERED = Property("ietv:isOffered", Kind.YES_NO, about="Whether the holder gives the service at all.")
NOT_OFFERED = _text("ietv:notOfferedBecause", about="Why a holder does not give a common service.")
VARIES = _link("ietv:varies", about="The common description that a local service varies.")
OWN_FIELD = _plain("ietv:ownField", about="A part in which a service differs from what it varies or was made from.")
MADE_IN = _link("ietv:madeInCanvas", about="The version of the canvas in which a service is described.")
REVIEWED_ON = Property("ietv:reviewedOn", Kind.DATE, about="When the holder last confirmed the description.")
REVIEW_MONTHS = Property("ietv:reviewMonths", Kind.WHOLE, about="After how many months it is to be confirmed again.")
ILLUSTRATIVE = _plain("ietv:illustrative", about="A part whose value is invented to show how the tool works.")
INVENTORY = _plain("ietv:inventory", about="The inventory from which a thing was imported.")
SINCE = Property("ietv:since", Kind.DATE, about="First day of a body, or of a holder's tenure.")
UNTIL = Property("ietv:until", Kind.DATE, about="Last day of a body.")
HELD_BY = _link("ietv:heldBy", about="The body that holds a piece of evidence already, so that nobody need bring it.")
ENTRY_CODE = _plain("ietv:entryCode", about="Code of an evidence or an output among those of its service.")
SCHEME = _plain("ietv:scheme", about="Register or inventory in which an identifier stands.")
BODY_KIND = _link("ietv:bodyKind", about="Kind of a body: a term of the code list of body kinds.")
REGISTRATION_CODE = _plain("ietv:registrationCode", about="Number of a body in the register of its country.")
TERRITORY_CODE = _plain("ietv:territoryCode", about="Code of the territory of a municipality.")
IS_INVENTED = Property("ietv:isInvented", Kind.YES_NO, about="Whether a body exists only in the sample state.")
HAS_STEP = _link("ietv:hasStep", about="A step of a life situation, in order.")
BESIDE_PREVIOUS = Property("ietv:besidePrevious", Kind.YES_NO, about="Whether a step stands beside the one before it.")
OPTIONAL = Property("ietv:isOptional", Kind.YES_NO, about="Whether a step is not for everybody.")
SERVICE = _link("ietv:service", about="The service of a step, or at the other end of a tie.")
DEADLINE = _text("ietv:deadline", about="By when a step is to be done.")
TURN_TO = _link("ietv:turnTo", about="Whom to turn to where no service does a step.")
ARISES_FROM = _link("ietv:arisesFrom", about="The service from which this one arises.")
EVIDENCE_FOR = _link("ietv:evidenceFor", about="The service for which this one gives evidence.")
FOLLOWS = _link("ietv:follows", "followsService", "The service after which this one comes.")
ALTERNATIVE_TO = _link("ietv:alternativeTo", about="A service that can be had instead of this one.")
HAS_TIE = _link("ietv:hasTie", about="A tie to another service of which more is said.")
TIE_KIND = _plain("ietv:tieKind", about="Kind of a tie: requires, arises-from, evidence-for, follows, alternative-to.")
ALSO_ABOUT = _link("ietv:alsoAbout", about="A thing of another catalogue of which more is known than we understand.")
NOTE = _text("ietv:note", about="What is to be known of a tie.")
UNIT = _plain("ietv:unit", about="In what an indicator is measured.")
DIRECTION = _plain("ietv:direction", about="Which way an indicator improves: up, down, or neither.")
VALUE_STATE = _plain(
    "ietv:valueState", about="Whether a figure is measured, missing, not applicable, not asked or unreadable."
)
NUMERATOR = _plain("ietv:numerator", about="What is counted in a share or mean.")
DENOMINATOR = _plain("ietv:denominator", about="Of how many it is counted.")
OBSERVATIONS = Property("ietv:observations", Kind.WHOLE, about="Observations behind a mean or median.")
PARTS_MEASURED = Property("ietv:partsMeasured", Kind.WHOLE, about="How many parts of a figure were measured.")
PARTS_EXPECTED = Property("ietv:partsExpected", Kind.WHOLE, about="How many parts of a figure should have been.")
OVER_CHANNEL = _link("ietv:overChannel", about="The one channel that a figure is about.")
ASKS = {
    "non-waivable": _plain("ietv:asksAlways", about="A part that every description made in a canvas must have."),
    "mandatory": _plain("ietv:asks", about="A part that a description must have unless an approver waives it."),
    "desirable": _plain("ietv:wishes", about="A part that a description should have."),
}
"""Level of a requirement to the property by which a canvas asks for a part."""


@dataclass(frozen=True)
class OwnClass:
    """A class or concept of our own vocabulary."""

    short: str
    about: str
    is_concept: bool = False


CLASSES = (
    OwnClass("ietv:Stage", "A legal stage of a service with its text, address, channels and providers."),
    OwnClass("ietv:Step", "A step of a life situation."),
    OwnClass("ietv:Tie", "A tie between two services of which more is said than its kind."),
    OwnClass("ietv:CommonDescription", "A description that local services vary; itself given to nobody."),
    OwnClass("ietv:CanvasVersion", "A published version of the template in which services are described."),
    OwnClass("ietv:Mention", "A thing that is only named here; its own document describes it whole."),
    OwnClass("ietv:role-provider", "Gives a stage of a service to people for the holder.", is_concept=True),
    OwnClass("ietv:role-holder", "Holds a service: answers for it whoever gives it.", is_concept=True),
)

ROLE_WORDS = {
    "role-provider": {"lv": "sniedzējs", "en": "provider"},
    "role-holder": {"lv": "turētājs", "en": "holder"},
}
"""Labels of the roles."""

PROPERTIES = (*(each for each in globals().copy().values() if isinstance(each, Property)), *ASKS.values())
"""Every property above."""

BY_IRI = {each.iri: each for each in PROPERTIES}

TIES = {
    "requires": REQUIRES,
    "arises-from": ARISES_FROM,
    "evidence-for": EVIDENCE_FOR,
    "follows": FOLLOWS,
    "alternative-to": ALTERNATIVE_TO,
}
"""Kind of a tie to its property."""
