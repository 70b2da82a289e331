"""Services that inventories name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.words import queries as words
from ietvars.institution.services import errors, inventories, queries
from ietvars.institution.services.models import Service, Tenure
from ietvars.institution.services.rules import Inventoried
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db

YEAR = date(2018, 4, 1)


def _import(
    world: World, *rows: tuple[str, str, str], since: date = YEAR, until: date | None = None, **facts: Any
) -> inventories.Import:
    return inventories.import_services(
        scheme="register",
        rows=[
            Inventoried(
                value=number,
                title=texts(title),
                holder_id=world.body(holder).pk,
                since=since,
                until=until,
                facts=facts,
            )
            for number, title, holder in rows
        ],
        by=SYSTEM,
        now=NOW,
    )


def test_an_inventory_brings_published_services_that_are_found(world: World) -> None:
    made = _import(world, ("1", "Zvejas atļauja", "fisheries"), ("2", "Medību atļauja", "forests"))

    assert made.new == ("1", "2")
    assert queries.by_identifier("register") == made.ids
    assert sorted(service.code for service in queries.published()) == ["register-1", "register-2"]
    assert [hit.key for hit in words.search("zveja", "lv")] == ["register-1"]
    assert Service.objects.get(code="register-1").history.count() == 1


def test_bringing_it_again_changes_nothing(world: World) -> None:
    first = _import(world, ("1", "Zvejas atļauja", "fisheries"))
    entries = audit.latest().count()
    again = _import(world, ("1", "Zvejas atļauja", "fisheries"))

    assert (again.ids, again.new, again.changed, again.handed_over) == (first.ids, (), (), ())
    assert Service.objects.get().history.count() == 1
    assert audit.latest().count() == entries


def test_what_it_says_differently_is_taken_over_and_the_rest_stays(world: World) -> None:
    _import(world, ("1", "Zvejas atļauja", "fisheries"), ("2", "Medību atļauja", "forests"), area="environment")
    report = _import(world, ("1", "Makšķerēšanas karte", "fisheries"), ("2", "Medību atļauja", "forests"))

    service = Service.objects.get(code="register-1")
    assert report.changed == ("1",)
    assert (service.title["lv"], service.area) == ("Makšķerēšanas karte", "environment")
    assert [hit.key for hit in words.search("makšķerēšana", "lv")] == ["register-1"]
    assert service.history.count() == 2


def test_a_new_holder_holds_from_the_day_the_inventory_says(world: World) -> None:
    _import(world, ("1", "Zvejas atļauja", "fisheries"))
    report = _import(world, ("1", "Zvejas atļauja", "forests"), since=date(2019, 4, 1))

    service = Service.objects.get()
    assert report.handed_over == ("1",)
    assert queries.holder_on(service, date(2019, 3, 31)) == world.body("fisheries")
    assert world.again(service).holder_code == "forests"


def test_an_older_edition_brought_later_does_not_change_todays_holder(world: World) -> None:
    _import(world, ("1", "Zvejas atļauja", "forests"), since=date(2019, 4, 1))
    _import(world, ("1", "Zvejas atļauja", "fisheries"), since=YEAR, until=date(2019, 3, 31))

    service = Service.objects.get()
    assert queries.holder_on(service, YEAR) == world.body("fisheries")
    assert world.again(service).holder_code == "forests"


def test_two_inventories_do_not_share_numbers(world: World) -> None:
    row = Inventoried(value="1", title=texts("Cits"), holder_id=world.body("x").pk, since=YEAR)
    _import(world, ("1", "Zvejas atļauja", "fisheries"))
    inventories.import_services(scheme="other", rows=[row], by=SYSTEM, now=NOW)
    assert queries.by_identifier("register") != queries.by_identifier("other")


def test_an_owner_brings_only_services_of_his_own_body(world: World) -> None:
    owner = world.actor(Role.SERVICE_OWNER, "fisheries")
    rows = [Inventoried(value="1", title=texts("A"), holder_id=world.body("forests").pk, since=YEAR)]
    with pytest.raises(errors.NotYours):
        inventories.import_services(scheme="register", rows=rows, by=owner, now=NOW)
    assert not Service.objects.exists()


def test_hundreds_of_services_take_few_questions(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    holder = world.body()
    rows = [
        Inventoried(value=str(number), title=texts(f"Pakalpojums {number}"), holder_id=holder.pk, since=YEAR)
        for number in range(450)
    ]
    with django_assert_max_num_queries(90):
        inventories.import_services(scheme="register", rows=rows, by=SYSTEM, now=NOW)
    assert Tenure.objects.count() == 450
