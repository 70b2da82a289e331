"""Reads linked data in four formats: Turtle, N-Triples, JSON-LD, RDF/XML. Nothing is ever fetched.

`read` is for whatever comes from outside: it works in a process of its own, under limits. `read_here` is for files of
our own making, and is what that process does. Both give a pyoxigraph store whose triples all stand in the default
graph. Must not judge what the triples say.
"""

import json
import re
import time
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from ietvars.doors.machines.feeds import scratch
from ietvars.doors.machines.feeds.cpsv_ap import apart, context, errors, vocabulary
from ietvars.doors.machines.feeds.cpsv_ap.limits import Limits

CHUNK = 1 << 20

PIECE = 4096
"""Triples between two looks at the clock and the limit."""

PROFILE = "https://semiceu.github.io/uri.semic.eu-generated/CPSV-AP/releases/3.2.0/context/cpsv-ap.jsonld"
"""What the profile calls its context. Documents may name it; our own text of its keys is read in its place."""

PROFILE_NAMES = frozenset(
    {PROFILE, "https://semiceu.github.io/CPSV-AP/releases/3.2.0/context/cpsv-ap.jsonld", "cpsv-ap-context.jsonld"}
)


class Format(StrEnum):
    """A way of writing triples down, by the name that people use."""

    TURTLE = "Turtle"
    N_TRIPLES = "N-Triples"
    JSON_LD = "JSON-LD"
    RDF_XML = "RDF/XML"

    @property
    def rdf(self) -> ox.RdfFormat:
        """The same for pyoxigraph."""
        return _RDF[self]

    @property
    def media_type(self) -> str:
        """Its name in HTTP."""
        return _RDF[self].media_type


_RDF = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    Format.JSON_LD: ox.RdfFormat.JSON_LD,
    Format.RDF_XML: ox.RdfFormat.RDF_XML,
}
SUFFIXES = {
    ".ttl": Format.TURTLE,
    ".turtle": Format.TURTLE,
    ".nt": Format.N_TRIPLES,
    ".jsonld": Format.JSON_LD,
    ".json": Format.JSON_LD,
    ".rdf": Format.RDF_XML,
    ".xml": Format.RDF_XML,
    ".owl": Format.RDF_XML,
}
"""File name endings, each with its format."""


def read(
    source: Path | str | bytes,
    format: Format | None = None,  # noqa: A002 - the word of the trade
    *,
    limits: Limits,
    name: str = "",
) -> ox.Store:
    """Read a file, or bytes, that came from outside. `name` is what refusals call bytes.

    Raises NoSuchFile, UnknownFormat, Unreadable, NotUtf8, Entities, RemoteContext, TooManyBytes, TooManyTriples,
    TooSlow, TooHungry.
    """
    with scratch.folder() as place:
        path, called = settled(source, place, limits=limits, name=name)
        plain = place / "triples.nt"
        arguments = {"path": str(path), "format": format, "name": called, "into": str(plain)}
        apart.call("parsing:rewrite", arguments, limits, file=called)
        store = ox.Store()
        store.bulk_load(path=str(plain), format=ox.RdfFormat.N_TRIPLES, lenient=True)
        return store


def read_here(
    source: Path | str | bytes,
    format: Format | None = None,  # noqa: A002 - the word of the trade
    *,
    limits: Limits,
    name: str = "",
) -> ox.Store:
    """The same in this process: for files that we wrote ourselves. Limits of bytes, triples and seconds still hold."""
    store = ox.Store()
    store.bulk_extend(quads(source, format, limits=limits, name=name))
    return store


def rewrite(arguments: dict[str, Any], limits: Limits, step: apart.Step) -> int:
    """In the child: read the file at `path` and write its triples plainly `into` another. Gives their number."""
    written = 0
    given = Format(arguments["format"]) if arguments["format"] else None
    with Path(arguments["into"]).open("wb") as out:

        def counted() -> Iterator[ox.Triple]:
            nonlocal written
            for quad in quads(Path(arguments["path"]), given, limits=limits, name=arguments["name"]):
                written += 1
                yield quad.triple

        ox.serialize(counted(), out, format=ox.RdfFormat.N_TRIPLES)
    return written


