"""Reorganisations through the whole house: what goes along, and that undoing one leaves no trace in any table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ietvars.collaboration.situations import rules as situation_rules
from ietvars.collaboration.situations.models import Step
from ietvars.ground.audit import queries as audit
from ietvars.ground.bodies import errors, plans, queries, reorganising
from ietvars.ground.bodies.models import Body, Placement
from ietvars.ground.bodies.plans import Kind, NewBody, Plan
from ietvars.ground.people import actions as people
from ietvars.ground.people.models import Capacity
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.words import queries as words
from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.deliveries import senders
from ietvars.institution.deliveries.actions import receive
from ietvars.institution.deliveries.models import Refused, Sender, Source
from ietvars.institution.feedback.models import Feedback
from ietvars.institution.lists import actions as lists
from ietvars.institution.revisions import actions as revisions
from ietvars.institution.revisions import queries as drafts
from ietvars.institution.services import actions as services
from ietvars.institution.services import queries as catalogue
from ietvars.institution.services import rules as service_rules
from ietvars.institution.services.models import PublishedVersion
from ietvars.oversight.initiatives.models import Initiative
from tests.world import NOW, World, texts

ON = date(2026, 11, 1)
GROWING = {"ground.entry", "ground.reorganisation", "institution.publishedversion"}
"""Tables that only grow: the audit, the operations themselves, and the feed of what could be read when."""


def merger(*old: str, into: str, **said: Any) -> Plan:
    return Plan(kind=Kind.MERGED, on=ON, predecessors=old, successors=(into,), **said)


def split(old: str, *into: str, **assigned: Mapping[str, str]) -> Plan:
    return Plan(kind=Kind.SPLIT, on=ON, predecessors=(old,), successors=into, assigned=assigned)


def applied(plan: Plan) -> Any:
    made = reorganising.plan(plan=plan, by=SYSTEM, now=NOW)
    return reorganising.apply(reorganisation=made, by=SYSTEM, now=NOW)


def undone(found: Any) -> Any:
    return reorganising.undo(reorganisation=found, by=SYSTEM, now=NOW, why="Decided otherwise.")


def holder(code: str) -> str:
    found = catalogue.by_code(code)
    assert found is not None
    return found.holder_code


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the house, but those that only grow and the histories."""
    return {
        table._meta.label_lower: list(table._base_manager.order_by("pk").values())
        for table in apps.get_models()
        if table.__module__.startswith("ietvars.")
        and not table.__name__.startswith("Historical")
        and table._meta.label_lower not in GROWING
    }


def test_every_table_that_points_to_a_body_is_moved_or_is_a_record_of_its_day() -> None:
    """Whoever adds a table with a body must say which: move it in the room's `moving.py`, or name it here."""
    moved = {
        "ground.body", "ground.placement", "ground.succession", "ground.formername", "ground.capacity",
        "institution.tenure", "institution.delivery", "institution.servicelist", "institution.report",
        "institution.feedback", "institution.sender", "institution.source", "institution.refused",
        "collaboration.step", "oversight.initiative",
    }  # fmt: skip
    of_their_day = {
        "institution.publishedversion": "who held what could be read then",
        "institution.reported": "who reported it",
        "institution.measurement": "who held the service when it was measured",
        "institution.figure": "as above",
        "institution.comparison": "as above",
        "institution.exemption": "who was excused from what round",
        "institution.outgoing": "for whom a file was made",
        "institution.sheet": "for whom a file came back",
        "oversight.finding": "made anew with every look at a period",
    }
    pointing = {
        table._meta.label_lower
        for table in apps.get_models()
        for field in table._meta.concrete_fields
        if field.is_relation and field.related_model is Body and not table.__name__.startswith("Historical")
    }
    assert pointing - moved - set(of_their_day) == set()


# ---- a merger -----------------------------------------------------------------------------------------------------


