"""What the tests let a child process do: never end, break off, tell what it was given. It must stay free of Django."""

from __future__ import annotations

import os
from typing import Any


def go(arguments: dict[str, Any], limits: Any, step: Any) -> None:
    """Counts for ever."""
    while True:
        arguments["n"] = arguments.get("n", 0) + 1


def stumble(arguments: dict[str, Any], limits: Any, step: Any) -> float:
    """Breaks off."""
    return 1 / 0


def environment(arguments: dict[str, Any], limits: Any, step: Any) -> dict[str, str]:
    """The names and values around the child."""
    return dict(os.environ)
