"""Who may enter: visitors are sent to sign-in, the wrong person is told why and who can help, nothing is left open."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from ietvars.doors.furniture import access
from ietvars.ground.people.rules import Actor, Role
from tests.doors.furniture import example_urls
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.doors.furniture.example_urls")]


class Known:
    """A user who has signed in."""

    is_authenticated = True


def ask(view: Any, actor: Actor | None, *, is_signed_in: bool = True, headers: Any = None, **parameters: Any) -> Any:
    request = RequestFactory().get("/somewhere?period=2025", headers=headers or {})
    request.user = Known() if is_signed_in else AnonymousUser()  # type: ignore[assignment]
    request.actor = actor  # type: ignore[attr-defined]
    return view(request, **parameters)


def actor(role: Role, body_id: int = 1, reach: tuple[int, ...] = (1, 2)) -> Actor:
    return Actor("ilze", role, body_id, "vsaa", reach=frozenset(reach))


def words(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").main.get_text(" ").split())  # type: ignore[union-attr]


CLOSED = [example_urls.own_page, example_urls.overseers_page]


@pytest.mark.parametrize("view", CLOSED)
def test_a_visitor_is_sent_to_sign_in_and_back(view: Any) -> None:
    answer = ask(view, None, is_signed_in=False)
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/somewhere%3Fperiod%3D2025")


def test_a_part_of_a_page_is_not_answered_with_the_sign_in_page() -> None:
    answer = ask(example_urls.own_page, None, is_signed_in=False, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "next=" in answer["HX-Redirect"]


def test_visitors_may_enter_what_is_open_to_anyone() -> None:
    assert ask(example_urls.open_page, None, is_signed_in=False).content == b"open"


def test_whoever_has_signed_in_may_enter_even_without_a_capacity() -> None:
    assert ask(example_urls.own_page, None).content == b"own"
    assert ask(example_urls.own_page, actor(Role.CLERK)).content == b"own"


@pytest.mark.parametrize("role", Role)
def test_only_the_named_capacities_may_enter(role: Role) -> None:
    answer = ask(example_urls.overseers_page, actor(role))
    may = role in (Role.OVERSEER, Role.ADMINISTRATOR)
    assert answer.status_code == (200 if may else 403)
    assert (answer.content == b"overseers") is may


def test_the_wrong_capacity_is_told_what_is_not_possible_why_and_who_can_help() -> None:
    said = words(ask(example_urls.overseers_page, actor(Role.SERVICE_OWNER)))
    assert "Šo lapu jūs atvērt nevarat" in said
    assert "Šo lapu lieto: pārraudzītājs, administrators. Jūs rīkojaties kā pakalpojuma īpašnieks." in said
    assert "administratoram" in said


def test_somebody_without_a_chosen_capacity_is_told_to_get_one() -> None:
    answer = ask(example_urls.overseers_page, None)
    assert answer.status_code == 403
    assert "Lūdziet to savas iestādes administratoram." in words(answer)


@pytest.mark.urls("ietvars.doors.urls")
def test_somebody_with_several_capacities_is_sent_to_choose_and_back() -> None:
    answer = ask(example_urls.overseers_page, None)
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=%2Fsomewhere%3Fperiod%3D2025")


def test_a_body_page_opens_for_its_own_body_and_for_one_above(world: World) -> None:
    world.body("agency", below="ministry")
    for body in ("agency", "ministry"):
        owner = world.actor(Role.SERVICE_OWNER, body)
        assert ask(example_urls.body_page, owner, code="agency").content == b"body agency"


def test_a_body_page_stays_shut_for_a_foreign_body_and_for_one_below(world: World) -> None:
    world.body("agency", below="ministry")
    world.body("other", below="ministry")
    for body, code in (("other", "agency"), ("agency", "ministry")):
        answer = ask(example_urls.body_page, world.actor(Role.SERVICE_OWNER, body), code=code)
        assert answer.status_code == 403
        assert "citai iestādei" in words(answer)


def test_reach_does_not_help_the_wrong_capacity(world: World) -> None:
    answer = ask(example_urls.body_page, world.actor(Role.CLERK, "agency"), code="agency")
    assert answer.status_code == 403


def test_the_body_may_be_found_from_something_else() -> None:
    owner = actor(Role.SERVICE_OWNER)
    assert ask(example_urls.service_page, owner, service="2").content == b"service 2"
    assert ask(example_urls.service_page, owner, service="3").status_code == 403


def test_what_does_not_exist_is_not_found_rather_than_forbidden(client: Client, world: World) -> None:
    client.force_login(world.person(Role.SERVICE_OWNER, "agency"))
    assert client.get("/bodies/nowhere").status_code == 404
    assert client.get("/services/nobody").status_code == 404


def test_a_refusal_of_a_room_becomes_a_page_with_its_own_sentence() -> None:
    answer = ask(example_urls.sunday, None, is_signed_in=False)
    assert answer.status_code == 403
    assert "Not on Sunday." in words(answer)


def test_routes_without_a_declaration_are_found_pages_and_operations_alike() -> None:
    found = access.undeclared()
    assert [line.split(": ")[1].rsplit(".", 1)[1] for line in found] == ["forgotten_operation", "forgotten"]


def test_all_routes_are_listed_with_their_declarations() -> None:
    listed = {route.view.rsplit(".", 1)[1]: route for route in access.routes()}
    assert listed["open_operation"].entry == access.anyone
    assert listed["closed_operation"].methods == {"GET"}
    assert listed["body_page"].entry is not None
    assert listed["body_page"].entry.roles == {Role.SERVICE_OWNER}
    assert listed["open_page"].name == "open"
    assert not any("openapi" in name for name in listed)


def test_operations_keep_their_parameters_and_answer_in_their_own_way(client: Client, world: World) -> None:
    assert client.get("/api/open/7?word=x").json() == {"number": 7, "word": "x"}
    assert client.get("/api/closed").status_code == 401
    client.force_login(world.person(Role.CLERK, "agency"))
    refused = client.get("/api/closed")
    assert refused.status_code == 403
    assert "pārraudzītājs" in refused.json()["detail"]
    client.force_login(world.person(Role.OVERSEER, "agency"))
    assert client.get("/api/closed").json() == {"ok": True}
