"""Linked data comes in: our own whole, that of others as far as it is understood, and nothing of it is lost."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.compare import isomorphic

from ietvars.collaboration.situations import queries as situations
from ietvars.collaboration.ties import queries as ties
from ietvars.doors.machines.feeds.cpsv_ap import errors, exporting, importing, upgrade
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import WAYS, Format
from ietvars.doors.machines.feeds.cpsv_ap.importing_faults import SENTENCES
from ietvars.doors.machines.feeds.cpsv_ap.importing_services import working_days
from ietvars.doors.machines.feeds.inventories import bringing, reading
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.linked import errors as linked_errors
from ietvars.institution.linked import queries as linked
from ietvars.institution.services import actions as service_actions
from ietvars.institution.services import queries as services
from ietvars.institution.services import rules
from ietvars.institution.services.models import PublishedVersion
from tests.doors.machines.feeds.cpsv_ap import oracle, rich
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

HEAD = """
@prefix cpsv: <http://purl.org/vocab/cpsv#> . @prefix cv: <http://data.europa.eu/m8g/> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix org: <http://www.w3.org/ns/org#> .
@prefix adms: <http://www.w3.org/ns/adms#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix time: <http://www.w3.org/2006/time#> . @prefix schema: <http://schema.org/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix ex: <https://there.example/id/> .
"""

GOOD = """
ex:s1 a cpsv:PublicService ; dct:identifier "S-1" ; dct:title "Service"@en, "Pakalpojums"@lv ;
  dct:description "What it is."@en ; cv:hasCompetentAuthority ex:org .
