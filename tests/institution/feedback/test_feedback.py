"""Feedback from being left to being answered, and what is kept of it on the way."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from ietvars.ground.audit import queries as audit
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.feedback import actions, errors, flood, queries, rules, sealing
from ietvars.institution.feedback.models import Answer, Feedback
from ietvars.institution.services import actions as service_actions
from ietvars.institution.services import queries as services
from tests.world import NOW, TODAY, World

if TYPE_CHECKING:
    from ietvars.institution.services.models import Service

pytestmark = pytest.mark.django_db

CODE, ADDRESS = "010180-12345", "anna@piemers.lv"


@pytest.fixture(autouse=True)
def calm(settings: Any) -> None:
    """A mail server that works, and no messages counted yet."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.MAIL_GOES_OUT = True
    cache.clear()


def said(**changed: Any) -> rules.Said:
    plain: dict[str, Any] = {"page": "/pakalpojumi/benefit/", "rating": 4, "service": "benefit", "comment": "Labi"}
    return rules.Said(**{**plain, **changed})


def leave(*, sender: str = "192.0.2.1", now: datetime = NOW, **changed: Any) -> Feedback:
    return actions.leave(said=said(**changed), sender=sender, by=rules.VISITOR, now=now)


@pytest.fixture
def town(world: World) -> World:
    world.service("benefit", holder="agency", title="Pabalsts")
    return world


def benefit() -> Service:
    found = services.by_code("benefit")
    assert found is not None
    return found


