"""Stable IRIs over HTTP: pages for people, documents for programs, by ending and by Accept."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import WAYS, Format
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.services import actions as services
from tests.doors.machines.feeds.cpsv_ap import rich
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

THINGS = (
    "/id/service/benefit",
    "/id/body/agency",
    "/id/situation/child",
    "/id/term/channels",
    "/id/term/channels/online",
    "/id/canvas/benefit/1",
    "/id/catalogue",
    "/ns",
)


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The rich world, built once for this module."""
    with django_db_blocker.unblock(), rich.elsewhere():
        yield rich.build()


@pytest.fixture
def state(kept: World, db: None) -> World:
    return kept


def body(answer: object) -> str:
    return answer.getvalue().decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("path", THINGS)
def test_every_thing_has_a_document_in_every_format(path: str, form: Format, state: World, client: Client) -> None:
    way = WAYS[form]
    by_ending = client.get(f"{path}.{way.suffix}")
    by_accept = client.get(path, headers={"Accept": way.media_type})
    assert (by_ending.status_code, by_accept.status_code) == (200, 200)
    assert by_ending["Content-Type"].startswith(way.media_type)
    assert body(by_ending) == body(by_accept)
    assert by_accept["Content-Location"] == f"{path}.{way.suffix}"
    assert "Accept" in by_accept["Vary"]
    about = f"https://data.example{path}" if path != "/ns" else "https://ietvars.example/ns"
    assert any(about in triple for triple in rich.triples(body(by_ending), form))


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/id/service/benefit", "/pakalpojumi/benefit/"),
        ("/id/body/agency", "/iestades/agency/"),
        ("/id/situation/child", "/situacijas/child/"),
        ("/id/catalogue", "/par/dati/"),
    ],
)
@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "*/*", ""])
def test_a_person_is_sent_to_the_page(path: str, page: str, accept: str, state: World, client: Client) -> None:
    answer = client.get(path, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert "Accept" in answer["Vary"]


def test_a_program_that_would_rather_have_data_gets_data(state: World, client: Client) -> None:
    answer = client.get("/id/service/benefit", headers={"Accept": "text/html;q=0.5, text/turtle;q=0.9"})
    assert answer["Content-Type"].startswith("text/turtle")
    answer = client.get("/id/service/benefit", headers={"Accept": "application/ld+json"})
    assert json.loads(body(answer))["@graph"][0]["id"] == "https://data.example/id/service/benefit"


def test_what_has_no_page_answers_people_with_turtle(state: World, client: Client) -> None:
    assert client.get("/id/term/channels/online", headers={"Accept": "text/html"})["Content-Type"].startswith(
        "text/turtle"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/id/service/secret-draft.ttl",
        "/id/service/nothing.ttl",
        "/id/service/benefit.csv",
        "/id/body/nothing.ttl",
        "/id/situation/nothing.ttl",
        "/id/term/nothing.ttl",
        "/id/term/channels/nothing.ttl",
        "/id/canvas/benefit/99.ttl",
        "/id/catalogue/all.csv",
    ],
)
def test_what_is_not_there_is_not_there(path: str, state: World, client: Client) -> None:
    assert client.get(path).status_code == 404


def test_a_withdrawn_description_is_gone_from_the_data_too(state: World, client: Client) -> None:
    services.withdraw(service=state.again(state.service("gone")), why="Maldina.", by=SYSTEM, now=NOW)
    assert client.get("/id/service/gone.ttl").status_code == 404


@pytest.mark.parametrize("form", Format)
def test_the_whole_catalogue_streams(form: Format, state: World, client: Client) -> None:
    answer = client.get(f"/id/catalogue/all.{WAYS[form].suffix}")
    assert answer.streaming
    assert rich.triples(body(answer), form) == rich.triples(rich.text_of())


def test_other_sites_may_read_it_and_a_known_document_is_not_sent_again(state: World, client: Client) -> None:
    answer = client.get("/id/service/benefit.ttl")
    assert answer["Access-Control-Allow-Origin"] == "*"
    again = client.get("/id/service/benefit.ttl", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, body(again)) == (304, "")


def test_the_context_is_served_and_makes_our_documents_readable(state: World, client: Client) -> None:
    answer = client.get("/ns/context.jsonld")
    assert answer["Content-Type"].startswith("application/ld+json")
    document = json.loads(body(client.get("/id/service/benefit.jsonld")))
    document["@context"] = json.loads(body(answer))["@context"]
    expected = rich.triples(body(client.get("/id/service/benefit.nt")))
    assert rich.triples(json.dumps(document), Format.JSON_LD) == expected


def test_a_language_before_an_iri_is_no_iri(state: World, client: Client) -> None:
    assert client.get("/en/id/service/benefit.ttl").status_code == 404


def test_the_page_of_data_leads_to_every_export(state: World, client: Client) -> None:
    page = body(client.get("/par/dati/"))
    for path in ("/id/catalogue/all.ttl", "/id/catalogue/all.rdf", "/id/catalogue.ttl", "/id/term/all.ttl", "/ns.ttl",
                 "/api/v1/changes", "/api/v1/hsds/services"):  # fmt: skip
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200


def test_all_code_lists_are_given_at_once(state: World, client: Client) -> None:
    text = body(client.get("/id/term/all.nt"))
    for code in ("channels/online", "life-events/child", "areas/benefits"):
        assert f"<https://data.example/id/term/{code}> <http://www.w3.org/2004/02/skos/core#inScheme>" in text