ex:org a cv:PublicOrganisation ; skos:prefLabel "Agency"@en ; dct:identifier "9000" .
"""


def put(tmp_path: Path, text: str, name: str = "their-catalogue.ttl") -> Path:
    path = tmp_path / name
    path.write_text(HEAD + text if name.endswith(".ttl") else text, encoding="utf-8")
    return path


def bring(*paths: Path, **said: Any) -> importing.Run:
    return importing.bring(list(paths), by=SYSTEM, now=NOW, **said)


def faults(run: importing.Run, code: str = "") -> dict[str, list[str]]:
    """What is told of a service, by code of the fault."""
    found: dict[str, list[str]] = {}
    for read in run.read:
        if not code or read.whole.code == code:
            for one in read.faults:
                found.setdefault(one.code, []).append(one.what)
    return found


def a_state() -> World:
    world = World()
    world.code_lists()
    canvases.load_shipped(by=SYSTEM, now=NOW)
    return world


# ---- round trip -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", Format)
def test_what_goes_out_and_comes_into_an_empty_state_goes_out_the_same(form: Format, tmp_path: Path) -> None:
    with rich.elsewhere():
        rich.build()
        before = rich.text_of()
        file = put(tmp_path, rich.text_of(form), f"all.{WAYS[form].suffix}") if form is not Format.TURTLE else None
        if file is None:
            file = tmp_path / "all.ttl"
            file.write_text(rich.text_of(form), encoding="utf-8")
    a_state()
    assert rich.triples(rich.text_of()) != rich.triples(before)
    run = bring(file)
    assert not run.faults
    assert not run.kept
    assert rich.triples(rich.text_of()) == rich.triples(before)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_the_round_trip_is_isomorphic_in_the_eyes_of_rdflib_too(tmp_path: Path) -> None:
    with rich.elsewhere():
        rich.build()
        file = tmp_path / "all.nt"
        file.write_text(rich.text_of(), encoding="utf-8")
    a_state()
    bring(file)
    with oracle.as_written():
        before = rdflib.Graph().parse(file, format="nt")
        after = rdflib.Graph().parse(data=rich.text_of(), format="nt")
        assert isomorphic(before, after)


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "all.nt"
    rich.build()
    file.write_text(rich.text_of(), encoding="utf-8")
    versions = PublishedVersion.objects.count()
    run = bring(file)
    assert (run.brought.new, run.brought.changed, run.new_bodies, run.ties, run.situations) == ((), (), [], 0, [])
    assert PublishedVersion.objects.count() == versions


def test_what_comes_in_is_what_it_was(tmp_path: Path) -> None:
    with rich.elsewhere():
        rich.build()
        file = tmp_path / "all.nt"
        file.write_text(rich.text_of(), encoding="utf-8")
    a_state()
    bring(file)
    benefit = services.page("benefit")
    assert benefit is not None
    assert services.facts(benefit) == rich.whole_facts()
    assert (benefit.holder_code, benefit.review_months, benefit.state) == ("agency", 7, "published")
    assert benefit.canvas_version is not None
    assert str(benefit.canvas_version) == "benefit 2"
    assert [row.since for row in benefit.tenures.all()] == [date(2020, 1, 1)]
    variant = services.by_code("common-benefit-ogre")
    assert variant is not None
    assert variant.template is not None
    assert (variant.template.code, variant.is_offered, variant.not_offered_because["lv"]) == (
        "common-benefit", False, "Mums nav naudas",
    )  # fmt: skip
    assert {row.kind for row in ties.all_ties()} == set(map(str, upgrade_ties()))
    child = situations.by_code("child")
    assert child is not None
    assert [step.is_beside_previous for step in child.steps.all()] == [False, True, False]
    old = bodies.by_code("old-agency")
    assert old is not None
    assert old.until == date(2019, 12, 31)
    assert services.by_code("secret-draft") is None


def upgrade_ties() -> list[str]:
    from ietvars.collaboration.ties.rules import Kind

    return [kind.value for kind in Kind]


def test_a_slice_of_a_great_inventory_goes_round_too(shared: Path, tmp_path: Path) -> None:
    import gzip

    rows = gzip.decompress((shared / "data/gc-service-inventory/new-schema/2025-03-01_service.csv.gz").read_bytes())
    table = tmp_path / "services.csv"
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for number, row in enumerate(csv.reader(rows.decode("utf-8-sig").splitlines(keepends=True))):
            if number > 120:
                break
            writer.writerow(row)
    with rich.elsewhere():
        a_state()
        bringing.bring(reading.load("canada"), [table], by=SYSTEM, now=NOW)
        text = rich.text_of()
        turtle = rich.text_of(Format.TURTLE)
    with oracle.as_written():
        assert not any(oracle.judged(rdflib.Graph().parse(data=turtle), shared).values())
    file = tmp_path / "slice.nt"
    file.write_text(text, encoding="utf-8")
    a_state()
    run = bring(file)
    assert len(run.brought.new) > 100
    assert rich.triples(rich.text_of()) == rich.triples(text)


# ---- a catalogue of others --------------------------------------------------------------------------------------


def test_a_foreign_service_gets_a_code_keeps_its_number_and_is_published(tmp_path: Path) -> None:
    a_state()
    run = bring(put(tmp_path, GOOD))
    assert run.brought.new == ("s-1",)
    found = services.by_code("s-1")
    assert found is not None
    assert (found.state, found.source, found.title["lv"], found.holder_code) == (
        "published", "their-catalogue", "Pakalpojums", "org",
    )  # fmt: skip
    assert list(found.identifiers.values_list("scheme", "value")) == [("their-catalogue", "S-1")]
    assert linked.by_origin() == {"https://there.example/id/s1": "s-1"}
    assert run.faults == []


def test_it_is_found_again_by_its_address_even_when_its_number_changes(tmp_path: Path) -> None:
    a_state()
    bring(put(tmp_path, GOOD))
    run = bring(put(tmp_path, GOOD.replace('"S-1"', '"S-9"').replace("What it is", "Something else")))
    assert (run.brought.new, run.brought.changed) == ((), ("s-1",))


def test_the_service_of_another_institution_here_is_left_alone(tmp_path: Path) -> None:
    world = a_state()
    world.service("benefit", holder="agency")
    theirs = GOOD.replace("ex:s1", "<https://data.example/id/service/benefit>").replace('"S-1"', '"benefit"')
    run = bring(put(tmp_path, theirs))
    assert run.left_out == ["benefit"]
    assert faults(run)["held-by-another"] == ["agency"]


def test_what_is_withdrawn_here_stays_out_of_view(tmp_path: Path) -> None:
    a_state()
    bring(put(tmp_path, GOOD))
    found = services.by_code("s-1")
    assert found is not None
    service_actions.withdraw(service=found, why="Maldina.", by=SYSTEM, now=NOW)
    run = bring(put(tmp_path, GOOD.replace("What it is", "Something else")))
    assert "withdrawn-here" in faults(run)
    found = services.by_code("s-1")
    assert found is not None
    assert (found.state, found.summary["en"]) == ("withdrawn", "Something else.")


def test_a_name_that_is_taken_here_is_not_taken_again(tmp_path: Path) -> None:
    world = a_state()
    world.service("s-1")
    world.body("org")
    run = bring(put(tmp_path, GOOD))
    assert run.brought.new == ("s-1-2",)
    assert run.new_bodies == ["org-2"]


LACKING = {
    "no-title": GOOD.replace('dct:title "Service"@en, "Pakalpojums"@lv ;', ""),
    "no-description": GOOD.replace('dct:description "What it is."@en ;', ""),
    "no-authority": GOOD.replace("; cv:hasCompetentAuthority ex:org .", "."),
}


@pytest.mark.parametrize("code", LACKING)
def test_what_lacks_the_least_stays_a_draft_and_is_named(code: str, tmp_path: Path) -> None:
    a_state()
    run = bring(put(tmp_path, LACKING[code]))
    assert code in faults(run)
    assert run.drafts == ["s-1"]
    found = services.by_code("s-1")
    assert found is not None
    assert found.state == "draft"


def test_a_holder_can_be_named_for_what_names_none(tmp_path: Path) -> None:
    a_state().body("agency")
    run = bring(put(tmp_path, LACKING["no-authority"]), holder="agency")
    assert not run.faults
    found = services.by_code("s-1")
    assert found is not None
    assert found.holder_code == "agency"


def test_a_text_without_a_language_is_in_none_until_one_is_named(tmp_path: Path) -> None:
    a_state()
    plain = GOOD.replace("@en", "").replace("@lv", "").replace(', "Pakalpojums"', "")
    run = bring(put(tmp_path, plain), is_trial=True)
    assert faults(run)["untagged"] == ["2"]
    assert run.read[0].whole.facts.title == {"und": "Service"}
    run = bring(put(tmp_path, plain), language="en", is_trial=True)
    assert "untagged" not in faults(run)
    assert run.read[0].whole.facts.title == {"en": "Service"}
    run = bring(put(tmp_path, plain + 'ex:s1 dct:language "English" .'), is_trial=True)
    assert run.read[0].whole.facts.title == {"en": "Service"}


def test_a_trial_writes_nothing(tmp_path: Path) -> None:
    a_state()
    run = bring(put(tmp_path, GOOD), is_trial=True)
    assert run.brought.new == ("s-1",)
    assert services.by_code("s-1") is None
    assert bodies.by_code("org") is None


WORDS = {
    'ex:s1 cv:hasChannel ex:c . ex:c a cv:Channel ; dct:identifier "c" ; dct:type "E-mail" .': ("channels", ("email",)),
    "ex:s1 cv:hasChannel <https://there.example/apply#Eservice> .": ("channels", ("online",)),
    'ex:s1 dct:audience ex:a . ex:a a skos:Concept ; skos:prefLabel "Citizen"@en .': ("audience", ("natural-person",)),
    'ex:s1 cv:isGroupedBy ex:e . ex:e dct:title "Having a child"@en .': ("life_events", ("child",)),
    "ex:s1 dct:language <http://publications.europa.eu/resource/authority/language/LAV> .": ("languages", ("lv",)),
    "ex:s1 cv:sector <http://publications.europa.eu/resource/authority/data-theme/TRAN> .": ("area", "vehicles"),
    'ex:s1 cv:processingTime "PT0S"^^xsd:duration .': ("is_immediate", True),
    'ex:s1 cv:processingTime "P14D"^^xsd:duration .': ("term_days", 10),
    'ex:s1 cv:hasCost ex:m . ex:m cv:hasValue "4.27"^^xsd:double .': ("fees", "4.27 EUR"),
    'ex:s1 cv:holdsRequirement ex:r . ex:r dct:title "Be here"@en .': ("eligibility", {"en": ["Be here"]}),
    'ex:s1 cpsv:hasInput ex:i . ex:i dct:title "Passport"@en .': ("evidence", ({"title": {"en": "Passport"}},)),
    'ex:s1 cv:hasLegalResource <https://law.example/1> .': (
        "legal_acts", ({"title": {"und": "https://law.example/1"}, "url": "https://law.example/1"},),
    ),
}  # fmt: skip


@pytest.mark.parametrize("more", WORDS)
def test_words_of_the_profile_become_parts_of_the_description(more: str, tmp_path: Path) -> None:
    a_state()
    facts = bring(put(tmp_path, GOOD + more), is_trial=True).read[0].whole.facts
    name, expected = WORDS[more]
    found: Any = getattr(facts, name, None)
    if name == "channels":
        found = facts.stages["request"].channels
    if name == "fees":
        found = f"{facts.fees[0].amount} {facts.fees[0].currency}"
    assert found == expected


FAULTY = {
    'ex:s1 cv:sector "Education" .': ("text-for-concept", "Education"),
    "ex:s1 cv:isGroupedBy ex:Party .": ("unknown-event", "Party"),
    "ex:s1 cv:hasChannel ex:Pigeon .": ("unknown-channel", "https://there.example/id/Pigeon"),
    'ex:s1 cv:processingTime "3 dienas" .': ("bad-duration", "3 dienas"),
    'ex:s1 cv:processingTime "P30D"^^xsd:duration .': ("calendar-days", "P30D"),
    'ex:s1 cv:hasCost ex:m . ex:m cv:hasValue "lots" ; dct:description "much"@en .': ("bad-amount", "lots"),
    "ex:s1 cv:hasCost ex:Free .": ("no-amount", "Free"),
    'ex:s1 dct:identifier "S-2" .': ("several-identifiers", "S-2"),
    'ex:s1 dct:title "Again"@en .': ("second-text", "Again"),
    "ex:s1 dct:requires ex:elsewhere .": ("unknown-service", "https://there.example/id/elsewhere"),
    "ex:s1 dct:language ex:Klingon .": ("unknown-language", "https://there.example/id/Klingon"),
    'ex:s1 cv:hasCompetentAuthority ex:z . ex:z skos:prefLabel "Z"@en .': ("several-authorities", "org"),
    "ex:s1 dct:audience ex:Elves .": ("unknown-term", "https://there.example/id/Elves"),
}


@pytest.mark.parametrize("more", FAULTY)
def test_a_fault_is_named_with_its_service_and_a_sentence(more: str, tmp_path: Path) -> None:
    a_state()
    run = bring(put(tmp_path, GOOD + more), is_trial=True)
    code, what = FAULTY[more]
    assert faults(run, "s-1").get(code) == [what]
    (one,) = run.document()["faults"]
    (told,) = [told for told in one["faults"] if told["code"] == code]
    assert what in told["says"]["lv"]
    assert what in told["says"]["en"]
    assert told["says"]["lv"] != told["says"]["en"]


def test_every_fault_has_a_sentence() -> None:
    assert all(text[0].isupper() or text[0] in "“%" for text in SENTENCES.values())


@pytest.mark.parametrize("days", range(1, 120))
def test_working_days_of_calendar_days_never_take_longer(days: int) -> None:
    from ietvars.doors.machines.feeds.cpsv_ap.exporting_services import calendar_days

    found = working_days(days)
    assert found == 1 or calendar_days(found) <= days
    assert calendar_days(found + 1) > days


# ---- what is not understood -------------------------------------------------------------------------------------

UNKNOWN = """
ex:s1 <https://words.example/colour> "green"@en ; cv:contactPoint ex:phone ; <https://words.example/deep> [
    <https://words.example/deeper> "far"@en ] ; cv:sector "Education" .
