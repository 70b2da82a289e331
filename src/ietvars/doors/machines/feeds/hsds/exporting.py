"""Turns whole descriptions into services of HSDS 3.0, in one language at a time, as that standard has no other way.

Ids are made from the stable IRIs, so that they are the same each time. What HSDS has no place for is left out: stages,
ties, life situations. Pure but for `page`, which reads the catalogue.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from ietvars.doors.machines.feeds.cpsv_ap import exporting
from ietvars.doors.machines.feeds.cpsv_ap.exporting_addresses import Addresses, Lists
from ietvars.doors.machines.feeds.cpsv_ap.exporting_others import BodyTold
from ietvars.ground.terms.rules import pick
from ietvars.institution.services import exchange
from ietvars.institution.services.exchange import Whole

STATUS = {"published": "active", "draft": "inactive", "withdrawn": "temporarily closed", "retired": "defunct"}
"""State of a service to its status in HSDS."""

Document = dict[str, Any]


def page(number: int, size: int, language: str) -> Document:
    """One page of the services that can be read, in the envelope of the HSDS interface. The first page is 1."""
    chosen = exchange.readable().filter(is_template=False)
    total = chosen.count()
    pages = max(1, -(-total // size))
    codes = list(chosen.order_by("code").values_list("code", flat=True)[(number - 1) * size : number * size])
    contents = list(_services(codes, language))
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }


def everything(language: str) -> Iterator[Document]:
    """Every service that can be read."""
    codes = exchange.readable().filter(is_template=False).order_by("code").values_list("code", flat=True)
    yield from _services(list(codes), language)


def by_id(wanted: UUID, language: str) -> Document | None:
    """The service of an id; None when there is none."""
    where = exporting.addresses()
    codes = exchange.readable().filter(is_template=False).values_list("code", flat=True)
    found = [code for code in codes if identity(where.service(code)) == wanted]
    return next(_services(found, language), None)


def _services(codes: list[str], language: str) -> Iterator[Document]:
    where, lists, bodies = exporting.addresses(), exporting.term_lists(), exporting.all_bodies()
    chosen = exchange.readable().filter(code__in=codes) if len(codes) < 1000 else exchange.readable()
    for one in exchange.wholes(chosen.filter(is_template=False)):
        yield service(one, where, lists, bodies, language)


def identity(address: str) -> UUID:
    """The id of a thing of an IRI."""
    return uuid5(NAMESPACE_URL, address)


def service(one: Whole, where: Addresses, lists: Lists, bodies: Mapping[str, BodyTold], language: str) -> Document:
    """One service."""
    facts, address = one.facts, where.service(one.code)
    request = facts.stages.get("request", None)
    made: Document = {
        "id": str(identity(address)),
        "name": pick(facts.title, language) or one.code,
        "status": STATUS[one.state] if one.is_offered else "inactive",
        "description": pick(facts.summary, language),
        "url": f"{settings.BASE_IRI}{'' if language == 'lv' else f'{language}/'}pakalpojumi/{one.code}/",
        "application_process": pick(request.text, language) if request else "",
        "eligibility_description": "\n".join(_rows(facts.eligibility, language)),
        "fees_description": "\n".join(filter(None, (pick(fee.text, language) for fee in facts.fees))),
        "wait_time": _wait(one),
        "alert": pick(one.not_offered_because, language),
    }
    if facts.reviewed_on:
        made["assured_date"] = facts.reviewed_on.isoformat()
    made = {key: value for key, value in made.items() if value not in ("", None)}
    if one.holder in bodies:
        made["organization"] = _organization(bodies[one.holder], where, language)
        made["organization_id"] = made["organization"]["id"]
    made["languages"] = [
        {"id": _part(address, f"language-{code}"), "code": code} for code in facts.languages
    ]  # fmt: skip
    made["cost_options"] = [
        {
            "id": _part(address, f"fee-{number}"),
            "option": pick(fee.text, language),
            "currency": fee.currency,
            **({"amount": float(fee.amount)} if fee.amount is not None else {}),
        }
        for number, fee in enumerate(facts.fees, start=1)
    ]
    made["required_documents"] = [
        {"id": _part(address, f"evidence-{number}"), "document": pick(entry.get("title"), language)}
        for number, entry in enumerate(facts.evidence, start=1)
        if not entry.get("held_by")
    ]
    made["attributes"] = [*_attributes(one, address, where, lists, language), *_invented(one, address)]
    return {key: value for key, value in made.items() if value != []}


def _part(address: str, name: str) -> str:
    return str(identity(f"{address}#{name}"))


def _rows(told: Mapping[str, Any], language: str) -> list[str]:
    return list(told.get(language) or next((rows for rows in told.values() if rows), ()))


def _wait(one: Whole) -> str:
    if one.facts.is_immediate:
        return "PT0S"
    return f"{one.facts.term_days} working days" if one.facts.term_days is not None else ""


def _organization(body: BodyTold, where: Addresses, language: str) -> Document:
    name = pick(body.name, language) or body.code
    found = {
        "id": str(identity(where.body(body.code))),
        "name": name,
        "description": name,
        "uri": where.body(body.code),
    }
    short = pick(body.short, language)
    return {**found, "alternate_name": short} if short else found


def _invented(one: Whole, address: str) -> Iterator[Document]:
    """Which parts hold values that are invented to show how the tool works."""
    for name in one.facts.illustrative:
        yield {
            "id": _part(address, f"illustrative-{name}"),
            "link_id": str(identity(address)),
            "link_type": "illustrative",
            "link_entity": "service",
            "value": name,
        }


def _attributes(one: Whole, address: str, where: Addresses, lists: Lists, language: str) -> Iterator[Document]:
    told = [
        *(("areas", code) for code in [one.facts.area] if code),
        *(("target-groups", code) for code in one.facts.audience),
        *(("life-events", code) for code in one.facts.life_events),
        *(("channels", code) for stage in one.facts.stages.values() for code in stage.channels),
    ]
    for scheme, code in dict.fromkeys(told):
        term = lists.get(scheme, {}).get(code)
        place = where.term(scheme, code)
        yield {
            "id": _part(address, f"{scheme}-{code}"),
            "link_id": str(identity(address)),
            "link_type": scheme,
            "link_entity": "service",
            "taxonomy_term": {
                "id": str(identity(place)),
                "code": code,
                "name": (pick(term.label, language) if term else "") or code,
                "description": (pick(term.label, language) if term else "") or code,
                "term_uri": place,
            },
        }
