"""How the API says that something is not possible, as problem+json (RFC 9457), and what its description tells of that.

Which problems an operation can answer follows from its declaration of access and its parameters, so that the
description cannot promise something else than the door does. It must not know any operation by name.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from ietvars.institution.deliveries.schema import SCHEMA as SCHEMA_OF_EVENTS

MEDIA_TYPE = "application/problem+json"

SCHEMA = {
    "title": "Problem",
    "type": "object",
    "description": "Why something is not possible, in the language of the request (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "urn:ietvars:refusal:CODE for a refusal by a rule, else about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}

SAYS = {
    HTTPStatus.BAD_REQUEST: "The address cannot be read at all.",
    HTTPStatus.UNAUTHORIZED: "Only for people who have signed in.",
    HTTPStatus.FORBIDDEN: "Not in your capacity, or not for the body that you act for.",
    HTTPStatus.NOT_FOUND: "There is no such thing.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A parameter cannot be read.",
}

SESSION = {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "The session of a person signed in."}

CLIENT = {
    "type": "oauth2",
    "description": "Code and secret of a sender, changed for a token.",
    "flows": {"clientCredentials": {"tokenUrl": "/api/v1/token", "scopes": {}}},
}
BASIC = {"type": "http", "scheme": "basic", "description": "Code and secret of a sender with every call."}


def problem(title: str, detail: str, status: HTTPStatus, kind: str = "about:blank") -> HttpResponse:
    """One problem as problem+json."""
    said: dict[str, Any] = {"type": kind, "title": title, "status": int(status), "detail": detail}
    return HttpResponse(
        json.dumps(said, ensure_ascii=False), status=status, content_type=f"{MEDIA_TYPE}; charset=utf-8"
    )


def describe(document: dict[str, Any], closed: frozenset[str]) -> None:
    """Add to an OpenAPI document what each operation answers when it cannot; `closed` are ids of those not for all."""
    components = document["components"]
    components["schemas"]["Problem"] = SCHEMA
    components["schemas"]["DeliveryEvent"] = {
        name: value for name, value in SCHEMA_OF_EVENTS.items() if not name.startswith("$")
    }
    components["securitySchemes"] = {"session": SESSION, "client": CLIENT, "basic": BASIC}
    for operations in document["paths"].values():
        for operation in operations.values():
            is_closed = operation["operationId"] in closed
            if is_closed:
                operation["security"] = [{"session": []}]
            for status in _possible(operation, is_closed=is_closed):
                operation["responses"][int(status)] = {
                    "description": SAYS[status],
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }


def _possible(operation: dict[str, Any], *, is_closed: bool) -> Iterator[HTTPStatus]:
    parameters = operation.get("parameters", [])
    if is_closed:
        yield HTTPStatus.UNAUTHORIZED
        yield HTTPStatus.FORBIDDEN
    if any(one["in"] == "path" for one in parameters):
        yield HTTPStatus.NOT_FOUND
    if parameters:
        yield HTTPStatus.BAD_REQUEST
        yield HTTPStatus.UNPROCESSABLE_ENTITY
