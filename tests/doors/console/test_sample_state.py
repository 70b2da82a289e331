"""The sample state, loaded whole by the product, must show exactly what was planted in it: no more and no less."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction

import sample_measurements
from ietvars.doors.console import measuring, sample
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.deployment import queries as installation
from ietvars.institution.indicators import queries as indicators
from ietvars.institution.indicators.comparison import Reason, Word
from ietvars.institution.lists import queries as lists
from ietvars.institution.measurements import queries as measurements
from ietvars.institution.revisions import queries as revisions
from ietvars.institution.services import queries as services
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.finders.rules import FINDERS
from ietvars.oversight.initiatives import queries as initiatives
from tests.houses import House, asked

pytestmark = pytest.mark.django_db

FOLDER = sample.SHIPPED
Document = dict[str, Any]
Key = tuple[str, str, str, str]
"""Service, indicator, stage, channel."""

QUIET = Word.NO_CLEAR_CHANGE.value


def told(name: str) -> Document:
    """A file of the folder."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@dataclass
class State:
    """What the loaded state says."""

    as_of: date | None = None
    comparison: Document = field(default_factory=dict)
    months: list[tuple[str, str]] = field(default_factory=list)
    month_states: dict[tuple[str, str], str] = field(default_factory=dict)
    findings: Document = field(default_factory=dict)
    differences: dict[tuple[str, int], set[tuple[str, str]]] = field(default_factory=dict)
    list_states: dict[tuple[str, int], str] = field(default_factory=dict)
    holders: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    successor_of: dict[str, str] = field(default_factory=dict)
    reports: dict[str, Document] = field(default_factory=dict)
    initiatives: Document = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    zeros: int = 0
    drafts: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    unfit: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drift: dict[str, int] = field(default_factory=dict)
    promises: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    @property
    def verdicts(self) -> dict[Key, tuple[str, str]]:
        """Verdict and reason of every series."""
        return {
            (each["service"], each["indicator"], each["stage"], each["channel"]): (each["verdict"], each["reason"])
            for each in self.comparison["series"]
        }


@pytest.fixture(scope="module")
def state(django_db_setup: None, django_db_blocker: Any, sampled: House) -> State:
    with django_db_blocker.unblock(), asked(sampled), transaction.atomic():
        found = _gathered()
        # Others copy this state.
        transaction.set_rollback(True)
    return found


def _gathered() -> State:
    printed = CliRunner().invoke(
        measuring.compare_command, ["--period", "2025", "--with", "2024", "--json"], catch_exceptions=False
    )
    made = State(
        as_of=installation.as_of(),
        comparison=json.loads(printed.stdout),
        findings=findings.document("2025"),
        initiatives=initiatives.document(),
        reports={edition.code: edition.report for edition in measurements.editions()},
    )
    for row in lists.of(bodies.all_bodies().values_list("pk", flat=True)).select_related("body"):
        key = (row.body.code, row.year)
        made.list_states[key] = row.state
        assert made.as_of is not None
        made.differences[key] = {
            (each.kind.value, each.code or each.title) for each in lists.reconcile(row, made.as_of)
        }
    _gather_figures(made)
    _gather_gaps(made)
    for body in bodies.all_bodies():
        if body.until is not None:
            made.successor_of[body.code] = bodies.current_of(body).code
    return made


def _gather_gaps(made: State) -> None:
    on = told("planted-gaps.toml")["on"]
    everybody = bodies.all_bodies().values_list("pk", flat=True)
    for revision in revisions.waiting(everybody, "draft", "submitted", "approved", "scheduled"):
        blocking = tuple(gap.code for gap in revisions.gaps(revision, on) if gap.blocks)
        made.drafts[revision.service.code] = (revision.state, blocking)
    for row in revisions.report(services.all_services().exclude(state="draft"), on):
        if row.blocks:
            made.unfit[row.service.code] = tuple(gap.code for gap in row.gaps if gap.blocks)
    drifting = revisions.drifting(services.all_services())
    made.drift = {"services": len(drifting), "reopened": sum(1 for _, _, reopens in drifting if reopens)}


def _gather_figures(made: State) -> None:
    codes = dict(services.all_services().values_list("pk", "code"))
    names = dict(bodies.all_bodies().values_list("pk", "code"))
    for period in ("2024", "2025"):
        for figure in indicators.figures(period):
            made.holders.setdefault((codes[figure.service_id], period), set()).add(names[figure.holder_id])
        for one in measurements.results(period):
            assert one.met is not None
            assert one.target is not None
            assert one.total is not None
            made.promises[codes[one.service_id], one.standard, period] = one.met >= one.target * one.total
        for cell in measurements.current(period):
            made.states[cell.state] += 1
            made.zeros += cell.value == 0
    for month in range(1, 13):
        period = f"2025-{month:02}"
        verdicts = indicators.comparisons(period, f"2024-{month:02}")
        made.months += [(codes[row.service_id], row.verdict) for row in verdicts]
        for cell in measurements.current(period):
            made.month_states[codes[cell.service_id], f"{period} {cell.quantity}"] = cell.state


