"""Files of the Single Digital Gateway: what goes out fits the schemas, what comes in is read and masked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from ietvars.doors.console import exporting, importing, serving
from ietvars.doors.machines.feeds.sdg import errors, files, reading
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.periods import rules as periods
from ietvars.institution.feedback import actions, queries
from ietvars.institution.feedback import rules as feedback_rules
from ietvars.institution.visits import actions as visits
from ietvars.institution.visits import rules as visit_rules
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

SITE = "https://katalogs.example"
NOVEMBER = periods.parse("2026-11")

SCHEMAS = {"feedback": "feedback-quality-first-level", "information-statistics": "statistics-information-services"}

Holds = Callable[[str, dict[str, Any]], None]


@pytest.fixture
def holds(shared: Path) -> Holds:
    """Hold a document against its schema, days and times included."""

    def hold(kind: str, made: dict[str, Any]) -> None:
        schema = json.loads((shared / f"standards/sdg/api/{SCHEMAS[kind]}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
            json.loads(json.dumps(made))
        )

    return hold


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The test database is up to date already."""
    monkeypatch.setattr(serving, "prepare", lambda: None)
    settings.FEEDBACK_PER_SENDER = 1000


def leave(now: datetime = NOW, **changed: Any) -> None:
    plain: dict[str, Any] = {"page": "/pakalpojumi/benefit/", "rating": 4, "service": "benefit"}
    said = feedback_rules.Said(**{**plain, **changed})
    actions.leave(said=said, sender="192.0.2.1", by=feedback_rules.VISITOR, now=now)


def made(kind: files.Kind, **given: Any) -> dict[str, Any]:
    return files.document(kind, NOVEMBER, **{"address": SITE, "now": NOW, **given})


# ---- out --------------------------------------------------------------------------------------------------------


def test_feedback_of_a_period_fits_the_schema(world: World, holds: Holds) -> None:
    world.service("benefit")
    leave(found="yes", comment="Labi, <b>paldies</b>", part="stages.request")
    leave(found="partly", language="en", rating=1)
    leave(found="no")
    leave(page="/meklet/", service="")
    leave(now=NOW - timedelta(days=40))
    document = made(files.Kind.FEEDBACK)
    holds("feedback", document)
    assert document["nbEntries"] == 4
    assert document["feedbacks"][0] == {
        "source": f"{SITE}/pakalpojumi/benefit/",
        "category": "Procedure",
        "rating": 4,
        "foundInformation": "Yes",
        "helpUsImprove": "Labi, <b>paldies</b>",
    }
    assert document["feedbacks"][1]["source"] == f"{SITE}/en/pakalpojumi/benefit/"
    assert [one.get("foundInformation") for one in document["feedbacks"]] == ["Yes", "Partly", "No", None]
    assert document["referencePeriod"] == {"startDate": "2026-11-01T00:00:00Z", "endDate": "2026-11-30T23:59:59Z"}
    assert document["transferDate"] == "2026-11-23T09:00:00Z"


def test_the_words_for_found_are_texts_and_no_truth_values(world: World) -> None:
    leave(found="no", service="")
    (entry,) = json.loads(files.text(made(files.Kind.FEEDBACK)))["feedbacks"]
    assert entry["foundInformation"] == "No"
    assert isinstance(entry["foundInformation"], str)


def test_a_period_without_feedback_is_an_empty_file_that_fits(holds: Holds) -> None:
    document = made(files.Kind.FEEDBACK)
    holds("feedback", document)
    assert (document["nbEntries"], document["feedbacks"]) == (0, [])


def view(page: str = "/", device: str = "pc", country: str = "", day: date = date(2026, 11, 3)) -> visit_rules.View:
    return visit_rules.View(day, page, visit_rules.Device(device), country)


