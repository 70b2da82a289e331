"""Looks at a tree of this project and says, one sentence each, where it breaks the rules of the house.

Every check takes the folder of the package, so that the same check reads the real tree and a copy with a fault put in.
What .importlinter can say is not said again here. Must not import the code that it reads.
"""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

FLOORS = ("ground", "institution", "collaboration", "oversight")
SHELVES = ("__init__", "errors", "rules", "models", "queries", "actions")
TABLE_SHELVES = ("models", "queries", "actions")
WRITERS = (
    "moving", "reorganising", "journal", "inventories", "versions", "exchange", "working", "logs", "senders", "mending",
    "forgetting", "recomputing", "titling",
)  # fmt: skip
"""Actions with a shape of their own, each named in its room's docstring: what a reorganisation moves and takes back,
what comes in by the thousand, what the worker does. They touch the tables of their own room, as actions do."""
LONGEST_MODULE = 500
LONGEST_FUNCTION = 65
FORBIDDEN_NAMES = ("services.py", "service.py", "utils.py", "util.py", "helpers.py", "helper.py")
GENERATED_FORMS = (
    "ModelForm",
    "ModelSchema",
    "CreateView",
    "UpdateView",
    "DeleteView",
    "modelform_factory",
    "contrib.admin",
)


def modules(package: Path) -> Iterator[Path]:
    """Every Python file of ours: not what npm brought, not migrations."""
    for path in sorted(package.rglob("*.py")):
        if not {"node_modules", "migrations"} & set(path.relative_to(package).parts):
            yield path


def rooms(package: Path) -> list[Path]:
    """The folder of every room on every floor below the doors."""
    return [
        folder.parent
        for floor in FLOORS
        for folder in sorted((package / floor).glob("*/__init__.py"))
        if folder.parent.name != "migrations"
    ]


def room_of(path: Path, package: Path) -> tuple[str, ...]:
    """Floor and room of a file, or less where it stands outside of a room."""
    return path.relative_to(package).parts[:-1][:2]


def read(path: Path) -> ast.Module:
    """The file as a tree. Do not change it: the same text is parsed once."""
    return _parsed(path.read_text(encoding="utf-8"))


@functools.cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def walls_broken(root: Path) -> list[str]:
    """What the floor plan of .importlinter refuses, for the tree whose src/ lies in `root`."""
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        str(root / ".importlinter"),
    ]
    done = subprocess.run(
        command, cwd=root / "src", env={"PYTHONPATH": str(root / "src")}, capture_output=True, text=True, check=False
    )
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def tables_touched_from_afar(package: Path) -> list[str]:
    """A room's tables are touched by its own queries and actions; others may only name them as types.

    The models of rooms above may point at them, and the shelves of tables may import them for annotations.
    """
    found = []
    for path in modules(package):
        if path.stem == "models":
            continue
        tree = read(path)
        is_shelf = path.stem in (*TABLE_SHELVES, *WRITERS) and room_of(path, package)[0] in FLOORS
        foreign = set()
        for node in _imports_that_run(tree):
            for name, bound in _bound_names(node):
                parts = name.split(".")
                if parts[0] != "ietvars" or "models" not in parts[2:4]:
                    continue
                is_own = tuple(parts[1 : parts.index("models")]) == room_of(path, package)
                if not is_shelf:
                    found.append(f"{path.relative_to(package)}:{node.lineno} imports {name}")
                elif not is_own:
                    foreign.add(bound)
        found += [
            f"{path.relative_to(package)}:{node.lineno} touches {node.id}"
            for node in _outside_of_annotations(tree)
            if isinstance(node, ast.Name) and node.id in foreign
        ]
    return found


def managers_used_elsewhere(package: Path) -> list[str]:
    """`.objects` stands only in models, queries and actions of a room, and in actions with a file of their own."""
    found = []
    for path in modules(package):
        if (
            len(room_of(path, package)) == 2
            and room_of(path, package)[0] in FLOORS
            and path.stem in (*TABLE_SHELVES, *WRITERS)
        ):
            continue
        found += [
            f"{path.relative_to(package)}:{node.lineno} uses .{node.attr}"
            for node in ast.walk(read(path))
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
        ]
    return found


