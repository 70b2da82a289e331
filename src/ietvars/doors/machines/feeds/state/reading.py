"""Reads a state folder into values and gathers every fault it meets, so that its writers mend all in one go."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ietvars.doors.machines.feeds.state import entries, errors, turning
from ietvars.doors.machines.feeds.state.entries import Fault, Place
from ietvars.doors.machines.feeds.state.tables import Table, Wrong

T = TypeVar("T")

WORDS: dict[str, Callable[[Table], entries.WordsEntry]] = {"synonym": turning.synonym, "lemma": turning.lemma}


def read(folder: Path) -> entries.Folder:
    """Read all files of a folder. Raises NoFolder, or BrokenFolder with every fault of every file."""
    if not (folder / "bodies.toml").is_file():
        raise errors.NoFolder(folder=folder)
    reader = _Reader(folder)
    services: list[entries.ServiceEntry] = []
    variants: list[entries.VariantEntry] = []
    for path in sorted((folder / "services").glob("*.toml")):
        services += reader.many(path, "service", turning.service)
        templates = reader.many(path, "canvas", turning.template)
        services += templates
        for template in templates:
            variants += reader.many(path, "variant", partial(turning.variant, template=template))
    found = entries.Folder(
        state=reader.state(folder / "state.toml"),
        bodies=tuple(reader.many(folder / "bodies.toml", "body", turning.body)),
        changes=tuple(reader.many(folder / "bodies.toml", "change", turning.change)),
        services=tuple(services),
        variants=tuple(variants),
        situations=tuple(reader.many(folder / "situations.toml", "situation", turning.situation)),
        ties=tuple(reader.many(folder / "ties.toml", "tie", turning.tie)),
        people=tuple(reader.many(folder / "people.toml", "person", turning.person)),
        words=tuple(
            words for kind in ("synonym", "lemma") for words in reader.many(folder / "words.toml", kind, WORDS[kind])
        ),
        lists=tuple(reader.many(folder / "lists.toml", "list", turning.service_list)),
        drafts=tuple(reader.many(folder / "drafts.toml", "draft", turning.draft)),
        answers=tuple(reader.many(folder / "criteria.toml", "answer", turning.answer)),
        initiatives=tuple(reader.many(folder / "initiatives.toml", "initiative", turning.initiative)),
    )
    if reader.faults:
        raise errors.BrokenFolder(reader.faults)
    return found


def content_hash(folder: Path) -> str:
    """SHA-256 over all files of the folder with their names."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".py"):
        total.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


class _Reader:
    """Opens each file once and turns what goes wrong in an entry into a fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self._documents: dict[Path, dict[str, Any]] = {}

    def document(self, path: Path) -> dict[str, Any]:
        if path not in self._documents:
            self._documents[path] = {}
            try:
                self._documents[path] = tomllib.loads(path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                pass
            except UnicodeDecodeError:
                self._fault(path, "the whole file", "it is not UTF-8; save it in that encoding")
            except tomllib.TOMLDecodeError as wrong:
                self._fault(path, "the whole file", f"it is not TOML: {wrong}; mend that place")
        return self._documents[path]

    def many(self, path: Path, key: str, make: Callable[[Table], T]) -> list[T]:
        """All entries under a key; those with a fault are left out and their faults kept."""
        return [made for table in self._tables(path, key) if (made := self._make(table, make)) is not None]

    def state(self, path: Path) -> entries.StateEntry:
        table = Table(self.document(path), self._place(path, "the whole file"))
        return self._make(table, turning.state) or entries.StateEntry(table.place, {}, None)

    def _tables(self, path: Path, key: str) -> Iterator[Table]:
        value = self.document(path).get(key, [])
        for number, entry in enumerate([value] if isinstance(value, dict) else value, start=1):
            if not isinstance(entry, dict):
                self._fault(path, key, f"“{key}” must be tables; write [[{key}]]")
                return
            name = next((entry[k] for k in ("code", "username", "body", "from") if isinstance(entry.get(k), str)), "")
            yield Table(entry, self._place(path, f"{key} {number}" + (f" “{name}”" if name else "")))

    def _make(self, table: Table, make: Callable[[Table], T]) -> T | None:
        try:
            made = make(table)
            table.done()
        except Wrong as wrong:
            self.faults.append(Fault(table.place, f"{wrong}."))
            return None
        return made

    def _place(self, path: Path, entry: str) -> Place:
        return Place(path.relative_to(self.folder).as_posix(), entry)

    def _fault(self, path: Path, entry: str, what: str) -> None:
        self.faults.append(Fault(self._place(path, entry), f"{what}."))
