"""Writes what happened in services as XES (IEEE 1849) or OCEL 2.0 (JSON, XML), piece by piece.

Cases bear pseudonyms and persons are left out. A log read back gives the same cases, events and variants; it bears a
name of its own, so that it is never mixed with the log that it came from. It must not know how facts are stored.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from ietvars.doors.machines.feeds.eventlogs import errors, times
from ietvars.ground.people.rules import Actor
from ietvars.institution.deliveries import logged
from ietvars.institution.deliveries.logged import LoggedCase, Step

if TYPE_CHECKING:
    from ietvars.institution.services.models import Service

Pieces = Iterator[str]
_CASE, _SERVICE, _BODY = "case", "service", "organisation"
_ATTRIBUTES = {
    _CASE: {"channel": "string", "startdate": "time", "enddate": "time", "enddate_planned": "time"},
    _SERVICE: {},
    _BODY: {},
}
_OF_EVENT = {"ietvars:type": "string", "stage": "string", "channel": "string"}
_ALWAYS = "1970-01-01T00:00:00Z"
"""Time of an attribute that holds from the beginning, as OCEL 2.0 writes it."""


def write(*, services: Sequence["Service"], form: str, name: str, by: Actor) -> Pieces:
    """The log of services in a form of FORMS. Raises NotYourCases, NothingToWrite, before the first piece."""
    cases = logged.cases(of=services, actor=by)
    first = next(cases, None)
    if first is None:
        raise errors.NothingToWrite(what=", ".join(one.code for one in services[:5]) or "any service")

    def again() -> Iterator[LoggedCase]:
        return logged.cases(of=services, actor=by)

    cases.close()  # type: ignore[attr-defined]
    return FORMS[form](again, f"ietvars {name}", logged.activities(services))


Again = Callable[[], Iterator[LoggedCase]]


def _clean(text: str) -> str:
    """The text as the value of an attribute of XML, without letters that XML cannot hold."""
    kept = "".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff")
    return quoteattr(kept.encode("utf-8", "replace").decode("utf-8"))


# ---- XES ---------------------------------------------------------------------------------------------------------

_XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
 <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
 <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
 <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
 <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
 <global scope="trace"><string key="concept:name" value="__INVALID__"/></global>
 <global scope="event">
  <string key="concept:name" value="__INVALID__"/>
  <string key="lifecycle:transition" value="complete"/>
  <date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
 </global>
 <classifier name="Activity" keys="concept:name"/>
"""


def _string(key: str, value: str) -> str:
    return f"<string key={_clean(key)} value={_clean(value)}/>" if value else ""


def _date(key: str, value: int | None) -> str:
    return f'<date key={_clean(key)} value="{times.text(value)}"/>' if value is not None else ""


def xes(cases: Again, name: str, activities: Sequence[str]) -> Pieces:
    """A log of XES: one trace a case."""
    yield f"{_XES_HEAD} {_string('concept:name', name)}\n"
    for case in cases():
        of_case = (
            _string("concept:name", case.name),
            _string("ietvars:service", case.service),
            _string("channel", case.channel),
            _date("startdate", case.begun),
            _date("enddate", case.ended),
            _date("enddate_planned", case.due),
        )
        lines = ["".join(of_case)] + [f"<event>{_xes_event(step)}</event>" for step in case.steps]
        yield " <trace>\n  " + "\n  ".join(lines) + "\n </trace>\n"
    yield "</log>\n"


def _xes_event(step: Step) -> str:
    return (
        _string("concept:name", step.activity)
        + '<string key="lifecycle:transition" value="complete"/>'
        + _date("time:timestamp", step.at)
        + _string("org:group", step.provider)
        + _string("ietvars:type", step.type)
        + _string("stage", step.stage)
        + _string("channel", step.channel)
    )


# ---- OCEL --------------------------------------------------------------------------------------------------------