def actions_without_author(package: Path) -> list[str]:
    """An action takes its parameters by keyword only, `by` and `now` among them."""
    found = []
    for path in modules(package):
        if path.name != "actions.py":
            continue
        for node in read(path).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            # Registering a listener happens when the program starts; nobody does it.
            if path.parent.name == "notices" and node.name.startswith("listen"):
                continue
            where = f"{path.relative_to(package)}:{node.lineno} {node.name}"
            keywords = {argument.arg for argument in node.args.kwonlyargs}
            positional = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            if positional and not (path.parent.name == "notices" and positional == ["notice"]):
                found.append(f"{where} takes {', '.join(positional)} by position")
            if missing := {"by", "now"} - keywords:
                found.append(f"{where} does not ask for {' and '.join(sorted(missing))}")
    return found


def django_in_rules(package: Path) -> list[str]:
    """Rules and refusals never import Django; the floor plan says so too, and also sees detours."""
    return [
        f"{path.relative_to(package)}:{node.lineno} imports {name}"
        for path in modules(package)
        if path.stem in ("rules", "errors") and room_of(path, package)
        for node in _all_imports(read(path))
        for name in _names(node)
        if name.split(".")[0] in ("django", "simple_history", "allauth", "ninja")
    ]


def clocks_below_the_doors(package: Path) -> list[str]:
    """The clock comes in by the door: nothing below asks what day it is; of a moment in hand it may."""
    asks = re.compile(r"\b(timezone|datetime|date|dt)\.((now|today|utcnow)\(|(localdate|localtime)\(\))|\btime\.time\(")
    return _lines_that_match(asks, (path for path in modules(package) if _is_below_the_doors(path, package)), package)


def days_read_off_moments(package: Path) -> list[str]:
    """What day a moment is of, the law's zone says and not Greenwich: `timezone.localdate(now)`, never `now.date()`."""
    return _lines_that_match(re.compile(r"\bnow\.date\(\)"), modules(package), package)


def environment_below_the_doors(package: Path) -> list[str]:
    """Only the settings and the doors read the environment."""
    asks = re.compile(r"\bos\.(environ|getenv)\b")
    return _lines_that_match(asks, (path for path in modules(package) if _is_below_the_doors(path, package)), package)


def forms_made_from_tables(package: Path) -> list[str]:
    """Doors write their forms and schemas by hand, so that no column becomes a field by itself."""
    words = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in GENERATED_FORMS))
    return _lines_that_match(words, modules(package / "doors"), package)


def unexplained_files(package: Path) -> list[str]:
    """A file of a room that is no shelf is named, with its reason, in the room's docstring."""
    found = []
    for room in rooms(package):
        said = ast.get_docstring(read(room / "__init__.py")) or ""
        for path in sorted(room.iterdir()):
            is_ours = path.suffix == ".py" or (path.is_dir() and path.name not in ("__pycache__", "locale"))
            name = f"{path.name}/" if path.is_dir() else path.name
            if is_ours and path.stem not in SHELVES and f"`{name}`" not in said:
                found.append(f"{path.relative_to(package)} is not explained in the docstring of its room")
    return found


def silent_modules(package: Path) -> list[str]:
    """Every module says what it is for; every room also says what it must not do."""
    found = [
        f"{path.relative_to(package)} has no docstring"
        for path in modules(package)
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(read(path))
    ]
    for room in rooms(package):
        said = ast.get_docstring(read(room / "__init__.py")) or ""
        if not re.search(r"\b(not|never|no)\b", said):
            found.append(f"{room.relative_to(package)} does not say what it must not do")
    return found


