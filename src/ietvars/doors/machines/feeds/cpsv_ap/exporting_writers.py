"""Writes nodes in the four formats, piece by piece, so that a catalogue of any size streams.

A node is its IRI, its classes and what is said of it. A value is a link when its mark is None; else the mark is what
stands behind the text: nothing, a language (`@lv`) or a type (`^^xsd:date`). Every format says exactly the same.
Nothing here knows what a service is.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from json.encoder import encode_basestring as quoted
from xml.sax.saxutils import escape, quoteattr

from ietvars.doors.machines.feeds.cpsv_ap import context
from ietvars.doors.machines.feeds.cpsv_ap.vocabulary import BY_IRI, PREFIXES, Property, iri

Said = tuple[Property, str, str | None]
"""Property, value and mark."""

Node = tuple[str, tuple[str, ...], list[Said]]
"""IRI, short IRIs of its classes, and what is said of it."""

PIECE = 200
"""So many nodes are handed on at once."""


class Format(StrEnum):
    """The formats by their names on the command line."""

    TURTLE = "turtle"
    JSON_LD = "jsonld"
    RDF_XML = "rdfxml"
    N_TRIPLES = "ntriples"


@dataclass(frozen=True)
class Way:
    """How a format is asked for and written."""

    media_type: str
    suffix: str
    head: Callable[[], str]
    write: Callable[[Node], str]
    between: str = ""
    tail: str = ""


# A character that XML cannot hold would make one format say less than the others, so none says it.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_TAG = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*", re.IGNORECASE)
_LOCAL = re.compile(r"[^\W\d][\w.-]*$")


def clean(text: str) -> str:
    """The text without characters that not every format can hold."""
    return _UNSPEAKABLE.sub("", text) if _UNSPEAKABLE.search(text) else text


def link(address: str) -> str:
    """An address as an IRI: what may not stand in one is percent-encoded."""
    return _NO_IRI.sub(lambda found: f"%{ord(found[0]):02X}", address) if _NO_IRI.search(address) else address


@cache
def tag(language: str) -> str:
    """The mark of a language; of a word that is none, that of undetermined text."""
    written = language.replace("_", "-").lower()
    return f"@{written}" if _TAG.fullmatch(written) else "@und"


# ---- Turtle -----------------------------------------------------------------------------------------------------


def _turtle_head() -> str:
    return "".join(f"@prefix {name}: <{whole}> .\n" for name, whole in PREFIXES.items()) + "\n"


def turtle(node: Node) -> str:
    """One node as a block of Turtle."""
    address, classes, said = node
    lines = [f"a {', '.join(classes)}"] if classes else []
    lines += [
        f"{name.short} <{value}>" if mark is None else f"{name.short} {quoted(value)}{mark}"
        for name, value, mark in said
    ]
    body = " ;\n  ".join(lines)
    return f"<{address}> {body} .\n\n" if lines else ""


# ---- N-Triples --------------------------------------------------------------------------------------------------


@cache
def _whole(short: str) -> str:
    return short if short.startswith("<") else f"<{iri(short)}>"


@cache
def _whole_mark(mark: str) -> str:
    return f"^^{_whole(mark[2:])}" if mark.startswith("^^") else mark


def ntriples(node: Node) -> str:
    """One node as lines of N-Triples."""
    address, classes, said = node
    lines = [f"<{address}> <{PREFIXES['rdf']}type> {_whole(each)} .\n" for each in classes]
    lines += [
        f"<{address}> <{name.iri}> <{value}> .\n"
        if mark is None
        else f"<{address}> <{name.iri}> {quoted(value)}{_whole_mark(mark)} .\n"
        for name, value, mark in said
    ]
    return "".join(lines)


# ---- RDF/XML ----------------------------------------------------------------------------------------------------


def _rdf_xml_head() -> str:
    spaces = "".join(f'\n  xmlns:{name}="{whole}"' for name, whole in PREFIXES.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n'


@cache
def _element(short: str) -> tuple[str, str] | None:
    """Opening and name of an element for a property; None where XML has no name for it."""
    if not short.startswith("<"):
        return short, short
    whole = short[1:-1]
    local = _LOCAL.search(whole)
    if local is None or not local.start():
        return None
    return f"ns0:{local[0]} xmlns:ns0={quoteattr(whole[: local.start()])}", f"ns0:{local[0]}"


def _xml_text(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def rdf_xml(node: Node) -> str:
    """One node as a description of RDF/XML. A property whose IRI ends in no name cannot be said in this format."""
    address, classes, said = node
    lines = [f" <rdf:Description rdf:about={quoteattr(address)}>\n"]
    lines += [f"  <rdf:type rdf:resource={quoteattr(_whole(each)[1:-1])}/>\n" for each in classes]
    for name, value, mark in said:
        element = _element(name.short)
        if element is None:
            continue
        start, end = element
        if mark is None:
            lines.append(f"  <{start} rdf:resource={quoteattr(value)}/>\n")
        elif not mark:
            lines.append(f"  <{start}>{_xml_text(value)}</{end}>\n")
        elif mark[0] == "@":
            lines.append(f'  <{start} xml:lang="{mark[1:]}">{_xml_text(value)}</{end}>\n')
        else:
            kind = quoteattr(_whole(mark[2:])[1:-1])
            lines.append(f"  <{start} rdf:datatype={kind}>{_xml_text(value)}</{end}>\n")
    lines.append(" </rdf:Description>\n")
    return "".join(lines)


# ---- JSON-LD ----------------------------------------------------------------------------------------------------


def _json_head() -> str:
    return f'{{"@context": {json.dumps(context.ours(), ensure_ascii=False)},\n"@graph": [\n'


def json_ld(node: Node) -> str:
    """One node as an object of JSON-LD, in the words of our own context."""
    address, classes, said = node
    found: dict[str, object] = {"id": address}
    if classes:
        found["type"] = [each.strip("<>") for each in classes]
    for name, value, mark in said:
        if name.iri not in BY_IRI:
            # Our context has no key for it.
            _add(found, name.iri, _expanded(value, mark))
        elif mark is not None and mark.startswith("@") and name.kind == "text":
            texts = found.setdefault(name.key, {})
            assert isinstance(texts, dict)
            _add(texts, mark[1:], value)
        elif (mark is None) == (name.kind == "link") and mark in (None, "", f"^^{name.kind}"):
            _add(found, name.key, value)
        else:
            # Said otherwise than we would: by its whole IRI, so that the context changes nothing about it.
            _add(found, name.iri, _expanded(value, mark))
    return json.dumps(found, ensure_ascii=False)


def _add(to: dict[str, object], key: str, value: object) -> None:
    if key not in to:
        to[key] = value
    elif isinstance(kept := to[key], list):
        kept.append(value)
    else:
        to[key] = [kept, value]


def _expanded(value: str, mark: str | None) -> dict[str, str]:
    if mark is None:
        return {"@id": value}
    if not mark:
        return {"@value": value}
    if mark[0] == "@":
        return {"@value": value, "@language": mark[1:]}
    return {"@value": value, "@type": _whole(mark[2:])[1:-1]}


# ---- all of them ------------------------------------------------------------------------------------------------

WAYS = {
    Format.TURTLE: Way("text/turtle", "ttl", _turtle_head, turtle),
    Format.JSON_LD: Way("application/ld+json", "jsonld", _json_head, json_ld, ",\n", "\n]}\n"),
    Format.RDF_XML: Way("application/rdf+xml", "rdf", _rdf_xml_head, rdf_xml, "", "</rdf:RDF>\n"),
    Format.N_TRIPLES: Way("application/n-triples", "nt", lambda: "", ntriples),
}

BY_SUFFIX = {way.suffix: form for form, way in WAYS.items()}
BY_MEDIA_TYPE = {way.media_type: form for form, way in WAYS.items()}


def write(nodes: Iterable[Node], form: Format) -> Iterator[str]:
    """The nodes as one document of a format, in pieces."""
    way = WAYS[form]
    yield way.head()
    is_first, piece = True, []
    for node in nodes:
        piece.append(way.write(node))
        if len(piece) >= PIECE:
            yield ("" if is_first else way.between) + way.between.join(piece)
            is_first, piece = False, []
    if piece:
        yield ("" if is_first else way.between) + way.between.join(piece)
    if way.tail:
        yield way.tail