def test_views_of_pages_fit_the_schema_by_page_country_and_device(holds: Holds) -> None:
    views = {
        view(): 3,
        view(day=date(2026, 11, 30)): 2,
        view(country="GR", device="smartphone"): 1,
        view("/en/pakalpojumi/benefit/", "tablet", "LV"): 7,
        view(day=date(2026, 12, 1)): 100,
    }
    visits.add(views=views, by=SYSTEM, now=NOW)
    document = made(files.Kind.INFORMATION)
    holds("information-statistics", document)
    assert document["nbEntries"] == 2
    assert document["sources"] == [
        {
            "sourceUrl": f"{SITE}/",
            "statistics": [
                {"nbVisits": 5, "originatingCountry": "ZZ", "deviceType": "PC"},
                {"nbVisits": 1, "originatingCountry": "EL", "deviceType": "Smartphone"},
            ],
        },
        {
            "sourceUrl": f"{SITE}/en/pakalpojumi/benefit/",
            "statistics": [{"nbVisits": 7, "originatingCountry": "LV", "deviceType": "Tablet"}],
        },
    ]


def test_a_period_in_which_nothing_was_counted_is_refused_and_not_called_empty() -> None:
    with pytest.raises(errors.NothingCountedYet):
        made(files.Kind.INFORMATION)
    visits.add(views={view(day=date(2026, 12, 1)): 1}, by=SYSTEM, now=NOW)
    with pytest.raises(errors.NothingCounted, match=r"2026-11.*began on 2026-12-01"):
        made(files.Kind.INFORMATION)


def test_statistics_on_assistance_are_refused_and_say_why() -> None:
    with pytest.raises(errors.NoAssistance, match="Annex III"):
        made(files.Kind.ASSISTANCE)