@pytest.fixture(scope="module")
def planted() -> dict[Key, tuple[str, str]]:
    made = {}
    with (FOLDER / "planted-comparisons.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for service in row["services"].split():
                key = (service, row["indicator"], row["stage"], row["channel"])
                assert key not in made, f"{key} is planted twice"
                made[key] = (row["verdict"], row["reason"])
    return made


# ---- the comparison ------------------------------------------------------------------------------------------------


def test_every_verdict_is_as_planted_and_no_other_is_given(state: State, planted: dict[Key, tuple[str, str]]) -> None:
    wanted = {(key, verdict) for key, verdict in planted.items() if verdict[0] != QUIET}
    found = {(key, verdict) for key, verdict in state.verdicts.items() if verdict[0] != QUIET}
    assert (sorted(wanted - found), sorted(found - wanted)) == ([], [])


def test_doubts_that_were_planted_are_found(state: State, planted: dict[Key, tuple[str, str]]) -> None:
    doubts = {key: verdict for key, verdict in planted.items() if verdict[0] == QUIET}
    assert doubts
    assert {key: state.verdicts[key] for key in doubts} == doubts


def test_every_verdict_and_every_reason_occurs(state: State) -> None:
    words, reasons = zip(*state.verdicts.values(), strict=True)
    assert set(words) == {word.value for word in Word}
    # All its tables are reports: what is counted from its deliveries never speaks for them.
    assert set(reasons) - {""} == {reason.value for reason in Reason} - {Reason.SOURCE_CHANGED}


def test_every_way_of_not_being_there_occurs_and_so_does_a_true_zero(state: State) -> None:
    assert min(state.states[name] for name in ("measured", "missing", "not_applicable", "not_asked", "unreadable")) > 0
    assert state.zeros > 0


def test_only_institutions_that_do_not_exist_become_worse(state: State) -> None:
    invented = {each["code"] for each in told("bodies.toml")["body"] if each.get("invented")}
    of_invented = {each["code"] for each in told("services/sample.toml")["service"] if each.get("invented")}
    worse = {each["holder"] for each in state.comparison["series"] if each["verdict"] == "worse"}
    assert worse
    assert worse <= invented
    assert {service for service, verdict in state.months if verdict == "worse"} <= of_invented


def test_every_figure_of_the_sample_is_illustrative(state: State) -> None:
    measured = [
        side
        for each in state.comparison["series"]
        for side in (each["now"], each["before"])
        if side is not None and side["state"] == "measured"
    ]
    assert measured
    assert all(side["is_illustrative"] for side in measured)
    assert all(edition["is_illustrative"] for edition in state.comparison["editions"])


def test_a_service_began_and_another_ended(state: State) -> None:
    found = state.comparison["services"]
    assert "senas-fotografijas-datesana" in found["new_codes"]
    assert "smilsu-pils-vietas-rezervacija" in found["gone_codes"]


def test_a_month_can_be_missing_unreadable_or_skipped(state: State) -> None:
    assert state.month_states["bezdarbnieka-statuss", "2025-07 requests"] == "missing"
    assert state.month_states["berna-kopsanas-pabalsts", "2025-04 time_to_result_median"] == "unreadable"
    assert ("pasakuma-atlauja-krastmala", "not_comparable") in state.months


# ---- findings and lists ----------------------------------------------------------------------------------------------


def test_the_finders_find_what_was_planted_and_nothing_else(state: State) -> None:
    def key(each: Document) -> tuple[str, str, str, str, str | None]:
        return each["finder"], each["key"], each["reason"], each["holder"], each.get("service")

    wanted = {key(each) for each in told("planted-findings.toml")["finding"]}
    found = {key(each) for each in state.findings["findings"]}
    assert (sorted(map(str, wanted - found)), sorted(map(str, found - wanted))) == ([], [])
    assert len(state.findings["findings"]) == len(found)


def test_every_finder_finds_something(state: State) -> None:
    counts = {each["code"]: each["count"] for each in state.findings["finders"]}
    assert counts.keys() == {finder.code for finder in FINDERS}
    assert all(counts.values())
    assert counts == told("planted-findings.toml")["count"]


def test_every_reconcile_report_names_each_planted_difference_and_no_other(state: State) -> None:
    wanted: dict[tuple[str, int], set[tuple[str, str]]] = {key: set() for key in state.differences}
    for each in told("planted-lists.toml")["difference"]:
        key = (each["body"], each["year"])
        assert state.list_states[key] == each["list_state"]
        wanted[key].add((each["kind"], each.get("service") or each["title"]["lv"]))
    assert state.differences == wanted


# ---- canvases and drafts ---------------------------------------------------------------------------------------------


def test_every_draft_lacks_what_was_planted_and_nothing_else(state: State) -> None:
    wanted = {each["service"]: (each["state"], tuple(each["gaps"])) for each in told("planted-gaps.toml")["draft"]}
    assert state.drafts == wanted


def test_every_description_that_people_read_fulfils_its_canvas(state: State) -> None:
    assert state.unfit == {}


def test_newer_canvases_wait_for_the_services_that_were_planted(state: State) -> None:
    assert state.drift == told("planted-gaps.toml")["drift"]


# ---- promises --------------------------------------------------------------------------------------------------------


def test_forty_services_promise_something_in_both_years(state: State) -> None:
    promised = {period: {code for code, _, said in state.promises if said == period} for period in ("2024", "2025")}
    assert len(promised["2025"]) >= 40
    assert promised["2024"] == promised["2025"]


def test_only_bodies_that_do_not_exist_break_a_promise(state: State) -> None:
    broken = {key for key, was_kept in state.promises.items() if not was_kept}
    holders = {holder for code, _, period in broken for holder in state.holders[code, period]}
    assert broken
    assert holders == {"krastmala", "molu-dienests"}


# ---- bodies that merged ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "before", "now"),
    [
        ("laivas-piestatnes-vieta", "piestatnu-birojs", "piekrastes-agentura"),
        ("privatas-signaluguns-saskanosana", "signalugunu-birojs", "piekrastes-agentura"),
        ("atraduma-pieteiksana", "senlietu-kantoris", "atradumu-centrs"),
    ],
)
def test_after_a_merger_or_a_new_name_last_years_figures_still_show_the_old_holder(
    state: State, service: str, before: str, now: str
) -> None:
    assert state.holders[service, "2024"] == {before}
    assert state.holders[service, "2025"] == {now}
    assert state.successor_of[before] == now


