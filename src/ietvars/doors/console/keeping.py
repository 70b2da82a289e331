"""Keeps a worker running beside the server: starts it anew should it die, and ends when the server does.

`beside()` is called by `ietvars run` before it becomes the server. Each holds one end of a pipe that nobody writes
into: its closing tells that the server is gone, also when it was killed. Run as a program this module is the keeper
itself, and imports nothing but the standard library, so that it costs next to nothing.
"""

import os
import select
import signal
import subprocess
import sys
import time
from types import FrameType

BEGINS_AFTER = 2.0
"""Seconds that the server has the machine to itself, so that its first answer does not wait for the worker."""

LOOK_EVERY = 1.0
"""Seconds between two looks at the worker."""

ANEW_AFTER, LATEST_AFTER = 2.0, 60.0
"""Seconds after which a worker that died is started anew; they double while it dies at once."""

DIES_AT_ONCE = 30.0

ENDS_WITHIN = 10.0
"""Seconds that a worker has to hand its job back when the server has ended."""

WORKER = (sys.executable, "-c", "from ietvars.doors.console.main import main; main()", "worker")


def beside() -> None:
    """Start a keeper as a child of this process that ends with it."""
    ours, theirs = os.pipe()
    # This end must outlive the change into the server; the keeper knows by its closing that all are gone.
    os.set_inheritable(theirs, True)  # noqa: FBT003 - the only way to say it
    command = [sys.executable, "-m", "ietvars.doors.console.keeping", str(ours)]
    subprocess.Popen(command, pass_fds=(ours,), stdin=subprocess.DEVNULL)  # noqa: S603
    os.close(ours)


def keep(pipe: int) -> None:
    """Keep one worker running until the pipe closes or we are asked to end."""
    signal.signal(signal.SIGTERM, _end)
    # Ctrl+C reaches the whole group; the pipe says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if _is_closed(pipe, BEGINS_AFTER):
        return
    pause = ANEW_AFTER
    while True:
        begun = time.monotonic()
        # Ctrl+C stays ignored in the worker until it listens itself: at its start it has nothing to hand back.
        worker = subprocess.Popen(WORKER, stdin=subprocess.DEVNULL)  # noqa: S603
        try:
            while worker.poll() is None and not _is_closed(pipe, LOOK_EVERY):
                pass
        finally:
            _stop(worker)
        pause = min(2 * pause, LATEST_AFTER) if time.monotonic() - begun < DIES_AT_ONCE else ANEW_AFTER
        if _is_closed(pipe, pause):
            return


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def _is_closed(pipe: int, within: float) -> bool:
    return bool(select.select([pipe], [], [], within)[0])


def _stop(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is not None:
        return
    worker.terminate()
    try:
        worker.wait(timeout=ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


if __name__ == "__main__":
    keep(int(sys.argv[1]))
