"""The API keeps what its own description promises, for everybody, and says the same as the console and the tables."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import schemathesis
from click.testing import CliRunner
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ietvars.doors.console.main import cli
from ietvars.doors.furniture import downloads
from ietvars.ground.bodies import queries as bodies
from ietvars.ground.people.rules import SYSTEM, Role
from ietvars.institution.deliveries import queries as deliveries
from ietvars.institution.deliveries import senders
from tests.doors.town import BEFORE, PERIOD, PUBLISHED, SITUATION, service_of
from tests.world import NOW

if TYPE_CHECKING:
    from tests.doors.town import Town

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def keep_the_connection() -> None:
    """Keep the connection of the test open: a request to the bare application would close it, as in production.

    Django's own test client sets the closing up again after each of its requests.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Before each test, since the one before may have used the test client."""
    keep_the_connection()
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def session_of(town: Town, username: str) -> str:
    client = Client()
    client.force_login(town.people[username], backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def reading(town: Town, username: str) -> Client:
    client = Client()
    client.force_login(town.people[username], backend=BACKEND)
    return client


# ---- attacked with what its description allows --------------------------------------------------------------------


everything = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
bounded = hypothesis.settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)


@everything.parametrize()
@bounded
def test_a_visitor_gets_what_is_described(case: Any) -> None:
    case.call_and_validate(checks=CHECKS)


@everything.parametrize()
@bounded
def test_an_overseer_gets_what_is_described(case: Any, town: Town) -> None:
    case.call_and_validate(checks=CHECKS, cookies={settings.SESSION_COOKIE_NAME: session_of(town, Role.OVERSEER.value)})


@everything.include(path="/api/v1/deliveries/events").parametrize()
@hypothesis.settings(bounded, max_examples=15)
def test_a_sender_gets_what_is_described(case: Any, town: Town) -> None:
    sender = deliveries.sender("sender-own")
    assert sender is not None
    secret = senders.renew(sender=sender, by=SYSTEM, now=NOW)
    credentials = base64.b64encode(f"sender-own:{secret}".encode()).decode()
    case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Basic {credentials}"})


LOG = "/api/v1/services/{code}/log/{form}"
"""Single cases: for the owner of the service alone."""


def known(town: Town) -> dict[str, dict[str, Any]]:
    """Address of each operation to parameters with which it has something to tell."""
    service = {"code": service_of("own")}
    return {
        "/api/v1/services": {"area": "benefits", "holder": "own", "limit": 2},
        "/api/v1/services.csv": {},
        "/api/v1/services/{code}": service,
        "/api/v1/search": {"q": "pabalsti", "language": "lv", "limit": 3},
        "/api/v1/situations": {},
        "/api/v1/situations/{code}": {"code": SITUATION},
        "/api/v1/bodies": {"kind": "agency", "offset": 1},
        "/api/v1/bodies/{code}": {"code": "own"},
        "/api/v1/terms": {},
        "/api/v1/lists": {},
        "/api/v1/lists/{body_code}/{year}": {"body_code": "own", "year": PUBLISHED},
        "/api/v1/indicators": {},
        "/api/v1/editions": {},
        "/api/v1/periods": {},
        "/api/v1/services/{code}/figures": {**service, "period": PERIOD},
        "/api/v1/services/{code}/comparison": {**service, "period": PERIOD, "with_period": BEFORE},
        "/api/v1/services/{code}/series": {**service, "basis": "opened", "channel": "online"},
        "/api/v1/services/{code}/flow": service,
        LOG: {**service, "form": "xes"},
        "/api/v1/indicators/{period}": {"period": PERIOD, "of_register": "national"},
        "/api/v1/comparison/{period}": {"period": PERIOD, "with_period": BEFORE},
        "/api/v1/state/{period}": {"period": PERIOD, "opened": "above,above.own"},
        "/api/v1/findings/{period}": {"period": PERIOD},
        "/api/v1/initiatives": {},
        "/api/v1/services/{code}/gaps": service,
        "/api/v1/canvases": {},
        "/api/v1/canvases/{code}": {"code": "benefit"},
        "/api/v1/canvases/{code}/check": {
            "code": "benefit",
            "media_type": "application/json",
            "body": {"description": {"title": {"lv": "Pabalsts"}}},
        },
        "/api/v1/changes": {"limit": 5},
        "/api/v1/ratings": {},
        "/api/v1/hsds/services": {"per_page": 3},
        "/api/v1/hsds/services/{identity}": {
            "identity": Client().get("/api/v1/hsds/services").json()["contents"][0]["id"]
        },
        "/api/v1/indicators/{period}/dqv.{suffix}": {"period": PERIOD, "suffix": "ttl"},
        "/api/v1/deliveries/schema": {},
        **of_a_sender(town),
    }


