"""Events of deliveries come in here: a token for a sender, the schema, and the events themselves, up to 10,000 a call.

CloudEvents 1.0 over HTTP: a batch, a single one, or one with its attributes as headers. Every event has its answer, in
order; what the call as a whole suffers from is a problem. It must not judge an event: that is the room's reading.
"""

import base64
import binascii
import json
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext
from ninja import Router

from ietvars.doors.furniture import refusals
from ietvars.doors.furniture.access import access_api, anyone, program
from ietvars.doors.machines import packing, problems
from ietvars.ground.errors import Refusal
from ietvars.ground.people.rules import Actor, Role
from ietvars.institution.deliveries import actions, errors, events, queries
from ietvars.institution.deliveries.rules import Answer, Status
from ietvars.institution.deliveries.schema import SCHEMA

router = Router(tags=["deliveries"])

TOKEN_SECONDS = 900
_SALT = "ietvars.deliveries.token"

BATCH = "application/cloudevents-batch+json"
SINGLE = "application/cloudevents+json"
PLAIN = "application/json"

_EVENT = {"$ref": "#/components/schemas/DeliveryEvent"}
_EVENTS = {"type": "array", "minItems": 1, "maxItems": 10_000, "items": _EVENT}

_PACKED = {
    "name": "Content-Encoding",
    "in": "header",
    "required": False,
    "description": "The body may be packed by gzip; the limit of bytes holds for what comes out of it.",
    "schema": {"enum": ["gzip"]},
}

_ANSWERS = {
    "type": "object",
    "required": ["accepted", "known", "refused", "answers"],
    "properties": {
        "accepted": {"type": "integer"},
        "known": {"type": "integer"},
        "refused": {"type": "integer"},
        "answers": {
            "type": "array",
            "description": "one of each event, in the order in which they were sent",
            "items": {
                "type": "object",
                "required": ["status", "id"],
                "properties": {
                    "status": {"enum": [one.value for one in Status]},
                    "id": {"type": "string", "description": "the sender's own; empty where there was none"},
                    "code": {"type": "string", "description": "stable code of the reason of a refusal"},
                    "detail": {"type": "string", "description": "the reason in the language of the request"},
                },
            },
        },
    },
}


def _problems(*statuses: HTTPStatus) -> dict[int, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {problems.MEDIA_TYPE: {"schema": schema}}
    return {int(one): {"description": _SAYS[one], "content": content} for one in statuses}


_SAYS = {
    HTTPStatus.BAD_REQUEST: "The call cannot be read, or brings none or too many; nothing was taken.",
    HTTPStatus.UNAUTHORIZED: "No sender with these credentials may send.",
    HTTPStatus.FORBIDDEN: "Never answered: what a sender may not send of is refused event by event.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More bytes than one call may bring, unpacked; nothing was taken.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "None of the forms of CloudEvents, or packed by something other than gzip.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too much waits or was sent; nothing was taken. Retry-After says how many seconds.",
}


# ---- who sends --------------------------------------------------------------------------------------------------


def _given(request: HttpRequest) -> tuple[str, str]:
    """Code and secret of HTTP Basic. Raises UnknownSender."""
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise errors.UnknownSender
    try:
        code, colon, secret = base64.b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise errors.UnknownSender from None
    if not colon:
        raise errors.UnknownSender
    return code, secret


def _sender_of(request: HttpRequest) -> Any:
    """The sender of a call, by token or by code and secret. Raises UnknownSender."""
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return queries.sender_by_secret(*_given(request))
    try:
        pk, mark = signing.loads(told.strip(), salt=_SALT, max_age=TOKEN_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise errors.UnknownSender from None
    return queries.sender_by_mark(pk, mark)


def _admit(request: HttpRequest) -> bool:
    try:
        request.sender = _sender_of(request)  # type: ignore[attr-defined]
    except errors.UnknownSender:
        return False
    return True


sender = program(_admit)
"""Programs of institutions, by what they were given as senders."""


@router.post(
    "/token",
    summary="A token for a sender",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "required": ["grant_type"],
                        "properties": {
                            "grant_type": {"const": "client_credentials"},
                            "client_id": {"type": "string"},
                            "client_secret": {"type": "string"},
                        },
                    }
                }
            },
        },
        "responses": {
            200: {
                "description": "OK",
                "content": {
                    PLAIN: {
                        "schema": {
                            "type": "object",
                            "required": ["access_token", "token_type", "expires_in"],
                            "properties": {
                                "access_token": {"type": "string"},
                                "token_type": {"const": "Bearer"},
                                "expires_in": {"type": "integer"},
                            },
                        }
                    }
                },
            },
            **_problems(HTTPStatus.BAD_REQUEST),
        },
    },
)
@access_api(anyone)
def token(request: HttpRequest) -> HttpResponse:
    """Client credentials of OAuth 2.0 (RFC 6749, 4.4): code and secret by HTTP Basic or in the form. The problem of
    wrong ones has the member `error` besides."""
    if request.POST.get("grant_type") != "client_credentials":
        return _no_token("unsupported_grant_type", gettext("“grant_type” must be “client_credentials”."))
    try:
        if "client_id" in request.POST:
            given = request.POST["client_id"], request.POST.get("client_secret", "")
        else:
            given = _given(request)
        found = queries.sender_by_secret(*given)
    except errors.UnknownSender as refusal:
        return _no_token("invalid_client", refusals.sentence(refusal))
    made = signing.dumps([found.pk, queries.mark(found)], salt=_SALT)
    answer = JsonResponse({"access_token": made, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})
    answer["Cache-Control"] = "no-store"
    return answer


