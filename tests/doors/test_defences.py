"""What keeps the doors besides the declarations: tokens of forms, cookies, hosts, ways on, counts of attempts."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern

from ietvars.ground.deployment import actions as deployment
from ietvars.ground.people import actions as people
from ietvars.ground.people import queries
from ietvars.ground.people.rules import SYSTEM, Role
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db

PASSWORD = "a long and quiet river"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def local(world: World, username: str = "local", role: Role = Role.SERVICE_OWNER) -> str:
    """Somebody with a password."""
    person = people.add_person(username=username, password=PASSWORD, by=SYSTEM, now=NOW)
    people.give_capacity(person=person, role=role, body=world.body("agency"), by=SYSTEM, now=NOW)
    return username


def sign_in(client: Client, username: str, password: str = PASSWORD, **meta: str) -> Any:
    return client.post("/konts/ieiet/", {"login": username, "password": password}, **meta)  # type: ignore[arg-type]


# ---- forms ------------------------------------------------------------------------------------------------------


def test_the_sign_in_form_wants_its_token_too(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, local(world)).status_code == 403
    assert "_auth_user_id" not in client.session


# ---- ways on ----------------------------------------------------------------------------------------------------

ELSEWHERE = (
    "https://example.org/",
    "//example.org",
    "/\\example.org",
    "\\\\example.org",
    "http:///example.org",
    "https:example.org",
    "javascript:alert(1)",
    " https://example.org",
    "/\t/example.org",
    "//127.0.0.1@example.org",
)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_sent_to_another_house(wanted: str, world: World) -> None:
    owner = local(world)
    answers = [
        Client().post("/pasvaldiba/", {"next": wanted}),
        Client().post("/konts/ieiet/", {"login": owner, "password": PASSWORD, "next": wanted}),
    ]
    signed = Client()
    sign_in(signed, owner)
    answers.append(signed.get("/ieiet/kapacitate/", {"next": wanted}))
    pk = queries.capacities_of(queries.by_username(owner)).get().pk  # type: ignore[arg-type]
    answers.append(signed.post("/ieiet/kapacitate/", {"capacity": pk, "next": wanted}))
    answers.append(signed.post("/konts/iziet/", {"next": wanted}))
    for answer in answers:
        assert answer.status_code == 302
        place = answer["Location"]
        assert place.startswith("/"), place
        assert not place.startswith(("//", "/\\")), place
        assert "example.org" not in place


def test_the_form_of_a_municipality_does_not_carry_another_house() -> None:
    page = BeautifulSoup(Client().get("/pasvaldiba/", {"next": "https://example.org/"}).content, "html.parser")
    assert [field["value"] for field in page.select("input[name=next]")] == ["/"]


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "localhost:80@example.org", ""])
def test_a_request_for_another_host_is_not_answered(host: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    for path in ("/", "/ieiet/", "/darbvieta/", "/api/v1/services"):
        answer = Client(raise_request_exception=False).get(
            path, headers={"host": host} if host else {}, SERVER_NAME="x.y"
        )
        assert answer.status_code == 400


def test_a_forwarded_host_is_not_believed(settings: Any) -> None:
    answer = Client().get("/darbvieta/", headers={"x-forwarded-host": "example.org", "x-forwarded-proto": "https"})
    assert answer.status_code == 302
    assert "example.org" not in answer["Location"]


# ---- sessions ---------------------------------------------------------------------------------------------------


def test_signing_in_changes_the_session_so_that_a_planted_one_is_worth_nothing(world: World) -> None:
    client = Client()
    # A visitor's session is only made when something is kept in it.
    world.body("town", kind="municipality")
    client.post("/pasvaldiba/", {"pasvaldiba": "town"})
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert sign_in(client, local(world)).status_code == 302
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert thief.get("/darbvieta/")["Location"].startswith(reverse("staff"))


def test_entering_as_a_sample_person_changes_the_session_too(db: None) -> None:
    deployment.mark_sample(name=texts("Paraugvalsts"), as_of=None, sample_hash="x", by=SYSTEM, now=NOW)
    world = World()
    for name in ("one", "two"):
        world.person(Role.SERVICE_OWNER, username=name, is_sample=True)
    world.body("town", kind="municipality")
    client = Client(SERVER_NAME="127.0.0.1")
    client.post("/pasvaldiba/", {"pasvaldiba": "town"})
    keys = [client.cookies[settings.SESSION_COOKIE_NAME].value]
    for name in ("one", "two", "one"):
        client.post("/ieiet/paraugs/", {"username": name})
        keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    assert len(set(keys)) == len(keys)


def test_signing_out_ends_the_session_everywhere(world: World) -> None:
    client = Client()
    sign_in(client, local(world))
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/konts/iziet/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert thief.get("/darbvieta/")["Location"].startswith(reverse("staff"))


def test_a_capacity_that_has_ended_opens_nothing_in_a_running_session(world: World) -> None:
    client = Client()
    username = local(world)
    sign_in(client, username)
    assert client.get("/darbvieta/").status_code == 200
    person = queries.by_username(username)
    assert person is not None
    people.end_capacity(capacity=queries.capacities_of(person).get(), until=NOW.date(), by=SYSTEM, now=NOW)
    assert client.get("/darbvieta/").status_code in (302, 403)


def test_cookies_are_kept_from_scripts_and_other_houses(world: World) -> None:
    client = Client()
    client.get("/konts/ieiet/")
    sign_in(client, local(world))
    assert set(client.cookies) >= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name


def in_environment(expression: str, **environment: str) -> str:
    """What a setting is in another environment."""
    code = f"from ietvars import settings; print({expression})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"IETVARS_VAR": str(settings.VAR), "IETVARS_SECRET_KEY": "x", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


SECURE = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT"


def test_behind_tls_cookies_go_nowhere_else() -> None:
    assert in_environment(SECURE, IETVARS_TLS="1") == "True True True"
    assert in_environment(SECURE) == "False False False"
    assert in_environment("settings.SECURE_HSTS_SECONDS > 0, settings.DEBUG", IETVARS_TLS="1") == "True False"


def test_a_new_folder_of_the_installation_is_open_to_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    assert in_environment("oct(settings.VAR.stat().st_mode & 0o777)", IETVARS_VAR=str(folder)) == "0o700"


# ---- attempts ---------------------------------------------------------------------------------------------------


def test_a_password_cannot_be_guessed_by_trying_from_many_addresses(world: World) -> None:
    username = local(world)
    for number in range(5):
        sign_in(Client(), username, "wrong password here", REMOTE_ADDR=f"192.0.2.{number}")
    client = Client()
    answer = sign_in(client, username, REMOTE_ADDR="198.51.100.7")
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
    assert "Pārāk daudz" in answer.content.decode()


def test_many_names_cannot_be_tried_from_one_address(world: World) -> None:
    username = local(world)
    for number in range(10):
        sign_in(Client(), f"nobody-{number}", "wrong password here")
    client = Client()
    sign_in(client, username)
    assert "_auth_user_id" not in client.session


def test_a_made_up_forwarded_address_does_not_escape_the_count(world: World) -> None:
    username = local(world)
    for number in range(10):
        sign_in(Client(), f"nobody-{number}", "wrong password here", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    client = Client()
    sign_in(client, username, HTTP_X_FORWARDED_FOR="192.0.2.99")
    assert "_auth_user_id" not in client.session


def test_who_floods_the_sign_in_gets_a_page_that_says_so(world: World) -> None:
    for number in range(30):
        Client().post("/konts/ieiet/", {"login": f"n{number}"})
    answer = Client().post("/konts/ieiet/", {"login": "n"})
    assert answer.status_code == 429
    assert "Pārāk daudz mēģinājumu" in answer.content.decode()


def test_codes_cannot_be_guessed(world: World) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    person = queries.by_username(local(world))
    assert person is not None
    TOTP.activate(person, generate_totp_secret())
    client = Client()
    sign_in(client, "local")
    answers = [client.post("/konts/otrais/kods/", {"code": f"{number:06d}"}) for number in range(7)]
    assert "_auth_user_id" not in client.session
    assert "Pārāk daudz" in answers[-1].content.decode()


def test_counts_stand_in_the_database_where_every_worker_sees_them(world: World) -> None:
    def kept() -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {settings.CACHES['default']['LOCATION']}")
            return int(cursor.fetchone()[0])

    before = kept()
    sign_in(Client(), local(world), "wrong password here")
    assert kept() > before


# ---- pages of the sign-in library -------------------------------------------------------------------------------

FOR_VISITORS = {
    "account_login",
    "account_signup",
    "account_inactive",
    "account_logout",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
    "openid_connect_login",
    "openid_connect_callback",
    "mfa_authenticate",
}
"""Pages of allauth that answer without a session; all others lead to sign-in. Signing up answers that it is closed."""


def allauth_pages() -> list[URLPattern]:
    found = []
    for pattern in get_resolver().url_patterns:
        for inner in getattr(pattern, "url_patterns", ()):
            for one in getattr(inner, "url_patterns", ()):
                view = getattr(one.callback, "view_class", one.callback)
                if isinstance(one, URLPattern) and view.__module__.startswith("allauth."):
                    found.append(one)
    return found


def test_pages_of_the_sign_in_library_are_open_only_where_they_must_be(world: World) -> None:
    named = {str(one.name): one for one in allauth_pages()}
    assert set(named) > FOR_VISITORS
    for name in named.keys() - FOR_VISITORS:
        for method in ("get", "post"):
            answer = getattr(Client(), method)(reverse(name))
            assert answer.status_code == 302, name
            assert answer["Location"].startswith((reverse("staff"), reverse("account_login"))), name


@pytest.mark.parametrize("has_password", [True, False])
def test_no_page_of_the_sign_in_library_breaks_for_whoever_has_signed_in(has_password: bool, world: World) -> None:
    password = PASSWORD if has_password else None
    person = people.add_person(username="somebody", password=password, by=SYSTEM, now=NOW)
    for name in sorted(str(one.name) for one in allauth_pages() if not str(one.name).startswith("openid")):
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        for answer in (client.get(reverse(name)), client.post(reverse(name))):
            assert answer.status_code < 500, name
