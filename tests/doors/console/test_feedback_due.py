"""What `tick` does with feedback, and where letters go by the setting that names it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from ietvars import settings as product
from ietvars.doors.console import feedback
from ietvars.ground.people.rules import Role
from ietvars.institution.feedback import actions, queries, rules
from tests.world import World


@pytest.fixture(autouse=True)
def calm(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.mark.django_db
def test_what_waits_goes_out_and_what_is_too_old_is_forgotten(world: World, settings: Any, capsys: Any) -> None:
    world.service("benefit")
    owner, now = world.actor(Role.SERVICE_OWNER), timezone.now()
    said = rules.Said(page="/pakalpojumi/benefit/", rating=2, service="benefit", comment="Kur?", address="a@b.lv")
    old = actions.leave(said=said, sender="192.0.2.1", by=rules.VISITOR, now=now - timedelta(days=91))
    new = actions.leave(said=said, sender="192.0.2.1", by=rules.VISITOR, now=now)
    settings.MAIL_GOES_OUT = False
    actions.answer(feedback=new, text="Lejā.", by=owner, now=now)
    feedback.do_due()
    assert mail.outbox == []
    assert "0 sent, 1 wait" in capsys.readouterr().err
    settings.MAIL_GOES_OUT = True
    feedback.do_due()
    assert [letter.to for letter in mail.outbox] == [["a@b.lv"]]
    assert "1 sent, 0 wait" in capsys.readouterr().err
    assert [row.address for row in queries.all_feedback().filter(pk__in=[old.pk, new.pk])] == ["", ""]
    feedback.do_due()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("", {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}),
        ("console:", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
        ("file:///var/letters", {"EMAIL_FILE_PATH": "/var/letters"}),
        (
            "smtp://anna:p%40ss@mail.example",
            {"EMAIL_HOST": "mail.example", "EMAIL_PORT": 587, "EMAIL_HOST_PASSWORD": "p@ss", "EMAIL_USE_TLS": True},
        ),
        ("smtp://127.0.0.1:2525", {"EMAIL_PORT": 2525, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}),
        ("smtps://mail.example", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False}),
    ],
)
def test_one_setting_says_where_letters_go(given: str, found: dict[str, Any]) -> None:
    said = product._mail(given)
    assert {name: said[name] for name in found} == found


def test_another_kind_of_address_for_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="must begin with smtp"):
        product._mail("http://mail.example/secret")