@pytest.fixture
def town(world: World) -> World:
    """Two offices under one ministry, and a new one; services, people, lists, a situation and a draft at the old."""
    for office in ("road-office", "rail-office", "transport-office"):
        world.body(office, below="ministry")
    world.body("depot", below="road-office")
    world.service("road-permit", holder="road-office")
    world.service("rail-permit", holder="rail-office")
    world.service("car-tax", holder="ministry", providers=("road-office", "ministry"))
    world.draft("bridge-permit", holder="road-office")
    world.retired("toll", holder="road-office")
    world.actor(Role.SERVICE_OWNER, "road-office", username="ilze")
    world.actor(Role.SERVICE_OWNER, "rail-office", username="ilze")
    world.actor(Role.LIST_APPROVER, "road-office", username="oto")
    world.service_list("road-office", "road-permit", year=2026, is_published=False)
    world.service_list("road-office", "road-permit", year=2025)
    world.situation("driving", "road-permit", situation_rules.StepFacts(title=texts("Zvaniet"), turn_to="road-office"))
    road = queries.by_codes(["road-office"])["road-office"]
    program, _secret = senders.make(code="counter", title="Counter", body=road, by=SYSTEM, now=NOW)
    Source.objects.create(uri="urn:road:counter", body=road, since=NOW)
    for state, ended in ((Refused.State.OPEN, None), (Refused.State.DROPPED, NOW)):
        Refused.objects.create(
            sender=program, body=road, fingerprint=state, document={}, code="missing", sentence="Nothing.",
            received_at=NOW, state=state, ended_at=ended,
        )  # fmt: skip
    return world


def test_a_merger_moves_everything_that_is_alive(town: World) -> None:
    applied(merger("road-office", "rail-office", into="transport-office"))
    assert {holder(code) for code in ("road-permit", "rail-permit", "bridge-permit", "toll")} == {"transport-office"}
    tax = catalogue.facts(town.again(catalogue.by_codes(["car-tax"])["car-tax"]))
    assert tax.stages["request"].providers == ("transport-office", "ministry")
    assert holder("car-tax") == "ministry"
    open_now = Capacity.objects.filter(until__isnull=True).exclude(body__code="ministry")
    assert sorted(open_now.values_list("person__username", "role", "body__code")) == [
        ("ilze", "service-owner", "transport-office"),
        ("list-approver-at-road-office", "list-approver", "transport-office"),
        ("oto", "list-approver", "transport-office"),
        ("service-owner-at-road-office", "service-owner", "transport-office"),
    ]
    assert Step.objects.get(service=None).turn_to.code == "transport-office"  # type: ignore[union-attr]
    depot = Placement.objects.get(body__code="depot", until__isnull=True)
    assert (depot.parent.code, depot.since) == ("transport-office", ON)
    ended = queries.by_code("road-office")
    assert ended is not None
    assert ended.until == ON - timedelta(days=1)
    assert queries.current_of(ended).code == "transport-office"


def test_programs_send_for_the_successor_and_what_lies_refused_lies_there(town: World) -> None:
    found = applied(merger("road-office", into="transport-office"))
    assert Sender.objects.get().body.code == Source.objects.get().body.code == "transport-office"
    lying = dict(Refused.objects.values_list("state", "body__code"))
    assert lying == {"open": "transport-office", "dropped": "road-office"}
    # Retention deletes what lies too long; that does not bar the way back.
    Refused.objects.filter(state=Refused.State.DROPPED).delete()
    undone(found)
    assert Refused.objects.get().body.code == Sender.objects.get().body.code == "road-office"  # type: ignore[union-attr]


