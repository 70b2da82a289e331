"""Makes the figures that institutions of the sample state typed into their rounds, out of its yearly figures of 2025.

    python tools/sample_rounds.py          writes the files anew
    python tools/sample_rounds.py check    exits with 1 where they differ

A quarter is about a fourth of the year, moved by a fixed amount for each service, figure and quarter; so the same
yearly figures always give the same files. What is planted stands in PLANTED: at institutions that do not exist.
"""

import csv
import hashlib
import io
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "src" / "ietvars" / "sample_state"
YEAR = FOLDER / "measurements" / "2025"
COLUMNS = ("service", "quantity", "stage", "channel", "text", "n", "scale", "spread", "note")
Row = tuple[str, ...]

HALF_FILLED = {"2026-q3": {"nva": 4, "vid": 2}}
"""Round to institutions that have begun and filled in only so many services."""

# round, service, quantity, stage, channel -> text, n, scale, spread, note
PLANTED: Mapping[tuple[str, ...], Row] = {
    ("2026-q3", "laivas-piestatnes-vieta", "closed_on_time", "", ""): ("412", "", "", "", ""),
    ("2026-q3", "laivas-piestatnes-vieta", "closed", "", ""): ("391", "", "", "", ""),
    ("2026-q3", "viesu-piestatnes-rezervacija", "backlog", "", ""): ("~40", "", "", "", ""),
    ("2026-q3", "laivas-piestatnes-vieta", "satisfaction", "", ""): ("8,6", "12", "1-10", "1,4", ""),
    ("2026-q3", "signaluguns-darbibas-traucejuma-zinojums", "results", "", ""): ("neattiecas", "", "", "", ""),
    ("2026-q3", "solina-uzstadisana-krastmala", "backlog", "", ""): (
        "5210", "", "", "", "Pieskaitīti arī interesenti, kas soliņu vēl tikai izvēlas.",
    ),
}  # fmt: skip


def files() -> dict[str, str]:
    """Path below the folder to its content."""
    rounds = tomllib.loads((FOLDER / "rounds.toml").read_text(encoding="utf-8"))["round"]
    return {f"rounds/{entry['period'].lower()}.csv": _csv(_rows(entry)) for entry in rounds}


def _rows(entry: Mapping[str, object]) -> Iterator[Row]:
    code = str(entry["period"]).lower()
    reports = [report["body"] for report in entry["report"]]  # type: ignore[attr-defined]
    held = _holders()
    for body in reports:
        codes = sorted(service for service, holder in held.items() if holder == body)
        for service in codes[: HALF_FILLED.get(code, {}).get(body)]:
            for row in _service(code, service):
                yield (service, *row[:3], *PLANTED.get((code, service, *row[:3]), row[3:]))


def _service(code: str, service: str) -> Iterator[Row]:
    """Quantity, stage, channel and what was typed of it."""
    for row in _read("channels.csv", service):
        if row["what"] == "requests":
            yield (
                "requests",
                "request",
                row["channel"],
                _quarter(code, service, row["channel"], row["number"]),
                *EMPTY,
            )
    for year in _read("services.csv", service):
        yield from _counted(code, service, year)


def _counted(code: str, service: str, year: Mapping[str, str]) -> Iterator[Row]:
    yield ("results", "", "", _quarter(code, service, "results", year["results"]), *EMPTY)
    yield ("backlog", "", "", _quarter(code, service, "backlog", year["backlog"], share=1.0), *EMPTY)
    closed = _quarter(code, service, "closed", year["closed"])
    yield ("closed_on_time", "", "", _part(closed, year["closed"], year["closed_on_time"]), *EMPTY)
    yield ("closed", "", "", closed, *EMPTY)
    if (code, service, "satisfaction", "", "") in PLANTED:
        yield ("satisfaction", "", "", "", *EMPTY)


EMPTY = ("", "", "", "")


def _quarter(code: str, service: str, what: str, yearly: str, share: float = 0.25) -> str:
    if yearly == "neattiecas":
        return "neattiecas: šo pakalpojumu sniedz uzreiz"
    if not yearly.isdecimal():
        return ""
    moved = 0.94 + int(hashlib.sha256(f"{code} {service} {what}".encode()).hexdigest()[:4], 16) / 0xFFFF * 0.12
    return str(round(int(yearly) * share * moved))


def _part(whole: str, yearly: str, part: str) -> str:
    if not whole.isdecimal():
        return whole
    return str(round(int(whole) * int(part) / int(yearly))) if part.isdecimal() and int(yearly) else ""


def _read(name: str, service: str) -> list[dict[str, str]]:
    with (YEAR / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["service"] == service]


def _holders() -> dict[str, str]:
    found = {}
    for path in sorted((FOLDER / "services").glob("*.toml")):
        for service in tomllib.loads(path.read_text(encoding="utf-8")).get("service", []):
            if service.get("state", "published") == "published":
                found[service["code"]] = service["holder"]
    return found


def _csv(rows: Iterator[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue()


def main() -> int:
    """Write the files, or say which differ."""
    made = files()
    if sys.argv[1:] == ["check"]:
        differing = [name for name, text in made.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
        print("\n".join(differing) or "The figures of the rounds agree with those of the year.")
        return 1 if differing else 0
    for name, text in made.items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
