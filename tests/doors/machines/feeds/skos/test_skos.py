"""Code lists go out as SKOS and come in from it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import WAYS, Format, write
from ietvars.doors.machines.feeds.skos import errors, exporting, importing
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.terms import errors as term_errors
from ietvars.ground.terms import queries as terms
from tests.doors.machines.feeds.cpsv_ap import rich
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def text_of(code: str = "", form: Format = Format.N_TRIPLES) -> str:
    nodes = exporting.nodes(code)
    assert nodes is not None
    return "".join(write(nodes, form))


def listed(code: str) -> list[tuple[object, ...]]:
    return [
        (one.code, one.label, one.same_as, one.facts, one.since, one.until) for one in terms.terms(code)
    ]  # fmt: skip


def test_every_list_goes_out_with_all_its_terms(world: World) -> None:
    world.code_lists()
    text = text_of()
    assert text.count("<http://www.w3.org/2004/02/skos/core#ConceptScheme>") == terms.lists().count()
    concepts = sum(one.terms.count() for one in terms.lists())
    assert text.count("<http://www.w3.org/2004/02/skos/core#Concept> .") == concepts == exporting.size()
    assert exporting.nodes("nothing") is None


@pytest.mark.parametrize("form", Format)
def test_a_list_that_comes_back_changes_nothing(form: Format, world: World, tmp_path: Path) -> None:
    world.code_lists()
    before = listed("areas")
    file = tmp_path / f"areas.{WAYS[form].suffix}"
    file.write_text(text_of("areas", form), encoding="utf-8")
    run = importing.bring([file], by=SYSTEM, now=NOW)
    assert run.code == "areas"
    assert run.report == {"new": 0, "changed": 0, "ended": 0}
    assert listed("areas") == before


def test_a_list_comes_into_an_empty_state_and_goes_out_the_same(world: World, tmp_path: Path) -> None:
    file = tmp_path / "channels.nt"
    with rich.elsewhere():
        world.code_lists()
        file.write_text(text_of("channels"), encoding="utf-8")
    importing.bring([file], by=SYSTEM, now=NOW)
    assert rich.triples(text_of("channels")) == rich.triples(file.read_bytes())


def test_a_table_of_the_eu_comes_in_with_its_addresses(world: World, shared: Path) -> None:
    run = importing.bring([shared / "standards/eu-vocabularies/data-theme.ttl"], by=SYSTEM, now=NOW, code="themes")
    assert run.terms == run.report["new"] > 10
    (transport,) = [one for one in terms.terms("themes") if one.same_as.endswith("/data-theme/TRAN")]
    assert transport.label["en"] == "Transport"
    again = importing.bring([shared / "standards/eu-vocabularies/data-theme.ttl"], by=SYSTEM, now=NOW, code="themes")
    assert again.report == {"new": 0, "changed": 0, "ended": 0}


SCHEME = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix ex: <https://there.example/colours/> .
ex:scheme a skos:ConceptScheme ; skos:prefLabel "Colours"@en .
ex:red a skos:Concept ; skos:inScheme ex:scheme ; skos:prefLabel "red"@en, "sarkans"@lv ; skos:notation "R" .
ex:blue a skos:Concept ; skos:inScheme ex:scheme ; skos:prefLabel "blue" .
"""


def test_terms_that_left_are_ended_and_labels_that_lack_are_told(world: World, tmp_path: Path) -> None:
    file = tmp_path / "colours.ttl"
    file.write_text(SCHEME, encoding="utf-8")
    run = importing.bring([file], by=SYSTEM, now=NOW, code="colours")
    assert run.untranslated == {"lv": 1, "en": 1}
    assert {one.code: one.label for one in terms.terms("colours")} == {
        "red": {"en": "red", "lv": "sarkans"}, "blue": {"und": "blue"},
    }  # fmt: skip
    file.write_text(SCHEME.replace("ex:blue a skos:Concept", "ex:blue a skos:Thing"), encoding="utf-8")
    assert importing.bring([file], by=SYSTEM, now=NOW, code="colours").report["ended"] == 1
    assert terms.terms("colours").get(code="blue").until is not None


def test_a_file_of_several_schemes_asks_which(tmp_path: Path, world: World) -> None:
    file = tmp_path / "two.ttl"
    file.write_text(SCHEME + "ex:other a skos:ConceptScheme .", encoding="utf-8")
    with pytest.raises(errors.NoSuchScheme, match=r"there\.example/colours/other"):
        importing.bring([file], by=SYSTEM, now=NOW)
    assert importing.bring([file], by=SYSTEM, now=NOW, scheme="scheme", code="colours").terms == 2
    with pytest.raises(errors.NoScheme):
        importing.bring([file], by=SYSTEM, now=NOW, scheme="other")
    file.write_text("<https://a.example/> a <https://b.example/> .", encoding="utf-8")
    with pytest.raises(errors.NoScheme):
        importing.bring([file], by=SYSTEM, now=NOW)


def test_only_who_keeps_the_lists_brings_one_in(tmp_path: Path, world: World) -> None:
    file = tmp_path / "colours.ttl"
    file.write_text(SCHEME, encoding="utf-8")
    with pytest.raises(term_errors.NotForYou):
        importing.bring([file], by=world.actor(Role.SERVICE_OWNER), now=NOW)


def test_what_goes_out_is_skos_in_the_eyes_of_another_reader(world: World) -> None:
    world.code_lists()
    store = ox.Store()
    store.load(text_of("life-events").encode(), format=ox.RdfFormat.N_TRIPLES)
    found = store.query(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        "ASK { ?t a skos:Concept ; skos:inScheme ?s ; skos:topConceptOf ?s ; skos:prefLabel ?l . "
        "?s a skos:ConceptScheme ; skos:hasTopConcept ?t }"
    )
    assert bool(found)
