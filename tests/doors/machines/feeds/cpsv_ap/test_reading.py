"""Reading linked data of others: four formats that say the same, and whatever somebody may send us instead."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ietvars.doors.machines.feeds.cpsv_ap import apart, errors, limits, parsing, validating_files
from ietvars.doors.machines.feeds.cpsv_ap.limits import MIB, Limits
from ietvars.doors.machines.feeds.cpsv_ap.parsing import Format
from ietvars.ground.errors import Refusal

LIMITS = Limits(bytes=64 * MIB, triples=50_000, seconds=20, memory=1024 * MIB)

TURTLE = b'<https://ietvars.example/a> <http://purl.org/dc/terms/title> "M\xc4\x81ja"@lv, "15"^^<urn:t> .'
TRIPLES = (
    b'<https://ietvars.example/a> <http://purl.org/dc/terms/title> "M\xc4\x81ja"@lv .\n'
    b'<https://ietvars.example/a> <http://purl.org/dc/terms/title> "15"^^<urn:t> .\n'
)
RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:d="http://purl.org/dc/terms/">'
    '<rdf:Description rdf:about="https://ietvars.example/a"><d:title xml:lang="lv">Māja</d:title>'
    '<d:title rdf:datatype="urn:t">15</d:title></rdf:Description></rdf:RDF>'
).encode()
JSON_LD = json.dumps(
    {
        "@context": {"title": "http://purl.org/dc/terms/title"},
        "@id": "https://ietvars.example/a",
        "title": [{"@value": "Māja", "@language": "lv"}, {"@value": "15", "@type": "urn:t"}],
    }
).encode()
SAME = {Format.TURTLE: TURTLE, Format.N_TRIPLES: TRIPLES, Format.RDF_XML: RDF_XML, Format.JSON_LD: JSON_LD}


def read(source: bytes | Path, form: Format | None = None, limit: Limits = LIMITS, name: str = "fails.x") -> ox.Store:
    return parsing.read(source, form, limits=limit, name=name)


# ---- formats ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", Format)
def test_four_formats_say_the_same(form: Format) -> None:
    assert set(read(SAME[form], form)) == set(read(TURTLE, Format.TURTLE))


@pytest.mark.parametrize("form", Format)
def test_a_format_is_known_by_the_beginning_of_the_file(form: Format) -> None:
    assert set(read(b"\xef\xbb\xbf" + SAME[form])) == set(read(TURTLE, Format.TURTLE))


@pytest.mark.parametrize(("suffix", "form"), sorted(parsing.SUFFIXES.items()))
def test_a_format_is_known_by_the_name_of_the_file(tmp_path: Path, suffix: str, form: Format) -> None:
    file = tmp_path / f"Dati{suffix.upper()}"
    file.write_bytes(SAME[form])
    assert len(read(file, name="")) == 2


@pytest.mark.parametrize("text", [b"PK\x03\x04", b"code;title\n1;x", b"%PDF-1.7", b"\x00\x01"])
def test_what_is_no_linked_data_is_refused_by_a_sentence(text: bytes) -> None:
    with pytest.raises(errors.UnknownFormat, match=r"“fails\.x” is neither Turtle, N-Triples, JSON-LD nor RDF/XML"):
        read(text)


def test_a_file_that_is_not_there_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(errors.NoSuchFile, match=r"no file “nav\.ttl”"):
        read(tmp_path / "nav.ttl", name="")


def test_reading_here_gives_the_same_as_reading_apart(shared: Path) -> None:
    file = shared / "data/cpsv-ap-rdf/EstonianServices.rdf"
    assert set(parsing.read_here(file, limits=LIMITS)) == set(read(file, name=""))


# ---- broken and hostile -----------------------------------------------------------------------------------------

DEEP = 200_000
UNREADABLE = {
    "turtle cut off": (b"<http://e/a> <http://e/b> ", Format.TURTLE),
    "turtle nested deeply": (b"<http://e/a> <http://e/b> " + b"[ <http://e/b> " * DEEP, Format.TURTLE),
    "lists nested deeply": (b"<http://e/a> <http://e/b> " + b"(" * 20_000, Format.TURTLE),
    "json nested deeply": (b"[" * DEEP, Format.JSON_LD),
    "json nested deeply and closed": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, Format.JSON_LD),
    "json cut off": (b'{"@id": "http://e/a", ', Format.JSON_LD),
    "an address with blanks": (b"<http://e/a b> <http://e/b> <http://e/c> .", Format.N_TRIPLES),
    "xml cut off": (RDF_XML[:-20], Format.RDF_XML),
    "utf-8 broken in turtle": (TURTLE.replace(b"\xc4\x81", b"\xc4"), Format.TURTLE),
    "utf-8 broken in n-triples": (TRIPLES.replace(b"\xc4\x81", b"\xff\xfe"), Format.N_TRIPLES),
    "utf-16 turtle": (TURTLE.decode().encode("utf-16"), Format.TURTLE),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_broken_file_is_refused_by_one_sentence_that_says_where(what: str) -> None:
    text, form = UNREADABLE[what]
    with pytest.raises(errors.Unreadable) as refused:
        read(text, form)
    assert str(refused.value).startswith(f"“fails.x” cannot be read as {form.value}: ")
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (JSON_LD.replace(b"M\\u0101ja", b"M\xe2ja"), Format.JSON_LD),
        (RDF_XML.decode().encode("utf-16"), Format.RDF_XML),
        (b'<?xml version="1.0" encoding="ISO-8859-13"?>' + RDF_XML, Format.RDF_XML),
    ],
    ids=["latin-4 in json", "utf-16 in xml", "xml that says another encoding"],
)
def test_another_encoding_is_refused_by_its_name(text: bytes, form: Format) -> None:
    with pytest.raises(errors.NotUtf8, match="not written in UTF-8"):
        read(text, form)


def xml_with(declared: str, said: str = "&a;", before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<!DOCTYPE rdf:RDF [{declared}]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:d="http://purl.org/dc/terms/">'
        f'<rdf:Description rdf:about="http://e/a"><d:title>{said}</d:title></rdf:Description></rdf:RDF>'
    ).encode()


LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9)
)
BOMBS = {
    "a thousand million laughs": xml_with(LAUGHS, "&j;"),
    "laughs behind a long comment": xml_with(LAUGHS, "&j;", f"<!--{' ' * 3 * MIB}-->"),
    "laughs in small letters": xml_with(LAUGHS, "&j;").replace(b"<!DOCTYPE", b"<!doctype"),
    "one long entity": xml_with(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 1000),
    "a file of this machine": xml_with('<!ENTITY a SYSTEM "file:///etc/passwd">'),
    "a file from the network": xml_with('<!ENTITY a PUBLIC "x" "http://127.0.0.1:9/x">'),
    "a parameter entity": xml_with("<!ENTITY % a \"<!ENTITY b 'x'>\"> %a;", "&b;"),
    "a second document type inside": RDF_XML.replace(b"<rdf:Desc", f"<!DOCTYPE x [{LAUGHS}]><rdf:Desc".encode(), 1),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_entity_bomb_is_refused_before_it_is_opened(bomb: str) -> None:
    begun = time.monotonic()
    with pytest.raises(errors.Entities, match="declares XML entities"):
        read(BOMBS[bomb], Format.RDF_XML)
    assert time.monotonic() - begun < 5


def test_short_names_of_namespaces_may_be_entities() -> None:
    store = read(xml_with('<!ENTITY a "http://www.w3.org/2001/XMLSchema#">\n<!ENTITY b "x">'), Format.RDF_XML)
    assert [quad.object.value for quad in store] == ["http://www.w3.org/2001/XMLSchema#"]


# ---- contexts ---------------------------------------------------------------------------------------------------


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Hears every try to reach out from this process."""
    tries: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *asked: tries.append(asked))
    yield tries
    assert tries == []