def of_a_sender(town: Town) -> dict[str, dict[str, Any]]:
    """What a program of an institution asks, with its secret."""
    body = bodies.by_code("own")
    assert body is not None
    _made, secret = senders.make(code="desk", title="Desk", body=body, by=SYSTEM, now=NOW)
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "urn:own",
        "type": "lv.ietvars.delivery.opened",
        "time": "2026-06-20T10:00:00+02:00",
        "subject": "case-1",
        "data": {"service": service_of("own")},
    }
    credentials = base64.b64encode(f"desk:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": secret}
    return {
        "/api/v1/token": {"body": form, "media_type": "application/x-www-form-urlencoded"},
        "/api/v1/deliveries/events": {
            "body": [event],
            "media_type": "application/cloudevents-batch+json",
            "headers": {"Authorization": f"Basic {credentials}"},
        },
    }


def test_what_is_there_is_told_as_described(town: Town) -> None:
    sessions = {role: session_of(town, role.value) for role in (Role.OVERSEER, Role.SERVICE_OWNER)}
    asked = known(town)
    keep_the_connection()
    operations = [found.ok() for found in everything.get_all_operations() if isinstance(found, Ok)]
    assert {operation.path for operation in operations} == set(asked)
    for operation in operations:
        given = dict(asked[operation.path])
        sent = {name: given.pop(name) for name in ("body", "media_type", "headers") if name in given}
        in_path = {name: value for name, value in given.items() if f"{{{name}}}" in operation.path}
        in_query = {name: value for name, value in given.items() if name not in in_path}
        case = operation.Case(path_parameters=in_path, query=in_query, **sent)
        session = sessions[Role.SERVICE_OWNER if operation.path == LOG else Role.OVERSEER]
        answer = case.call_and_validate(checks=CHECKS, cookies={settings.SESSION_COOKIE_NAME: session})
        assert answer.status_code == 200, operation.path
        assert len(answer.content) > 10, operation.path


def test_every_problem_is_described_with_its_form(town: Town) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            statuses = set(operation["responses"])
            assert ("security" in operation) is ({"401", "403"} <= statuses), path
            for status, answer in operation["responses"].items():
                assert answer["description"], path
                if status != "200":
                    assert list(answer["content"]) == ["application/problem+json"], path


# ---- paging -----------------------------------------------------------------------------------------------------


def pages(path: str, key: str, limit: int) -> Iterator[list[str]]:
    offset = 0
    while True:
        page = Client().get(path, {"limit": limit, "offset": offset}).json()
        assert (page["limit"], page["offset"]) == (limit, offset)
        if not page[key]:
            return
        yield [row["code"] for row in page[key]]
        offset += limit


@pytest.mark.parametrize(("path", "key"), [("/api/v1/services", "services"), ("/api/v1/bodies", "bodies")])
@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_pages_together_hold_everything_once(path: str, key: str, limit: int, town: Town) -> None:
    found = [code for page in pages(path, key, limit) for code in page]
    total = Client().get(path).json()["total"]
    assert len(found) == len(set(found)) == total > 3
    assert found == [row["code"] for row in Client().get(path, {"limit": 500}).json()[key]]


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 501}, {"offset": -1}, {"offset": 10**7}, {"limit": "x"}])
def test_a_page_without_bounds_is_refused(asked: dict[str, Any], town: Town) -> None:
    for path in ("/api/v1/services", "/api/v1/bodies"):
        answer = Client().get(path, asked)
        assert answer.status_code == 422
        assert next(iter(asked)) in answer.json()["detail"]


# ---- one truth in every form ------------------------------------------------------------------------------------