def oversized(package: Path) -> list[str]:
    """Modules of some 400 lines, functions of some 40: the reader keeps the whole in sight."""
    found = []
    for path in modules(package):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONGEST_MODULE:
            found.append(f"{path.relative_to(package)} has {lines} lines")
        for node in ast.walk(read(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    found.append(f"{path.relative_to(package)}:{node.lineno} {node.name} has {length} lines")
    return found


def names_that_say_nothing(package: Path) -> list[str]:
    """A helper belongs to a room with a name; "service" is what the state gives a person."""
    return [str(path.relative_to(package)) for path in modules(package) if path.name in FORBIDDEN_NAMES]


def unsafe_templates(package: Path) -> list[str]:
    """No style, script or handler inside a page: the content security policy would stop it."""
    unsafe = re.compile(
        r"\sstyle\s*=|<style\b|\son[a-z]+\s*=|javascript:|<script(?![^>]*\bsrc=)(?![^>]*json)", re.IGNORECASE
    )
    # What Django itself reads is no attribute of a page.
    return _lines_that_match(unsafe, sorted(package.glob("**/templates/**/*.html")), package)


def inventories_in_code(package: Path) -> list[str]:
    """No column, code or threshold of an inventory stands in a .py file: they live in the mapping beside it.

    Words that our own tables use for a column are ours, also where an inventory happens to use them.
    """
    words: dict[str, str] = {}
    for mapping in sorted((package / "doors/machines/feeds/inventories").rglob("*.toml")):
        read_toml = tomllib.loads(mapping.read_text(encoding="utf-8"))
        for word in _words_of_the_inventory(read_toml) if mapping.name == "mapping.toml" else _codes(read_toml):
            words.setdefault(word, str(mapping.relative_to(package)))
    for own in _columns_of_ours(package):
        words.pop(own, None)
    return [
        f"{path.relative_to(package)}:{line} says {word!r} of {words[word]}"
        for path in modules(package)
        for line, tokens in _texts_and_figures(path.read_text(encoding="utf-8"))
        for word in sorted(tokens & words.keys())
    ]


@functools.cache
def _texts_and_figures(code: str) -> tuple[tuple[int, frozenset[str]], ...]:
    """Each text or figure in the code with its line: itself, and its words unless it is a sentence."""
    found = []
    for node in ast.walk(_parsed(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
            said = str(node.value)
            # A sentence may speak of anything; only a text that is the word, or holds it as a token, uses it.
            parts = re.findall(r"\w+", said) if " " not in said.strip() else ()
            found.append((node.lineno, frozenset({said, *parts})))
    return tuple(found)


# Where a mapping names what stands in the table: as a value, or as the key of a folder of values.
NAMES_COLUMNS = (
    "column",
    "identity",
    "code",
    "met",
    "total",
    "quantity_column",
    "title",
    "summary",
    "promise",
    "fields",
)
HOLDS_NAMES = ("channels", "codes", "texts", "aliases", "fields")
LISTS_WORDS = ("ignore", "markers", "missing", "not_applicable", "not_asked", "unreadable", "no_text", "keep")


def _words_of_the_inventory(value: object, under: str = "") -> Iterator[str]:
    """Columns, cells and codes by their place in a mapping; generic words ("type", "year") say nothing and are left."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if under in HOLDS_NAMES and _is_particular(key):
                yield key
            yield from _words_of_the_inventory(inner, under if under in NAMES_COLUMNS and len(key) == 2 else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _words_of_the_inventory(inner, under)
    elif isinstance(value, str) and under in (*NAMES_COLUMNS, *LISTS_WORDS) and _is_particular(value.strip("*_ ")):
        yield value.strip("*_ ")


def _codes(value: object) -> Iterator[str]:
    """Codes in capitals and large figures of definitions; their small words are those of our own language."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _codes(inner)
    elif isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z0-9]{2,}", value):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool) and value >= 1000:
        yield str(value)


def _is_particular(word: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9]+(_\w+)+|[A-Z][A-Z0-9]{2,}|\w+( \w+)+", word)) and word not in ("GET", "POST")


def _columns_of_ours(package: Path) -> Iterator[str]:
    for path in modules(package):
        if path.stem == "models":
            for node in ast.walk(read(path)):
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        if isinstance(target, ast.Name):
                            yield from (target.id, f"{target.id}_id")


def _is_below_the_doors(path: Path, package: Path) -> bool:
    return path.relative_to(package).parts[0] in FLOORS


def _lines_that_match(pattern: re.Pattern[str], paths: Iterator[Path] | list[Path], package: Path) -> list[str]:
    return [
        f"{path.relative_to(package)}:{number} {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


Import = ast.Import | ast.ImportFrom


def _all_imports(tree: ast.AST) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, Import):
            yield node


def _imports_that_run(tree: ast.AST) -> Iterator[Import]:
    """Imports but those for the type checker only: naming a type touches no table."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Import):
            yield node
        elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield from _imports_that_run(node)


def _bound_names(node: Import) -> list[tuple[str, str]]:
    """What is imported, and the name by which the module then calls it."""
    return [
        (name, alias.asname or alias.name.split(".")[0]) for name, alias in zip(_names(node), node.names, strict=True)
    ]


def _outside_of_annotations(node: ast.AST) -> Iterator[ast.AST]:
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and field not in ("annotation", "returns"):
                yield child
                yield from _outside_of_annotations(child)


def _names(node: Import) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]
