"""What this machine has for the tests: a browser, Java and the collected data. It looks, and never installs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

HOW_TO_GET_CHROMIUM = "install Chromium (on Debian: apt-get install chromium)"
HOW_TO_GET_SHARED = "put the shared folder beside the checkout, or name it in IETVARS_SHARED"
HOW_TO_GET_JAVA = "install Java 17 (on Debian: apt-get install openjdk-17-jre-headless)"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> Path | None:
    """The browser that journeys drive: the one named in CHROMIUM, else the first on the path."""
    if named := os.environ.get("CHROMIUM"):
        return Path(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def shared() -> Path | None:
    """The folder of collected data: the one named in IETVARS_SHARED, else ../shared."""
    folder = Path(os.environ.get("IETVARS_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    return folder if (folder / "data").is_dir() else None


def java() -> Path | None:
    """What Spark runs on."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")
    return Path(found) if found else None
