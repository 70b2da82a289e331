"""`ietvars people`: the first administrator, capacities, and a provider's subject that is never kept as it is."""

import pytest
from allauth.socialaccount.models import SocialAccount
from click.testing import CliRunner, Result

from ietvars.doors.console import people as commands
from ietvars.doors.console import serving
from ietvars.doors.entrance import adapters
from ietvars.ground.people import queries, rules
from ietvars.ground.people.rules import Role
from tests.world import World

PASSWORD = "a long and quiet river\n"


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test database is up to date already, and its code lists do not matter here."""
    monkeypatch.setattr(serving, "prepare", lambda: None)


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(commands.people_command, list(words), input=given)


@pytest.mark.django_db
def test_the_first_administrator_comes_with_the_first_body() -> None:
    done = run("add", "anna", "--body", "mk", "--new-body", "Ministru kabinets", given=PASSWORD)
    assert done.exit_code == 0, done.output
    person = queries.by_username("anna")
    assert person is not None
    assert person.check_password(PASSWORD.strip())
    assert [(row.role, row.body.code) for row in queries.capacities_of(person)] == [("administrator", "mk")]


def test_an_unknown_body_is_refused_and_nobody_is_added(world: World) -> None:
    done = run("add", "anna", "--body", "nowhere", given=PASSWORD)
    assert done.exit_code == 2
    assert "There is no body “nowhere”" in done.output
    assert queries.by_username("anna") is None


def test_a_weak_password_is_refused(world: World) -> None:
    world.body("agency")
    done = run("add", "anna", "--body", "agency", given="short\n")
    assert done.exit_code == 2
    assert queries.by_username("anna") is None


def test_somebody_known_gets_a_further_capacity(world: World) -> None:
    world.body("agency")
    run("add", "anna", "--body", "agency", given=PASSWORD)
    done = run("add", "anna", "--body", "agency", "--role", "clerk")
    assert done.exit_code == 0
    person = queries.by_username("anna")
    assert person is not None
    assert [row.role for row in queries.capacities_of(person)] == ["administrator", "clerk"]
    assert "anna\tadministrator at agency, clerk at agency" in run("list").output


def test_a_providers_subject_is_kept_as_a_pseudonym_only(world: World) -> None:
    world.body("agency")
    done = run("add", "anna", "--body", "agency", "--provider", "lvp", "--subject", "010180-12345")
    assert done.exit_code == 0, done.output
    account = SocialAccount.objects.get()
    assert account.user.get_username() == "anna"
    assert "010180" not in account.uid
    assert len(account.uid) == 64


def test_a_subject_belongs_to_one_person(world: World) -> None:
    world.body("agency")
    run("add", "anna", "--body", "agency", "--provider", "lvp", "--subject", "s")
    done = run("add", "janis", "--body", "agency", "--provider", "lvp", "--subject", "s")
    assert done.exit_code == 2
    assert "another person" in done.output


def test_whoever_came_through_the_provider_before_stays_one_person(world: World) -> None:
    world.body("agency")
    pseudonym = adapters.pseudonym("lvp", "s")
    himself = world.person(Role.CLERK, "elsewhere", username=rules.provider_username("lvp", pseudonym))
    SocialAccount.objects.create(user=himself, provider="lvp", uid=pseudonym)
    done = run("add", "anna", "--body", "agency", "--provider", "lvp", "--subject", "s")
    assert done.exit_code == 0, done.output
    assert f"Known already: {himself.username}" in done.output
    assert queries.by_username("anna") is None
    assert [row.role for row in queries.capacities_of(himself)] == ["clerk", "administrator"]


def test_an_ended_capacity_is_gone(world: World) -> None:
    world.body("agency")
    run("add", "anna", "--body", "agency", "--role", "clerk", given=PASSWORD)
    assert run("end", "anna", "--role", "clerk", "--body", "agency").exit_code == 0
    person = queries.by_username("anna")
    assert person is not None
    assert not queries.capacities_of(person)
    assert run("end", "anna", "--role", "clerk", "--body", "agency").exit_code == 2
