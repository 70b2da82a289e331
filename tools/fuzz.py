"""Throws what nobody meant at an installation for thirty minutes: at the API by schemathesis, at the readers of logs.

`make fuzz`: half of the time a server of its own is asked everything that its OpenAPI document allows and much that it
does not, as a visitor and as a sender of events; a find is an answer 500 or above, or none. The other half goes to
tools/fuzz_logs.py; a find is an exception that is no refusal. How much was tried is counted, and a fuzzer that tried
nothing is a find too. Rounds of a few minutes with growing seeds are kept, so
a run that was broken off goes on, and another one tries other things. `--minutes 0.5` is a short one.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import place
from place import ROOT, SENDER, Place

MINUTES, ROUND_SECONDS, SERVICES = 30.0, 150.0, 4
PATIENCE = 180.0
"""Seconds that a fuzzer may need to begin and to end, beside those that it was given."""
SCHEMATHESIS = Path(sys.executable).with_name("st")
CHECKS = "not_a_server_error"
KINDS = ("visitor", "logs", "sender", "logs")
"""What is tried, round by round in turn."""
TRIED = re.compile(r"(\d+) (?:generated|logs tried)|Done (\d+) runs")
"""How schemathesis, the changes by chance and those of atheris say how much they tried."""


def main(argv: list[str]) -> int:
    """Returns 0 when nothing was found, else 1."""
    parser = argparse.ArgumentParser(description="Throw what nobody meant at the API and at the readers of logs.")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench" / "fuzz")
    chosen = parser.parse_args(argv)
    # Told to end, it ends what it started, as it does at Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen.folder.mkdir(parents=True, exist_ok=True)
    kept = chosen.folder / "state.json"
    fresh: dict[str, Any] = {"seed": 0, "seconds": 0.0, "tried": dict.fromkeys(KINDS, 0), "finds": []}
    state = {**fresh, **(json.loads(kept.read_text()) if kept.is_file() else {})}
    if state["seconds"] >= chosen.minutes * 60:  # the one before was whole: this is another
        state = {**fresh, "seed": state["seed"]}
    where = Place(chosen.folder / "place", SERVICES)
    where.make()
    server = where.serve()
    try:
        where.wait_for_server()
        each = min(ROUND_SECONDS, chosen.minutes * 60 / len(KINDS))
        while state["seconds"] < chosen.minutes * 60:
            kind = KINDS[state["seed"] % len(KINDS)]
            begun = time.monotonic()
            tried, found = _logs(chosen.folder, each) if kind == "logs" else _api(where, kind, state["seed"], each)
            where.wait_for_server()  # one that died is a find as well
            state["finds"] += [{"kind": kind, "seed": state["seed"], "said": found}] if found else []
            state["tried"][kind] += tried
            state["seconds"] += time.monotonic() - begun
            state["seed"] += 1
            kept.write_text(json.dumps(state))
            said = f"{tried:,} tried, " + (f"FOUND, see {kept}" if found else "nothing found")
            print(f"  {state['seconds'] / 60:5.1f} of {chosen.minutes:g} minutes, {kind}: {said}", flush=True)
    finally:
        place.end(server)
    told = {"minutes": round(state["seconds"] / 60, 1), "rounds": state["seed"]}
    print(json.dumps({**told, "tried": state["tried"], "finds": state["finds"]}))
    return 1 if state["finds"] else 0


def _api(where: Place, kind: str, seed: int, seconds: float) -> tuple[int, str]:
    """What schemathesis tried and found in so many seconds."""
    command = [
        str(SCHEMATHESIS), "run", f"http://127.0.0.1:{where.port}/api/v1/openapi.json",
        "--checks", CHECKS, "--max-time", str(max(1, round(seconds))), "--seed", str(seed), "--max-examples", "200",
        "--continue-on-failure", "--no-color", "--warnings", "off", "--generation-database", "none",
        "--suppress-health-check", "all",
    ]  # fmt: skip
    if kind == "sender":
        given = base64.b64encode(f"{SENDER.format('all')}:{where.secret}".encode()).decode()
        command += ["--header", f"Authorization: Basic {given}", "--include-path-regex", "deliveries|token"]
    return _found(command, seconds, cwd=where.folder)


def _logs(folder: Path, seconds: float) -> tuple[int, str]:
    """What the fuzzer of logs tried and found in so many seconds."""
    command = [sys.executable, str(ROOT / "tools" / "fuzz_logs.py"), str(max(1, round(seconds))), str(folder / "logs")]
    return _found(command, seconds, cwd=ROOT, env=Place(folder / "place", SERVICES).environment)


def _found(command: list[str], seconds: float, **where: Any) -> tuple[int, str]:
    """How much a fuzzer tried; and what it says where it fails, tries nothing or does not end, else an empty text."""
    fuzzer = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **where
    )
    try:
        said = fuzzer.communicate(timeout=seconds + PATIENCE)[0]
    except subprocess.TimeoutExpired:
        place.end(fuzzer, signal.SIGKILL)
        return 0, f"hangs: {' '.join(command)}\n{fuzzer.communicate()[0]}"[-6000:]
    tried = max((int(found[1] or found[2]) for found in TRIED.finditer(said)), default=0)
    if fuzzer.returncode:
        return tried, said[-6000:]
    return tried, "" if tried else f"tried nothing\n{said}"[-6000:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
