"""Events come in over HTTP as CloudEvents: in every form, by token or by secret, answered one by one."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from ietvars.ground.jobs import rules as jobs
from ietvars.ground.people.rules import SYSTEM
from ietvars.institution.deliveries import queries, senders
from tests.world import NOW

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/deliveries/events"
BATCH = "application/cloudevents-batch+json"


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.PERSON_KEYS = tmp_path / "apart" / "person-keys.json"


@pytest.fixture
def secret(world: World) -> str:
    """The secret of the sender `desk` of the agency, which holds the service `benefit`."""
    jobs.register("compact", lambda *_given: {})
    world.service("benefit", holder="agency")
    _made, secret = senders.make(code="desk", title="Desk", body=world.body("agency"), by=SYSTEM, now=NOW)
    return secret


def event(key: str = "1", **said: Any) -> dict[str, Any]:
    plain = {
        "specversion": "1.0",
        "id": key,
        "source": "urn:agency:desk",
        "type": "lv.ietvars.delivery.opened",
        "time": "2026-06-20T10:00:00+02:00",
        "subject": "case-1",
        "data": {"service": "benefit", "channel": "online", "person": "010190-12345"},
    }
    return {**plain, **said}


def basic(secret: str, code: str = "desk") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{code}:{secret}".encode()).decode()}


def send(secret: str, body: Any, kind: str = BATCH, **headers: str) -> Any:
    said = body if isinstance(body, str | bytes) else json.dumps(body)
    return Client().post(EVENTS, said, content_type=kind, headers={**basic(secret), **headers})


def test_a_batch_is_answered_event_by_event_in_order(secret: str) -> None:
    wrong = event("2", data={"service": "benefit", "channel": "pigeon"})
    answer = send(secret, [event("1"), wrong, event("1")], **{"Accept-Language": "en"})
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1,
        "known": 1,
        "refused": 1,
        "answers": [
            {"status": "accepted", "id": "1"},
            {
                "status": "refused",
                "id": "2",
                "code": "unknown-channel",
                "detail": "“channel” must be one of: online, e-address, email, phone, video, in-person, "
                "one-stop-centre, library, post, app, sms.",
            },
            {"status": "known", "id": "1"},
        ],
    }


def test_a_single_event_comes_in_as_a_document_or_with_its_attributes_as_headers(secret: str) -> None:
    assert send(secret, event("1"), "application/cloudevents+json").json()["accepted"] == 1
    said = event("2")
    headers = {f"ce-{name}": said[name] for name in ("specversion", "id", "source", "type", "time", "subject")}
    assert send(secret, said["data"], "application/json", **headers).json()["accepted"] == 1
    assert send(secret, event("3"), "application/json").json()["accepted"] == 1
    assert queries.waiting_count() == 3


def test_a_token_is_given_for_the_secret_and_ends_with_it(secret: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": secret}
    told = Client().post("/api/v1/token", form).json()
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 900)

    def status() -> int:
        return Client().post(EVENTS, json.dumps([event()]), content_type=BATCH, headers=bearer).status_code

    assert status() == 200
    found = queries.sender("desk")
    assert found is not None
    senders.renew(sender=found, by=SYSTEM, now=NOW)
    assert status() == 401


def test_nobody_sends_with_a_wrong_secret_or_after_the_sender_was_revoked(secret: str) -> None:
    assert send("another", [event()]).status_code == 401
    assert Client().post(EVENTS, "[]", content_type=BATCH).status_code == 401
    found = queries.sender("desk")
    assert found is not None
    senders.revoke(sender=found, by=SYSTEM, now=NOW)
    answer = send(secret, [event()])
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert answer["Content-Type"].startswith("application/problem+json")
    assert queries.newest() == 0


def test_wrong_credentials_get_no_token_and_are_told_so_in_the_words_of_oauth(secret: str) -> None:
    for form, error in (
        ({"grant_type": "client_credentials", "client_id": "desk", "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ):
        answer = Client().post("/api/v1/token", form)
        assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", BATCH, 400, "deliveries-not-json"),
        (b"\xff\xfe", BATCH, 400, "deliveries-not-json"),
        ("[NaN]", BATCH, 400, "deliveries-not-json"),
        ("[" * 100_000, BATCH, 400, "deliveries-not-json"),
        ("{}", BATCH, 400, "deliveries-not-json"),
        ("[]", BATCH, 400, "deliveries-no-events"),
        ("[]", "text/csv", 415, "deliveries-not-this-form"),
        (json.dumps([event(str(number)) for number in range(10_001)]), BATCH, 413, "deliveries-too-many-events"),
    ],
)
def test_a_call_that_cannot_be_read_is_a_problem_and_nothing_is_taken(
    secret: str, body: Any, kind: str, status: int, code: str
) -> None:
    answer = send(secret, body, kind)
    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:ietvars:refusal:{code}"
    assert queries.newest() == 0


def test_more_bytes_than_a_call_may_bring_are_refused_whole(secret: str, settings: Any) -> None:
    settings.EVENTS_BYTES = 1_000
    answer = send(secret, [event(str(number)) for number in range(10)])
    assert answer.status_code == 413
    assert queries.newest() == 0


# ---- packed calls ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packing", ["gzip", "GZIP", "x-gzip"])
def test_a_packed_batch_is_taken_in_as_the_same_unpacked(secret: str, packing: str) -> None:
    packed = gzip.compress(json.dumps([event("1"), event("2")]).encode())
    assert send(secret, packed, **{"Content-Encoding": packing}).json()["accepted"] == 2
    assert send(secret, [event("1")], **{"Content-Encoding": "identity"}).json()["known"] == 1


def test_a_packed_single_event_may_have_its_attributes_as_headers(secret: str) -> None:
    said = event("2")
    headers = {f"ce-{name}": said[name] for name in ("specversion", "id", "source", "type", "time", "subject")}
    packed = gzip.compress(json.dumps(said["data"]).encode())
    assert send(secret, packed, "application/json", **headers, **{"Content-Encoding": "gzip"}).json()["accepted"] == 1


PACKED = gzip.compress(json.dumps([event()]).encode())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(json.dumps([event()]).encode(), id="not packed"),
        pytest.param(PACKED[:2], id="cut in the header"),
        pytest.param(PACKED[:-20], id="cut in the middle"),
        pytest.param(PACKED[:-1], id="cut in the checksum"),
        pytest.param(PACKED[:-8] + b"\x00" * 8, id="another checksum"),
        pytest.param(PACKED + PACKED, id="two in a row"),
        pytest.param(PACKED + b"rest", id="with a rest"),
    ],
)
def test_a_body_that_cannot_be_unpacked_whole_is_refused_by_a_sentence(secret: str, body: bytes) -> None:
    answer = send(secret, body, **{"Content-Encoding": "gzip", "Accept-Language": "en"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:ietvars:refusal:call-packing-damaged"
    assert "Pack it anew" in answer.json()["detail"]
    assert queries.newest() == 0


@pytest.mark.parametrize("packing", ["br", "zstd", "deflate", "gzip, gzip", "“"])
def test_another_packing_is_refused_and_told_which_one_is_taken(secret: str, packing: str) -> None:
    answer = send(secret, PACKED, **{"Content-Encoding": packing})
    assert answer.status_code == 415
    assert answer.json()["type"] == "urn:ietvars:refusal:call-packing-unknown"
    assert answer["Accept-Encoding"] == "gzip"
    assert queries.newest() == 0


def test_a_bomb_is_refused_before_it_takes_more_memory_than_a_call_may(secret: str, settings: Any) -> None:
    settings.EVENTS_BYTES = 100_000
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < settings.EVENTS_BYTES
    tracemalloc.start()
    try:
        answer = send(secret, bomb, **{"Content-Encoding": "gzip"})
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:ietvars:refusal:deliveries-too-large"
    assert most < 10_000_000
    assert queries.newest() == 0


def test_the_limit_of_bytes_holds_to_the_byte_packed_or_not(secret: str, settings: Any) -> None:
    whole = json.dumps([event()]).encode()
    settings.EVENTS_BYTES = len(whole)
    assert send(secret, gzip.compress(whole), **{"Content-Encoding": "gzip"}).status_code == 200
    settings.EVENTS_BYTES = len(whole) - 1
    for body, headers in ((whole, {}), (gzip.compress(whole), {"Content-Encoding": "gzip"})):
        assert send(secret, body, **headers).status_code == 413


def test_more_packed_bytes_than_a_call_may_bring_are_refused_unread(secret: str, settings: Any) -> None:
    settings.EVENTS_BYTES = 1_000
    assert send(secret, gzip.compress(b"") * 100, **{"Content-Encoding": "gzip"}).status_code == 413


def test_a_full_inbox_sends_back_and_says_when_to_come_again(secret: str, settings: Any) -> None:
    send(secret, [event("1"), event("2")])
    settings.INBOX_MOST = 1
    answer = send(secret, [event("3")])
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert queries.waiting_count() == 2


def test_who_sends_more_than_his_share_of_a_minute_is_sent_back(secret: str, settings: Any) -> None:
    settings.SENDER_RATE = 3
    assert send(secret, [event("1"), event("2")]).status_code == 200
    answer = send(secret, [event("3"), event("4")])
    # The minute may have turned in between.
    assert answer.status_code == 429 or queries.waiting_count() == 4
    if answer.status_code == 429:
        assert 0 < int(answer["Retry-After"]) <= 60


def test_the_schema_is_published_and_an_event_keeps_to_it() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    answer = Client().get("/api/v1/deliveries/schema")
    assert answer["Content-Type"] == "application/schema+json"
    check = jsonschema.Draft202012Validator(answer.json())
    check.check_schema(answer.json())
    assert check.is_valid(event())
    assert not check.is_valid(event(type="lv.ietvars.delivery.lost"))
    assert not check.is_valid(event(data={"service": "benefit", "stage": "fourth"}))


def test_the_reasons_are_told_in_the_language_asked_for(secret: str) -> None:
    def told(language: str) -> str:
        answer = send(secret, [event("9", time="yesterday")], **{"Accept-Language": language})
        return str(answer.json()["answers"][0]["detail"])

    assert "must be a day" in told("en")
    assert told("lv") != told("en")
