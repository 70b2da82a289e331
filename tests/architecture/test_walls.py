"""Each wall of the house is tried: a copy of the tree with one fault in it, and the check must name that fault."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import house

ROOT = Path(__file__).resolve().parents[2]


NOT_CODE = ("node_modules", "frontend", "static", "sample_state", "__pycache__", "*.mo", "*.po")


class Copy:
    """A copy of the code with its floor plan, that can be spoiled and mended again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.package = root / "src/ietvars"
        shutil.copytree(ROOT / "src/ietvars", self.package, ignore=shutil.ignore_patterns(*NOT_CODE))
        shutil.copy(ROOT / ".importlinter", root)
        self._before: dict[Path, str | None] = {}

    def add(self, path: str, text: str) -> None:
        """Put a fault at the end of a file; a file that is not there is made."""
        file = self.package / path
        before = file.read_text(encoding="utf-8") if file.exists() else None
        self.write(path, f"{before or DOCSTRING}\n\n{text}\n")

    def write(self, path: str, text: str) -> None:
        """Put a file in, in place of what is there."""
        file = self.package / path
        self._before.setdefault(file, file.read_text(encoding="utf-8") if file.exists() else None)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def mend(self) -> None:
        """Take every fault out again."""
        for file, text in self._before.items():
            if text is None:
                file.unlink()
                # A folder that was made for the fault would itself be one.
                with contextlib.suppress(OSError):
                    file.parent.rmdir()
            else:
                file.write_text(text, encoding="utf-8")
        self._before.clear()


DOCSTRING = '"""A file that must not be."""\n'


@pytest.fixture(scope="module")
def _copied(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("house"))


@pytest.fixture
def copy(_copied: Copy) -> Iterator[Copy]:
    """The code of this project, with its floor plan, to be spoiled."""
    yield _copied
    _copied.mend()


def _only_new(check: Callable[[Path], list[str]], copy: Copy) -> list[str]:
    """What the check says of the copy beyond what it says of the house as it stands."""
    known = _known(check)
    return [fault for fault in check(copy.package) if fault not in known]


@functools.cache
def _known(check: Callable[[Path], list[str]]) -> frozenset[str]:
    return frozenset(check(ROOT / "src/ietvars"))


FLOOR_PLAN = [
    # an upward import
    ("ground/bodies/queries.py", "import ietvars.institution.services.models", "Imports point down"),
    ("institution/services/queries.py", "import ietvars.doors.furniture", "Imports point down"),
    # a lower room that knows a higher one, on each floor
    ("ground/bodies/queries.py", "import ietvars.ground.people.models", "Rooms of the ground floor"),
    ("institution/services/queries.py", "import ietvars.institution.lists.models", "Rooms of level 1"),
    ("collaboration/ties/queries.py", "import ietvars.collaboration.situations.models", "Rooms of level 2"),
    ("oversight/finders/queries.py", "import ietvars.oversight.initiatives.models", "Rooms of level 3"),
    # one door that knows another
    ("doors/public/frame.py", "import ietvars.doors.owners", "Doors do not know each other"),
    # a shelf that knows a higher one
    ("ground/bodies/models.py", "import ietvars.ground.bodies.queries", "Shelves of a room"),
    ("ground/bodies/rules.py", "import ietvars.ground.bodies.models", "Shelves of a room"),
    # Django in a rule, straight and by a detour
    ("institution/services/rules.py", "from django.db import models", "Rules never import Django"),
    ("oversight/finders/rules.py", "import ietvars.ground.bodies.queries", "Rules never import Django"),
    # a model in a door
    ("doors/public/frame.py", "from ietvars.institution.services.models import Service", "Doors never import models"),
    ("doors/console/frame.py", "from ietvars.ground.models import Body", "Doors never import models"),
    # a room, a floor and a door that are not on the plan
    ("ground/attic/__init__.py", "ROOM = 1", "Rooms of the ground floor"),
    ("institution/attic/__init__.py", "ROOM = 1", "Rooms of level 1"),
    ("collaboration/attic/__init__.py", "ROOM = 1", "Rooms of level 2"),
    ("oversight/attic/__init__.py", "ROOM = 1", "Rooms of level 3"),
    ("doors/attic/__init__.py", "ROOM = 1", "Doors do not know each other"),
    ("attic/__init__.py", "FLOOR = 1", "Imports point down"),
]


@pytest.mark.parametrize(("path", "fault", "wall"), FLOOR_PLAN)
def test_the_floor_plan_refuses(copy: Copy, path: str, fault: str, wall: str) -> None:
    copy.add(path, fault)
    said = "\n".join(house.walls_broken(copy.root))
    broken = [line for line in said.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(wall) for line in broken), said