def quads(
    source: Path | str | bytes,
    format: Format | None = None,  # noqa: A002 - the word of the trade
    *,
    limits: Limits,
    name: str = "",
    prefixes: dict[str, str] | None = None,
) -> Iterator[ox.Quad]:
    """The triples of a source one by one, all in the default graph; a triple that is said twice comes twice.

    `prefixes` is filled with those that the file declares.
    """
    path = Path(source) if isinstance(source, str) else source
    called = name or apart.name_of(path)
    with _opened(path, called, limits) as file:
        found = format or detected(path if isinstance(path, Path) else None, file, called)
        begun = time.monotonic()
        try:
            parsed, left = _parsed(file, found, called), limits.triples
            while piece := list(islice(parsed, PIECE)):
                yield from map(_ungrouped, piece) if found is Format.JSON_LD else piece
                left -= len(piece)
                if left < 0:
                    raise errors.TooManyTriples(file=called, limit=limits.triples)
                if time.monotonic() - begun > limits.seconds:
                    raise errors.TooSlow(file=called, limit=limits.seconds)
            if prefixes is not None:
                prefixes.update(parsed.prefixes)
        except SyntaxError as fault:
            raise errors.Unreadable(file=called, format=found.value, fault=_told(fault)) from None
        except UnicodeDecodeError:
            raise errors.NotUtf8(file=called) from None


def _ungrouped(quad: ox.Quad) -> ox.Quad:
    """Named graphs, which JSON-LD alone of the four can have, mean nothing here."""
    return ox.Quad(quad.subject, quad.predicate, quad.object)


def detected(path: Path | None, file: IO[bytes], called: str) -> Format:
    """The format by the name of the file, else by its beginning. Raises UnknownFormat."""
    if path is not None and path.suffix.lower() in SUFFIXES:
        return SUFFIXES[path.suffix.lower()]
    beginning = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    if beginning[:1] in (b"{", b"[") and not re.match(rb"\[\s*(\]|a\b|<|\w*:)", beginning):
        return Format.JSON_LD
    if re.match(rb"<\?xml|<!--|<!DOCTYPE|<\w+:RDF\b|<RDF\b", beginning):
        return Format.RDF_XML
    if re.match(rb"(@prefix|@base|prefix|base|#|<|_:|\[|[\w-]*:)", beginning, re.IGNORECASE) or not beginning:
        return Format.TURTLE
    raise errors.UnknownFormat(file=called)


def settled(source: Path | str | bytes, place: Path, *, limits: Limits, name: str = "") -> tuple[Path, str]:
    """The source as a file within the limit of bytes, and what refusals call it; bytes are laid down in `place`."""
    if isinstance(source, bytes):
        path = place / "given"
        if len(source) > limits.bytes:
            raise errors.TooManyBytes(file=name or "–", limit=limits.bytes)
        path.write_bytes(source)
        return path, name or "–"
    path = Path(source)
    called = name or path.name
    if not path.is_file():
        raise errors.NoSuchFile(file=called)
    if path.stat().st_size > limits.bytes:
        raise errors.TooManyBytes(file=called, limit=limits.bytes)
    return path.resolve(), called


# ---- reading ----------------------------------------------------------------------------------------------------


def _opened(source: Path | bytes, called: str, limits: Limits) -> IO[bytes]:
    if isinstance(source, bytes):
        if len(source) > limits.bytes:
            raise errors.TooManyBytes(file=called, limit=limits.bytes)
        return BytesIO(source)
    if not source.is_file():
        raise errors.NoSuchFile(file=called)
    if source.stat().st_size > limits.bytes:
        raise errors.TooManyBytes(file=called, limit=limits.bytes)
    return source.open("rb")


