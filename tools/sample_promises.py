"""Makes the tables of what the sample state's services promise, and how they kept it, from sample_state/promises.toml.

A promise of time is held against what the service reported of itself, so the two never disagree; a promise of another
kind carries its numbers. It must not plant anything: whether a promise was kept is what the figures say.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sample_services import FOLDER, Cell

HEADER = ("service", "year", "standard", "kind", "channel", "promise_lv", "promise_en", "target", "within", "cases")


def rows(year: int, told: Mapping[str, Mapping[str, Cell]], folder: Path = FOLDER) -> list[tuple[Any, ...]]:
    """The rows of a year's table; `told` is what each service reported for the year, as the edition has it."""
    promises = tomllib.loads((folder / "promises.toml").read_text(encoding="utf-8"))["promise"]
    found = []
    for each in promises:
        total, within = _numbers(each, year, told.get(each["service"], {}))
        text = each["text"]
        found.append(
            (
                each["service"], year, each["code"], each["kind"], each.get("channel", ""),
                text["lv"], text["en"], each["target"], within, total,
            )
        )  # fmt: skip
    return found


def _numbers(promise: Mapping[str, Any], year: int, row: Mapping[str, Cell]) -> tuple[str, str]:
    if "cases" in promise:
        total, within = promise["cases"][str(year)]
        return str(total), str(within)
    assert row, f"{promise['service']} reported nothing for {year}, so a promise of time cannot be held against it"
    return row["closed"].text, row["closed_on_time"].text
