"""The commands `check texts`, `check links` and `reorganise`: one document on stdout, refusals in one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console.main import cli
from ietvars.institution.quality import queries as links
from ietvars.institution.services import queries as catalogue
from ietvars.institution.services import rules as service_rules
from tests.institution.quality.naughty import NaughtyServer, naughty
from tests.world import World, texts


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is prepared already."""
    monkeypatch.setattr("ietvars.doors.console.serving.prepare", lambda: None)


@pytest.fixture(scope="module")
def server() -> Iterator[NaughtyServer]:
    with naughty() as running:
        yield running


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def document(*words: str) -> Any:
    result = run(*words)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_marks_on_texts_are_one_document(world: World) -> None:
    world.service("benefit", summary=texts("Gadījumā, ja trūkst ziņu, jums uzrakstīs.", "We write."))
    world.service("permit", holder="other")
    found = document("check", "texts", "--json")
    assert (found["services"], found["marked"], found["counts"]) == (2, 1, {"office-language": 1})
    (mark,) = found["marks"]
    assert (mark["service"], mark["code"], mark["marked"]) == ("benefit", "office-language", "Gadījumā, ja")
    assert document("check", "texts", "--body", "other", "--json")["services"] == 1
    assert document("check", "texts", "--check", "capitals", "--json")["marks"] == []
    shown = run("check", "texts")
    assert "Gadījumā, ja" in shown.stdout
    assert "Office language: 1" in shown.stderr


def test_an_unknown_body_or_check_is_refused(world: World) -> None:
    assert run("check", "texts", "--body", "nowhere").exit_code == 2
    refused = run("check", "texts", "--check", "nonsense")
    assert refused.exit_code == 2
    assert "long-sentence" in refused.stderr


def test_links_are_asked_and_told(world: World, server: NaughtyServer, settings: Any) -> None:
    settings.LINK_HOSTS, settings.LINK_PAUSE, settings.LINK_TIMEOUT = [server.place], 0.0, 1.0
    stage = service_rules.StageFacts(text=texts("Jūs piesakāties."), url=server.url("missing"), channels=("online",))
    world.service("benefit", stages={"request": stage})
    assert document("check", "links", "--no-ask", "--json") == {"asked": None, "last_checked": None, "broken": []}
    found = document("check", "links", "--json")
    assert found["asked"] == {"links": 1, "asked": 1, "outcomes": {"gone": 1}}
    assert found["broken"] == []
    assert links.last_round() is not None
    assert document("check", "links", "--json")["asked"]["asked"] == 0
    assert "Links: 1, asked now: 0." in run("check", "links", "--all").stderr


def plan(folder: Path, **said: str) -> str:
    told = {
        "kind": '"merged"',
        "on": "2026-11-01",
        "predecessors": '["roads"]',
        "successors": '["rails"]',
        **said,
    }
    path = folder / "plan.toml"
    path.write_text("\n".join(f"{name} = {value}" for name, value in told.items()), encoding="utf-8")
    return str(path)


@pytest.fixture
def offices(world: World) -> World:
    world.body("rails")
    world.service("road-permit", holder="roads")
    return world


def holder(code: str) -> str:
    found = catalogue.by_code(code)
    assert found is not None
    return found.holder_code


def test_a_reorganisation_is_previewed_applied_and_undone(offices: World, tmp_path: Path) -> None:
    file = plan(tmp_path)
    previewed = document("reorganise", file, "--preview", "--json")
    assert previewed["counts"] == {"service": 1}
    assert previewed["refusal"] is None
    assert holder("road-permit") == "roads"
    done = document("reorganise", file, "--json")
    assert (done["state"], done["counts"], holder("road-permit")) == ("applied", {"service": 1}, "rails")
    undone = document("reorganise", "--undo", str(done["number"]), "--why", "Citādi.", "--json")
    assert (undone["state"], undone["why"], holder("road-permit")) == ("undone", "Citādi.", "roads")


def test_an_undecided_split_is_refused_and_nothing_is_planned(offices: World, tmp_path: Path) -> None:
    file = plan(tmp_path, kind='"split"', successors='["rails", "agency"]')
    offices.body("agency")
    previewed = document("reorganise", file, "--preview", "--json")
    assert (previewed["undecided"], previewed["refusal"]["code"]) == (1, "reorganisation-undecided")
    refused = run("reorganise", file)
    assert refused.exit_code == 2
    assert "Road permit" in refused.stderr
    assert holder("road-permit") == "roads"
    assert "?" in run("reorganise", file, "--preview").stdout


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": '"swallowed"'}, "swallowed"),
        ({"on": "soon"}, "The plan cannot be read"),
        ({"predecessors": '["nobody"]'}, "nobody"),
        ({"on": "2999-01-01"}, "It takes effect on 2999-01-01"),
    ],
)
def test_a_plan_that_cannot_be_is_one_sentence(
    offices: World, tmp_path: Path, said: dict[str, str], sentence: str
) -> None:
    refused = run("reorganise", plan(tmp_path, **said))
    assert refused.exit_code == 2
    assert sentence in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize("words", [("reorganise",), ("reorganise", "--undo", "99")])
def test_nothing_to_do_or_to_undo_is_refused(offices: World, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2
