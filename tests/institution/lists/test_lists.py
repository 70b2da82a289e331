"""A list is approved by another person than its author, by document; then it is set beside the catalogue."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ietvars.ground.people.rules import Role, may
from ietvars.institution.lists import actions, errors, queries, rules
from ietvars.institution.lists.models import ServiceList
from ietvars.institution.lists.rules import Difference, Line
from tests.world import NOW, World, texts

DOCUMENT: Any = {"document_number": "1-2/26/14", "document_date": date(2026, 2, 10)}


@pytest.fixture
def draft(world: World) -> ServiceList:
    owner = world.actor(Role.SERVICE_OWNER)
    service = world.service("benefit")
    return actions.draft(
        body=world.body("agency"),
        year=2026,
        title=texts("Pakalpojumu saraksts"),
        entries=[actions.Entry(service), actions.Entry(title=texts("Vēl neaprakstīts"))],
        by=owner,
        now=NOW,
    )


def test_the_whole_way_of_a_list(world: World, draft: ServiceList) -> None:
    owner, approver = world.actor(Role.SERVICE_OWNER), world.actor(Role.LIST_APPROVER)
    actions.submit(service_list=draft, by=owner, now=NOW)
    actions.approve(service_list=draft, **DOCUMENT, by=approver, now=NOW)
    actions.publish(service_list=draft, by=owner, now=NOW)
    assert [row.state for row in draft.state_rows.all()] == ["draft", "submitted", "approved", "published"]
    assert [one.pk for one in queries.latest_published()] == [draft.pk]


def test_an_author_cannot_approve_his_own_list_even_as_approver(world: World, draft: ServiceList) -> None:
    owner = world.actor(Role.SERVICE_OWNER)
    actions.submit(service_list=draft, by=owner, now=NOW)
    same_person = world.actor(Role.LIST_APPROVER, username=owner.username)
    with pytest.raises(errors.OwnWork, match="cannot approve your own work"):
        actions.approve(service_list=draft, **DOCUMENT, by=same_person, now=NOW)
    assert not may(rules.require_approver, same_person, draft.body_id, draft.author)


def test_the_database_forbids_an_author_who_approves(draft: ServiceList) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceList.objects.filter(pk=draft.pk).update(approver=draft.author)


def test_the_database_forbids_an_approved_list_without_document(draft: ServiceList) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceList.objects.filter(pk=draft.pk).update(state="approved", approver="somebody")


def test_an_approval_without_document_is_refused(world: World, draft: ServiceList) -> None:
    actions.submit(service_list=draft, by=world.actor(Role.SERVICE_OWNER), now=NOW)
    with pytest.raises(errors.NoDocument):
        actions.approve(
            service_list=draft, document_number=" ", document_date=None, by=world.actor(Role.LIST_APPROVER), now=NOW
        )


def test_people_of_another_institution_are_refused(world: World, draft: ServiceList) -> None:
    with pytest.raises(errors.NotYourList):
        actions.submit(service_list=draft, by=world.visitor(), now=NOW)
    with pytest.raises(errors.NotAnAuthor):
        actions.submit(service_list=draft, by=world.actor(Role.CLERK), now=NOW)


def test_an_empty_list_cannot_be_submitted(world: World) -> None:
    owner = world.actor(Role.SERVICE_OWNER)
    empty = actions.draft(body=world.body("agency"), year=2027, title=texts("Tukšs"), entries=[], by=owner, now=NOW)
    with pytest.raises(errors.EmptyList):
        actions.submit(service_list=empty, by=owner, now=NOW)


def test_a_list_that_was_rewritten_has_a_new_author(world: World, draft: ServiceList) -> None:
    other = world.actor(Role.SERVICE_OWNER, username="second-owner")
    actions.rewrite(service_list=draft, title=draft.title, entries=[actions.Entry(title=texts("X"))], by=other, now=NOW)
    assert draft.author == "second-owner"
    assert draft.entries.count() == 1


def test_reopening_takes_the_approval_away_and_keeps_it_on_record(world: World, draft: ServiceList) -> None:
    owner, approver = world.actor(Role.SERVICE_OWNER), world.actor(Role.LIST_APPROVER)
    actions.submit(service_list=draft, by=owner, now=NOW)
    actions.approve(service_list=draft, **DOCUMENT, by=approver, now=NOW)
    actions.reopen(service_list=draft, why="jauns pakalpojums", by=owner, now=NOW)
    assert (draft.state, draft.approver, draft.document_number) == ("draft", "", "")
    assert [row.username for row in draft.state_rows.filter(state="approved")] == [approver.username]


def test_the_table_of_states_is_complete() -> None:
    assert set(rules.NEXT) == set(rules.State)


@pytest.mark.parametrize("current", rules.State)
@pytest.mark.parametrize("wanted", rules.State)
def test_every_change_outside_the_table_is_refused(current: rules.State, wanted: rules.State) -> None:
    assert may(rules.require_step, current.value, wanted) is (wanted in rules.NEXT[current])


TODAY = date(2026, 11, 23)
FRESH, OLD = date(2026, 5, 1), date(2025, 11, 22)


def test_reconciling_names_each_kind_of_disagreement() -> None:
    on_list = [
        Line("good", "Labs", "published", FRESH),
        Line("", "Neaprakstīts"),
        Line("draft", "Melnraksts", "draft"),
        Line("old", "Vecs", "published", OLD),
        Line("gone", "Izbeigts", "retired", FRESH),
    ]
    catalogue = [
        Line("good", "Labs", "published", FRESH),
        Line("old", "Vecs", "published", OLD),
        Line("extra", "Lieks", "published", FRESH),
    ]
    found = {(row.kind, row.code or row.title) for row in rules.reconcile(on_list, catalogue, TODAY)}
    assert found == {
        (Difference.ON_LIST_NOT_DESCRIBED, "Neaprakstīts"),
        (Difference.ON_LIST_NOT_DESCRIBED, "draft"),
        (Difference.DESCRIBED_NOT_ON_LIST, "extra"),
        (Difference.STALE, "old"),
        (Difference.STALE, "gone"),
    }


def test_a_description_of_exactly_a_year_ago_is_not_stale() -> None:
    assert not rules.is_stale(date(2025, 11, 23), TODAY)
    assert rules.is_stale(date(2025, 11, 22), TODAY)
    assert rules.is_stale(None, TODAY)


def test_the_report_reads_list_and_catalogue_from_the_tables(world: World, draft: ServiceList) -> None:
    world.service("extra")
    found = {(row.kind, row.title) for row in queries.reconcile(draft, TODAY)}
    assert found == {
        (Difference.ON_LIST_NOT_DESCRIBED, "Vēl neaprakstīts"),
        (Difference.DESCRIBED_NOT_ON_LIST, "Extra"),
    }
