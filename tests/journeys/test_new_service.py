"""Three people make a service: an owner writes it from a canvas, an approver sends it back and approves, a visitor
finds it; a machine reads it as Turtle that passes the official shapes. The shortest path is counted and printed.
"""

from __future__ import annotations

import urllib.request
from collections import Counter
from dataclasses import dataclass, field

import pytest
import rdflib
from playwright.sync_api import Page, expect

from ietvars.doors.machines.feeds.cpsv_ap.validating import Mode
from tests import machine
from tests.doors.machines.feeds.cpsv_ap.oracle import judged
from tests.journeys.conftest import Arrive, Visitor

TITLE = "Pabalsts skolas formai"
CODE = "pabalsts-skolas-formai"
PLACE = f"/darbvieta/pakalpojumi/{CODE}/melnraksts/"


@dataclass
class Counted:
    """What the shortest path asks of a person."""

    page: Page
    pages: int = 0
    fields: int = 0
    keystrokes: int = 0
    clicks: int = 0
    written: set[str] = field(default_factory=set)

    def writes(self, name: str, text: str) -> None:
        self.page.locator(f'[name="{name}"]').fill(text)
        self.fields += name not in self.written
        self.written.add(name)
        self.keystrokes += len(text)

    def ticks(self, name: str, value: str) -> None:
        self.page.locator(f'[name="{name}"][value="{value}"]').check()
        self.fields += name not in self.written
        self.written.add(name)
        self.clicks += 1

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.clicks += 1
        self.pages += 1


def _writes_it(owner: Visitor) -> Counted:
    """The owner's shortest path: two answers, then every part that is asked for."""
    counted = Counted(owner.page, pages=1)
    counted.writes("title", TITLE)
    expect(owner.page.locator("#lidzigi")).to_be_attached()
    counted.ticks("canvas", "benefit")
    counted.presses("Sākt")
    expect(owner.page.locator("h1")).to_have_text(TITLE)
    return counted


def _says_the_rest(counted: Counted) -> None:
    counted.writes("title-en", "Allowance for a school uniform")
    counted.writes("summary-lv", "Nauda skolas formas iegādei pirms mācību gada.")
    counted.writes("summary-en", "Money to buy a school uniform before the school year.")
    counted.writes("receives-lv", "50 € reizi gadā")
    counted.writes("receives-en", "€50 once a year")
    counted.ticks("audience", "natural-person")
    counted.ticks("life_events", "child")
    counted.writes("keywords-lv", "skolas forma\nformastērps\nnauda skolai")
    counted.writes("eligibility-lv", "bērns mācās skolā, kurā jāvalkā forma")
    counted.writes("evidence-0-lv", "čeks par formu")
    counted.writes("stages-request-text-lv", "Jūs iesniedzat pieteikumu un čeku.")
    counted.ticks("stages-request-channels", "online")
    counted.ticks("stages-request-channels", "one-stop-centre")
    counted.writes("term-days", "10")
    counted.writes("stages-receipt-text-lv", "Naudu ieskaitām jūsu bankas kontā.")
    counted.ticks("stages-receipt-channels", "e-address")
    counted.writes("outputs-0-lv", "lēmums un nauda kontā")
    counted.writes("legal_acts-0-lv", "Valsts sociālo pabalstu likums")
    counted.writes("legal_acts-0-url", "https://likumi.lv/ta/id/68483")


