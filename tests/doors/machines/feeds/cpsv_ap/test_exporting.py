"""The catalogue as CPSV-AP: it passes the official shapes, and says the same in four formats."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import rdflib

from ietvars.doors.machines.feeds.cpsv_ap import context, exporting, exporting_vocabulary, exporting_writers, vocabulary
from ietvars.doors.machines.feeds.cpsv_ap.exporting_services import calendar_days
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import WAYS, Format, link, tag, write
from ietvars.doors.machines.feeds.cpsv_ap.validating import Mode
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.services import actions as services
from ietvars.institution.services import inventories
from ietvars.institution.services.rules import Inventoried
from tests.doors.machines.feeds.cpsv_ap import oracle, rich
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db

BENEFIT = "https://data.example/id/service/benefit"


def graph(text: str, form: str = "turtle") -> rdflib.Graph:
    with oracle.as_written():
        return rdflib.Graph().parse(data=text, format=form)


# ---- shapes -----------------------------------------------------------------------------------------------------


def test_the_whole_catalogue_passes_the_official_shapes_with_and_without_the_ontology(shared: Path) -> None:
    rich.build()
    found = graph(rich.text_of(Format.TURTLE))
    with oracle.as_written():
        assert {mode: dict(faults) for mode, faults in oracle.judged(found, shared).items()} == {
            mode: {} for mode in Mode
        }


def test_every_single_thing_passes_the_official_shapes_by_itself(shared: Path) -> None:
    rich.build()
    things = {
        "service": exporting.service("benefit"),
        "local service": exporting.service("common-benefit-riga"),
        "retired service": exporting.service("old-benefit"),
        "body": exporting.body("agency"),
        "situation": exporting.situation("child"),
        "several": exporting.some(["benefit", "card"]),
    }
    for name, nodes in things.items():
        assert nodes is not None
        found = graph("".join(write(nodes, Format.TURTLE)))
        with oracle.as_written():
            assert not any(oracle.judged(found, shared).values()), name


def test_a_service_that_says_almost_nothing_passes_too(world: World, shared: Path) -> None:
    row = Inventoried(
        value="1", title={"lv": "Tikai nosaukums"}, holder_id=world.body("agency").pk, since=date(2020, 1, 1)
    )
    inventories.import_services(scheme="register", rows=[row], by=SYSTEM, now=NOW)
    text = rich.text_of(Format.TURTLE)
    with oracle.as_written():
        assert not any(oracle.judged(graph(text), shared).values())
    # The description that the profile asks for repeats the title, and says so.
    assert "ietv:hasOwnDescription" in text


# ---- formats ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", Format)
def test_four_formats_say_exactly_the_same(form: Format) -> None:
    rich.build()
    assert rich.triples(rich.text_of(form), form) == rich.triples(rich.text_of(Format.N_TRIPLES))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
@pytest.mark.parametrize(
    ("form", "name"), [(Format.TURTLE, "turtle"), (Format.RDF_XML, "xml"), (Format.JSON_LD, "json-ld")]
)
def test_another_reader_understands_it_the_same_way(form: Format, name: str) -> None:
    rich.build()
    expected = {str(rdflib.Literal(rich.AWKWARD, lang="lv"))}
    found = graph(rich.text_of(form), name)
    said = found.objects(rdflib.URIRef(BENEFIT), rdflib.URIRef(vocabulary.DESCRIPTION.iri))
    assert expected <= {str(one) for one in said}
    assert len(found) == len(rich.triples(rich.text_of()))


def test_a_document_is_the_same_each_time() -> None:
    rich.build()
    assert rich.text_of(Format.TURTLE) == rich.text_of(Format.TURTLE)


def test_addresses_and_languages_are_made_fit_to_stand_in_a_graph() -> None:
    assert link('https://a.example/ķ<>"{}|^`\\ x') == "https://a.example/ķ%3C%3E%22%7B%7D%7C%5E%60%5C%20x"
    assert [tag(word) for word in ("lv", "en_GB", "zh-Hant", "so not", "")] == [
        "@lv",
        "@en-gb",
        "@zh-hant",
        "@und",
        "@und",
    ]


def test_control_characters_that_xml_cannot_hold_stand_in_no_format(world: World) -> None:
    world.service("odd", title={"lv": "Ar \x0b zīmi\x1f"})
    for form in Format:
        assert rich.triples(rich.text_of(form), form) == rich.triples(rich.text_of())
    assert "\\u000b" not in rich.text_of().lower()


# ---- what is said -----------------------------------------------------------------------------------------------


def test_what_cpsv_ap_lacks_is_said_in_our_own_words() -> None:
    rich.build()
    said = rich.triples(rich.text_of())
    own = vocabulary.OWN

    def says(subject: str, name: str, value: str) -> bool:
        return f"<https://data.example/id/{subject}> <{own}{name}> {value}" in said

    assert says("service/benefit", "workingDays", '"10"^^<http://www.w3.org/2001/XMLSchema#integer>')
    assert says("service/benefit", "appeal", '"Tiesā."@lv')
    assert says("service/benefit", "hasStage", f"<{BENEFIT}#request>")
    assert says("service/benefit#request-online", "channelUrl", "<https://ietvars.example/lūgums?a=1&b=2>")
    assert says("service/benefit#request-by-centre", "atStage", f"<{BENEFIT}#request>")
    assert says("service/benefit", "madeInCanvas", "<https://data.example/id/canvas/benefit/2>")
    assert says("service/common-benefit-riga", "varies", "<https://data.example/id/service/common-benefit>")
    assert says("service/common-benefit-riga", "ownField", '"term_days"')
    assert says("service/common-benefit-ogre", "isOffered", '"false"^^<http://www.w3.org/2001/XMLSchema#boolean>')
    assert says("service/common-benefit-ogre", "notOfferedBecause", '"Mums nav naudas"@lv')
    assert says("situation/child#step-2", "besidePrevious", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>')
    assert says("situation/child#step-3", "turnTo", "<https://data.example/id/body/centre>")
    assert says("service/benefit", "illustrative", '"receives"')


def test_every_own_word_that_is_used_is_described_in_the_vocabulary() -> None:
    rich.build()
    described = {address for address, _, _ in exporting_vocabulary.nodes()}
    own = {
        part.strip("<>") for triple in rich.triples(rich.text_of()) for part in triple.split() if vocabulary.OWN in part
    }
    assert own <= described
    assert all(each.about for each in vocabulary.PROPERTIES if each.iri.startswith(vocabulary.OWN))


@pytest.mark.parametrize(("working", "calendar"), [(1, 3), (4, 6), (5, 7), (10, 14), (11, 17), (0, 0)])
def test_calendar_days_are_the_most_that_working_days_can_take(working: int, calendar: int) -> None:
    assert calendar_days(working) == calendar


def test_drafts_and_withdrawn_descriptions_and_people_never_leave_the_house() -> None:
    world = rich.build()
    services.look_after(service=world.again(world.service("looked-after")), responsible="anna", by=SYSTEM, now=NOW)
    gone = world.service("gone", title=texts("Atsauktais"))
    services.withdraw(service=gone, why="Maldina.", by=SYSTEM, now=NOW)
    text = rich.text_of()
    assert "Melnraksts" not in text
    assert "Atsauktais" not in text
    assert "anna" not in text
    assert exporting.service("secret-draft") is None
    assert exporting.service("gone") is None
    assert exporting.service("nothing") is None


# ---- context ----------------------------------------------------------------------------------------------------


def test_our_context_means_the_same_by_every_key_as_the_official_one(shared: Path) -> None:
    file = shared / "standards/cpsv-ap/official/cpsv-ap-context.jsonld"
    official = json.loads(file.read_text(encoding="utf-8"))["@context"]
    ours = context.terms()

    def told(entry: str | dict[str, str]) -> tuple[str, str]:
        address, kind = (entry, "") if isinstance(entry, str) else (entry["@id"], entry.get("@type", ""))
        # A text without a language is a text without a language, not an ill-formed one.
        kind = "" if kind.endswith("langString") else kind
        return _whole(address), _whole(kind)

    assert {key: told(ours[key]) for key in official} == {key: told(entry) for key, entry in official.items()}


def _whole(short: str) -> str:
    return vocabulary.iri(short) if short.partition(":")[0] in vocabulary.PREFIXES else short


def test_no_two_properties_share_a_key() -> None:
    keys = [each.key for each in vocabulary.PROPERTIES]
    assert len(keys) == len(set(keys))


def test_media_types_are_those_of_the_standards() -> None:
    assert {way.media_type for way in WAYS.values()} == {
        "text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples",
    }  # fmt: skip


@pytest.mark.parametrize("form", list(Format))
def test_writing_holds_no_more_of_the_catalogue_than_a_piece(form: Format) -> None:
    rich.build()
    nodes, taken = list(exporting.everything()), 0

    def told() -> Iterator[exporting_writers.Node]:
        nonlocal taken
        for node in itertools.islice(itertools.cycle(nodes), 5 * exporting_writers.PIECE):
            taken += 1
            yield node

    for number, _piece in enumerate(write(told(), form)):
        assert taken <= number * exporting_writers.PIECE
    assert taken == 5 * exporting_writers.PIECE