ex:phone a cv:ContactPoint ; cv:telephone "+371 67000000" ; cv:openingHours ex:hours .
ex:hours a time:TemporalEntity ; dct:description "9 to 5"@en .
"""


def test_unknown_words_are_kept_given_out_again_and_come_back_the_same(tmp_path: Path, shared: Path) -> None:
    with rich.elsewhere():
        a_state()
        run = bring(put(tmp_path, GOOD + UNKNOWN))
        text = rich.text_of()
        assert run.kept == 9
        assert run.held_back == 1
        found = services.by_code("s-1")
        assert found is not None
        left = linked.of(found)
        assert left is not None
        assert "Education" in left.held_back
        assert "there.example/id/s1" not in left.triples
    assert '<https://words.example/colour> "green"@en' in text
    assert '"+371 67000000"' in text
    assert '"far"@en' in text
    assert "Education" not in text
    with oracle.as_written():
        assert not any(oracle.judged(rdflib.Graph().parse(data=text, format="nt"), shared).values())
    a_state()
    file = tmp_path / "again.nt"
    file.write_text(text, encoding="utf-8")
    bring(file)
    assert rich.triples(rich.text_of()) == rich.triples(text)


@pytest.mark.parametrize("form", Format)
def test_unknown_words_are_given_out_in_every_format(form: Format, tmp_path: Path) -> None:
    a_state()
    bring(put(tmp_path, GOOD + UNKNOWN))
    assert rich.triples(rich.text_of(form), form) == rich.triples(rich.text_of())


def test_nothing_that_is_kept_can_make_the_catalogue_faulty(tmp_path: Path, shared: Path) -> None:
    a_state()
    bad = """
    ex:s1 a cv:Channel ; dct:spatial ex:nowhere ; cv:processingTime "P1D"^^xsd:duration, "P2D"^^xsd:duration ;
      cpsv:follows ex:rule ; dcat:keyword 7 ; cv:hasParticipation ex:part .
    ex:rule a cpsv:Rule ; dct:title "untagged" .
    ex:part a cv:Participation ; cv:role ex:role .
    ex:org a cv:Cost .
    """
    run = bring(put(tmp_path, GOOD + bad))
    assert run.held_back
    with oracle.as_written():
        text = rich.text_of(Format.TURTLE)
        assert not any(oracle.judged(rdflib.Graph().parse(data=text), shared).values())


# ---- older profiles ---------------------------------------------------------------------------------------------


def test_the_table_of_old_words_is_the_collected_one(shared: Path) -> None:
    """`new_term` of a rename is ours; what needs more than a rename is named, and what fell away is kept."""
    with (shared / "standards/cpsv-ap/upgrade-2x-to-3.2.0.csv").open(encoding="utf-8") as file:
        rows = {row["old_term"]: row["new_term"] for row in csv.DictReader(file)}
    known = {**upgrade.CLASSES, **upgrade.PROPERTIES, **upgrade.MADE_NODES, **dict.fromkeys(upgrade.DROPPED, "")}
    words = {old.replace(" (on cv:Event)", ""): new for old, new in rows.items() if ":" in old}
    assert known == words


OLD = """
ex:s1 a cpsv:PublicService ; dct:identifier "S-1" ; dct:title "Old"@en ; dct:description "It is old."@en ;
  cv:hasCompetentAuthority ex:org ; cv:serviceProvider ex:agent ; cv:hasFormalFramework ex:law ;
  cv:hasContactPoint ex:contact ; dct:status <http://purl.org/adms/status/Completed> ; cv:hasCost ex:cost ;
  cv:hasCriterion ex:criterion .
