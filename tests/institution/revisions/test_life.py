"""The way of a draft: written, submitted, sent back, approved by another, published now or on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import SYSTEM, Actor, Role
from ietvars.institution.canvases import actions as canvas_actions
from ietvars.institution.canvases.models import CanvasVersion
from ietvars.institution.canvases.rules import Also, Level, Part
from ietvars.institution.revisions import actions, errors, queries, rules
from ietvars.institution.revisions.models import Revision
from ietvars.institution.revisions.rules import State
from ietvars.institution.services import errors as service_errors
from ietvars.institution.services import queries as services
from ietvars.institution.services.models import Service
from tests.world import NOW, TODAY, World, texts

PARTS = (
    Part(path="title", level=Level.NON_WAIVABLE),
    Part(path="receives", level=Level.MANDATORY),
    Part(path="appeal", level=Level.MANDATORY, text=texts("Mēneša laikā lēmumu var apstrīdēt.")),
    Part(path="keywords", level=Level.DESIRABLE, also=(Also("keywords-everyday", Level.DESIRABLE),)),
)
WHOLE = {
    "summary": texts("Nauda tam, kam tā vajadzīga."),
    "receives": texts("100 €"),
    "stages.request.channels": ["online"],
}


@pytest.fixture
def owner(world: World) -> Actor:
    return world.actor(Role.SERVICE_OWNER, username="anna")


@pytest.fixture
def approver(world: World) -> Actor:
    return world.actor(Role.LIST_APPROVER, username="juris")


def canvas(parts: tuple[Part, ...] = PARTS) -> CanvasVersion:
    return canvas_actions.publish_common(code="kind", title=texts("Veids"), parts=parts, by=SYSTEM, now=NOW)


@pytest.fixture
def draft(world: World, owner: Actor) -> Revision:
    return actions.create(canvas=canvas(), holder=world.body(), title=texts("Jaunais pabalsts"), by=owner, now=NOW)


def written(draft: Revision, by: Actor) -> Revision:
    return actions.save(revision=draft, changes=WHOLE, edition=draft.edition, by=by, now=NOW)


def approved(draft: Revision, owner: Actor, approver: Actor) -> Revision:
    written(draft, owner)
    actions.submit(revision=draft, by=owner, now=NOW)
    return actions.approve(revision=draft, by=approver, now=NOW)


def test_a_new_service_begins_with_the_common_content_of_its_canvas(draft: Revision) -> None:
    assert draft.description["appeal"] == texts("Mēneša laikā lēmumu var apstrīdēt.")
    assert draft.service.state == "draft"
    assert draft.service.code == "jaunais-pabalsts"


def test_two_services_of_one_name_get_two_codes(world: World, draft: Revision, owner: Actor) -> None:
    again = actions.create(canvas=None, holder=world.body(), title=texts("Jaunais pabalsts"), by=owner, now=NOW)
    assert again.service.code == "jaunais-pabalsts-2"


def test_a_new_service_needs_a_name(world: World, owner: Actor) -> None:
    with pytest.raises(errors.NoTitle):
        actions.create(canvas=None, holder=world.body(), title={"en": "Benefit"}, by=owner, now=NOW)
    assert not services.all_services().exists()


def test_a_draft_saves_however_incomplete(draft: Revision, owner: Actor) -> None:
    saved = actions.save(revision=draft, changes={"title": {}}, edition=1, by=owner, now=NOW)
    assert (saved.edition, "title" in saved.description) == (2, False)


def test_saving_the_same_again_makes_no_edition(draft: Revision, owner: Actor) -> None:
    saved = actions.save(revision=draft, changes={"title": texts("Jaunais pabalsts")}, edition=1, by=owner, now=NOW)
    assert saved.edition == 1


def test_submitting_refuses_with_the_gaps(draft: Revision, owner: Actor) -> None:
    with pytest.raises(errors.NotSubmitted) as refused:
        actions.submit(revision=draft, by=owner, now=NOW)
    assert {gap.part for gap in refused.value.facts["gaps"]} == {"summary", "receives", "stages.request.channels"}


def test_a_mandatory_requirement_is_waived_with_a_reason(draft: Revision, owner: Actor) -> None:
    changes = {path: value for path, value in WHOLE.items() if path != "receives"}
    actions.save(revision=draft, changes=changes, edition=1, by=owner, now=NOW)
    with pytest.raises(errors.NotSubmitted):
        actions.submit(revision=draft, by=owner, now=NOW, waived={"receives-stated": "  "})
    sent = actions.submit(revision=draft, by=owner, now=NOW, waived={"receives-stated": "Summu vēl nosaka."})
    assert sent.waived == {"receives-stated": "Summu vēl nosaka."}


def test_what_cannot_be_waived_is_not_waived(draft: Revision, owner: Actor) -> None:
    with pytest.raises(errors.NotSubmitted):
        actions.submit(
            revision=draft, by=owner, now=NOW, waived=dict.fromkeys(("summary-stated", "receives-stated"), "?")
        )


def test_the_whole_way_to_publication(world: World, draft: Revision, owner: Actor, approver: Actor) -> None:
    ready = approved(draft, owner, approver)
    actions.publish(revision=ready, by=owner, now=NOW)

    service = services.by_code("jaunais-pabalsts")
    assert service is not None
    assert (service.state, service.receives["lv"], service.reviewed_on) == ("published", "100 €", TODAY)
    assert service.canvas_version is not None
    assert [row.state for row in queries.steps(ready)] == ["draft", "submitted", "approved", "published"]
    (version,) = services.changes_since(0)
    assert (version.what, version.description["title"]) == ("published", texts("Jaunais pabalsts"))
    assert "revisions.publish" in {row.action for row in audit.of("revision", "jaunais-pabalsts")}


def test_nobody_approves_what_he_has_written(world: World, draft: Revision, owner: Actor) -> None:
    written(draft, owner)
    actions.submit(revision=draft, by=owner, now=NOW)
    himself = world.actor(Role.LIST_APPROVER, username="anna")
    with pytest.raises(errors.OwnWork):
        actions.approve(revision=draft, by=himself, now=NOW)


def test_somebody_who_only_helped_to_write_does_not_approve_either(world: World, draft: Revision, owner: Actor) -> None:
    helper = world.actor(Role.SERVICE_OWNER, username="juris")
    written(draft, helper)
    actions.submit(revision=draft, by=owner, now=NOW)
    with pytest.raises(errors.OwnWork):
        actions.approve(revision=draft, by=world.actor(Role.LIST_APPROVER, username="juris"), now=NOW)


def test_an_owner_does_not_approve_at_all(world: World, draft: Revision, owner: Actor) -> None:
    written(draft, owner)
    actions.submit(revision=draft, by=owner, now=NOW)
    with pytest.raises(errors.NotTheApprover):
        actions.approve(revision=draft, by=world.actor(Role.SERVICE_OWNER, username="zane"), now=NOW)


def test_people_of_another_body_do_nothing(world: World, draft: Revision) -> None:
    stranger, foreign = world.visitor(), world.visitor(Role.LIST_APPROVER)
    for step in (
        lambda: actions.save(revision=draft, changes={}, edition=1, by=stranger, now=NOW),
        lambda: actions.submit(revision=draft, by=stranger, now=NOW),
        lambda: actions.comment(revision=draft, part="", text="?", by=foreign, now=NOW),
        lambda: actions.approve(revision=draft, by=foreign, now=NOW),
        lambda: actions.send_back(revision=draft, by=foreign, now=NOW, why="?"),
        lambda: actions.abandon(revision=draft, by=stranger, now=NOW),
        lambda: actions.start(service=draft.service, by=stranger, now=NOW),
    ):
        with pytest.raises(errors.NotYours):
            step()


def test_an_approver_sends_back_with_a_reason(draft: Revision, owner: Actor, approver: Actor) -> None:
    written(draft, owner)
    actions.submit(revision=draft, by=owner, now=NOW)
    with pytest.raises(errors.NoReason):
        actions.send_back(revision=draft, by=approver, now=NOW, why=" ")
    back = actions.send_back(revision=draft, by=approver, now=NOW, why="Termiņš nav skaidrs.")
    assert back.state == "draft"
    actions.save(revision=back, changes={"receives": texts("120 €")}, edition=back.edition, by=owner, now=NOW)


def test_a_submitted_draft_is_not_written_in(draft: Revision, owner: Actor) -> None:
    written(draft, owner)
    actions.submit(revision=draft, by=owner, now=NOW)
    with pytest.raises(errors.NotNow):
        actions.save(revision=draft, changes={"receives": texts("1 €")}, edition=2, by=owner, now=NOW)


def test_a_revision_is_written_while_the_published_one_stands(world: World, owner: Actor, approver: Actor) -> None:
    service = world.service("benefit", title=texts("Pabalsts"))
    draft = actions.start(service=service, by=owner, now=NOW)
    saved = actions.save(revision=draft, changes={"title": texts("Stipendija")}, edition=1, by=owner, now=NOW)
    assert world.again(service).title == texts("Pabalsts")
    assert actions.start(service=service, by=owner, now=NOW).pk == saved.pk

    actions.submit(revision=saved, by=owner, now=NOW)
    actions.publish(revision=actions.approve(revision=saved, by=approver, now=NOW), by=owner, now=NOW)
    assert world.again(service).title == texts("Stipendija")
    assert [row.number for row in services.versions_of(service)] == [2, 1]


def test_a_scheduled_draft_is_published_on_its_day_from_midnight_of_the_law_on(
    world: World, draft: Revision, owner: Actor, approver: Actor
) -> None:
    day = TODAY + timedelta(days=3)
    actions.schedule(revision=approved(draft, owner, approver), valid_from=day, by=owner, now=NOW)
    # The day of the law, which begins before that of Greenwich.
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo("Europe/Riga")).astimezone(UTC)
    assert actions.publish_due(by=SYSTEM, now=midnight - timedelta(seconds=1)) == ([], [])
    assert actions.publish_due(by=SYSTEM, now=midnight) == (["jaunais-pabalsts"], [])
    (version,) = services.changes_since(0)
    assert version.valid_from == day


def test_a_scheduled_draft_whose_canvas_asks_more_by_then_stays(world: World, owner: Actor, approver: Actor) -> None:
    later = Part(path="legal_acts", level=Level.NON_WAIVABLE, valid_from=TODAY + timedelta(days=2))
    draft = actions.create(
        canvas=canvas((*PARTS, later)), holder=world.body(), title=texts("Pabalsts"), by=owner, now=NOW
    )
    ready = approved(draft, owner, approver)
    actions.schedule(revision=ready, valid_from=TODAY + timedelta(days=3), by=owner, now=NOW)
    done, refused = actions.publish_due(by=SYSTEM, now=NOW + timedelta(days=3))
    assert done == []
    assert refused[0][0] == "pabalsts"
    assert Revision.objects.get(pk=ready.pk).state == "scheduled"
    assert Service.objects.get(code="pabalsts").state == "draft"


def test_nothing_is_scheduled_into_the_past(draft: Revision, owner: Actor, approver: Actor) -> None:
    ready = approved(draft, owner, approver)
    with pytest.raises(errors.DayIsPast):
        actions.schedule(revision=ready, valid_from=TODAY - timedelta(days=1), by=owner, now=NOW)


def test_only_an_approved_draft_is_published(draft: Revision, owner: Actor) -> None:
    with pytest.raises(errors.NotNow):
        actions.publish(revision=written(draft, owner), by=owner, now=NOW)


def test_an_abandoned_draft_stays_and_the_next_begins_with_what_people_read(world: World, owner: Actor) -> None:
    service = world.service("benefit", title=texts("Pabalsts"))
    first = actions.start(service=service, by=owner, now=NOW)
    actions.save(revision=first, changes={"title": texts("Joks")}, edition=1, by=owner, now=NOW)
    actions.abandon(revision=first, by=owner, now=NOW, why="Nevajag.")
    second = actions.start(service=service, by=owner, now=NOW)
    assert (second.number, second.description["title"]) == (2, texts("Pabalsts"))
    assert [row.state for row in queries.of(service)] == ["draft", "abandoned"]


def test_comments_stand_on_parts_until_they_are_settled(draft: Revision, owner: Actor, approver: Actor) -> None:
    said = actions.comment(revision=draft, part="receives", text="Cik tieši?", by=approver, now=NOW)
    with pytest.raises(errors.NoText):
        actions.comment(revision=draft, part="", text=" ", by=approver, now=NOW)
    assert [one.part for one in queries.comments(draft, is_open=True)] == ["receives"]
    actions.settle(comment_id=said.pk, revision=draft, by=owner, now=NOW)
    assert queries.comments(draft, is_open=True) == []
    assert len(queries.comments(draft)) == 1


# Two people at one draft


def test_two_people_who_change_different_parts_meet_without_loss(world: World, draft: Revision, owner: Actor) -> None:
    other = world.actor(Role.SERVICE_OWNER, username="zane")
    actions.save(revision=draft, changes={"receives": texts("100 €")}, edition=1, by=owner, now=NOW)
    saved = actions.save(revision=draft, changes={"summary": texts("Nauda.")}, edition=1, by=other, now=NOW)
    assert (saved.description["receives"], saved.description["summary"]) == (texts("100 €"), texts("Nauda."))


def test_the_second_who_changes_the_same_part_is_shown_the_first_ones_change(
    world: World, draft: Revision, owner: Actor
) -> None:
    other = world.actor(Role.SERVICE_OWNER, username="zane")
    actions.save(revision=draft, changes={"receives": texts("100 €")}, edition=1, by=owner, now=NOW)
    with pytest.raises(errors.EditedMeanwhile, match="anna has changed") as refused:
        actions.save(
            revision=draft,
            changes={"receives": texts("90 €"), "summary": texts("Nauda.")},
            edition=1,
            by=other,
            now=NOW,
        )
    (conflict,) = refused.value.facts["conflicts"]
    assert (conflict.was, conflict.theirs, conflict.mine) == (None, texts("100 €"), texts("90 €"))
    now = queries.open_of(draft.service)
    assert now is not None
    assert (now.description["receives"], "summary" in now.description) == (texts("100 €"), False)


def test_two_who_write_the_same_agree(world: World, draft: Revision, owner: Actor) -> None:
    other = world.actor(Role.SERVICE_OWNER, username="zane")
    actions.save(revision=draft, changes={"receives": texts("100 €")}, edition=1, by=owner, now=NOW)
    saved = actions.save(revision=draft, changes={"receives": texts("100 €")}, edition=1, by=other, now=NOW)
    assert saved.edition == 2


def test_every_save_stays_readable(draft: Revision, owner: Actor) -> None:
    for turn in (1, 2, 3):
        actions.save(revision=draft, changes={"receives": texts(f"{turn} €")}, edition=turn, by=owner, now=NOW)
    assert [row.description.get("receives", {}).get("lv") for row in queries.edits(draft)] == [
        "3 €",
        "2 €",
        "1 €",
        None,
    ]


# Drift


def test_a_newer_canvas_is_taken_all_or_one(world: World, draft: Revision, owner: Actor) -> None:
    actions.save(revision=draft, changes={"appeal": texts("Rakstiet mums.")}, edition=1, by=owner, now=NOW)
    newer = tuple(replace(part, text=texts("Viena mēneša laikā.")) if part.path == "appeal" else part for part in PARTS)
    canvas((*newer, Part(path="outputs", level=Level.MANDATORY)))
    found = queries.drift(draft.service)
    assert found is not None
    assert found.reopens
    assert [(change.path, change.standing.value) for change in found.changes] == [
        ("outputs", "unchanged"),
        ("appeal", "conflict"),
    ]
    kept = actions.take(revision=draft, by=owner, now=NOW)
    assert kept.description["appeal"] == texts("Rakstiet mums.")
    assert kept.canvas_version is not None
    assert kept.canvas_version.number == 2
    with pytest.raises(errors.NothingNewer):
        actions.take(revision=draft, by=owner, now=NOW)
    assert queries.drift(draft.service) is None


def test_the_centre_sees_who_stands_on_which_version(world: World, owner: Actor, draft: Revision) -> None:
    canvas((*PARTS, Part(path="outputs", level=Level.MANDATORY)))
    ((service, newest, reopens),) = queries.drifting(services.all_services())
    assert (service.code, newest.number, reopens) == ("jaunais-pabalsts", 2, True)
    assert services.adoption("kind") == [{"number": 1, "holder": "agency", "name": world.body().name, "size": 1}]
    assert services.adopted_by_day("kind")[0][1:] == (1, 1)


def test_an_older_service_is_laid_into_a_canvas_and_its_gaps_are_listed(world: World, owner: Actor) -> None:
    service = world.service("benefit", receives={})
    draft = actions.start(service=service, by=owner, now=NOW)
    laid = actions.lay_into(revision=draft, version=canvas(), by=owner, now=NOW)
    assert laid.description["appeal"] == texts("Mēneša laikā lēmumu var apstrīdēt.")
    assert {gap.part for gap in queries.gaps(laid, TODAY)} == {"receives", "keywords"}


def test_the_bulk_report_says_what_the_gate_says(world: World, owner: Actor) -> None:
    world.service("benefit")
    service = world.again(world.service("other", receives={}))
    service.canvas_version = canvas()
    service.save()
    rows = {row.service.code: row for row in queries.report(services.all_services(), TODAY)}
    assert rows["benefit"].blocks == 0
    assert {gap.part for gap in rows["other"].gaps if gap.blocks} == {"receives", "appeal"}
    assert rows["other"].gaps == services.gaps(service, TODAY)


def test_near_equal_services_are_shown_while_one_writes(world: World) -> None:
    world.service("benefit", title=texts("Bērna kopšanas pabalsts"))
    world.service("licence", title=texts("Makšķerēšanas karte"))
    assert [near.service.code for near in queries.near_equal("pabalsts bērna kopšanai")] == ["benefit"]
    assert queries.near_equal("pabalsts bērna kopšanai", besides="benefit") == []


# The table of states


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("wanted", list(State))
def test_only_steps_in_the_table_are_let_through(before: State, wanted: State) -> None:
    if wanted in rules.NEXT[before]:
        rules.require_next("benefit", before, wanted)
    else:
        with pytest.raises(errors.NotNow):
            rules.require_next("benefit", before, wanted)


def test_the_states_are_those_of_the_table() -> None:
    assert [state.value for state in State] == Revision.State.values


def test_a_withdrawn_service_is_gone_from_the_catalogue_and_can_come_back(world: World) -> None:
    from ietvars.institution.services import actions as service_actions

    service = world.service("benefit")
    service_actions.withdraw(service=service, by=SYSTEM, now=NOW, why="Apraksts maldina.")
    assert list(services.published()) == []
    with pytest.raises(service_errors.NotPublished):
        service_actions.withdraw(service=service, by=SYSTEM, now=NOW, why="Vēlreiz.")
    service_actions.publish(service=service, by=SYSTEM, now=NOW)
    assert [row.what for row in services.changes_since(0)] == ["published", "withdrawn", "published"]
    assert date(2026, 11, 23) == TODAY


# Common services


def test_a_body_offers_a_common_service_in_a_draft_of_its_own(world: World) -> None:
    template = world.template("common", receives=texts("nauda"))
    owner = world.actor(Role.SERVICE_OWNER, "riga")
    draft = actions.offer(template=template, holder=world.body("riga"), by=owner, now=NOW)
    assert (draft.service.code, draft.service.state) == ("common-riga", "draft")
    assert draft.description["receives"] == texts("nauda")
    assert draft.canvas_version is not None
    assert draft.canvas_version.canvas.code == "common"


def test_a_body_says_why_it_does_not_offer_a_common_service_and_may_think_again(world: World) -> None:
    template = world.template("common")
    owner, riga = world.actor(Role.SERVICE_OWNER, "riga"), world.body("riga")
    with pytest.raises(service_errors.NoReason):
        actions.decline(template=template, holder=riga, why={}, by=owner, now=NOW)
    actions.offer(template=template, holder=riga, by=owner, now=NOW)
    declined = actions.decline(template=template, holder=riga, why=texts("To dara novads."), by=owner, now=NOW)
    assert (declined.state, declined.is_offered, queries.open_of(declined)) == ("published", False, None)
    assert declined not in services.published()
    actions.offer(template=template, holder=riga, by=owner, now=NOW)
    assert world.again(declined).state == "withdrawn"
    assert declined not in services.published()


def test_reviews_are_reminded_of_once(world: World) -> None:
    world.service("benefit", reviewed_on=TODAY - timedelta(days=360))
    world.service("fresh", reviewed_on=TODAY)
    sent: list[str] = []

    def send(service: Service, due: date) -> int:
        sent.append(service.code)
        return 1

    actions.remind(on=TODAY, send=send, by=SYSTEM, now=NOW)
    actions.remind(on=TODAY, send=send, by=SYSTEM, now=NOW)
    assert sent == ["benefit"]


def test_a_reminder_that_could_not_be_sent_is_sent_again(world: World) -> None:
    world.service("benefit", reviewed_on=TODAY - timedelta(days=400))

    def fails(service: Service, due: date) -> int:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        actions.remind(on=TODAY, send=fails, by=SYSTEM, now=NOW)
    assert actions.remind(on=TODAY, send=lambda _service, _due: 1, by=SYSTEM, now=NOW)
