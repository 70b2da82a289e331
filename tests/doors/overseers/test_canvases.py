"""The centre writes the next version of a canvas and publishes it; owners see what it means, and nothing by itself."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.canvases import queries
from ietvars.institution.revisions import actions as drafts
from tests.doors.posting import sent_back
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/parraudziba/sagataves/benefit/"
NEXT = f"{PAGE}jauna/"


@pytest.fixture
def centre(world: World, client: Client) -> Client:
    canvases.load_shipped(by=SYSTEM, now=NOW)
    client.force_login(world.person(Role.OVERSEER), backend=BACKEND)
    return client


def said(answer: Any, place: str = "main") -> str:
    found = BeautifulSoup(answer.content, "html.parser").select_one(place)
    return found.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ") if found is not None else ""


def part(client: Client, path: str, **typed: str) -> Any:
    """Post the page of a part as it stands, with some of it typed anew."""
    data = sent_back(client.get(f"{NEXT}{path}/").content, "form.iv-narrow")
    for name, value in typed.items():
        data[name.replace("__", "-")] = value
    return client.post(f"{NEXT}{path}/", {**dict(data.lists()), "step": typed.get("step", "save")})


def test_a_version_that_says_nothing_new_is_refused(centre: Client) -> None:
    assert centre.get(NEXT).status_code == 404
    assert centre.post(f"{PAGE}sakt/").status_code == 302
    assert centre.post(NEXT, {"note_lv": " "}).status_code == 400
    answer = centre.post(NEXT, {"note_lv": "Nekas jauns."})
    assert answer.status_code == 400
    assert said(answer, ".iv-refusal") != ""
    assert queries.current("benefit").number == 2  # type: ignore[union-attr]


def test_a_part_posted_back_untouched_changes_nothing(centre: Client) -> None:
    centre.post(f"{PAGE}sakt/")
    for path in ("title", "fees", "appeal", "kind", "legal_acts", "languages", "term"):
        assert part(centre, path).status_code == 302, path
    draft = queries.draft_of(queries.by_code("benefit"))  # type: ignore[arg-type]
    before = {one.path: one for one in queries.parts(queries.current("benefit"))}
    for one in queries.parts(draft):
        assert one == before[one.path]


def test_a_requirement_that_changes_opens_services_again_and_their_owners_see_it(world: World, centre: Client) -> None:
    owner = world.actor(Role.SERVICE_OWNER, username="anna")
    drafts.create(
        canvas=queries.current("benefit"), holder=world.body(), title={"lv": "Pabalsts"}, by=owner, now=NOW, code="new"
    )
    centre.post(f"{PAGE}sakt/")
    assert part(centre, "apply_within", level="mandatory", help__lv="Sakiet termiņu.").status_code == 302
    assert "Tos visus atvērtu no jauna" in said(centre.get(NEXT))
    assert centre.post(NEXT, {"note_lv": "Termiņš tagad ir obligāts."}).status_code == 302
    assert queries.current("benefit").number == 3  # type: ignore[union-attr]
    assert centre.get(NEXT).status_code == 404
    assert "Termiņš tagad ir obligāts." in said(centre.get(PAGE))

    theirs = Client(SERVER_NAME="127.0.0.1")
    theirs.force_login(world.person(Role.SERVICE_OWNER, username="anna"), backend=BACKEND)
    place = "/darbvieta/pakalpojumi/new/melnraksts/sagatave/"
    page = said(theirs.get(place))
    assert "Termiņš tagad ir obligāts." in page
    assert "Bija: vēlams, tagad: obligāts." in page
    assert theirs.post(place, {"step": "all"}).status_code == 302
    assert "Līdz kuram laikam pieteikties" in said(theirs.get("/darbvieta/pakalpojumi/new/melnraksts/"), "#trukst")


def test_a_part_is_taken_out_and_comes_back(centre: Client) -> None:
    centre.post(f"{PAGE}sakt/")
    assert part(centre, "apply_within", step="remove").status_code == 302
    assert "apply_within" not in {one.path for one in queries.parts(queries.draft_of(queries.by_code("benefit")))}  # type: ignore[arg-type]
    assert centre.get(f"{NEXT}apply_within/").status_code == 200
    assert centre.get(f"{NEXT}nav-tadas/").status_code == 404


def test_an_empty_post_and_a_wrong_level_are_told(centre: Client) -> None:
    centre.post(f"{PAGE}sakt/")
    assert centre.post(f"{NEXT}fees/", {}).status_code == 400
    assert part(centre, "fees", level="absolute").status_code == 400


def test_a_coordinator_writes_and_an_owner_does_not(world: World, centre: Client) -> None:
    theirs = Client(SERVER_NAME="127.0.0.1")
    theirs.force_login(world.person(Role.SERVICE_OWNER), backend=BACKEND)
    for place in (PAGE, "/parraudziba/sagataves/"):
        assert theirs.get(place).status_code == 403
    assert theirs.post(f"{PAGE}sakt/").status_code == 403
    theirs.force_login(world.person(Role.COORDINATOR), backend=BACKEND)
    assert theirs.post(f"{PAGE}sakt/").status_code == 302
