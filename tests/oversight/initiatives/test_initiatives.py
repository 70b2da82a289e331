"""The ledger of decisions: figures are frozen, another overseer decides, and the check says whether they moved."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.oversight.aggregates import errors as aggregate_errors
from ietvars.oversight.finders import actions as finders
from ietvars.oversight.finders import queries as findings
from ietvars.oversight.initiatives import actions, errors, evidence, queries
from ietvars.oversight.initiatives.models import Initiative
from tests.world import NOW, TODAY

if TYPE_CHECKING:
    from ietvars.ground.people.rules import Actor
    from tests.oversight.measuring import MeasuredState

EXPECTED = actions.Expectation(
    indicator="on-time", direction="up", target=Decimal("0.9"), deadline=date(2026, 12, 31), check_period="2026"
)
AFTER = date(2027, 2, 1)


class Ledger:
    """A service with figures of 2025, two overseers, and an owner."""

    def __init__(self, state: MeasuredState) -> None:
        self.state, self.world = state, state.world
        self.service = self.world.service("permit")
        self.anna = self.world.actor(Role.OVERSEER, "ministry", username="anna")
        self.janis = self.world.actor(Role.OVERSEER, "ministry", username="janis")
        self.owner = self.world.actor(Role.SERVICE_OWNER)
        state.report("2025", permit={"on_time": (800, 1000), "requests": 6000})
        state.compute("2025")

    def propose(self, **said: Any) -> Initiative:
        plain: dict[str, Any] = {
            "kind": "efficient-process",
            "title": "Ātrākas atļaujas",
            "reason": "Cilvēki gaida.",
            "services": [self.service],
            "body": self.world.body(),
            "owner": self.owner.username,
            "period": "2025",
            "expected": EXPECTED,
            "by": self.anna,
            "now": NOW,
            "on": TODAY,
        }
        return actions.propose(**{**plain, **said})

    def adopted(self, **said: Any) -> Initiative:
        return actions.adopt(initiative=self.propose(**said), why="Vajag.", by=self.janis, now=NOW)

    def check(self, initiative: Initiative, on: date = AFTER, by: Actor | None = None) -> Initiative:
        return actions.check(initiative=initiative, by=by or self.anna, now=NOW, on=on)


@pytest.fixture
def ledger(state: MeasuredState) -> Ledger:
    return Ledger(state)


# ---- proposing --------------------------------------------------------------------------------------------------


def test_a_proposal_freezes_the_figures_with_wording_edition_and_fingerprint(ledger: Ledger) -> None:
    made = ledger.propose()
    document = json.loads(made.frozen)
    (figure,) = document["figures"]
    assert (figure["service"], figure["indicator"], figure["value"]) == ("permit", "on-time", 0.8)
    assert (figure["numerator"], figure["denominator"], figure["definition_version"]) == (800, 1000, 1)
    assert [each["code"] for each in document["editions"]] == ["2025 1"]
    assert document["definitions"][0]["spec"]["numerator"] == {"sum": "closed_on_time"}
    assert made.frozen_hash == hashlib.sha256(made.frozen.encode()).hexdigest()
    assert (made.code, made.state, made.baseline) == ("2026-001", "proposed", Decimal("0.8"))


def test_initiatives_are_numbered_within_a_year(ledger: Ledger) -> None:
    assert [ledger.propose().code for _ in range(3)] == ["2026-001", "2026-002", "2026-003"]
    expected = replace(EXPECTED, deadline=date(2028, 1, 1))
    assert ledger.propose(on=date(2027, 1, 5), expected=expected).code == "2027-001"


def test_two_who_propose_at_the_same_moment_get_two_numbers(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.propose()
    seen = iter(["2026-001", "2026-002"])
    monkeypatch.setattr(queries, "next_code", lambda _year: next(seen))
    assert ledger.propose().code == "2026-002"


def test_a_finding_becomes_an_initiative_with_the_figures_that_raised_it(ledger: Ledger) -> None:
    service = ledger.world.service("crowded", channels=("in-person",))
    ledger.state.report("2025", crowded={"requests": 9000, "on_time": (70, 100)})
    ledger.state.compute("2025")
    finders.look(period="2025", by=SYSTEM, now=NOW, on=TODAY)
    finding = findings.finding("2025", "digitalise", "crowded")
    made = ledger.propose(kind=queries.kind_for(finding.finder), services=[service], finding=finding)
    assert (made.kind, made.finder, made.finding_key) == ("digitalise", "digitalise", "crowded")
    document = json.loads(made.frozen)
    assert {row["indicator"]: row["value"] for row in document["figures"]} == {"cases": 9000, "on-time": 0.7}
    assert document["finding"]["reason"] == "many-cases+large-share"
    assert list(queries.of_finding("2025", "digitalise", "crowded")) == [made]


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (errors.UnknownKind, {"kind": "wish"}),
        (errors.ReasonNeeded, {"reason": " "}),
        (errors.ReasonNeeded, {"title": ""}),
        (errors.NoService, {"services": []}),
        (errors.UnknownOwner, {"owner": "nobody"}),
        (errors.NothingExpected, {"expected": replace(EXPECTED, indicator="")}),
        (errors.DeadlinePassed, {"expected": replace(EXPECTED, deadline=TODAY)}),
        (errors.CheckTooSoon, {"expected": replace(EXPECTED, check_period="2025")}),
    ],
)
def test_a_proposal_that_nobody_could_check_or_answer_for_is_refused(
    ledger: Ledger, refusal: type[Exception], said: dict[str, Any]
) -> None:
    with pytest.raises(refusal):
        ledger.propose(**said)
    assert not Initiative.objects.exists()


def test_only_overseers_propose(ledger: Ledger) -> None:
    with pytest.raises(errors.NotForYou):
        ledger.propose(by=ledger.owner)


def test_several_services_need_an_indicator_that_makes_one_figure(ledger: Ledger) -> None:
    other = ledger.world.service("other")
    with pytest.raises(aggregate_errors.NoRule):
        ledger.propose(services=[ledger.service, other], expected=replace(EXPECTED, indicator="time-p90"))
    ledger.state.report("2025", other={"on_time": (0, 1000)})
    ledger.state.compute("2025")
    assert ledger.propose(services=[ledger.service, other]).baseline == Decimal("0.4")


def test_the_eleven_kinds_of_the_framework_ship_in_both_languages_and_loading_again_changes_nothing(
    state: MeasuredState,
) -> None:
    kinds = queries.kinds()
    assert len(kinds) == 11
    assert all(
        kind.label["lv"] and kind.label["en"] and kind.means["lv"] and kind.means["en"] for kind in kinds.values()
    )
    actions.load_kinds(by=SYSTEM, now=NOW)
    assert queries.kinds() == kinds
    assert queries.kind_for("digitalise") == "digitalise"
    assert queries.kind_for("unmeasured") == ""


# ---- deciding ---------------------------------------------------------------------------------------------------


def test_another_overseer_decides_with_a_reason_and_all_is_on_record(ledger: Ledger) -> None:
    made = ledger.propose()
    with pytest.raises(errors.OwnProposal):
        actions.adopt(initiative=made, why="Pats.", by=ledger.anna, now=NOW)
    with pytest.raises(errors.ReasonNeeded):
        actions.adopt(initiative=made, why="", by=ledger.janis, now=NOW)
    actions.adopt(initiative=made, why="Vajag.", by=ledger.janis, now=NOW)
    assert [(row.state, row.username) for row in queries.states_of(made)] == [
        ("proposed", "anna"),
        ("adopted", "janis"),
    ]
    assert [entry.action for entry in audit.of("initiative", made.code)] == ["initiatives.adopt", "initiatives.propose"]
    assert [past.state for past in made.history.order_by("history_date", "history_id")] == ["proposed", "adopted"]


def test_what_is_rejected_is_history(ledger: Ledger) -> None:
    made = actions.reject(initiative=ledger.propose(), why="Par dārgu.", by=ledger.janis, now=NOW)
    for step in (actions.adopt, actions.reject):
        with pytest.raises(errors.WrongState):
            step(initiative=made, why="Tomēr.", by=ledger.janis, now=NOW)
    with pytest.raises(errors.WrongState):
        ledger.check(made)


def test_two_who_decide_at_the_same_moment_decide_once(ledger: Ledger) -> None:
    made = ledger.propose()
    stale = queries.by_code(made.code)
    actions.reject(initiative=made, why="Nē.", by=ledger.janis, now=NOW)
    with pytest.raises(errors.WrongState):
        actions.adopt(initiative=stale, why="Jā.", by=ledger.janis, now=NOW)


def test_the_database_too_forbids_to_decide_ones_own_proposal(ledger: Ledger) -> None:
    made = ledger.propose()
    with pytest.raises(IntegrityError, match="initiative_is_decided_by_another"), transaction.atomic():
        Initiative.objects.filter(pk=made.pk).update(state="adopted", decided_by="anna", decided_at=NOW)
    with pytest.raises(IntegrityError, match="decided_initiative_says_by_whom"), transaction.atomic():
        Initiative.objects.filter(pk=made.pk).update(state="rejected")
    with pytest.raises(IntegrityError, match="checked_initiative_has_its_outcome"), transaction.atomic():
        Initiative.objects.filter(pk=made.pk).update(outcome="reached")


# ---- evidence ---------------------------------------------------------------------------------------------------


def test_frozen_figures_stay_unchanged_after_the_data_are_imported_anew(ledger: Ledger) -> None:
    made = ledger.propose()
    before, fingerprint = made.frozen, made.frozen_hash
    ledger.state.report("2025", permit={"on_time": (500, 1000), "requests": 6000})
    ledger.state.compute("2025")
    again = queries.by_code(made.code)
    assert (again.frozen, again.frozen_hash) == (before, fingerprint)
    assert queries.verify(again).is_intact
    (row,) = queries.evidence_beside(again)
    assert row.today is not None
    assert (row.then.figure.value, row.today.figure.value) == (Decimal("0.8"), Decimal("0.5"))
    assert row.why == ("later_edition", "restated")
    assert (row.then.editions, row.today.editions) == (("round 2025 1",), ("round 2025 2",))


def test_evidence_that_is_the_same_today_says_so(ledger: Ledger) -> None:
    (row,) = queries.evidence_beside(ledger.propose())
    assert row.is_same


def test_evidence_beside_says_when_the_figure_is_gone(ledger: Ledger) -> None:
    made = ledger.propose()
    kept = queries.frozen(made)
    assert [row.why for row in evidence.beside(kept, [])] == [("gone",)]


def test_evidence_that_was_tampered_with_is_found_out(ledger: Ledger) -> None:
    made = ledger.propose()
    Initiative.objects.filter(pk=made.pk).update(frozen=made.frozen.replace("800", "900"))
    proof = queries.verify(queries.by_code(made.code))
    assert (proof.is_intact, proof.evidence, proof.check) == (False, False, None)
    assert proof.fingerprint != made.frozen_hash


def test_frozen_evidence_reads_back_as_the_figures_that_were_frozen(ledger: Ledger) -> None:
    made = ledger.propose()
    rows = queries.rows("2025", {ledger.service.pk: "permit"}, ["on-time"])
    assert queries.frozen(made).rows[0].figure == replace(rows[0].figure, editions=())


# ---- checking ---------------------------------------------------------------------------------------------------

# kept and closed on time in 2026 | target | outcome | reason
CHECKED = """
950 1000 | 0.9 | reached   |
850 1000 | 0.9 | moved     | below_target
805 1000 | 0.9 | not_moved | within_chance
500 1000 | 0.9 | opposite  |
9 10     | 0.9 | unknown   | too_few
?        | 0.9 | unknown   | missing_now
"""


@pytest.mark.parametrize("line", CHECKED.strip().splitlines())
def test_after_the_deadline_the_check_says_whether_the_indicator_moved(ledger: Ledger, line: str) -> None:
    kept, target, outcome, reason = (cell.strip() for cell in line.split("|"))
    made = ledger.adopted(expected=replace(EXPECTED, target=Decimal(target)))
    if kept == "?":
        ledger.state.report("2026", permit={"requests": 5})
    else:
        ledger.state.report("2026", permit={"on_time": tuple(map(int, kept.split()))})
    ledger.state.compute("2026")
    ledger.check(made)
    assert (made.state, made.outcome, made.outcome_reason) == ("checked", outcome, reason)
    assert queries.verify(made) == queries.Proof(evidence=True, check=True, fingerprint=made.frozen_hash)
    document = json.loads(made.check_frozen)
    assert (document["evidence_hash"], document["outcome"]) == (made.frozen_hash, outcome)


def test_a_check_refuses_when_the_wording_changed_in_between(ledger: Ledger) -> None:
    ledger.state.report("2024", permit={"cost_total": 1000, "requests": 100, "results": 100})
    ledger.state.report("2026", permit={"cost_total": 500, "requests": 100, "results": 100})
    ledger.state.compute("2024", "2026")
    made = ledger.adopted(
        period="2024", expected=replace(EXPECTED, indicator="cost-per-case", direction="down", target=None)
    )
    ledger.check(made)
    assert (made.outcome, made.outcome_reason) == ("unknown", "definition_changed")


def test_a_baseline_that_later_editions_turned_over_leaves_the_outcome_unknown(ledger: Ledger) -> None:
    made = ledger.adopted(expected=replace(EXPECTED, target=None))
    ledger.state.report("2026", permit={"on_time": (900, 1000)})
    ledger.state.report("2025", permit={"on_time": (980, 1000)})
    ledger.state.compute("2025", "2026")
    ledger.check(made)
    assert (made.outcome, made.outcome_reason) == ("unknown", "baseline_restated")


def test_a_small_correction_of_the_baseline_does_not_undo_a_clear_outcome(ledger: Ledger) -> None:
    made = ledger.adopted(expected=replace(EXPECTED, target=None))
    ledger.state.report("2026", permit={"on_time": (900, 1000)})
    ledger.state.report("2025", permit={"on_time": (802, 1000)})
    ledger.state.compute("2025", "2026")
    ledger.check(made)
    assert (made.outcome, made.outcome_reason) == ("reached", "")


def test_no_check_before_the_deadline_nor_by_others(ledger: Ledger) -> None:
    made = ledger.adopted()
    with pytest.raises(errors.TooEarly, match="2026-12-31"):
        ledger.check(made, on=EXPECTED.deadline)
    with pytest.raises(errors.NotForYou):
        ledger.check(made, by=ledger.owner)


def test_several_services_are_checked_as_one_figure_over_the_same_services(ledger: Ledger) -> None:
    other = ledger.world.service("other")
    ledger.state.report("2025", other={"on_time": (800, 1000)})
    ledger.state.compute("2025")
    both = ledger.adopted(services=[ledger.service, other])
    half = ledger.adopted(services=[ledger.service, other])
    ledger.state.report("2026", permit={"on_time": (990, 1000)})
    ledger.state.compute("2026")
    ledger.check(half)
    assert (half.outcome, half.outcome_reason) == ("unknown", "missing_now")
    ledger.state.report("2026", other={"on_time": (900, 1000)})
    ledger.state.compute("2026")
    ledger.check(both)
    assert (both.outcome, both.outcome_reason) == ("reached", "")


def test_the_rounds_check_what_is_due_and_leave_the_rest(ledger: Ledger) -> None:
    due, early = ledger.adopted(), ledger.adopted(expected=replace(EXPECTED, deadline=date(2027, 12, 31)))
    undecided = ledger.propose()
    assert actions.check_due(by=SYSTEM, now=NOW, on=AFTER) == []  # the figure of 2026 has not come in
    ledger.state.report("2026", permit={"on_time": (950, 1000)})
    ledger.state.compute("2026")
    assert [made.code for made in actions.check_due(by=SYSTEM, now=NOW, on=AFTER)] == [due.code]
    assert actions.check_due(by=SYSTEM, now=NOW, on=AFTER + timedelta(days=1)) == []
    assert [queries.by_code(made.code).state for made in (due, early, undecided)] == ["checked", "adopted", "proposed"]


# ---- documents --------------------------------------------------------------------------------------------------


def test_the_document_of_all_initiatives_is_stable_and_holds_the_frozen_rows(ledger: Ledger) -> None:
    made = ledger.adopted()
    document = queries.document()
    assert document == queries.document()
    (told,) = document["initiatives"]
    assert (told["code"], told["state"], told["is_intact"]) == (made.code, "adopted", True)
    assert told["frozen"] == json.loads(made.frozen)
    assert document["states"] == {"proposed": 0, "adopted": 1, "rejected": 0, "checked": 0}


def test_an_unknown_code_is_refused_with_the_code(state: MeasuredState) -> None:
    with pytest.raises(errors.NoSuchInitiative, match="2026-999"):
        queries.by_code("2026-999")