FAULTS = [
    (
        house.tables_touched_from_afar,
        "institution/lists/queries.py",
        "from ietvars.ground.bodies.models import Body\nALL = Body.objects.all()",
    ),
    (
        house.tables_touched_from_afar,
        "institution/lists/actions.py",
        "from ietvars.ground.bodies import models as bodies\nNEW = bodies.Body()",
    ),
    (house.tables_touched_from_afar, "doors/public/frame.py", "from ietvars.ground.models import Body"),
    (house.tables_touched_from_afar, "institution/lists/rules.py", "from ietvars.institution.lists import models"),
    (house.managers_used_elsewhere, "doors/public/frame.py", "FOUND = Service.objects.all()"),
    (house.managers_used_elsewhere, "institution/lists/rules.py", "FOUND = Service._default_manager.all()"),
    (house.actions_without_author, "institution/lists/actions.py", "def drop(service, by, now): ..."),
    (house.actions_without_author, "institution/lists/actions.py", "def drop(*, service, now): ..."),
    (house.actions_without_author, "institution/lists/actions.py", "def drop(*, service, by): ..."),
    (house.django_in_rules, "institution/lists/rules.py", "def late():\n    from django.conf import settings"),
    (house.clocks_below_the_doors, "institution/lists/queries.py", "TODAY = date.today()"),
    (house.environment_below_the_doors, "institution/lists/queries.py", 'SECRET = os.environ["SECRET"]'),
    (house.forms_made_from_tables, "doors/public/forms.py", "class Form(forms.ModelForm): ..."),
    (house.unexplained_files, "institution/lists/drawer.py", "X = 1"),
    (house.oversized, "institution/lists/rules.py", "X = 1\n" * 500),
    (house.oversized, "institution/lists/rules.py", "def long():\n" + "    pass\n" * 65),
    (house.names_that_say_nothing, "institution/lists/utils.py", "X = 1"),
    (house.unsafe_templates, "doors/public/templates/public/x.html", '<p style="color: red">'),
    (house.unsafe_templates, "doors/public/templates/public/x.html", "<script>alert(1)</script>"),
    (house.unsafe_templates, "doors/public/templates/public/x.html", '<a href="/" onclick="go()">'),
]


@pytest.mark.parametrize(("check", "path", "fault"), FAULTS)
def test_the_check_names(copy: Copy, check: Callable[[Path], list[str]], path: str, fault: str) -> None:
    copy.add(path, fault)
    assert any(path in said for said in _only_new(check, copy))


def test_a_route_without_access_is_named(copy: Copy) -> None:
    copy.add("doors/urls.py", "urlpatterns += [path('attic/', lambda request: None)]")
    asking = "import django; django.setup(); from ietvars.doors.furniture import access; print(access.undeclared())"
    done = subprocess.run(
        [sys.executable, "-c", asking],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(copy.root / "src"), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "attic/: ietvars.doors.urls.<lambda>" in done.stdout, done.stderr


def test_a_module_that_says_nothing_is_named(copy: Copy) -> None:
    copy.write("institution/lists/drawer.py", "X = 1\n")
    assert _only_new(house.silent_modules, copy) == ["institution/lists/drawer.py has no docstring"]


def test_a_type_that_is_only_named_touches_no_table(copy: Copy) -> None:
    naming = "from ietvars.ground.bodies.models import Body\ndef of(body: Body) -> list[Body]:\n    return [body]"
    copy.add("institution/lists/queries.py", naming)
    assert _only_new(house.tables_touched_from_afar, copy) == []


@pytest.mark.parametrize(
    ("file", "content", "word"),
    [
        ("mapping.toml", '[table.x]\ncolumn = "num_attic"', "num_attic"),
        ("mapping.toml", '[table.measures.channels]\nattic_calls = "phone"', "attic_calls"),
        ("mapping.toml", '[table.x]\ncodes = { ATC = "open" }', "ATC"),
        ("mapping.toml", '[table]\nidentity = "Name of attic"', "Name of attic"),
        ("mapping.toml", '[table.title]\nen = "attic_name_en"', "attic_name_en"),
        ("mapping.toml", '[markers]\nmissing = ["NQX"]', "NQX"),
        ("indicators.toml", "[[indicator]]\nat_least = 45017", 45_017),
        ("indicators.toml", '[lists]\nin_scope = ["ATTIC"]', "ATTIC"),
    ],
)
def test_a_word_of_an_inventory_in_code_is_named(copy: Copy, file: str, content: str, word: str | int) -> None:
    copy.write(f"doors/machines/feeds/inventories/attic/{file}", content)
    assert _only_new(house.inventories_in_code, copy) == []
    copy.add("institution/lists/rules.py", f"X = {word!r}")
    (said,) = _only_new(house.inventories_in_code, copy)
    assert said.startswith("institution/lists/rules.py")
