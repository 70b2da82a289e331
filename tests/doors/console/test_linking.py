"""`ietvars export` and `import` of linked data as a person or a script meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console import main
from ietvars.institution.services import queries as services
from tests.doors.machines.feeds.cpsv_ap import rich
from tests.doors.machines.feeds.cpsv_ap.test_importing import GOOD, HEAD
from tests.world import World

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main.cli, list(arguments))


def test_the_catalogue_goes_to_a_file_and_the_speed_is_told(tmp_path: Path) -> None:
    rich.build()
    output = tmp_path / "all.nt"
    done = run("export", "cpsv-ap", "--format", "ntriples", "-o", str(output))
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert "services a second" in done.stderr
    assert rich.triples(output.read_bytes()) == rich.triples(rich.text_of())


def test_single_services_go_to_stdout_and_nothing_else_does(world: World) -> None:
    world.service("one")
    world.service("other")
    done = run("export", "cpsv-ap", "--service", "one")
    assert done.exit_code == 0
    assert "id/service/one> a cpsv:PublicService" in done.stdout
    assert "id/service/other" not in done.stdout


def test_a_service_that_is_not_there_is_named(world: World) -> None:
    done = run("export", "cpsv-ap", "--service", "nothing")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "nothing" in done.stderr


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(world: World, tmp_path: Path) -> None:
    done = run("export", "cpsv-ap", "-o", str(tmp_path / "no" / "where.ttl"))
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("dcat-ap",), "dcat:Catalog"),
        (("skos",), "skos:ConceptScheme"),
        (("skos", "--list", "channels", "--format", "jsonld"), "id/term/channels"),
        (("dqv", "--period", "2025"), "dqv#Metric"),
        (("hsds", "--language", "en"), '"status": "active"'),
    ],
)
def test_the_neighbours_go_out_too(arguments: tuple[str, ...], expected: str, world: World) -> None:
    world.code_lists()
    world.service("one")
    done = run("export", *arguments)
    assert done.exit_code == 0, done.output
    assert expected in done.stdout


@pytest.mark.parametrize("arguments", [("skos", "--list", "nothing"), ("dqv", "--period", "yesterday")])
def test_what_there_is_not_is_refused(arguments: tuple[str, ...], world: World) -> None:
    done = run("export", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")


def put(tmp_path: Path, text: str = GOOD) -> str:
    path = tmp_path / "theirs.ttl"
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def test_an_import_tells_people_on_stderr_and_machines_one_document(tmp_path: Path) -> None:
    file = put(tmp_path, GOOD + 'ex:s1 <http://data.europa.eu/m8g/sector> "Education" .')
    done = run("import", "cpsv-ap", file, "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert (document["document"], document["version"]) == ("ietvars/import-cpsv-ap", 1)
    assert document["services"]["new"] == ["s-1"]
    assert "“Education”" in done.stderr
    assert "services a second" in done.stderr


def test_a_strict_import_ends_with_1_when_a_service_has_a_fault(tmp_path: Path) -> None:
    assert run("import", "cpsv-ap", put(tmp_path), "--strict").exit_code == 0
    faulty = put(tmp_path, GOOD + 'ex:s1 <http://data.europa.eu/m8g/sector> "Education" .')
    assert run("import", "cpsv-ap", faulty, "--strict").exit_code == 1


def test_a_trial_and_an_unreadable_file_write_nothing(tmp_path: Path) -> None:
    assert run("import", "cpsv-ap", put(tmp_path), "--trial").exit_code == 0
    done = run("import", "cpsv-ap", put(tmp_path, "nonsense"))
    assert done.exit_code == 2
    assert "cannot be read as Turtle" in done.stderr
    assert run("import", "cpsv-ap", str(tmp_path / "nowhere.ttl")).exit_code == 2
    assert not services.all_services().exists()


def test_a_code_list_comes_in(tmp_path: Path, shared: Path) -> None:
    file = shared / "standards/eu-vocabularies/frequency.ttl"
    done = run("import", "skos", str(file), "--list", "rhythms", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["list"] == "rhythms"
    assert "The list “rhythms”" in done.stderr
