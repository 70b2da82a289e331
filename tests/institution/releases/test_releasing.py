"""A release from the lake to its files: frozen, made again byte by byte, approved by another, never beside another."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.lake import actions as lake
from ietvars.ground.lake import queries as manifest
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.periods.rules import parse
from ietvars.institution.releases import actions, errors, frozen, laying, queries, rules, tables
from ietvars.institution.releases.models import Release
from tests.institution.tallies.laid import Case, lay
from tests.world import NOW

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.usefixtures("lake")

PERIOD = "2026-Q1"


@pytest.fixture
def delivered(world: World) -> World:
    """Eight services of two holders, some of many cases, some of few; one that nobody sends anything of."""
    first = world.service("silent", holder="agency")
    assert first.pk
    cases = []
    for number in range(8):
        holder = ("agency", "centre")[number % 2]
        one = world.service(f"benefit-{number}", holder=holder)
        per_month = (32, 22, 14, 4)[number % 4]
        cases += [
            Case(
                service=one.pk,
                opened=date(2026, month, 1) + timedelta(days=at % 9),
                lead=3 + at % 7,
                channel=("online", "in-person", "phone")[at % (3 if per_month > 20 else 2)],
                due=6,
                rating=70 if at % 3 else None,
            )
            for month in (1, 2, 3)
            for at in range(per_month)
        ]
    lay(cases)
    return world


def make(**said: object) -> Release:
    return actions.make(**{"period": PERIOD, "by": SYSTEM, "now": NOW, **said})  # type: ignore[arg-type]


def rows_of(release: Release) -> list[dict[str, str]]:
    path = queries.file(release, "figures.csv")
    assert path is not None
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_release_shows_sums_and_says_of_each_figure_what_it_is(delivered: World) -> None:
    made = make()
    found = rows_of(made)
    assert {row["state"] for row in found} == {"measured", "suppressed", "missing"}
    assert all((row["value"] != "") is (row["state"] == "measured") for row in found)
    state = [row for row in found if row["level"] == "state" and row["measure"] == "begun" and not row["month"]]
    assert [row["value"] for row in state] == [str(3 * 2 * (32 + 22 + 14 + 4))]
    silent = [row for row in found if row["service"] == "silent"]
    assert silent
    assert {row["state"] for row in silent} == {"missing"}
    assert made.sums["begun"]["suppressed"] > 0


def test_no_small_count_stands_in_any_file(delivered: World) -> None:
    made = make()
    counts = [row for row in rows_of(made) if row["measure"] in ("begun", "delivered", "judged", "rated")]
    assert not [row for row in counts if row["value"] and 0 < int(row["value"]) < rules.K]
    assert queries.file(made, laying.INPUT) is None


def test_the_files_say_the_same(delivered: World) -> None:
    made = make()
    path = queries.file(made, "figures.parquet")
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT count(*), count(value) FROM '{path}'").fetchone()
    told = rows_of(made)
    assert found == (len(told), sum(1 for row in told if row["value"]))
    turtle = queries.file(made, "figures.ttl")
    assert turtle is not None
    import pyoxigraph

    quads = list(pyoxigraph.parse(path=str(turtle), format=pyoxigraph.RdfFormat.TURTLE))
    whole = [row for row in told if row["service"] and not row["month"] and not row["part"]]
    measured = [quad for quad in quads if str(quad.object).endswith("#QualityMeasurement>")]
    assert len(measured) == len(whole)


def test_a_release_made_again_is_the_same_byte_by_byte(delivered: World) -> None:
    made = make()
    before = {name: (laying.folder(made.code) / name).read_bytes() for name in laying.MADE}
    assert actions.verify(release=made, by=SYSTEM, now=NOW).is_whole
    lay([Case(service=1, opened=date(2026, 1, 5))], watermark=2)  # whatever came in since
    again = laying.manifest(laying.read(made.code), code="again", made_at="", parameters=made.manifest["parameters"])
    assert again["files"] == made.manifest["files"]
    assert {name: (laying.folder("again") / name).read_bytes() for name in laying.MADE} == before


def test_the_lake_keeps_the_files_of_a_release(delivered: World) -> None:
    made = make()
    assert not manifest.faults(deep=True)
    lake.sweep(by=SYSTEM, now=NOW + timedelta(days=900), at_once=True)
    assert all(queries.file(made, name) for name in laying.PUBLIC)
    (laying.folder(made.code) / "figures.ttl").write_text("")
    assert [fault.path for fault in manifest.faults()] == [f"releases/{made.code}/figures.ttl"]


def test_the_frozen_input_reads_back_as_it_was_written(delivered: World) -> None:
    one = queries.gathered(parse(PERIOD))
    assert frozen.read(frozen.written(one)) == one


def test_a_changed_file_is_named(delivered: World) -> None:
    made = make()
    path = laying.folder(made.code) / "figures.csv"
    path.write_text(path.read_text().replace("suppressed", "measured", 1))
    found = actions.verify(release=made, by=SYSTEM, now=NOW)
    assert found.changed == ("figures.csv",)
    assert not found.is_whole


def test_two_releases_never_share_a_month_in_different_spans(delivered: World) -> None:
    make()
    for period in ("2026-02", "2025-Q4", "2026-Q1"):
        refusal = {"2026-02": errors.PeriodsOverlap, "2026-Q1": errors.AlreadyReleased}.get(period)
        if refusal is None:
            with pytest.raises(errors.NothingToRelease):
                make(period=period)
            continue
        with pytest.raises(refusal):
            make(period=period)


def test_a_second_release_of_a_period_has_the_counts_of_the_first(delivered: World) -> None:
    first = make()
    overseer = delivered.actor(Role.OVERSEER, "cabinet", username="anna")
    actions.approve(release=first, by=overseer, now=NOW)
    lay([Case(service=1, opened=date(2026, 1, 5))], watermark=2)
    with pytest.raises(errors.NoReason):
        make(derived_from=first.code)
    second = make(derived_from=first.code, why="Vārdnīcā bija kļūda.", k=5)
    assert rows_of(second) == rows_of(first)
    actions.approve(release=second, by=overseer, now=NOW)
    first.refresh_from_db()
    assert first.state == rules.State.SUPERSEDED
    assert "Vārdnīcā bija kļūda." in [step.why for step in first.steps.all()][-1]
    assert [one.code for one in queries.public()] == [second.code, first.code]


def test_whoever_made_a_release_does_not_publish_it(delivered: World) -> None:
    maker = delivered.actor(Role.OVERSEER, "cabinet", username="anna")
    made = make(by=maker)
    with pytest.raises(errors.OwnRelease):
        actions.approve(release=made, by=maker, now=NOW)
    with pytest.raises(errors.NotAnOverseer):
        actions.approve(release=made, by=SYSTEM, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=made.pk).update(approver="anna")
    actions.approve(release=made, by=delivered.actor(Role.OVERSEER, "cabinet", username="juris"), now=NOW)
    assert queries.newest() == made


def test_only_overseers_release_and_only_what_is_over(delivered: World) -> None:
    with pytest.raises(errors.NotAnOverseer):
        make(by=delivered.actor(Role.SERVICE_OWNER, "agency"))
    with pytest.raises(errors.PeriodNotOver):
        make(period=str(NOW.year))
    with pytest.raises(errors.TooSmallThreshold):
        make(k=3)


def test_a_dropped_draft_was_never_seen_and_leaves_its_months_free(delivered: World) -> None:
    made = make()
    with pytest.raises(errors.NoReason):
        actions.drop(release=made, why=" ", by=SYSTEM, now=NOW)
    actions.drop(release=made, why="Trūkst marta", by=SYSTEM, now=NOW)
    with pytest.raises(errors.WrongReleaseState):
        actions.drop(release=made, why="Vēlreiz", by=SYSTEM, now=NOW)
    assert not queries.public()
    assert make().code == "2026-q1-v2"


def test_the_table_of_states_is_complete() -> None:
    assert set(rules.NEXT) == set(rules.State)
    assert {str(state) for state in rules.State} == {str(one) for one in Release.State.values}


def test_every_measure_and_column_is_in_the_dictionary(delivered: World) -> None:
    from ietvars.institution.releases import dictionary

    made = make()
    assert {row["measure"] for row in rows_of(made)} <= set(dictionary.of("measure"))
    assert set(tables.Row._fields) == set(dictionary.of("column"))
    assert {str(state) for state in tables.State} == set(dictionary.of("state"))
    assert all(entry.name.keys() == entry.about.keys() == {"lv", "en"} for entry in dictionary.ENTRIES)