@pytest.mark.parametrize("day", [ON - timedelta(days=40), ON])
def test_what_happened_before_a_merger_is_told_late_by_the_successor(
    town: World, day: date, settings: Any, tmp_path: Path
) -> None:
    settings.PERSON_KEYS = tmp_path / "person-keys.json"
    applied(merger("road-office", into="transport-office"))
    later = NOW + timedelta(minutes=5)
    told = {
        "specversion": "1.0", "id": "1", "source": "urn:road:counter", "type": "lv.ietvars.delivery.opened",
        "time": f"{day}T10:00:00+02:00", "subject": "case-1",
    }  # fmt: skip
    facts = deliveries.sender_facts(Sender.objects.select_related("body").get(), later)
    answers = [
        receive(documents=[{**told, "id": code, "data": {"service": code}}], sender=facts, by=SYSTEM, now=later)[
            0
        ].status
        for code in ("road-permit", "rail-permit")
    ]
    assert answers == ["accepted", "refused"]


def test_lists_under_way_go_along_and_approved_ones_stay(town: World) -> None:
    applied(merger("road-office", into="transport-office"))
    from ietvars.institution.lists.queries import by_body_and_year

    assert by_body_and_year("transport-office", 2026) is not None
    assert by_body_and_year("road-office", 2025) is not None
    assert by_body_and_year("transport-office", 2025) is None


def test_a_list_stays_when_the_successor_has_one_of_that_year(town: World) -> None:
    town.service_list("transport-office", "other", year=2026, is_published=False)
    plan = merger("road-office", into="transport-office")
    (item,) = (one for one in reorganising.preview(plan=plan, by=SYSTEM, now=NOW).items if one.what == "list")
    assert (item.key, item.new, item.note) == ("road-office/2026", plans.STAYS, "has-its-own")
    applied(plan)


def test_figures_keep_the_holder_of_their_day(town: World) -> None:
    service = catalogue.by_codes(["road-permit"])["road-permit"]
    before = catalogue.holder_on(service, ON - timedelta(days=1))
    applied(merger("road-office", into="transport-office"))
    still, after = catalogue.holder_on(service, ON - timedelta(days=1)), catalogue.holder_on(service, ON)
    assert before is not None
    assert still == before
    assert after is not None
    assert (before.code, after.code) == ("road-office", "transport-office")


def test_a_merger_leaves_one_audit_row_with_what_went_over(town: World) -> None:
    before = audit.latest(1000).count()
    found = applied(merger("road-office", "rail-office", into="transport-office"))
    assert audit.latest(1000).count() == before + 1
    (row,) = audit.of("reorganisation", str(found.pk))
    assert row.action == "bodies.reorganise"
    assert row.after is not None
    assert row.after["moved"]["service"] == 4
    undone(found)
    assert audit.latest(1000).count() == before + 2
    assert audit.of("reorganisation", str(found.pk)).first().why == "Decided otherwise."  # type: ignore[union-attr]


def test_undoing_a_merger_leaves_every_table_as_it_was(town: World) -> None:
    before = everything()
    found = applied(merger("road-office", "rail-office", into="transport-office"))
    assert everything() != before
    undone(found)
    assert everything() == before


def test_visitors_find_the_successor_and_after_undoing_the_old_one(town: World) -> None:
    def says(code: str) -> list[str]:
        return [doc.text for doc in catalogue.documents(town.again(catalogue.by_codes([code])[code]))]

    old = says("road-permit")
    found = applied(merger("road-office", into="transport-office"))
    assert "Transport office" in says("road-permit")[0]
    assert [hit.key for hit in words.search("transport office", "lv")][:1] == ["road-permit"]
    undone(found)
    assert says("road-permit") == old


def test_the_feed_of_versions_says_both_changes_and_forgets_neither(town: World) -> None:
    rows = PublishedVersion.objects.filter(service__code="road-permit").order_by("pk")
    before = rows.count()
    undone(applied(merger("road-office", into="transport-office")))
    holders = list(rows.values_list("holder__code", flat=True))
    assert holders[before - 1 :] == ["road-office", "transport-office", "road-office"]


def test_the_preview_names_exactly_what_is_moved(town: World) -> None:
    plan = merger("road-office", "rail-office", into="transport-office")
    before = everything()
    preview = reorganising.preview(plan=plan, by=SYSTEM, now=NOW)
    assert everything() == before
    assert preview.refusal is None
    assert reorganising.counted(preview.items) == applied(plan).counts


