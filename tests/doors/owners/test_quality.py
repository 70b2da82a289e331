"""The page of texts and links: what is marked within reach, filters, files, broken links, the check by the worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.jobs import queries as jobs
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.quality import actions
from ietvars.institution.quality.asking import Manners
from ietvars.institution.services import rules as service_rules
from tests.institution.quality.naughty import NaughtyServer, naughty
from tests.world import NOW, World, texts

PAGE = "/darbvieta/kvalitate/"
OFFICE = "Gadījumā, ja trūkst ziņu, jums uzrakstīs."


@pytest.fixture(scope="module")
def server() -> Iterator[NaughtyServer]:
    with naughty() as running:
        yield running


@pytest.fixture
def owner(world: World, client: Client) -> Client:
    """The service owner of the agency, signed in; the agency has two services, one of them in office language."""
    world.service("benefit", title="Pabalsts", summary=texts(OFFICE, "If data are missing, we write."))
    world.service("permit", title="Atļauja", summary=texts("Lasiet sistēmā EDS.", "Read it in EDS."))
    world.service("foreign", holder="elsewhere", title="Svešs", summary=texts(OFFICE))
    client.force_login(world.person(Role.SERVICE_OWNER, username="owner"))
    return client


def read(client: Client, address: str = PAGE, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.content, "html.parser")


def test_marks_within_reach_are_shown_with_the_place_in_the_text(owner: Client) -> None:
    page = read(owner)
    assert [mark.get_text() for mark in page.select("#teksti mark")] == ["EDS", "EDS", "Gadījumā, ja"]
    assert page.select('#teksti span[lang="lv"] mark')
    assert page.select('#teksti span[lang="en"] mark')
    said = page.get_text(" ", strip=True)
    assert "Rakstiet vienkāršāk: ja." in said
    assert "Svešs" not in said


def test_filters_narrow_the_marks_and_the_file(owner: Client) -> None:
    page = read(owner, f"{PAGE}?parbaude=abbreviation&valoda=en")
    assert [mark.get_text() for mark in page.select("#teksti mark")] == ["EDS"]
    lines = owner.get(f"{PAGE}teksti.csv?parbaude=abbreviation&valoda=en").getvalue().decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Atļauja,EDS,")
    assert "Tādu atzīmju nav" in read(owner, f"{PAGE}?parbaude=capitals").get_text(" ", strip=True)


def test_the_page_of_a_service_marks_its_sentences_in_whatever_state(world: World, owner: Client) -> None:
    world.draft("draft", title="Melnraksts", summary=texts(OFFICE))
    for code in ("benefit", "draft"):
        page = read(owner, f"/darbvieta/pakalpojumi/{code}/kvalitate/")
        assert "Gadījumā, ja" in [mark.get_text() for mark in page.select("mark")]
    assert owner.get("/darbvieta/pakalpojumi/foreign/kvalitate/").status_code == 403
    assert owner.get("/darbvieta/pakalpojumi/nothing/kvalitate/").status_code == 404


def test_markup_in_a_text_stays_text(world: World, owner: Client) -> None:
    world.draft("evil", title="Ļauns", summary=texts(f"<img src=x onerror=alert(1)> {OFFICE}"))
    raw = owner.get("/darbvieta/pakalpojumi/evil/kvalitate/").content.decode()
    assert "<img src=x" not in raw
    assert "&lt;img src=x" in raw


def linked(world: World, code: str, url: str) -> None:
    stage = service_rules.StageFacts(text=texts("Jūs piesakāties."), url=url, channels=("online",))
    world.service(code, title=f"Saite {code}", stages={"request": stage})


def rounds(server: NaughtyServer, *days: int) -> None:
    manners = Manners(pause=0, timeout=1, allowed=frozenset({server.place}))
    for day in days:
        actions.check_links(by=SYSTEM, now=NOW + timedelta(days=day), manners=manners)


def test_a_broken_link_is_shown_with_first_and_last_day_once_it_lasts(
    world: World, owner: Client, server: NaughtyServer
) -> None:
    linked(world, "gone", server.url("missing"))
    assert "Saites vēl nav pārbaudītas." in read(owner).get_text(" ", strip=True)
    rounds(server, 0, 1)
    assert "Tādu nav." in read(owner).get_text(" ", strip=True)
    rounds(server, 4)
    table = read(owner).select_one("#saites table")
    assert table is not None
    said = table.get_text(" ", strip=True)
    assert server.url("missing") in said
    assert "Lapas vairs nav (404)" in said
    assert "23.11.2026." in said
    assert "27.11.2026." in said
    lines = owner.get(f"{PAGE}saites.csv").getvalue().decode().splitlines()
    assert lines[1].endswith("Lapas vairs nav (404),2026-11-23,2026-11-27,3")
    own = read(owner, "/darbvieta/pakalpojumi/gone/kvalitate/").get_text(" ", strip=True)
    assert "Nekur neved kopš 23.11.2026." in own


def test_texts_and_links_are_one_document_too(world: World, owner: Client, server: NaughtyServer) -> None:
    linked(world, "gone", server.url("missing/x"))
    rounds(server, 0, 2, 4)
    document = json.loads(owner.get("/darbvieta/kvalitate.json").content)
    assert document["texts"]["counts"] == {"office-language": 1, "abbreviation": 2}
    assert [one["url"] for one in document["links"]["broken"]] == [server.url("missing/x")]


def test_an_owner_lets_his_links_be_checked_in_the_background(owner: Client) -> None:
    assert owner.post(f"{PAGE}sakt/").status_code == 302
    job = jobs.newest(actions.JOB)
    assert job is not None
    assert (job.arguments, job.asked_by) == ({"bodies": ["agency"]}, "owner")
    page = read(owner)
    assert "Pārbaudīt manas saites tagad" not in page.get_text(" ", strip=True)
    owner.post(f"{PAGE}sakt/")
    assert jobs.of_kind(actions.JOB).count() == 1


def test_an_approver_reads_and_starts_nothing(world: World, owner: Client) -> None:
    approver = Client()
    approver.force_login(world.person(Role.LIST_APPROVER, username="approver"))
    assert "Pārbaudīt manas saites tagad" not in read(approver).get_text(" ", strip=True)
    assert approver.post(f"{PAGE}sakt/").status_code == 403
    assert jobs.newest(actions.JOB) is None


def test_a_round_is_asked_for_once_in_twenty_hours(db: Any) -> None:
    assert actions.ask_for_round(by=SYSTEM, now=NOW) is not None
    assert actions.ask_for_round(by=SYSTEM, now=NOW + timedelta(hours=19)) is None
    assert actions.ask_for_round(by=SYSTEM, now=NOW + timedelta(hours=21)) is not None
