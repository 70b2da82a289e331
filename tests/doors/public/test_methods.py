"""Anybody can read how the figures of the state are computed, and nothing that is counted stays unexplained."""

from __future__ import annotations

import pytest
from django.test import Client

from ietvars.doors.furniture import methods
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.terms import queries as terms
from ietvars.institution.deliveries.rules import TYPES
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.indicators import queries
from ietvars.institution.tallies import rules
from ietvars.institution.tallies.rules import Group, Sums
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(world: World, client: Client) -> str:
    world.code_lists()
    indicators.load_national(by=SYSTEM, now=NOW)
    return client.get("/en/par/raditaji/").content.decode()


def test_every_critical_indicator_is_explained_with_what_it_is_made_of(page: str) -> None:
    for each in queries.shipped().indicators:
        assert f'id="{each.code}"' in page
    assert "cases closed within the promised term" in page.lower()
    assert "of these, cases with the result by the promised moment" in page
    assert "version 1 from 1 Jan 2010; version 2 from 1 Jan 2025" in page.replace("\xa0", " ")


def test_what_events_cannot_tell_is_said_to_be_reported(page: str) -> None:
    about = page.partition('id="availability"')[2].partition("</section>")[0]
    assert "not counted from events: it is reported" in about
    mixed = page.partition('id="first-contact"')[2].partition("</section>")[0]
    assert "reported: " in mixed


def test_indicators_of_events_say_that_others_are_left_out(page: str) -> None:
    about = page.partition('id="drop-off"')[2].partition("</section>")[0]
    assert "services that send no events" in about
    assert "stage" in about


def test_every_quantity_that_is_counted_is_explained_and_the_other_way_round() -> None:
    ever: Sums = Sums()
    for group in (Group.OPENED, Group.ENDED):
        fixed = ("cases", "delivered", "on_time_base", "on_time_n", "wait_n", "processing_n", "cost_n", "rating_n")
        for column in (*fixed, *rules.COUNTED.values()):
            ever[group, column] = 9
    for key in ((Group.RECEIPTS, "online"), (Group.LEADS, 3), (Group.PROCESSING, 9), (Group.WAITS, 9),
                (Group.LEFT, "request"), (Group.REACHED, "request"), (Group.RUNS, "started")):  # fmt: skip
        ever[key] = 9
    told = {tally.quantity for tally in rules.tallies(ever, ever, backlog=1)}
    assert told == set(methods.EVENTS)
    (listed,) = [one for one in terms.shipped() if one.code == "quantities"]
    assert told <= {term.code for term in listed.terms}


def test_types_of_events_are_those_that_can_be_sent() -> None:
    assert {each for one in methods.EVENTS.values() for each in one.types} <= set(TYPES)


def test_the_page_speaks_latvian_first(world: World, client: Client) -> None:
    world.code_lists()
    indicators.load_national(by=SYSTEM, now=NOW)
    text = client.get("/par/raditaji/").content.decode()
    assert "Kā aprēķina rādītājus" in text
    assert "gadījumu ieskaita mēnesī, kurā tas beidzās" in text
    assert "a case counts in" not in text