def test_a_merger_into_one_of_the_two_leaves_that_one_alive(town: World) -> None:
    applied(merger("road-office", into="rail-office"))
    rail = queries.by_code("rail-office")
    assert rail is not None
    assert rail.until is None
    assert holder("road-permit") == holder("rail-permit") == "rail-office"
    assert Capacity.objects.filter(person__username="ilze", until__isnull=True).count() == 1


def test_a_new_body_is_founded_and_after_undoing_never_was(town: World) -> None:
    new = NewBody("mobility-office", texts("Mobilitātes pārvalde", "Mobility Office"))
    before = everything()
    found = applied(merger("road-office", "rail-office", into="mobility-office", new=(new,)))
    assert holder("rail-permit") == "mobility-office"
    place = Placement.objects.get(body__code="mobility-office")
    assert (place.parent.code, place.since) == ("ministry", ON)
    undone(found)
    assert everything() == before


def test_who_comes_to_the_new_body_keeps_it_from_being_undone(town: World) -> None:
    new = NewBody("mobility-office", texts("Mobilitātes pārvalde"))
    found = applied(merger("road-office", into="mobility-office", new=(new,)))
    town.service("bus-pass", holder="mobility-office")
    with pytest.raises(errors.StillUsed) as refused:
        undone(found)
    assert "bus-pass" in str(refused.value)


# ---- a split ------------------------------------------------------------------------------------------------------


def test_a_split_waits_until_everything_has_a_place(town: World) -> None:
    plan = split("road-office", "rail-office", "transport-office", service={"road-permit": "rail-office"})
    preview = reorganising.preview(plan=plan, by=SYSTEM, now=NOW)
    open_ones = {(item.what, item.key) for item in preview.undecided}
    assert ("service", "bridge-permit") in open_ones
    assert ("service", "road-permit") not in open_ones
    before = everything()
    with pytest.raises(errors.Undecided):
        applied(plan)
    assert everything() == before


ALL_OF = {
    **{what: {"*": "rail-office"} for what in ("body", "capacity", "sender", "source")},
    **{what: {"*": "-"} for what in ("list", "step")},
}


def test_a_split_sends_each_service_where_it_is_assigned(town: World) -> None:
    plan = split(
        "road-office",
        "rail-office",
        "transport-office",
        service={"road-permit": "rail-office", "*": "transport-office"},
        provider={"car-tax": "transport-office"},
        **ALL_OF,
    )
    found = applied(plan)
    assert (holder("road-permit"), holder("bridge-permit")) == ("rail-office", "transport-office")
    assert catalogue.facts(catalogue.by_codes(["car-tax"])["car-tax"]).stages["request"].providers == (
        "transport-office",
        "ministry",
    )
    assert Step.objects.get(service=None).turn_to.code == "road-office"  # type: ignore[union-attr]
    undone(found)
    assert holder("road-permit") == holder("bridge-permit") == "road-office"


def test_a_part_that_leaves_lets_the_old_body_live(town: World) -> None:
    plan = split(
        "road-office", "road-office", "transport-office",
        service={"bridge-permit": "transport-office", "*": "road-office"},
        provider={"*": "road-office"}, body={"*": "road-office"}, capacity={"*": "road-office"},
        list={"*": "-"}, step={"*": "-"}, sender={"*": "road-office"}, source={"*": "road-office"},
    )  # fmt: skip
    before = everything()
    found = applied(plan)
    road = queries.by_code("road-office")
    assert road is not None
    assert road.until is None
    assert (holder("road-permit"), holder("bridge-permit")) == ("road-office", "transport-office")
    assert Capacity.objects.filter(body=road, until__isnull=True).count() == 4
    undone(found)
    assert everything() == before


