"""`ietvars sheet`: lists out, previews and writing from the console, with its exit codes and documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console import serving, sheets
from ietvars.institution.revisions import queries as drafts
from ietvars.institution.services import queries as services
from tests.institution.sheets import books
from tests.world import World, texts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _prepared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables stand already, and the code lists are those of the world."""
    monkeypatch.setattr(serving, "prepare", lambda: None)
    world.code_lists()
    service = world.service("one", title=texts("Pirmais"))
    world.service("two", holder="elsewhere", title=texts("Otrais"))
    world.measured("2025", {service: {"requests": 10}})


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(sheets.sheet_command, [str(word) for word in words])


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_list_goes_out_is_previewed_and_written(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"services.{form}"
    assert run("out", "--kind", "services", "-o", path).exit_code == 0
    if form == "csv":
        rows = books.csv_rows(path.read_bytes())
        rows[1][4], rows[2][11] = "Jauns", "nav-tādas"
        path.write_bytes(books.as_csv(rows))
    else:
        path.write_bytes(books.with_cells(path.read_bytes(), {(2, "title_lv"): "Jauns", (3, "area"): "nav-tādas"}))
    seen = run("preview", path, "--json")
    assert seen.exit_code == 1
    document: dict[str, Any] = json.loads(seen.stdout)
    assert document["counts"] == {"change": 1, "conflict": 0, "refused": 1, "same": 0}
    assert {(cell["cell"], cell["outcome"], cell["refusal"]) for cell in document["cells"]} == {
        ("E2", "change", ""),
        ("L3", "refused", "cell-unknown-code"),
    }
    assert "L3" in run("preview", path).stdout
    done = run("apply", path)
    assert done.exit_code == 1
    assert "1 cells are written: 1 drafts" in done.stderr
    code = next(cell["about"] for cell in document["cells"] if cell["cell"] == "E2")
    draft = drafts.open_of(services.by_codes([code])[code])
    assert draft is not None
    assert draft.description["title"]["lv"] == "Jauns"
    again = run("apply", path)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "nothing to apply" in again.stderr


def test_figures_go_out_for_a_period(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    assert run("out", "--kind", "measurements", "--period", "2025", "-o", path).exit_code == 0
    assert [row[9] for row in books.csv_rows(path.read_bytes())[1:]] == ["10"]
    path.write_bytes(path.read_bytes().replace(b",10,", b",12,"))
    assert run("apply", path, "--all").exit_code == 0


def test_what_cannot_be_read_or_given_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n", encoding="utf-8")
    for words in (
        ("preview", tmp_path / "none.csv"),
        ("preview", path),
        ("apply", path),
        ("out", "--kind", "measurements", "--period", "1900", "-o", tmp_path / "y.csv"),
        ("out", "--service", "none", "-o", tmp_path / "y.csv"),
    ):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (2, ""), words
        assert len(done.stderr.strip().splitlines()) == 1
