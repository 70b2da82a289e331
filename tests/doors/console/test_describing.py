"""The command `check descriptions`, and what `tick` does with drafts and reviews."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core import mail
from django.utils import timezone

from ietvars.doors.console.main import cli
from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.canvases import queries as known_canvases
from ietvars.institution.revisions import actions as drafts
from ietvars.institution.revisions import queries as known_drafts
from ietvars.institution.revisions.models import Revision
from ietvars.institution.services import queries as services
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is prepared already, and figures are another command's."""
    monkeypatch.setattr("ietvars.doors.console.serving.prepare", lambda: None)
    monkeypatch.setattr("ietvars.doors.console.serving.compute", lambda: None)


def run(*words: str) -> Result:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    return result


def scheduled(world: World, on: date) -> Revision:
    """An approved draft that says a new amount and is to be read from a day."""
    writer = world.actor(Role.SERVICE_OWNER, username="anna")
    approver = world.actor(Role.LIST_APPROVER, username="juris")
    draft = drafts.start(service=world.service("benefit"), by=writer, now=NOW)
    draft = drafts.save(revision=draft, changes={"receives": texts("77 €")}, edition=draft.edition, by=writer, now=NOW)
    draft = drafts.submit(revision=draft, by=writer, now=NOW)
    draft = drafts.approve(revision=draft, by=approver, now=NOW)
    return drafts.schedule(revision=draft, valid_from=max(on, NOW.date()), by=approver, now=NOW)


def test_descriptions_are_checked_by_the_rules_of_the_gate(world: World) -> None:
    canvases.load_shipped(by=SYSTEM, now=NOW)
    service = world.service("benefit")
    service.canvas_version = known_canvases.current("benefit")
    service.save()
    world.service("foreign", holder="elsewhere")
    found: Any = json.loads(run("check", "descriptions", "--json").stdout)
    of_one = {gap["requirement"] for gap in found["gaps"] if gap["service"] == "benefit"}
    assert of_one == {gap.code for gap in services.gaps(service, timezone.localdate())}
    assert (found["services"], found["blocked"]) == (2, 1)
    narrowed: Any = json.loads(run("check", "descriptions", "--body", "elsewhere", "--json").stdout)
    assert narrowed["services"] == 1


def test_tick_publishes_what_is_scheduled_for_today_and_leaves_the_rest(world: World) -> None:
    due = scheduled(world, timezone.localdate())
    Revision.objects.filter(pk=due.pk).update(valid_from=timezone.localdate())
    run("tick")
    service = services.by_code("benefit")
    assert service is not None
    assert service.receives["lv"] == "77 €"
    assert known_drafts.open_of(service) is None


def test_tick_leaves_what_is_scheduled_for_later(world: World) -> None:
    later = scheduled(world, timezone.localdate())
    Revision.objects.filter(pk=later.pk).update(valid_from=timezone.localdate() + timedelta(days=1))
    run("tick")
    service = services.by_code("benefit")
    assert service is not None
    assert service.receives.get("lv") != "77 €"
    assert known_drafts.open_of(service) is not None


def test_tick_reminds_of_a_review_once(world: World, settings: Any) -> None:
    settings.MAIL_GOES_OUT = True
    person = world.person(Role.SERVICE_OWNER)
    Person.objects.filter(pk=person.pk).update(email="owner@agency.example")
    world.service("benefit", title="Vecais pabalsts", reviewed_on=date(2020, 1, 1))
    run("tick")
    run("tick")
    (letter,) = [one for one in mail.outbox if "Vecais pabalsts" in f"{one.subject} {one.body}"]
    assert letter.to == ["owner@agency.example"]
