"""Reads a Parquet file in a process of its own, with a limit on its memory, and hands its rows on as CSV.

A broken file can take the engine down with it, and then it takes this process and not ours. Run as a module, it is that
process. It must not import Django.
"""

import csv
import io
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ietvars.doors.machines.feeds import scratch
from ietvars.doors.machines.feeds.eventlogs import errors
from ietvars.doors.machines.feeds.eventlogs.sources import Source

MEMORY_MB = 512
ADDRESS_SPACE = 8 * 2**30
_FETCH = 4_096


@contextmanager
def rows(source: Source) -> Iterator[io.TextIOBase]:
    """The rows of a Parquet file as CSV text with a header. Raises Broken where it cannot be read."""
    with scratch.folder() as folder:
        child = subprocess.Popen(  # noqa: S603 - our own module, our own paths
            [sys.executable, "-m", __name__, str(source.under_a_name(folder).resolve()), str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            try:
                yield child.stdout  # type: ignore[misc]
            except errors.NotALog:  # nothing came, which may be because it failed at once
                _require_done(child, source.name)
                raise
            _require_done(child, source.name)
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
            child.stderr.close()


def _require_done(child: subprocess.Popen[str], name: str) -> None:
    """Wait for the end of the process. Raises Broken, with its last words, when it failed."""
    told = child.communicate()[1].strip().splitlines()
    if child.returncode != 0:
        raise errors.Broken(file=name, line=1, why=told[-1][:200] if told else "its reader ended early")


def _write(path: str, folder: str) -> None:
    """Write all rows to stdout. Times with a zone are written in UTC, others as they are."""
    import duckdb

    link = duckdb.connect(config={"threads": 1, "memory_limit": f"{MEMORY_MB}MB", "temp_directory": folder})
    link.execute(f"SET allowed_paths = ['{path.replace(chr(39), chr(39) * 2)}']")
    link.execute("SET enable_external_access = false")
    link.execute("SET lock_configuration = true")
    file = "read_parquet(?)"
    columns = link.execute(f"DESCRIBE SELECT * FROM {file}", [path]).fetchall()  # noqa: S608 - a constant
    out = csv.writer(sys.stdout)
    out.writerow([column[0] for column in columns])
    wanted = ", ".join(_text(column[0], column[1]) for column in columns)
    found = link.execute(f"SELECT {wanted} FROM {file}", [path])  # noqa: S608 - names are quoted
    while block := found.fetchmany(_FETCH):
        out.writerows(["" if cell is None else cell for cell in row] for row in block)


def _text(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(make_timestamp(epoch_us({quoted})), '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"CAST({quoted} AS VARCHAR)"


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    try:
        _write(sys.argv[1], sys.argv[2])
    except BrokenPipeError:
        sys.exit(0)
    except Exception as fault:  # noqa: BLE001 - told to the parent in one line
        sys.exit(" ".join(str(fault).split())[:300])
