"""Calls a function in a process of its own, with an end to its memory and time: for work on files from outside.

What a parser or an engine does with a hostile file cannot be foreseen, and some of it cannot be interrupted from
inside. The child is a fresh interpreter without Django, so it holds neither the database nor any secret of it. It says
JSON lines: steps, then the answer or a refusal. Must not be used for anything that writes.
"""

import contextlib
import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ietvars.doors.machines.feeds.cpsv_ap import errors
from ietvars.doors.machines.feeds.cpsv_ap.limits import MIB, Limits
from ietvars.ground.errors import Refusal

Step = Callable[[int, int], None]
HERE = __package__

log = logging.getLogger(__name__)

KEPT_OF_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "TMPDIR", "SYSTEMROOT")
"""All that the child needs; neither DATABASE_URL nor the secret."""


def call(
    function: str,
    arguments: dict[str, Any],
    limits: Limits,
    *,
    file: str,
    step: Step | None = None,
    package: str = HERE,
) -> Any:
    """Call `module:function` of this package, or another, with JSON arguments and the limits; give its JSON answer.

    `file` names the file in refusals. The function takes (arguments, limits, step). Raises what it refuses, TooSlow,
    TooHungry, and BrokeOff for whatever else ended it.
    """
    command = [sys.executable, "-c", f"from {__name__} import answer; answer()"]
    environment = {name: os.environ[name] for name in KEPT_OF_ENVIRONMENT if name in os.environ}
    asked = {"function": f"{package}.{function}", "arguments": arguments, "limits": limits.plain()}
    complaints: list[bytes] = []
    late = threading.Event()
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as child:

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(limits.seconds, end)
        listener = threading.Thread(target=lambda: complaints.append(child.stderr.read()))  # type: ignore[union-attr]
        timer.start()
        listener.start()
        try:
            said = _conversation(child, asked, step)
        finally:
            timer.cancel()
            child.kill()
            child.wait()
            listener.join()
    if said is not None and "answer" in said:
        return said["answer"]
    if said is not None and "refusal" in said:
        raise _refusal(said["refusal"], said["facts"])
    if late.is_set() or child.returncode == -signal.SIGXCPU:
        raise errors.TooSlow(file=file, limit=limits.seconds)
    if (said is not None and "hungry" in said) or child.returncode in (-signal.SIGABRT, -signal.SIGKILL):
        raise errors.TooHungry(file=file, limit=limits.memory // MIB)
    log.error("The process for %s ended with %s: %s", function, child.returncode, b"".join(complaints)[-2000:])
    raise errors.BrokeOff(file=file)


def _conversation(child: subprocess.Popen[bytes], asked: dict[str, Any], step: Step | None) -> dict[str, Any] | None:
    """Ask and listen until the child has said its last; None when it ended without one."""
    assert child.stdin
    assert child.stdout
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(asked).encode())
        child.stdin.close()
    for line in child.stdout:
        # A child that was killed in mid-line leaves half of one.
        if not line.endswith(b"\n"):
            return None
        said: dict[str, Any] = json.loads(line)
        if "step" not in said:
            # It has nothing more to do than to end; its exit code is not needed any more.
            child.wait()
            return said
        if step:
            step(*said["step"])
    child.wait()
    return None


def _refusal(name: str, facts: dict[str, Any]) -> Refusal:
    made: Refusal = getattr(errors, name)(**facts)
    return made


# ---- in the child -----------------------------------------------------------------------------------------------


def answer() -> None:
    """What the child does: take the request from stdin, limit itself, do it, say how it ended."""
    asked = json.loads(sys.stdin.buffer.read())
    limits = Limits(**asked["limits"])
    _limit(limits)
    module, _, name = asked["function"].partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
        _say({"answer": function(asked["arguments"], limits, lambda done, of: _say({"step": [done, of]}))})
    except Refusal as refusal:
        _say({"refusal": type(refusal).__name__, "facts": refusal.facts})
    except MemoryError:
        _say({"hungry": True})


def _limit(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; time still ends the child from outside
        return
    for what, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, 2 * limits.seconds)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def name_of(source: Path | bytes) -> str:
    """What refusals call a source: its file name, never its folder."""
    return source.name if isinstance(source, Path) else "–"
