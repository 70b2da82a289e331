"""Run the whole suite on SQLite, then again on PostgreSQL where that is installed.

`.venv/bin/python tools/run_tests.py [ARGUMENTS OF PYTEST]`. When a database or the browser is missing it says in
one line which tests did not run and how to get them. It must not decide what a test needs: tests/conftest.py does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import postgres

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import machine  # noqa: E402 - found only once the checkout is on the path


def main(argv: list[str]) -> int:
    """Returns 0 when every run passed, else the exit code of the first that did not."""
    given = os.environ.get("DATABASE_URL", "")
    code = _pytest("SQLite", "sqlite://:memory:", argv)
    missing = []
    if given.startswith("postgres"):
        code = _pytest("the PostgreSQL of DATABASE_URL", given, argv) or code
    elif folder := postgres.programs():
        with postgres.private_cluster(folder) as url:
            code = _pytest("PostgreSQL", url, argv) or code
    else:
        missing.append(f"the second run of all tests, on PostgreSQL ({postgres.HOW_TO_GET})")
    if machine.chromium() is None:
        missing.append(f"the browser journeys ({machine.HOW_TO_GET_CHROMIUM})")
    if machine.shared() is None:
        missing.append(f"the tests on collected data ({machine.HOW_TO_GET_SHARED})")
    if missing:
        print(f"Skipped: {'; '.join(missing)}.", file=sys.stderr)
    return code


def _pytest(name: str, url: str, arguments: list[str]) -> int:
    print(f"Tests on {name}:", flush=True)
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