def _objects(cases: Again) -> Iterator[dict[str, Any]]:
    """Cases, services and bodies; the latter two once each, when they are first met."""
    seen: set[tuple[str, str]] = set()
    for case in cases():
        others = [(_SERVICE, case.service), *((_BODY, step.provider) for step in case.steps if step.provider)]
        for kind, code in others:
            if (kind, code) not in seen:
                seen.add((kind, code))
                yield {"id": f"{kind}:{code}", "type": kind, "attributes": [], "relationships": []}
        said = (
            ("channel", case.channel),
            ("startdate", times.text(case.begun) if case.begun is not None else ""),
            ("enddate", times.text(case.ended) if case.ended is not None else ""),
            ("enddate_planned", times.text(case.due) if case.due is not None else ""),
        )
        yield {
            "id": case.name,
            "type": _CASE,
            "attributes": [{"name": name, "value": value, "time": _ALWAYS} for name, value in said if value],
            "relationships": [{"objectId": f"{_SERVICE}:{case.service}", "qualifier": "of"}],
        }


def _events(cases: Again) -> Iterator[dict[str, Any]]:
    for case in cases():
        for number, step in enumerate(case.steps, start=1):
            said = (("ietvars:type", step.type), ("stage", step.stage), ("channel", step.channel))
            related = [{"objectId": case.name, "qualifier": "of"}]
            if step.provider:
                related.append({"objectId": f"{_BODY}:{step.provider}", "qualifier": "done by"})
            yield {
                "id": f"{case.name}/{number}",
                "type": step.activity,
                "time": times.text(step.at),
                "attributes": [{"name": name, "value": value} for name, value in said if value],
                "relationships": related,
            }


def ocel_json(cases: Again, name: str, activities: Sequence[str]) -> Pieces:
    """A log of OCEL 2.0 as JSON."""
    declared = {
        "objectTypes": [_type(kind, attributes) for kind, attributes in _ATTRIBUTES.items()],
        "eventTypes": [_type(activity, _OF_EVENT) for activity in activities],
    }
    yield json.dumps(declared, ensure_ascii=False)[:-1]
    for key, entries in (("objects", _objects(cases)), ("events", _events(cases))):
        yield f', "{key}": ['
        for number, entry in enumerate(entries):
            yield f"{',' if number else ''}\n{json.dumps(entry, ensure_ascii=False)}"
        yield "]"
    yield "}\n"


def _type(name: str, attributes: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": each, "type": kind} for each, kind in attributes.items()]}


def ocel_xml(cases: Again, name: str, activities: Sequence[str]) -> Pieces:
    """A log of OCEL 2.0 as XML."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<log>\n'
    for tag, entries in (
        ("object-type", list(_ATTRIBUTES.items())),
        ("event-type", [(name, _OF_EVENT) for name in activities]),
    ):
        yield f" <{tag}s>\n"
        for each, attributes in entries:
            declared = "".join(f'<attribute name={_clean(one)} type="{kind}"/>' for one, kind in attributes.items())
            yield f"  <{tag} name={_clean(each)}><attributes>{declared}</attributes></{tag}>\n"
        yield f" </{tag}s>\n"
    for tag, found in (("object", _objects(cases)), ("event", _events(cases))):
        yield f" <{tag}s>\n"
        for entry in found:
            at = f' time="{entry["time"]}"' if "time" in entry else ""
            yield f"  <{tag} id={_clean(entry['id'])} type={_clean(entry['type'])}{at}>{_xml_parts(entry)}</{tag}>\n"
        yield f" </{tag}s>\n"
    yield "</log>\n"


def _xml_parts(entry: dict[str, Any]) -> str:
    attributes = "".join(
        f"<attribute name={_clean(one['name'])}{_at(one)}>{_text(one['value'])}</attribute>"
        for one in entry["attributes"]
    )
    related = "".join(
        f"<relationship object-id={_clean(one['objectId'])} qualifier={_clean(one['qualifier'])}/>"
        for one in entry["relationships"]
    )
    return f"<attributes>{attributes}</attributes><objects>{related}</objects>"


def _at(attribute: dict[str, Any]) -> str:
    return f' time="{attribute["time"]}"' if "time" in attribute else ""


def _text(value: str) -> str:
    return _clean(value)[1:-1].replace("&quot;", '"').replace("&apos;", "'")


FORMS: dict[str, Callable[[Again, str, Sequence[str]], Pieces]] = {
    "xes": xes,
    "ocel-json": ocel_json,
    "ocel-xml": ocel_xml,
}
"""Forms of logs by their names on the console."""
