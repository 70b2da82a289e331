"""Throws changed bytes at the readers of event logs for as long as asked: python tools/fuzz_logs.py SECONDS [FOLDER].

A reader must give events or refuse with a sentence; anything else is a find. With atheris installed its coverage leads
the changes, without it chance does. FOLDER (.make/fuzz-logs when not said) keeps the corpus and the finds, so a run
goes on where the last one ended. It writes no table: reading, gathering and turning are tried, not the intake.
"""

import faulthandler
import importlib
import json
import random
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/"><string key="concept:name" value="Permits"/>
<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
<trace><string key="concept:name" value="a"/><date key="enddate" value="2026-03-04T00:00:00+02:00"/>
<event><string key="concept:name" value="Saņemts"/><string key="lifecycle:transition" value="start"/>
<date key="time:timestamp" value="2026-03-02T10:00:00.123+02:00"/></event>
<event><string key="concept:name" value="Lēmums &amp; viss"/><date key="time:timestamp" value="2026-03-03"/></event>
</trace></log>
"""
CSV = """case:concept:name,concept:name,time:timestamp,lifecycle:transition,case:channel,case:enddate_planned
a,Saņemts,2026-03-02T10:00:00+02:00,start,Internet,2026-03-05
a,"Lēmums, pirmais",2026-03-03 10:00,complete,Internet,2026-03-05
b,Saņemts,2026-03-03T10:00:00Z,complete,Desk,
"""
OCEL = {
    "objectTypes": [{"name": "Permit", "attributes": [{"name": "channel", "type": "string"}]}],
    "eventTypes": [{"name": "A", "attributes": []}],
    "objects": [
        {
            "id": "p",
            "type": "Permit",
            "attributes": [{"name": "channel", "value": "Desk", "time": "1970-01-01T00:00:00Z"}],
            "relationships": [{"objectId": "q", "qualifier": "of"}],
        }
    ],
    "events": [
        {
            "id": "e",
            "type": "A",
            "time": "2026-03-02T10:00:00Z",
            "attributes": [{"name": "stage", "value": "request"}],
            "relationships": [{"objectId": "p", "qualifier": "of"}],
        }
    ],
}
OCEL_XML = """<?xml version="1.0"?><log><object-types/><event-types/><objects><object id="p" type="Permit">
<attributes><attribute name="channel" time="1970-01-01T00:00:00Z">Desk</attribute></attributes></object></objects>
<events><event id="e" type="A" time="2026-03-02T10:00:00Z"><attributes/><objects>
<relationship object-id="p" qualifier="of"/></objects></event></events></log>
"""
OCEL_TABLES = """
CREATE TABLE event (ocel_id TEXT, ocel_type TEXT); CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
CREATE TABLE event_A (ocel_id TEXT, ocel_time TEXT, stage TEXT);
CREATE TABLE object_Permit (ocel_id TEXT, ocel_time TEXT, ocel_changed_field TEXT, channel TEXT);
INSERT INTO event_map_type VALUES ('A', 'A'); INSERT INTO object_map_type VALUES ('Permit', 'Permit');
INSERT INTO event VALUES ('e', 'A'); INSERT INTO event_A VALUES ('e', '2026-03-02T10:00:00Z', 'request');
INSERT INTO object VALUES ('p', 'Permit'); INSERT INTO object_Permit VALUES ('p', '1970-01-01', NULL, 'Desk');
INSERT INTO event_object VALUES ('e', 'p', 'of');
"""
WORDS = (
    b"<", b">", b"&", b'"', b"\\", b",", b"\n", b"\x00", b"\xff", b"\xfe\xff", b"<!DOCTYPE a>", b"&a;", b"]]>", b"{",
    b"}", b"[", b"]", b":", b"null", b"true", b"-1", b"1e999", b"9" * 30, b"\xed\xa0\x80", b"\\ud800", b"<event>",
    b"<trace>", b"</event>", b"</trace>", b"<string", b"2026-02-30", b"9999-12-31T23:59:59-23:59", b"\x1f\x8b",
    "ſ".encode(), "İ".encode(), b"[" * 2000, b"<a>" * 80, b"010190-12345",
)  # fmt: skip
"""Pieces that readers have stumbled over."""

MOST = 300_000
"""Bytes of one attempt."""

LONGEST = 60
"""Seconds of one attempt. One that takes longer hangs: it ends the run and says where; its bytes lie in FOLDER."""


def seeds() -> dict[str, bytes]:
    """A small whole log of each form, by the name of its file."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        database, parquet = Path(folder) / "log.sqlite", Path(folder) / "log.parquet"
        with closing(sqlite3.connect(database)) as link, link:
            link.executescript(OCEL_TABLES)
        with duckdb.connect() as engine:
            rows = "('a', 'A', TIMESTAMP '2026-03-02 10:00:00'), ('b', 'B', TIMESTAMP '2026-03-03 10:00:00')"
            named = f'SELECT * FROM (VALUES {rows}) AS v("case", activity, time)'  # noqa: S608 - a constant
            engine.execute(f"COPY ({named}) TO '{parquet}'")
        return {
            "log.xes": XES.encode(),
            "log.csv": CSV.encode(),
            "log.json": json.dumps(OCEL, ensure_ascii=False).encode(),
            "log.xml": OCEL_XML.encode(),
            "log.sqlite": database.read_bytes(),
            "log.parquet": parquet.read_bytes(),
        }


