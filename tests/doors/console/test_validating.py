"""The command `validate cpsv-ap`: exit codes, what it prints, a document in the form of the collected cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console.main import cli
from tests.world import World

BARE = """
@prefix cpsv: <http://purl.org/vocab/cpsv#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix ex: <urn:x:> .
ex:service a cpsv:PublicService ; dct:identifier "1" ; dct:title "Pase"@lv, "Pases"@lv .
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["validate", "cpsv-ap", *words])


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """A service without description and authority, and with two titles."""
    file = tmp_path / "bare.ttl"
    file.write_text(BARE, encoding="utf-8")
    return str(file)


@pytest.fixture
def fixtures(shared: Path) -> Path:
    return shared / "standards/cpsv-ap/fixtures"


def test_a_file_that_conforms_ends_with_0_and_says_how_quick_it_was(fixtures: Path) -> None:
    done = run(str(fixtures / "full-valid.ttl"))
    assert (done.exit_code, done.stdout) == (
        0,
        f"{fixtures}/full-valid.ttl: conforms, as it stands and with the ontology\n",
    )
    assert "2 services, 176 triples in " in done.stderr
    assert "services/s" in done.stderr
    assert "triples/s" in done.stderr


def test_a_file_with_faults_ends_with_1_and_lists_each_with_what_to_do(bare: str) -> None:
    done = run(bare)
    assert done.exit_code == 1
    head, *lines = done.stdout.splitlines()
    assert head == f"{bare}: does not conform; faults: 2 as it stands, 2 with the ontology"
    assert [line.split()[:2] for line in lines] == [["ex:service", "MinCount:"]] * 2 + [["ex:service", "warning,"]]
    assert "The property “description” (dct:description) is missing. Give at least one value." in done.stdout


def test_sentences_come_in_latvian_when_asked_for(bare: str) -> None:
    assert "Trūkst īpašības „apraksts” (dct:description)." in run("--language", "lv", bare).stdout


def test_a_fault_of_one_judgement_says_which(fixtures: Path) -> None:
    done = run(str(fixtures / "invalid/16-life-event-not-also-Event.ttl"))
    assert done.exit_code == 1
    assert done.stdout.count("(as it stands)") == 2


def test_what_cannot_be_read_ends_with_2_and_the_other_files_are_still_judged(bare: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<urn:a> <urn:b>", encoding="utf-8")
    done = run(bare, str(broken), str(tmp_path / "nowhere.ttl"))
    assert done.exit_code == 2
    assert "bare.ttl: does not conform" in done.stdout
    assert "“broken.ttl” cannot be read as Turtle" in done.stderr
    assert "There is no file “nowhere.ttl”." in done.stderr


def test_the_document_has_both_judgements_in_the_form_of_the_expectations(fixtures: Path) -> None:
    expected = json.loads((fixtures / "expected.json").read_text(encoding="utf-8"))["cases"]
    done = run("--json", *(str(fixtures / case["file"]) for case in expected))
    assert done.exit_code == 1
    document = json.loads(done.stdout)
    assert (document["document"], document["version"], document["conforms"]) == ("ietvars/cpsv-ap-validation", 1, False)
    for case, found in zip(expected, document["cases"], strict=True):
        for mode in ("shapes_only", "shapes_plus_ontology"):
            told = [{key: row[key] for key in ("focus", "path", "constraint")} for row in found[mode]["results"]]
            assert {"conforms": found[mode]["conforms"], "results": told} == case[mode], case["file"]
        assert found["conforms"] == (case["shapes_only"]["conforms"] and case["shapes_plus_ontology"]["conforms"])


def test_a_fault_names_the_service_it_belongs_to(fixtures: Path) -> None:
    document = json.loads(run("--json", str(fixtures / "invalid/13-cost-decimal-not-double.ttl")).stdout)
    (fault,) = document["cases"][0]["shapes_only"]["results"]
    assert fault["focus"] == "ex:cost-desk"
    assert fault["services"] == ["https://ietvars.example/id/service-1"]
    assert fault["value"].startswith('"')
    assert all(fault["sentence"][language] for language in ("lv", "en"))
    (counted,) = document["cases"][0]["shapes_only"]["by_service"]
    assert counted["title"]["lv"]


def test_a_file_that_cannot_be_read_stands_in_the_document_with_its_sentence(tmp_path: Path) -> None:
    done = run("--json", str(tmp_path / "nowhere.ttl"))
    assert done.exit_code == 2
    (case,) = json.loads(done.stdout)["cases"]
    assert case["error"] == "There is no file “nowhere.ttl”. Check its name."


def test_a_format_can_be_named(tmp_path: Path, fixtures: Path) -> None:
    odd = tmp_path / "data.txt"
    odd.write_bytes((fixtures / "minimal-valid.ttl").read_bytes())
    assert run("--format", "turtle", str(odd)).exit_code == 0
    assert run("--format", "rdfxml", str(odd)).exit_code == 2


@pytest.fixture
def town(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two services; the database is prepared already."""
    monkeypatch.setattr("ietvars.doors.console.serving.prepare", lambda: None)
    world.code_lists()
    world.service("permit", title="Atļauja")
    world.service("benefit", title="Pabalsts")
    return world


@pytest.mark.usefixtures("town")
def test_without_a_file_the_whole_catalogue_is_judged() -> None:
    done = run("--json")
    assert done.exit_code == 0, done.stdout[:2000]
    (case,) = json.loads(done.stdout)["cases"]
    assert (case["file"], case["services"], case["with_codes"]) == ("catalogue", 2, False)
    assert "  services: 2\n" in done.stderr


@pytest.mark.usefixtures("town")
def test_code_lists_are_merged_only_when_asked_for_and_it_is_said(fixtures: Path) -> None:
    file = str(fixtures / "invalid/17-language-not-LinguisticSystem.ttl")
    plain, merged = run("--json", file), run("--json", "--with-codes", file)
    assert (plain.exit_code, merged.exit_code) == (1, 0)
    assert [json.loads(done.stdout)["cases"][0]["with_codes"] for done in (plain, merged)] == [False, True]
    assert "our code lists are merged in" in merged.stderr