@pytest.mark.parametrize(
    "context",
    [
        "https://schema.org/",
        "http://127.0.0.1:9/context.jsonld",
        ["https://example.org/a.jsonld", {"x": "urn:x"}],
        {"@import": "https://example.org/a.jsonld"},
        {"x": {"@id": "urn:x", "@context": "https://example.org/inner.jsonld"}},
        "file:///etc/passwd",
        "context.jsonld",
    ],
    ids=str,
)
@pytest.mark.usefixtures("network")
def test_a_context_from_elsewhere_is_refused_and_never_fetched(context: object) -> None:
    text = json.dumps({"@context": context, "@id": "http://e/a", "x": "y"}).encode()
    with pytest.raises(errors.RemoteContext, match="contexts are never fetched"):
        read(text, Format.JSON_LD)
    with pytest.raises(errors.RemoteContext):
        parsing.read_here(text, Format.JSON_LD, limits=LIMITS)


@pytest.mark.parametrize("name", sorted(parsing.PROFILE_NAMES))
def test_the_context_of_the_profile_is_known_by_name(name: str) -> None:
    said = {"@context": name, "@id": "http://e/a", "@type": "PublicService", "PublicService.identifier": "1"}
    text = read(json.dumps(said).encode(), Format.JSON_LD)
    assert {quad.predicate.value.rpartition("/")[2] for quad in text} == {"22-rdf-syntax-ns#type", "identifier"}


