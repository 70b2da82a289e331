"""Make the locks under requirements/ from pyproject.toml: exact versions with hashes, for all our Pythons.

`make locks` keeps the versions that still fit; `make locks ARGS=--upgrade` takes the newest. No address of a
package registry may stand in a lock, whence the `--no-emit-...` and `--no-header`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    # One version for all our Pythons where one exists: what is tested on one is what runs on the others.
    "--fork-strategy=fewest",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--quiet",
]
# Each lock with its groups, and the lock whose versions it must repeat. `bench` holds no package of the project: it is
# for an environment of its own.
LOCKS = {
    "run": (["build"], None),
    "dev": (["build", "dev"], "run"),
    "scale": (["build", "dev", "scale"], "dev"),
    "bench": (["bench"], None),
}
ALONE = ("bench",)


def main(argv: list[str]) -> int:
    """Write every lock; further arguments go to uv. Returns the first exit code that is not 0."""
    for name, (groups, base) in LOCKS.items():
        command = [str(UV), "pip", "compile", *OPTIONS, *argv]
        if name not in ALONE:
            command.append("pyproject.toml")
        command += [f"--group={group}" for group in groups]
        if base:
            command += ["--constraint", f"requirements/{base}.txt"]
        command += ["--output-file", f"requirements/{name}.txt"]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            return code
        print(f"requirements/{name}.txt is made.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