def everything_written() -> str:
    """Every text of every table of the database."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = []
        for name in names:
            cursor.execute(f'SELECT * FROM "{name}"')
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


# ---- leaving ----------------------------------------------------------------------------------------------------


def test_what_tells_who_somebody_is_stands_in_no_table_and_no_log(town: World, caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        made = leave(comment=f"Mans kods {CODE}, tālr. 29123456, {ADDRESS}", address=ADDRESS, sender="198.51.100.7")
    assert made.comment == "Mans kods [personas kods], tālr. [tālrunis], [e-pasts]"
    assert made.masked == {"personal-code": 1, "telephone": 1, "e-mail": 1}
    written = everything_written() + caplog.text
    assert not [one for one in (CODE, "12345", "29123456", ADDRESS, "piemers", "198.51.100.7") if one in written]


def test_feedback_on_a_stage_is_of_the_procedure_and_on_a_part_of_the_information(town: World) -> None:
    stage, part, page = leave(part="stages.request"), leave(part="fees"), leave()
    assert (stage.stage, stage.part, stage.category) == ("request", "", "procedure")
    assert (part.stage, part.part, part.category) == ("", "fees", "information")
    assert (page.stage, page.part, page.category) == ("", "", "information")


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, "new"),
        ({"comment": ""}, "counted"),
        ({"comment": " \n"}, "counted"),
        ({"comment": "", "address": ADDRESS}, "new"),
    ],
)
def test_a_rating_without_words_is_counted_and_waits_for_nobody(
    town: World, changed: dict[str, Any], state: str
) -> None:
    made = leave(**changed)
    assert made.state == state
    assert len(queries.waiting([town.body("agency").pk])) == (state == "new")
    assert [row.state for row in made.state_rows.all()] == [state]


def test_a_page_with_a_code_in_its_address_is_masked_too(town: World) -> None:
    assert leave(page=f"/nekas/{CODE}/", service="").page == "/nekas/[personas kods]/"


def test_tags_and_hidden_signs_are_text(town: World) -> None:
    made = leave(comment="<script>alert(1)</script>\x00\u202egnp\u200b\n\n\n\n<b>lab</b>")
    assert made.comment == "<script>alert(1)</script>gnp\n\n<b>lab</b>"


def test_hidden_signs_do_not_carry_a_code_past_the_mask(town: World) -> None:
    assert leave(comment="0101\u200b80-\u2060123\u00ad45").comment == "[personas kods]"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"rating": None}, errors.NoRating),
        ({"rating": 0}, errors.NoRating),
        ({"rating": 6}, errors.NoRating),
        ({"comment": "a" * 2001}, errors.TooLong),
        ({"part": "price"}, errors.UnknownPart),
        ({"address": "anna"}, errors.NotAnAddress),
        ({"address": "anna@piemers.lv\nBcc: all@piemers.lv"}, errors.NotAnAddress),
        ({"address": f"{'a' * 250}@b.lv"}, errors.NotAnAddress),
        ({"trap": "http://x"}, errors.NotByAProgram),
        ({"page": "//piemers.lv/"}, errors.UnknownPage),
        ({"page": "javascript:alert(1)"}, errors.UnknownPage),
    ],
)
def test_what_cannot_be_taken_is_refused_and_nothing_is_written(
    town: World, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        leave(**changed)
    assert not queries.all_feedback().exists()


def test_a_refusal_for_length_says_how_long_it_may_be(town: World) -> None:
    with pytest.raises(errors.TooLong, match="2001 characters, and at most 2000"):
        leave(comment="a" * 2001)


def test_a_comment_is_not_shown_by_what_prints_what_was_said() -> None:
    assert CODE not in repr(said(comment=CODE, address=ADDRESS))
    assert ADDRESS not in repr(said(comment=CODE, address=ADDRESS))


def counted() -> list[str]:
    """Keys of what the cache holds of feedback."""
    held: dict[str, Any] = cache._cache  # type: ignore[attr-defined]  # of the cache of these tests
    return [key for key in held if "feedback" in key]


# ---- floods -----------------------------------------------------------------------------------------------------


def test_one_sender_is_stopped_and_others_are_not(town: World, settings: Any) -> None:
    settings.FEEDBACK_PER_SENDER = 3
    for _ in range(3):
        leave()
    with pytest.raises(errors.TooMany, match="Wait an hour"):
        leave()
    leave(sender="192.0.2.2")
    leave(now=NOW + timedelta(hours=1))
    assert queries.all_feedback().count() == 5


def test_all_together_are_stopped_however_many_senders_there_are(town: World, settings: Any) -> None:
    settings.FEEDBACK_IN_ALL = 20
    for number in range(20):
        leave(sender=f"192.0.2.{number}")
    with pytest.raises(errors.TooManyInAll, match="Wait an hour"):
        leave(sender="203.0.113.5")
    assert queries.all_feedback().count() == 20


def test_a_refused_message_fills_nothing_in_the_cache(town: World, settings: Any) -> None:
    settings.FEEDBACK_IN_ALL = 2
    for number in range(50):
        try:
            leave(sender=f"192.0.2.{number}")
        except errors.TooManyInAll:
            continue
    kept = counted()
    assert len(kept) == 2 + 1 + 1  # two senders, the count of all, the salt of the day


def test_an_ipv6_household_is_one_sender() -> None:
    assert flood.network("2001:db8:1:2:3::1") == flood.network("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert flood.network("2001:db8:1:3::1") != flood.network("2001:db8:1:2::1")
    assert flood.network("::ffff:192.0.2.1") == "192.0.2.1"


def test_the_count_of_a_sender_has_another_name_each_day_and_never_his_address(town: World) -> None:
    leave(sender="192.0.2.1")
    first = set(counted())
    leave(sender="192.0.2.1", now=NOW + timedelta(days=1))
    second = set(counted()) - first
    assert not [key for key in first | second if "192.0.2" in key]
    assert not {key.split(":")[-1] for key in first} & {key.split(":")[-1] for key in second}


# ---- answering --------------------------------------------------------------------------------------------------


def test_an_answer_goes_out_and_the_address_is_forgotten(town: World) -> None:
    owner = town.actor(Role.SERVICE_OWNER, "agency")
    made = leave(comment="Kur ir veidlapa?", address=ADDRESS)
    assert ADDRESS not in made.address
    assert sealing.unseal(made.address) == ADDRESS
    actions.answer(feedback=made, text="Tā ir lapas apakšā.", by=owner, now=NOW)
    assert actions.send_answers(by=owner, now=NOW) == actions.Sent(sent=1)
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    assert "Pabalsts" in letter.subject
    assert "Tā ir lapas apakšā." in letter.body
    assert "> Kur ir veidlapa?" in letter.body
    made.refresh_from_db()
    assert (made.state, made.address, made.wants_answer) == ("answered", "", True)
    assert actions.send_answers(by=owner, now=NOW) == actions.Sent()
    assert ADDRESS not in str(list(audit.latest().values_list("before", "after", "why")))


def test_a_letter_is_in_the_language_in_which_the_feedback_was_left(town: World) -> None:
    owner = town.actor(Role.SERVICE_OWNER, "agency")
    made = leave(comment="Where?", address=ADDRESS, language="en")
    actions.answer(feedback=made, text="Below.", by=owner, now=NOW)
    actions.send_answers(by=owner, now=NOW)
    assert mail.outbox[0].subject.startswith("Answer to your feedback")


def test_a_letter_that_cannot_go_out_waits_for_the_next_time(
    town: World, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    owner = town.actor(Role.SERVICE_OWNER, "agency")
    made = leave(address=ADDRESS)
    actions.answer(feedback=made, text="Jā.", by=owner, now=NOW)

    def broken(self: Any, *given: Any, **named: Any) -> int:
        raise ConnectionRefusedError(f"no route for {ADDRESS}")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.message.EmailMessage.send", broken)
        assert actions.send_answers(by=owner, now=NOW) == actions.Sent(waiting=1)
    assert ADDRESS not in caplog.text
    assert "ConnectionRefusedError" in caplog.text
    assert actions.send_answers(by=SYSTEM, now=NOW) == actions.Sent(sent=1)


def test_without_a_mail_server_answers_wait(town: World, settings: Any) -> None:
    settings.MAIL_GOES_OUT = False
    owner = town.actor(Role.SERVICE_OWNER, "agency")
    made = leave(address=ADDRESS)
    actions.answer(feedback=made, text="Jā.", by=owner, now=NOW)
    assert actions.send_answers(by=owner, now=NOW) == actions.Sent(waiting=1)
    assert mail.outbox == []


def test_nobody_is_answered_who_left_no_address(town: World) -> None:
    with pytest.raises(errors.NoAddress):
        actions.answer(feedback=leave(), text="Jā.", by=town.actor(Role.SERVICE_OWNER, "agency"), now=NOW)


def test_an_address_sealed_under_another_secret_reaches_nobody(town: World, settings: Any) -> None:
    made = leave(address=ADDRESS)
    settings.SECRET_KEY = "another"
    with pytest.raises(errors.NoAddress):
        actions.answer(feedback=made, text="Jā.", by=town.actor(Role.SERVICE_OWNER, "agency"), now=NOW)


def test_only_the_holders_owner_answers_and_closes(town: World) -> None:
    made = leave(address=ADDRESS)
    town.body("other")
    for actor in (
        town.actor(Role.SERVICE_OWNER, "other"),
        town.actor(Role.LIST_APPROVER, "agency"),
        town.actor(Role.OVERSEER, "agency"),
    ):
        with pytest.raises(errors.NotForYou):
            actions.answer(feedback=made, text="Jā.", by=actor, now=NOW)
        with pytest.raises(errors.NotForYou):
            actions.close(feedback=made, why="Labots.", by=actor, now=NOW)


def test_pages_that_no_institution_holds_are_the_overseers(town: World) -> None:
    made = leave(page="/meklet/", service="", address=ADDRESS)
    with pytest.raises(errors.NotForYou):
        actions.close(feedback=made, why="Labots.", by=town.actor(Role.SERVICE_OWNER, "agency"), now=NOW)
    actions.close(feedback=made, why="Labots.", by=town.actor(Role.OVERSEER, "agency"), now=NOW)
    assert made.state == "closed"


def test_closing_forgets_the_address_and_masks_the_note(town: World) -> None:
    owner = town.actor(Role.SERVICE_OWNER, "agency")
    made = leave(address=ADDRESS)
    actions.close(feedback=made, why=f"Piezvanīju {CODE}.", by=owner, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.address) == ("closed", "")
    assert [row.why for row in made.state_rows.all()] == ["", "Piezvanīju [personas kods]."]
    actions.reopen(feedback=made, by=owner, now=NOW)
    assert made.state == "new"


@pytest.mark.parametrize("state", rules.State)
@pytest.mark.parametrize("wanted", rules.State)
def test_the_table_of_states_is_complete(state: rules.State, wanted: rules.State) -> None:
    if wanted in rules.NEXT[state]:
        rules.require_step(state, wanted)
    else:
        with pytest.raises(errors.WrongState, match=f"is {state} cannot become {wanted}"):
            rules.require_step(state, wanted)


def test_addresses_are_forgotten_when_their_time_is_over(town: World, settings: Any) -> None:
    settings.FEEDBACK_ADDRESS_DAYS = 90
    old, new = leave(address=ADDRESS), leave(address=ADDRESS, now=NOW + timedelta(days=1))
    assert actions.forget_addresses(by=SYSTEM, now=NOW + timedelta(days=90, hours=12)) == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.address, bool(new.address), old.wants_answer) == ("", True, True)


# ---- what the database forbids ----------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"rating": 0}, {"rating": 6}, {"state": "closed", "address": "x"}])
def test_the_database_refuses_what_must_never_be(town: World, changed: dict[str, Any]) -> None:
    row: dict[str, Any] = {"at": NOW, "page": "/", "category": "information", "rating": 3}
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(**{**row, **changed})


def test_feedback_is_answered_once(town: World) -> None:
    made = leave()
    Answer.objects.create(feedback=made, text="a", at=NOW, username="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(feedback=made, text="b", at=NOW, username="x")


# ---- reading ----------------------------------------------------------------------------------------------------


def ratings(*given: int, **changed: Any) -> None:
    for number, rating in enumerate(given):
        leave(rating=rating, sender=f"203.0.113.{number}", **changed)


def test_a_mean_is_never_shown_of_fewer_than_ten(town: World) -> None:
    service = benefit()
    ratings(*[5] * 9)
    assert queries.rating_of(service.pk, TODAY) is None
    assert queries.counts(queries.of([town.body("agency").pk])).rating is None
    ratings(2)
    found = queries.rating_of(service.pk, TODAY)
    assert found is not None
    assert (str(found.mean), found.n) == ("4.7", 10)


def test_a_mean_is_of_one_year(town: World) -> None:
    service = benefit()
    ratings(*[1] * 10, now=NOW - timedelta(days=400))
    assert queries.rating_of(service.pk, TODAY) is None
    ratings(*[5] * 10)
    found = queries.rating_of(service.pk, TODAY)
    assert found is not None
    assert str(found.mean) == "5.0"


def test_satisfaction_is_a_quantity_with_its_n_and_method(town: World) -> None:
    service = benefit()
    ratings(5, 4, 3)
    found = queries.satisfaction([service.pk], date(2026, 1, 1), date(2026, 12, 31))[service.pk]
    assert (str(found.mean), str(found.normalised), found.n) == ("4.00", "75.00", 3)
    assert "self-selected" in found.method
    assert queries.satisfaction([service.pk], date(2025, 1, 1), date(2025, 12, 31)) == {}


def test_a_day_ends_at_the_midnight_of_riga(town: World) -> None:
    leave(now=datetime(2026, 1, 31, 21, 59, tzinfo=UTC))
    leave(now=datetime(2026, 1, 31, 22, 1, tzinfo=UTC))
    assert queries.between(date(2026, 1, 1), date(2026, 1, 31)).count() == 1
    assert queries.between(date(2026, 2, 1), date(2026, 2, 28)).count() == 1


def test_what_waits_is_grouped_by_service_with_those_first_who_want_an_answer(town: World) -> None:
    town.service("permit", holder="agency", title="Atļauja")
    leave(rating=2)
    leave(rating=5, service="permit", address=ADDRESS, now=NOW + timedelta(minutes=1))
    leave(rating=3, service="", page="/iestades/agency/", body="agency", now=NOW + timedelta(minutes=2))
    rows = queries.waiting([town.body("agency").pk])
    assert [(row.service_code, row.n, row.awaited, row.lowest) for row in rows] == [
        ("permit", 1, 1, 5), ("benefit", 1, 0, 2), ("", 1, 0, 3),
    ]  # fmt: skip
    assert rows[0].title["lv"] == "Atļauja"
    assert queries.waiting([town.body("elsewhere").pk]) == []


def test_services_rated_low_stand_with_the_year_before(town: World) -> None:
    ratings(*[5] * 10, now=NOW - timedelta(days=400))
    ratings(*[2] * 12)
    (row,) = queries.low([town.body("agency").pk], TODAY)
    assert (row.service_code, str(row.rating.mean), row.rating.n) == ("benefit", "2.0", 12)
    assert row.before is not None
    assert str(row.before.mean) == "5.0"


def test_feedback_follows_the_service_to_its_new_holder(town: World) -> None:
    made = leave()
    heir = town.body("heir")
    service_actions.hand_over(service=benefit(), to=heir, on=TODAY, by=SYSTEM, now=NOW)
    assert queries.holder_of(made.pk) == heir.pk
    assert list(queries.of([heir.pk])) == [made]


# ---- bringing in ------------------------------------------------------------------------------------------------


def entry(**changed: Any) -> rules.Brought:
    plain: dict[str, Any] = {"source": "https://agency.example/a", "category": rules.Category.PROCEDURE, "rating": 3}
    return rules.Brought(**{**plain, **changed})


def test_what_comes_from_another_tool_is_masked_too(town: World) -> None:
    entries = [entry(comment=f"Kods {CODE}", service="benefit"), entry(rating=1, found="no", service="nothing")]
    done = actions.bring(entries=entries, at=NOW, source="agency-tool", batch="a" * 64, by=SYSTEM, now=NOW)
    assert done == (2, {"personal-code": 1})
    rows = list(queries.all_feedback().order_by("pk"))
    assert [(row.comment, row.service and row.service.code, row.source) for row in rows] == [
        ("Kods [personas kods]", "benefit", "agency-tool"), ("", None, "agency-tool"),
    ]  # fmt: skip
    assert CODE not in everything_written()


def test_the_same_file_is_not_brought_in_twice(town: World) -> None:
    given: dict[str, Any] = {"at": NOW, "source": "tool", "batch": "a" * 64, "by": SYSTEM, "now": NOW}
    actions.bring(entries=[entry()], **given)
    with pytest.raises(errors.AlreadyBrought):
        actions.bring(entries=[entry()], **given)
    assert queries.all_feedback().count() == 1


def test_the_table_of_feedback_holds_no_address(town: World) -> None:
    leave(address=ADDRESS, comment="=HYPERLINK()")
    (row,) = queries.rows(queries.all_feedback())
    assert tuple(row) == queries.COLUMNS
    assert not [value for value in row.values() if "gAAAA" in str(value) or ADDRESS in str(value)]