def _no_token(error: str, detail: str) -> HttpResponse:
    answer = problems.problem("Bad Request", detail, HTTPStatus.BAD_REQUEST)
    said = json.loads(answer.content) | {"error": error}
    answer.content = json.dumps(said, ensure_ascii=False)
    return answer


# ---- the schema -------------------------------------------------------------------------------------------------


@router.get(
    "/deliveries/schema",
    summary="JSON Schema of an event",
    openapi_extra={
        "responses": {
            200: {"description": "OK", "content": {"application/schema+json": {"schema": {"type": "object"}}}}
        }
    },
)
@access_api(anyone)
def schema(request: HttpRequest) -> HttpResponse:
    """The schema that every event must keep to, JSON Schema 2020-12."""
    return JsonResponse(SCHEMA, content_type="application/schema+json", json_dumps_params={"ensure_ascii": False})


# ---- events -----------------------------------------------------------------------------------------------------


@router.post(
    "/deliveries/events",
    summary="Take events in",
    openapi_extra={
        "parameters": [_PACKED],
        "requestBody": {
            "required": True,
            "content": {BATCH: {"schema": _EVENTS}, SINGLE: {"schema": _EVENT}, PLAIN: {"schema": _EVENTS}},
        },
        "responses": {
            200: {"description": "What became of each event", "content": {PLAIN: {"schema": _ANSWERS}}},
            **_problems(*_SAYS),
        },
        "security": [{"client": []}, {"basic": []}],
    },
)
@access_api(sender)
def take_events(request: HttpRequest) -> HttpResponse:
    """Events of one case or of thousands, in any order, late ones and corrections too. An accepted event is on the disk
    when the answer leaves; the same event (source and id) again is known and counts once. A refused event lies in
    quarantine with its reason, until its institution mends it.
    """
    now = timezone.now()
    found = request.sender  # type: ignore[attr-defined]
    try:
        answers = actions.receive(
            documents=_documents(request),
            sender=queries.sender_facts(found, now),
            by=Actor(username=found.code, role=Role.SYSTEM, body_id=found.body_id),
            now=now,
        )
    except Refusal as refusal:
        return _whole(request, refusal)
    return HttpResponse(_told(request, answers), content_type=PLAIN)


_STATUS: dict[type[Refusal], HTTPStatus] = {
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.TooManyEvents: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.NotThisForm: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    packing.UnknownPacking: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.InboxFull: HTTPStatus.TOO_MANY_REQUESTS,
    errors.TooFast: HTTPStatus.TOO_MANY_REQUESTS,
}


def _whole(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """What the call as a whole suffers from, as a problem; of 429, when to come again."""
    status = _STATUS.get(type(refusal), HTTPStatus.BAD_REQUEST)
    with translation.override(translation.get_language_from_request(request)):
        said = refusals.problem(refusal, status)
    answer = problems.problem(said["title"], said["detail"], status, said["type"])
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        answer["Retry-After"] = str(refusal.facts["seconds"])
    if isinstance(refusal, packing.UnknownPacking):
        answer["Accept-Encoding"] = "gzip"  # RFC 9110, 15.5.16
    return answer


def _documents(request: HttpRequest) -> Sequence[Any]:
    """The documents of a call. Raises NotJson, NotThisForm, and what the unpacking raises."""
    kind = (request.content_type or "").lower()
    if kind not in (BATCH, SINGLE, PLAIN):
        raise errors.NotThisForm
    sent = packing.body(request, settings.EVENTS_BYTES)
    try:
        found = json.loads(sent, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise errors.NotJson from None
    if kind == PLAIN and "ce-specversion" in request.headers:
        return [events.of_headers(request.headers.items(), found)]
    if kind == SINGLE or (kind == PLAIN and isinstance(found, dict)):
        return [found]
    if not isinstance(found, list):
        raise errors.NotJson
    return found


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _told(request: HttpRequest, answers: Sequence[Answer]) -> bytes:
    """The answers as JSON, written by hand: of ten thousand nearly all say the same."""
    counts = Counter(answer.status for answer in answers)
    said = []
    with translation.override(translation.get_language_from_request(request)):
        for status, key, fault in answers:
            if fault is None:
                said.append(f'{{"status":"{status.value}","id":{quoted(key)}}}')
            else:
                text = gettext(fault.sentence)
                detail = text % fault.facts if fault.facts else text
                said.append(
                    f'{{"status":"refused","id":{quoted(key)},"code":{quoted(fault.code)},"detail":{quoted(detail)}}}'
                )
    totals = ",".join(f'"{status.value}":{counts[status]}' for status in Status)
    return f'{{{totals},"answers":[{",".join(said)}]}}'.encode("ascii")