def test_decisions_can_be_taken_one_after_the_other(town: World) -> None:
    plan = split("road-office", "rail-office", "transport-office", **ALL_OF)
    made = reorganising.plan(plan=plan, by=SYSTEM, now=NOW)
    for what, named in (
        ("service", {"road-permit": "rail-office"}),
        ("service", {"bridge-permit": "rail-office", "toll": "rail-office"}),
        ("provider", {"car-tax": "rail-office"}),
    ):
        made = reorganising.decide(reorganisation=made, assigned={what: named}, by=SYSTEM, now=NOW)
    reorganising.apply(reorganisation=made, by=SYSTEM, now=NOW)
    assert holder("toll") == "rail-office"


@pytest.mark.parametrize(
    ("assigned", "refusal"),
    [
        ({"service": {"road-permit": "ministry"}}, errors.NoSuccessor),
        ({"service": {"rail-permit": "rail-office"}}, errors.NothingOfThat),
        ({"nonsense": {"road-permit": "rail-office"}}, errors.NothingOfThat),
    ],
)
def test_a_slip_in_the_assignment_is_named(
    town: World, assigned: dict[str, dict[str, str]], refusal: type[Exception]
) -> None:
    made = reorganising.plan(plan=split("road-office", "rail-office", "transport-office"), by=SYSTEM, now=NOW)
    with pytest.raises(refusal):
        reorganising.decide(reorganisation=made, assigned=assigned, by=SYSTEM, now=NOW)


# ---- a renaming ---------------------------------------------------------------------------------------------------


def test_a_body_under_a_new_name_keeps_its_code_and_is_found_by_both(town: World) -> None:
    plan = Plan(
        kind=Kind.RENAMED, on=ON, predecessors=("road-office",), successors=("road-office",),
        name=texts("Ceļu aģentūra", "Roads Agency"),
    )  # fmt: skip
    before = everything()
    found = applied(plan)
    road = queries.by_code("road-office")
    assert road is not None
    assert (road.name["lv"], queries.name_on(road, ON - timedelta(days=1))["lv"]) == ("Ceļu aģentūra", "Road office")
    assert [hit.key for hit in words.search("ceļu aģentūra", "lv")][:1] == ["road-permit"]
    undone(found)
    assert everything() == before


def test_a_body_under_a_new_code_hands_everything_to_it(town: World) -> None:
    new = NewBody("roads-agency", texts("Ceļu aģentūra"))
    plan = Plan(kind=Kind.RENAMED, on=ON, predecessors=("road-office",), successors=("roads-agency",), new=(new,))
    before = everything()
    found = applied(plan)
    assert holder("road-permit") == "roads-agency"
    undone(found)
    assert everything() == before


# ---- drafts, feedback, initiatives ----------------------------------------------------------------------------------


def test_an_open_draft_goes_along_and_does_not_bring_the_old_provider_back(town: World) -> None:
    stage = service_rules.StageFacts(text=texts("Zvaniet."), channels=("phone",), providers=("rail-office", "ministry"))
    town.draft("road-permit", holder="road-office", stages={"request": stage})
    town.service("bus-pass", holder="ministry", stages={"request": stage})
    for code in ("road-permit", "bus-pass"):
        revisions.start(service=catalogue.by_codes([code])[code], by=SYSTEM, now=NOW)
    before = everything()
    plan = merger("road-office", "rail-office", into="transport-office")
    keys = [item.key for item in reorganising.preview(plan=plan, by=SYSTEM, now=NOW).items if item.what == "draft"]
    assert sorted(keys) == ["bus-pass", "road-permit"]
    found = applied(plan)
    for code in keys:
        draft = drafts.open_of(catalogue.by_codes([code])[code])
        assert draft is not None
        assert "rail-office" not in str(draft.description)
        assert draft.description["stages.request.providers"] == ["transport-office", "ministry"]
    undone(found)
    assert everything() == before


