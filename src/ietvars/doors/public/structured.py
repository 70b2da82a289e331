"""The service of a page as a GovernmentService of schema.org, for search engines and assistants.

It says no more than the page shows, in the language of the page, and leaves out what is invented for show. The block is
data, which no browser runs, so the content security policy has nothing to stop.
"""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from ietvars.ground.terms.rules import pick

CONTEXT = "https://schema.org"

_HARMLESS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def block(found: Any, language: str, audiences: dict[str, Any]) -> SafeString | None:
    """The service as JSON that can stand in a page; None for one that nobody can receive. Needs `services.page`."""
    if found.state != "published" or not found.is_offered or found.is_template:
        return None
    text = json.dumps(document(found, language, audiences), ensure_ascii=False)
    # As json_script of Django: nothing in it can end the block.
    return mark_safe(text.translate(_HARMLESS))  # noqa: S308


def document(found: Any, language: str, audiences: dict[str, Any]) -> dict[str, Any]:
    """The service as a dictionary of schema.org."""
    invented = set(found.illustrative)
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "GovernmentService",
        "@id": f"{settings.BASE_IRI}id/service/{found.code}",
        "identifier": found.code,
        "name": pick(found.title, language),
        "description": pick(found.summary, language),
        "provider": _body(found.holder_code, found.holder_name, language) if found.holder_code else None,
        "serviceOperator": _operators(found, language),
        "audience": [
            {"@type": "Audience", "audienceType": pick(audiences.get(code, {}), language) or code}
            for code in found.audience
        ],
        "termsOfService": [act["url"] for act in found.legal_acts if act.get("url")],
        "serviceOutput": [
            {"@type": "Thing", "name": pick(entry.get("title"), language)}
            for entry in found.outputs
            if "outputs" not in invented
        ],
        "offers": [] if "fees" in invented else _offers(found, language),
        "availableChannel": _channels(found, language, is_invented="term_days" in invented),
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def _body(code: str, name: Any, language: str) -> dict[str, Any]:
    return {
        "@type": "GovernmentOrganization",
        "@id": f"{settings.BASE_IRI}id/body/{code}",
        "name": pick(name, language) or code,
    }


def _operators(found: Any, language: str) -> list[dict[str, Any]]:
    """Who gives a stage for the holder."""
    others = {
        row.provider.code: row.provider
        for stage in found.stages.all()
        for row in stage.deliveries.all()
        if row.provider.code != found.holder_code
    }
    return [_body(code, body.name, language) for code, body in others.items()]


def _offers(found: Any, language: str) -> list[dict[str, Any]]:
    fees = list(found.fees.all())
    return [
        {
            "@type": "Offer",
            "price": f"{fee.amount:f}",
            "priceCurrency": fee.currency,
            **({"description": pick(fee.text, language)} if pick(fee.text, language) else {}),
        }
        for fee in fees
        if fee.amount is not None
    ] or ([] if fees else [{"@type": "Offer", "price": "0", "priceCurrency": "EUR"}])


def _channels(found: Any, language: str, *, is_invented: bool) -> list[dict[str, Any]]:
    """Where the service is asked for online."""
    made = []
    for stage in found.stages.all():
        if stage.name == "request" and stage.url:
            channel: dict[str, Any] = {"@type": "ServiceChannel", "serviceUrl": stage.url}
            if found.languages:
                channel["availableLanguage"] = list(found.languages)
            if found.is_immediate and not is_invented:
                channel["processingTime"] = "PT0S"
            if text := pick(stage.text, language):
                channel["name"] = text
            made.append(channel)
    return made
