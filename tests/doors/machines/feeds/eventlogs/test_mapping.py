"""Mapping files: what is wrong in one is said in a sentence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ietvars.doors.machines.feeds.eventlogs import errors, mapping, times

GUIDE = Path(__file__).parents[5] / "docs" / "howto" / "bring-in-event-logs.md"

WRONG = {
    "what = 1": "Known there: name, service, body, ends",
    "name = 1": "quotation marks",
    "columns = 1": "It is a table",
    '[columns]\nwho = "x"': "Known there: case, activity",
    "[columns]\ncase = 5": "name of a column",
    '[format]\nencoding = "klingon"': "utf-8 or cp1257",
    '[format]\nencoding = "base64"': "utf-8 or cp1257",
    '[format]\ndelimiter = "ab"': "single character",
    '[times]\nzone = "Mars/Base"': "Europe/Riga",
    '[times]\nform = "%"': "strptime",
    '[channels]\nDesk = "smoke"': "Known are: online",
    '[activities]\nA = "finished"': "It can be: opened",
    '[activities]\nA = { type = "step", stage = "end" }': "It can be: request",
    "[activities]\nA = 5": "Write",
    'ends = "never"': "last-event",
    "[lifecycle]\nover = []": "complete",
}


@pytest.mark.parametrize("toml", WRONG)
def test_what_a_mapping_must_not_say_is_told_with_what_it_may(toml: str) -> None:
    with pytest.raises(errors.WrongMapping, match=WRONG[toml]):
        mapping.parse(tomllib.loads(toml))


def test_the_mapping_of_the_guide_can_be_read_and_names_every_role() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    told = mapping.parse(tomllib.loads(example))
    assert told.said | {"type"} == mapping.ROLES.keys()


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mapping.toml"
    path.write_bytes(content)
    with pytest.raises(errors.NoMapping):
        mapping.read(path)


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.NoMapping):
        mapping.read(tmp_path / "mapping.toml")


def test_the_first_of_several_columns_that_says_something_counts() -> None:
    told = mapping.LogMapping()
    assert told.pick([("enddate", "1"), ("deadline", "2"), ("enddate_planned", "3"), ("due", "")], of_case=True) == {
        "ended": "1",
        "due": "3",
    }


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-03-29", "2026-03-29T20:59:59.999999Z"),  # the clocks go forward that day
        ("2026-10-25", "2026-10-25T21:59:59.999999Z"),
        ("2026-03-29T12:00:00+03:00", "2026-03-29T09:00:00.000Z"),
    ],
)
def test_a_promise_of_a_day_lasts_to_its_end(text: str, end: str) -> None:
    read = times.Clock("Europe/Riga").read_end(text)
    assert read is not None
    assert times.text(read) == end


@pytest.mark.parametrize(
    "text", ["", "now", "2026-13-01", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "١"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert times.Clock("Europe/Riga").read(text) is None


@pytest.mark.parametrize("form", ["epoch-s", "epoch-ms", "epoch-us"])
def test_times_may_be_counted_since_1970(form: str) -> None:
    factor = {"epoch-s": 1_000_000, "epoch-ms": 1_000, "epoch-us": 1}[form]
    assert times.Clock("UTC", form).read(str(1_772_438_400_000_000 // factor)) == 1_772_438_400_000_000
    assert times.Clock("UTC", form).read("9" * 40) is None