def rows_of(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV answer."""
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_of_services_says_the_same_as_the_list(town: Town) -> None:
    rows = {row["code"]: row for row in rows_of(Client().get("/api/v1/services.csv"))}
    told = {one["code"]: one for one in Client().get("/api/v1/services").json()["services"]}
    assert rows.keys() == told.keys()
    for code, one in told.items():
        row = rows[code]
        assert (row["title_lv"], row["title_en"]) == (one["title"]["lv"], one["title"]["en"])
        assert (row["holder"], row["kind"], row["area"]) == (one["holder"], one["kind"], one["area"])
        assert row["audience"].split() == one["audience"]
        assert row["reviewed_on"] == one["reviewed_on"]
    assert rows == {row["code"]: row for row in rows_of(Client().get("/pakalpojumi.csv"))}


TABLES = (
    ("service-owner", "/darbvieta/pakalpojumi"),
    ("service-owner", f"/darbvieta/pakalpojumi/{service_of('own')}"),
    ("overseer", "/parraudziba/pakalpojumi"),
    ("overseer", "/parraudziba/iestades/own"),
    ("overseer", f"/parraudziba/pakalpojumi/{service_of('own')}"),
)


def plainly(told: Any) -> str:
    """A cell of JSON as a CSV file writes it."""
    return str(downloads.harmless(Decimal(str(told)) if isinstance(told, float) else told))


@pytest.mark.parametrize(("who", "path"), TABLES)
def test_a_table_is_the_same_as_csv_and_as_json(who: str, path: str, town: Town) -> None:
    client = reading(town, who)
    head, *lines = list(csv.reader(io.StringIO(client.get(f"{path}.csv").getvalue().decode("utf-8-sig"))))
    document = client.get(f"{path}.json").json()
    told = [*document["rows"], *document["totals"]]
    assert len(lines) == len(told) > 0
    for line, row in zip(lines, told, strict=True):
        left = list(zip(head, line, strict=True))
        for column in document["columns"]:
            title, cell = left.pop(0)
            assert title.startswith(column["label"])
            value = row[column["code"]]
            is_value = isinstance(value, dict)
            assert cell == plainly(value["value"] if is_value else value)
            if left and left[0][0].endswith(": stāvoklis"):
                assert left.pop(0)[1] == (value["state"] if is_value else "")
        if left:
            assert left.pop()[1] == ("jā" if row["illustrative"] else "nē")
        assert not left


CONSOLE = (
    (f"/api/v1/indicators/{PERIOD}", ["indicators", "--period", PERIOD]),
    (f"/api/v1/comparison/{PERIOD}", ["compare", "--period", PERIOD]),
    (f"/api/v1/findings/{PERIOD}", ["findings", "--period", PERIOD]),
    ("/api/v1/initiatives", ["initiatives"]),
    (
        f"/api/v1/services/{service_of('own')}/figures?period={PERIOD}",
        ["indicators", "--period", PERIOD, "--service", service_of("own")],
    ),
    (
        f"/api/v1/services/{service_of('own')}/comparison?period={PERIOD}&with_period={BEFORE}",
        ["compare", "--period", PERIOD, "--with", BEFORE, "--service", service_of("own")],
    ),
)


@pytest.mark.parametrize(("path", "words"), CONSOLE, ids=[" ".join(words) for _, words in CONSOLE])
def test_figures_are_those_of_the_console(
    path: str, words: list[str], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ietvars.doors.console.serving.prepare", lambda: None)
    told = CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)
    assert told.exit_code == 0, told.stderr
    answer = reading(town, Role.OVERSEER.value).get(path)
    assert answer.status_code == 200
    assert answer.json() == json.loads(told.stdout)


def test_problems_are_told_in_the_language_asked_for(town: Town) -> None:
    for language, word in (("lv", "ieejiet"), ("en", "Sign in")):
        answer = Client().get(f"/api/v1/indicators/{PERIOD}", headers={"accept-language": language})
        assert answer.status_code == 401
        assert answer["Content-Type"].startswith("application/problem+json")
        assert word in answer.json()["detail"]
    for language, word in (("lv", "pārraudzītājs"), ("en", "overseer")):
        refused = reading(town, Role.CLERK.value).get(
            f"/api/v1/indicators/{PERIOD}", headers={"accept-language": language}
        )
        assert refused.status_code == 403
        assert word in refused.json()["detail"]
