"""The list of everyday words is kept by those who may, each change in the audit trail; what was searched in vain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.words import actions, queries
from tests.doors.town import service_of
from tests.world import NOW, TODAY

if TYPE_CHECKING:
    from tests.doors.town import Town

pytestmark = pytest.mark.django_db

KEEPERS = (Role.OVERSEER, Role.COORDINATOR, Role.ADMINISTRATOR)


def entered(town: Town, role: Role) -> Client:
    client = Client()
    client.force_login(town.people[role.value], backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser")


def add(client: Client, **said: str) -> int:
    told = {"kind": "synonym", "language": "lv", "words": "naudiņa\nkāpostiņi", "official": "pabalsts", **said}
    answer = client.post("/parraudziba/vardi/jauna/", told)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return int(answer["Location"].rstrip("/").rpartition("/")[2])


@pytest.mark.parametrize("role", KEEPERS)
def test_a_keeper_adds_a_word_and_the_search_knows_it_at_once(town: Town, role: Role) -> None:
    client = entered(town, role)
    assert queries.search("kāpostiņus", "lv") == []
    number = add(client)
    assert {hit.key for hit in queries.search("kāpostiņus", "lv")} >= {service_of("own")}
    (row,) = audit.of(actions.SUBJECT, str(number))
    assert (row.action, row.username) == ("words.add", role.value)
    assert row.after == {"kind": "synonym", "language": "lv", "words": ["naudiņa", "kāpostiņi", "pabalsts"]}
    assert "kāpostiņi" in read(client, "/parraudziba/vardi/?q=kāp").get_text()


def test_a_change_and_a_removal_leave_what_was_before(town: Town) -> None:
    client = entered(town, Role.OVERSEER)
    number = add(client)
    page = read(client, f"/parraudziba/vardi/{number}/")
    seen = page.select('input[name="redzets"]')[0]["value"]
    client.post(f"/parraudziba/vardi/{number}/", {"words": "naudiņa", "official": "pabalsts", "redzets": seen})
    assert queries.search("kāpostiņus", "lv") == []
    client.post(f"/parraudziba/vardi/{number}/", {"solis": "remove", "redzets": '["naudiņa", "pabalsts"]'})
    assert queries.word_group(number) is None
    trail = [(row.action, (row.before or {}).get("words")) for row in audit.of(actions.SUBJECT, str(number))]
    assert trail == [
        ("words.remove", ["naudiņa", "pabalsts"]),
        ("words.change", ["naudiņa", "kāpostiņi", "pabalsts"]),
        ("words.add", None),
    ]


def test_who_was_slower_is_shown_what_the_other_wrote_and_loses_nothing(town: Town) -> None:
    client = entered(town, Role.OVERSEER)
    number = add(client)
    group = queries.word_group(number)
    assert group is not None
    seen = json.dumps(group.words)
    actions.change_group(group=group, words=["piķis", "pabalsts"], by=SYSTEM, now=NOW)
    answer = client.post(f"/parraudziba/vardi/{number}/", {"words": "naudiņa", "official": "pabalsts", "redzets": seen})
    assert answer.status_code == 400
    assert "piķis, pabalsts" in answer.content.decode()
    again = queries.word_group(number)
    assert again is not None
    assert again.words == ["piķis", "pabalsts"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"official": ""}, "Ierakstiet vārdu, ko lieto pakalpojumi."),
        ({"words": "pabalsts"}, "vismaz divus"),
        ({"words": "x" * 61}, "garāks par 60 zīmēm"),
        ({"words": "???"}, "nav ne burtu, ne ciparu"),
        ({"words": "\n".join(f"vārds{n}" for n in range(50))}, "ne vairāk kā 40"),
    ],
)
def test_what_is_no_group_of_words_is_refused_with_a_sentence(town: Town, said: dict[str, str], told: str) -> None:
    before = len(queries.word_groups())
    full = {"kind": "synonym", "language": "lv", "words": "naudiņa", "official": "pabalsts", **said}
    answer = entered(town, Role.OVERSEER).post("/parraudziba/vardi/jauna/", full)
    assert answer.status_code == 400
    assert told in BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)
    assert len(queries.word_groups()) == before


def test_forms_of_a_verb_are_all_equal(town: Town) -> None:
    client = entered(town, Role.OVERSEER)
    number = add(client, kind="lemma", words="saņemt\npaņēmu", official="")
    group = queries.word_group(number)
    assert group is not None
    assert group.words == ["saņemt", "paņēmu"]
    assert not read(client, f"/parraudziba/vardi/{number}/").select('[name="official"]')


def miss(text: str, nearest: str = "", times: int = 1) -> None:
    for _ in range(times):
        actions.miss(
            text=text,
            language="lv",
            is_partial=False,
            nearest=("service", nearest) if nearest else None,
            on=TODAY,
            by=SYSTEM,
            now=NOW,
        )


def test_an_overseer_sees_all_that_was_searched_in_vain_most_often_asked_first(town: Town) -> None:
    miss("kosmosa kuģis", times=2)
    miss("sniega tīrīšana", service_of("foreign"), times=3)
    client = entered(town, Role.OVERSEER)
    page = read(client, "/parraudziba/meklejumi/")
    rows = [row.get_text(" ", strip=True) for row in page.select("table tbody tr")]
    assert [row.split()[0] for row in rows] == ["sniega", "kosmosa"]
    assert page.select_one(f'a[href="/pakalpojumi/{service_of("foreign")}/"]')
    step = page.select("table tbody tr")[1].select("a")[-1]["href"]
    assert read(client, str(step)).select("textarea")[0].get_text(strip=True) == "kosmosa kuģis"
    assert b"kosmosa ku" in b"".join(client.get("/parraudziba/meklejumi.csv"))


def test_an_administrator_is_shown_no_way_to_what_is_not_his(town: Town) -> None:
    page = read(entered(town, Role.ADMINISTRATOR), "/parraudziba/meklejumi/")
    ways = {str(link["href"]).partition("?")[0] for link in page.select("header a, .iv-crumbs a")}
    assert "/parraudziba/meklejumi/" in ways
    assert not ways & {"/parraudziba/", "/parraudziba/pakalpojumi/", "/parraudziba/atradumi/"}
