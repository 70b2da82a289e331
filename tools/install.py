"""Install one lock and this package into the venv, but only when the lock or pyproject.toml changed.

Run by the venv's own Python: `.venv/bin/python tools/install.py run|dev|scale`. Everything is installed with
hashes required. What is installed is remembered by content, not by date, so that a change of branch and back
costs nothing. Must not import anything that is not in the standard library.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = Path(sys.prefix)
# A larger lock holds the smaller ones whole, with the same versions.
HOLDS = {"run": ("run",), "dev": ("run", "dev"), "scale": ("run", "dev", "scale")}

# PySpark comes as source only, and is built with the setuptools of the lock, so that nothing comes in without a hash.
SOURCES = {
    "run": ("--only-binary", ":all:"),
    "dev": ("--only-binary", ":all:"),
    "scale": ("--only-binary", ":all:", "--no-binary", "pyspark", "--no-build-isolation"),
}


def main(argv: list[str]) -> int:
    """Bring the venv up to the named lock. Returns the exit code of the first step that failed, else 0."""
    if len(argv) != 1 or argv[0] not in HOLDS:
        print(f"usage: install.py {'|'.join(HOLDS)}", file=sys.stderr)
        return 2
    wanted = argv[0]
    if sys.prefix == sys.base_prefix:
        print("tools/install.py installs into a virtual environment only: use make setup.", file=sys.stderr)
        return 2
    if wanted == "scale" and (code := main(["dev"])):  # which brings what PySpark is built with
        return code
    if not _is_current(wanted):
        lock = ROOT / "requirements" / f"{wanted}.txt"
        print(f"Installing {lock.relative_to(ROOT)} (once; a minute or two)...", file=sys.stderr, flush=True)
        # A stamp of before must not outlive an installation that breaks off half way.
        for name in HOLDS:
            _stamp(name).unlink(missing_ok=True)
        if code := _pip("install", "--require-hashes", *SOURCES[wanted], "-r", str(lock)):
            return code
        for name in HOLDS[wanted]:
            _stamp(name).write_text(_digest(f"requirements/{name}.txt"))
    if _read("self") != _digest("pyproject.toml"):
        if code := _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)):
            return code
        _stamp("self").write_text(_digest("pyproject.toml"))
    return 0


def _is_current(wanted: str) -> bool:
    return all(_read(name) == _digest(f"requirements/{name}.txt") for name in HOLDS[wanted])


def _stamp(name: str) -> Path:
    return STAMPS / f".installed-{name}"


def _read(name: str) -> str:
    try:
        return _stamp(name).read_text()
    except FileNotFoundError:
        return ""


def _digest(path: str) -> str:
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()


def _pip(*arguments: str) -> int:
    if importlib.util.find_spec("pip") is None:
        # The making of the venv was broken off before it had pip.
        subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], check=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
