"""A small world in which every part of a description, every kind of tie and every step of a situation is used once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pyoxigraph as ox
from django.db import transaction

from ietvars.collaboration.situations.rules import StepFacts
from ietvars.collaboration.ties import actions as ties
from ietvars.collaboration.ties.rules import Kind
from ietvars.doors.machines.feeds.cpsv_ap import exporting
from ietvars.doors.machines.feeds.cpsv_ap.exporting_writers import Format, write
from ietvars.ground.deployment import actions as deployment
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.canvases import actions as canvases
from ietvars.institution.canvases import queries as canvas_queries
from ietvars.institution.services import actions as services
from ietvars.institution.services import rules
from tests.world import NOW, World, texts

RDF = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.JSON_LD: ox.RdfFormat.JSON_LD,
    Format.RDF_XML: ox.RdfFormat.RDF_XML,
    Format.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
}

AWKWARD = 'Pēdiņas "šeit" \\ un <zīmes> & jauna\nrinda, ]]> un 😀'
"""Text that every format must escape in its own way."""


def build() -> World:
    """The world."""
    world = World()
    world.code_lists()
    canvases.load_shipped(by=SYSTEM, now=NOW)
    deployment.call(name=texts("Zemeslodes valsts"), by=SYSTEM, now=NOW)
    world.body("ministry", kind="ministry", registration_code="90000000000", since=date(1990, 5, 4))
    world.body("agency", below="ministry", is_invented=True)
    world.body("centre", kind="centre-operator")
    world.body("old-agency", until=date(2019, 12, 31), since=date(2000, 1, 1))
    made = services.describe(
        code="benefit",
        holder=world.body("agency"),
        facts=whole_facts(),
        since=date(2020, 1, 1),
        by=SYSTEM,
        now=NOW,
    )
    services.look_after(service=made, review_months=7, by=SYSTEM, now=NOW)
    services.publish(service=made, by=SYSTEM, now=NOW)
    services.lay_into(service=made, version=canvas_queries.current("benefit"), by=SYSTEM, now=NOW)
    card = world.service("card", holder="agency", title={"lv": "Karte"}, summary={"lv": "Karte ar karti."})
    at_once = world.service("at-once", term_days=None, is_immediate=True)
    world.retired("old-benefit")
    world.draft("secret-draft", title=texts("Melnraksts"))
    template = world.template("common-benefit", title=texts("Kopīgais pabalsts"))
    world.variant(template, "riga", term_days=5)
    world.variant(template, "ogre", because="Mums nav naudas")
    for number, kind in enumerate(Kind):
        other = world.service(f"other-{number}")
        note = texts("Vispirms šis.") if number % 2 else {}
        ties.tie(kind=kind, source=made, target=other, note=note, by=SYSTEM, now=NOW)
    world.situation(
        "child",
        StepFacts(service="benefit", deadline=texts("mēneša laikā"), illustrative=("deadline",)),
        StepFacts(service=card.code, is_beside_previous=True, is_optional=True, title=texts("Karte arī")),
        StepFacts(title=texts("Atpūtieties"), text=texts("Kaut mirkli."), turn_to="centre"),
        keywords={"lv": ["bērns", "mazulis"], "en": ["baby"]},
    )
    world.situation("moving-far", at_once.code)
    return world


def whole_facts() -> rules.ServiceFacts:
    """A description in which every part says something."""
    stages = {
        "request": rules.StageFacts(
            text=texts("Jūs lūdzat."),
            url="https://ietvars.example/lūgums?a=1&b=2",
            channels=("online", "in-person", "post"),
            providers=("agency", "centre"),
        ),
        "execution": rules.StageFacts(text=texts("Iestāde lemj."), providers=("agency",)),
        "receipt": rules.StageFacts(channels=("e-address",), providers=("centre",)),
    }
    return rules.ServiceFacts(
        title=texts("Pabalsts"),
        summary={"lv": AWKWARD, "en": "Money."},
        receives=texts("100 € vienreiz"),
        kind="individual-benefit",
        area="benefits",
        audience=("natural-person", "enterprise"),
        life_events=("child", "moving"),
        languages=("lv", "en", "ru"),
        keywords={"lv": ["nauda", "pabalsts"], "en": ["money"]},
        eligibility={"lv": ["esat šeit", "esat te"], "en": ["you are here"]},
        evidence=(
            {"code": "birth-record", "title": texts("ziņas par bērnu"), "held_by": "ministry"},
            {"title": texts("bankas konts")},
        ),
        outputs=({"code": "benefit", "title": texts("nauda kontā")}, {"code": "own-word", "title": texts("vārds")}),
        legal_acts=(
            {"title": texts("Likums"), "url": "https://likumi.example/ta/id/1"},
            {"title": texts("Noteikumi bez adreses")},
        ),
        term_days=10,
        apply_within=texts("6 mēnešu laikā"),
        appeal=texts("Tiesā."),
        reviewed_on=date(2026, 8, 18),
        illustrative=("receives", "fees"),
        identifiers=(("register", "LV-1"), ("other-register", "00 7/ā")),
        stages=stages,
        fees=(
            rules.FeeFacts(stage="request", amount=Decimal("4.27"), text=texts("nodeva")),
            rules.FeeFacts(stage="receipt", amount=None, currency="USD", text=texts("pēc cenrāža")),
            rules.FeeFacts(stage="receipt", amount=Decimal("0.00")),
        ),
    )


def text_of(form: Format = Format.N_TRIPLES) -> str:
    """The whole catalogue in a format."""
    return "".join(write(exporting.everything(), form))


def triples(text: str | bytes, form: Format = Format.N_TRIPLES) -> frozenset[str]:
    """The triples of a document; our own hold no blank nodes, so equal sets are isomorphic graphs."""
    return frozenset(str(quad) for quad in ox.parse(text, format=RDF[form], base_iri="https://base.example/"))


@contextmanager
def elsewhere() -> Iterator[None]:
    """Whatever is built here is undone behind it: the next one begins in an empty state."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
