"""A run from files to rooms: one edition, one transaction, each collision named, each restatement told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from ietvars.doors.machines.feeds.inventories import bringing, errors
from ietvars.ground.audit import queries as audit
from ietvars.ground.bodies import queries as bodies
from ietvars.institution.measurements import errors as refusals
from ietvars.institution.measurements import queries as measured
from ietvars.institution.services import queries as services
from tests.doors.machines.feeds.inventories import tables as made

pytestmark = pytest.mark.django_db

STANDARD_HEADER = ("id", "year", "standard", "promise", "target", "met", "total", "claim")


def standard(number: str, code: str, **cells: str) -> dict[str, str]:
    plain = {"year": "2024", "promise": "Within a day", "target": "80", "met": "8", "total": "10", "claim": "Y"}
    return {"id": number, "standard": code, **plain, **cells}


def figures(period: str = "2024") -> dict[tuple[str, str], tuple[str, Decimal | None]]:
    codes = dict(services.all_services().values_list("pk", "code"))
    return {(codes[cell.service_id], cell.channel): (cell.state, cell.value) for cell in measured.current(period)}


def reasons(run: bringing.Run) -> list[tuple[str, int, int]]:
    return [(fault.reason, fault.line, fault.first) for fault in run.faults]


def test_services_bodies_fields_and_figures_come_in(tmp_path: Path) -> None:
    path = made.write(
        tmp_path / "a.csv.gz", [made.row("1", online="0", post="ND"), made.row("2", body="Other", scope="NA")]
    )
    document = made.bring(path, edition="first").document
    assert document["services"] == {"named": 2, "new": 2, "changed": 0, "handed_over": []}
    assert document["bodies"] == {"named": 2, "new": ["t-agency", "t-other"]}
    assert document["measurements"]["by_state"] == {"measured": 3, "missing": 1, "of_which_zero": 1}
    assert document["measurements"]["by_cell"]["requests/post"] == {"measured": 1, "missing": 1}
    assert figures()["t-1", "online"] == ("measured", 0)
    assert figures()["t-1", "post"] == ("missing", None)
    listed = measured.listed("2024")
    states = {
        services.by_codes([code])[code].pk: state for code, state in (("t-1", "measured"), ("t-2", "not_applicable"))
    }
    assert {pk: row.fields["scope"]["state"] for pk, row in listed.items()} == states


def test_a_run_leaves_one_audit_row_for_each_of_its_actions(tmp_path: Path) -> None:
    made.bring(made.write(tmp_path / "a.csv", [made.row("1")]), edition="first")
    actions = set(audit.of("edition", "test-inventory/first").values_list("action", flat=True))
    assert actions == {"measurements.open-edition", "measurements.record", "measurements.keep-report"}


def test_bringing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1")])
    first = made.bring(path, edition="first")
    again = made.bring(path, edition="first")
    assert (first.is_new, again.is_new, again.document["changed"]) == (True, False, False)
    assert again.document["services"] == first.document["services"]
    assert measured.editions().count() == 1


def test_without_a_name_an_edition_is_called_by_day_and_content_and_found_again(tmp_path: Path) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1")])
    code = made.bring(path).document["edition"]
    assert code.startswith("2026-11-23-")
    assert made.bring(path).is_new is False
    assert made.bring(path, edition="named").is_new is True


def test_the_order_of_files_and_their_packing_is_no_other_content(tmp_path: Path) -> None:
    table = [made.table(), made.standards()]
    one = made.write(tmp_path / "a.csv", [made.row("1")])
    packed = made.write(tmp_path / "a.csv.gz", [made.row("1")])
    two = made.write(tmp_path / "b.csv", [standard("1", "S")], header=STANDARD_HEADER)
    made.bring(one, two, edition="first", table=table)
    assert made.bring(two, packed, edition="first", table=table).is_new is False


def test_a_changed_mapping_over_the_same_content_is_told_and_changes_nothing(tmp_path: Path) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1", online="?")])
    made.bring(path, edition="first")
    again = made.bring(path, edition="first", markers={"missing": ["?"]})
    assert again.document["mapping_changed"] is True
    assert figures()["t-1", "online"][0] == "unreadable"


def test_other_content_under_the_name_of_an_edition_is_refused(tmp_path: Path) -> None:
    made.bring(made.write(tmp_path / "a.csv", [made.row("1")]), edition="first")
    with pytest.raises(refusals.EditionExists, match="“first” of test-inventory"):
        made.bring(made.write(tmp_path / "b.csv", [made.row("2")]), edition="first")
    assert services.all_services().count() == 1


def test_a_second_row_of_one_service_and_period_is_left_out_with_both_lines(tmp_path: Path) -> None:
    rows = [made.row("1"), made.row("2"), made.row("1", online="9"), made.row("1", year="2023")]
    run = made.bring(made.write(tmp_path / "a.csv", rows))
    assert reasons(run) == [("second-row", 4, 2)]
    assert run.faults[0].explanation.endswith("the first is at line 2 of a.csv.")
    assert figures()["t-1", "online"] == ("measured", 1)
    assert figures("2023")["t-1", "online"] == ("measured", 1)


def test_a_second_row_in_another_file_of_the_table_is_the_same_fault(tmp_path: Path) -> None:
    one = made.write(tmp_path / "a.csv", [made.row("1")])
    two = made.write(tmp_path / "b.csv", [made.row("2"), made.row("1", online="9")])
    run = made.bring(one, two)
    assert reasons(run) == [("second-row", 3, 2)]
    assert "of a.csv" in run.faults[0].explanation


def test_a_figure_that_two_tables_tell_differently_stands_once_and_is_listed(tmp_path: Path) -> None:
    other = made.table(
        name="volumes",
        kind="measurements",
        fields={},
        measures=[{"quantity": "requests", "column": "post", "channel": "online"}],
        optional=["name", "body"],
    )
    other["filters"] = [{"column": "kind", "keep": ["v"]}]
    one = made.write(tmp_path / "a.csv", [made.row("1", online="5")])
    two = made.write(
        tmp_path / "b.csv",
        [{"id": "1", "year": "2024", "post": "6", "kind": "v"}],
        header=("id", "year", "post", "kind"),
    )
    run = made.bring(one, two, table=[made.table(), other])
    assert [fault.reason for fault in run.faults] == ["said-otherwise"]
    assert figures()["t-1", "online"] == ("measured", 5)


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    one = made.write(tmp_path / "a/table.csv", [made.row("1")])
    two = made.write(tmp_path / "b/table.csv", [made.row("1"), made.row("2")])
    run = made.bring(one, two, one)
    (fault,) = run.faults
    assert (fault.file, fault.line) == (str(two), 2)
    assert str(one) in fault.explanation
    assert [(each["taken"], each["left_out"]) for each in run.document["files"]] == [(1, 0), (1, 1)]


@pytest.mark.parametrize("name", ["x" * 161, "two\nlines"])
def test_a_name_that_cannot_be_kept_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(errors.BadEditionName):
        made.bring(made.write(tmp_path / "a.csv", [made.row("1")]), edition=name)


def test_a_workbook_comes_in_like_any_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(made.HEADER))
    sheet.append(["1", 2024, "Service", "Agency", 5, "ND", "a", None])
    book.save(tmp_path / "a.xlsx")
    made.bring(tmp_path / "a.xlsx")
    assert figures() == {("t-1", "online"): ("measured", Decimal(5)), ("t-1", "post"): ("missing", None)}


def test_a_service_may_have_a_row_for_each_channel_and_a_second_of_one_is_a_fault(tmp_path: Path) -> None:
    channel = {"column": "notes", "codes": {"W": "online", "L": "post"}}
    table = made.table(measures=[{"quantity": "requests", "column": "online", "channel": channel}], ignore=["post"])
    rows = [made.row("1", online="1", notes="W"), made.row("1", online="2", notes="L"), made.row("1", notes="W")]
    run = made.bring(made.write(tmp_path / "a.csv", rows), table=[table])
    assert reasons(run) == [("second-cell", 4, 2)]
    assert figures() == {("t-1", "online"): ("measured", Decimal(1)), ("t-1", "post"): ("measured", Decimal(2))}


def test_columns_that_the_mapping_does_not_know_are_listed(tmp_path: Path) -> None:
    run = made.bring(made.write(tmp_path / "a.csv", [made.row("1")]))
    assert run.document["files"][0]["unknown_columns"] == ["notes"]


def test_only_the_wanted_periods_are_taken_and_the_others_are_counted(tmp_path: Path) -> None:
    rows = [made.row("1"), made.row("1", year="2023", online="bad"), made.row("2", year="2022")]
    run = made.bring(made.write(tmp_path / "a.csv", rows), only=["2024"])
    (file,) = run.document["files"]
    assert (file["taken"], file["other_periods"], list(run.document["periods"]), list(run.faults)) == (
        1,
        2,
        ["2024"],
        [],
    )


def test_a_run_of_other_periods_is_other_content(tmp_path: Path) -> None:
    path = made.write(tmp_path / "a.csv", [made.row("1"), made.row("1", year="2023")])
    made.bring(path, edition="first", only=["2024"])
    with pytest.raises(refusals.EditionExists):
        made.bring(path, edition="first")


# ---- nothing is written ------------------------------------------------------------------------------------------


def nothing_is_there() -> bool:
    return not (measured.editions().exists() or services.all_services().exists() or bodies.all_bodies().exists())


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.NoRows):
        made.bring(made.write(tmp_path / "a.csv", []))
    with pytest.raises(errors.NoRows):
        made.bring(made.write(tmp_path / "b.csv", [made.row("1")]), only=["2019"])
    assert nothing_is_there()


def test_a_mapping_under_which_every_row_is_at_fault_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(errors.NothingTaken, match=r"line 2 of “a\.csv”: This text is no period"):
        made.bring(made.write(tmp_path / "a.csv", [made.row("1", year="a"), made.row("2", year="b")]))
    assert nothing_is_there()


def test_a_fault_of_the_second_file_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    whole = made.write(tmp_path / "a.csv", [made.row("1")])
    cut = tmp_path / "b.csv"
    cut.write_text(made.text([made.row("2"), made.row("3")])[:-20], encoding="utf-8")
    with pytest.raises(errors.CutOff):
        made.bring(whole, cut)
    assert nothing_is_there()


def test_a_run_whose_services_nobody_names_leaves_nothing(tmp_path: Path) -> None:
    table = made.standards()
    with pytest.raises(errors.NothingTaken, match="No table names this service"):
        made.bring(made.write(tmp_path / "b.csv", [standard("1", "S")], header=STANDARD_HEADER), table=[table])
    assert nothing_is_there()


# ---- services over time ------------------------------------------------------------------------------------------


def holder(code: str, day: date) -> str:
    service = services.by_code(code)
    assert service is not None
    found = services.holder_on(service, day)
    return found.code if found else ""


def test_a_service_that_changes_its_body_gets_a_new_tenure_from_the_start_of_that_period(tmp_path: Path) -> None:
    made.bring(made.write(tmp_path / "a.csv", [made.row("1", year="2023", body="Old")]))
    run = made.bring(made.write(tmp_path / "b.csv", [made.row("1", year="2024", body="New")]))
    assert run.document["services"]["handed_over"] == ["1"]
    assert holder("t-1", date(2023, 12, 31)) == "t-old"
    assert holder("t-1", date(2024, 1, 1)) == "t-new"
    old, new = bodies.by_code("t-old"), bodies.by_code("t-new")
    assert old is not None
    assert new is not None
    assert {row.holder_id for row in measured.current("2023")} == {old.pk}
    assert {row.holder_id for row in measured.current("2024")} == {new.pk}


def test_an_older_edition_that_comes_later_changes_neither_names_nor_todays_holder(tmp_path: Path) -> None:
    made.bring(made.write(tmp_path / "b.csv", [made.row("1", year="2024", body="New", name="New name")]))
    made.bring(made.write(tmp_path / "a.csv", [made.row("1", year="2023", body="Old", name="Old name")]))
    service = services.by_code("t-1")
    assert service is not None
    assert service.title == {"en": "New name"}
    assert (holder("t-1", date(2023, 6, 1)), holder("t-1", date(2026, 1, 1))) == ("t-old", "t-new")


def test_two_years_in_one_run_give_two_tenures(tmp_path: Path) -> None:
    rows = [made.row("1", year="2024", body="New", name="N"), made.row("1", year="2023", body="Old", name="O")]
    made.bring(made.write(tmp_path / "a.csv", rows))
    service = services.by_code("t-1")
    assert service is not None
    assert service.title == {"en": "N"}
    assert (holder("t-1", date(2023, 6, 1)), holder("t-1", date(2024, 6, 1))) == ("t-old", "t-new")


def test_two_numbers_that_make_one_code_are_two_services(tmp_path: Path) -> None:
    made.bring(made.write(tmp_path / "a.csv", [made.row("A 1"), made.row("a-1")]))
    assert sorted(services.all_services().values_list("code", flat=True)) == ["t-a-1", "t-a-1-2"]


def test_bodies_stand_under_their_department_and_all_under_the_root(tmp_path: Path) -> None:
    table = made.table(body={"name": {"en": "body"}, "above": {"kind": "ministry", "name": {"en": "notes"}}})
    mapped = {"prefix": "t", "root": {"code": "t", "name": {"en": "State"}}}
    made.bring(
        made.write(tmp_path / "a.csv", [made.row("1", body="Mint", notes="Treasury")]), table=[table], bodies=mapped
    )
    mint = bodies.by_code("t-mint")
    assert mint is not None
    assert [(body.code, body.kind) for body in bodies.path(mint)] == [("t", "group"), ("t-treasury", "ministry")]


def test_a_table_without_names_takes_them_from_a_register(tmp_path: Path) -> None:
    figures_only = made.table(name="figures", names_services=False)
    for word in ("title", "body", "fields"):
        del figures_only[word]
    register = {
        "name": "register",
        "kind": "register",
        "identity": "id",
        "title": {"en": "name"},
        "body": {"name": {"en": "body"}},
    }
    one = made.write(tmp_path / "a.csv", [made.row("1"), made.row("2")], header=("id", "year", "online", "post"))
    two = made.write(tmp_path / "b.csv", [made.row("1", name="Named")], header=("id", "name", "body"))
    run = made.bring(one, two, table=[figures_only, register])
    assert reasons(run) == [("unknown-service", 3, 0)]
    service = services.by_code("t-1")
    assert service is not None
    assert service.title == {"en": "Named"}
    assert holder("t-1", date(2024, 1, 1)) == "t-agency"
    assert services.all_services().count() == 1


# ---- restatement -------------------------------------------------------------------------------------------------


def test_a_later_edition_of_a_period_stands_beside_the_first_and_names_what_it_says_otherwise(tmp_path: Path) -> None:
    first = [
        made.row("1", online="ND", post="5"),
        made.row("2", online="7", post="NA"),
        made.row("3", online="1", post="1"),
    ]
    later = [
        made.row("1", online="0", post="5"),
        made.row("2", online="8", post="ND"),
        made.row("4", online="1", post="1"),
    ]
    made.bring(made.write(tmp_path / "a.csv", first), edition="first")
    told = made.bring(made.write(tmp_path / "b.csv", later), edition="later").document["restatement"]["2024"]
    assert told["restates"] == ["first"]
    assert told["services"] == {"kept": 2, "gone": 1, "new": 1, "gone_list": ["3"], "new_list": ["4"]}
    changed = [(each["channel"], each["change"], each["services"]) for each in told["figures"]["changed"]]
    assert changed == [
        ("online", "measured → another value", ["2"]),
        ("online", "missing → zero", ["1"]),
        ("post", "not_applicable → missing", ["2"]),
    ]
    assert (told["figures"]["same"], told["figures"]["new"], told["figures"]["not_repeated"]) == (1, 2, 2)


def test_the_newest_word_counts_and_the_earlier_one_stays_beside_it(tmp_path: Path) -> None:
    made.bring(made.write(tmp_path / "a.csv", [made.row("1", online="ND", post="5"), made.row("2")]), edition="first")
    made.bring(made.write(tmp_path / "b.csv", [made.row("1", online="0", post="5")]), edition="later")
    now = {(row.service_id, row.channel): row for row in measured.current("2024")}
    one = services.by_codes(["t-1"])["t-1"].pk
    restated, same = now[one, "online"], now[one, "post"]
    assert (restated.state, restated.value) == ("measured", 0)
    assert restated.before is not None
    assert (restated.before.state, restated.before.value) == ("missing", None)
    assert same.before is None
    assert len(now) == 4


def test_an_edition_that_did_not_ask_restates_nothing(tmp_path: Path) -> None:
    silent = made.table(
        measures=[{"quantity": "requests", "channels": {"online": "online"}}],
        not_asked=[{"quantity": "requests", "channels": ["post"]}],
        ignore=["post"],
    )
    made.bring(made.write(tmp_path / "a.csv", [made.row("1", post="5")]), edition="first")
    told = made.bring(made.write(tmp_path / "b.csv", [made.row("1")]), edition="later", table=[silent]).document
    assert told["restatement"]["2024"]["figures"]["changed"] == []
    assert figures()["t-1", "post"] == ("measured", 5)


def test_other_periods_are_not_restated(tmp_path: Path) -> None:
    made.bring(made.write(tmp_path / "a.csv", [made.row("1", year="2023")]))
    assert made.bring(made.write(tmp_path / "b.csv", [made.row("1", year="2024")])).document["restatement"] == {}


# ---- standards ---------------------------------------------------------------------------------------------------


BOTH = [made.table(), made.standards()]


def test_standards_come_in_beside_their_services(tmp_path: Path) -> None:
    one = made.write(tmp_path / "a.csv", [made.row("1")])
    two = made.write(tmp_path / "b.csv", [standard("1", "S1"), standard("1", "S2", met="12")], header=STANDARD_HEADER)
    run = made.bring(one, two, table=BOTH)
    assert run.document["standards"] == {"new": 2, "results": 2}
    kept = {row.standard: row for row in measured.results("2024")}
    assert (kept["S1"].met, kept["S1"].total, kept["S1"].target, kept["S1"].claimed) == (8, 10, Decimal("0.8"), "met")
    assert kept["S2"].faults == ["met-above-total"]
    assert kept["S1"].performance_state == "not_asked"


def test_a_second_result_of_one_standard_and_period_is_left_out_with_both_lines(tmp_path: Path) -> None:
    one = made.write(tmp_path / "a.csv", [made.row("1")])
    rows = [standard("1", "S"), standard("1", "S", met="9"), standard("1", "S", year="2023")]
    run = made.bring(one, made.write(tmp_path / "b.csv", rows, header=STANDARD_HEADER), table=BOTH)
    assert ("second-result", 3, 2) in reasons(run)
    assert measured.results("2024")[0].met == 8


def test_a_standard_of_a_service_that_nobody_names_is_left_out(tmp_path: Path) -> None:
    one = made.write(tmp_path / "a.csv", [made.row("1")])
    two = made.write(tmp_path / "b.csv", [standard("1", "S"), standard("9", "S")], header=STANDARD_HEADER)
    run = made.bring(one, two, table=BOTH)
    assert reasons(run) == [("unknown-service", 3, 0)]
    assert [each["taken"] for each in run.document["files"]] == [1, 1]


def test_a_standard_of_a_known_service_that_is_not_listed_in_the_period_is_kept_and_named(tmp_path: Path) -> None:
    made.bring(made.write(tmp_path / "old.csv", [made.row("9", year="2023")]))
    one = made.write(tmp_path / "a.csv", [made.row("1")])
    two = made.write(tmp_path / "b.csv", [standard("1", "S"), standard("9", "S")], header=STANDARD_HEADER)
    run = made.bring(one, two, table=BOTH)
    assert reasons(run) == [("service-not-listed", 3, 0)]
    assert run.document["faults"]["contradictions"] == 1
    assert len(measured.results("2024")) == 2


RESULTS = made.standards(
    name="results",
    standard={"code": "standard", "met": "met", "total": "total", "target": {"column": "target", "scale": "percent"}},
)
del RESULTS["identity"]
DEFINITIONS = made.standards(name="definitions", standard={"code": "standard", "promise": {"en": "promise"}})
APART = [made.table(), RESULTS, DEFINITIONS]
RESULT_HEADER = ("year", "standard", "target", "met", "total")
DEFINITION_HEADER = ("id", "year", "standard", "promise")


def test_results_without_a_service_find_it_by_the_standards_definition(tmp_path: Path) -> None:
    one = made.write(tmp_path / "a.csv", [made.row("1"), made.row("2")])
    rows = [standard("", "S1"), standard("", "S2"), standard("", "S3"), standard("", "S1", year="2025")]
    two = made.write(tmp_path / "b.csv", rows, header=RESULT_HEADER)
    defined = [standard("1", "S1"), standard("1", "S2"), standard("2", "S2")]
    three = made.write(tmp_path / "c.csv", defined, header=DEFINITION_HEADER)
    run = made.bring(one, two, three, table=APART)
    assert reasons(run) == [("standard-of-several", 3, 0), ("unknown-standard", 4, 0)]
    assert [row.standard for row in measured.results("2024")] == ["S1"]
    assert [row.standard for row in measured.results("2025")] == ["S1"]


def test_results_find_the_service_of_an_earlier_editions_standard(tmp_path: Path) -> None:
    one = made.write(tmp_path / "a.csv", [made.row("1")])
    two = made.write(tmp_path / "b.csv", [standard("1", "S")], header=STANDARD_HEADER)
    made.bring(one, two, table=BOTH, edition="first")
    later = made.write(tmp_path / "c.csv", [standard("", "S", met="9", claim="")], header=RESULT_HEADER)
    told = made.bring(later, table=APART, edition="later").document
    (kept,) = measured.results("2024")
    assert kept.met == 9
    assert [(each["number"], each["change"]) for each in told["restatement"]["2024"]["standards"]["changed"]] == [
        ("met", "measured → another value")
    ]
