"""The services of the sample state as the generator of its measurements needs them: who, by which channels, how long.

It reads descriptions and decides nothing.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "src" / "ietvars" / "sample_state"
YEARS = (2024, 2025)
ELECTRONIC = ("online", "e-address", "email", "app", "sms")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in the table, and the code of the plan that put it there where it is no ordinary number."""

    text: str
    cause: str = ""


@dataclass
class Service:
    """A described service with what it reported. `rows` has no year in which it reported nothing."""

    code: str
    holder: str
    body: str
    requests: Sequence[str]
    receipts: Sequence[str]
    term: int
    has_decision: bool
    asked: int
    held: int
    since: int = 0
    until: int = 9999
    is_local: bool = False
    rows: dict[int, dict[str, Cell]] = field(default_factory=dict)
    silence: dict[int, str] = field(default_factory=dict)

    @property
    def has_e_service(self) -> bool:
        """Whether it can be requested through a system that knows who began and who finished."""
        return bool(set(self.requests) & {"online", "app"})

    @property
    def is_electronic(self) -> bool:
        """Whether it can be requested electronically."""
        return bool(set(self.requests) & set(ELECTRONIC))

    def exists(self, year: int) -> bool:
        """Whether it was given in a year."""
        return self.since <= year <= self.until


def services(folder: Path = FOLDER) -> list[Service]:
    """The services that people can receive, or could in one of the years, in the order of their codes."""
    found = []
    for path in sorted((folder / "services").glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [_service(told) for told in document.get("service", [])]
        offered = [told for told in document.get("variant", []) if told.get("offered", True)]
        found += [_local(document["canvas"], told) for told in offered]
    return sorted((each for each in found if each.until >= YEARS[0]), key=lambda each: each.code)


def _service(told: Mapping[str, Any]) -> Service:
    evidence = told.get("evidence", [])
    decides = not told["appeal"]["lv"].startswith("Lēmums netiek") and told["kind"] != "general-benefit"
    return Service(
        code=told["code"],
        holder=told["holder"],
        body=told["holder"],
        requests=told["request"]["channels"],
        receipts=told.get("receipt", {}).get("channels", []),
        term=told.get("term_days", 0),
        has_decision=decides,
        asked=len(evidence),
        held=sum("held_by" in each for each in evidence),
        since=told["since"].year if "since" in told else 0,
        until=told["retired_on"].year - (told["retired_on"].month == 1) if "retired_on" in told else 9999,
    )


def _local(canvas: Mapping[str, Any], told: Mapping[str, Any]) -> Service:
    made = _service({**canvas, "holder": told["body"], "code": f"{canvas['code']}-{told['body']}"})
    made.is_local = True
    made.requests = told.get("request_channels", made.requests)
    made.term = told.get("term_days", made.term)
    return made
