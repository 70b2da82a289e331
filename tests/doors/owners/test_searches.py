"""An owner sees what was searched in vain near his services, and nothing of others or of who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.words import actions
from tests.doors.town import POSITIONS, WORD, service_of
from tests.world import NOW, TODAY

if TYPE_CHECKING:
    from tests.doors.town import Town

pytestmark = pytest.mark.django_db


def shown(town: Town, address: str = "/darbvieta/meklejumi/") -> str:
    client = Client()
    client.force_login(town.people[Role.SERVICE_OWNER.value], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)


def test_an_owner_sees_questions_nearest_to_services_within_reach_only(town: Town) -> None:
    for position in POSITIONS:
        actions.miss(
            text=f"jautājums {position}",
            language="lv",
            is_partial=True,
            nearest=("service", service_of(position)),
            on=TODAY,
            by=SYSTEM,
            now=NOW,
        )
    page = shown(town)
    for position in ("own", "below"):
        assert f"jautājums {position}" in page
        assert WORD[position] in page
    for position in ("above", "foreign"):
        assert f"jautājums {position}" not in page
        assert WORD[position] not in page


def test_when_nobody_searched_in_vain_the_page_says_so(town: Town) -> None:
    assert "Neviens nav meklējis velti" in shown(town)
