"""The JSON Schema of an event as it is published, made from the same tables that the reading uses. Pure.

What it cannot say (that a service is the sender's own, that nothing names a person) the reading says event by event.
"""

from typing import Any

from ietvars.institution.deliveries import rules

_MOMENT = {"type": "string", "format": "date-time", "examples": ["2026-11-23T09:30:00+02:00"]}


def _text(says: str, limit: int = rules.LONGEST_ID) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": limit, "description": says}


def _one_of(says: str, codes: Any) -> dict[str, Any]:
    return {"enum": list(codes), "description": says}


_DATA: dict[str, dict[str, Any]] = {
    "service": _text("Code of the service, as in the address of its page."),
    "service_version": {
        "type": "integer",
        "minimum": 1,
        "maximum": 32_767,
        "description": "Number of the published version; without it the one in force at `time`.",
    },
    "stage": _one_of(
        "Stage of law. Without it `opened` is a request, `decided` execution, `delivered` receipt.", rules.STAGES
    ),
    "channel": _one_of("Channel, by the code list `channels`.", rules.CHANNEL_NUMBERS),
    "origin": _one_of("Who began the case: the person, staff for him, or the state by itself.", rules.ORIGINS),
    "provider": _text("Code of the body that did it, where that is not the holder of the service."),
    "person": _text(
        "Whatever tells this person from others. It is hashed at once and written nowhere.", rules.LONGEST_PERSON
    ),
    "step": _text(
        "Name of the step, the same each time. A name not met before becomes a step of the service.", rules.LONGEST_STEP
    ),
    "evidence": _text("Name of the evidence that was asked for.", rules.LONGEST_STEP),
    "held_by": _text("Code of the body whose register holds that evidence already."),
    "cost_eur": {
        "type": "number",
        "minimum": 0,
        "maximum": rules.MOST_CENTS / 100,
        "description": "What it cost, in euros.",
    },
    "rating": {"type": "number", "description": "A mark on `scale`."},
    "scale": {
        "type": "string",
        "pattern": "^[0-9]{1,4}-[0-9]{1,4}$",
        "default": "0-100",
        "description": "Lowest and highest mark.",
    },
    "method": _one_of("How the rating was asked for.", rules.METHOD_NUMBERS),
    "caused_by": _text("Key of the case of the same source that this case arose from."),
    "corrects": _text("Id of the event of the same source that this one stands for."),
    "kind": _one_of("Why somebody asked, for an event of type `contact`.", rules.CONTACTS),
    "due": {**_MOMENT, "description": "By when this case was promised its result."},
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "/api/v1/deliveries/schema",
    "title": "Delivery event",
    "description": "One event of one case of a service, as a CloudEvent 1.0.",
    "type": "object",
    "required": ["specversion", "id", "source", "type", "time", "subject", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _text("Your number of this event. The same id of the same source is the same event and counts once."),
        "source": _text("Where the event comes from, e.g. urn:your-institution:case-system. It becomes your own."),
        "type": {
            "type": "string",
            "maxLength": rules.LONGEST_ID,
            "pattern": rf"(^|\.)({'|'.join(rules.TYPES)})$",
            "description": f"What happened, e.g. {rules.PREFIX}opened; the word after the last dot counts.",
        },
        "time": {**_MOMENT, "description": "When it happened, with its zone."},
        "subject": _text("Key of the case at the source. It must not be a personal code."),
        "datacontenttype": {"type": "string"},
        "data": {
            "type": "object",
            "required": ["service"],
            "additionalProperties": False,
            "properties": _DATA,
        },
    },
}
