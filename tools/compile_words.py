"""Compile every translation (.po) of this package to what gettext reads (.mo), where it is newer.

Run by the venv's own Python: `.venv/bin/python tools/compile_words.py`. polib does it, so gettext's own tools
need not be installed. Must not judge translations: that is words.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Write each .mo that is missing or older than its .po. Returns 0, or 1 when a .po cannot be read."""
    for source in sorted(ROOT.glob("src/ietvars/**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
            # Imported here: a second `make run` with nothing to do need not load it.
            import polib

            try:
                polib.pofile(str(source)).save_as_mofile(str(target))
            except (OSError, ValueError) as fault:
                print(f"{source.relative_to(ROOT)} cannot be compiled: {fault}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
