"""Try `make run` as a newcomer would: a fresh clone, and a path that holds python3, make, sh and coreutils only.

`python tools/try_run.py` clones the checkout's HEAD into a temporary folder, waits for the first answer, stops, and
starts a second time. Says how long both took; ends with 1 when one took too long or did not come. Uses nothing but
the standard library and git.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from place import free_port

ROOT = Path(__file__).resolve().parent.parent
FIRST_WITHIN = 300.0
SECOND_WITHIN = 10.0
# What is on the path besides coreutils, whose list is asked of Debian, or else taken from here.
BESIDES = ("python3", "make", "sh")
COREUTILS = (
    "[ arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown chroot cksum comm cp csplit cut date dd df"
    " dir dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln"
    " logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv"
    " printf ptx pwd readlink realpath rm rmdir runcon seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf"
    " sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname"
    " unexpand uniq unlink users vdir wc who whoami yes"
).split()


def main() -> int:
    """Returns 0 when both starts were quick enough, else 1."""
    place = Path(tempfile.mkdtemp(prefix="ietvars-try-"))
    try:
        clone = place / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = _environment(_bare_path(place), place)
        first = _seconds_to_answer(clone, environment, FIRST_WITHIN)
        print(f"make run from a fresh clone answered after {first:.1f} s (limit {FIRST_WITHIN:.0f} s).", flush=True)
        second = _seconds_to_answer(clone, environment, SECOND_WITHIN)
        print(f"The second make run answered after {second:.1f} s (limit {SECOND_WITHIN:.0f} s).", flush=True)
    except TimeoutError as fault:
        print(fault, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return 0


def _bare_path(place: Path) -> Path:
    """A folder with links to the few programs that the README asks for."""
    folder = place / "bin"
    folder.mkdir()
    for name in (*BESIDES, *COREUTILS):
        # The machine's own Python, not a shim that looks for others.
        found = sys._base_executable if name == "python3" else shutil.which(name)  # type: ignore[attr-defined]  # noqa: SLF001
        if found:
            (folder / name).symlink_to(Path(found).resolve() if name == "python3" else found)
    return folder


def _environment(path: Path, place: Path) -> dict[str, str]:
    """This machine's environment, with caches as empty as a newcomer's. HOME stays: it may say how to reach out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IETVARS_", "MAKE", "VIRTUAL_"))}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "MFLAGS"):
        kept.pop(name, None)
    caches = {"PIP_CACHE_DIR": str(place / "pip"), "npm_config_cache": str(place / "npm")}
    return {**kept, "PATH": str(path), "PORT": str(free_port()), **caches}


def _seconds_to_answer(clone: Path, environment: dict[str, str], limit: float) -> float:
    """Start, wait for the first page, stop; whatever was started is gone afterwards."""
    begun = time.monotonic()
    running = subprocess.Popen(
        [str(Path(environment["PATH"]) / "make"), "run"], cwd=clone, env=environment, start_new_session=True
    )
    try:
        while time.monotonic() - begun < limit:
            if running.poll() is not None:
                raise TimeoutError(f"make run ended with {running.returncode} before it answered.")
            if _answers(int(environment["PORT"])):
                return time.monotonic() - begun
            time.sleep(0.1)
        raise TimeoutError(f"make run did not answer within {limit:.0f} s.")
    finally:
        _stop(running)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            # Read to the end, and let go: a server that is stopped in mid-answer complains.
            answer.read()
            time.sleep(0.5)
            return bool(answer.status == http.HTTPStatus.OK)
    except urllib.error.HTTPError as fault:
        raise TimeoutError(f"The first page answered {fault.code}.") from fault
    except (OSError, http.client.HTTPException):
        return False


def _stop(running: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C does: the whole group is asked, then made to go."""
    for ask in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(running.pid, ask)
            running.wait(timeout=10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    sys.exit(main())
