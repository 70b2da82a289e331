"""Killed with SIGKILL at random moments, again and again: every acknowledged event lies in the lake once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.django_db(transaction=True)
def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    name = "killed_by_tests"
    url = f"sqlite:///{tmp_path}/killed.sqlite3"
    if connection.vendor == "postgresql":
        said = connection.settings_dict
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        url = f"postgresql://{said['USER']}:{said['PASSWORD']}@{said['HOST']}:{said['PORT']}/{name}"
    try:
        done = subprocess.run(
            [sys.executable, "tools/kill_compaction.py", "10"],
            cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert said["is_right"]
    assert said["while_laying"] >= 3, "the kills must fall into the laying, or they show nothing"
    assert said["acknowledged"] >= 400
