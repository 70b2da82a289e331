"""`ietvars import table` as a person or a script meets it: exit codes, one sentence, one document, a list of faults."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from ietvars.doors.console import main
from ietvars.institution.measurements import queries as measured
from ietvars.institution.services import queries as services
from tests.doors.machines.feeds.inventories import tables as made

pytestmark = pytest.mark.django_db

MAPPING = """
format = 1
source = "test-inventory"
scheme = "test-number"
prefix = "t"
title = { en = "Test inventory" }

[markers]
missing = ["ND"]
not_applicable = ["NA"]

[[table]]
name = "services"
kind = "services"
identity = "id"
title = { en = "name" }
period = { column = "year" }
body = { name = { en = "body" } }
fields = { scope = { column = "scope", several = "," } }

[[table.measures]]
quantity = "requests"
whole = true
channels = { online = "online", post = "post" }
"""


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main.cli, ["import", "table", *map(str, arguments)])


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def nothing_is_there() -> bool:
    return not (measured.editions().exists() or services.all_services().exists())


def test_a_good_table_ends_with_0_and_speaks_on_stderr_only(tmp_path: Path, mapping: Path) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1"), made.row("2")])
    result = call(path, "--mapping", mapping, "--edition", "first")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "The edition “first” of test-inventory is kept." in result.stderr
    assert "2 of 2 rows taken" in result.stderr
    assert "does not know: notes" in result.stderr


def test_json_is_one_document_on_stdout(tmp_path: Path, mapping: Path) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1")])
    found = document(call(path, "--mapping", mapping, "--edition", "first", "--json"))
    assert set(found) == {
        "document",
        "version",
        "definitions",
        "source",
        "edition",
        "content_hash",
        "mapping_hash",
        "imported_at",
        "changed",
        "periods",
        "files",
        "services",
        "bodies",
        "rows",
        "measurements",
        "standards",
        "faults",
        "restatement",
    }
    assert (found["document"], found["version"], found["changed"]) == ("ietvars/import", 1, True)


def test_the_same_again_says_so_and_ends_with_0(tmp_path: Path, mapping: Path) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1")])
    call(path, "--mapping", mapping, "--edition", "first")
    result = call(path, "--mapping", mapping, "--edition", "first", "--json")
    assert result.exit_code == 0
    assert document(result)["changed"] is False
    assert "nothing changed" in result.stderr


def test_other_content_under_the_same_name_ends_with_2(tmp_path: Path, mapping: Path) -> None:
    call(made.write(tmp_path / "a.csv", [made.row("1")]), "--mapping", mapping, "--edition", "first")
    result = call(made.write(tmp_path / "b.csv", [made.row("2")]), "--mapping", mapping, "--edition", "first")
    assert result.exit_code == 2
    assert "already exists with other content" in result.stderr


def faulty(tmp_path: Path) -> Path:
    return made.write(tmp_path / "a.csv", [made.row("1", online="?"), made.row("1"), made.row("2")])


def test_faults_of_rows_are_listed_and_the_rest_goes_in(tmp_path: Path, mapping: Path) -> None:
    listed = tmp_path / "faults.csv"
    result = call(faulty(tmp_path), "--mapping", mapping, "--faults", listed)
    assert result.exit_code == 0
    assert "1 rows left out, 1 cells unreadable" in result.stderr
    with listed.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["column"], row["raw"], row["reason"], row["first_line"]) for row in rows] == [
        ("2", "online", "?", "unknown_text", ""),
        ("3", "id", "1", "second-row", "2"),
    ]
    assert services.all_services().count() == 2


def test_strict_ends_with_1_and_the_rest_still_goes_in(tmp_path: Path, mapping: Path) -> None:
    result = call(faulty(tmp_path), "--mapping", mapping, "--strict", "--edition", "first")
    assert result.exit_code == 1
    assert services.all_services().count() == 2
    assert call(faulty(tmp_path), "--mapping", mapping, "--strict", "--edition", "first").exit_code == 0


def test_the_list_of_faults_lies_under_the_name_of_its_edition(tmp_path: Path, mapping: Path) -> None:
    result = call(faulty(tmp_path), "--mapping", mapping, "--edition", "2024/07 a", "--json")
    path = Path(settings.VAR) / "import-faults" / "2024-07-a.csv"
    assert document(result)["faults"]["file"] == str(path)
    assert path.read_text(encoding="utf-8").count("\n") == 3


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path, mapping: Path) -> None:
    listed = tmp_path / "faults.csv"
    rows = [made.row("1", online='=HYPERLINK("x")', post="-3")]
    call(made.write(tmp_path / "a.csv", rows), "--mapping", mapping, "--faults", listed)
    with listed.open(encoding="utf-8", newline="") as file:
        assert [row["raw"] for row in csv.DictReader(file)] == ['\'=HYPERLINK("x")', "-3"]


def test_only_the_named_period_is_taken(tmp_path: Path, mapping: Path) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1"), made.row("1", year="2023-2024")])
    found = document(call(path, "--mapping", mapping, "--period", "2023-2024", "--json"))
    assert list(found["periods"]) == ["2023-24"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<!doctype html><title>Not found</title>", "is an html page, not a table"),
        (made.text([made.row("1"), made.row("2")]).encode()[:-9], "is cut off"),
        ("id,year,name,body,online,post,scope\n1,2024,Ēka,b,1,1,a\n".encode("cp1257"), "is not UTF-8 text"),
        (b"id,year\n1,2024\n", "also needs “body”, “name”, “online”, “post”, “scope”"),
        (made.text([]).encode() + b"x" * (2**20 + 2), "longer than 1048576 characters at line 2"),
    ],
)
def test_a_fault_of_the_file_is_one_sentence_and_2_and_nothing_is_written(
    tmp_path: Path, mapping: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    result = call(path, "--mapping", mapping)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr.splitlines()[-1]
    assert nothing_is_there()


def test_a_slip_in_the_mapping_is_one_sentence_and_2(tmp_path: Path, mapping: Path) -> None:
    mapping.write_text(MAPPING.replace("identity", "identiti"), encoding="utf-8")
    result = call(made.write(tmp_path / "a.csv", [made.row("1")]), "--mapping", mapping)
    assert result.exit_code == 2
    assert "“identiti” at table[1]" in result.stderr
    assert nothing_is_there()


@pytest.mark.parametrize("arguments", [("--mapping", "atlantis"), ("--mapping", "canada", "--period", "soon")])
def test_what_is_not_there_is_named(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = call(made.write(tmp_path / "a.csv", [made.row("1")]), *arguments)
    assert result.exit_code == 2
    assert arguments[-1] in result.stderr


def test_a_file_that_is_not_there_is_named(mapping: Path) -> None:
    result = call("nowhere.csv", "--mapping", mapping)
    assert result.exit_code == 2
    assert "nowhere.csv" in result.stderr


DEFINITIONS = """
register = "test"
sources = ["test-inventory"]