def _parsed(file: IO[bytes], found: Format, called: str) -> ox.QuadParser:
    # Relative addresses get a base that says nothing of this machine.
    base = "file:///" + re.sub(r"[^\w.-]", "_", called)
    if found is Format.JSON_LD:
        return ox.parse(_with_own_context(file, called), format=found.rdf, base_iri=base)
    if found is Format.RDF_XML:
        _refuse_entities(file, called)
    elif file.read(3) != b"\xef\xbb\xbf":
        file.seek(0)
    return ox.parse(file, format=found.rdf, base_iri=base)


def _with_own_context(file: IO[bytes], called: str) -> bytes:
    """The document with the context of the profile written in where it is named. Raises RemoteContext."""
    text = file.read().removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    try:
        document = json.loads(text)
    except ValueError as fault:
        raise errors.Unreadable(file=called, format=Format.JSON_LD.value, fault=_told(fault)) from None
    except RecursionError:
        raise errors.Unreadable(file=called, format=Format.JSON_LD.value, fault="it is nested too deeply") from None
    return json.dumps(_resolved(document, called)).encode()


def _resolved(document: Any, called: str) -> Any:
    waiting = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            if "@import" in one:
                raise errors.RemoteContext(file=called, context=str(one["@import"])[:200], own=PROFILE)
            if "@context" in one:
                one["@context"] = _local(one["@context"], called)
            waiting += one.values()
    return document


def _local(given: Any, called: str) -> Any:
    if isinstance(given, list):
        return [_local(one, called) for one in given]
    if not isinstance(given, str):
        return given
    if given in PROFILE_NAMES:
        return _profile()
    if given.endswith(f"/{context.PLACE}") or given == context.PLACE:
        return context.terms()
    raise errors.RemoteContext(file=called, context=given[:200], own=PROFILE)


@cache
def _profile() -> dict[str, Any]:
    """The keys of the profile alone, with whole IRIs: a document that names its context knows no prefixes of ours."""
    found: dict[str, Any] = {key: vocabulary.iri(short) for key, short in context.CLASS_KEYS.items()}
    terms = context.terms()
    for owner, properties in context.PROPERTY_KEYS.items():
        for name in properties:
            told = terms[f"{owner}.{name}"]
            typed = told.get("@type", "")
            whole = {"@type": vocabulary.iri(typed) if ":" in typed else typed} if typed else {}
            found[f"{owner}.{name}"] = {"@id": vocabulary.iri(told["@id"]), **whole}
    return found


_ENTITY = re.compile(rb"<!ENTITY\s+[\w.-]+\s+(?:\"([^\"<&%]{0,300})\"|'([^'<&%]{0,300})')\s*>")
_LONGEST_PROLOG = CHUNK


def _refuse_entities(file: IO[bytes], called: str) -> None:
    """Let short names of namespaces pass as entities; refuse whatever else a document type declares.

    The parser would write nested entities out in full, and does so wherever a document type stands in the file.
    """
    beginning = file.read(4)
    if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in beginning:
        raise errors.NotUtf8(file=called)
    file.seek(0)
    prolog = file.read(_LONGEST_PROLOG)
    said = re.match(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)", prolog.removeprefix(b"\xef\xbb\xbf"))
    if said and said[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise errors.NotUtf8(file=called)
    declared = len(_ENTITY.findall(prolog))
    file.seek(0)
    found, tail = 0, b""
    while chunk := file.read(CHUNK):
        text = (tail + chunk).lower()
        # What stands in the tail is counted with the chunk that follows it.
        kept = b"" if len(chunk) < CHUNK else text[-16:]
        found += text.count(b"<!entity") - kept.count(b"<!entity")
        tail = kept
    file.seek(0)
    if found != declared or found > 200:
        raise errors.Entities(file=called)


def _told(fault: Exception) -> str:
    """The fault of a parser as part of a sentence."""
    return re.sub(r"\s+", " ", str(fault)).strip().rstrip(".")[:300]
