"""What portals read: changes since the last time, and HSDS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.services import actions as services
from ietvars.institution.services import queries as known
from tests.doors.machines.feeds.cpsv_ap import rich
from tests.world import NOW, World, facts

pytestmark = pytest.mark.django_db


def changes(client: Client, **asked: int) -> dict[str, Any]:
    answer = client.get("/api/v1/changes", asked)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


# ---- changes ----------------------------------------------------------------------------------------------------


def test_a_portal_reads_everything_once_and_then_only_what_changed(world: World, client: Client) -> None:
    for number in range(5):
        world.service(f"service-{number}")
    read, after = [], 0
    while True:
        page = changes(client, after=after, limit=2)
        read += [row["service"] for row in page["changes"]]
        after = page["next"]
        if not page["more"]:
            break
    assert read == [f"service-{number}" for number in range(5)]
    assert changes(client, after=after) == {"changes": [], "next": after, "more": False}
    one = known.by_code("service-3")
    assert one is not None
    services.describe(code="service-3", holder=world.body("agency"), facts=facts("Cits nosaukums"), by=SYSTEM, now=NOW)
    (row,) = changes(client, after=after)["changes"]
    assert (row["service"], row["what"], row["number"]) == ("service-3", "published", 2)
    assert row["description"]["title"]["lv"] == "Cits nosaukums"
    assert row["illustrative"] == []
    assert row["iri"] == "https://data.example/id/service/service-3"


def test_saying_the_same_again_is_no_change(world: World, client: Client) -> None:
    world.service("benefit")
    after = changes(client)["next"]
    services.describe(code="benefit", holder=world.body("agency"), facts=facts("Benefit"), by=SYSTEM, now=NOW)
    assert changes(client, after=after)["changes"] == []


def test_what_is_retired_or_withdrawn_is_told_and_a_withdrawn_text_is_not_given(world: World, client: Client) -> None:
    services.retire(service=world.service("old"), why="Nevajag.", by=SYSTEM, now=NOW)
    services.withdraw(service=world.service("wrong"), why="Maldina.", by=SYSTEM, now=NOW)
    told = {(row["service"], row["what"]): row["description"] for row in changes(client)["changes"]}
    assert set(told) == {("old", "published"), ("old", "retired"), ("wrong", "published"), ("wrong", "withdrawn")}
    assert told["old", "retired"]["title"]
    assert told["wrong", "published"] is None
    assert told["wrong", "withdrawn"] is None


def test_drafts_never_show(world: World, client: Client) -> None:
    world.draft("secret")
    assert changes(client)["changes"] == []


@pytest.mark.parametrize("asked", [{"after": -1}, {"limit": 0}, {"limit": 501}, {"after": 2**63}, {"after": "x"}])
def test_nonsense_is_refused(asked: dict[str, str | int], client: Client, world: World) -> None:
    assert client.get("/api/v1/changes", asked).status_code in (400, 422)


# ---- HSDS -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["lv", "en"])
def test_services_after_hsds_pass_its_schema(language: str, client: Client, world: World, shared: Path) -> None:
    rich.build()
    file = shared / "standards/hsds/v3.0/compiled-service_with_definitions.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    judge = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    page = client.get("/api/v1/hsds/services", {"language": language, "per_page": "500"}).json()
    assert page["total_items"] == len(page["contents"]) > 5
    for one in page["contents"]:
        assert not list(judge.iter_errors(one)), one["name"]
        assert client.get(f"/api/v1/hsds/services/{one['id']}", {"language": language}).json() == one


def test_hsds_says_what_it_can_and_leaves_common_descriptions_out(client: Client) -> None:
    rich.build()
    contents = client.get("/api/v1/hsds/services", {"language": "en"}).json()["contents"]
    found = {one["url"].rstrip("/").rpartition("/")[2]: one for one in contents}
    assert "common-benefit" not in found
    benefit = found["benefit"]
    assert (benefit["name"], benefit["status"]) == ("Pabalsts (en)", "active")
    assert benefit["cost_options"][0]["amount"] == 4.27
    assert "amount" not in benefit["cost_options"][1]
    assert [one["document"] for one in benefit["required_documents"]] == ["bankas konts (en)"]
    assert found["old-benefit"]["status"] == "defunct"
    assert [one["value"] for one in benefit["attributes"] if one["link_type"] == "illustrative"] == ["receives", "fees"]
    assert found["common-benefit-ogre"]["alert"] == "Mums nav naudas (en)"


def test_hsds_pages_hold_each_service_once(client: Client) -> None:
    rich.build()
    seen: list[str] = []
    number = 1
    while True:
        page = client.get("/api/v1/hsds/services", {"page": number, "per_page": 3}).json()
        seen += [one["id"] for one in page["contents"]]
        if page["last_page"]:
            break
        number += 1
    assert len(seen) == len(set(seen)) == page["total_items"]
    assert client.get("/api/v1/hsds/services", {"page": 999}).json()["empty"]
    assert client.get("/api/v1/hsds/services/00000000-0000-4000-8000-000000000000").status_code == 404
