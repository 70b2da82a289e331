"""The ways in: sample persons only here and only in the sample state; accounts with a second factor; providers."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from ietvars.ground.deployment import actions as deployment
from ietvars.ground.people import actions as people
from ietvars.ground.people.rules import SYSTEM, Role
from tests.world import NOW, World, texts

PASSWORD = "a long and quiet river"


def mark_sample() -> None:
    deployment.mark_sample(name=texts("Paraugvalsts"), as_of=None, sample_hash="x", by=SYSTEM, now=NOW)


@pytest.fixture
def sample_world(db: None) -> World:
    mark_sample()
    return World()


def enter(client: Client, username: str, **meta: str) -> int:
    return client.post("/ieiet/paraugs/", {"username": username}, **meta).status_code  # type: ignore[arg-type]


def test_a_sample_person_enters_with_one_click(sample_world: World, client: Client) -> None:
    sample_world.person(Role.SERVICE_OWNER, username="owner", is_sample=True)
    assert b"owner" in client.get("/ieiet/").content
    assert enter(client, "owner") == 302
    assert client.session["_auth_user_id"]


@pytest.mark.parametrize(
    "meta",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "::ffff:192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_VIA": "1.1 proxy"},
        {"REMOTE_ADDR": ""},
        # A proxy that says nothing of others, but passes on the name by which they asked.
        {"SERVER_NAME": "testserver"},
        {"HTTP_HOST": "192.0.2.7:8000"},
        {"HTTP_HOST": "localhost.example.org"},
    ],
)
def test_from_elsewhere_a_sample_person_is_refused_and_not_even_listed(
    sample_world: World, client: Client, meta: dict[str, str], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    sample_world.person(Role.SERVICE_OWNER, username="owner", is_sample=True)
    assert enter(client, "owner", **meta) == 403
    assert "_auth_user_id" not in client.session
    assert b'value="owner"' not in client.get("/ieiet/", **meta).content  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000", "127.0.0.1"])
def test_this_computer_has_several_names(sample_world: World, client: Client, host: str) -> None:
    sample_world.person(Role.SERVICE_OWNER, username="owner", is_sample=True)
    assert enter(client, "owner", HTTP_HOST=host) == 302


def test_in_a_real_state_nobody_enters_by_click(world: World, client: Client) -> None:
    world.person(Role.SERVICE_OWNER, username="owner", is_sample=True)
    assert enter(client, "owner") == 403
    assert "_auth_user_id" not in client.session


def test_a_person_who_is_no_sample_does_not_enter_by_click(sample_world: World, client: Client) -> None:
    sample_world.person(Role.SERVICE_OWNER, username="real")
    assert enter(client, "real") == 403
    assert enter(client, "nobody") == 403


def test_a_database_with_data_cannot_become_the_sample_state(world: World) -> None:
    world.person(Role.SERVICE_OWNER)
    with pytest.raises(Exception, match="empty database"):
        mark_sample()


def test_somebody_with_two_capacities_chooses(sample_world: World, client: Client) -> None:
    sample_world.person(Role.SERVICE_OWNER, "one", username="both", is_sample=True)
    sample_world.person(Role.LIST_APPROVER, "two", username="both", is_sample=True)
    enter(client, "both")
    page = client.get("/ieiet/kapacitate/")
    assert page.status_code == 200
    assert page.content.count(b'name="capacity"') == 2


def test_a_capacity_of_somebody_else_cannot_be_chosen(sample_world: World, client: Client) -> None:
    sample_world.person(Role.SERVICE_OWNER, "one", username="both", is_sample=True)
    sample_world.person(Role.LIST_APPROVER, "two", username="both", is_sample=True)
    other = sample_world.person(Role.ADMINISTRATOR, "two", username="other")
    enter(client, "both")
    answer = client.post("/ieiet/kapacitate/", {"capacity": other.capacities.get().pk})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "wanted", ["https://example.org/", "//example.org", "javascript:alert(1)", "http:///example.org"]
)
def test_after_entering_nobody_is_sent_to_another_house(sample_world: World, client: Client, wanted: str) -> None:
    sample_world.person(Role.CLERK, username="clerk", is_sample=True)
    enter(client, "clerk")
    answer = client.get("/ieiet/kapacitate/", {"next": wanted})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert "example.org" not in answer.headers["Location"]


def code_of(secret: str) -> str:
    """What a code app shows for the secret now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06d}"


def local(world: World, role: Role) -> str:
    person = people.add_person(username="local", password=PASSWORD, by=SYSTEM, now=NOW)
    people.give_capacity(person=person, role=role, body=world.body("agency"), by=SYSTEM, now=NOW)
    return person.username


def sign_in(client: Client, username: str, password: str = PASSWORD) -> int:
    return client.post("/konts/ieiet/", {"login": username, "password": password}).status_code


def test_a_local_account_signs_in_by_password(world: World, client: Client) -> None:
    assert sign_in(client, local(world, Role.SERVICE_OWNER)) == 302
    assert client.session["_auth_user_id"]


def test_a_wrong_password_does_not_say_which_half_is_wrong(world: World, client: Client) -> None:
    local(world, Role.SERVICE_OWNER)
    wrong = client.post("/konts/ieiet/", {"login": "local", "password": "wrong password here"})
    unknown = client.post("/konts/ieiet/", {"login": "nobody", "password": "wrong password here"})
    assert wrong.status_code == unknown.status_code == 200
    assert "_auth_user_id" not in client.session

    def complaint(answer: object) -> str:
        return str(answer.context["form"].non_field_errors() or answer.context["form"].errors)  # type: ignore[attr-defined]

    assert complaint(wrong) == complaint(unknown)


def test_nobody_makes_himself_an_account(db: None, client: Client) -> None:
    client.post("/konts/jauns/", {"username": "me", "password1": PASSWORD, "password2": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_an_administrator_with_a_password_alone_gets_no_rights(world: World, client: Client) -> None:
    sign_in(client, local(world, Role.ADMINISTRATOR))
    page = client.get("/ieiet/kapacitate/")
    assert page.status_code == 403
    assert b"/konts/otrais/lietotne/" in page.content


def test_with_a_code_app_the_administrator_acts(world: World, client: Client) -> None:
    from ietvars.ground.people import queries

    person = queries.by_username(local(world, Role.ADMINISTRATOR))
    assert person is not None
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    assert Authenticator.objects.filter(user=person).count() == 2
    first = client.post("/konts/ieiet/", {"login": "local", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert "/konts/otrais/kods/" in first.headers["Location"]
    wrong = client.post("/konts/otrais/kods/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    assert wrong.status_code == 200
    client.post("/konts/otrais/kods/", {"code": code_of(secret)})
    assert client.session["_auth_user_id"]
    assert client.get("/ieiet/kapacitate/").status_code == 302