def changed(content: bytes, by: random.Random) -> bytes:
    """The same with a few bytes changed, cut, doubled, swapped or put in."""
    made = bytearray(content)
    for _ in range(by.choice((1, 1, 2, 4, 16))):
        at, size = by.randrange(len(made) + 1), by.choice((1, 2, 8, 64, 512))
        match by.randrange(6):
            case 0 if made:
                made[min(at, len(made) - 1)] = by.randrange(256)
            case 1:
                del made[at : at + size]
            case 2:
                made[at:at] = by.choice(WORDS)
            case 3:
                made[at:at] = made[at : at + size] * by.choice((1, 2, 40))
            case 4:
                other = by.randrange(len(made) + 1)
                made[at : at + size] = made[other : other + size]
            case _:
                made = made[: max(1, at)] if by.random() < 0.2 else made
    return bytes(made[:MOST])


def look(content: bytes, path: Path) -> int:
    """Read bytes as a log, gather and turn its cases. Returns the activities found; a refusal finds none."""
    from ietvars.doors.machines.feeds.eventlogs import bringing, errors, mapping, spool, turning
    from ietvars.doors.machines.feeds.eventlogs.times import Clock

    path.write_bytes(content)
    steered = mapping.LogMapping()
    with spool.Spool() as kept:
        try:
            run = bringing.read(path, steered, kept, lambda *_: None)
        except errors.CannotBring as refusal:
            return 0 if str(refusal) else -1
        made = turning.Turning(steered, Clock(steered.zone), run.notes, 2**60)
        found = sum(len(turning.texts(made.case(one).happened)) for one in kept.by_case())
        json.dumps(run.document(), ensure_ascii=False).encode()
    return found


def _by_chance(seconds: float, folder: Path) -> int:
    """Change what is in the corpus until the time is over. Returns the number of finds."""
    corpus, finds = folder / "by-chance", folder / "finds"
    for name, content in seeds().items():
        (corpus / name).mkdir(parents=True, exist_ok=True)
        (corpus / name / "seed").write_bytes(content)
    finds.mkdir(exist_ok=True)
    number = tried = 0
    ends, told = time.monotonic() + seconds, time.monotonic()
    chance = random.Random()  # noqa: S311 - no secret
    while time.monotonic() < ends:
        name = chance.choice(sorted(seeds_of(corpus)))
        if name == "log.parquet" and chance.random() < 0.95:
            continue  # each takes a process of its own
        one = changed(chance.choice(sorted((corpus / name).iterdir())).read_bytes(), chance)
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        try:
            if look(one, folder / name) and chance.random() < 0.02:
                _keep(corpus / name, one)
        except Exception:  # noqa: BLE001 - whatever it is, it is a find
            number += 1
            _keep(finds, one, name)
            traceback.print_exc()
        faulthandler.cancel_dump_traceback_later()
        tried += 1
        if time.monotonic() - told > 30:
            told = time.monotonic()
            print(f"{tried} tried, {number} finds, {ends - told:.0f} s left", file=sys.stderr, flush=True)
    print(f"{tried} logs tried, {number} finds; corpus and finds in {folder}", file=sys.stderr)
    return number


def seeds_of(corpus: Path) -> list[str]:
    """Names of the forms in a corpus."""
    return [one.name for one in corpus.iterdir() if one.is_dir()]


def _keep(folder: Path, content: bytes, name: str = "") -> None:
    """Keep an attempt, at most a thousand a folder."""
    import hashlib

    if sum(1 for _ in folder.iterdir()) < 1000:
        (folder / f"{hashlib.sha256(content).hexdigest()[:16]}{name and '-'}{name}").write_bytes(content)


def _by_coverage(seconds: float, folder: Path, atheris: object) -> None:
    """Let atheris lead the changes. It ends the process itself, with a code that is not 0 at the first find."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for name, content in seeds().items():
        if not name.endswith(".parquet"):
            (corpus / name).write_bytes(content)
    setup: Callable[..., None] = atheris.Setup  # type: ignore[attr-defined]
    options = {"max_total_time": int(seconds), "artifact_prefix": f"{folder}/", "timeout": LONGEST}
    setup(
        [sys.argv[0], str(corpus), *(f"-{name}={value}" for name, value in options.items())],
        lambda content: look(content, folder / "log.any") and None,
    )
    atheris.Fuzz()  # type: ignore[attr-defined]


def main() -> int:
    """Run for the seconds of the command line."""
    if len(sys.argv) < 2 or not sys.argv[1].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else ".make/fuzz-logs").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        return 1 if _by_chance(float(sys.argv[1]), folder) else 0
    with atheris.instrument_imports(include=["ietvars.doors.machines.feeds.eventlogs"]):
        look(XES.encode(), folder / "log.any")
    _by_coverage(float(sys.argv[1]), folder, atheris)
    return 0


if __name__ == "__main__":
    import os

    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ietvars.settings")
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    os.environ.setdefault("IETVARS_VAR", tempfile.mkdtemp(prefix="ietvars-fuzz-"))
    import django

    django.setup()
    sys.exit(main())
