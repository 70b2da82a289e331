"""Letters of `tick` about rounds: to whom, what they say, and that each goes out once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core import mail

from ietvars.doors.console import reminding
from ietvars.doors.furniture import today
from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.rounds import actions
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.MAIL_GOES_OUT = True
    monkeypatch.setattr(today, "today", lambda: date(2026, 11, 20))
    indicators.load_national(by=SYSTEM, now=NOW)
    world.body("agency", below="ministry")
    world.service("benefit", holder="agency")
    actions.open_round(
        period="2026-Q3",
        due=date(2026, 12, 4),
        indicators=["on-time"],
        title=texts("3. ceturksnis"),
        by=SYSTEM,
        now=NOW,
    )
    return world


def lives_at(world: World, role: Role, body: str, address: str) -> None:
    person = world.person(role, body)
    Person.objects.filter(pk=person.pk).update(email=address)


def test_the_owners_of_the_institution_get_one_letter_in_both_languages(asked: World) -> None:
    lives_at(asked, Role.SERVICE_OWNER, "agency", "owner@agency.example")
    lives_at(asked, Role.LIST_APPROVER, "agency", "approver@agency.example")
    reminding.remind()
    reminding.remind()
    (letter,) = mail.outbox
    assert letter.to == ["owner@agency.example"]
    assert "3. ceturksnis" in letter.subject
    assert "Līdz termiņam ir divas nedēļas." in letter.body
    assert "Termiņš: 04.12.2026." in letter.body
    assert "Two weeks are left." in letter.body


def test_where_the_institution_has_no_address_the_nearest_one_above_is_told(asked: World) -> None:
    asked.person(Role.SERVICE_OWNER, "agency")
    lives_at(asked, Role.SERVICE_OWNER, "ministry", "owner@ministry.example")
    reminding.remind()
    assert [letter.to for letter in mail.outbox] == [["owner@ministry.example"]]


def test_without_mail_nothing_is_sent_and_nothing_counts_as_sent(asked: World, settings: Any) -> None:
    lives_at(asked, Role.SERVICE_OWNER, "agency", "owner@agency.example")
    settings.MAIL_GOES_OUT = False
    reminding.remind()
    assert mail.outbox == []
    settings.MAIL_GOES_OUT = True
    reminding.remind()
    assert len(mail.outbox) == 1
