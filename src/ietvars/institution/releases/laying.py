"""Writes the files of a release into the lake, whole, and looks whether they still are what the manifest says.

The same frozen input and parameters give the same bytes. It must not decide what is hidden.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ietvars.ground.lake import engines, files
from ietvars.ground.lake.rules import NewPart
from ietvars.institution.releases import dictionary, frozen, rules, tables
from ietvars.institution.releases.frozen import Frozen

INPUT = "input.frozen"
"""The frozen input lies beside the files and is never handed out."""
PUBLIC = ("figures.csv", "figures.parquet", "figures.ttl", "dictionary.csv", "manifest.json")
"""What anybody may take, in the order of a page."""
MADE = ("figures.csv", "figures.parquet", "figures.ttl", "dictionary.csv")
HEAD = tables.Row._fields

_DQV = "http://www.w3.org/ns/dqv#"
_PREFIXES = (
    ("dct", "http://purl.org/dc/terms/"),
    ("dqv", _DQV),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
)


def folder(code: str) -> Path:
    """Where the files of a release lie."""
    return files.root() / "releases" / code


def manifest(one: Frozen, *, code: str, made_at: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the frozen input and every file, and say what they are. Raises LakeFull."""
    place = folder(code)
    _put(place / INPUT, frozen.written(one))
    _lay(place, one, parameters)
    said = {
        "code": code,
        "period": one.period,
        "made_at": made_at,
        "formula_version": rules.FORMULA_VERSION,
        "illustrative": one.illustrative,
        "parameters": dict(parameters),
        "input": {"sha256": _hash(place / INPUT), **one.facts},
        "files": {name: _hash(place / name) for name in MADE},
    }
    _put(place / "manifest.json", json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
    return said


def parts(code: str, *, month: int, rows: int) -> list[NewPart]:
    """Every file of a release for the manifest of the lake, so that it is kept, backed up and verified there."""
    made = []
    for number, name in enumerate((INPUT, *PUBLIC)):
        path = folder(code) / name
        size, sha256 = files.measured(path)
        of = rows if path.suffix == ".parquet" else 0
        made.append(NewPart(month, number, path.relative_to(files.root()).as_posix(), of, size, sha256, 0, 0))
    return made


def read(code: str) -> Frozen:
    """The frozen input of a release."""
    return frozen.read((folder(code) / INPUT).read_bytes())


def faults(code: str, said: Mapping[str, Any]) -> list[str]:
    """Names of files that are not there or not what the manifest says."""
    place = folder(code)
    wanted = {INPUT: said["input"]["sha256"], **said["files"]}
    return [name for name, sha256 in wanted.items() if not (place / name).is_file() or _hash(place / name) != sha256]


def made_again(code: str, said: Mapping[str, Any]) -> list[str]:
    """Make the files again from the frozen input, aside, and name those that came out otherwise."""
    again = folder(f".again-{code}")
    try:
        _lay(again, read(code), said["parameters"])
        return [name for name, sha256 in said["files"].items() if _hash(again / name) != sha256]
    finally:
        for name in MADE:
            files.remove(again / name)


def _lay(place: Path, one: Frozen, parameters: Mapping[str, Any]) -> None:
    made = list(tables.rows(one, k=int(parameters["k"]), width=int(parameters["width"])))
    _put(place / "figures.csv", _csv(made))
    _put(place / "dictionary.csv", dictionary.as_csv())
    _put(place / "figures.ttl", "".join(_turtle(one, made, str(parameters["base"]))).encode())
    source = engines.quoted(place / "figures.csv")
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in HEAD if name != "value")
    with engines.duck(threads=1) as connection:
        connection.execute("SET preserve_insertion_order = true")
        files.write_whole(
            place / "figures.parquet",
            lambda temporary: engines.copy_to_parquet(
                connection,
                "SELECT * REPLACE (CAST(value AS DOUBLE) AS value)"  # noqa: S608
                f" FROM read_csv('{source}', header = true, nullstr = '', types = {{{types}, 'value': 'VARCHAR'}})",
                temporary,
            ),
        )


def _put(path: Path, content: bytes) -> None:
    files.write_whole(path, lambda temporary: temporary.write_bytes(content))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _csv(made: Iterable[tables.Row]) -> bytes:
    into = io.StringIO()
    lines = csv.writer(into, lineterminator="\n")
    lines.writerow(HEAD)
    lines.writerows(made)
    return into.getvalue().encode()


def _turtle(one: Frozen, made: Iterable[tables.Row], base: str) -> Iterable[str]:
    """Figures of services over the whole period as quality measurements; what is not shown has a state and no value."""
    for prefix, space in _PREFIXES:
        yield f"@prefix {prefix}: <{space}> .\n"
    metric = f"{base}id/figure/"
    for code, entry in dictionary.of("measure").items():
        names = ", ".join(f"{json.dumps(text, ensure_ascii=False)}@{said}" for said, text in entry.name.items())
        yield f"\n<{metric}{code}> a dqv:Metric ; dct:title {names} ; dqv:expectedDataType xsd:decimal .\n"
    for row in made:
        if row.service and not row.month and not row.part:
            value = f' ; dqv:value "{row.value}"^^xsd:decimal' if row.value else ""
            yield (
                f"\n<{base}id/service/{row.service}#released-{one.period}-{row.measure}> a dqv:QualityMeasurement ;"
                f" dqv:computedOn <{base}id/service/{row.service}> ; dqv:isMeasurementOf <{metric}{row.measure}> ;"
                f' dct:temporal "{one.period}" ; skos:note "{row.state}"{value} .\n'
            )
