"""From what was reported to kept figures, verdicts, documents and reviews, in the database."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.audit import queries as audit
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.periods import rules as periods
from ietvars.institution.indicators import actions, definitions, documents, errors, queries, rules, snapshots
from ietvars.institution.indicators.models import Comparison, Computation, Definition, Figure, Review
from ietvars.institution.measurements import actions as measurements
from ietvars.institution.measurements import rules as measured
from ietvars.institution.services import actions as services
from ietvars.institution.services import queries as catalogue
from ietvars.institution.services.models import Service
from tests.institution.indicators.test_definitions import PLAIN, SHARE
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

D = Decimal
Said = int | str | measured.Said
editions = itertools.count(1)


def report(period: str, figures: Mapping[Service, Mapping[str, Said]], *, source: str = "round", **fields: Any) -> int:
    """One edition in which each service reports `quantity` or `quantity/channel`. A text is a state."""
    this = periods.parse(period)
    code = str(next(editions))
    edition = measurements.open_edition(
        source=source, code=code, title={}, content_hash=code, by=SYSTEM, now=NOW + timedelta(minutes=int(code))
    )
    holders = catalogue.holders_on([service.pk for service in figures], this.end)
    measurements.record(
        edition=edition,
        reported=[measured.ReportedFacts(service.pk, holders[service.pk], this, fields) for service in figures],
        measurements=[
            measured.MeasurementFacts(
                service.pk,
                holders[service.pk],
                this,
                name.partition("/")[0],
                said(each),
                channel=name.partition("/")[2],
            )
            for service, quantities in figures.items()
            for name, each in quantities.items()
        ],
        by=SYSTEM,
        now=NOW,
    )
    return edition.pk


def said(each: Said) -> measured.Said:
    if isinstance(each, measured.Said):
        return each
    return measured.Said(each) if isinstance(each, str) else measured.Said("measured", D(each))


def load(*specs: dict[str, Any], register: str = "trial") -> tuple[Definition, ...]:
    found = [definitions.indicator({**spec, "register": register}) for spec in specs]
    return actions.load_definitions(register=register, definitions=found, by=SYSTEM, now=NOW)


def compute(period: str = "2025", with_period: str | None = None) -> actions.Computed:
    return actions.compute(period=period, with_period=with_period, by=SYSTEM, now=NOW)


def ensure(period: str = "2025", with_period: str | None = None) -> actions.Computed:
    return actions.ensure(period=period, with_period=with_period, by=SYSTEM, now=NOW)


def verdict(service: Service, indicator: str = "demand", **key: str) -> tuple[str, str]:
    row = Comparison.objects.get(service=service, indicator=indicator, **{"stage": "", "channel": "", **key})
    return row.verdict, row.reason


DEMAND = PLAIN | {"value": {"sum": "requests", "channels": "all", "each": True}, "by": ["channel"]}


# ---- definitions ------------------------------------------------------------------------------------------------


def test_definitions_are_kept_once_and_audited() -> None:
    assert [row.code for row in load(DEMAND)] == ["demand"]
    assert load(DEMAND) == ()
    assert audit.of("register", "trial").count() == 1


def test_the_national_set_is_kept_and_kept_again_without_change() -> None:
    assert len(actions.load_national(by=SYSTEM, now=NOW)) == len(queries.shipped().indicators)
    assert actions.load_national(by=SYSTEM, now=NOW) == ()


def test_better_words_replace_the_old_ones(world: World) -> None:
    load(DEMAND)
    report("2025", {world.service(): {"requests": 5}})
    compute()
    (row,) = load(DEMAND | {"purpose": {"en": "Said better"}})
    assert queries.all_definitions().get().purpose == {"en": "Said better"} == row.purpose
    assert Figure.objects.count() == 1


def test_another_meaning_under_a_version_that_has_figures_is_refused(world: World) -> None:
    load(DEMAND)
    load(PLAIN)  # nothing is computed by it yet, so it may still become what it should have been
    report("2025", {world.service(): {"requests": 5}})
    compute()
    with pytest.raises(errors.DefinitionRewritten):
        load(DEMAND)


def test_a_code_of_another_register_is_refused() -> None:
    load(DEMAND)
    with pytest.raises(errors.DefinedElsewhere, match="trial"):
        load(DEMAND, register="other")


def test_the_wording_in_force_is_found_by_day() -> None:
    load(DEMAND, DEMAND | {"version": 2, "valid_from": "2025-01-01"})
    for day, versions in ((date(2024, 12, 31), [1]), (date(2025, 1, 1), [2]), (date(2019, 1, 1), [])):
        assert [row.version for row in queries.definitions_in_force(day, "trial")] == versions


def test_the_database_refuses_a_version_twice() -> None:
    (row,) = load(DEMAND)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# ---- figures ----------------------------------------------------------------------------------------------------


def test_a_figure_is_kept_with_all_that_made_it(world: World) -> None:
    load(DEMAND)
    service = world.service()
    edition = report("2025", {service: {"requests/online": 5, "requests/post": "missing"}})
    assert compute().figures == 3
    row = queries.figures("2025", service_ids=[service.pk], whole=True).get()
    assert (row.value, row.measured, row.expected, row.editions) == (5, 1, 2, [edition])
    assert [gap["channel"] for gap in row.gaps] == ["post"]
    assert row.holder_id == world.body().pk


def test_a_kept_figure_is_the_same_value_again(world: World) -> None:
    load(SHARE)
    report("2025", {world.service(): {"requests/online": 1, "requests/post": 2}})
    compute()
    (kept,) = queries.kept("2025")
    row = queries.figures("2025").get()
    assert queries.figure(row) == kept.figure
    assert kept.figure.value == D("0.333333")


def test_a_published_service_that_reports_nothing_is_missing_not_absent(world: World) -> None:
    load(DEMAND)
    quiet, loud = world.service("quiet"), world.service("loud")
    world.draft("draft")
    report("2025", {loud: {"requests": 5}})
    compute()
    assert set(queries.figures("2025").values_list("service__code", "state")) == {
        ("quiet", "missing"),
        ("loud", "measured"),
    }
    assert quiet.pk not in snapshots.snapshot(periods.parse("2025")).reported


def test_a_service_of_an_inventory_is_measured_by_its_own_register(world: World) -> None:
    load(DEMAND)
    load(SHARE | {"code": "own", "sources": ["there"]}, register="own")
    here, there = world.service("here"), world.service("there")
    report("2025", {here: {"requests": 5}})
    report("2025", {there: {"requests/online": 5}}, source="there")
    compute()
    codes = queries.figures("2025").values_list("service__code", "definition__code")
    assert set(codes) == {("here", "demand"), ("there", "own")}


def test_computing_again_writes_the_same_figures(world: World) -> None:
    load(DEMAND)
    report("2025", {world.service(): {"requests/online": 5}})
    compute()
    before = documents.indicators("2025")
    compute()
    assert documents.indicators("2025") == before


def test_ensure_computes_only_when_the_input_changed(world: World) -> None:
    load(DEMAND)
    service = world.service()
    report("2025", {service: {"requests": 5}})
    ensure()
    first = queries.figures("2025").get().pk
    ensure()
    assert queries.figures("2025").get().pk == first
    changes: list[Any] = [
        lambda: report("2025", {service: {"requests": 6}}),
        lambda: load(PLAIN | {"code": "other"}),
        lambda: world.service("another"),
    ]
    for change in changes:
        change()
        before = set(queries.figures("2025").values_list("pk", flat=True))
        ensure()
        assert not before & set(queries.figures("2025").values_list("pk", flat=True))


def test_a_period_of_which_nothing_is_reported_is_refused_with_those_there_are(world: World) -> None:
    report("2025", {world.service(): {"requests": 5}})
    with pytest.raises(errors.NothingReported, match="2025"):
        compute("2031")
    with pytest.raises(errors.NothingReported, match="2001"):
        compute("2025", "2001")
    with pytest.raises(Refusal):
        compute("soon")


def test_every_period_is_computed_in_order(world: World) -> None:
    load(DEMAND)
    service = world.service()
    told: list[tuple[str, int, int]] = []
    for period in ("2025", "2024", "2023"):
        report(period, {service: {"requests": 5000}})
    done = [
        actions.compute(period=code, by=SYSTEM, now=NOW, progress=lambda *step: told.append(step))
        for code in queries.periods_with_figures()
    ]
    assert [(each.period, each.with_period) for each in done] == [("2023", ""), ("2024", "2023"), ("2025", "2024")]
    assert told == [("2023", 1, 1), ("2024", 1, 1), ("2025", 1, 1)]
    assert Comparison.objects.count() == 2
    assert [row.period for row in queries.series(service.pk, "demand")] == ["2023", "2024", "2025"]


def test_an_earlier_period_computed_anew_makes_later_verdicts_stale(world: World) -> None:
    load(DEMAND)
    service = world.service()
    for period in ("2024", "2025"):
        report(period, {service: {"requests": 5000}})
    ensure("2025")
    compute("2024")
    assert queries.computed("2025") is not None
    assert queries.computed("2025", "2024") is None
    assert ensure("2025").comparisons == 1
    assert Computation.objects.count() == 3


# ---- verdicts ---------------------------------------------------------------------------------------------------

VERDICTS: list[tuple[str, Said | None, Said | None, dict[str, Any], tuple[str, str]]] = [
    ("more", 5000, 6000, {}, ("changed", "")),
    ("more, which is better", 5000, 6000, {"direction": "up_is_better"}, ("better", "")),
    ("more, which is worse", 5000, 6000, {"direction": "down_is_better"}, ("worse", "")),
    ("by chance", 5000, 5050, {}, ("no_clear_change", "within_chance")),
    ("too little to matter", 500000, 510000, {}, ("no_clear_change", "below_floor")),
    ("hardly any", 3, 9, {}, ("not_comparable", "too_few")),
    ("a zero before", 0, 6000, {}, ("changed", "")),
    ("missing now", 5000, "missing", {}, ("not_comparable", "missing_now")),
    ("missing before", "missing", 5000, {}, ("not_comparable", "missing_before")),
    ("not applicable now", 5000, "not_applicable", {}, ("not_comparable", "not_applicable_now")),
    ("not asked before", "not_asked", 5000, {}, ("not_comparable", "not_asked_before")),
    ("unreadable", 5000, measured.Said("unreadable", raw="ca. 5000"), {}, ("not_comparable", "unreadable_now")),
    ("not reported before", None, 5000, {}, ("not_comparable", "missing_before")),
    ("not reported now", 5000, None, {}, ("not_comparable", "missing_now")),
]


@pytest.mark.parametrize(
    ("before", "now", "said", "expected"), [row[1:] for row in VERDICTS], ids=[row[0] for row in VERDICTS]
)
def test_a_verdict(
    world: World, before: Said | None, now: Said | None, said: dict[str, Any], expected: tuple[str, str]
) -> None:
    load(PLAIN | said)
    service, other = world.service(), world.service("other")
    for period, number in (("2024", before), ("2025", now)):
        report(period, {other: {}} if number is None else {service: {"requests": number}, other: {}})
    compute()
    assert verdict(service) == expected


def test_a_service_that_came_and_one_that_went(world: World) -> None:
    load(PLAIN)
    world.body("agency")
    old, stays = world.service("old"), world.service("stays")
    new = services.publish(
        service=services.describe(
            code="new",
            holder=world.body("agency"),
            facts=catalogue.facts(world.again(stays)),
            since=date(2025, 3, 1),
            by=SYSTEM,
            now=NOW,
        ),
        by=SYSTEM,
        now=NOW,
    )
    report("2024", {old: {"requests": 50}, stays: {"requests": 50}})
    services.retire(service=world.again(old), by=SYSTEM, now=NOW, why="Nobody needs it.")
    report("2025", {new: {"requests": 50}, stays: {"requests": 50}})
    compute()
    assert verdict(old) == ("not_comparable", "service_gone")
    assert verdict(new) == ("not_comparable", "service_new")
    assert queries.presence("2025", "2024") == rules.Presence(
        frozenset({stays.pk}), frozenset({old.pk}), frozenset({new.pk})
    )


def test_a_changed_definition_breaks_the_series(world: World) -> None:
    load(PLAIN, PLAIN | {"version": 2, "valid_from": "2025-01-01", "value": {"sum": "results"}})
    service = world.service()
    report("2024", {service: {"requests": 5000, "results": 4000}})
    report("2025", {service: {"requests": 5000, "results": 4000}})
    compute()
    assert verdict(service) == ("not_comparable", "definition_changed")


def test_an_indicator_that_is_newer_than_the_earlier_period_was_not_asked_then(world: World) -> None:
    load(PLAIN | {"valid_from": "2025-01-01"})
    service = world.service()
    for period in ("2024", "2025"):
        report(period, {service: {"requests": 5000}})
    compute()
    assert verdict(service) == ("not_comparable", "not_asked_before")


def test_a_service_that_left_the_population_is_not_asked_for_a_figure(world: World) -> None:
    load(PLAIN | {"population": {"field": "scope", "is": "A"}})
    service = world.service()
    report("2024", {service: {"requests": 5000}}, scope={"state": "measured", "value": "A"})
    report("2025", {service: {"requests": 5000}}, scope={"state": "measured", "value": "B"})
    compute()
    assert verdict(service) == ("not_comparable", "not_applicable_now")


def test_a_restated_figure_names_both_editions_and_is_not_compared(world: World) -> None:
    load(DEMAND)
    service = world.service()
    first = report("2024", {service: {"requests/online": "missing", "requests/post": 700}})
    second = report("2024", {service: {"requests/online": 0}})
    report("2025", {service: {"requests/online": 900, "requests/post": 700}})
    compute()
    assert verdict(service, channel="online") == ("not_comparable", "restated")
    assert verdict(service) == ("not_comparable", "restated")
    assert verdict(service, channel="post") == ("no_clear_change", "within_chance")
    row = Figure.objects.get(service=service, period="2024", channel="online")
    assert row.is_restated
    assert row.restated[0]["before"] == {"state": "missing", "value": None}
    assert row.restated[0]["now"] == {"state": "measured", "value": 0}
    assert row.restated[0]["editions"] == [first, second]


def test_a_sum_that_covers_other_channels_is_not_compared(world: World) -> None:
    load(DEMAND)
    service = world.service()
    report("2024", {service: {"requests/online": 700, "requests/phone": "missing"}})
    report("2025", {service: {"requests/online": 700, "requests/phone": 800}})
    compute()
    assert verdict(service) == ("not_comparable", "missing_before")


def test_figures_and_verdicts_keep_the_holder_of_their_day(world: World) -> None:
    load(PLAIN)
    service = world.service(holder="old-agency")
    new = world.body("new-agency")
    report("2024", {service: {"requests": 5000}})
    services.take_over(predecessors=[world.body("old-agency")], successor=new, on=date(2025, 1, 1), by=SYSTEM, now=NOW)
    report("2025", {service: {"requests": 6000}})
    compute()
    holders = dict(Figure.objects.values_list("period", "holder__code"))
    assert holders == {"2024": "old-agency", "2025": "new-agency"}
    assert Comparison.objects.get().holder_id == new.pk


def test_an_indicator_that_is_not_compared_has_figures_and_no_verdicts(world: World) -> None:
    load(PLAIN | {"compared": False})
    service = world.service()
    for period in ("2024", "2025"):
        report(period, {service: {"requests": 5000}})
    assert compute() == actions.Computed("2025", "2024", 1, 0)


def test_any_two_periods_can_be_set_beside_each_other(world: World) -> None:
    load(PLAIN)
    service = world.service()
    for period, number in (("2021", 5000), ("2024", 5500), ("2025", 6000)):
        report(period, {service: {"requests": number}})
    assert compute("2025").with_period == "2024"
    assert ensure("2025", "2021").with_period == "2021"
    assert Comparison.objects.filter(period="2025").count() == 2
    assert compute("2021").with_period == ""


# ---- documents --------------------------------------------------------------------------------------------------


def test_the_document_of_indicators_holds_states_coverage_and_names(world: World) -> None:
    load(DEMAND)
    one, two = world.service("one"), world.service("two")
    report("2025", {one: {"requests/online": 5}, two: {"requests/online": "missing"}})
    compute()
    made = documents.indicators("2025")
    whole, online = made["indicators"]
    assert (made["document"], made["version"], made["period"]["code"]) == ("ietvars/indicators", 1, "2025")
    assert made["services"] == {"reported": 2, "computed": 2}
    assert (whole["value"], whole["channel"], online["channel"]) == (5, "", "online")
    assert whole["coverage"]["services_measured"] == 1
    assert whole["coverage"]["services_expected"] == 2
    assert whole["states"]["missing"] == 1
    assert made["reported"][0]["missing"] == 1
    assert json.loads(json.dumps(made)) == made


def test_the_document_of_one_service_holds_its_own_figures(world: World) -> None:
    load(DEMAND)
    report("2025", {world.service("one"): {"requests/online": 5}, world.service("two"): {"requests/online": 7}})
    compute()
    made = documents.indicators("2025", service="one")
    assert [(each["channel"], each["value"]) for each in made["figures"]] == [("", 5), ("online", 5)]
    assert documents.indicators("2025", codes=["other"])["indicators"] == []
    with pytest.raises(errors.UnknownService):
        documents.indicators("2025", service="three")


def test_the_document_of_a_comparison_can_be_narrowed(world: World) -> None:
    load(PLAIN)
    one, two = world.service("one"), world.service("two")
    report("2024", {one: {"requests": 5000}, two: {"requests": 5000}})
    report("2025", {one: {"requests": 6000}, two: {"requests": 5001}})
    compute()
    made = documents.comparison("2025", "2024")
    assert [each["service"] for each in made["series"]] == ["one", "two"]
    assert made["verdicts"]["changed"] == 1
    assert made["reasons"] == {"within_chance": 1}
    assert made["services"] == {"kept": 2, "gone": 0, "new": 0, "gone_codes": [], "new_codes": []}
    assert made["series"][0]["now"]["value"] == 6000
    only = documents.comparison("2025", "2024", verdict="changed")
    assert [each["service"] for each in only["series"]] == ["one"]
    assert queries.verdict_counts("2025", "2024") == {"changed": {"": 1}, "no_clear_change": {"within_chance": 1}}


def test_an_illustrative_edition_marks_all_that_comes_of_it(world: World) -> None:
    load(PLAIN)
    service = world.service()
    report("2024", {service: {"requests": 5000}})
    code = "illustrative"
    edition = measurements.open_edition(
        source="round", code=code, title={}, content_hash=code, is_illustrative=True, by=SYSTEM, now=NOW
    )
    facts = measured.MeasurementFacts(service.pk, world.body().pk, periods.parse("2025"), "requests", said(6000))
    measurements.record(edition=edition, measurements=[facts], by=SYSTEM, now=NOW)
    compute()
    assert documents.indicators("2025")["is_illustrative"]
    assert documents.comparison("2025", "2024")["series"][0]["is_illustrative"]
    assert not documents.indicators("2024")["is_illustrative"]


# ---- reviews ----------------------------------------------------------------------------------------------------


def review(world: World, service: Service, **said: Any) -> Review:
    plain = {"reading": "It grew.", "decision": "keep", "by": world.actor(Role.SERVICE_OWNER), "now": NOW}
    return actions.review(service=service, period="2025", with_period="2024", **{**plain, **said})


@pytest.fixture
def compared(world: World) -> Service:
    world.code_lists()
    load(PLAIN)
    service = world.service()
    report("2024", {service: {"requests": 5000}})
    report("2025", {service: {"requests": 6000}})
    compute()
    return service


def test_a_review_freezes_what_was_read(world: World, compared: Service) -> None:
    made = review(world, compared)
    frozen = made.frozen
    assert rules.fingerprint(frozen) == made.frozen_hash
    assert json.loads(frozen)["series"][0]["now"]["value"] == 6000
    assert "content_hash" in frozen
    report("2025", {compared: {"requests": 9000}})
    compute()
    assert queries.reviews(compared.pk).get().frozen == frozen
    assert queries.reviewed("2025", [compared.pk]) == {compared.pk}
    assert audit.of("service", compared.code).filter(action="indicators.review").count() == 1


def test_only_an_owner_of_the_holder_reviews(world: World, compared: Service) -> None:
    for actor in (world.visitor(), world.actor(Role.OVERSEER), SYSTEM):
        with pytest.raises(errors.ReviewNotYours):
            review(world, compared, by=actor)
    assert not Review.objects.exists()


def test_a_review_of_nothing_is_refused(world: World, compared: Service) -> None:
    with pytest.raises(errors.NothingToReview):
        review(world, world.service("unmeasured-since", holder="agency"))
    with pytest.raises(errors.UnknownDecision):
        review(world, compared, decision="wait")
    with pytest.raises(errors.ReadingNeeded):
        review(world, compared, reading=" ")
