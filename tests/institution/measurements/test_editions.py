"""Editions are opened once, hold what was said, and stand beside each other; the newest word is read first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.periods import rules as periods
from ietvars.institution.measurements import actions, errors, queries, rules
from ietvars.institution.measurements.models import Edition
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

YEAR = periods.parse("2024")


def opened(code: str, *, content: str = "", days: int = 0, source: str = "register") -> Edition:
    return actions.open_edition(
        source=source,
        code=code,
        title={"en": code},
        content_hash=content or code,
        by=SYSTEM,
        now=NOW + timedelta(days=days),
    )


def figure(
    service: int, holder: int, number: int | None, *, channel: str = "online", state: str = "missing"
) -> rules.MeasurementFacts:
    said = rules.Said(state) if number is None else rules.Said("measured", Decimal(number))
    return rules.MeasurementFacts(service, holder, YEAR, "requests", said, channel=channel)


def record(
    edition: Edition, *facts: rules.MeasurementFacts, fields: Iterable[rules.ReportedFacts] = ()
) -> actions.Recorded:
    return actions.record(edition=edition, measurements=facts, reported=fields, by=SYSTEM, now=NOW)


@pytest.fixture
def service(world: World) -> tuple[int, int]:
    """Ids of a service and its holder."""
    made = world.service("benefit", holder="agency")
    return made.pk, world.body("agency").pk


def test_the_same_content_under_the_same_name_is_kept_already() -> None:
    opened("2024", content="a")
    with pytest.raises(errors.EditionKept, match="nothing changed"):
        opened("2024", content="a")


def test_other_content_under_the_same_name_is_refused() -> None:
    opened("2024", content="a")
    with pytest.raises(errors.EditionExists, match="“2024” of register"):
        opened("2024", content="b")
    assert opened("2024", content="b", source="other").source == "other"


def test_a_figure_said_twice_in_one_edition_is_forbidden_by_the_database(service: tuple[int, int]) -> None:
    edition = opened("2024")
    with pytest.raises(IntegrityError):
        record(edition, figure(*service, 1), figure(*service, 2))


def test_nothing_of_a_record_stays_when_a_part_of_it_fails(service: tuple[int, int]) -> None:
    edition = opened("2024")
    with pytest.raises(KeyError):
        actions.record(
            edition=edition,
            measurements=[figure(*service, 1)],
            results=[rules.ResultFacts(service[0], "unknown", YEAR)],
            by=SYSTEM,
            now=NOW,
        )
    assert queries.current("2024") == []


def test_somebody_who_does_not_reach_the_holder_may_not_report(world: World, service: tuple[int, int]) -> None:
    world.body("other")
    stranger = world.actor(Role.SERVICE_OWNER, "other")
    with pytest.raises(errors.NotForYou):
        actions.record(edition=opened("2024"), measurements=[figure(*service, 1)], by=stranger, now=NOW)


def test_numbers_are_kept_with_six_decimals_and_unreadable_texts_with_their_text(service: tuple[int, int]) -> None:
    said = rules.Said("measured", Decimal(2) / 3)
    unread = rules.Said("unreadable", None, "a few" * 200)
    facts = [
        rules.MeasurementFacts(
            *service, YEAR, "share", said, n=3, spread=Decimal("0.5"), spread_kind="sd", scale="0-1"
        ),
        rules.MeasurementFacts(*service, YEAR, "requests", unread),
    ]
    record(opened("2024"), *facts)
    found = {row.quantity: row for row in queries.current("2024")}
    share = found["share"]
    assert (share.value, share.n, share.spread, share.scale) == (Decimal("0.666667"), 3, Decimal("0.5"), "0-1")
    assert found["requests"].raw == ("a few" * 200)[:400]


def test_figures_of_an_illustrative_edition_are_illustrative(service: tuple[int, int]) -> None:
    edition = actions.open_edition(
        source="s", code="c", title={}, content_hash="h", is_illustrative=True, by=SYSTEM, now=NOW
    )
    record(edition, figure(*service, 1))
    assert [row.is_illustrative for row in queries.current("2024")] == [True]


# ---- what counts -------------------------------------------------------------------------------------------------


def test_cell_by_cell_the_newest_edition_that_has_the_cell_counts(service: tuple[int, int]) -> None:
    record(opened("first"), figure(*service, None), figure(*service, 5, channel="post"))
    record(opened("later", days=1), figure(*service, 0))
    found = {row.channel: row for row in queries.current("2024")}
    online, post = found["online"], found["post"]
    assert (online.state, online.value) == ("measured", 0)
    assert online.before is not None
    assert (online.before.state, online.before.value) == ("missing", None)
    assert (post.value, post.before) == (5, None)


def test_an_edition_that_did_not_ask_does_not_silence_an_earlier_one(service: tuple[int, int]) -> None:
    record(opened("first"), figure(*service, 5))
    record(opened("later", days=1), figure(*service, None, state="not_asked"))
    (row,) = queries.current("2024")
    assert (row.value, row.before) == (5, None)


def test_a_word_that_was_taken_back_leaves_no_trace_of_restatement_only_when_it_is_the_same(
    service: tuple[int, int],
) -> None:
    record(opened("first"), figure(*service, 5))
    record(opened("same", days=1), figure(*service, 5))
    assert queries.current("2024")[0].before is None
    record(opened("other", days=2), figure(*service, 6))
    record(opened("again", days=3), figure(*service, 6))
    (row,) = queries.current("2024")
    assert row.before is not None
    assert (row.value, row.before.value) == (6, 5)


def test_an_edition_can_be_left_out_as_if_it_had_not_come(service: tuple[int, int]) -> None:
    record(opened("first"), figure(*service, 5))
    later = opened("later", days=1)
    record(later, figure(*service, 6))
    assert [row.value for row in queries.current("2024", but_edition=later.pk)] == [5]


def test_described_fields_are_taken_one_by_one_from_the_newest_edition(service: tuple[int, int]) -> None:
    def fields(**told: str) -> rules.ReportedFacts:
        return rules.ReportedFacts(
            *service, YEAR, {name: {"state": "measured", "value": text} for name, text in told.items()}
        )

    record(opened("first"), fields=[fields(scope="A", fee="Y")])
    record(opened("later", days=1), fields=[fields(fee="N")])
    row = queries.listed("2024")[service[0]]
    assert {name: each["value"] for name, each in row.fields.items()} == {"scope": "A", "fee": "N"}
    assert len(row.editions) == 2


def test_editions_of_a_period_are_those_that_say_something_of_it(service: tuple[int, int]) -> None:
    first = opened("first")
    record(first, figure(*service, 5))
    opened("empty", days=1)
    assert list(queries.editions("2024")) == [first]
    assert list(queries.editions("2023")) == []
    assert queries.periods() == [("2024", YEAR.start)]


# ---- standards ---------------------------------------------------------------------------------------------------


def promised(edition: Edition, service: int, words: str, period: str, met: int) -> None:
    said = rules.Said("measured", Decimal(met))
    actions.record(
        edition=edition,
        standards=[rules.StandardFacts(service, "S", {"en": words}, "timeliness")],
        results=[rules.ResultFacts(service, "S", periods.parse(period), met=said, total=said)],
        by=SYSTEM,
        now=NOW,
    )


def test_the_newest_words_of_a_promise_stay_whichever_edition_comes_last(service: tuple[int, int]) -> None:
    promised(opened("2024"), service[0], "within a day", "2024", 1)
    promised(opened("2025", days=1), service[0], "within an hour", "2025", 2)
    promised(opened("2023", days=2), service[0], "within a week", "2023", 3)
    assert list(queries.standards_of("register")) == ["S"]
    from ietvars.institution.measurements.models import Standard

    assert Standard.objects.get().promise == {"en": "within an hour"}
    assert [row.met for row in queries.results("2023")] == [3]


def test_the_newest_result_of_a_standard_counts(service: tuple[int, int]) -> None:
    promised(opened("first"), service[0], "within a day", "2024", 1)
    promised(opened("later", days=1), service[0], "within a day", "2024", 2)
    assert [(row.standard, row.met) for row in queries.results("2024")] == [("S", 2)]