[[indicator]]
code = "test-requests"
version = 1
valid_from = 2020-01-01
name = { en = "Requests" }
purpose = { en = "How many requests came." }
source = { en = "Test" }
unit = "requests"
kind = "count"
direction = "none"
aggregation = "sum"
value = { sum = "requests", channels = "all" }
"""


def test_indicators_beside_the_mapping_are_taken_in_with_it(tmp_path: Path, mapping: Path) -> None:
    mapping.with_name("indicators.toml").write_text(DEFINITIONS, encoding="utf-8")
    path = made.write(tmp_path / "a.csv", [made.row("1")])
    first = document(call(path, "--mapping", mapping, "--edition", "first", "--json"))
    assert first["definitions"] == ["test-requests v1"]
    assert document(call(path, "--mapping", mapping, "--edition", "first", "--json"))["definitions"] == []
    computed = json.loads(CliRunner().invoke(main.cli, ["indicators", "--period", "2024", "--json"]).stdout)
    assert {each["code"]: each["value"] for each in computed["indicators"]}["test-requests"] == 3


def test_a_slip_in_the_indicators_writes_nothing(tmp_path: Path, mapping: Path) -> None:
    mapping.with_name("indicators.toml").write_text(DEFINITIONS.replace("kind", "knid"), encoding="utf-8")
    result = call(made.write(tmp_path / "a.csv", [made.row("1")]), "--mapping", mapping)
    assert result.exit_code == 2
    assert "knid" in result.stderr
    assert nothing_is_there()
