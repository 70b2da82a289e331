"""Makes the sample state's measurements, and the lists of what comparison and finders must find in them, from its plan.

    python tools/sample_measurements.py          writes the files anew
    python tools/sample_measurements.py check    exits with 1 where they differ from the plan

The same plan and descriptions always give the same files. What is planted stands in sample_state/plan.toml; what must
come of it is worked out in `sample_truth`, by hand-made rules and not by the engine that it is held against.
"""

import csv
import io
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sample_promises
from sample_findings import planted
from sample_numbers import MISSING, NOT_APPLICABLE, WIDE, as_text, tables
from sample_services import FOLDER, YEARS, Cell, Service


def files(plan: Mapping[str, Any], found: Sequence[Service]) -> dict[str, str]:
    """Path below the folder to the content of every file of figures. A folder is an edition."""
    made: dict[str, str] = {}
    first = _first_edition(plan, found)
    for year in YEARS:
        columns = [name for name in WIDE if year != YEARS[0] or name not in plan["not_in_2024"]["columns"]]
        listed = [(each, each.rows[year]) for each in found if year in each.rows]
        rows = [(each.code, year, *(_written(row, name) for name in columns)) for each, row in listed]
        made[f"measurements/{year}/services.csv"] = _csv(("service", "year", *columns), rows)
        told = first if year == YEARS[0] else {each.code: each.rows[year] for each, _ in listed}
        made |= _long(f"measurements/{year}", year, told)
        made[f"measurements/{year}/standards.csv"] = _csv(sample_promises.HEADER, sample_promises.rows(year, told))
    corrected = {each["service"] for each in plan["corrected"]}
    again = {each.code: each.rows[YEARS[0]] for each in found if each.code in corrected}
    surveys = {each["service"] for each in plan["corrected"] if "survey" in each["was"]}
    for code in again.keys() - surveys:
        again[code] = {name: cell for name, cell in again[code].items() if not name.startswith("survey")}
    made |= _long(f"measurements/{YEARS[0]}-corrected", YEARS[0], again)
    made["measurements/monthly/months.csv"] = _months(plan, {each.code: each for each in found})
    return made


def _written(row: Mapping[str, Cell], name: str) -> str:
    """What stands in a cell; where a figure is absent, nothing stands beside it."""
    text = row[name].text
    return "" if name in {"time_n", "time_iqr"} and text in {MISSING, NOT_APPLICABLE} else text


def _first_edition(plan: Mapping[str, Any], found: Sequence[Service]) -> dict[str, dict[str, Cell]]:
    told = {each.code: dict(each.rows[YEARS[0]]) for each in found if YEARS[0] in each.rows}
    for each in plan["corrected"]:
        row = told[each["service"]]
        for name, was in each["was"].items():
            if name == "survey":
                row |= {"survey": Cell(as_text(was[0])), "survey_n": Cell(as_text(was[1]))}
            else:
                row[name] = Cell(as_text(was))
    return told


def _long(folder: str, year: int, told: Mapping[str, Mapping[str, Cell]]) -> dict[str, str]:
    """Channels and surveys, which have one figure a row."""
    channels = [
        (code, year, *name.split("/"), cell.text)
        for code, row in told.items()
        for name, cell in row.items()
        if "/" in name
    ]
    surveys = [
        (code, year, row["survey_scale"].text, row["survey"].text, row["survey_n"].text, row["survey_sd"].text)
        for code, row in told.items()
        if row.get("survey", Cell("")).text
    ]
    return {
        f"{folder}/channels.csv": _csv(("service", "year", "what", "channel", "number"), channels),
        f"{folder}/surveys.csv": _csv(("service", "year", "scale", "mean", "answers", "spread"), surveys),
    }


def _months(plan: Mapping[str, Any], found: Mapping[str, Service]) -> str:
    rows: list[tuple[Any, ...]] = []
    for told in plan["monthly"]:
        service = found[told["service"]]
        for year in YEARS:
            row = service.rows[year]
            total = sum(int(cell.text) for name, cell in row.items() if name.startswith("requests/"))
            left = total
            for month, weight in enumerate(told["months"], start=1):
                number = round(total * weight / sum(told["months"])) if month < 12 else left
                left -= number
                code = f"{year}-{month:02}"
                if code not in told.get("absent", ()):
                    rows.append((service.code, code, *_month(row, told.get("set", {}), code, number)))
    return _csv(("service", "month", "requests", "time_median", "time_n", "time_iqr"), rows)


def _month(row: Mapping[str, Cell], given: Mapping[str, str], code: str, number: int) -> tuple[str, ...]:
    median = row["time_median"].text
    has_time = median != NOT_APPLICABLE
    return (
        given.get(f"{code} requests", str(number)),
        given.get(f"{code} time_median", median),
        str(round(number * 0.96)) if has_time else "",
        _written(row, "time_iqr"),
    )


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def plan_of(folder: Path = FOLDER) -> dict[str, Any]:
    """The plan."""
    return tomllib.loads((folder / "plan.toml").read_text(encoding="utf-8"))


def everything(folder: Path = FOLDER) -> dict[str, str]:
    """Path below the folder to content, of all that is made from the plan. Raises AssertionError on a wrong plan."""
    plan = plan_of(folder)
    found = tables(plan, folder)
    return files(plan, found) | planted(plan, found, folder)


def main(words: Sequence[str]) -> int:
    """Write, or with the word `check` only compare."""
    made = everything()
    differing = [path for path, text in made.items() if not _says(FOLDER / path, text)]
    if words == ["check"]:
        for path in differing:
            print(f"{path} differs from the plan; run python tools/sample_measurements.py", file=sys.stderr)
        return 1 if differing else 0
    for path in differing:
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(made[path], encoding="utf-8")
    print(f"{len(differing)} of {len(made)} files written, {sum(map(len, made.values())) // 1000} KB in all")
    return 0


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
