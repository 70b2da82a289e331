"""The pages of events at the holder's workplace: senders with a secret shown once, refused events mended in place."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.deliveries import actions, queries, rules
from tests.doors.town import service_of
from tests.world import NOW

if TYPE_CHECKING:
    from tests.doors.town import Town

pytestmark = pytest.mark.django_db

PAGE = "/darbvieta/notikumi/"


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.PERSON_KEYS = tmp_path / "person-keys.json"


@pytest.fixture
def owner(town: Town) -> Client:
    """An owner of the body `own`."""
    client = Client()
    client.force_login(town.people[Role.SERVICE_OWNER.value], backend="django.contrib.auth.backends.ModelBackend")
    return client


def make(owner: Client, **said: str) -> Any:
    form = {"ko": "make", "title": "Lietvedība", "code": "lietvediba", "body": "own", "services": "", **said}
    return owner.post(f"{PAGE}sutitajs/", form)


def test_a_sender_is_made_and_its_secret_is_shown_this_once(owner: Client) -> None:
    answer = make(owner)
    secret = answer.context["secret"]
    assert queries.sender_by_secret("lietvediba", secret).code == "lietvediba"
    assert secret in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert secret not in owner.get(PAGE).content.decode()


def test_a_new_secret_ends_the_old_one_and_a_revoked_sender_is_shown_as_such(owner: Client) -> None:
    first = make(owner).context["secret"]
    second = owner.post(f"{PAGE}sutitajs/", {"ko": "renew", "sutitajs": "lietvediba"}).context["secret"]
    assert first != second
    assert queries.sender_by_secret("lietvediba", second).code == "lietvediba"
    owner.post(f"{PAGE}sutitajs/", {"ko": "revoke", "sutitajs": "lietvediba"})
    assert "atsaukts" in owner.get(PAGE).content.decode()


def test_a_sender_narrowed_to_a_service_that_is_none_is_not_made_for_all(owner: Client) -> None:
    answer = make(owner, services="no-such-service")
    assert answer.status_code == 400
    assert queries.sender("lietvediba") is None
    assert make(owner, services=service_of("own")).status_code == 200
    made = queries.sender("lietvediba")
    assert made is not None
    assert made.is_narrowed


def test_a_sender_of_another_body_cannot_be_made_or_touched(town: Town, owner: Client) -> None:
    assert make(owner, body="foreign").status_code == 400
    answer = owner.post(f"{PAGE}sutitajs/", {"ko": "renew", "sutitajs": "sender-foreign"})
    assert answer.status_code == 403
    assert "secret" not in (answer.context or {})


def refused(town: Town) -> Any:
    """An event of the body `own` with a channel that is none."""
    sender = queries.sender("sender-own")
    assert sender is not None
    event = {
        "specversion": "1.0", "id": "a-1", "source": "urn:own", "type": "opened", "time": "2026-06-20T10:00:00Z",
        "subject": "case-1", "data": {"service": service_of("own"), "channel": "pigeon", "person": "010190-12345"},
    }  # fmt: skip
    actions.receive(documents=[event], sender=queries.sender_facts(sender, NOW), by=SYSTEM, now=NOW)
    return queries.quarantine(code="unknown-channel").get()


def test_a_refused_event_is_mended_in_place_and_comes_in(town: Town, owner: Client) -> None:
    row = refused(town)
    address = f"{PAGE}atteiktie/{row.pk}/"
    page = owner.get(address).content.decode()
    assert "pigeon" in page
    assert "010190" not in page
    typed = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert typed is not None
    assert json.loads(html.unescape(typed[1])) == row.document
    still = owner.post(address, {"ko": "mend", "document": json.dumps(row.document | {"time": "soon"})}, follow=True)
    assert "Joprojām" in still.content.decode()
    mended = row.document | {"data": row.document["data"] | {"channel": "post"}}
    owner.post(address, {"ko": "mend", "document": json.dumps(mended)})
    assert rules.event_digest("urn:own", "a-1") in {event.event_id for _seq, event in queries.waiting(0, 100_000)}
    assert owner.post(address, {"ko": "mend", "document": "{"}).status_code == 400


def test_all_of_a_reason_are_sent_in_again_or_dropped(town: Town, owner: Client) -> None:
    refused(town)
    address = f"{PAGE}atteiktie/?iemesls=unknown-channel"
    assert "a-1" in owner.get(address).content.decode()
    told = owner.post(address, {"ko": "replay"}, follow=True).content.decode()
    assert "Atkal atteikti: 1" in told
    owner.post(address, {"ko": "drop", "why": "Izmēģinājums"})
    assert not queries.quarantine(code="unknown-channel").exists()


def test_how_to_send_can_be_copied_with_a_service_of_ones_own(town: Town, owner: Client) -> None:
    page = owner.get(f"{PAGE}ka-sutit/").content.decode()
    assert service_of("own") in page or service_of("below") in page
    assert "/api/v1/deliveries/events" in page