def test_feedback_on_the_page_of_the_old_body_waits_at_the_successor(town: World) -> None:
    road, new = queries.by_code("road-office"), queries.by_code("transport-office")
    assert road is not None
    said = {"page": "/iestades/road-office/", "category": "service", "rating": 2}
    Feedback.objects.create(at=NOW, body=road, **said)
    closed = Feedback.objects.create(at=NOW, body=road, state="closed", **said)
    before = everything()
    found = applied(merger("road-office", into="transport-office"))
    assert sorted(Feedback.objects.values_list("body__code", "state")) == [
        ("road-office", "closed"),
        ("transport-office", "new"),
    ]
    assert new is not None
    assert closed.body == road
    undone(found)
    assert everything() == before


def initiative(body: Body, code: str, state: str = "proposed") -> None:
    decided = {"decided_by": "oto", "decided_at": NOW} if state != "proposed" else {}
    Initiative.objects.create(
        code=code, kind="digitalise", title="Digitāli", reason="Tā", state=state, period="2025", frozen="{}",
        frozen_hash="x", frozen_at=NOW, proposed_by="ilze", owner="ilze", body=body, indicator="share",
        expected_direction="up", deadline=date(2027, 1, 1), check_period="2027", **decided,
    )  # fmt: skip


def test_initiatives_under_way_are_carried_out_by_the_successor(town: World) -> None:
    road = queries.by_code("road-office")
    assert road is not None
    for number, state in enumerate(("proposed", "adopted", "rejected")):
        initiative(road, f"2026-00{number}", state)
    before = everything()
    found = applied(merger("road-office", into="transport-office"))
    assert dict(Initiative.objects.values_list("state", "body__code")) == {
        "proposed": "transport-office",
        "adopted": "transport-office",
        "rejected": "road-office",
    }
    undone(found)
    assert everything() == before


# ---- what was changed since -----------------------------------------------------------------------------------------


def test_undoing_names_what_was_changed_since_and_changes_nothing(town: World) -> None:
    found = applied(merger("road-office", "rail-office", into="transport-office"))
    permit = catalogue.by_codes(["road-permit"])["road-permit"]
    services.hand_over(service=permit, to=town.body("ministry"), on=date(2026, 11, 20), by=SYSTEM, now=NOW)
    after = everything()
    with pytest.raises(errors.ChangedSince) as refused:
        undone(found)
    assert refused.value.facts["things"] == "road-permit"
    assert everything() == after


def test_undoing_names_a_service_whose_stages_were_written_anew(town: World) -> None:
    found = applied(merger("road-office", into="transport-office"))
    stage = service_rules.StageFacts(text=texts("Citādi."), channels=("phone",))
    town.draft("road-permit", holder="transport-office", stages={"request": stage})
    with pytest.raises(errors.ChangedSince) as refused:
        undone(found)
    assert "road-permit" in refused.value.facts["things"]


def test_undoing_names_a_person_whose_capacity_was_ended(town: World) -> None:
    found = applied(merger("road-office", into="transport-office"))
    capacity = Capacity.objects.get(person__username="oto", until__isnull=True)
    people.end_capacity(capacity=capacity, until=date(2026, 11, 22), by=SYSTEM, now=NOW)
    with pytest.raises(errors.ChangedSince) as refused:
        undone(found)
    assert refused.value.facts["things"] == "oto/list-approver"


def test_what_was_added_since_at_a_body_that_stays_is_no_hindrance(town: World) -> None:
    found = applied(merger("road-office", into="transport-office"))
    town.service("bus-pass", holder="transport-office")
    undone(found)
    assert (holder("road-permit"), holder("bus-pass")) == ("road-office", "transport-office")


def test_of_two_that_build_on_each_other_the_later_is_undone_first(town: World) -> None:
    before = everything()
    first = applied(merger("road-office", into="transport-office"))
    second = applied(merger("transport-office", into="rail-office"))
    with pytest.raises(errors.UndoTheLaterFirst) as refused:
        undone(first)
    assert refused.value.facts["later"] == second.pk
    undone(second)
    undone(first)
    assert everything() == before