def test_our_context_means_the_same_as_the_official_one(shared: Path) -> None:
    """Each key leads to the same property and the same kind of value; texts carry their language themselves."""
    official = json.loads((shared / "standards/cpsv-ap/official/cpsv-ap-context.jsonld").read_text("utf-8"))["@context"]
    text = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
    expected = {
        key: told
        if isinstance(told, str)
        else {part: value for part, value in told.items() if part != "@container" and value != text}
        for key, told in official.items()
    }
    assert parsing._profile() == expected


# ---- limits -----------------------------------------------------------------------------------------------------


def many(number: int) -> bytes:
    return b"".join(b"<urn:a> <urn:b> <urn:%d> .\n" % at for at in range(number))


def test_a_file_is_read_up_to_the_limit_of_triples_and_not_beyond() -> None:
    assert len(read(many(1000), Format.N_TRIPLES, replace(LIMITS, triples=1000))) == 1000
    with pytest.raises(errors.TooManyTriples, match="more than 1000 triples"):
        read(many(1001), Format.N_TRIPLES, replace(LIMITS, triples=1000))


def test_ten_million_triples_are_refused_at_the_limit_and_take_no_more_than_it(tmp_path: Path) -> None:
    """The file is larger than all that is read of it: reading ends at the limit, not at the end."""
    file = tmp_path / "many.nt"
    piece = many(10_000)
    with file.open("wb") as out:
        for _ in range(1000):
            out.write(piece)
    begun = time.monotonic()
    with pytest.raises(errors.TooManyTriples):
        read(file, limit=replace(LIMITS, bytes=1 << 40), name="")
    assert time.monotonic() - begun < 10


def test_too_many_bytes_are_refused_unopened(tmp_path: Path) -> None:
    file = tmp_path / "large.ttl"
    with file.open("wb") as out:
        out.truncate(1 << 40)  # a hole of a terabyte
    with pytest.raises(errors.TooManyBytes):
        read(file, name="")
    with pytest.raises(errors.TooManyBytes):
        read(TURTLE, limit=replace(LIMITS, bytes=10))


@pytest.mark.skipif(os.name != "posix", reason="limits of memory are those of POSIX")
def test_a_file_that_wants_more_memory_than_the_limit_is_refused_and_we_live_on() -> None:
    text = b'<urn:a> <urn:b> "' + b"x" * (60 * MIB) + b'" .'
    with pytest.raises(errors.TooHungry, match="more than 160 MiB"):
        read(text, Format.N_TRIPLES, replace(LIMITS, memory=160 * MIB))


def test_work_without_end_is_ended_from_outside() -> None:
    begun = time.monotonic()
    with pytest.raises(errors.TooSlow, match="longer than 1 seconds"):
        apart.call("reading_for_ever:go", {}, replace(LIMITS, seconds=1), file="x", package=__package__)
    assert time.monotonic() - begun < 10


def test_work_that_breaks_off_is_refused_by_a_sentence_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(errors.BrokeOff, match="broke off"):
        apart.call("reading_for_ever:stumble", {}, LIMITS, file="x", package=__package__)
    assert "ZeroDivisionError" in caplog.text


@given(text=st.binary(max_size=200), form=st.sampled_from(Format))
@settings(max_examples=300)
def test_whatever_is_sent_is_read_or_refused(text: bytes, form: Format) -> None:
    with contextlib.suppress(Refusal):
        parsing.read_here(text, form, limits=LIMITS)


@given(at=st.integers(0, 2000), cut=st.integers(0, 40), form=st.sampled_from(Format), put=st.binary(max_size=8))
@settings(max_examples=300)
def test_a_damaged_file_is_read_or_refused(at: int, cut: int, form: Format, put: bytes) -> None:
    text = SAME[form]
    place = at % len(text)
    with contextlib.suppress(Refusal):
        parsing.read_here(text[:place] + put + text[place + cut :], form, limits=LIMITS)


def test_the_child_knows_neither_database_nor_secret() -> None:
    seen = apart.call("reading_for_ever:environment", {}, LIMITS, file="x", package=__package__)
    assert set(seen) <= set(apart.KEPT_OF_ENVIRONMENT) | {"LC_CTYPE"}


def test_limits_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.current() == Limits()
    given = {"bytes": 1, "triples": 2, "seconds": 3, "memory": 4}
    monkeypatch.setattr("django.conf.settings.RDF_LIMITS", given)
    assert limits.current() == Limits(bytes=1, triples=2, seconds=3, memory=4 * MIB)


@pytest.mark.parametrize("bomb", ["a thousand million laughs", "a file of this machine"])
def test_validating_a_bomb_is_refused_too(bomb: str) -> None:
    with pytest.raises(Refusal):
        validating_files.validate(BOMBS[bomb], Format.RDF_XML, limits=LIMITS, name="bomb.rdf")
