"""A PostgreSQL of our own for as long as one command runs: made, started, stopped and removed.

`.venv/bin/python tools/postgres.py COMMAND...` runs the command with DATABASE_URL pointing at it;
run_tests.py uses `private_cluster` in the same way. The machine's own clusters are never touched. Durability is
switched off: what lies in this cluster is not meant to survive.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from place import free_port

LEAST = 15
HOW_TO_GET = "install PostgreSQL 15 or newer (on Debian: apt-get install postgresql)"


def programs() -> Path | None:
    """Folder of initdb and pg_ctl of the newest PostgreSQL here that is new enough, or None."""
    found = [
        (int(folder.parent.name), folder)
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    ]
    # Debian keeps one folder a version; elsewhere the programs stand on the path.
    if not found and (initdb := shutil.which("initdb")):
        folder = Path(initdb).resolve().parent
        said = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
        found = [(int(said.split()[-1].partition(".")[0]), folder)]
    newest = max(found, default=None)
    return newest[1] if newest and newest[0] >= LEAST else None


@contextlib.contextmanager
def private_cluster(folder_of_programs: Path, *, kept: Path | None = None) -> Iterator[str]:
    """Yield the DATABASE_URL of a fresh cluster on loopback; it is gone when the block ends.

    One in a folder `kept` stays and is started again the next time, also after whoever used it was killed.
    """
    place = kept or Path(tempfile.mkdtemp(prefix="ietvars-postgres-"))
    # initdb refuses to work for root; Debian's package comes with a user for this.
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if prefix:
        shutil.chown(place, "postgres")
    data = place / "data"
    port = free_port()
    options = (
        f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off"
        " -c full_page_writes=off"
    )
    initdb = [str(folder_of_programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres"]
    pg_ctl = [*prefix, str(folder_of_programs / "pg_ctl"), "-D", str(data), "-w", "-s"]
    try:
        if (data / "postmaster.pid").is_file():
            subprocess.run([*pg_ctl, "-m", "fast", "stop"], cwd=place, check=False)
        if not (data / "PG_VERSION").is_file():
            _quietly([*prefix, *initdb, "--locale=C.UTF-8", "-E", "UTF8", "--no-sync"], place)
        _quietly([*pg_ctl, "-l", str(place / "log"), "-o", options, "start"], place)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*pg_ctl, "-m", "fast" if kept else "immediate", "stop"], cwd=place, check=False)
    finally:
        if not kept:
            shutil.rmtree(place, ignore_errors=True)


def _quietly(command: list[str], place: Path) -> None:
    """Run a step of the set-up; what it says is shown only when it fails."""
    # Output goes to a file: a server that is started would keep a pipe open.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(command, cwd=place, stdout=said, stderr=said, check=False)
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{Path(command[-1]).name or command[0]} failed:\n{said.read()}")


def main(argv: list[str]) -> int:
    """Returns the exit code of the command, or 2 when there is no command or no PostgreSQL."""
    if not argv:
        print("usage: postgres.py COMMAND...", file=sys.stderr)
        return 2
    folder = programs()
    if folder is None:
        print(f"There is no PostgreSQL here: {HOW_TO_GET}.", file=sys.stderr)
        return 2
    with private_cluster(folder) as url:
        return subprocess.run(argv, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