def test_three_people_make_a_service_from_a_canvas(arrive: Arrive, capsys: pytest.CaptureFixture[str]) -> None:
    # Given an owner who begins a service from the canvas of benefits
    owner = arrive().enters_as("owner-vsaa").opens("/darbvieta/jauns/")
    owner.finds_it_accessible()
    counted = _writes_it(owner)
    owner.finds_it_accessible()
    # When the owner writes, what is missing follows the keys
    missing = owner.page.locator("#trukst h2").first
    before = missing.inner_text()
    counted.writes("summary-lv", "Nauda skolas formas iegādei pirms mācību gada.")
    expect(missing).not_to_have_text(before)
    # and submitting too early is refused with the list, each gap linked to its part
    counted.presses("Iesniegt apstiprināšanai")
    expect(owner.page.locator("body")).to_contain_text("vēl nevar iesniegt")
    expect(owner.page.locator('#trukst a[href^="#p-"]').nth(3)).to_be_visible()
    _says_the_rest(counted)
    counted.presses("Iesniegt apstiprināšanai")
    expect(owner.page.locator("body")).to_contain_text("Melnraksts iesniegts.")
    owner.finds_it_accessible()
    with capsys.disabled():
        print(
            f"\nA new service by the shortest path: {counted.fields} fields, {counted.pages} pages, "
            f"{counted.keystrokes} keystrokes, {counted.clicks} clicks."
        )
    # Then the author cannot approve, and the approver sends it back with a comment on a part
    assert owner.page.get_by_role("button", name="Apstiprināt un publicēt").count() == 0
    approver = arrive().enters_as("approver-vsaa").opens(f"{PLACE}skatit/")
    approver.finds_it_accessible()
    part = approver.page.locator("#p-receives")
    part.locator("summary").click()
    part.locator("textarea").fill("Vai summa ir par katru bērnu?")
    part.get_by_role("button", name="Atstāt piezīmi").click()
    approver.page.locator("#kapec").fill("Precizējiet summu.")
    approver.presses("Nosūtīt atpakaļ")
    # When the owner answers the comment and submits again, the approver approves and publishes
    owner.opens(PLACE)
    expect(owner.page.locator("#p-receives")).to_contain_text("Vai summa ir par katru bērnu?")
    owner.page.locator("#p-receives").get_by_role("button", name="Nokārtots").click()
    owner.opens(PLACE)
    owner.page.locator('[name="receives-lv"]').fill("50 € par katru bērnu reizi gadā")
    owner.presses("Iesniegt apstiprināšanai")
    approver.opens(f"{PLACE}skatit/")
    approver.presses("Apstiprināt un publicēt")
    expect(approver.page.locator("body")).to_contain_text("Apstiprināts un publicēts.")
    # Then a visitor finds it, and a machine reads it
    visitor = arrive().opens("/meklet/?q=formast%C4%93rps")
    visitor.page.get_by_role("link", name=TITLE).first.click()
    expect(visitor.page.locator("h1")).to_have_text(TITLE)
    expect(visitor.page.locator("body")).to_contain_text("50 € par katru bērnu reizi gadā")
    visitor.finds_it_accessible()
    shared = machine.shared()
    if shared is not None:
        asked = urllib.request.Request(f"{visitor.house}/id/service/{CODE}", headers={"Accept": "text/turtle"})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.headers["Content-Type"].startswith("text/turtle")
            graph = rdflib.Graph().parse(data=answer.read(), format="turtle")
        assert judged(graph, shared) == {mode: Counter() for mode in Mode}


def test_two_people_at_one_draft_are_shown_each_others_change(arrive: Arrive) -> None:
    # Given two windows of the same draft
    first = arrive().enters_as("owner-pmlp")
    first.opens("/darbvieta/pakalpojumi/personas-aplieciba/")
    first.presses("Mainīt aprakstu")
    second = arrive().enters_as("owner-pmlp")
    second.page.goto(first.page.url)
    # When both change the same part
    first.page.locator('[name="receives-lv"]').fill("pirmā teksts")
    first.presses("Saglabāt melnrakstu")
    expect(first.page.locator("body")).to_contain_text("Saglabāts.")
    second.page.locator('[name="receives-lv"]').fill("otrā teksts")
    second.presses("Saglabāt melnrakstu")
    # Then the second sees the first one's text beside his own, and nothing is overwritten
    expect(second.page.locator(".iv-change").first).to_contain_text("pirmā teksts")
    expect(second.page.locator(".iv-change").first).to_contain_text("otrā teksts")
    second.finds_it_accessible()
    first.page.reload()
    expect(first.page.locator('[name="receives-lv"]')).to_have_value("pirmā teksts")
    # When the second chooses his own and saves again, it stands
    second.page.get_by_label("Ņemt manu").check()
    second.presses("Saglabāt melnrakstu")
    expect(second.page.locator('[name="receives-lv"]')).to_have_value("otrā teksts")


def test_a_draft_is_written_without_a_script_and_on_a_telephone(arrive: Arrive) -> None:
    owner = arrive(width=390, javascript=False).enters_as("owner-vid").opens("/darbvieta/jauns/")
    owner.page.locator('[name="title"]').fill("Izziņa par nodokļu parādu")
    owner.page.locator('[name="canvas"][value="certificate"]').check()
    owner.presses("Sākt")
    owner.page.locator('[name="term-days"]').fill("viens mēnesis")
    owner.page.locator('[name="summary-lv"]').fill("Apliecinājums, ka parāda nav.")
    owner.presses("Saglabāt melnrakstu")
    # What cannot be read is said at its field and stays typed; the rest is saved
    expect(owner.page.locator("#p-term")).to_contain_text("Jābūt veselam skaitlim")
    expect(owner.page.locator('[name="term-days"]')).to_have_value("viens mēnesis")
    owner.page.locator('[name="term-days"]').fill("5")
    owner.presses("Saglabāt melnrakstu")
    expect(owner.page.locator('[name="term-days"]')).to_have_value("5")
    expect(owner.page.locator('[name="summary-lv"]')).to_have_value("Apliecinājums, ka parāda nav.")


def test_a_newer_canvas_is_compared_and_taken(arrive: Arrive) -> None:
    # Given a service that stands on the first version of the canvas of benefits
    owner = (
        arrive().enters_as("owner-vsaa").opens("/darbvieta/pakalpojumi/berna-kopsanas-pabalsts/melnraksts/sagatave/")
    )
    owner.finds_it_accessible()
    if owner.sees("Jums ir jaunākā versija"):
        pytest.skip("The sample keeps this service on the newest version.")
    owner.presses("Ņemt visu, ko neesmu rakstījis pats")
    expect(owner.page.locator("body")).to_contain_text("atbilst jaunākajai sagatavei")