# ---- how it came in ------------------------------------------------------------------------------------------


def test_only_the_three_planted_cells_cannot_be_read(state: State) -> None:
    faults = {code: report["faults"] for code, report in state.reports.items() if "faults" in report}
    assert {each["rows_left_out"] for each in faults.values()} == {0}
    assert {(code, row["column"], row["raw"]) for code, each in faults.items() for row in each["list"]} == {
        ("2024", "time_median", "1-2"),
        ("2025", "backlog", "~17?"),
        ("monthly", "time_median", "~17?"),
    }


def test_the_second_edition_of_2024_restates_what_was_planted(state: State) -> None:
    plan = told("plan.toml")
    changed = state.reports["2024-corrected"]["restatement"]["2024"]["figures"]["changed"]
    assert {service for each in changed for service in each["services"]} == {
        each["service"] for each in plan["corrected"]
    }


def test_every_file_made_from_the_plan_is_as_the_plan_says() -> None:
    made = sample_measurements.everything()
    differing = [path for path, text in made.items() if (FOLDER / path).read_text(encoding="utf-8") != text]
    assert not differing, "run python tools/sample_measurements.py"
    tables = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / "measurements").rglob("*") if path.is_file()}
    assert tables <= made.keys()
    assert sum(len(text.encode()) for text in made.values()) < 500_000


# ---- what people made of it ------------------------------------------------------------------------------------


def test_initiatives_stand_where_the_folder_tells(state: State) -> None:
    wanted = told("initiatives.toml")["initiative"]
    found = {each["title"]: each for each in state.initiatives["initiatives"]}
    assert found.keys() == {each["title"] for each in wanted}
    for each in wanted:
        made = found[each["title"]]
        stage = "checked" if "checked_on" in each else each.get("decision", "proposed")
        assert (made["title"], made["state"]) == (each["title"], stage)
        outcome = made["check"]["outcome"] if made["check"] else ""
        assert outcome == each.get("outcome", "")
        assert made["is_illustrative"]
        assert made["is_intact"]
    assert {each["state"] for each in found.values()} == {"proposed", "adopted", "rejected", "checked"}


def test_an_initiative_froze_the_figure_of_its_day(state: State) -> None:
    grants = next(each for each in state.initiatives["initiatives"] if "grantu" in each["title"])
    share = Decimal(312 + 187) / Decimal(312 + 187 + 618 + 203 + 98)
    assert round(Decimal(str(grants["expected"]["baseline"])), 4) == round(share, 4)
    assert grants["check"]["outcome"] == "reached"
