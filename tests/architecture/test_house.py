"""The house as it stands keeps its rules. That each rule can be broken is shown in test_walls.py."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from ietvars.doors.furniture import access
from tests.architecture import house

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/ietvars"

CHECKS = [
    house.tables_touched_from_afar,
    house.managers_used_elsewhere,
    house.actions_without_author,
    house.django_in_rules,
    house.clocks_below_the_doors,
    house.days_read_off_moments,
    house.environment_below_the_doors,
    house.forms_made_from_tables,
    house.unexplained_files,
    house.silent_modules,
    house.oversized,
    house.names_that_say_nothing,
    house.unsafe_templates,
    house.inventories_in_code,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps(check: Callable[[Path], list[str]]) -> None:
    assert check(PACKAGE) == []


def test_the_floor_plan_holds() -> None:
    assert house.walls_broken(ROOT) == []


def _arrows_astray(tables: Iterable[type[models.Model]]) -> list[str]:
    """Keys that climb to a higher floor, or that show themselves on a lower one."""
    found = []
    for model in tables:
        for field in model._meta.get_fields():
            # simple-history builds its own keys from those it copies.
            if not isinstance(field, models.ForeignKey | models.ManyToManyField) or _is_history(model):
                continue
            here, there = model._meta.app_label, field.related_model._meta.app_label
            if here not in house.FLOORS or there not in house.FLOORS or here == there:
                continue
            if house.FLOORS.index(here) < house.FLOORS.index(there):
                found.append(f"{model.__name__}.{field.name} points up to {there}")
            elif not field.remote_field.hidden:
                found.append(f"{model.__name__}.{field.name} shows itself on {there}")
    return found


def test_a_key_that_crosses_floors_points_down_and_hides_its_reverse() -> None:
    # No import linter sees these arrows: Django resolves them by name.
    assert _arrows_astray(apps.get_models(include_auto_created=True)) == []


@isolate_apps("ietvars.ground", "ietvars.institution")
def test_a_key_that_climbs_or_shows_itself_is_named() -> None:
    class Low(models.Model):
        class Meta:
            app_label = "ground"

    class High(models.Model):
        low = models.ForeignKey(Low, on_delete=models.CASCADE)

        class Meta:
            app_label = "institution"

    class Climber(models.Model):
        high = models.ForeignKey(High, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "ground"

    assert _arrows_astray([Low, High, Climber]) == [
        "High.low shows itself on ground",
        "Climber.high points up to institution",
    ]


def _is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "history_object")


def test_every_table_belongs_to_a_room() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in house.FLOORS and not _is_history(model)]
    assert ours
    assert [m.__name__ for m in ours if not re.match(r"ietvars\.\w+\.\w+\.", m.__module__)] == []


def test_every_route_says_who_may_enter() -> None:
    assert list(access.routes())
    assert access.undeclared() == ()


def test_every_text_of_the_interface_has_its_latvian() -> None:
    done = subprocess.run(
        [sys.executable, "tools/words.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_dependency_has_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    without = [
        line.strip()
        for before, line in itertools.pairwise(lines)
        if re.match(r'    "[\w.-]+(\[[\w,]+\])?[<>=]', line) and not before.strip().startswith(("#", '"'))
    ]
    assert without == []


def _lock(name: str) -> str:
    return (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")


def test_the_locks_hold_every_dependency_with_hashes_and_name_no_host() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = {
        "run": project["project"]["dependencies"] + groups["build"],
        "dev": project["project"]["dependencies"] + groups["build"] + groups["dev"],
    }
    for name, requirements in wanted.items():
        lock = _lock(name)
        pins = re.findall(r"^([a-z0-9.-]+)==.*\\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", lock, re.MULTILINE)
        assert "//" not in lock
        assert len(pins) == len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE))
        asked = {re.split(r"[\[<>=]", text)[0].lower().replace("_", "-") for text in requirements}
        assert asked - {pin for pin, _ in pins} == set()


def test_the_lock_of_developers_repeats_the_lock_of_the_running_program() -> None:
    run, dev = (
        set(
            re.findall(
                r"^([a-z0-9.-]+==[^ ;\\]+)", (ROOT / f"requirements/{name}.txt").read_text("utf-8"), re.MULTILINE
            )
        )
        for name in ("run", "dev")
    )
    assert run - dev == set()


def test_no_lock_and_no_setting_names_the_address_of_a_package_registry() -> None:
    locks = [*(ROOT / "requirements").glob("*.txt"), *PACKAGE.glob("doors/furniture/frontend/package-lock.json")]
    locks += [path for path in (ROOT / "tests").rglob("package-lock.json") if "node_modules" not in path.parts]
    assert len(locks) > 2
    address = re.compile(
        r'"resolved": *"http|https?://[^"\s]*\.(?:tgz|whl|tar)|^ *--(?:extra-)?index-url', re.MULTILINE
    )
    assert [path.name for path in locks if address.search(path.read_text("utf-8"))] == []
    assert not (ROOT / ".npmrc").exists()


def test_no_page_writes_a_description_past_the_approver() -> None:
    # Only what comes from elsewhere as a whole (a folder, an inventory, another catalogue) is described directly.
    direct = re.compile(r"\b(?:services|service_actions|actions)\.(?:describe|vary)\(")
    doors = PACKAGE / "doors"
    found = {
        path.relative_to(doors).as_posix()
        for path in doors.rglob("*.py")
        if "institution.services import actions" in (text := path.read_text(encoding="utf-8")) and direct.search(text)
    }
    assert {path for path in found if not path.startswith("machines/feeds/")} == set()
