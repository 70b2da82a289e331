"""Says as DCAT-AP 3.0.1 what can be had here: the datasets, each with its files, and the interface for programs.

It names places and formats; what stands in the files is said by the slices that write them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from ietvars.doors.furniture.licence import OPEN_DATA, Licence
from ietvars.doors.machines.feeds.cpsv_ap import exporting
from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import Named, texts
from ietvars.doors.machines.feeds.cpsv_ap.exporting_others import CATALOGUE_ABOUT, CATALOGUE_TITLE
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import WAYS, Node, Said
from ietvars.ground.deployment import queries as deployment
from ietvars.ground.terms.rules import LANGUAGES
from ietvars.institution.releases import queries as releases
from ietvars.institution.services import exchange

DATASET = v.Property("dcat:dataset", v.Kind.LINK)
SERVICE = v.Property("dcat:service", v.Kind.LINK)
DISTRIBUTION = v.Property("dcat:distribution", v.Kind.LINK)
ACCESS_URL = v.Property("dcat:accessURL", v.Kind.LINK)
DOWNLOAD_URL = v.Property("dcat:downloadURL", v.Kind.LINK)
MEDIA_TYPE = v.Property("dcat:mediaType", v.Kind.LINK)
THEME = v.Property("dcat:theme", v.Kind.LINK)
ENDPOINT = v.Property("dcat:endpointURL", v.Kind.LINK)
ENDPOINT_ABOUT = v.Property("dcat:endpointDescription", v.Kind.LINK)
SERVES = v.Property("dcat:servesDataset", v.Kind.LINK)
CONFORMS_TO = v.Property("dct:conformsTo", v.Kind.LINK)
MODIFIED = v.Property("dct:modified", v.Kind.DATE)
FREQUENCY = v.Property("dct:accrualPeriodicity", v.Kind.LINK)
LICENCE = v.Property("dct:license", v.Kind.LINK)
NAME = v.Property("foaf:name", v.Kind.TEXT)
HOMEPAGE = v.Property("foaf:homepage", v.Kind.LINK)

IANA = "https://www.iana.org/assignments/media-types/"
CPSV_AP = "https://semiceu.github.io/CPSV-AP/releases/3.2.0"


@dataclass(frozen=True)
class Dataset:
    """A dataset: what it is called and about, and its files by address and media type."""

    code: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    files: Sequence[tuple[str, str]]
    conforms_to: str = ""
    frequency: tuple[str, str] = ("CONT", "continuous")
    """Code of the EU list and its English label."""
    licence: Licence | None = None
    """None where nobody has said under what licence the data are given out."""
    modified: date | None = None


def datasets() -> tuple[Dataset, ...]:
    """All that is given out whole; of the releases of figures the newest."""
    rdf = tuple((way.suffix, way.media_type) for way in WAYS.values())
    base = settings.BASE_IRI
    services = (
        *((f"{base}id/catalogue/all.{suffix}", media_type) for suffix, media_type in rdf),
        (f"{base}pakalpojumi.csv", "text/csv"),
        (f"{base}api/v1/hsds/services", "application/json"),
    )
    return (
        Dataset("services", CATALOGUE_TITLE, CATALOGUE_ABOUT, services, CPSV_AP),
        Dataset(
            "terms",
            {"lv": "Kodu saraksti", "en": "Code lists"},
            {
                "lv": "Vārdi, ar ko pakalpojumi ir aprakstīti: kanāli, saņēmēji, dzīves notikumi un citi.",
                "en": "The words in which services are described: channels, recipients, life events and others.",
            },
            tuple((f"{base}id/term/all.{suffix}", media_type) for suffix, media_type in rdf),
        ),
        *_figures(base),
    )


FIGURES = (
    ("figures.csv", "text/csv"),
    ("figures.parquet", "application/vnd.apache.parquet"),
    ("figures.ttl", "text/turtle"),
    ("dictionary.csv", "text/csv"),
)
"""Files of a release by media type."""


def _figures(base: str) -> Iterator[Dataset]:
    """The newest release that the public may see."""
    found = releases.newest()
    if found is None or found.published_at is None:
        return
    files = tuple((f"{base}raditaji/{found.code}/{name}", media_type) for name, media_type in FIGURES)
    yield Dataset(
        "figures",
        {"lv": "Pakalpojumu sniegšanas rādītāji", "en": "Figures of deliveries"},
        {
            "lv": "Cik pieprasījumu bija, kā un cik ilgā laikā tie beidzās. Mazie skaitļi ir slēpti.",
            "en": "How many requests there were, how they ended and in what time. Small counts are hidden.",
        },
        files,
        frequency=("ANNUAL", "annual"),
        licence=OPEN_DATA,
        modified=found.published_at.date(),
    )


def nodes() -> Iterator[Node]:
    """The catalogue, its datasets with their files, and the interface."""
    named = Named(exporting.addresses(), {})
    base = settings.BASE_IRI
    catalogue = f"{named.addresses.catalogue}#dcat"
    publisher = f"{named.addresses.catalogue}#publisher"
    state = deployment.name() or {"lv": "Ietvars", "en": "Ietvars"}
    told = datasets()
    places = {one.code: _place(named, one.code) for one in told}
    area = named.place(settings.AREA_IRI)
    yield catalogue, ("dcat:Catalog",), [
        *texts(v.TITLE, {"lv": "Pakalpojumu dati", "en": "Data about services"}),
        *texts(v.DESCRIPTION, CATALOGUE_ABOUT),
        (v.PUBLISHER, publisher, None),
        (HOMEPAGE, named.page(f"{base}{reverse('public:data').lstrip('/')}"), None),
        *((v.LANGUAGE, named.language(code), None) for code in LANGUAGES),
        (v.SPATIAL, area, None),
        *((DATASET, place, None) for place in places.values()),
        (SERVICE, f"{catalogue}-api", None),
    ]  # fmt: skip
    yield publisher, ("foaf:Agent",), [(v.IDENTIFIER, "publisher", ""), *texts(v.TITLE, state), *texts(NAME, state)]
    last = exchange.last_change()
    for one in told:
        yield from _dataset(one, places[one.code], named, publisher, area, one.modified or last)
    for licence in {one.licence.address: one.licence for one in told if one.licence}.values():
        yield licence.address, ("dct:LicenseDocument",), texts(v.TITLE, {"en": licence.name})
    yield f"{catalogue}-api", ("dcat:DataService",), [
        *texts(v.TITLE, {"lv": "Ietvara API", "en": "API of Ietvars"}),
        (ENDPOINT, f"{base}api/v1/", None),
        (ENDPOINT_ABOUT, f"{base}api/v1/openapi.json", None),
        *((SERVES, place, None) for place in places.values()),
    ]  # fmt: skip
    yield from named.nodes()


def _place(named: Named, code: str) -> str:
    return named.addresses.catalogue if code == "services" else f"{named.addresses.catalogue}#{code}"


def _dataset(one: Dataset, place: str, named: Named, publisher: str, area: str, last: date | None) -> Iterator[Node]:
    said: list[Said] = [
        (v.IDENTIFIER, one.code, ""),
        *texts(v.TITLE, one.title),
        *texts(v.DESCRIPTION, one.about),
        (v.PUBLISHER, publisher, None),
        (THEME, named.concept(f"{v.EU}data-theme/GOVE", label={"en": "Government and public sector"}), None),
        (FREQUENCY, named.concept(f"{v.EU}frequency/{one.frequency[0]}", "dct:Frequency", "skos:Concept",
                                  label={"en": one.frequency[1]}), None),
        (v.SPATIAL, area, None),
        *((v.LANGUAGE, named.language(code), None) for code in LANGUAGES),
    ]  # fmt: skip
    if deployment.is_sample():
        said.append((v.ILLUSTRATIVE, "sample-state", ""))
    if last:
        said.append((MODIFIED, last.isoformat(), "^^xsd:date"))
    files = [f"{place}{'-' if '#' in place else '#'}{number}" for number in range(1, len(one.files) + 1)]
    said += [(DISTRIBUTION, file, None) for file in files]
    yield place, ("dcat:Dataset",), said
    for file, (address, media_type) in zip(files, one.files, strict=True):
        about: list[Said] = [
            *texts(v.TITLE, one.title),
            (ACCESS_URL, named.concept(address, "rdfs:Resource"), None),
            (DOWNLOAD_URL, address, None),
            (MEDIA_TYPE, named.concept(IANA + media_type, "dct:MediaType"), None),
        ]
        if one.conforms_to and "csv" not in media_type and not media_type.endswith("/json"):
            about.append((CONFORMS_TO, named.concept(one.conforms_to, "dct:Standard"), None))
        if one.licence:
            about.append((LICENCE, one.licence.address, None))
        yield file, ("dcat:Distribution",), about
