"""The texts of the interface and their Latvian: what is said in the code, and what the catalogues hold.

`words.py --check [FOLDER...]` says what is missing, doubtful or no longer said, and writes nothing;
`words.py [FOLDER...]` adds what is missing to the catalogues, empty, and drops what is no longer said.
English needs no catalogue: it is the message id. Must not compile; that is compile_words.py.
"""

from __future__ import annotations

import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "src/ietvars"
CATALOGUE = "locale/lv/LC_MESSAGES/django.po"
# Functions that mark a text, with the places of message, plural and context among their arguments.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "sentence": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLURALS = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);"
IN_A_STRING = re.compile(r"""\{(?:_|n?p?gettext(?:_lazy)?)\(["']""")
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^}]*\}|%[sd]")

Key = tuple[str, str]
"""Context (or nothing) and message id."""


@dataclass
class Said:
    """One text of the interface, and where it is said."""

    key: Key
    plural: str = ""
    places: list[tuple[str, int]] = field(default_factory=list)


def home(path: Path, package: Path) -> Path:
    """The floor or door whose catalogue a file speaks for; what stands outside of both speaks for the furniture."""
    parts = path.relative_to(package).parts
    if parts[0] == "doors":
        return package / "doors" / (parts[1] if len(parts) > 2 else "furniture")
    return package / parts[0] if len(parts) > 1 else package / "doors" / "furniture"


def said(package: Path) -> dict[Path, dict[Key, Said]]:
    """Every text marked for translation, by the floor or door that says it."""
    texts: dict[Path, dict[Key, Said]] = defaultdict(dict)
    for path in sorted([*package.rglob("*.py"), *package.glob("**/templates/**/*.*")]):
        if "node_modules" in path.parts or "migrations" in path.parts:
            continue
        for line, context, message, plural in _extract(path):
            text = texts[home(path, package)].setdefault((context, message), Said((context, message)))
            text.plural = text.plural or plural
            text.places.append((str(path.relative_to(package)), line))
    return texts


def _extract(path: Path) -> Iterator[tuple[int, str, str, str]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django turns a template into something that reads like code; indentation has no meaning there.
        source = "\n".join(line.lstrip() for line in templatize(source).split("\n"))
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, strip_comment_tags=True)
    for line, message, _, context in found:
        single, plural = (message, "") if isinstance(message, str) else (message[0], message[1])
        if single:
            yield line, context or "", single, plural or ""


def faults(package: Path) -> list[str]:
    """One sentence for each gap between what is said and what the catalogues hold."""
    texts = said(package)
    catalogues = {path.parents[3]: polib.pofile(str(path)) for path in package.glob(f"**/{CATALOGUE}")}
    found = []
    for folder in sorted(texts.keys() | catalogues.keys()):
        name = f"{folder.relative_to(package)}/{CATALOGUE}"
        held = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogues.get(folder, ()) if not entry.obsolete}
        for key, text in texts.get(folder, {}).items():
            if key not in held:
                path, line = text.places[0]
                found.append(f"{name}: nothing for {key[1]!r}, said in {path}:{line}")
            elif fault := _fault(held[key], text):
                found.append(f"{name}: {fault}: {key[1]!r}")
        found += [f"{name}: no longer said: {key[1]!r}" for key in held.keys() - texts.get(folder, {}).keys()]
    return found + _hidden(package) + _quarrels(catalogues, package)


def _hidden(package: Path) -> list[str]:
    """A text marked inside of an f-string is not seen by the reader of texts, so it would never get its Latvian."""
    return [
        f"{path.relative_to(package)}:{number}: a text is marked inside of an f-string; take it out of there"
        for path in sorted(package.rglob("*.py"))
        if "node_modules" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if IN_A_STRING.search(line)
    ]


def _fault(entry: polib.POEntry, text: Said) -> str:
    answers = list(entry.msgstr_plural.values()) if text.plural else [entry.msgstr]
    if entry.fuzzy:
        return "marked as doubtful (fuzzy)"
    if not answers or not all(answers):
        return "no Latvian"
    if text.plural and len(answers) != 3:
        return f"Latvian has three plural forms, not {len(answers)}"
    wanted = _places(entry.msgid) | _places(text.plural)
    # A plural form may leave the number out ("one service"), but no form may ask for what is not given.
    if any(_places(answer) - wanted for answer in answers):
        return "the Latvian fills in what the English does not"
    if not text.plural and _places(entry.msgstr) != wanted:
        return "the Latvian leaves out what the English fills in"
    return ""


def _places(text: str) -> set[str]:
    return {match.group(0) for match in PLACE.finditer(text.replace("%%", ""))}


def _quarrels(catalogues: dict[Path, polib.POFile], package: Path) -> list[str]:
    """Django merges all catalogues, so one English text with two Latvian ones would be a matter of luck."""
    answers: dict[Key, dict[str, str]] = defaultdict(dict)
    for folder, catalogue in sorted(catalogues.items()):
        for entry in catalogue:
            if entry.msgstr:
                answers[entry.msgctxt or "", entry.msgid][entry.msgstr] = str(folder.relative_to(package))
    return [
        f"{' and '.join(sorted(given.values()))} answer {key[1]!r} in different words: {' / '.join(given)}"
        for key, given in answers.items()
        if len(given) > 1
    ]


def collect(package: Path, folders: list[Path]) -> None:
    """Bring the catalogues of these folders (all when empty) up to what is said; Latvian that is there stays."""
    texts = said(package)
    catalogues = {path.parents[3] for path in package.glob(f"**/{CATALOGUE}")}
    for folder in sorted(texts.keys() | catalogues):
        if not folders or folder in folders:
            _collect(folder, package, texts.get(folder, {}))


def _collect(folder: Path, package: Path, texts: dict[Key, Said]) -> None:
    path = folder / CATALOGUE
    before = polib.pofile(str(path)) if path.exists() else polib.POFile()
    held = {(entry.msgctxt or "", entry.msgid): entry for entry in before if not entry.obsolete}
    after = polib.POFile(wrapwidth=110)
    after.metadata = {
        "Language": "lv",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS,
    }
    for key, text in texts.items():
        entry = held.get(key) or polib.POEntry(msgid=key[1], msgctxt=key[0] or None)
        if text.plural:
            entry.msgid_plural = text.plural
            entry.msgstr_plural = entry.msgstr_plural or dict.fromkeys(range(3), "")
        # Files without lines: a line number would change the catalogue with every edit of the code.
        entry.occurrences = [(place, "") for place in dict.fromkeys(place for place, _ in text.places)]
        entry.flags = []
        after.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or str(after) != path.read_text(encoding="utf-8"):
        after.save(str(path))
        print(f"{path.relative_to(package.parent)} is brought up to date.", file=sys.stderr)


def main(argv: list[str]) -> int:
    """Returns 0, or 1 when --check found a fault."""
    # Only the template reader needs Django, and of its settings nothing but the charset.
    settings.configure()
    package = ROOT / PACKAGE
    folders = [Path(argument).resolve() for argument in argv if argument != "--check"]
    if "--check" not in argv:
        collect(package, folders)
        return 0
    names = tuple(f"{folder.relative_to(package)}/" for folder in folders) or ("",)
    found = [fault for fault in faults(package) if fault.startswith(names)]
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
