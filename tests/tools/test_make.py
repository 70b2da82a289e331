"""`make` finds a Python that will do, and says in one sentence when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="there is no make here")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the Makefile and a path that holds a shell and nothing else."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sh").symlink_to("/bin/sh")
    return tmp_path


def _python(place: Path, name: str, script: str) -> None:
    file = place / "bin" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def _make(place: Path) -> subprocess.CompletedProcess[str]:
    assert MAKE
    environment = {"PATH": str(place / "bin"), "HOME": str(place)}
    return subprocess.run(
        [MAKE, ".venv/bin/python"], cwd=place, env=environment, capture_output=True, text=True, check=False
    )


def test_without_python_make_says_which_one_it_needs(place: Path) -> None:
    done = _make(place)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0].startswith("Ietvars needs Python 3.11, 3.12 or 3.13, and none was found")


def test_a_python_of_the_wrong_age_is_passed_over(place: Path) -> None:
    _python(place, "python3.13", "exit 1")
    _python(place, "python3", "exit 1")
    assert "none was found" in _make(place).stderr


def test_a_python_without_venv_is_named(place: Path) -> None:
    _python(place, "python3.12", 'case "$2" in *ensurepip*) exit 1;; esac')
    assert "python3.12 cannot make a virtual environment" in _make(place).stderr


def test_the_first_python_that_will_do_makes_the_venv(place: Path) -> None:
    _python(place, "python3.13", "exit 1")
    _python(place, "python3.11", 'case "$2" in venv) echo made by 3.11;; esac')
    _python(place, "python3", 'case "$2" in venv) echo made by another;; esac')
    assert _make(place).stdout == "made by 3.11\n"


def test_the_installer_refuses_to_install_outside_of_a_venv() -> None:
    python = getattr(sys, "_base_executable", sys.executable)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, ROOT / "tools/install.py", "run"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "virtual environment only" in done.stderr) == (2, True)