def test_more_than_five_changed_things_are_counted(town: World) -> None:
    for number in range(8):
        town.service(f"permit-{number}", holder="road-office")
    found = applied(merger("road-office", into="transport-office"))
    for number in range(8):
        permit = catalogue.by_codes([f"permit-{number}"])[f"permit-{number}"]
        services.hand_over(service=permit, to=town.body("ministry"), on=date(2026, 11, 20), by=SYSTEM, now=NOW)
    with pytest.raises(errors.ChangedSince) as refused:
        undone(found)
    assert refused.value.facts["things"].endswith("(+3)")


def test_what_is_undone_cannot_be_applied_or_undone_again(town: World) -> None:
    found = undone(applied(merger("road-office", into="transport-office")))
    with pytest.raises(errors.NotThatStep):
        undone(found)
    with pytest.raises(errors.NotThatStep):
        reorganising.apply(reorganisation=found, by=SYSTEM, now=NOW)
    again = applied(merger("road-office", into="transport-office"))
    assert holder("road-permit") == "transport-office"
    undone(again)


def test_lists_handed_in_meanwhile_keep_it_from_being_undone(town: World) -> None:
    from ietvars.institution.lists.queries import by_body_and_year

    found = applied(merger("road-office", into="transport-office"))
    under_way = by_body_and_year("transport-office", 2026)
    assert under_way is not None
    lists.submit(service_list=under_way, by=SYSTEM, now=NOW)
    undone(found)  # its body goes back, and its new state with it: nobody's work is lost
    back = by_body_and_year("road-office", 2026)
    assert back is not None
    assert back.state == "submitted"


# ---- any world, any plan ------------------------------------------------------------------------------------------

BODIES = ("alpha", "beta", "gamma", "delta")
codes = st.sampled_from(BODIES)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """What is at whom: services with holder, providers, state and first day; capacities; lists; steps; places."""
    service = st.tuples(
        codes,
        st.lists(codes, max_size=3, unique=True),
        st.sampled_from(["draft", "published", "retired"]),
        st.sampled_from([None, date(2020, 1, 1), date(2026, 10, 31), ON, date(2026, 11, 10)]),
    )
    return {
        "services": draw(st.lists(service, max_size=5)),
        "capacities": draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["anna", "juris"]),
                    st.sampled_from([Role.SERVICE_OWNER, Role.LIST_APPROVER]),
                    codes,
                    st.sampled_from([None, date(2021, 1, 1), date(2026, 11, 5)]),
                ),
                max_size=6,
            )
        ),
        "lists": draw(st.sets(st.tuples(codes, st.sampled_from([2025, 2026])), max_size=4)),
        "steps": draw(st.lists(codes, max_size=3)),
        "below": draw(st.sets(codes, max_size=3)),
        "drafts": draw(st.sets(st.integers(0, 4), max_size=3)),
    }


@st.composite
def wanted(draw: st.DrawFn) -> Plan:
    """A merger, split or renaming of some of the bodies, with new ones at times; in a split all goes by one choice."""
    kind = draw(st.sampled_from(list(Kind)))
    new = NewBody("omega", texts("Omega"))
    if kind is Kind.RENAMED:
        old = draw(codes)
        if draw(st.booleans()):
            return Plan(kind=kind, on=ON, predecessors=(old,), successors=(old,), name=texts("Jauns vārds"))
        heir = draw(st.sampled_from([code for code in (*BODIES, "omega") if code != old]))
        return Plan(
            kind=kind, on=ON, predecessors=(old,), successors=(heir,), new=(new,) if heir == "omega" else ()
        )  # fmt: skip
    if kind is Kind.MERGED:
        heir = draw(st.sampled_from((*BODIES, "omega")))
        olds = draw(st.lists(codes.filter(lambda code: code != heir), min_size=1, max_size=3, unique=True))
        return Plan(
            kind=kind, on=ON, predecessors=tuple(olds), successors=(heir,), new=(new,) if heir == "omega" else ()
        )  # fmt: skip
    old = draw(codes)
    heirs = draw(st.lists(st.sampled_from((*BODIES, "omega")), min_size=2, max_size=3, unique=True))
    choice = st.sampled_from((*heirs, plans.STAYS))
    assigned = {
        what: {plans.EVERYTHING: draw(choice)}
        for what in ("body", "capacity", "service", "provider", "list", "step", "initiative", "feedback", "report")
    }
    return Plan(
        kind=kind, on=ON, predecessors=(old,), successors=tuple(heirs), assigned=assigned,
        new=(new,) if "omega" in heirs else (),
    )  # fmt: skip


