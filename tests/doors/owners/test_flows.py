"""The flow of a service at the owners' and the overseers' door: what stands there, what leads where, who sees cases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.audit import queries as audit
from ietvars.ground.people.models import Person
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.deliveries.actions import name_steps
from ietvars.institution.deliveries.errors import NotYourSteps
from ietvars.institution.deliveries.facts import Type
from ietvars.institution.deliveries.models import Activity
from ietvars.institution.deliveries.titling import title_steps
from ietvars.institution.flows import refreshing
from ietvars.institution.services.models import Service
from tests.institution.flows import laid
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("lake")

BACKEND = "django.contrib.auth.backends.ModelBackend"
MAY = int(NOW.timestamp() - 180 * 86_400) * 1_000_000
HOUR = laid.DAY_US // 24


@pytest.fixture
def service(world: World) -> Service:
    """A service of the agency."""
    return world.service("benefit", holder="agency", title="Pabalsts")


@pytest.fixture
def owner(world: World, client: Client) -> Person:
    """Its owner, signed in."""
    person = world.person(Role.SERVICE_OWNER, username="owner")
    client.force_login(person, backend=BACKEND)
    return person


def deliver(service: Service, world: World) -> None:
    """Ten usual cases, one withdrawn, one that went to another body and back."""
    agency, centre = world.body("agency").pk, world.body("centre").pk

    def case(number: int, *steps: tuple[int, int, float], bodies: tuple[int, ...] = ()) -> list[dict[str, Any]]:
        at, made = MAY, []
        for place, (kind, stage, hours) in enumerate(steps):
            at += int(hours * HOUR)
            body = bodies[place] if bodies else agency
            said = {"service_id": service.pk, "case_id": number, "type": kind, "stage": stage, "occurred_us": at}
            made.append({**said, "holder_id": agency, "provider_id": body, "channel": 1 + number % 2})
        return made

    usual = ((Type.OPENED, 1, 0), (Type.DECIDED, 2, 30), (Type.DELIVERED, 3, 1))
    rows = [row for number in range(1, 11) for row in case(number, *usual)]
    rows += case(11, (Type.OPENED, 1, 0), (Type.EVIDENCE_REQUESTED, 2, 5), (Type.WITHDRAWN, 2, 90))
    rows += case(12, *usual, bodies=(agency, centre, agency))
    laid.publish(rows)


def page(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.content, "html.parser")


def text(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ").split())


FLOW = "/darbvieta/pakalpojumi/benefit/plusma/"


def test_a_service_without_events_says_what_will_stand_there(service: Service, owner: Person, client: Client) -> None:
    said = text(page(client, FLOW))
    assert "Notikumu vēl nav" in said
    assert "flow.js" not in str(page(client, FLOW))
    assert "Notikumu vēl nav" in text(page(client, f"{FLOW}blakus/"))


@pytest.mark.parametrize("is_published", [False, True])
def test_the_page_says_the_commonest_way_and_where_time_goes(
    service: Service, world: World, owner: Person, client: Client, is_published: bool
) -> None:
    deliver(service, world)
    if is_published:
        refreshing.refresh(by=SYSTEM, now=NOW)
    soup = page(client, FLOW)
    said = text(soup)
    assert "Biežāko no 2 ceļiem iet 92 % gadījumu, 3 soļos." in said
    assert "paiet starp soļiem „Sākts” un „Lēmums pieņemts”." in said
    assert "Pēc soļa „Prasīts dokuments” atsaukti: 1 gadījums (8 %)." in said
    agency, centre = (world.body(code).name["lv"] for code in ("agency", "centre"))
    assert f"{agency} → {centre}: 1 reizi; pusei vajag ne vairāk kā: 30 stundas." in said
    assert "92 % vērtēto gadījumu gāja pa aprakstītajiem posmiem" in said
    row = next(row for row in soup.select("#parejas tbody tr") if "Sākts → Lēmums pieņemts" in row.get_text())
    shown = [cell.get_text(strip=True).replace("\N{NO-BREAK SPACE}", " ") for cell in row.select("td")]
    assert shown == ["11", "92 %", "11", "30 stundas", "30 stundas"]


def test_the_map_and_its_table_hold_the_same(service: Service, world: World, owner: Person, client: Client) -> None:
    deliver(service, world)
    for share in ("", "?dala=70", "?dala=100"):
        soup = page(client, FLOW + share)
        drawn = json.loads(soup.select_one("#plusmas-dati").text)  # type: ignore[union-attr]
        names = {node["id"]: node["name"] for node in drawn["nodes"]}
        in_map = {f"{names[edge['source']]} → {names[edge['target']]}" for edge in drawn["edges"]}
        assert in_map == {row.th.get_text(strip=True) for row in soup.select("#parejas tbody tr")}  # type: ignore[union-attr]
    assert len(in_map) == 4


def test_every_number_of_the_owner_leads_to_its_cases(
    service: Service, world: World, owner: Person, client: Client
) -> None:
    deliver(service, world)
    soup = page(client, f"{FLOW}?dala=100")
    links = {str(link["href"]): link for link in soup.select("main a[href*='/gadijumi/']")}
    assert len(links) >= 8
    for href, link in links.items():
        found = page(client, href)
        lead = text(found.select_one(".iv-lead"))  # type: ignore[arg-type]
        shown = link.get_text(strip=True)
        if shown.isdigit():
            assert lead.startswith(f"{shown} gadījum")
        else:
            assert not lead.startswith("0 ")
    case = page(client, f"{FLOW}gadijumi/?pec=-5&ka=withdrawn").select_one("tbody a")
    assert case is not None
    said = text(page(client, str(case["href"])))
    assert "Prasīts dokuments" in said
    assert "Atsaukts" in said


def test_filters_stand_in_the_address_and_choose_whole_cases(
    service: Service, world: World, owner: Person, client: Client
) -> None:
    deliver(service, world)
    for nothing_asked in (FLOW, f"{FLOW}blakus/"):
        assert page(client, nothing_asked).select("form [aria-invalid]") == []
    soup = page(client, f"{FLOW}?kanals=online&periods=2026")
    assert "Gadījumi 6" in text(soup)
    assert soup.select_one("option[value=online][selected]")
    assert "Šiem filtriem neatbilst neviens gadījums" in text(page(client, f"{FLOW}?kanals=online&sniedzejs=centre"))
    assert "Gadījumi 12" in text(page(client, f"{FLOW}?kanals=balodis&periods=drīz&sniedzejs=nav"))


def test_the_owner_says_what_steps_are_called(service: Service, world: World, owner: Person, client: Client) -> None:
    (check,) = name_steps(steps=[(service.pk, "parbaude")], by=SYSTEM, now=NOW).values()
    (other,) = name_steps(steps=[(world.service("other", holder="centre").pk, "x")], by=SYSTEM, now=NOW).values()
    soup = page(client, f"{FLOW}soli/")
    assert [one.get_text() for one in soup.select("main h2 code")] == ["parbaude"]
    told = {f"lv-{check}": "  Dokumentu pārbaude ", f"en-{check}": "", f"lv-{other}": "Svešs"}
    answer = client.post(f"{FLOW}soli/", told, follow=True)
    assert answer.redirect_chain == [(FLOW, 302)]
    assert "Jauns nosaukums 1 solim." in text(BeautifulSoup(answer.content, "html.parser"))
    titles = dict(Activity.objects.values_list("pk", "title"))
    assert titles == {check: {"lv": "Dokumentu pārbaude"}, other: {}}
    (entry,) = audit.of("service", "benefit").filter(action="deliveries.title-steps")
    assert (entry.before, entry.after) == ({"parbaude": {}}, {"parbaude": {"lv": "Dokumentu pārbaude"}})
    # The same again changes nothing and leaves no trace; a name that no map can hold is refused with what was typed.
    client.post(f"{FLOW}soli/", told)
    assert audit.of("service", "benefit").filter(action="deliveries.title-steps").count() == 1
    refused = client.post(f"{FLOW}soli/", {f"lv-{check}": "a" * 121})
    assert refused.status_code == 400
    assert "a" * 121 in refused.content.decode()
    assert Activity.objects.get(pk=check).title == {"lv": "Dokumentu pārbaude"}


def test_who_does_not_answer_for_a_service_names_no_step(service: Service, world: World) -> None:
    (check,) = name_steps(steps=[(service.pk, "parbaude")], by=SYSTEM, now=NOW).values()
    for who in (world.actor(Role.LIST_APPROVER), world.actor(Role.SERVICE_OWNER, "centre", username="cits")):
        with pytest.raises(NotYourSteps):
            title_steps(service=world.again(service), titles={check: {"lv": "Mans"}}, by=who, now=NOW)


def test_files_hold_every_passage_and_every_way(service: Service, world: World, owner: Person, client: Client) -> None:
    deliver(service, world)
    lines = b"".join(client.get("/darbvieta/pakalpojumi/benefit/plusma.csv").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert any(line.startswith("Sākts → Lēmums pieņemts,11,91.67,11,30.") for line in lines)
    assert len(lines) == 5
    said = client.get("/darbvieta/pakalpojumi/benefit/plusma.json").json()
    assert said["rows"][0]["cases"] == 11
    ways = b"".join(client.get(f"{FLOW}celi.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Sākts → Prasīts dokuments → Atsaukts,1,8.33" in ways


def test_two_channels_of_time_stand_side_by_side(service: Service, world: World, owner: Person, client: Client) -> None:
    deliver(service, world)
    soup = page(client, f"{FLOW}blakus/?ar_sniedzejs=agency&ar_periods=2026&periods=2026")
    assert "jaunas 0, zudušas 0, abās pusēs 4" in text(soup)
    assert "Abas puses ir vienādas" in text(page(client, f"{FLOW}blakus/?periods=2026&ar_periods=2026"))
    assert "Viena puse ir tukša" in text(page(client, f"{FLOW}blakus/?periods=2026&ar_sniedzejs=centre"))


@pytest.mark.parametrize(
    "query", ["no=1", "no=a&uz=b", "cels=x", "novirze=x", "nodod=1", "pec=1&ka=x", "solis=", "lapa=9"]
)
def test_an_address_that_names_no_cases_is_not_found(
    service: Service, world: World, owner: Person, client: Client, query: str
) -> None:
    deliver(service, world)
    assert client.get(f"{FLOW}gadijumi/?{query}").status_code == 404


@pytest.mark.parametrize("case", ["1", "zzzzzzzzzzzzzzzz", "ffffffffffffffff", "00000000000000ff"])
def test_a_case_that_is_none_is_not_found(
    service: Service, world: World, owner: Person, client: Client, case: str
) -> None:
    deliver(service, world)
    assert client.get(f"{FLOW}gadijumi/{case}/").status_code == 404


def test_the_approver_sees_the_flow_and_no_case(service: Service, world: World, client: Client) -> None:
    deliver(service, world)
    client.force_login(world.person(Role.LIST_APPROVER, username="approver"), backend=BACKEND)
    assert not page(client, FLOW).select("main a[href*='/gadijumi/']")
    assert "Šo lapu jūs atvērt nevarat" in text(page(client, f"{FLOW}gadijumi/", 403))


def test_an_owner_elsewhere_is_refused(service: Service, world: World, client: Client) -> None:
    deliver(service, world)
    client.force_login(world.person(Role.SERVICE_OWNER, "elsewhere", username="other"), backend=BACKEND)
    page(client, FLOW, 403)
    page(client, f"{FLOW}gadijumi/", 403)


def test_an_overseer_sees_the_flow_of_any_service_and_no_case(service: Service, world: World, client: Client) -> None:
    deliver(service, world)
    client.force_login(world.person(Role.OVERSEER, "elsewhere", username="overseer"), backend=BACKEND)
    soup = page(client, "/parraudziba/pakalpojumi/benefit/plusma/")
    assert "Biežāko no 2 ceļiem iet 92 % gadījumu" in text(soup)
    assert "gadijumi/" not in str(soup.select_one("main"))
    assert "Passages between steps" in text(page(client, "/en/parraudziba/pakalpojumi/benefit/plusma/"))
    page(client, "/parraudziba/pakalpojumi/benefit/plusma/blakus/?periods=2026&ar_periods=2026")
    assert client.get("/parraudziba/pakalpojumi/benefit/plusma.json").json()["rows"][0]["cases"] == 11
    page(client, "/parraudziba/pakalpojumi/nav/plusma/", 404)


def test_the_api_gives_the_document_of_the_command(
    service: Service, world: World, owner: Person, client: Client
) -> None:
    deliver(service, world)
    said = client.get("/api/v1/services/benefit/flow").json()
    assert (said["cases"], said["events"], said["variants"], said["activities"], said["edges"]) == (12, 36, 2, 5, 4)
    assert said["services"][0]["dropouts"] == [{"after": "evidence-requested", "outcome": "withdrawn", "cases": 1}]
    assert client.get("/api/v1/services/benefit/flow?channel=pigeon").status_code == 404