ex:org a cv:PublicOrganisation ; dct:title "Agency"@en . ex:agent a dct:Agent ; dct:title "Provider"@en .
ex:law a cpsv:FormalFramework ; dct:title "Law"@en .
ex:cost a cv:Cost ; cv:value 12.5 ; cv:currency <http://publications.europa.eu/resource/authority/currency/EUR> .
ex:contact a schema:ContactPoint ; schema:telephone "1" ; schema:openingHours "Mo 9-12" ; schema:faxNumber "2" .
ex:criterion a cv:CriterionRequirement ; dct:title "Be old"@en .
"""


def test_old_words_are_brought_up_to_today(tmp_path: Path, shared: Path) -> None:
    a_state()
    run = bring(put(tmp_path, OLD))
    assert dict(run.upgraded) == {
        "cv:serviceProvider": 1, "cv:hasFormalFramework": 1, "cv:hasContactPoint": 1, "dct:status": 1, "dct:Agent": 1,
        "cpsv:FormalFramework": 1, "cv:value": 1, "schema:ContactPoint": 1, "schema:telephone": 1,
        "schema:openingHours": 1, "cv:hasCriterion": 1, "cv:CriterionRequirement": 1,
    }  # fmt: skip
    facts = run.read[0].whole.facts
    assert [str(fee.amount) for fee in facts.fees] == ["12.50"]
    assert facts.legal_acts == ({"title": {"en": "Law"}, "url": "https://there.example/id/law"},)
    assert facts.eligibility == {"en": ["Be old"]}
    assert facts.stages["execution"].providers == ("agent",)
    text = rich.text_of(Format.TURTLE)
    assert "cv:telephone" in text
    assert "faxNumber" in text
    assert '"Mo 9-12"' not in text, "hours without a language break the profile, so they are held back"
    with oracle.as_written():
        assert not any(oracle.judged(rdflib.Graph().parse(data=text), shared).values())


REAL = {"EstonianServices.rdf": (28, 27), "FinnishServices.ttl": (13, 2)}
"""Services in the file, and those that have all they need to be published."""


@pytest.mark.parametrize("name", REAL)
def test_real_old_catalogues_come_in_with_the_faults_of_each_service(name: str, shared: Path) -> None:
    a_state()
    run = bring(shared / "data/cpsv-ap-rdf" / name, language="en")
    size, published = REAL[name]
    assert len(run.brought.new) == size
    assert size - len(run.drafts) == published
    document = run.document()
    assert all(one["service"] and one["iri"] and one["faults"] for one in document["faults"])
    assert len(document["faults"]) == size
    with oracle.as_written():
        text = rich.text_of(Format.TURTLE)
        assert not any(oracle.judged(rdflib.Graph().parse(data=text), shared).values())
    again = bring(shared / "data/cpsv-ap-rdf" / name, language="en")
    assert (again.brought.new, again.brought.changed) == ((), ())


@pytest.mark.parametrize(
    "name", ["minimal-valid.ttl", "full-valid.ttl", "framework-extension.ttl", "minimal-valid.jsonld"]
)
def test_valid_files_come_in_and_what_goes_out_is_valid(name: str, shared: Path) -> None:
    a_state()
    run = bring(shared / "standards/cpsv-ap/fixtures" / name)
    assert run.brought.new
    assert not run.drafts
    with oracle.as_written():
        text = rich.text_of(Format.TURTLE)
        assert not any(oracle.judged(rdflib.Graph().parse(data=text), shared).values())


def test_every_faulty_file_comes_in_or_is_told_apart_and_never_makes_the_catalogue_faulty(shared: Path) -> None:
    for file in sorted((shared / "standards/cpsv-ap/fixtures/invalid").glob("*.ttl")):
        with rich.elsewhere():
            a_state()
            run = bring(file)
            assert run.read or run.outside, file.name
            with oracle.as_written():
                text = rich.text_of(Format.TURTLE)
                assert not any(oracle.judged(rdflib.Graph().parse(data=text), shared).values()), file.name


# ---- hostile and broken files -----------------------------------------------------------------------------------


def test_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    a_state()
    with pytest.raises(errors.Unreadable):
        bring(put(tmp_path, GOOD + "and then nothing"))
    assert not services.all_services().exists()


def test_more_triples_than_allowed_are_refused(tmp_path: Path, settings: Any) -> None:
    a_state()
    settings.RDF_LIMITS = {**settings.RDF_LIMITS, "triples": 5}
    with pytest.raises(errors.TooManyTriples):
        bring(put(tmp_path, GOOD))


def test_several_small_files_are_not_allowed_more_than_one_great_one(tmp_path: Path, settings: Any) -> None:
    a_state()
    settings.RDF_LIMITS = {**settings.RDF_LIMITS, "triples": 10}
    other = GOOD.replace("ex:s1", "ex:s2").replace("S-1", "S-2")
    with pytest.raises(errors.TooManyTriples):
        bring(put(tmp_path, GOOD), put(tmp_path, other, "other.ttl"))


def test_a_script_in_an_address_or_a_text_is_only_text(tmp_path: Path) -> None:
    a_state()
    bad = (
        GOOD.replace("What it is.", "<script>alert(1)</script>")
        + """
    ex:s1 cv:hasLegalResource ex:law . ex:law dct:title "Law"@en ; foaf:page <javascript:alert(1)> .
    ex:s1 <https://ietvars.example/ns#hasStage> ex:st . ex:st <https://ietvars.example/ns#stage>
      <https://there.example/id/term/stages/request> ; <https://ietvars.example/ns#url> <javascript:alert(2)> .
    """
    )
    run = bring(put(tmp_path, bad))
    found = services.page("s-1")
    assert found is not None
    assert "javascript" not in str(found.legal_acts)
    assert [stage.url for stage in found.stages.all()] == [""] * 3
    assert faults(run)["bad-address"] == ["javascript:alert(2)"]


NONSENSE = (
    'ex:s1 ietv:workingDays "%s" .',
    'ex:s1 ietv:reviewMonths "%s" .',
    'ex:s1 ietv:ownField "%s", "__class__", "pk" .',
    'ex:s1 ietv:illustrative "%s" .',
    'ex:s1 ietv:inventory "%s" .',
    'ex:s1 ietv:reviewedOn "%s" .',
    'ex:s1 cv:processingTime "P%sY" .',
    'ex:s1 cv:hasCost ex:c . ex:c cv:hasValue "%s" ; cv:currency ex:%s ; ietv:order "%s" .',
    'ex:s1 cv:hasCost ex:c . ex:c cv:hasValue "1e400", "NaN" .',
    'ex:s1 adms:identifier ex:n . ex:n ietv:scheme "%s" ; skos:notation "%s" .',
    'ex:s1 dct:identifier "%s" .',
    "ex:s1 dct:audience <https://there.example/id/term/target-groups/%s> .",
    "ex:s1 cv:thematicArea <https://there.example/id/term/areas/%s> .",
    "ex:s1 cv:hasChannel ex:c . ex:c dct:type <https://there.example/id/term/channels/%s> .",
    "ex:s1 cv:hasCompetentAuthority <https://data.example/id/body/%s> .",
    '<https://data.example/id/service/%s> a cpsv:PublicService ; dct:title "%s"@en .',
    'ex:org ietv:since "2020-01-01" ; ietv:until "2019-01-01" ; ietv:registrationCode "%s" ; ietv:territoryCode "%s" .',
    'ex:s1 dct:title "%s"@aa .',
    'ex:s1 dcat:keyword "\\u0000%s"@lv ; dct:description "a\\u0000b"@lv .',
    """<https://data.example/id/situation/%s> a cv:LifeEvent ; dct:title "x"@lv ; ietv:order "%s" ;
    ietv:hasStep ex:step . ex:step ietv:order "%s" ; dct:title "y"@lv .""",
)


@pytest.mark.parametrize("filling", ["9" * 400, "x" * 400, "-1", "²", "0"])
def test_nonsense_in_our_own_words_is_left_aside_and_harms_nothing(filling: str, tmp_path: Path) -> None:
    a_state()
    head = "@prefix ietv: <https://ietvars.example/ns#> .\n"
    for told in NONSENSE:
        if filling in "²-1" and "ex:%s" in told:
            continue
        with rich.elsewhere():
            bring(put(tmp_path, head + GOOD + told.replace("%s", filling)))
            found = services.page(next(iter(linked.by_origin().values())))
            assert found is not None
            assert len(found.code) <= 120
            assert set(found.own_fields) <= set(rules.LOCAL_FIELDS)
            assert found.term_days is None or found.term_days <= 10_000
            assert rich.text_of(Format.TURTLE)


def test_only_administrators_and_the_system_bring_linked_data_in(tmp_path: Path) -> None:
    owner = a_state().actor(Role.SERVICE_OWNER)
    with pytest.raises(linked_errors.NotForYou):
        importing.bring([put(tmp_path, GOOD)], by=owner, now=NOW)


def test_a_service_without_an_address_is_left_out_and_told(tmp_path: Path) -> None:
    a_state()
    run = bring(put(tmp_path, GOOD.replace("ex:s1", "[]", 1)))
    assert len(run.left_out) == 1
    assert not run.brought.new


def test_a_mention_in_the_document_of_another_service_changes_nothing_here(tmp_path: Path) -> None:
    rich.build()
    from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import write

    nodes = exporting.service("benefit")
    assert nodes is not None
    file = tmp_path / "one.ttl"
    file.write_text("".join(write(nodes, Format.TURTLE)), encoding="utf-8")
    before = rich.triples(rich.text_of())
    run = bring(file)
    assert [read.whole.code for read in run.read] == ["benefit"]
    assert rich.triples(rich.text_of()) == before
