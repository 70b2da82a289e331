"""What people made of the everyday words outlives every `prepare`, and `tick` forgets old questions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from ietvars.doors.console import serving
from ietvars.ground.deployment import actions as deployment
from ietvars.ground.people.rules import SYSTEM
from ietvars.ground.words import actions, queries
from tests.world import NOW

pytestmark = pytest.mark.django_db


def words() -> list[list[str]]:
    return [group.words for group in queries.word_groups()]


def test_edited_words_survive_a_second_prepare_even_when_reference_data_are_loaded_anew() -> None:
    # Given a list that a state folder brought, and what somebody made of it
    serving._load_reference()
    brought = [("lv", ["mazulis", "bērns"]), ("lv", ["firma", "uzņēmums"]), ("lv", ["kāzas", "laulība"])]
    actions.replace_groups(kind="synonym", groups=brought, by=SYSTEM, now=NOW)
    firm, wedding, baby = queries.word_groups()
    actions.change_group(group=wedding, words=["kāzas", "precības", "laulība"], by=SYSTEM, now=NOW)
    actions.remove_group(group=firm, by=SYSTEM, now=NOW)
    actions.add_group(kind="synonym", language="lv", words=["šefs", "darba devējs"], by=SYSTEM, now=NOW)
    kept = words()
    assert ["kāzas", "precības", "laulība"] in kept
    assert ["šefs", "darba devējs"] in kept
    assert baby.words in kept
    # When prepare finds nothing new, and when it finds that some reference file has changed
    serving._load_reference()
    deployment.remember_reference(content_hash="of another version", report={}, by=SYSTEM, now=NOW)
    serving._load_reference()
    # Then the list is as people left it
    assert words() == kept


def test_tick_forgets_what_was_searched_longer_ago_than_the_settings_say(settings: Settings) -> None:
    settings.SEARCHES_KEPT_DAYS = 30
    today = timezone.localdate()
    for days in (1, 29, 31, 400):
        actions.miss(
            text=f"pirms {days}",
            language="lv",
            is_partial=False,
            nearest=None,
            on=today - timedelta(days=days),
            by=SYSTEM,
            now=NOW,
        )
    serving._forget_searches()
    left = {row.text for row in queries.missed_questions(since=today - timedelta(days=999))}
    assert left == {"pirms 1", "pirms 29"}
