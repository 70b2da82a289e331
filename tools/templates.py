"""Format every template of this package with djade, or with --check only say which ones are not.

Must not know a template by name; djade takes files, and this finds them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DJADE = Path(sys.executable).with_name("djade")


def main(argv: list[str]) -> int:
    """Returns djade's exit code: 0 when nothing was to be done, else 1."""
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("src/ietvars/**/templates/**/*.html"))
    if not files:
        return 0
    command = [str(DJADE), "--target-version", "5.2", *argv, *files]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    # Without --check a file that was just formatted is no fault.
    return code if "--check" in argv else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
