"""Describing, publishing, retiring and handing over services."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from ietvars.ground.audit import queries as audit
from ietvars.ground.bodies import actions as bodies
from ietvars.ground.notices import actions as notices
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.ground.words import queries as words
from ietvars.institution.canvases import merging
from ietvars.institution.canvases import queries as canvases
from ietvars.institution.services import actions, errors, queries, rules
from ietvars.institution.services.models import Service
from tests.world import NOW, World, facts, texts

pytestmark = pytest.mark.django_db

LATER = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)


def _codes(services: Iterable[Service]) -> list[str]:
    return sorted(service.code for service in services)


def _holder(service: Service, day: date) -> str:
    body = queries.holder_on(service, day)
    assert body is not None
    return body.code


# Describing


def test_a_description_keeps_all_that_was_said(world: World) -> None:
    world.body("library")
    said = facts(
        "Pabalsts",
        providers=("agency", "library"),
        evidence=({"code": "photo", "title": texts("foto"), "held_by": "library"},),
        fees=(rules.FeeFacts(stage="request", amount=Decimal("15.00"), text=texts("par steidzamību")),),
        identifiers=(("latvija.lv", "Services/1"),),
        life_events=("child",),
        illustrative=("fees",),
    )
    service = actions.describe(code="benefit", holder=world.body(), facts=said, by=SYSTEM, now=NOW)

    kept = queries.facts(service)

    assert kept.stages["request"] == said.stages["request"]
    assert (kept.evidence, kept.fees, kept.identifiers) == (said.evidence, said.fees, said.identifiers)
    assert (kept.life_events, kept.illustrative, kept.title) == (said.life_events, said.illustrative, said.title)


def test_a_service_always_has_the_three_stages_of_the_law(world: World) -> None:
    service = actions.describe(
        code="benefit",
        holder=world.body(),
        facts=rules.ServiceFacts(title=texts("Pabalsts")),
        by=SYSTEM,
        now=NOW,
    )
    page = queries.page(service.code)
    assert page is not None
    assert [stage.name for stage in page.stages.all()] == ["request", "execution", "receipt"]
    assert {row.provider.code for stage in page.stages.all() for row in stage.deliveries.all()} == {"agency"}


def test_a_new_description_is_a_draft_that_nobody_finds(world: World) -> None:
    world.draft("benefit", title=texts("Retais pabalsts"))
    assert list(queries.published()) == []
    assert words.search("retais", "lv") == []


def test_describing_anew_changes_the_same_service_and_tells_what_changed(world: World) -> None:
    world.draft("benefit", term_days=10)
    world.draft("benefit", term_days=5)

    last = audit.of("service", "benefit")[0]

    assert Service.objects.get().term_days == 5
    assert (last.before, last.after) == ({"term_days": 10}, {"term_days": 5})


def test_history_shows_what_a_description_was_on_a_day(world: World) -> None:
    world.draft("benefit", title="Vecais nosaukums")
    actions.describe(code="benefit", holder=world.body(), facts=facts("Jaunais nosaukums"), by=SYSTEM, now=LATER)
    was = Service.objects.get().history.as_of(datetime(2026, 12, 1, tzinfo=UTC))
    assert was.title["lv"] == "Vecais nosaukums"


def test_stages_that_stay_the_same_keep_their_rows(world: World) -> None:
    service = world.draft("benefit")
    before = list(service.stages.values_list("pk", flat=True))
    world.draft("benefit", term_days=3)
    assert list(service.stages.values_list("pk", flat=True)) == before


def test_a_description_cannot_move_a_service_to_another_holder(world: World) -> None:
    world.draft("benefit", holder="agency")
    with pytest.raises(errors.HeldByAnother, match="“benefit” is held by agency"):
        world.draft("benefit", holder="other")


def test_an_unknown_provider_is_refused_and_nothing_is_written(world: World) -> None:
    with pytest.raises(errors.UnknownProvider, match="“nobody”"):
        world.draft("benefit", providers=("nobody",))
    assert queries.by_code("benefit") is None


def test_an_owner_describes_services_of_a_body_below_his_own(world: World) -> None:
    world.body("agency", below="ministry")
    owner = world.actor(Role.SERVICE_OWNER, "ministry")
    actions.describe(code="benefit", holder=world.body("agency"), facts=facts(), by=owner, now=NOW)
    assert audit.of("service", "benefit")[0].username == owner.username


@pytest.mark.parametrize("role", [Role.SERVICE_OWNER, Role.ADMINISTRATOR])
def test_a_foreign_owner_changes_nothing(world: World, role: Role) -> None:
    service, stranger = world.service("benefit"), world.actor(role, "somewhere-else")
    attempts: list[Callable[[], object]] = [
        lambda: actions.describe(code="benefit", holder=world.body(), facts=facts(), by=stranger, now=NOW),
        lambda: actions.publish(service=service, by=stranger, now=NOW),
        lambda: actions.retire(service=service, by=stranger, now=NOW, why="x"),
        lambda: actions.confirm(service=service, on=NOW.date(), by=stranger, now=NOW),
        lambda: actions.hand_over(service=service, to=world.body("x"), on=NOW.date(), by=stranger, now=NOW),
    ]
    for attempt in attempts:
        with pytest.raises(errors.NotYours):
            attempt()
    assert world.again(service).state == "published"


# Publishing and retiring


def test_a_published_service_is_read_and_found(world: World) -> None:
    service = world.service("benefit", title=texts("Bērna kopšanas pabalsts", "Child-care benefit"))

    assert _codes(queries.published()) == ["benefit"]
    assert [hit.key for hit in words.search("bernu kopsana", "lv")] == ["benefit"]
    assert [hit.key for hit in words.search("child", "en")] == ["benefit"]
    assert [row.state for row in service.state_rows.all()] == ["draft", "published"]


def test_a_service_nobody_can_request_is_not_published(world: World) -> None:
    service = world.draft("benefit", channels=())
    with pytest.raises(errors.NotReady, match=r"stages\.request\.channels"):
        actions.publish(service=service, by=SYSTEM, now=NOW)
    assert world.again(service).state == "draft"


def test_a_published_service_cannot_be_published_again(world: World) -> None:
    with pytest.raises(errors.AlreadyPublished):
        actions.publish(service=world.service(), by=SYSTEM, now=NOW)


def test_only_a_published_service_can_be_retired(world: World) -> None:
    for service in (world.draft("new"), world.retired("old")):
        with pytest.raises(errors.NotPublished):
            actions.retire(service=service, by=SYSTEM, now=NOW, why="Nobody needs it.")


def test_a_retired_service_is_not_found_but_still_read(world: World) -> None:
    service = world.retired("benefit", title=texts("Pabalsts"))

    assert words.search("pabalsts", "lv") == []
    assert _codes(queries.published()) == []
    assert queries.page("benefit") == service


def test_a_retired_service_can_come_back(world: World) -> None:
    service = world.retired("benefit", title=texts("Pabalsts"))
    actions.publish(service=service, by=SYSTEM, now=NOW, why="It is needed again.")
    assert [hit.key for hit in words.search("pabalsts", "lv")] == ["benefit"]


def test_retiring_needs_a_reason(world: World) -> None:
    with pytest.raises(errors.NoReason):
        actions.retire(service=world.service(), by=SYSTEM, now=NOW, why="  ")


def test_retiring_is_announced_upward(world: World) -> None:
    heard = []

    def listener(**told: Any) -> None:
        heard.append((told["service"].code, told["by"].username))

    notices.listen("services.retired", listener)
    try:
        world.retired("benefit")
    finally:
        notices._listeners["services.retired"].remove(listener)
    assert heard == [("benefit", "system")]


def test_a_correction_of_a_published_service_is_found_at_once(world: World) -> None:
    world.service("benefit", title=texts("Pabalsts"))
    world.draft("benefit", title=texts("Stipendija"))
    assert words.search("pabalsts", "lv") == []
    assert [hit.key for hit in words.search("stipendija", "lv")] == ["benefit"]


def test_confirming_a_description_makes_it_fresh(world: World) -> None:
    service = world.service("benefit", reviewed_on=date(2024, 1, 1))
    assert _codes(queries.overdue(NOW.date())) == ["benefit"]

    actions.confirm(service=service, on=NOW.date(), by=SYSTEM, now=NOW)

    assert _codes(queries.overdue(NOW.date())) == []


def test_a_description_nobody_ever_reviewed_is_stale(world: World) -> None:
    world.service("benefit", reviewed_on=None)
    assert _codes(queries.overdue(NOW.date())) == ["benefit"]


# Holders


def test_the_holder_of_a_day_is_the_one_who_held_it_then(world: World) -> None:
    service = world.service("benefit", holder="old-office")
    actions.hand_over(
        service=service, to=world.body("new-office"), on=date(2025, 1, 1), by=SYSTEM, now=NOW, why="Reorganised."
    )
    days = (date(2024, 12, 31), date(2025, 1, 1))
    assert [_holder(service, day) for day in days] == ["old-office", "new-office"]
    assert [queries.holders_on([service.pk], day)[service.pk] for day in days] == [
        world.body("old-office").pk,
        world.body("new-office").pk,
    ]
    assert world.again(service).holder_code == "new-office"


def test_what_the_old_holder_gave_the_new_one_gives(world: World) -> None:
    world.body("library")
    service = world.service("benefit", holder="old-office", providers=("old-office", "library"))

    actions.hand_over(service=service, to=world.body("library"), on=date(2025, 1, 1), by=SYSTEM, now=NOW)

    kept = queries.facts(service)
    assert kept.stages["request"].providers == ("library",)
    assert kept.stages["request"].channels == ("online", "in-person")


def test_a_merger_of_bodies_moves_their_services(world: World) -> None:
    one, two = world.service("one", holder="office-one"), world.service("two", holder="office-two")
    stays = world.service("three", holder="office-three")

    bodies.merge(
        predecessors=[world.body("office-one"), world.body("office-two")],
        successor=world.body("agency"),
        on=date(2025, 1, 1),
        by=SYSTEM,
        now=NOW,
    )

    assert [world.again(service).holder_code for service in (one, two, stays)] == ["agency", "agency", "office-three"]
    assert queries.holder_on(one, date(2024, 6, 1)) == world.body("office-one")
    assert audit.of("service", "one")[0].after == {"holder": "agency", "since": "2025-01-01"}


def test_a_body_with_a_new_code_keeps_its_services(world: World) -> None:
    service = world.service("benefit", holder="old-name")
    bodies.renew(
        predecessor=world.body("old-name"), successor=world.body("new-name"), on=date(2025, 7, 1), by=SYSTEM, now=NOW
    )
    assert world.again(service).holder_code == "new-name"
    assert _holder(service, date(2025, 6, 30)) == "old-name"


def test_services_are_found_by_body_and_all_below(world: World) -> None:
    world.body("agency", below="ministry")
    world.service("one", holder="agency")
    world.draft("two", holder="ministry")
    world.service("three", holder="elsewhere")
    owner = world.actor(Role.SERVICE_OWNER, "ministry")

    assert _codes(queries.of(owner.reach)) == ["one", "two"]
    assert _codes(queries.of(owner.reach).published()) == ["one"]


# Local services


def test_a_common_description_is_no_service_of_its_own(world: World) -> None:
    template = world.template("common")
    world.variant(template, "riga")
    assert _codes(queries.published()) == ["common-riga"]


def test_a_local_service_says_what_differs_and_inherits_the_rest(world: World) -> None:
    template = world.template("common", receives=texts("nauda"), term_days=10)
    local = world.variant(template, "riga", receives=texts("200 €"))

    assert (local.receives["lv"], local.term_days, local.title) == ("200 €", 10, template.title)
    assert queries.facts(local).stages["request"].providers == ("riga",)
    assert local.own_fields == ["receives"]


def test_a_change_of_the_common_description_is_a_new_canvas_and_changes_no_local_service(world: World) -> None:
    template = world.template("common", receives=texts("nauda"), term_days=10)
    local = world.variant(template, "riga", receives=texts("200 €"))

    actions.describe(
        code="common",
        holder=world.body("municipalities"),
        facts=facts("Jauns nosaukums", receives=texts("daudz naudas"), term_days=7, channels=("post",)),
        by=SYSTEM,
        now=LATER,
    )

    unchanged = world.again(local)
    assert (unchanged.receives["lv"], unchanged.term_days) == ("200 €", 10)
    assert unchanged.canvas_version is not None
    newest = canvases.current("common")
    assert newest is not None
    assert (unchanged.canvas_version.number, newest.number) == (1, 2)
    changes = merging.compare(
        canvases.parts(unchanged.canvas_version), canvases.parts(newest), queries.description(unchanged)
    )
    standing = {change.path: change.standing.value for change in changes}
    assert (standing["receives"], standing["term"], standing["title"]) == ("conflict", "open", "open")
    assert merging.reopens(changes)


def test_describing_the_same_again_makes_no_new_canvas(world: World) -> None:
    template = world.template("common", term_days=10)
    holder = world.body("municipalities")
    actions.describe(code="common", holder=holder, facts=queries.facts(template), by=SYSTEM, now=LATER)
    newest = canvases.current("common")
    assert newest is not None
    assert newest.number == 1


def test_channels_of_its_own_survive_a_change_of_the_common_description(world: World) -> None:
    template = world.template("common")
    local = world.variant(template, "riga", stages={"request": rules.StageFacts(channels=("post",))})
    actions.describe(
        code="common", holder=world.body("municipalities"), facts=facts(channels=("app",)), by=SYSTEM, now=LATER
    )
    assert queries.facts(world.again(local)).stages["request"].channels == ("post",)


def test_a_body_that_does_not_give_it_says_why(world: World) -> None:
    template = world.template("common", title=texts("Retais pabalsts"))
    local = world.variant(template, "riga", because="Šo pabalstu neizmaksājam.")

    assert not local.is_offered
    assert _codes(queries.published()) == []
    assert _codes(queries.variants(template)) == ["common-riga"]
    assert [hit.key for hit in words.search("retais", "lv")] == ["common"]


def test_not_offering_without_a_reason_is_refused(world: World) -> None:
    with pytest.raises(errors.NoReason):
        actions.vary(
            template=world.template(),
            holder=world.body("riga"),
            code="x",
            own={},
            is_offered=False,
            by=SYSTEM,
            now=NOW,
        )


def test_only_a_common_description_can_be_varied(world: World) -> None:
    with pytest.raises(errors.NotATemplate):
        world.variant(world.service("benefit"), "riga")


def test_local_services_are_found_as_one_group_and_for_their_place(world: World) -> None:
    template = world.template("common", title=texts("Retais pabalsts"))
    for place in ("riga", "ogre"):
        world.variant(template, place)

    hits = words.search("retais", "lv", place="ogre")

    assert {hit.group for hit in hits} == {"common"}
    assert hits[0].key == "common-ogre"
    assert words.search("retais", "lv")[0].key == "common"


# Reading


def test_a_page_takes_the_same_number_of_questions_for_any_service(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.service("small", channels=("online",))
    world.service("large", channels=("online", "post", "app", "phone"), providers=("agency",))
    for code in ("small", "large"):
        with django_assert_num_queries(6):
            page = queries.page(code)
            assert page is not None
            assert [row.provider.code for stage in page.stages.all() for row in stage.deliveries.all()]
            assert [tenure.holder.code for tenure in page.tenures.all()] == ["agency"]
            assert [*page.fees.all(), *page.identifiers.all()] == []
            assert page.holder_name["lv"] == "Agency"


def test_the_table_of_services_has_its_columns_and_no_question_for_each_row(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4):
        world.service(f"benefit-{number}", audience=("natural-person", "enterprise"))
    with django_assert_num_queries(4):
        rows = list(queries.rows(queries.published()))

    assert [tuple(row) for row in rows] == [queries.COLUMNS] * 4
    assert rows[0]["audience"] == "natural-person enterprise"
    assert (rows[0]["holder"], rows[0]["request_channels"], rows[0]["free"]) == ("agency", "online in-person", True)


def test_services_sort_by_their_latvian_title(world: World) -> None:
    for code, title in (("a", "Žagari"), ("b", "Āboli"), ("c", "Zāle"), ("d", "Akas")):
        world.service(code, title=texts(title))
    assert [service.code for service in queries.published()] == ["d", "b", "c", "a"]
