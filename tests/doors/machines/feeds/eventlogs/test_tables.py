"""Logs that are tables: CSV with and without a mapping, and Parquet."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from ietvars.doors.machines.feeds.eventlogs import errors
from ietvars.institution.deliveries.facts import CHANNELS, MARK, Type
from tests.doors.machines.feeds.eventlogs.conftest import Bring, inbox, variants
from tests.world import World

pytestmark = pytest.mark.django_db

HEAD = "case id,activity,timestamp\n"
OURS = """
name = "Lietas"
[format]
encoding = "cp1257"
delimiter = ";"
[times]
form = "%d.%m.%Y %H:%M"
[columns]
case = "Lieta nr."
activity = "Kas notika"
time = "Kad"
channel = "Kā"
due = "Jāizdara līdz"
person = "Persona"
provider = "Kas darīja"
service = "Pakalpojums"
[channels]
"Logs 1" = "in-person"
[activities]
"Lēmums" = "decided"
"Izsniegts" = { type = "delivered", stage = "receipt" }
"""
ROWS = """Lieta nr.;Kas notika;Kad;Kā;Jāizdara līdz;Persona;Kas darīja;Pakalpojums
7;Saņemts;02.03.2026 09:00;Logs 1;05.03.2026 00:00;010190-12345;agency;benefit
8;Saņemts;02.03.2026 10:00;Balodis;;;;benefit
7;Lēmums;03.03.2026 09:00;;;;agency;benefit
7;Izsniegts;04.03.2026 09:00;e-pasts;;;nobody;benefit
"""


def test_a_mapping_says_which_column_is_what(bring: Bring, world: World) -> None:
    world.service("benefit", holder="agency")
    run = bring(ROWS.encode("cp1257"), name="log.csv", toml=OURS)
    found = {(one.type, CHANNELS[one.channel]) for one in inbox()}

    assert run.services == ["benefit"]
    assert (run.counts.accepted, run.refused, len(variants())) == (4, 0, 2)
    assert found == {
        (Type.OPENED, "in-person"),
        (Type.OPENED, ""),
        (Type.DECIDED, ""),
        (Type.DELIVERED, "email"),
    }
    assert run.unknown == {"channels": {"Balodis": 1}, "providers": {"nobody": 1}}
    persons = {one.person_key for one in inbox()}
    assert len(persons) == 2
    assert None in persons
    assert 1019012345 not in persons
    assert not [one for one in inbox() if one.activity == MARK]


def test_unknown_services_of_a_column_are_made_as_drafts_and_told(bring: Bring) -> None:
    run = bring(HEAD.replace("\n", ",service\n") + "1,A,2026-03-02T10:00Z,Jaunais pakalpojums\n", name="log.csv")
    assert (run.services, run.made_service) == (["jaunais-pakalpojums"], True)


def test_a_column_that_is_none_of_services_makes_no_thousand_of_them(bring: Bring) -> None:
    rows = "".join(f"{n},A,2026-03-02T10:00Z,s{n}\n" for n in range(501))
    with pytest.raises(errors.TooMuch, match="501 services"):
        bring(HEAD.replace("\n", ",service\n") + rows, name="log.csv")
    assert inbox() == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(bring: Bring, delimiter: str) -> None:
    bring((HEAD + "1,A,2026-03-02T10:00Z\n").replace(",", delimiter), name="log.csv")
    assert list(variants().values()) == [("A",)]


def test_faults_are_told_by_the_line_that_an_editor_shows(bring: Bring) -> None:
    rows = '1,A,2026-03-02T10:00Z\n2,"two\nlines",2026-03-02T10:00Z\n3,A,32.13.2026\n\n,A,2026-03-02T10:00Z\n4,A,x,y\n'
    run = bring(HEAD + rows, name="log.csv")
    assert sorted((fault.line, fault.code) for fault in run.notes.faults) == [
        (3, "no-activity"),
        (5, "wrong-time"),
        (7, "no-case"),
        (8, "more-cells-than-columns"),
    ]


def test_text_in_another_encoding_is_refused_by_its_line(bring: Bring) -> None:
    log = (HEAD + "1,A,2026-03-02T10:00Z\n" * 3 + "2,Lēmums,2026-03-02T10:00Z\n").encode("cp1257")
    with pytest.raises(errors.WrongLetters, match="breaks at line"):
        bring(log, name="log.csv")
    assert inbox() == []


def test_utf_16_is_read_where_its_mark_stands(bring: Bring) -> None:
    bring((HEAD + "1,Lēmums,2026-03-02T10:00Z\n").encode("utf-16"), name="log.csv")
    assert list(variants().values()) == [("Lēmums",)]


def test_a_wanted_column_that_stands_twice_is_refused(bring: Bring) -> None:
    with pytest.raises(errors.TwiceNamed):
        bring("case id,activity,Activity,timestamp\n1,A,B,2026-03-02T10:00Z\n", name="log.csv")


def test_a_missing_column_is_named_with_those_that_are_there(bring: Bring) -> None:
    with pytest.raises(errors.NoColumn, match=r"no column for the time.*number, activity"):
        bring("case id,number,activity\n1,2,A\n", name="log.csv")
    with pytest.raises(errors.NoColumn, match="channel"):
        bring(HEAD + "1,A,2026-03-02T10:00Z\n", name="log.csv", toml='[columns]\nchannel = "Where"')


def test_quotes_that_do_not_close_are_refused(bring: Bring) -> None:
    with pytest.raises(errors.Broken):
        bring(HEAD + '1,"A,2026-03-02T10:00Z\n', name="log.csv")


@pytest.mark.parametrize("packed", [False, True])
def test_parquet_says_the_same_as_the_table_it_was_made_of(bring: Bring, tmp_path: Path, *, packed: bool) -> None:
    path = tmp_path / "log.parquet"
    rows = (
        "('7', 'A', TIMESTAMPTZ '2026-03-02 10:00:00+02', 1), ('7', 'B', NULL, 2), ('8', 'Ā', '2026-03-02 11:00Z', 3)"
    )
    with duckdb.connect() as link:
        link.execute(f"COPY (SELECT * FROM (VALUES {rows}) v(\"case\", activity, time, n)) TO '{path}'")
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    run = bring(path)
    assert sorted(variants().values()) == [("A",), ("Ā",)]
    assert [(fault.line, fault.code) for fault in run.notes.faults] == [(2, "no-time")]
    assert min(one.occurred_us for one in inbox()) == 1772438400_000_000


@pytest.mark.parametrize("cut", [10, 200, 400])
def test_broken_parquet_is_refused_by_a_sentence(bring: Bring, tmp_path: Path, cut: int) -> None:
    path = tmp_path / "log.parquet"
    with duckdb.connect() as link:
        link.execute(f"COPY (SELECT range AS n FROM range(1000)) TO '{path}'")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(errors.Broken):
        bring(path)
