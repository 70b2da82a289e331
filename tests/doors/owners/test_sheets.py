"""Spreadsheets at the owners' door: the way from the download to the written draft, and every refusal on its page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from ietvars.ground.jobs import queries as jobs
from ietvars.ground.jobs import working as background
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.indicators import actions as indicators
from ietvars.institution.revisions import actions as revisions
from ietvars.institution.revisions import queries as drafts
from ietvars.institution.rounds import actions as round_actions
from ietvars.institution.services import queries as services
from ietvars.institution.sheets import queries, working
from tests.institution.sheets import books
from tests.world import NOW, World, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world: World, client: Client) -> Client:
    """The browser of an owner with two services."""
    world.code_lists()
    one = world.service("one", title=texts("Pirmais pabalsts"))
    world.service("two", title=texts("Otrais pabalsts"))
    world.measured("2025", {one: {"requests": 10}})
    return signed_in(world, client, Role.SERVICE_OWNER)


def signed_in(world: World, client: Client, role: Role, body: str = "agency") -> Client:
    person = world.person(role, body)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def download(client: Client, kind: str = "services", form: str = "csv", **more: str) -> Any:
    return client.post(reverse("owners:sheets-download"), {"veids": kind, "forma": form, **more})


def send(client: Client, content: bytes, name: str = "labots.csv") -> Any:
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return client.post(reverse("owners:sheets-upload"), {"file": file}, follow=True)


def with_titles(content: bytes, *titles: str) -> bytes:
    rows = books.csv_rows(content)
    for row, title in zip(rows[1:], titles, strict=False):
        row[4] = title
    return books.as_csv(rows)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(("kind", "form"), [("services", "xlsx"), ("services", "csv"), ("measurements", "xlsx")])
def test_a_list_is_downloaded_under_a_name_that_says_what_it_is(desk: Client, kind: str, form: str) -> None:
    answer = download(desk, kind, form, periods="2025")
    assert answer.status_code == 200
    said = answer["Content-Disposition"]
    assert said.startswith(f'attachment; filename="{"pakalpojumi" if kind == "services" else "merijumi"}-')
    assert said.endswith(f'.{form}"')
    assert answer.content.startswith(b"PK" if form == "xlsx" else b"\xef\xbb\xbf")


def test_the_service_list_leads_to_the_spreadsheet(desk: Client) -> None:
    page = text_of(desk.get(reverse("owners:services")))
    assert "Lejupielādēt XLSX" in page
    assert reverse("owners:sheets") in page


def test_each_change_is_seen_and_then_written_into_a_draft(desk: Client) -> None:
    rows = books.csv_rows(download(desk).content)
    order = [row[1] for row in rows[1:]]
    answer = send(desk, with_titles(books.as_csv(rows), "Pavisam jauns", "Otrs jauns"))
    page = text_of(answer)
    assert answer.redirect_chain
    assert "2\u00a0izmaiņas" in page or "2 izmaiņas" in page
    assert "E2" in page
    assert "Pavisam jauns" in page
    assert "Ierakstīt 2 izmaiņas" in page
    number = int(answer.redirect_chain[-1][0].rstrip("/").split("/")[-1])
    done = desk.post(reverse("owners:sheet-apply", args=[number]), {"kas": "unconflicted"}, follow=True)
    assert "Izmaiņas ir ierakstītas." in text_of(done)
    assert reverse("owners:draft", args=[order[0]]) in text_of(done)
    service = _service(order[0])
    draft = drafts.open_of(service)
    assert draft is not None
    assert draft.description["title"]["lv"] == "Pavisam jauns"
    again = desk.post(reverse("owners:sheet-apply", args=[number]), {"kas": "all"})
    assert again.status_code == 409
    assert "vairs neko nemaina" in text_of(again)


def _service(code: str) -> Any:
    return services.by_codes([code])[code]


def test_a_conflict_shows_what_stands_there_now_and_offers_both_ways(desk: Client) -> None:
    content = download(desk).content
    service = _service(books.csv_rows(content)[1][1])
    revision = revisions.start(service=service, by=SYSTEM, now=NOW)
    revisions.save(revision=revision, changes={"title": texts("Kolēģa")}, edition=1, by=SYSTEM, now=NOW)
    page = text_of(send(desk, with_titles(content, "Mans", "Arī mans")))
    assert "Pa šo laiku kāds ierakstījis: Kolēģa" in page
    assert "Ierakstīt 1 izmaiņu bez konflikta" in page
    assert "Ierakstīt visas 2 izmaiņas" in page


def test_cells_are_narrowed_by_outcome_and_field_and_given_as_files(desk: Client) -> None:
    rows = books.csv_rows(download(desk).content)
    rows[1][4], rows[1][11], rows[2][4] = "Jauns", "nav-tādas", "Otrs"
    answer = send(desk, books.as_csv(rows))
    place = answer.redirect_chain[-1][0]
    refused = text_of(desk.get(f"{place}?iznakums=refused"))
    assert ("L2" in refused, "E3" in refused) == (True, False)
    titles = text_of(desk.get(f"{place}?kolonna=title_lv&lapa=99999999999"))
    assert ("L2" in titles, "E3" in titles) == (False, True)
    number = int(place.rstrip("/").split("/")[-1])
    file: Any = desk.get(reverse("owners:sheet-csv", args=[number]))
    table = books.csv_rows(b"".join(file.streaming_content))
    assert [row[0] for row in table[1:]] == ["E2", "L2", "E3"]
    document = desk.get(reverse("owners:sheet-json", args=[number])).json()
    assert document["counts"] == {"change": 2, "conflict": 0, "refused": 1, "same": 0}
    assert [cell["refusal"] for cell in document["cells"]] == ["", "cell-unknown-code", ""]


def test_what_stands_in_a_cell_is_no_html_on_the_page(desk: Client) -> None:
    content = with_titles(download(desk).content, "<script>alert(1)</script> pabalsts", "<img src=x> pabalsts otrais")
    page = text_of(send(desk, content, "<b>x.csv"))
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert "<b>x" not in page
    assert "&lt;" in page


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.4", "nav izklājlapa"),
        (b"a,b\n1,2\n", "Lejupielādējiet izklājlapu no jauna"),
        (b"", "ir tukšs"),
        (books.with_part(books.small(["a"]), "xl/vbaProject.bin", b"x"), "satur makro"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page_with_what_to_do(
    desk: Client, content: bytes, says: str
) -> None:
    answer = send(desk, content, "fails.xlsx")
    assert answer.status_code == 400
    assert says in text_of(answer)


def test_sending_no_file_asks_for_one(desk: Client) -> None:
    answer = desk.post(reverse("owners:sheets-upload"))
    assert answer.status_code == 400
    assert "Izvēlieties izklājlapu." in text_of(answer)


def test_a_file_that_is_too_large_is_refused_unread(desk: Client, settings: Any) -> None:
    settings.SHEETS = {**settings.SHEETS, "megabytes": 0}
    assert "lielāks par 0 MB" in text_of(send(desk, b"x"))


def test_a_preview_can_be_put_aside(desk: Client) -> None:
    answer = send(desk, with_titles(download(desk).content, "Jauns"))
    number = int(answer.redirect_chain[-1][0].rstrip("/").split("/")[-1])
    page = text_of(desk.post(reverse("owners:sheet-drop", args=[number]), follow=True))
    assert "Fails ir atlikts" in page
    sheet = queries.sheet(number)
    assert sheet is not None
    assert sheet.state == "dropped"
    assert desk.post(reverse("owners:sheet-drop", args=[number])).status_code == 409


def test_an_approver_downloads_and_looks_and_sends_nothing_back(desk: Client, world: World) -> None:
    send(desk, with_titles(download(desk).content, "Jauns"))
    approver = signed_in(world, Client(SERVER_NAME="127.0.0.1"), Role.LIST_APPROVER)
    page = text_of(approver.get(reverse("owners:sheets")))
    assert "labots.csv" in page
    assert "Rādīt, kas mainītos" not in page
    assert download(approver).status_code == 200


def test_the_pages_speak_english(desk: Client) -> None:
    with translation.override("en"):
        answer = send(desk, with_titles(download(desk).content, "New"))
        assert "1 change. Nothing is written yet." in text_of(answer)


def test_an_overseer_downloads_the_state(desk: Client, world: World) -> None:
    overseer = signed_in(world, Client(SERVER_NAME="127.0.0.1"), Role.OVERSEER, "chancellery")
    answer = overseer.post(reverse("overseers:sheets-download"), {"veids": "services", "forma": "csv"})
    assert {row[1] for row in books.csv_rows(answer.content)[1:]} == {"one", "two"}


def test_the_report_of_a_round_is_downloaded_filled_in_and_stands_in_the_report(desk: Client, world: World) -> None:
    indicators.load_national(by=SYSTEM, now=NOW)
    asked = round_actions.open_round(
        period="2026-Q3",
        due=NOW.date() + timedelta(days=30),
        indicators=["on-time"],
        title=texts("3. ceturksnis"),
        by=world.actor(Role.OVERSEER, "ministry"),
        now=NOW,
    )
    report = reverse("owners:report", args=[asked.code, "agency"])
    assert "Lejupielādēt XLSX" in text_of(desk.get(report))
    answer = download(desk, "rounds", karta=asked.code, iestade="agency")
    assert "karta-" in answer["Content-Disposition"]
    rows = books.csv_rows(answer.content)
    rows[1][10] = "55"
    place = send(desk, books.as_csv(rows)).redirect_chain[-1][0]
    seen = text_of(desk.get(place))
    assert "Mērījumu kārta" in seen
    assert asked.code in seen
    done = desk.post(f"{place}ierakstit/", {"kas": "all"}, follow=True)
    assert "Skaitļi ir kārtas pārskatā." in text_of(done)
    again = books.csv_rows(download(desk, "rounds", karta=asked.code, iestade="agency").content)
    assert again[1][10] == "55"


def test_many_rows_are_written_in_the_background_and_the_page_says_so(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "MOST_AT_ONCE", 1)
    answer = send(desk, with_titles(download(desk).content, "Jauns", "Otrs"))
    number = int(answer.redirect_chain[-1][0].rstrip("/").split("/")[-1])
    page = text_of(desk.post(reverse("owners:sheet-apply", args=[number]), {"kas": "all"}, follow=True))
    assert "Tiek ierakstītas daudzas rindas" in page
    assert "Ierakstīt 2 izmaiņas" not in page
    job = jobs.newest(working.JOB)
    assert job is not None
    # Asking again gives the same job.
    desk.post(reverse("owners:sheet-apply", args=[number]), {"kas": "all"})
    assert jobs.of_kind(working.JOB).count() == 1
    with jobs_working():
        background.work.func(job.pk)
    job.refresh_from_db()
    assert job.report is not None
    assert (job.state, job.report["cells"], job.done, job.of) == ("done", 2, 2, 2)
    assert "Kas ierakstīts" in text_of(desk.get(reverse("owners:sheet", args=[number])))


def test_what_was_changed_meanwhile_ends_the_work_in_the_background_with_its_sentence(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "MOST_AT_ONCE", 1)
    content = download(desk).content
    answer = send(desk, with_titles(content, "Jauns", "Otrs"))
    number = int(answer.redirect_chain[-1][0].rstrip("/").split("/")[-1])
    desk.post(reverse("owners:sheet-apply", args=[number]), {"kas": "all"})
    revision = revisions.start(service=_service(books.csv_rows(content)[1][1]), by=SYSTEM, now=NOW)
    revisions.save(revision=revision, changes={"title": texts("Kolēģa")}, edition=1, by=SYSTEM, now=NOW)
    job = jobs.newest(working.JOB)
    assert job is not None
    with jobs_working():
        background.work.func(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    page = text_of(desk.get(reverse("owners:sheet", args=[number])))
    assert "Rindas nav ierakstītas" in page
    assert "Kolēģa" in page


@contextmanager
def jobs_working() -> Iterator[None]:
    """A worker with a clock."""
    background.use(clock=lambda: NOW)
    try:
        yield
    finally:
        background._Surroundings.clock = None
        background._Surroundings.ending.clear()
