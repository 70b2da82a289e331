"""Who a person was is a keyed hash from the door on: keys, their rotation, erasure, and that nothing raw is kept."""

from __future__ import annotations

import hmac
import json
import logging
import re
import stat
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import actions, compacting, errors, forgetting, persons, queries
from ietvars.institution.deliveries.models import ErasedPerson
from ietvars.institution.deliveries.rules import SenderFacts
from tests.world import NOW

if TYPE_CHECKING:
    from tests.institution.deliveries.conftest import Document

CODE = "010190-12345"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "person-keys.json"


def test_the_first_key_is_made_for_this_deployment_and_readable_by_it_alone(file: Path) -> None:
    ring = persons.ring(file, NOW)
    assert [key.version for key in ring.keys] == [1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert persons.ring(file, NOW).hashes(CODE) == ring.hashes(CODE)
    assert ring.keys[0].secret.hex() not in repr(ring)


def test_a_hash_is_sixty_three_bits_of_hmac_sha256(file: Path) -> None:
    ring = persons.ring(file, NOW)
    whole = hmac.digest(ring.keys[-1].secret, b"01019012345", "sha256")
    assert ring.hasher()(CODE) == (int.from_bytes(whole[:8], "big") >> 1, 1)


@pytest.mark.parametrize("other", ["01019012345", " 010190-12345 ", "010190–12345", "010190 12345"])
def test_the_same_person_written_in_another_way_is_the_same(file: Path, other: str) -> None:
    key_of = persons.ring(file, NOW).hasher()
    assert key_of(other) == key_of(CODE)
    assert key_of("Jānis@Example.LV") == key_of("jānis@example.lv")
    assert key_of("010190-12346") != key_of(CODE)


def test_after_a_rotation_another_key_hashes_and_the_old_one_is_kept(file: Path) -> None:
    before = persons.ring(file, NOW).hasher()(CODE)
    ring = persons.rotate(file, NOW)
    after = ring.hasher()(CODE)
    assert (before[1], after[1]) == (1, 2)
    assert before[0] != after[0]
    assert before in ring.hashes(CODE)
    assert persons.forget(file, [1, 2], NOW) == [1]
    assert before not in persons.ring(file, NOW).hashes(CODE)


def test_who_was_erased_has_no_key_any_more_even_after_all_keys_have_changed(file: Path) -> None:
    erased = persons.ring(file, NOW).hashes(CODE)
    persons.rotate(file, NOW)
    persons.forget(file, [1], NOW)
    assert persons.ring(file, NOW).hasher(erased)(CODE) == (None, 0)
    assert persons.ring(file, NOW).hasher(erased)("020290-12345")[0] is not None


@pytest.mark.parametrize("broken", ["", "{}", '{"keys": []}', '{"keys": [{"version": 1, "made_at": "", "key": "00"}]}'])
def test_a_broken_file_of_keys_is_refused_and_never_replaced(file: Path, broken: str) -> None:
    file.parent.mkdir()
    file.write_text(broken)
    with pytest.raises(errors.NoKeys) as refusal:
        persons.ring(file, NOW)
    assert refusal.value.__cause__ is None
    assert file.read_text() == broken


def everything_written() -> str:
    """The whole database as text."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            said += [repr(row) for row in cursor.fetchall()]
    written = "\n".join(said)
    # JSON may hide a letter behind its number.
    return written + re.sub(r"\\+u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), written)


NAME = "Jānis Bērziņš"
RAW = ("010190-12345", "01019012345", "janis.berzins@example.lv", NAME, "+371 29123456")


@pytest.mark.django_db
@pytest.mark.parametrize("raw", RAW)
def test_a_raw_identifier_is_never_written_or_logged_wherever_it_stands(
    raw: str, scope: SenderFacts, document: Document, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    placed = [
        document("1", data={"person": raw}),
        document("2", subject=raw),
        document(raw),
        document("3", source=f"urn:{raw}"),
        document("4", type="lv.ietvars.delivery.step", data={"step": f"Call {raw}"}),
        document("5", type="lv.ietvars.delivery.step", data={"step": raw}),
        document("6", data={"evidence": raw}),
        document("7", data={"caused_by": raw}),
        document("8", data={"corrects": raw}),
        document("9", data={"service": raw}),
        document("10", data={raw: raw}),
        document("11", data={"channel": raw}),
        document("12", data={"provider": raw}),
        document("13", time=raw),
        document("14", type=raw),
        document("15", specversion=raw),
        document("16", extension=raw, type="nothing"),
        document("17", type="nothing", data={"person": [raw]}),
        {raw: {raw: [raw]}},
        [raw],
        raw,
    ]
    if raw == NAME:  # among the words of a step nobody can tell a name
        placed = [one for one in placed if not isinstance(one, dict) or one.get("id") not in ("4", "5", "6")]
    answers = actions.receive(documents=placed, sender=scope, by=SYSTEM, now=NOW)
    assert answers[0].status == "accepted"
    assert "personal-data" in {answers[1].code, answers[2].code}
    assert raw not in everything_written()
    assert raw not in caplog.text
    assert not [answer for answer in answers if raw in answer.sentence]


@pytest.mark.django_db
def test_an_erased_person_is_gone_from_inbox_quarantine_and_lake_and_never_joined_again(
    scope: SenderFacts, document: Document, lake: Path
) -> None:
    actions.receive(documents=[document("1"), document("2", subject="case-2")], sender=scope, by=SYSTEM, now=NOW)
    compacting.compact(by=SYSTEM, now=NOW)
    wrong = document("3", data={"channel": "pigeon"})
    actions.receive(documents=[wrong, document("4", subject="case-3")], sender=scope, by=SYSTEM, now=NOW)
    erased = forgetting.erase_person(raw="01019012345", by=SYSTEM, now=NOW)
    assert (erased.inbox, erased.quarantine, erased.facts) == (3, 1, 2)
    actions.receive(documents=[document("5", subject="case-4")], sender=scope, by=SYSTEM, now=NOW)
    assert {event.person_key for _seq, event in queries.waiting(0, 10)} == {None}
    assert "hashed:" not in json.dumps([row.document for row in queries.quarantine()])
    assert ErasedPerson.objects.count() == 2


@pytest.mark.django_db
def test_what_is_too_old_goes_for_real_and_its_key_with_it(
    scope: SenderFacts, document: Document, lake: Path, settings: Any
) -> None:
    settings.INBOX_DAYS, settings.QUARANTINE_DAYS, settings.PERSON_DAYS = 30, 60, 90
    actions.receive(documents=[document("1"), document("2", data={"channel": "x"})], sender=scope, by=SYSTEM, now=NOW)
    compacting.compact(by=SYSTEM, now=NOW)
    actions.receive(documents=[document("3")], sender=scope, by=SYSTEM, now=NOW)
    forgetting.rotate_key(by=SYSTEM, now=NOW)
    settings.FACTS_DAYS = 0

    soon = forgetting.forget_old(by=SYSTEM, now=NOW + timedelta(days=10))
    assert soon == forgetting.Forgotten()
    late = forgetting.forget_old(by=SYSTEM, now=NOW + timedelta(days=130))
    assert (late.inbox, late.quarantine, late.persons, late.keys) == (1, 1, 1, (1,))
    # What the lake does not have yet stays, however old it is.
    assert len(queries.waiting(0, 10)) == 1
    settings.FACTS_DAYS = 100
    assert forgetting.forget_old(by=SYSTEM, now=NOW + timedelta(days=140)).facts == 1