@pytest.mark.parametrize("address", ["", "katalogs.example", "ftp://a.example", "https://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(errors.NotAnAddress):
        made(files.Kind.FEEDBACK, address=address)


def test_a_file_made_again_carries_the_same_identifier_and_another_period_another() -> None:
    first, again = made(files.Kind.FEEDBACK), made(files.Kind.FEEDBACK, now=NOW + timedelta(days=3))
    assert first["uniqueId"] == again["uniqueId"]
    other = files.document(files.Kind.FEEDBACK, periods.parse("2026-10"), address=SITE, now=NOW)
    assert other["uniqueId"] != first["uniqueId"]
    assert made(files.Kind.FEEDBACK, unique_id="given")["uniqueId"] == "given"


def export(*words: str) -> Result:
    return CliRunner().invoke(exporting.export_command, ["sdg", *words])


def test_the_command_prints_one_document_to_stdout(world: World, holds: Holds) -> None:
    leave(service="")
    done = export("--kind", "feedback", "--period", "2026-11", "--address", SITE)
    assert done.exit_code == 0, done.output
    holds("feedback", json.loads(done.stdout))


def test_the_command_writes_a_file(tmp_path: Path, world: World, holds: Holds) -> None:
    leave(service="")
    place = tmp_path / "feedback.json"
    done = export("--kind", "feedback", "--period", "2026-11", "--address", SITE, "-o", str(place))
    assert (done.exit_code, done.stdout) == (0, "")
    holds("feedback", json.loads(place.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--kind", "assistance-statistics", "--period", "2026-11"), "Annex III"),
        (("--kind", "information-statistics", "--period", "2026-11"), "No page view has been counted yet"),
        (("--kind", "feedback", "--period", "soon"), "soon"),
        (("--kind", "feedback", "--period", "2026-11", "--address", "x"), "is no address of a site"),
        (("--kind", "feedback", "--period", "2026-11", "-o", "/nowhere/x.json"), "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_refused_by_a_sentence(words: tuple[str, ...], says: str) -> None:
    done = export(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in done.stderr


# ---- in ---------------------------------------------------------------------------------------------------------


def entry(**changed: Any) -> dict[str, Any]:
    return {"source": "https://agency.example/lapa", "category": "Procedure", "rating": 4, **changed}


def batch(*entries: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "uniqueId": "x",
        "referencePeriod": {"startDate": "2026-01-01T00:00:00Z", "endDate": "2026-01-31T23:59:59Z"},
        "transferDate": "2026-02-03T08:00:00Z",
        "transferType": "Manual",
        "nbEntries": len(entries),
        "feedbacks": list(entries),
        **changed,
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[[object], Path]:
    def put(what: object) -> Path:
        place = tmp_path / "batch.json"
        place.write_text(what if isinstance(what, str) else json.dumps(what), encoding="utf-8")
        return place

    return put


def bring(place: Path, *words: str) -> Result:
    return CliRunner().invoke(importing.import_command, ["sdg-feedback", str(place), *words])


def test_a_batch_comes_in_masked_and_dated_by_its_period(world: World, write: Callable[[object], Path]) -> None:
    world.service("benefit")
    place = write(
        batch(
            entry(helpUsImprove="Mans kods 010180-12345", foundInformation="Partly"),
            entry(source="https://katalogs.example/pakalpojumi/benefit/?a=b", rating=1),
        )
    )
    done = bring(place, "--source", "Aģentūras rīks", "--json")
    assert done.exit_code == 0, done.output
    assert "010180" not in done.output
    report = json.loads(done.stdout)
    assert (report["entries"], report["masked"], report["faults"]) == (2, {"personal-code": 1}, [])
    first, second = queries.between(date(2026, 1, 1), date(2026, 1, 31))
    assert (first.comment, first.found, first.category, first.source) == (
        "Mans kods [personas kods]", "partly", "procedure", "agenturas-riks",
    )  # fmt: skip
    assert second.service is not None
    assert second.service.code == "benefit"


def test_what_went_out_comes_in_and_goes_out_the_same(world: World, write: Callable[[object], Path]) -> None:
    world.service("benefit")
    leave(found="no", comment="Grūti")
    out = made(files.Kind.FEEDBACK)
    queries.all_feedback().delete()
    place = write(out)
    assert bring(place).exit_code == 0
    assert made(files.Kind.FEEDBACK)["feedbacks"] == out["feedbacks"]


@pytest.mark.shared
def test_the_fixtures_of_the_schema_are_read_as_they_are_judged(shared: Path) -> None:
    folder = shared / "standards/sdg/fixtures"
    good = reading.read(folder / "feedback-quality-first-level.valid.json")
    assert (len(good.entries), good.faults, good.day) == (1, (), date(2026, 1, 31))
    bad = reading.read(folder / "feedback-quality-first-level.invalid.json")
    assert (bad.entries, bad.faults) == ((), ("entry 1: rating is no whole number from 1 to 5",))


def test_truth_values_are_understood_where_a_tool_read_the_description_as_yaml(
    write: Callable[[object], Path],
) -> None:
    found = reading.read(write(batch(entry(foundInformation=True), entry(foundInformation=False))))
    assert [one.found for one in found.entries] == ["yes", "no"]
    assert found.faults == ()


def test_an_entry_that_cannot_be_read_is_named_and_the_others_come_in(
    world: World, write: Callable[[object], Path]
) -> None:
    secret = "010180-12345"
    wrong: list[Any] = [
        entry(rating=0), entry(rating=True), entry(rating="4"), entry(category="Other"), entry(category=[secret]),
        entry(source=""), entry(foundInformation=secret), entry(helpUsImprove=[secret]), secret, entry(),
    ]  # fmt: skip
    done = bring(write(batch(*wrong)))
    assert done.exit_code == 1
    assert "1 entries were brought in" in done.stderr
    assert done.stderr.count("entry ") == 9
    assert secret not in done.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[]", "feedbacks"),
        ('{"feedbacks": 3}', "feedbacks"),
        ("{010180-12345", "no JSON in line 1"),
        ("[" * 200_000, "no JSON"),
        (json.dumps(batch(referencePeriod={})), "endDate is no day"),
    ],
)
def test_a_file_that_is_no_batch_is_refused(content: str, says: str, write: Callable[[object], Path]) -> None:
    done = bring(write(content))
    assert done.exit_code == 2
    assert says in done.stderr
    assert "010180" not in done.output
    assert not queries.all_feedback().exists()


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    place = tmp_path / "large.json"
    with place.open("wb") as file:
        file.truncate(reading.MOST_MEGABYTES * 1024 * 1024 + 1024 * 1024)
    done = bring(place)
    assert done.exit_code == 2
    assert "at most 20 MB" in done.stderr


def test_a_file_that_is_not_there_and_a_service_that_is_not_there_are_refused(
    tmp_path: Path, write: Callable[[object], Path]
) -> None:
    assert "cannot be read" in bring(tmp_path / "none.json").stderr
    assert "There is no service “x”" in bring(write(batch(entry())), "--service", "x").stderr


def test_noon_of_the_last_day_lies_in_the_period_whatever_the_zone(write: Callable[[object], Path]) -> None:
    found = reading.read(write(batch(entry())))
    assert found.at.astimezone(UTC) == datetime(2026, 1, 31, 10, tzinfo=UTC)