def build(told: Mapping[str, Any]) -> None:
    world = World()
    for code in BODIES:
        world.body(code, below="ministry")
    for code in told["below"]:
        world.body(f"{code}-branch", below=code)
    for number, (held_by, providers, state, since) in enumerate(told["services"]):
        code = f"service-{number}"
        made = world.draft(code, holder=held_by, providers=tuple(providers))
        made.tenures.update(since=since)
        if state != "draft":
            services.publish(service=made, by=SYSTEM, now=NOW)
        if state == "retired":
            services.retire(service=made, by=SYSTEM, now=NOW, why="Vairs nevajag.")
        elif number in told["drafts"]:
            revisions.start(service=made, by=SYSTEM, now=NOW)
    for name, role, body, since in told["capacities"]:
        world.actor(role, body, username=name)
        Capacity.objects.filter(person__username=name, role=role.value, body__code=body).update(since=since)
    for body, year in told["lists"]:
        world.service_list(body, "Nosaukts", year=year, is_published=False)
    steps = [situation_rules.StepFacts(title=texts(f"Solis {code}"), turn_to=code) for code in told["steps"]]
    if steps:
        world.situation("driving", *steps)


@settings(
    max_examples=int(os.environ.get("REORGANISATIONS", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=worlds(), plan=wanted())
def test_of_any_reorganisation_of_any_world_undoing_leaves_no_trace(db: None, told: dict[str, Any], plan: Plan) -> None:
    with transaction.atomic():
        build(told)
        before = everything()
        preview = reorganising.preview(plan=plan, by=SYSTEM, now=NOW)
        assert everything() == before
        if preview.refusal is None:
            found = applied(plan)
            assert found.counts == reorganising.counted(preview.items)
            for code in plan.ending:
                left = catalogue.of([queries.by_codes([code])[code].pk])
                kept = {item.key for item in preview.items if item.what == "service" and item.new == plans.STAYS}
                assert {service.code for service in left} == kept
                assert not Capacity.objects.filter(body__code=code, until__isnull=True).exists()
            undone(found)
            assert everything() == before
        else:
            with pytest.raises(type(preview.refusal)):
                applied(plan)
        transaction.set_rollback(True)


def test_a_plan_of_no_bodies_a_person_could_name_is_refused(world: World) -> None:
    world.body("alpha")
    for plan, refusal in (
        (merger("alpha", into="alpha"), errors.NotThatMany),
        (merger("nobody", into="alpha"), errors.UnknownBody),
        (merger("alpha", into="nobody"), errors.UnknownBody),
        (merger("alpha", into="new", new=(NewBody("new", {}),)), errors.NoNewName),
        (merger("alpha", into="new", new=(NewBody("alpha", texts("A")),)), errors.BodyExists),
        (Plan(Kind.MERGED, ON, (), ("alpha",)), errors.NothingToMerge),
        (Plan(Kind.RENAMED, ON, ("alpha",), ("alpha",)), errors.NoNewName),
        (replace(split("alpha", "alpha"), kind=Kind.SPLIT), errors.NotThatMany),
    ):
        with pytest.raises(refusal):
            reorganising.plan(plan=plan, by=SYSTEM, now=NOW)
