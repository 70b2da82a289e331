"""The service in words of schema.org stands in its page, says no more than the page, and can end no script."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rdflib
from django.test import Client

from ietvars.institution.services import rules
from tests.doors.machines.feeds.cpsv_ap import rich
from tests.world import World, texts

pytestmark = pytest.mark.django_db

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def block(client: Client, path: str) -> dict[str, Any] | None:
    found = BLOCK.findall(client.get(path).content.decode())
    assert len(found) <= 1
    return json.loads(found[0]) if found else None


def test_the_page_of_a_service_holds_it_in_its_own_language(client: Client) -> None:
    rich.build()
    latvian, english = block(client, "/pakalpojumi/benefit/"), block(client, "/en/pakalpojumi/benefit/")
    assert latvian is not None
    assert english is not None
    assert (latvian["name"], english["name"]) == ("Pabalsts", "Pabalsts (en)")
    assert latvian["@type"] == "GovernmentService"
    assert latvian["@id"] == "https://data.example/id/service/benefit"
    assert latvian["provider"]["@id"] == "https://data.example/id/body/agency"
    assert [one["@id"] for one in latvian["serviceOperator"]] == ["https://data.example/id/body/centre"]
    assert latvian["availableChannel"][0]["serviceUrl"] == "https://ietvars.example/lūgums?a=1&b=2"


def test_what_is_invented_for_show_is_not_told_to_search_engines(client: Client) -> None:
    rich.build()
    found = block(client, "/pakalpojumi/benefit/")
    assert found is not None
    assert "offers" not in found


def test_prices_stand_as_they_are(client: Client, world: World) -> None:
    world.service("free")
    world.service("paid", fees=(rules.FeeFacts("request", Decimal("4.27")),))
    world.service("by-text", fees=(rules.FeeFacts("request", None, text=texts("pēc cenrāža")),))
    for code, expected in (("free", ["0"]), ("paid", ["4.27"]), ("by-text", [])):
        found = block(client, f"/pakalpojumi/{code}/")
        assert found is not None
        assert [offer["price"] for offer in found.get("offers", [])] == expected


def test_a_service_that_nobody_can_receive_is_not_offered_to_search_engines(client: Client) -> None:
    rich.build()
    for code in ("old-benefit", "common-benefit-ogre", "common-benefit"):
        assert block(client, f"/pakalpojumi/{code}/") is None


def test_no_text_can_end_the_block(client: Client, world: World) -> None:
    evil = "</script><script>alert(1)</script><!-- & \u2028"
    world.service("evil", title={"lv": evil, "en": evil}, reviewed_on=date(2026, 1, 1))
    html = client.get("/pakalpojumi/evil/").content.decode()
    assert "<script>alert" not in html
    found = block(client, "/pakalpojumi/evil/")
    assert found is not None
    assert found["name"] == evil


def test_every_word_is_one_of_schema_org(client: Client, shared: Path) -> None:
    rich.build()
    vocabulary = rdflib.Graph().parse(shared / "standards/schema-org/government-service-subset.ttl")
    known = {str(one).rpartition("/")[2] for one in vocabulary.subjects()}

    def words(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(words, value)) if value else set()
        if isinstance(value, dict):
            inner = set().union(*(words(one) for one in value.values()))
            return inner | {key for key in value if not key.startswith("@")} | {value.get("@type", "Thing")}
        return set()

    for code in ("benefit", "card", "at-once"):
        assert words(block(client, f"/pakalpojumi/{code}/")) <= known


def test_the_page_names_its_documents_for_programs(client: Client) -> None:
    rich.build()
    html = client.get("/pakalpojumi/benefit/").content.decode()
    for suffix, media_type in (("ttl", "text/turtle"), ("jsonld", "application/ld+json")):
        assert f'<link rel="alternate" type="{media_type}" href="/id/service/benefit.{suffix}">' in html
        assert f'<a href="/id/service/benefit.{suffix}">' in html
