"""Run the whole suite on SQLite, and at the same time all that asks a database on PostgreSQL, where that is installed.

`.venv/bin/python tools/run_tests.py [ARGUMENTS OF PYTEST]`. When a database or the browser is missing it says in
one line which tests did not run and how to get them. It must not decide what a test needs: tests/conftest.py does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import postgres

SQLITE = "sqlite://:memory:"
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import machine  # noqa: E402 - found only once the checkout is on the path


def main(argv: list[str]) -> int:
    """Returns 0 when every run passed, else the exit code of the first that did not."""
    given = os.environ.get("DATABASE_URL", "")
    missing: list[str] = []
    if code := _scale(missing):
        return code
    if given.startswith("postgres"):
        code = _both("the PostgreSQL of DATABASE_URL", given, argv)
    elif folder := postgres.programs():
        with postgres.private_cluster(folder) as url:
            code = _both("PostgreSQL", url, argv)
    else:
        code = _pytest("SQLite", SQLITE, argv).wait()
        missing.append(f"the second run of all tests, on PostgreSQL ({postgres.HOW_TO_GET})")
    if machine.chromium() is None:
        missing.append(f"the browser journeys ({machine.HOW_TO_GET_CHROMIUM})")
    if machine.shared() is None:
        missing.append(f"the tests on collected data ({machine.HOW_TO_GET_SHARED})")
    if missing:
        print(f"Skipped: {'; '.join(missing)}.", file=sys.stderr)
    return code


def _scale(missing: list[str]) -> int:
    """Install what the tests on Spark need where Java is there; else note that they are skipped."""
    if machine.java() is None:
        missing.append(f"the tests on Spark ({machine.HOW_TO_GET_JAVA})")
        return 0
    return subprocess.run([sys.executable, str(ROOT / "tools" / "install.py"), "scale"], check=False).returncode


def _both(name: str, url: str, arguments: list[str]) -> int:
    """Run the suite on both databases at the same time, since one run keeps one core busy; the second is told after."""
    with tempfile.TemporaryFile() as told:
        second = _pytest(name, url, ["--part=second", *arguments], told)
        code = _pytest("SQLite", SQLITE, ["--part=first", *arguments]).wait()
        code = second.wait() or code
        told.seek(0)
        print(f"Tests on {name}:", flush=True)
        shutil.copyfileobj(told, sys.stdout.buffer)
        sys.stdout.flush()
    return code


def _pytest(name: str, url: str, arguments: list[str], told: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    if told is None:
        print(f"Tests on {name}:", flush=True)
    command = [sys.executable, "-m", "pytest", *arguments]
    errors = subprocess.STDOUT if told else None
    environment = {**os.environ, "DATABASE_URL": url}
    # Many tests start the product as a process, and each would compile all of it anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=errors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
